//! Whether an occurrence may air at a time: switched off, campaigns, holidays, hours, the day's limits, lateness. Pure.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use super::holidays::{Treatment, treatment};
use crate::model::id::CommuneId;
use crate::model::occurrence::Occurrence;
use crate::model::outcome::Reason;
use crate::model::recovery::Usage;
use crate::model::seeded::{Bug, seeded};
use crate::model::station::{Commune, Hours, Programme, Slot, SlotState, Station};

/// May this occurrence air, with a programme of `planned_length`, on a day of which `usage` is used?
///
/// Of all the rules that forbid it the first in this order is the reason. What a day is (campaign, mourning, holiday) is
/// asked of the local day for which it was planned; where a holiday moved it to, no holiday stands against it.
/// The hours are about beginnings, as the documents word them: what began inside an allowed span is not cut at its end.
/// Minutes count whole: a programme airs only if all of it still fits into the day.
///
/// # Errors
/// The rule that forbids it, for the row: `disabled`, `campaign`, `mourning`, `holiday`, `quiet_hours`, `day_limit`.
pub fn ruling(
    station: &Station,
    commune: &Commune,
    slot: &Slot,
    occurrence: &Occurrence,
    usage: &Usage,
    planned_length: Duration,
) -> Result<(), Reason> {
    let date = occurrence.local.date();
    if slot.state == SlotState::Disabled {
        return Err(Reason::Disabled);
    }
    if replaced(commune, slot, date) {
        return Err(Reason::Campaign);
    }
    match treatment(commune, slot, date) {
        Treatment::Airs => {}
        Treatment::Rests(reason) => return Err(reason),
        Treatment::Moves => return Err(Reason::Holiday),
    }
    if !commune.hours.permit(station.zone.to_datetime(occurrence.at).time()) {
        return Err(Reason::QuietHours);
    }
    if within_day_limits(&commune.hours, usage, planned_length) { Ok(()) } else { Err(Reason::DayLimit) }
}

/// Does a campaign take the slot's place on a day?
pub(super) fn replaced(commune: &Commune, slot: &Slot, date: Date) -> bool {
    commune.campaigns.iter().any(|campaign| campaign.runs(date) && campaign.replaces.contains(&slot.id))
}

/// May one more airing of this length be added to a day of which `usage` is used?
#[must_use]
pub fn within_day_limits(hours: &Hours, usage: &Usage, length: Duration) -> bool {
    // To the millisecond, as rows have it: sums of fractions would miss a limit that is reached exactly.
    let millis = ((usage.seconds + length.as_secs_f64()) * 1000.0).round();
    hours.max_airings_per_day.is_none_or(|most| usage.airings < most + u32::from(seeded(Bug::LimitOffByOne)))
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
    let within = match &slot.programme {
        // What is over is not joined any more.
        Programme::Relay(relay) => slot.start_within.min(relay.length),
        Programme::Topics(_) | Programme::Queue(_) => slot.start_within,
    };
    let within = if seeded(Bug::WindowTwiceAsLong) { within * 2 } else { within };
    planned.saturating_add(within.max(LEAST_LATENESS)).unwrap_or(Timestamp::MAX)
}
