//! What must be true of any station's week, told from the schedule, the ground truth and the entries alone: nothing here
//! asks the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use loaphuong::model::airing::{Airing, Head, OutputResult, PlannedItem};
use loaphuong::model::entry::Entry;
use loaphuong::model::id::{AiringId, OutputId};
use loaphuong::model::outcome::{Kind, Outcome, Reason};
use loaphuong::model::station::{SlotState, Station};
use loaphuong::plan;

use loaphuong::rehearsal::{Sound, key};

use crate::world::World;

/// What the fake card's slices blur.
const BLUR: Duration = Duration::from_millis(900);
/// No output is prepared longer ahead: what a reload leaves of the schedule before it.
const AHEAD: SignedDuration = SignedDuration::from_secs(60);

#[derive(Default)]
struct Course {
    head: Option<Head>,
    items: Vec<PlannedItem>,
    started: BTreeSet<OutputId>,
    last: Option<Airing>,
    /// The place of its plan among the entries.
    planned: usize,
    /// The place of the final row among the entries.
    place: usize,
}

/// Watches a world.
pub(crate) struct Oracle {
    pub(crate) stations: BTreeMap<String, Arc<Station>>,
    /// When the station began its work.
    pub(crate) first: Timestamp,
    /// Airings whose sound or end the journal lost in a crash: it cannot know of them.
    forgotten: BTreeSet<String>,
    courses: BTreeMap<AiringId, Course>,
    /// From when on which schedule decided.
    regimes: Vec<(Timestamp, String)>,
    /// Up to when everything is decided, as a journal would tell a session that starts.
    cursor: Timestamp,
    seen: usize,
    sounds: usize,
    /// The disk never hung.
    pub(crate) disk_was_good: bool,
}

impl Oracle {
    pub(crate) fn new(world: &World) -> Self {
        let revision = world.station.revision.0.clone();
        Self {
            stations: BTreeMap::from([(revision.clone(), Arc::clone(&world.station))]),
            first: world.now.wall,
            forgotten: BTreeSet::new(),
            courses: BTreeMap::new(),
            regimes: vec![(world.now.wall, revision)],
            cursor: world.now.wall,
            seen: 0,
            sounds: 0,
            disk_was_good: true,
        }
    }

    /// A crash took entries back: what is told of them is told anew.
    pub(crate) fn rewind(&mut self, world: &World) {
        for entry in &world.disk.lost {
            match entry {
                Entry::Started { id, .. } => self.forgotten.insert(key(id.as_str())),
                Entry::Final { airing, .. } => self.forgotten.insert(key(airing.head.id.as_str())),
                _ => false,
            };
        }
        self.courses.clear();
        self.regimes.truncate(1);
        self.cursor = self.first;
        self.seen = 0;
    }

    /// Everything that is new.
    pub(crate) fn look(&mut self, world: &World) {
        while let Some(entry) = world.disk.entries.get(self.seen) {
            self.entry(world, entry);
            self.seen += 1;
        }
        assert!(world.clashes.is_empty(), "I3: one device, two players: {:?}", world.clashes);
        for n in self.sounds..world.ear.sounds.len() {
            self.sound(world, &world.ear.sounds[n], &world.ear.sounds[..n]);
        }
        self.sounds = world.ear.sounds.len();
    }

    /// A schedule that came into force with a start, because no session lived to write its change down: then it
    /// decides over the whole outage. Revisions are numbered.
    fn starts_with(&mut self, revision: &str) {
        let number = |text: &str| text.trim_start_matches("sha256:").parse::<u64>().unwrap();
        if number(revision) > number(&self.regimes.last().expect("there is a first").1) {
            self.regimes.push((self.cursor, revision.to_owned()));
        }
    }

    fn decided(&mut self, at: Timestamp, head: &Head) {
        if head.slot.is_some() {
            self.starts_with(&head.revision.0);
            self.cursor = self.cursor.max(at.min(head.planned_at.at));
        }
    }

