//! A clip that turns out damaged before its first frame is replaced by the next one that may air. Pure.

use std::sync::Arc;

use crate::engine::Engine;
use crate::engine::event::Command;
use crate::engine::live::{Live, Phase, Show};
use crate::engine::words;
use crate::model::airing::Role;
use crate::model::clip::ClipFault;
use crate::model::entry::Entry;
use crate::model::id::ClipPath;
use crate::model::time::Now;
use crate::plan;

impl Engine {
    /// Puts another clip in the place of the one that failed, or leaves a damaged jingle out. False if nothing has been
    /// done: it has sounded already, or nothing else may air.
    pub(super) fn replace_clip(&mut self, now: Now, live: &mut Live, item: Option<usize>) -> bool {
        let Some(failed) = item.and_then(|n| live.bill.items.get(n)) else { return false };
        if live.sounded() || !matches!(live.bill.show, Show::Clips(_)) {
            return false;
        }
        let (path, role) = (failed.clip.clone(), failed.role);
        self.suspect(&path);
        self.order(Command::Recheck([path.clone()].into()));
        let replaced = match role {
            Role::Clip => self.draw_again(now, live),
            _ => self.leave_out(now, live, &path),
        };
        if !replaced {
            return false;
        }
        let outputs = live.tracks.iter().map(|t| t.output.clone()).collect();
        let (at, head) = (self.moment(now), Box::new(live.head.clone()));
        self.entries.push(Entry::Planned { at, head, items: live.bill.items.clone(), outputs });
        live.intent = self.pending();
        self.begin_again(now, live);
        true
    }

    /// Until the file is looked at again, this clip may not air.
    fn suspect(&mut self, path: &ClipPath) {
        let mut library = (*self.library).clone();
        if let Some(clip) = library.clips.get_mut(path) {
            clip.faults.push(ClipFault::Damaged);
        }
        self.library = Arc::new(library);
        self.books.outdated();
    }

    fn draw_again(&mut self, now: Now, live: &mut Live) -> bool {
        let station = Arc::clone(&self.station);
        let commune = station.commune(&live.head.commune);
        let slot = commune.and_then(|c| c.slot(live.head.slot.as_ref()?));
        let Some((commune, slot)) = commune.zip(slot) else { return false };
        let date = live.head.planned_at.local().date();
        let owed = self.owed(now, commune, slot, date);
        let Ok(choice) = plan::choose(commune, slot, &self.library, &self.history, date, &owed) else { return false };
        // What is longer may not fit into the day any more.
        let length = plan::programme_length(commune, slot, &self.library, &choice.clip, date);
        let usage = self.usage(&commune.id, date);
        if live.head.kind.by_schedule() && !plan::within_day_limits(&commune.hours, &usage, length) {
            return false;
        }
        live.head.topics.clone_from(&choice.about.topics);
        live.head.language = Some(choice.about.language.clone());
        live.head.choice = Some(choice.why.clone());
        self.tell_of_fallback(now, &live.head, &slot.name, &choice);
        if let Some(queue) = &live.head.queue {
            self.history.last_drawn.insert((commune.id.clone(), queue.clone()), choice.clip.clone());
        }
        live.bill = self.programme(now, commune, slot, date, &choice);
        true
    }

    fn leave_out(&mut self, now: Now, live: &mut Live, jingle: &ClipPath) -> bool {
        self.raise(now, "clip_missing", Some(jingle.as_str()), words::of_jingle(jingle.as_str()));
        let keep: Vec<bool> = live.bill.items.iter().map(|i| i.role == Role::Clip || &i.clip != jingle).collect();
        let mut kept = keep.iter();
        live.bill.items.retain(|_| kept.next() == Some(&true));
        let mut kept = keep.iter();
        live.bill.sources.retain(|_| kept.next() == Some(&true));
        !live.bill.items.is_empty()
    }

    fn begin_again(&mut self, now: Now, live: &mut Live) {
        for n in 0..live.tracks.len() {
            if let Some(run) = live.tracks[n].phase.run() {
                let output = live.tracks[n].output.clone();
                self.dismiss(now, run, &output);
            }
            if !live.tracks[n].done() {
                live.tracks[n].phase = Phase::Waiting { retry_at: None };
            }
        }
    }
}
