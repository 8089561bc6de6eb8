//! Random stations, random weeks, everything going wrong: the oracle must find nothing. `SWARM_SEEDS=5000` for a night,
//! `SWARM_FROM=17 SWARM_SEEDS=1` for one seed.

use std::num::NonZeroU32;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use loaphuong::engine::{Emergency, Event, Switch, Wish};
use loaphuong::model::airing::Asked;
use loaphuong::model::clip::Library;
use loaphuong::model::id::{CommuneId, Revision};
use loaphuong::model::outcome::{Kind, Priority};
use loaphuong::model::playback::Repeat;
use loaphuong::model::station::{
    Channel, Order, Output, OutputKind, Programme, Queue, Recurrence, Relay, SlotState, Station,
};
use loaphuong::model::time::Days;
use loaphuong::plan;
use loaphuong::rehearsal::{self, Crash, Dice, Line, Pace, Spread};

use crate::oracle::Oracle;
use crate::stations::{amplifier, clip, id, library, output, slot, station};
use crate::world::{Card, World, Writing};

const SEEDS: u64 = 150;

/// What a life asks of its dice.
trait Rolls {
    fn percent(&mut self, of: u64) -> bool;
    fn of<T: Copy>(&mut self, all: &[T]) -> T;
    fn seconds(&mut self, from: u64, until: u64) -> Duration;
}

impl Rolls for Dice {
    fn percent(&mut self, of: u64) -> bool {
        self.below(100) < of
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    fn seconds(&mut self, from: u64, until: u64) -> Duration {
        Duration::from_millis(from * 1000 + self.below((until - from) * 1000))
    }
}

/// Some worlds are even, in some everything takes as long as it likes.
fn random_pace(dice: &mut Dice) -> Pace {
    let millis = Duration::from_millis;
    let mut pace = Pace::even(millis(400));
    if dice.percent(50) {
        pace.write = millis(5 + dice.below(150));
        pace.open = Spread { least: millis(50), most: millis(900) };
        pace.start.most = millis(20);
    }
    if dice.percent(50) {
        pace.leave = millis(400);
    }
    pace
}

fn random_station(dice: &mut Dice, number: u64, zone: &str) -> Station {
    let mut made = station(OutputKind::Null, Vec::new());
    made.revision = Revision(format!("sha256:{number}"));
    zone.clone_into(&mut made.zone_name);
    made.zone = TimeZone::get(zone).unwrap();
    made.outputs = (1..=1 + dice.below(3)).map(|n| random_output(dice, n)).collect();
    let pattern = made.communes.remove(0);
    for n in 1..=1 + dice.below(3) {
        let mut commune = pattern.clone();
        commune.id = id(&format!("xa{n}"));
        let first = dice.below(made.outputs.len() as u64);
        let count = 1 + dice.below(2).min(made.outputs.len() as u64 - 1);
        let ring = made.outputs.iter().cycle().skip(usize::try_from(first).unwrap());
        commune.outputs = ring.take(usize::try_from(count).unwrap()).map(|o| o.id.clone()).collect();
        commune.hours.max_airings_per_day = dice.percent(20).then(|| dice.of(&[1, 2, 3, 4]));
        commune.hours.max_minutes_per_day = dice.percent(20).then_some(1);
        let clips = ["b", "a"].map(|c| id(&format!("bhxh/{c}.wav"))).to_vec();
        commune.queues =
            vec![Queue { fallback: None, id: id("hang"), topics: vec![id("bhxh")], clips, order: Order::InOrder }];
        commune.slots = (1..=1 + dice.below(6)).map(|n| random_slot(dice, n)).collect();
        made.communes.push(commune);
    }
    made
}

fn random_output(dice: &mut Dice, n: u64) -> Output {
    let name = format!("loa{n}");
    let device = OutputKind::Device { name: Some(name.clone()) };
    let kind = match dice.below(20) {
        0 => OutputKind::Null,
        1..=3 => OutputKind::Wav,
        4 => OutputKind::Auto,
        _ => device,
    };
    let mut made = output(kind);
    made.id = id(&name);
    made.name = name;
    made.channel = dice.of(&[Channel::Commune, Channel::Village]);
    made.lead_in = Duration::from_millis(dice.of(&[0, 300, 1000, 3000]));
    made.amplifier = dice.percent(30).then(amplifier);
    made.test_before = dice.percent(10).then_some(Duration::from_mins(10));
    made
}

fn random_slot(dice: &mut Dice, n: u64) -> loaphuong::model::station::Slot {
    // Hours that meet often, and the edges of the permitted ones.
    let hour = dice.of(&[4, 5, 6, 6, 6, 17, 21, 21, 2]);
    let minute = dice.of(&[0, 0, 30, 30, 59, 58]);
    let second = dice.of(&[0, 0, 0, 5, 45]);
    let mut made = slot(&format!("s{n}"), &format!("{hour:02}:{minute:02}:{second:02}"), 0);
    made.start_within = Duration::from_secs(dice.of(&[0, 5, 60, 300, 1200, 7200]));
    if let Recurrence::Weekly { days, at } = &mut made.recurrence {
        if dice.percent(30) {
            *days = Days::default().with(jiff::civil::Weekday::Sunday).with(jiff::civil::Weekday::Wednesday);
        }
        if dice.percent(20) {
            at.push("22:10".parse().unwrap());
        }
    }
    if dice.percent(8) {
        made.state = SlotState::Disabled;
    }
    if dice.percent(20) {
        made.intro = Some(id("bhxh/nhac.wav"));
    }
    if dice.percent(30) {
        made.programme = Programme::Queue(id("hang"));
    } else if dice.percent(8) {
        made.programme = Programme::Relay(Relay {
            url: "http://dai.example/live".to_owned(),
            length: Duration::from_secs(dice.of(&[20, 60, 300])),
            fallback: dice.percent(50).then(|| id("hang")),
            silence: Duration::from_secs(15),
        });
    }
    if dice.percent(20) {
        made.priority = Priority::Priority;
    }
    made
}

fn random_library(dice: &mut Dice) -> Library {
    let mut jingle = clip("nhac", 2);
    jingle.topic = None;
    let mut clips = vec![jingle, clip("a", 3 + dice.below(20)), clip("b", 3 + dice.below(20))];
    if dice.percent(50) {
        clips.push(clip("c", 40));
    }
    library(clips)
}

/// One station's life.
struct Life {
    dice: Dice,
    world: World,
    oracle: Oracle,
    zone: &'static str,
    revisions: u64,
    /// What befell it, for who reads a failure.
    story: Vec<String>,
}

impl Life {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let (zone, days) = match dice.below(5) {
            0 => ("Europe/Berlin", ["2027-03-26", "2026-10-23"]),
            _ => ("Asia/Ho_Chi_Minh", ["2026-11-23", "2026-12-30"]),
        };
        let at = format!("{}T{:02}:58+07", dice.of(&days), dice.below(24));
        let station = random_station(&mut dice, 0, zone);
        let mut world = World::new(station, random_library(&mut dice), &at);
        world.pace = random_pace(&mut dice);
        let oracle = Oracle::new(&world);
        Self { dice, world, oracle, zone, revisions: 0, story: Vec::new() }
    }