    fn entry(&mut self, world: &World, entry: &Entry) {
        match entry {
            Entry::Planned { at, head, .. } => self.decided(at.at, head),
            Entry::Final { at, airing } => self.decided(at.at, &airing.head),
            Entry::SessionStarted { revision, from, .. } => {
                self.starts_with(&revision.0);
                self.cursor = self.cursor.max(from.at);
            }
            Entry::Configured { from, .. } => self.cursor = self.cursor.max(from.at),
            _ => {}
        }
        match entry {
            Entry::Planned { head, items, .. } => {
                let course = self.courses.entry(head.id.clone()).or_default();
                assert!(course.head.is_none() && course.last.is_none(), "planned twice: {}", head.id);
                course.head = Some((**head).clone());
                course.planned = self.seen;
                course.items.clone_from(items);
            }
            Entry::Started { id, output, started_at, .. } => {
                let course = self.courses.get_mut(id).expect("started before it was planned");
                assert!(course.last.is_none() && course.head.is_some(), "started out of order: {id}");
                assert!(course.started.insert(output.clone()), "started twice: {id} on {output}");
                assert!(
                    started_at.at <= world.now.wall + SignedDuration::from_hours(400),
                    "started in the future: {id}"
                );
            }
            Entry::Checkpoint { id, outputs, .. } => {
                let course = &self.courses[id];
                assert!(course.last.is_none(), "checkpoint after the end: {id}");
                assert!(outputs.iter().all(|r| course.started.contains(&r.output)), "checkpoint before start: {id}");
            }
            Entry::Final { airing, .. } => self.ended(world, airing),
            Entry::Configured { revision, from, .. } => {
                let last = self.regimes.last().expect("there is a first").0;
                assert!(from.at >= last - AHEAD, "decided anew from {from}, after {last}");
                self.regimes.push((from.at, revision.0.clone()));
            }
            _ => {}
        }
    }

    fn ended(&mut self, world: &World, airing: &Airing) {
        let id = &airing.head.id;
        let course = self.courses.entry(id.clone()).or_default();
        assert!(course.last.is_none(), "I1: two final rows: {id}");
        let begun = !course.started.is_empty();
        assert_eq!(begun, airing.started_at.is_some(), "started, or not: {id}");
        course.last = Some(airing.clone());
        course.place = self.seen;
        if let (Some(at), Some(error)) = (airing.started_at, airing.start_error_ms) {
            assert_eq!(at.at.as_millisecond() - airing.head.planned_at.at.as_millisecond(), error, "{id}");
        }
        assert_eq!(airing.outcome == Outcome::Aired, airing.reason.is_none(), "a reason, or none: {id}");
        if self.forgotten.contains(&key(id.as_str())) {
            return;
        }
        let sounds: Vec<&Sound> = world.ear.sounds.iter().filter(|s| s.airing == key(id.as_str())).collect();
        let heard: Duration = sounds.iter().map(|s| s.played).sum();
        match airing.outcome {
            Outcome::Missed | Outcome::Skipped | Outcome::Cancelled => {
                assert!(heard.is_zero(), "{} but {heard:?} were heard: {id}", airing.outcome);
            }
            Outcome::Aired => {
                let mut planned: Duration = airing.items.iter().map(|i| i.plan.planned_s.duration()).sum();
                if let (Kind::Relay, Some(error)) = (airing.head.kind, airing.start_error_ms) {
                    // A stream that is joined late ends at its planned end.
                    planned = planned.saturating_sub(Duration::from_millis(u64::try_from(error).unwrap_or(0)));
                }
                let whole = airing.outputs.iter().any(|o| whole(&sounds, o.output.as_str(), planned));
                assert!(whole, "I5: aired, but nobody heard it whole: {id} {sounds:?} {:?}", airing.outputs);
            }
            Outcome::Partial => {
                let played = airing.outputs.iter().map(|o| o.played_s.duration()).max().unwrap_or_default();
                let most = sounds.iter().filter(|s| s.audible).map(|s| s.played).max().unwrap_or_default();
                let lag = Duration::from_secs(5) + BLUR;
                assert!(!self.disk_was_good || played + lag >= most, "I6: {most:?} heard, {played:?} written: {id}");
            }
            Outcome::Unproven => {}
        }
    }

