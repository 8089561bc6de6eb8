//! A station's story: what it is, and everything that will befall it, told beforehand, so that it can be told shorter.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use loaphuong::model::clip::Library;
use loaphuong::model::outcome::Reason;
use loaphuong::model::station::Station;
use loaphuong::plan;
use loaphuong::rehearsal::{Card, Crash, Dice, Pace, Rtc, Spoilt, Writing};

use crate::chance::Rolls as _;
use crate::random::{random_library, random_pace, random_station};
use crate::usual::{usual_library, usual_station};

const DAY: Duration = Duration::from_hours(24);
const A_WHILE: Duration = Duration::from_mins(40);
/// At the end nothing goes wrong for so long: the clock catches up, and then each weekly slot comes once.
pub(crate) const QUIET: Duration = Duration::from_hours(24 * 11);

/// Something that goes wrong, or that somebody does.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    /// After so much of the story.
    pub(crate) at: Duration,
    /// For so long.
    pub(crate) lasts: Duration,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    /// The session dies and comes back; then the audio folder may have to be read first, which `lasts`.
    Crash {
        how: Crash,
        gone: Duration,
        kept: u64,
        rtc: Rtc,
        reads: bool,
    },
    /// SIGTERM; the next session begins when it is over.
    Shutdown {
        power: bool,
    },
    /// A card by its number, or all.
    Card {
        which: Option<u64>,
        card: Card,
    },
    /// The clock is set, and set right at the end.
    Clock {
        by: SignedDuration,
    },
    /// The PC sleeps.
    Suspend,
    Disk(Writing),
    /// Acknowledgements come late.
    SlowDisk {
        takes: Duration,
    },
    /// Another schedule, of these dice.
    Reload(u64),
    /// A schedule that cannot be used.
    Broken,
    /// A person wants something, of these dice.
    Person(u64),
    /// The line to the streams is down.
    Line,
    /// The audio folder holds nothing, or something else.
    Files {
        empty: bool,
        dice: u64,
    },
    /// One file is not any more what was measured.
    Spoilt {
        nth: u64,
        how: Spoilt,
    },
}

/// A kind of fault: a seed has a random subset of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Process,
    Power,
    Rtc,
    Card,
    Route,
    Clock,
    Drift,
    Suspend,
    Disk,
    Reload,
    Broken,
    Person,
    Emergency,
    Files,
    Spoilt,
    Line,
    Shutdown,
}

const KINDS: [Kind; 17] = [
    Kind::Process,
    Kind::Power,
    Kind::Rtc,
    Kind::Card,
    Kind::Route,
    Kind::Clock,
    Kind::Drift,
    Kind::Suspend,
    Kind::Disk,
    Kind::Reload,
    Kind::Broken,
    Kind::Person,
    Kind::Emergency,
    Kind::Files,
    Kind::Spoilt,
    Kind::Line,
    Kind::Shutdown,
];

pub(crate) struct Story {
    pub(crate) seed: u64,
    pub(crate) busy: bool,
    /// Its clock follows no time server: persons set it, and confirm it.
    pub(crate) alone: bool,
    pub(crate) station: Arc<Station>,
    pub(crate) library: Arc<Library>,
    pub(crate) pace: Pace,
    pub(crate) begins: Timestamp,
    /// All of it, the quiet end included.
    pub(crate) length: Duration,
    /// By their beginnings.
    pub(crate) faults: Vec<Fault>,
}

/// Every eighth station is a busy one, and lives for a month: so much happens in it. The others live for a year.
pub(crate) fn is_busy(seed: u64) -> bool {
    seed % 8 == 3
}

pub(crate) fn length(seed: u64) -> Duration {
    if is_busy(seed) { 30 * DAY } else { 365 * DAY }
}

