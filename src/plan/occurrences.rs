//! All occurrences of a span of time, in the order in which they air. Pure.

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::holidays::is_day_of;
use super::place::place;
use super::shift::{Arrival, arrivals};
use crate::model::calendar::Campaign;
use crate::model::id::AiringId;
use crate::model::occurrence::{Occurrence, Placement};
use crate::model::station::{Commune, Recurrence, Slot, Station};

/// How far [`next`] looks, one after the other: a day or a week finds nearly every slot, five years find 29 February.
const HORIZONS: [SignedDuration; 4] = [days(1), days(8), days(366), days(5 * 366)];

const fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * n)
}

/// All occurrences of all slots with `from` ≤ at < `until`, those of campaigns on the days on which they run. Switched-off
/// slots, forbidden hours and holidays are included: leaving out is [`super::ruling()`]'s to decide and the journal's to
/// tell. What a holiday moves is there twice: where it stood, and where it airs, with `moved_from`.
///
/// Sorted by time; at the same time by the order of the communes, then of the slots (campaigns' after the usual ones),
/// then by the local time asked for.
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

    let mut found = Vec::new();
    for (order, rule) in rules(station).enumerate() {
        for (local, instead_of) in rule.asked_for(first, last) {
            let placed = place(local, &station.zone).filter(|(at, _)| from <= *at && *at < until);
            found.extend(placed.map(|(at, placement)| (order, rule.occurrence(local, at, placement, instead_of))));
        }
    }
    found.sort_by_key(|(order, o)| (o.at, *order, o.local));
    found.into_iter().map(|(_, occurrence)| occurrence).collect()
}

/// The first occurrence strictly after a time, of slots switched on or off; nothing if there is none within five years.
#[must_use]
pub fn next(station: &Station, after: Timestamp) -> Option<Occurrence> {
    let start = after.checked_add(SignedDuration::from_nanos(1)).ok()?;
    let mut from = start;
    HORIZONS.iter().find_map(|horizon| {
        let until = start.checked_add(*horizon).unwrap_or(Timestamp::MAX);
        let first = occurrences(station, from, until).into_iter().next();
        from = until;
        first
    })
}

fn rules(station: &Station) -> impl Iterator<Item = Rule<'_>> {
    station
        .communes
        .iter()
        .flat_map(|commune| commune.all_slots().map(move |(slot, campaign)| Rule { commune, slot, campaign }))
}

/// A slot where it stands.
#[derive(Clone, Copy)]
pub(super) struct Rule<'a> {
    pub(super) commune: &'a Commune,
    pub(super) slot: &'a Slot,
    campaign: Option<&'a Campaign>,
}

impl Rule<'_> {
    /// Is the slot in force on a date? A campaign's is only while the campaign runs.
    pub(super) fn binds(&self, date: Date) -> bool {
        self.campaign.is_none_or(|campaign| campaign.runs(date))
    }

    /// Does the slot ask to air on a date?
    pub(super) fn asks(&self, date: Date) -> bool {
        self.binds(date)
            && match &self.slot.recurrence {
                Recurrence::Weekly { days, .. } => days.contains(date.weekday()),
                Recurrence::Cron(rule) => rule.fires_on(date),
                Recurrence::OnHoliday { holiday, day_offset, .. } => is_day_of(*holiday, *day_offset, date),
            }
    }

    /// The local times of the days from `first` to `last` at which the slot asks to air; with each that a holiday moved,
    /// where it stood.
    fn asked_for(&self, first: Date, last: Date) -> Vec<(DateTime, Option<DateTime>)> {
        let dates = first.series(1.day()).take_while(|date| *date <= last).filter(|date| self.asks(*date));
        let own = dates.flat_map(|date| self.times().iter().map(move |time| (date.to_datetime(*time), None)));
        let moved = arrivals(self, first, last).into_iter().flat_map(|Arrival { on, from }| {
            // Hours do not change from day to day: what they forbid has nowhere to go.
            let times = self.times().iter().filter(|time| self.commune.hours.permit(**time));
            times.map(move |time| (on.to_datetime(*time), Some(from.to_datetime(*time))))
        });
        own.chain(moved).collect()
    }

    /// The times of each of its days, in ascending order.
    fn times(&self) -> &[Time] {
        match &self.slot.recurrence {
            Recurrence::Weekly { at, .. } | Recurrence::OnHoliday { at, .. } => at,
            Recurrence::Cron(rule) => rule.times(),
        }
    }

    fn occurrence(&self, local: DateTime, at: Timestamp, placement: Placement, from: Option<DateTime>) -> Occurrence {
        let id = |local| AiringId::new(&self.commune.id, self.slot.id.as_str(), local);
        Occurrence {
            id: id(local),
            commune: self.commune.id.clone(),
            slot: self.slot.id.clone(),
            campaign: self.campaign.map(|campaign| campaign.id.clone()),
            local,
            at,
            placement,
            moved_from: from.map(id),
        }
    }
}