    /// A run has begun to sound.
    fn sound(&self, world: &World, sound: &Sound, before: &[Sound]) {
        let name = &sound.airing;
        let same = |s: &&Sound| s.airing == sound.airing && s.output == sound.output;
        let overlap = before.iter().rev().take(20).find(|s| s.output == sound.output && s.until > sound.at.mono);
        assert!(overlap.is_none(), "I3: {name} begins on {} during {overlap:?}", sound.output);
        if self.forgotten.contains(name) {
            return;
        }
        let course = self.courses.values().find(|c| c.head.as_ref().is_some_and(|h| key(h.id.as_str()) == *name));
        let course = course.expect("sound without a plan");
        let head = course.head.as_ref().expect("found by it");
        let written = course.planned < sound.durable;
        let urgent = head.kind == Kind::Emergency;
        assert!(written || urgent || !self.disk_was_good, "sound before its plan was written: {name}");
        assert!(course.last.is_none() || course.place >= sound.entries, "I11: it sounds after its end: {name}");
        if before.iter().any(|s| same(&s)) {
            return;
        }
        let local = world.station.zone.to_datetime(sound.at.wall).time();
        let commune = world.station.commune(&head.commune);
        let allowed = commune.is_none_or(|c| c.hours.allowed.iter().any(|span| span.contains(local)));
        assert!(allowed || urgent || head.kind == Kind::Trial, "I4: {name} begins at {local}");
        let late = sound.at.wall.duration_since(head.planned_at.at);
        // A reload in the meantime takes nothing from the window with which the airing was planned.
        let planned_in = self.stations.get(&head.revision.0).and_then(|s| s.commune(&head.commune));
        let slots = [commune, planned_in].into_iter().flatten().filter_map(|c| c.slot(head.slot.as_ref()?));
        let Some(within) = slots.map(|s| s.start_within).max() else { return };
        let window = within.max(Duration::from_secs(2));
        let window = SignedDuration::try_from(window + Duration::from_millis(100)).expect("short");
        assert!(late <= window, "{name} begins {late:?} late, {window:?} are allowed");
        let resumed = before.iter().any(|s| s.airing == sound.airing);
        assert!(resumed || late >= SignedDuration::from_millis(-50), "{name} begins {late:?} early");
    }

    /// Nothing aired twice, whatever happened.
    fn once(&self, world: &World) {
        let mut total: BTreeMap<(&str, &str), (Duration, u32)> = BTreeMap::new();
        for sound in world.ear.sounds.iter().filter(|s| !self.forgotten.contains(&s.airing)) {
            let sum = total.entry((&sound.airing, &sound.output)).or_default();
            *sum = (sum.0 + sound.played, sum.1 + 1);
        }
        let planned: BTreeMap<String, Duration> = self
            .courses
            .iter()
            .map(|(id, c)| (key(id.as_str()), c.items.iter().map(|i| i.planned_s.duration()).sum()))
            .collect();
        for ((airing, output), (played, runs)) in total {
            if airing.contains("-emergency@") {
                continue;
            }
            let most = planned.get(airing).copied().unwrap_or_default() + BLUR * runs;
            let mut all = world.ear.sounds.iter().filter(|s| s.airing == airing && s.output == output);
            assert!(played <= most, "I11: {most:?} planned, heard {:?}", all.by_ref().collect::<Vec<_>>());
        }
    }

