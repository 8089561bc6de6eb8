//! At a quiet end: every occurrence that was due has its row, no other has one, nothing aired twice, limits were kept,
//! and once nothing went wrong any more everything aired.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use loaphuong::engine::Switch;
use loaphuong::model::airing::OutputResult;
use loaphuong::model::id::AiringId;
use loaphuong::model::outcome::{Kind, Outcome, Reason};
use loaphuong::model::station::{SlotState, Station};
use loaphuong::plan;
use loaphuong::rehearsal::{World, key};

use super::due::due;
use super::{AHEAD, Oracle};

impl Oracle {
    /// `calm` is since when nothing has gone wrong any more.
    pub(crate) fn close(&mut self, world: &World, calm: Timestamp) {
        self.once();
        let end = world.now.wall - SignedDuration::from_hours(1);
        let allowed = self.required(world, end);
        let mut wrong = Vec::new();
        for (name, course) in &self.courses {
            let scheduled = course.last.as_ref().filter(|a| a.head.kind == Kind::Scheduled);
            if scheduled.is_some_and(|a| !allowed.contains(&a.head.id)) {
                wrong.push(format!("I1: a row that nothing called for: {name}"));
            }
            let due = course.head.as_ref().is_none_or(|h| h.planned_at.at < end);
            if course.last.is_none() && due {
                wrong.push(format!("I1: it never ends: {name}"));
            }
        }
        self.must(wrong.is_empty(), || wrong.join("; "));
        self.limits();
        self.healthy(calm, end);
        self.quotas(world);
        self.all_periods(world);
        self.all_is_well(world);
    }

    /// Every occurrence has its row; gives those that may have one.
    fn required(&mut self, world: &World, end: Timestamp) -> BTreeSet<AiringId> {
        let mut allowed = BTreeSet::new();
        let mut wrong = Vec::new();
        for (n, (from, revision)) in self.regimes.iter().enumerate() {
            let station = &self.stations[revision];
            let until = self.regimes[n + 1..].iter().map(|(at, _)| *at).min().unwrap_or(Timestamp::MAX);
            let (first, last) = ((*from).max(self.first), until.min(end));
            let required: Vec<_> = plan::occurrences(station, first, last).into_iter().map(|o| o.id).collect();
            wrong.extend(counted_otherwise(station, first, last, &required));
            for id in &required {
                if self.courses.get(&key(id.as_str())).is_none_or(|c| c.last.is_none()) {
                    wrong.push(format!("I1: no row: {id} of {from}..{until}"));
                }
            }
            // While the clock was ahead, and believed, the schedule of then decided what another one calls for since.
            let latest = world.now.wall.max(self.furthest) + AHEAD;
            let late = until.max(self.furthest).saturating_add(AHEAD).unwrap_or(latest).min(latest);
            allowed.extend(plan::occurrences(station, (*from).max(self.first) - AHEAD, late).into_iter().map(|o| o.id));
        }
        self.must(wrong.is_empty(), || wrong.join("; "));
        allowed
    }

    /// Nothing aired twice, whatever happened.
    fn once(&mut self) {
        let mut wrong = None;
        for (airing, sounds) in self.heard.iter().filter(|(airing, _)| !self.forgotten.contains(*airing)) {
            if airing.contains("-emergency@") {
                continue;
            }
            let items = self.courses.get(airing).map(|c| &c.items).into_iter().flatten();
            let planned: Duration = items.map(|i| i.planned_s.duration()).sum();
            let mut total: BTreeMap<&str, (Duration, u32)> = BTreeMap::new();
            for sound in sounds {
                let sum = total.entry(&sound.output).or_default();
                *sum = (sum.0 + sound.played, sum.1 + 1);
            }
            let twice = total.iter().find(|(_, (played, runs))| *played > planned + self.blur * *runs);
            wrong = wrong.or(twice.map(|_| format!("I11: {planned:?} planned of {airing}, heard {sounds:?}")));
        }
        self.must(wrong.is_none(), || wrong.clone().unwrap_or_default());
    }