    fn live(&mut self) {
        for _ in 0..20 + self.dice.below(30) {
            self.sleep_to_the_next();
            self.befall();
            if self.dice.percent(60) {
                let soon = self.dice.seconds(0, 25);
                self.run(soon);
            }
        }
        self.quiet_end();
    }

    /// To some time around the next occurrence, or to some other time.
    fn sleep_to_the_next(&mut self) {
        let now = self.world.now.wall;
        let next = plan::next(&self.world.station, now).map_or(now, |o| o.at);
        let until = Duration::try_from(next.duration_since(now)).unwrap_or_default();
        let span = match self.dice.below(10) {
            0 => self.dice.seconds(0, 40_000),
            1..=3 => self.dice.seconds(0, 60),
            _ => (until + self.dice.seconds(0, 60)).saturating_sub(Duration::from_secs(20)),
        };
        self.run(span.min(Duration::from_hours(30)));
    }

    fn run(&mut self, time: Duration) {
        let (steps, end) = (self.world.steps, self.world.now.mono.plus(time));
        while self.world.now.mono < end && !self.world.exited() {
            let most = Duration::from_secs(if self.world.plays() { 2 } else { 600 });
            let left = end.since(self.world.now.mono);
            self.world.run(left.min(most));
            self.oracle.look(&self.world);
        }
        let minutes = time.as_secs() / 60 + 1;
        let spent = self.world.steps - steps;
        assert!(spent / minutes < 2000, "it spins: {spent} steps in {minutes} minutes");
        if self.world.exited() {
            let gone = self.gone();
            self.tell(format!("starts again after {gone:?}"));
            self.world.crash(gone, Crash::Process);
            self.oracle.look(&self.world);
        }
    }

    fn gone(&mut self) -> Duration {
        match self.dice.below(10) {
            0 => self.dice.seconds(3000, 200_000),
            1 => self.dice.seconds(60, 3000),
            _ => self.dice.seconds(1, 10),
        }
    }

    fn tell(&mut self, what: impl std::fmt::Display) {
        self.story.push(format!("{} {what}", self.world.now.wall));
    }