    /// At a quiet end: every occurrence that was due has its row, and no other has one. `calm` is since when nothing
    /// has gone wrong any more.
    pub(crate) fn close(&self, world: &World, calm: Timestamp) {
        self.once(world);
        let end = world.now.wall - SignedDuration::from_hours(1);
        let mut allowed: BTreeSet<AiringId> = BTreeSet::new();
        for (n, (from, revision)) in self.regimes.iter().enumerate() {
            let station = &self.stations[revision];
            let until = self.regimes[n + 1..].iter().map(|(at, _)| *at).min().unwrap_or(Timestamp::MAX);
            let required = plan::occurrences(station, (*from).max(self.first), until.min(end));
            for occurrence in required {
                let row = self.courses.get(&occurrence.id).and_then(|c| c.last.as_ref());
                assert!(row.is_some(), "I1: no row: {} of {from}..{until}", occurrence.id);
            }
            let late = until.saturating_add(AHEAD).unwrap_or(until).min(world.now.wall + AHEAD);
            allowed.extend(plan::occurrences(station, (*from).max(self.first) - AHEAD, late).into_iter().map(|o| o.id));
        }
        for (id, course) in &self.courses {
            let scheduled = course.last.as_ref().is_some_and(|a| a.head.kind == Kind::Scheduled);
            assert!(!scheduled || allowed.contains(id), "a row that nothing called for: {id}");
            let due = course.head.as_ref().is_none_or(|h| h.planned_at.at < end);
            assert!(course.last.is_some() || !due, "it never ends: {id}");
        }
        self.limits();
        self.healthy(calm, end);
    }

    fn limits(&self) {
        let mut used: BTreeMap<_, (u32, f64)> = BTreeMap::new();
        let begun = self.courses.values().filter_map(|c| c.last.as_ref());
        for airing in begun.filter(|a| a.head.kind == Kind::Scheduled && a.started_at.is_some()) {
            let day = (airing.head.commune.to_string(), airing.head.planned_at.local().date());
            let sum = used.entry(day).or_default();
            let played = airing.outputs.iter().map(|o| o.played_s.0).fold(0.0, f64::max);
            *sum = (sum.0 + 1, sum.1 + played);
        }
        for ((commune, day), (airings, seconds)) in used {
            let hours = self.stations.values().filter_map(|s| s.communes.iter().find(|c| c.id.as_str() == commune));
            let all: Vec<_> = hours.map(|c| &c.hours).collect();
            let most = all.iter().map(|h| h.max_airings_per_day.unwrap_or(u32::MAX)).max().unwrap_or(u32::MAX);
            let minutes = all.iter().map(|h| h.max_minutes_per_day.unwrap_or(u32::MAX)).max().unwrap_or(u32::MAX);
            assert!(airings <= most, "{airings} airings of {commune} on {day}");
            assert!(seconds <= f64::from(minutes) * 60.0 + 0.1, "{seconds} s of {commune} on {day}");
        }
    }

    /// Once nothing goes wrong any more, everything airs that the rules let air.
    fn healthy(&self, calm: Timestamp, end: Timestamp) {
        let rows = self.courses.values().filter_map(|c| c.last.as_ref());
        for row in
            rows.filter(|r| r.head.kind == Kind::Scheduled && r.head.planned_at.at > calm && r.head.planned_at.at < end)
        {
            let (id, outcome, reason) = (&row.head.id, row.outcome, row.reason);
            let station = &self.stations[&row.head.revision.0];
            let slot = station.commune(&row.head.commune).and_then(|c| c.slot(row.head.slot.as_ref()?));
            let enabled = slot.is_some_and(|s| s.state == SlotState::Enabled);
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
            assert!(good, "on a good day: {id} {outcome} {reason:?} {:?}", row.outputs);
        }
    }
}

/// Did an output let all of it be heard, in one piece or nearly?
fn whole(sounds: &[&Sound], output: &str, planned: Duration) -> bool {
    let mine: Vec<&&Sound> = sounds.iter().filter(|s| s.output == output).collect();
    let heard: Duration = mine.iter().map(|s| s.heard).sum();
    let gaps: Duration = mine.windows(2).map(|w| w[1].at.mono.since(w[0].at.mono.plus(w[0].played))).sum();
    heard + Duration::from_millis(50) >= planned && gaps <= Duration::from_secs(5) + BLUR
}
