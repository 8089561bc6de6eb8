//! Whether an occurrence may air at a time: switched off, forbidden hours, the day's limits, lateness. Pure.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::id::CommuneId;
use crate::model::outcome::Reason;
use crate::model::recovery::Usage;
use crate::model::station::{Commune, Hours, Slot, SlotState, Station};

/// May this slot begin at `start`, with a programme of `planned_length`, on a day of which `usage` is used?
///
/// The hours are about beginnings, as the documents word them: what began inside an allowed span is not cut at its end.
/// Minutes count whole: a programme airs only if all of it still fits into the day.
///
/// # Errors
/// The rule that forbids it, for the row: `disabled`, `quiet_hours`, `day_limit`.
pub fn ruling(
    station: &Station,
    commune: &Commune,
    slot: &Slot,
    start: Timestamp,
    usage: &Usage,
    planned_length: Duration,
) -> Result<(), Reason> {
    let time = station.zone.to_datetime(start).time();
    if slot.state == SlotState::Disabled {
        return Err(Reason::Disabled);
    }
    if !commune.hours.allowed.iter().any(|span| span.contains(time)) {
        return Err(Reason::QuietHours);
    }
    if fits(&commune.hours, usage, planned_length) { Ok(()) } else { Err(Reason::DayLimit) }
}

fn fits(hours: &Hours, usage: &Usage, length: Duration) -> bool {
    // To the millisecond, as rows have it: sums of fractions would miss a limit that is reached exactly.
    let millis = ((usage.seconds + length.as_secs_f64()) * 1000.0).round();
    hours.max_airings_per_day.is_none_or(|most| usage.airings < most)
        && hours.max_minutes_per_day.is_none_or(|most| millis <= f64::from(most) * 60_000.0)
}

/// Under which commune and local day an airing that begins at `start` is counted for the day's limits.
#[must_use]
pub fn usage_key(station: &Station, commune: &CommuneId, start: Timestamp) -> (CommuneId, Date) {
    (commune.clone(), station.zone.to_datetime(start).date())
}

/// How an occurrence stands to the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lateness {
    /// Still to come.
    NotYet,
    /// Due, and at most a second ago.
    OnTime,
    /// Due this long ago, within what the slot allows.
    Late(Duration),
    /// Longer ago than the slot allows.
    TooLate,
}

/// What still counts as the second at which a slot was due, also where `start_within` is zero.
pub(super) const ON_TIME: Duration = Duration::from_secs(1);

/// How an occurrence planned for `planned` stands at `now`.
#[must_use]
pub fn late(planned: Timestamp, now: Timestamp, slot: &Slot) -> Lateness {
    match Duration::try_from(now.duration_since(planned)) {
        Err(_) => Lateness::NotYet,
        Ok(by) if by <= ON_TIME => Lateness::OnTime,
        Ok(by) if by <= slot.start_within => Lateness::Late(by),
        Ok(_) => Lateness::TooLate,
    }
}
