//! All occurrences of a span of time, in the order in which they air. Pure.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::place::place;
use crate::model::id::AiringId;
use crate::model::occurrence::Occurrence;
use crate::model::station::{Recurrence, Station};

/// How far [`next`] looks, one after the other: a week finds nearly every slot, five years find 29 February.
const HORIZONS: [SignedDuration; 3] = [days(8), days(366), days(5 * 366)];

const fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * n)
}

/// All occurrences of all slots with `from` ≤ at < `until`, switched-off slots and forbidden hours included: leaving
/// out is [`super::ruling()`]'s to decide and the journal's to tell.
///
/// Sorted by time; at the same time by the order of the communes, then of the slots, then by the local time asked for.
/// Two local times of one slot that a gap moves to the same moment are two occurrences: both were promised, each has
/// its id and its row, and the second waits for the first as in any overlap.
#[must_use]
pub fn occurrences(station: &Station, from: Timestamp, until: Timestamp) -> Vec<Occurrence> {
    if from >= until {
        return Vec::new();
    }
    // A gap moves a local time to another date, at the most by the one day that some zones have left out.
    let date = |at| station.zone.to_datetime(at).date();
    let (first, last) = (date(from).saturating_sub(1.day()), date(until).saturating_add(1.day()));
    let slots: Vec<_> = station.communes.iter().flat_map(|c| c.slots.iter().map(move |s| (c, s))).collect();

    let mut found = Vec::new();
    for date in first.series(1.day()).take_while(|date| *date <= last) {
        for (order, (commune, slot)) in slots.iter().enumerate() {
            let placed = asked_for(&slot.recurrence, date).into_iter().filter_map(|local| {
                let (at, placement) = place(local, &station.zone)?;
                (from <= at && at < until).then_some((at, local, placement))
            });
            for (at, local, placement) in placed {
                let id = AiringId::new(&commune.id, slot.id.as_str(), local);
                let (commune, slot) = (commune.id.clone(), slot.id.clone());
                found.push((
                    order,
                    Occurrence { id, commune, slot, campaign: None, local, at, placement, moved_from: None },
                ));
            }
        }
    }
    found.sort_by_key(|(order, o)| (o.at, *order, o.local));
    found.into_iter().map(|(_, occurrence)| occurrence).collect()
}

/// The first occurrence strictly after a time, of slots switched on or off; nothing if there is none within five years.
#[must_use]
pub fn next(station: &Station, after: Timestamp) -> Option<Occurrence> {
    let from = after.checked_add(SignedDuration::from_nanos(1)).ok()?;
    HORIZONS.iter().find_map(|horizon| {
        let until = from.checked_add(*horizon).unwrap_or(Timestamp::MAX);
        occurrences(station, from, until).into_iter().next()
    })
}

/// The local times at which a rule asks to air on a date, in ascending order.
fn asked_for(recurrence: &Recurrence, date: Date) -> Vec<DateTime> {
    match recurrence {
        Recurrence::Weekly { days, at } if days.contains(date.weekday()) => {
            at.iter().map(|time| date.to_datetime(*time)).collect()
        }
        Recurrence::Weekly { .. } | Recurrence::OnHoliday { .. } => Vec::new(),
        Recurrence::Cron(rule) => rule.on_day(date),
    }
}