    fn limits(&mut self) {
        let mut used: BTreeMap<_, (u32, f64)> = BTreeMap::new();
        let ended = self.courses.values().filter_map(|c| c.last.as_ref());
        for airing in ended.filter(|a| a.head.kind == Kind::Scheduled && a.started_at.is_some()) {
            let day = (airing.head.commune.to_string(), airing.head.planned_at.local().date());
            let sum = used.entry(day).or_default();
            let played = airing.outputs.iter().map(|o| o.played_s.0).fold(0.0, f64::max);
            *sum = (sum.0 + 1, sum.1 + played);
        }
        let mut wrong = Vec::new();
        for ((commune, day), (airings, seconds)) in used {
            let hours = self.stations.values().filter_map(|s| s.communes.iter().find(|c| c.id.as_str() == commune));
            let all: Vec<_> = hours.map(|c| &c.hours).collect();
            let most = all.iter().map(|h| h.max_airings_per_day.unwrap_or(u32::MAX)).max().unwrap_or(u32::MAX);
            let minutes = all.iter().map(|h| h.max_minutes_per_day.unwrap_or(u32::MAX)).max().unwrap_or(u32::MAX);
            if airings > most || seconds > f64::from(minutes) * 60.0 + 0.1 {
                wrong.push(format!("limits: {airings} airings, {seconds} s of {commune} on {day}"));
            }
        }
        self.must(wrong.is_empty(), || wrong.join("; "));
    }

    /// Once nothing goes wrong any more, everything airs that the rules let air.
    fn healthy(&mut self, calm: Timestamp, end: Timestamp) {
        let mut wrong = None;
        let rows = self.courses.values().filter_map(|c| c.last.as_ref());
        for row in rows.filter(|r| matches!(r.head.kind, Kind::Scheduled | Kind::MakeGood)) {
            let at = row.head.planned_at.at;
            if at <= calm || end <= at {
                continue;
            }
            let (id, outcome, reason) = (&row.head.id, row.outcome, row.reason);
            let station = &self.stations[&row.head.revision.0];
            let slot = station.commune(&row.head.commune).and_then(|c| c.slot(row.head.slot.as_ref()?));
            let enabled = slot.is_none_or(|s| s.state == SlotState::Enabled);
            let good = match (outcome, reason) {
                (Outcome::Skipped, Some(Reason::Disabled)) => !enabled,
                (Outcome::Aired, _) | (Outcome::Skipped, Some(Reason::QuietHours | Reason::DayLimit)) => enabled,
                (Outcome::Missed, Some(Reason::Overlap)) => true,
                (Outcome::Unproven, Some(Reason::DeviceAbsent)) => {
                    let busy = |o: &OutputResult| o.reason == Some(Reason::Overlap);
                    row.outputs.iter().all(|o| o.device.as_deref() == Some("null") || busy(o))
                }
                _ => false,
            };
            if !good {
                wrong = Some(format!("at a quiet end: {id} {outcome} {reason:?} {:?}", row.outputs));
            }
        }
        self.must(wrong.is_none(), || wrong.clone().unwrap_or_default());
    }

    /// Nothing stands that has no cause, and no amplifier is left on.
    fn all_is_well(&mut self, world: &World) {
        let status = world.engine.status(world.now);
        let standing = ["silent", "storage_fault", "disk_full", "clock_untrusted", "nothing_to_play", "device_absent"];
        let stands = status.faults.iter().find(|f| standing.contains(&f.code.as_str()));
        let excused = world.station.outputs.iter().all(|o| o.kind == loaphuong::model::station::OutputKind::Null);
        self.must(stands.is_none() || excused, || format!("I10: it stands for ever: {stands:?}"));
        // Between two airings that share an output nobody plays for a moment, and the amplifier stays on.
        if status.on_air.is_empty() && !world.plays() {
            let fitted = |o: &str| world.station.outputs.iter().any(|x| x.id.as_str() == o && x.amplifier.is_some());
            let on = world.amplifiers.iter().find(|(o, s)| **s == Switch::On && fitted(o));
            self.must(on.is_none(), || format!("an amplifier is left on: {on:?}"));
        }
    }
}

/// Where a simple count of the schedule comes to other occurrences than the plan.
fn counted_otherwise(station: &Station, from: Timestamp, until: Timestamp, said: &[AiringId]) -> Option<String> {
    let counted = if from < until { due(station, from, until)? } else { Vec::new() };
    let mut said: Vec<String> = said.iter().map(ToString::to_string).collect();
    said.sort();
    (said != counted)
        .then(|| format!("I1: the plan has {} occurrences, counted {}: {from}..{until}", said.len(), counted.len()))
}