impl Story {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let busy = is_busy(seed);
        let (station, library) = if busy {
            let zone = dice.of(&["Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Minh", "Europe/Berlin"]);
            (random_station(&mut dice, 0, zone), random_library(&mut dice))
        } else {
            (usual_station(&mut dice), usual_library(&mut dice))
        };
        let day = dice.of(&["2026-11-23", "2026-12-30", "2027-03-10", "2026-10-12"]);
        let begins: Timestamp = format!("{day}T{:02}:58:00+07", dice.below(24)).parse().unwrap();
        let (pace, alone) = (random_pace(&mut dice, busy), dice.percent(50));
        let (station, library) = (Arc::new(station), Arc::new(library));
        let mut story =
            Self { seed, busy, alone, station, library, pace, begins, length: length(seed), faults: Vec::new() };
        story.tell(&mut dice);
        story
    }

    fn tell(&mut self, dice: &mut Dice) {
        let until = self.length.saturating_sub(QUIET);
        let end = self.begins.saturating_add(until).unwrap();
        // When something airs, or may: there faults hurt, and most of them happen there.
        let airings = plan::occurrences(&self.station, self.begins, end);
        let mut times: Vec<Duration> = airings.iter().map(|o| since(self.begins, o.at)).collect();
        if !self.busy {
            let first = "2026-10-01T17:30:00+07".parse::<Timestamp>().unwrap();
            let days = (0..until.as_secs() / 86_400 + 100).map(|n| i64::try_from(n).unwrap() * 24);
            let made_good = days.map(|hours| first + SignedDuration::from_hours(hours));
            let made_good = made_good.filter(|at| self.begins < *at && *at < end && dice.percent(25));
            let made_good = made_good.map(|at| since(self.begins, at));
            times.extend(made_good.collect::<Vec<_>>());
            times.sort();
        }
        let often = if self.busy { 10.0 } else { 1.0 };
        let mut calm: u64 = 50 + dice.below(40);
        for kind in KINDS {
            if dice.percent(calm) {
                continue;
            }
            calm = calm.max(50);
            let per_hour = often * dice.of(&[0.001, 0.003, 0.01]);
            let mut at = gap(dice, per_hour);
            while at < until {
                let place = if dice.percent(75) { near(&times, at, dice) } else { at };
                let (mut lasts, what) = (while_of(dice), what_of(kind, dice, self.busy));
                let mut place = place;
                if kind == Kind::Disk && dice.percent(40) {
                    // From before something is planned until after it was due.
                    place = place.saturating_sub(dice.seconds(10, 60));
                    lasts = dice.seconds(20, 120);
                }
                // Who is at fault is asked every few seconds: days of that cost more than they teach.
                let most = if matches!(what, What::Card { .. }) { A_WHILE } else { Duration::MAX };
                self.faults.push(Fault { at: place, lasts: lasts.min(most), what });
                at += gap(dice, per_hour);
            }
        }
        self.faults.iter_mut().for_each(|fault| fault.lasts = fault.lasts.min(until.saturating_sub(fault.at)));
        self.faults.retain(|fault| fault.at < until);
        self.faults.sort_by_key(|fault| fault.at);
    }
}

/// To the next of things that happen so often an hour, whatever happened before.
fn gap(dice: &mut Dice, per_hour: f64) -> Duration {
    // Between 0 and 1, and never 0.
    let even = f64::from(u32::try_from(dice.below(1 << 31) + 1).unwrap()) / f64::from(1_u32 << 31);
    Duration::from_secs_f64(-even.ln() * 3600.0 / per_hour)
}

fn since(from: Timestamp, at: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(from)).unwrap()
}

/// Some time around the next airing.
fn near(times: &[Duration], at: Duration, dice: &mut Dice) -> Duration {
    let next = times.partition_point(|time| *time < at);
    let Some(time) = times.get(next) else { return at };
    match dice.below(10) {
        0 => (*time + dice.seconds(0, 4000)).saturating_sub(Duration::from_secs(3700)),
        1..=3 => (*time + dice.seconds(0, 25)).saturating_sub(Duration::from_secs(20)),
        _ => *time + dice.seconds(0, 75),
    }
}