    fn befall(&mut self) {
        match self.dice.below(13) {
            0..=2 => self.crash(),
            3 | 4 => self.card(),
            5 => self.clock(),
            6 => self.disk(),
            7 | 8 => self.reload(),
            9 => self.person(),
            10 => self.shutdown(),
            11 => self.line(),
            _ => self.files(),
        }
        self.oracle.look(&self.world);
    }

    fn crash(&mut self) {
        let gone = self.gone();
        let how = if self.dice.percent(30) { Crash::Power } else { Crash::Process };
        let kept = usize::try_from(self.dice.below(self.world.disk.underway() as u64 + 1)).unwrap();
        let read = self.dice.percent(50);
        self.tell(format!("crash for {gone:?}, {how:?}, {kept} of {} batches", self.world.disk.underway()));
        let library = Arc::clone(&self.world.library);
        self.world.library = if read { Arc::clone(&library) } else { Library::default().into() };
        self.world.disk.writing = Writing::Works;
        rehearsal::World::crash(&mut self.world, how, gone, kept);
        self.oracle.rewind(&self.world);
        self.oracle.look(&self.world);
        self.world.library = library;
        if !read {
            let scan = self.dice.seconds(0, 20);
            self.run(scan);
            if self.dice.percent(20) {
                self.crash();
            }
            let library = Arc::clone(&self.world.library);
            self.world.scanned(library);
        }
    }

    fn card(&mut self) {
        let after = self.dice.seconds(0, 12);
        let cards = [
            Card::Absent,
            Card::Absent,
            Card::Instant,
            Card::Hangs(after),
            Card::Dies(after),
            Card::EndsEarly(after),
            Card::Killed(after),
            Card::Silent,
            Card::Muted(after),
            Card::Elsewhere(after),
        ];
        let (card, which) = (self.dice.of(&cards), 1 + self.dice.below(3));
        self.tell(format!("card {which}: {card:?}"));
        self.world.cards.insert(format!("loa{which}"), card);
        self.world.card = if self.dice.percent(30) { card } else { Card::Healthy };
        for _ in 0..self.dice.below(3) {
            let while_ill = self.dice.seconds(0, 40);
            self.run(while_ill);
            if self.dice.percent(30) {
                self.befall();
            }
        }
        if self.dice.percent(80) {
            self.tell("cards are well");
            self.world.cards.clear();
            self.world.card = Card::Healthy;
        }
    }

    fn clock(&mut self) {
        let size = self.dice.of(&[1, 5, 30, 600, 1300, 4000, 9000, 90_000]);
        let by = SignedDuration::from_secs(size) * self.dice.of(&[1, -1]);
        self.tell(format!("clock set by {by:?}"));
        self.world.set_clock(by);
    }

    fn disk(&mut self) {
        self.tell("disk hangs");
        self.world.disk.writing = Writing::Hangs;
        self.oracle.disk_was_good = false;
        let while_hung = self.dice.seconds(0, 60);
        self.run(while_hung);
        if self.dice.percent(30) {
            self.befall();
        }
        self.world.disk.writing = Writing::Works;
    }

    fn reload(&mut self) {
        self.revisions += 1;
        let mut next = if self.dice.percent(40) {
            random_station(&mut self.dice, self.revisions, self.zone)
        } else {
            Station::clone(&self.world.station)
        };
        next.revision = Revision(format!("sha256:{}", self.revisions));
        for commune in &mut next.communes {
            let count = commune.slots.len() as u64;
            let at = usize::try_from(self.dice.below(count)).unwrap();
            match self.dice.below(5) {
                0 => commune.slots[at].state = SlotState::Disabled,
                1 => commune.slots[at] = random_slot(&mut self.dice, at as u64 + 1),
                2 if count > 1 => drop(commune.slots.remove(at)),
                _ => {}
            }
        }
        if self.dice.percent(20) && next.communes.len() > 1 {
            next.communes.pop();
        }
        self.tell(format!("reload {}", self.revisions));
        let next = Arc::new(next);
        self.oracle.stations.insert(next.revision.0.clone(), Arc::clone(&next));
        self.world.configure(next);
    }

    fn person(&mut self) {
        let commune = Some(self.world.station.communes[0].id.clone()).filter(|_| self.dice.percent(70));
        let kind = self.dice.of(&[Kind::Manual, Kind::Manual, Kind::Trial]);
        let wish = match self.dice.below(9) {
            6 | 7 => self.emergency(commune),
            8 => self.stop_emergency(),
            0 | 1 => Wish::Stop { commune, confirm: None, by: "t".into() },
            2 => Wish::Trial,
            _ => Wish::Play { commune, clip: Box::new(clip("dai", 5 + self.dice.below(60))), kind, by: "t".into() },
        };
        self.tell(format!("a person: {wish:?}").chars().take(90).collect::<String>());
        self.world.ask(wish);
    }

