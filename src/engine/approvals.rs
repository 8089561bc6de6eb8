//! Ties what a schedule approves to the content that it finds, so that a changed file is not approved any more. Pure.

use std::sync::Arc;

use jiff::civil::Date;

use crate::engine::Engine;
use crate::engine::live::Source;
use crate::model::airing::PlannedItem;
use crate::model::approval::approval_of;
use crate::model::entry::Entry;
use crate::model::recovery::Tied;
use crate::model::station::Commune;
use crate::model::time::Now;

impl Engine {
    /// Files or schedule have changed: each approval that is new is tied to what its clip contains now.
    pub(super) fn tie_approvals(&mut self, now: Now) {
        let at = self.moment(now);
        let (station, library) = (Arc::clone(&self.station), Arc::clone(&self.library));
        for commune in &station.communes {
            for note in &commune.clips {
                let sound = library.clips.get(&note.file).and_then(|clip| clip.sound.as_ref());
                let (Some(approval), Some(sound)) = (&note.approval, sound) else { continue };
                let key = (commune.id.clone(), note.file.clone());
                if self.history.approved.get(&key).is_some_and(|tied| &tied.approval == approval) {
                    continue;
                }
                let tied = Tied { approval: approval.clone(), hash: sound.hash.clone() };
                self.history.approved.insert(key, tied);
                self.entries.push(Entry::Approved {
                    at,
                    commune: commune.id.clone(),
                    clip: note.file.clone(),
                    hash: sound.hash.clone(),
                    approval: approval.clone(),
                });
            }
        }
    }

    /// The item with the approval that it has on that day.
    pub(super) fn approved(
        &self,
        commune: &Commune,
        date: Date,
        (item, source): (PlannedItem, Source),
    ) -> (PlannedItem, Source) {
        let (_, approval) = approval_of(commune, &self.history, &item.clip, &source.sound.hash, date);
        (PlannedItem { approval, ..item }, source)
    }
}
