//! What was taken and has no row yet, as part of what is to come: with the clip that it has, not one drawn anew. Pure.

use std::time::Duration;

use super::forecast::{Drawn, Forecast};
use super::{Facts, Underway};
use crate::model::occurrence::{Occurrence, Placement};
use crate::model::outcome::Kind;
use crate::plan::{self, Choice};

/// The airing as the forecast has it; nothing if it has no clip.
pub(super) fn taken(facts: &Facts, airing: &Underway) -> Option<Forecast> {
    let commune = facts.station.commune(&airing.commune)?;
    let clip = &airing.clips.first()?.clip;
    let folder = facts.library.clips.get(clip).and_then(|found| found.topic.as_ref());
    let about = plan::about(commune, clip, folder);
    let clip_length = facts.length_of(clip);
    let choice = Choice { clip: clip.clone(), about, why: String::new(), passed_over: Vec::new(), in_place_of: None };
    let at = airing.planned_at;
    let soon = at.saturating_add(Duration::from_millis(1)).unwrap_or(at);
    let occurrence = plan::occurrences(facts.station, at, soon).into_iter().find(|o| o.id == airing.id);
    let kind = occurrence.as_ref().map_or(Kind::MakeGood, Occurrence::kind);
    Some(Forecast {
        id: airing.id.clone(),
        commune: airing.commune.clone(),
        slot: occurrence.as_ref().map(|o| o.slot.clone()),
        kind,
        makes_good: airing.quota.clone().zip(airing.makes_good_for.clone()),
        local: occurrence.as_ref().map_or_else(|| facts.station.zone.to_datetime(at), |o| o.local),
        at,
        placement: occurrence.as_ref().map_or(Placement::Exact, |o| o.placement),
        moved_from: occurrence.and_then(|o| o.moved_from),
        draw: Ok(Drawn { choice, clip_length, length: clip_length }),
    })
}