    fn emergency(&mut self, commune: Option<CommuneId>) -> Wish {
        let repeat = match NonZeroU32::new(u32::try_from(self.dice.below(4)).unwrap()) {
            Some(times) => Repeat::Times(times),
            None => Repeat::UntilStopped,
        };
        let asked = Asked { by: "t".into(), why: None };
        let clip = Box::new(clip("lu", 5 + self.dice.below(30)));
        Wish::Emergency(Emergency { commune, clip, repeat, asked })
    }

    fn stop_emergency(&mut self) -> Wish {
        let status = self.world.engine.status(self.world.now);
        let on_air = status.on_air.iter().find(|o| o.kind == Kind::Emergency).map(|o| o.id.clone());
        Wish::Stop { commune: None, confirm: on_air, by: "t".into() }
    }

    fn line(&mut self) {
        self.tell("the line to the streams is down");
        self.world.line = Line::Down;
        let while_down = self.dice.seconds(0, 60);
        self.run(while_down);
        self.world.line = Line::Up;
    }

    fn shutdown(&mut self) {
        self.tell("shutdown");
        self.world.step(Event::Shutdown);
        let while_ending = self.dice.seconds(3, 5);
        self.run(while_ending);
    }

    fn files(&mut self) {
        let library = if self.dice.percent(30) { library(Vec::new()) } else { random_library(&mut self.dice) };
        self.tell(format!("{} files", library.clips.len()));
        self.world.scanned(library.into());
        if self.world.library.clips.is_empty() {
            let while_empty = self.dice.seconds(0, 100);
            self.run(while_empty);
            self.world.scanned(random_library(&mut self.dice).into());
        }
    }

    /// Everything is well again, and stays so for two days after the clock has caught up.
    fn quiet_end(&mut self) {
        self.world.cards.clear();
        self.world.card = Card::Healthy;
        self.world.disk.writing = Writing::Works;
        let library = Arc::clone(&self.world.library);
        self.world.scanned(library);
        self.tell("all is well");
        let newest = self.world.disk.entries.iter().map(|e| e.at().at).max().unwrap_or(Timestamp::MIN);
        let behind = Duration::try_from(newest.duration_since(self.world.now.wall)).unwrap_or_default();
        self.run(behind + Duration::from_hours(4));
        let calm = self.world.now.wall;
        self.run(Duration::from_hours(48));
        self.oracle.close(&self.world, calm);
        let faults = self.world.faults();
        let standing = ["silent", "storage_fault", "disk_full", "clock_untrusted", "nothing_to_play"];
        assert!(!faults.iter().any(|f| standing.contains(&f.as_str())), "it stands for ever: {faults:?}");
        // Between two airings that share an output nobody plays for a moment, and the amplifier stays on.
        let busy = !self.world.engine.status(self.world.now).on_air.is_empty();
        if !busy && !self.world.plays() {
            let on = self.world.amplifiers.iter().find(|(_, s)| **s == Switch::On);
            let on = on.filter(|(o, _)| {
                self.world.station.outputs.iter().any(|x| x.id.as_str() == *o && x.amplifier.is_some())
            });
            assert!(on.is_none(), "left on: {on:?}");
        }
    }
}

fn live(seed: u64) -> Life {
    let mut life = Life::new(seed);
    let outcome = catch_unwind(AssertUnwindSafe(|| life.live()));
    if let Err(cause) = outcome {
        eprintln!("seed {seed}, at {}: {:#?}", life.world.now.wall, life.story);
        for entry in life.world.disk.entries.iter().rev().take(30).rev() {
            eprintln!("{}", serde_json::to_string(entry).unwrap().chars().take(330).collect::<String>());
        }
        resume_unwind(cause);
    }
    life
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn whatever_happens_the_record_is_whole_and_true() {
    let (from, count) = (number("SWARM_FROM", 1), number("SWARM_SEEDS", SEEDS));
    let (mut rows, mut days, mut steps) = (0, 0, 0);
    for seed in from..from + count {
        let life = live(seed);
        rows += life.world.airings().count();
        days += life.world.now.mono.0.as_secs() / 86_400;
        steps += life.world.steps;
    }
    eprintln!("{count} stations, {} weeks, {rows} rows, {steps} steps", days / 7);
}

#[test]
fn the_same_seed_gives_the_same_record() {
    let record = |life: Life| serde_json::to_string(&life.world.disk.entries).unwrap();
    assert_eq!(record(live(4)), record(live(4)));
}