/// Mostly seconds, as a restart gives.
fn while_of(dice: &mut Dice) -> Duration {
    match dice.below(20) {
        0 => dice.seconds(3000, 200_000),
        1 | 2 => dice.seconds(60, 3000),
        3..=6 => dice.seconds(10, 60),
        _ => dice.seconds(1, 10),
    }
}

fn what_of(kind: Kind, dice: &mut Dice, busy: bool) -> What {
    let after = dice.seconds(0, if busy { 12 } else { 60 });
    match kind {
        Kind::Process => crash(dice, Crash::Process, Rtc::Runs),
        Kind::Power => crash(dice, Crash::Power, Rtc::Runs),
        Kind::Rtc => {
            let rtc = dice.of(&[Rtc::Stands, Rtc::Dead]);
            crash(dice, Crash::Power, rtc)
        }
        Kind::Card => {
            let cards = [
                Card::Absent,
                Card::Absent,
                Card::Gone,
                Card::Instant,
                Card::Hangs(after),
                Card::Dies(after),
                Card::EndsEarly(after),
                Card::Killed(after),
                Card::Silent,
                Card::Stuck,
                Card::Slow(after / 4),
                Card::Floods,
            ];
            What::Card { which: which(dice, busy), card: dice.of(&cards) }
        }
        Kind::Route => {
            What::Card { which: which(dice, busy), card: dice.of(&[Card::Muted(after), Card::Elsewhere(after)]) }
        }
        Kind::Clock => {
            What::Clock { by: dice.of(&[1, 5, 30, 600, 1300, 4000, 9000, 90_000, 120_000_000]).signed(dice) }
        }
        // What can be seen of a clock that runs fast or slow is the step with which it is set right: the kernel
        // disciplines both clocks together.
        Kind::Drift => What::Clock { by: (200 + i64::try_from(dice.below(4000)).unwrap()).millis(dice) },
        Kind::Suspend => What::Suspend,
        Kind::Disk => {
            let takes = dice.seconds(0, 40);
            let full = What::Disk(Writing::Refuses(dice.of(&[Reason::DiskFull, Reason::StorageFault])));
            [What::Disk(Writing::Hangs), full, What::SlowDisk { takes }][usize::try_from(dice.below(3)).unwrap()]
                .clone()
        }
        Kind::Reload => What::Reload(dice.roll()),
        Kind::Broken => What::Broken,
        Kind::Person => What::Person(dice.below(1 << 30) * 2),
        Kind::Emergency => What::Person(dice.below(1 << 30) * 2 + 1),
        Kind::Files => What::Files { empty: dice.percent(40), dice: dice.roll() },
        Kind::Spoilt => {
            let how = dice.of(&[Spoilt::Missing, Spoilt::Before, Spoilt::Behind]);
            What::Spoilt { nth: dice.below(8), how }
        }
        Kind::Line => What::Line,
        Kind::Shutdown => What::Shutdown { power: dice.percent(30) },
    }
}

fn which(dice: &mut Dice, busy: bool) -> Option<u64> {
    (!dice.percent(30)).then(|| 1 + dice.below(if busy { 3 } else { 2 }))
}

fn crash(dice: &mut Dice, how: Crash, rtc: Rtc) -> What {
    What::Crash { how, gone: while_of(dice), kept: dice.below(5), rtc, reads: dice.percent(30) }
}

/// Forwards or back.
trait EitherWay {
    fn signed(self, dice: &mut Dice) -> SignedDuration;
    fn millis(self, dice: &mut Dice) -> SignedDuration;
}

impl EitherWay for i64 {
    fn signed(self, dice: &mut Dice) -> SignedDuration {
        SignedDuration::from_secs(self * dice.of(&[1, -1]))
    }

    fn millis(self, dice: &mut Dice) -> SignedDuration {
        SignedDuration::from_millis(self * dice.of(&[1, -1]))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "after {:?} for {:?}: {:?}", self.at, self.lasts, self.what)
    }
}
