//! Two occurrences and one output: the later waits, within what its slot allows. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::occurrences::occurrences;
use super::ruling::{Lateness, late, ruling};
use crate::model::id::OutputId;
use crate::model::occurrence::Occurrence;
use crate::model::recovery::Usage;
use crate::model::station::{Slot, Station};

/// What becomes of an occurrence whose output is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// Nothing: the output is free by then.
    Free,
    /// It begins when the output is free, late.
    Waits(Timestamp),
    /// The output is not free in time: `missed{overlap}`.
    Lost,
}

/// What becomes of an occurrence planned for `planned` whose outputs are all free at `free_at`. Of two that are due at
/// the same time, the one that [`occurrences`] names first goes first.
#[must_use]
pub fn overlap(planned: Timestamp, slot: &Slot, free_at: Timestamp) -> Overlap {
    match late(planned, free_at, slot) {
        _ if free_at <= planned => Overlap::Free,
        Lateness::TooLate => Overlap::Lost,
        _ => Overlap::Waits(free_at),
    }
}

/// Each occurrence with `from` ≤ at < `until` that finds an output in use, after the one that uses it: (holder, waiter).
///
/// `length_of` says how long an occurrence is on air, jingles included. What the rules leave out holds nothing up;
/// neither does what itself waits too long. Day limits are not foreseen.
pub fn clashes(
    station: &Station,
    from: Timestamp,
    until: Timestamp,
    length_of: impl Fn(&Occurrence) -> Duration,
) -> Vec<(Occurrence, Occurrence)> {
    let mut clashes = Vec::new();
    let mut held: BTreeMap<&OutputId, (Timestamp, Occurrence)> = BTreeMap::new();
    // What began the day before may still be on air.
    let before = from.checked_sub(SignedDuration::from_hours(24)).unwrap_or(from);
    for occurrence in occurrences(station, before, until) {
        let Some(commune) = station.commune(&occurrence.commune) else { continue };
        let Some(slot) = commune.slot(&occurrence.slot) else { continue };
        if ruling(station, commune, slot, occurrence.at, &Usage::default(), Duration::ZERO).is_err() {
            continue;
        }
        let holder = commune.outputs.iter().filter_map(|o| held.get(o)).max_by_key(|(free_at, _)| *free_at);
        let free_at = holder.map_or(occurrence.at, |(free_at, _)| *free_at);
        let fate = overlap(occurrence.at, slot, free_at);
        if let (Some((_, holder)), Overlap::Waits(_) | Overlap::Lost) = (holder, fate)
            && occurrence.at >= from
        {
            clashes.push((holder.clone(), occurrence.clone()));
        }
        let start = match fate {
            Overlap::Free => occurrence.at,
            Overlap::Waits(start) => start,
            Overlap::Lost => continue,
        };
        let end = start.saturating_add(length_of(&occurrence)).unwrap_or(start);
        held.extend(commune.outputs.iter().map(|output| (output, (end, occurrence.clone()))));
    }
    clashes
}
