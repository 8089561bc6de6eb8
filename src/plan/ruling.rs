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
    if !commune.hours.permit(time) {
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

/// A slot that may not be late at all still has this long, for nothing starts in no time.
const LEAST_LATENESS: Duration = Duration::from_secs(2);

/// The latest time at which an occurrence planned for `planned` may begin; what is later is too late. Of two on one
/// output, the one that comes first goes first, and the other has until then.
#[must_use]
pub fn latest_start(planned: Timestamp, slot: &Slot) -> Timestamp {
    planned.saturating_add(slot.start_within.max(LEAST_LATENESS)).unwrap_or(Timestamp::MAX)
}
