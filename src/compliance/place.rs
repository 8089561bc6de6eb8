//! Where a make-good may stand: the quota's times, and whether one of them is free. Pure.

use std::time::Duration;

use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::DateTime;

use super::Facts;
use super::forecast::{Forecast, LONGEST, Simulation};
use super::make_good::PlannedMakeGood;
use super::period::Span;
use super::pick;
use crate::model::id::{AiringId, CommuneId, QuotaId};
use crate::model::occurrence::Placement;
use crate::model::outcome::Reason;
use crate::model::quota::MakeGood;
use crate::model::station::Commune;
use crate::plan;

/// From the end of a make-good to the beginning of what is planned after it, at the least.
const MARGIN: Duration = Duration::from_mins(1);

/// What keeps a make-good from a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Obstacle {
    /// None of the times is left in the period.
    NoTimeLeft,
    /// The day has as many make-goods of the quota as it may have.
    EnoughThatDay,
    /// A rule forbids it: hours, limits, holidays.
    Rule(Reason),
    /// It would run into something that is planned.
    Overlap,
    /// Nothing may be aired that would count.
    NoClip,
}

/// A time at which a make-good may be wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) local: DateTime,
    pub(super) at: Timestamp,
    pub(super) placement: Placement,
}

impl Place {
    pub(super) fn id(&self, commune: &CommuneId, quota: &QuotaId) -> AiringId {
        AiringId::new(commune, &format!("{}:{quota}", pick::RULE), self.local)
    }
}

/// The times of the rule after now until the period ends: day by day, on each the preferred first. A local time that
/// the clock skips is none.
pub(super) fn places<'f>(facts: &'f Facts, rule: &'f MakeGood, span: &Span) -> impl Iterator<Item = Place> + use<'f> {
    let last = span.last;
    let days = facts.today().series(1.day()).take_while(move |date| *date <= last);
    let times = days.flat_map(|date| rule.at.iter().map(move |time| date.to_datetime(*time)));
    times.filter_map(|local| place(facts, local)).filter(|place| place.at > facts.now)
}

fn place(facts: &Facts, local: DateTime) -> Option<Place> {
    let zoned = facts.station.zone.to_ambiguous_zoned(local);
    let placement = if zoned.is_ambiguous() { Placement::FirstOfFold } else { Placement::Exact };
    let at = zoned.compatible().ok().filter(|at| at.datetime() == local)?.timestamp();
    Some(Place { local, at, placement })
}

/// May the commune air something of this length there?
pub(super) fn free(
    simulation: &Simulation,
    commune: &Commune,
    planned: &[PlannedMakeGood],
    place: &Place,
    length: Duration,
) -> Result<(), Obstacle> {
    let facts = simulation.facts;
    let Facts { station, underway, now, .. } = *facts;
    plan::day_ruling(commune, place.local.date()).map_err(Obstacle::Rule)?;
    if !commune.hours.permit(station.zone.to_datetime(place.at).time()) {
        return Err(Obstacle::Rule(Reason::QuietHours));
    }
    // The whole day's schedule is in it, so that nothing that is planned later is displaced.
    let usage = simulation.usage_on(commune, place.local.date());
    if !plan::within_day_limits(&commune.hours, &usage, length) {
        return Err(Obstacle::Rule(Reason::DayLimit));
    }

    let ends = |at: Timestamp, length: Duration| at.saturating_add(length).unwrap_or(Timestamp::MAX);
    let own_end = ends(place.at, length + MARGIN);
    let clear = |of: &CommuneId, at: Timestamp, length: Duration| {
        let near = at < own_end && place.at < ends(at.max(now), length);
        // Even with no length, one of two at the same time is too many.
        !(near || at == place.at) || !shares_output(facts, commune, of)
    };
    let scheduled = near(&simulation.to_come, place.at, now).iter().take_while(|airing| airing.at < own_end);
    let scheduled =
        scheduled.filter_map(|airing| Some((&airing.commune, airing.at, airing.draw.as_ref().ok()?.length)));
    // Another make-good leaves the same room behind it.
    let taken =
        underway.iter().map(|airing| (&airing.commune, airing.planned_at, facts.length_of_all(airing) + MARGIN));
    let made = planned.iter().map(|made| (&made.commune, made.at, made.drawn.length + MARGIN));
    let mut all = scheduled.chain(taken).chain(made);
    if all.all(|(of, at, length)| clear(of, at, length)) { Ok(()) } else { Err(Obstacle::Overlap) }
}

/// Those of the airings, which are by time, that may still run at a time; what was due and waits may run from now on.
fn near(airings: &[Forecast], at: Timestamp, now: Timestamp) -> &[Forecast] {
    let earliest = at.saturating_sub(LONGEST).unwrap_or(Timestamp::MIN);
    let first = if earliest < now { 0 } else { airings.partition_point(|airing| airing.at < earliest) };
    &airings[first..]
}

fn shares_output(facts: &Facts, commune: &Commune, other: &CommuneId) -> bool {
    let other = facts.station.commune(other);
    other.is_some_and(|other| other.outputs.iter().any(|output| commune.outputs.contains(output)))
}
