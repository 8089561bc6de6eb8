//! One station lives through its story, and the oracle watches.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use loaphuong::engine::{Event, Wish};
use loaphuong::model::clip::Library;
use loaphuong::model::id::Revision;
use loaphuong::model::time::Mono;
use loaphuong::rehearsal::{Card, Crash, Dice, Line, Rtc, World, Writing};

use crate::oracle::{Concern, Oracle};
use crate::story::{QUIET, Story, What};

/// A day of a station that spins has more turns than this.
const MOST_TURNS: u64 = 2_000_000;

pub(crate) struct Life<'a> {
    pub(crate) story: &'a Story,
    pub(crate) world: World,
    pub(crate) oracle: Oracle,
    pub(crate) revisions: u64,
    /// Faults that go on, by number.
    active: BTreeSet<usize>,
    turns: u64,
    /// Until then something may be on its way to a disk that was slow.
    slow_until: Mono,
    /// Something has befallen the clock since it was last seen to be believed.
    clock_befell: bool,
    /// How a station that was asked to go comes back, and when.
    returns: (Crash, Duration),
}

/// What came of it.
pub(crate) struct Told {
    pub(crate) wrong: Option<String>,
    pub(crate) trail: Vec<String>,
    pub(crate) lived: Duration,
    pub(crate) rows: u64,
    pub(crate) steps: u64,
    pub(crate) digest: Option<u64>,
}

/// How closely to watch.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Watch {
    pub(crate) trail: bool,
    pub(crate) digest: bool,
}

/// Lives with those of the story's faults that are kept.
pub(crate) fn live(story: &Story, kept: &[usize], watch: Watch) -> Told {
    let mut life = Life::new(story, watch);
    life.run_through(kept);
    Told {
        wrong: life.oracle.wrong.take(),
        trail: std::mem::take(&mut life.oracle.trail).into(),
        lived: life.world.lived,
        rows: life.oracle.rows,
        steps: life.world.steps,
        digest: life.oracle.digest,
    }
}

impl<'a> Life<'a> {
    fn new(story: &'a Story, watch: Watch) -> Self {
        let (station, library) = (Arc::clone(&story.station), Arc::clone(&story.library));
        let (at, dice) = (story.begins, Dice::new(story.seed));
        let world = World::begin(station, library, at, !story.alone, story.pace, dice);
        let mut oracle = Oracle::new(&world);
        oracle.keeps_trail = watch.trail;
        oracle.digest = watch.digest.then_some(0xcbf2_9ce4_8422_2325);
        let returns = (Crash::Process, Duration::ZERO);
        Self {
            story,
            world,
            oracle,
            revisions: 0,
            active: BTreeSet::new(),
            turns: 0,
            slow_until: Mono(Duration::ZERO),
            clock_befell: false,
            returns,
        }
    }

    fn run_through(&mut self, kept: &[usize]) {
        let mut turns: BTreeSet<(Duration, bool, usize)> = BTreeSet::new();
        for n in kept {
            let fault = &self.story.faults[*n];
            turns.insert((fault.at, true, *n));
            turns.insert((fault.at + fault.lasts, false, *n));
        }
        for (at, begins, n) in turns {
            self.run_to(at);
            if self.oracle.wrong.is_some() {
                return;
            }
            if begins {
                self.begin(n);
            } else {
                self.end(n);
            }
            self.judge_clock();
            self.oracle.look(&mut self.world);
        }
        self.quiet_end();
    }

    /// Until so much of the story is over, or something is wrong.
    fn run_to(&mut self, at: Duration) {
        while self.world.lived < at && self.oracle.wrong.is_none() {
            if self.world.exited() {
                self.come_back();
                continue;
            }
            let look = self.oracle.next_look().map_or(at, |look| look.clamp(self.world.lived, at));
            let most = look.saturating_sub(self.world.lived).max(Duration::from_millis(1));
            // What is not shown in time is seen in time only if somebody looks.
            let ill = self.world.ill().next().is_some();
            let most = if ill { most.min(Duration::from_secs(1)) } else { most };
            let day = self.world.lived.as_secs() / 86_400;
            self.world.turn(most);
            self.oracle.look(&mut self.world);
            self.oracle.look_at_status(&self.world);
            if !self.world.plays() {
                self.oracle.keep(&mut self.world);
            }
            self.turns += 1;
            if self.world.lived.as_secs() / 86_400 > day {
                self.turns = 0;
                self.oracle.quotas(&self.world);
                self.look_at_the_clock();
            }
            if self.turns > MOST_TURNS && self.oracle.wrong.is_none() {
                self.oracle.wrong = Some(format!("it spins: {} turns in a day", self.turns));
            }
        }
    }

    fn come_back(&mut self) {
        let (how, at) = self.returns;
        let gone = at.saturating_sub(self.world.lived).max(Duration::from_secs(1));
        self.crash(how, gone, usize::MAX, true);
    }

    fn tell(&mut self, what: impl FnOnce() -> String) {
        let lived = self.world.lived;
        self.oracle.tell(lived, what);
    }

    pub(crate) fn crash(&mut self, how: Crash, gone: Duration, kept: usize, knows_files: bool) {
        self.oracle.look(&mut self.world);
        let (died, files) = (self.world.now.mono, Arc::clone(&self.world.library));
        if !knows_files {
            self.world.library = Arc::new(Library::default());
        }
        self.world.crash(how, gone, kept);
        self.oracle.crashed(&mut self.world, how, died);
        self.world.library = files;
        if self.active.iter().any(|n| self.story.faults[*n].what == What::Broken) {
            self.world.step(Event::Rejected(Vec::new()));
        }
    }

    fn begin(&mut self, n: usize) {
        let fault = &self.story.faults[n];
        self.tell(|| format!("#{n} begins: {:?}", fault.what));
        if self.world.exited() {
            self.come_back();
        }
        self.active.insert(n);
        self.oracle.calm(self.world.now.mono, !self.active.iter().any(|n| delays(&self.story.faults[*n].what)));
        match &fault.what {
            What::Crash { how, gone, kept, rtc, reads } => {
                let kept = usize::try_from(*kept).unwrap().min(self.world.disk.underway());
                self.world.rtc = *rtc;
                // Without a clock of its own the PC must hear from others what time it is.
                self.world.synchronised &= *rtc == Rtc::Runs;
                self.clock_befell |= *rtc != Rtc::Runs;
                self.crash(*how, *gone, kept, !*reads);
                self.world.rtc = Rtc::Runs;
                if *rtc == Rtc::Dead {
                    self.oracle.expect(self.world.lived, Concern::Clock, true);
                } else {
                    self.oracle.unsure(Concern::Clock);
                }
            }
            What::Shutdown { power } => {
                self.returns = (if *power { Crash::Power } else { Crash::Process }, fault.at + fault.lasts);
                self.world.step(Event::Shutdown);
            }
            What::Card { .. } => self.cards(),
            What::Clock { by } => {
                self.world.synchronised = false;
                self.oracle.clock_set = Some(self.world.now);
                self.clock_befell = true;
                self.world.set_clock(*by);
                // What leaps by years may be right again by that.
                self.judge_clock();
                if self.oracle.clock_absurd {
                    self.oracle.expect(self.world.lived, Concern::Clock, true);
                } else {
                    self.oracle.unsure(Concern::Clock);
                }
            }
            What::Suspend => {
                // To everything that waits the clock is set, and not before it wakes.
                self.oracle.clock_set = Some(self.world.now);
                self.world.suspend(fault.lasts);
                self.clock_befell = true;
                self.oracle.slept(self.world.lived);
                // A clock that has leapt by more than an hour is believed when somebody has looked at it.
                if self.story.alone && self.oracle.clock_right {
                    self.world.ask(Wish::ConfirmClock { seen: self.world.now.wall, by: "t".into() });
                }
            }
            What::Disk(_) | What::SlowDisk { .. } => self.disk(),
            What::Reload(dice) => self.reload(*dice),
            What::Broken => {
                self.world.step(Event::Rejected(Vec::new()));
                self.oracle.expect(self.world.lived, Concern::Schedule, true);
            }
            What::Person(dice) => self.person(*dice),
            What::Line => self.world.line = Line::Down,
            What::Files { .. } | What::Spoilt { .. } => self.files(),
        }
    }

    fn end(&mut self, n: usize) {
        let fault = &self.story.faults[n];
        self.tell(|| format!("#{n} is over: {:?}", fault.what));
        if self.world.exited() {
            self.come_back();
        }
        self.active.remove(&n);
        match &fault.what {
            What::Crash { rtc, reads, .. } => {
                if *reads {
                    let files = Arc::clone(&self.world.library);
                    self.world.scanned(files);
                }
                if *rtc != Rtc::Runs {
                    self.set_right();
                }
            }
            What::Clock { .. } => self.set_right(),
            What::Card { .. } => self.cards(),
            What::Disk(_) | What::SlowDisk { .. } => self.disk(),
            What::Broken => self.mended(),
            What::Line => self.world.line = Line::Up,
            What::Files { .. } | What::Spoilt { .. } => self.files(),
            What::Shutdown { .. } | What::Suspend | What::Reload(_) | What::Person(_) => {}
        }
        self.oracle.calm(self.world.now.mono, !self.active.iter().any(|n| delays(&self.story.faults[*n].what)));
    }

    /// A time server is reached again, or a person looks at a watch.
    fn set_right(&mut self) {
        let still = |what: &What| {
            matches!(what, What::Clock { .. }) || matches!(what, What::Crash { rtc, .. } if *rtc != Rtc::Runs)
        };
        if self.active().any(still) {
            return;
        }
        let right = self.story.begins.saturating_add(self.world.lived).unwrap();
        let by = right.duration_since(self.world.now.wall);
        if self.world.engine.status(self.world.now).clock.trusted {
            self.oracle.furthest = self.oracle.furthest.max(self.world.now.wall);
        }
        self.world.synchronised = !self.story.alone;
        self.oracle.clock_set = Some(self.world.now);
        self.world.set_clock(by);
        if self.story.alone {
            self.world.ask(Wish::ConfirmClock { seen: right, by: "t".into() });
        }
        self.oracle.expect(self.world.lived, Concern::Clock, false);
    }

    /// Who has no time server has somebody who reads the page once a day, and looks at a watch if it says so: what was
    /// confirmed before may be lost in a power cut. Nobody is called for without a cause.
    fn look_at_the_clock(&mut self) {
        self.judge_clock();
        if !self.story.alone || !self.oracle.clock_right || self.world.exited() {
            return;
        }
        if self.world.engine.status(self.world.now).clock.trusted {
            self.clock_befell &= self.world.disk.underway() > 0;
            return;
        }
        if !self.clock_befell && self.oracle.wrong.is_none() {
            self.oracle.wrong =
                Some("I10: the clock is right, nothing has befallen it, and it is not believed".to_owned());
        }
        self.world.ask(Wish::ConfirmClock { seen: self.world.now.wall, by: "t".into() });
    }

    fn mended(&mut self) {
        let broken = self.active.iter().any(|n| self.story.faults[*n].what == What::Broken);
        if !broken {
            self.world.step(Event::Mended);
            self.oracle.expect(self.world.lived, Concern::Schedule, false);
        }
    }

    /// What the oracle knows of the clock: whether something is wrong with it, and whether it is years off.
    fn judge_clock(&mut self) {
        let right = self.story.begins.saturating_add(self.world.lived).unwrap();
        let off = self.world.now.wall.duration_since(right).abs();
        self.oracle.clock_right = off < SignedDuration::from_secs(1);
        self.oracle.clock_absurd = off > SignedDuration::from_hours(10_000);
    }

    pub(crate) fn active(&self) -> impl Iterator<Item = &What> {
        self.active.iter().map(|n| &self.story.faults[*n].what)
    }

    /// Everything is well again, and stays so: the clock catches up, and each slot of the week comes once.
    fn quiet_end(&mut self) {
        self.tell(|| "all is well".to_owned());
        if self.world.exited() {
            self.come_back();
        }
        let from = self.story.length.saturating_sub(QUIET);
        self.run_to(from + Duration::from_hours(50));
        // What was decided while the clock was ahead stays so.
        let calm = self.world.now.wall.max(self.oracle.furthest);
        self.run_to(self.story.length);
        self.oracle.close(&self.world, calm.saturating_add(SignedDuration::from_hours(1)).unwrap());
    }

    /// What each card does: as the last fault says that concerns it.
    fn cards(&mut self) {
        let names = ["loa1", "loa2", "loa3"];
        let before = self.world.cards.clone();
        let mut cards = std::collections::BTreeMap::new();
        let mut all = Card::Healthy;
        for what in self.active() {
            let What::Card { which, card } = what else { continue };
            if which.is_none() {
                all = *card;
            }
            let concerned = names.iter().enumerate().filter(|(n, _)| which.is_none_or(|w| w == *n as u64 + 1));
            cards.extend(concerned.map(|(_, name)| ((*name).to_owned(), *card)));
        }
        (self.world.cards, self.world.card) = (cards, all);
        let mut plugged = false;
        for name in names {
            let of = |cards: &std::collections::BTreeMap<String, Card>| cards.get(name).copied().unwrap_or_default();
            let (was, is) = (of(&before), of(&self.world.cards));
            if was == is {
                continue;
            }
            let absent = |card| matches!(card, Card::Absent | Card::Gone);
            plugged |= absent(was) != absent(is);
            if matches!(was, Card::EndsEarly(_)) {
                self.oracle.cut_short.insert(name.to_owned(), self.world.now.mono);
            }
            let concern = Concern::Output(name.to_owned());
            let there = self.world.station.outputs.iter().any(|o| o.name == name && is_device(&o.kind));
            match is {
                Card::Absent | Card::Gone if there => self.oracle.expect(self.world.lived, concern, true),
                // A run that carries silence carries it to its end, and one that opens slowly does so, whatever the card
                // has done since (seeds 1646 and 8026).
                Card::Healthy
                    if there
                        && !matches!(was, Card::Silent | Card::Slow(_))
                        && !self.world.carries_silence(name)
                        && !self.world.opens_slowly(name) =>
                {
                    self.oracle.expect(self.world.lived, concern, false);
                }
                _ => self.oracle.unsure(concern),
            }
        }
        if plugged {
            self.world.step(Event::CardsChanged);
        }
    }

    fn disk(&mut self) {
        let mut writing = Writing::Works;
        let mut takes = self.story.pace.write;
        for what in self.active() {
            match what {
                What::Disk(how) => writing = *how,
                What::SlowDisk { takes: slow } => takes = *slow,
                _ => {}
            }
        }
        let was_slow = self.world.pace.write;
        let (was, good) = (self.world.disk.writing, writing == Writing::Works && takes == self.story.pace.write);
        (self.world.disk.writing, self.world.pace.write) = (writing, takes);
        if was_slow > self.story.pace.write {
            // What set out while it was slow comes late, whatever the disk does by then.
            self.slow_until = self.slow_until.max(self.world.now.mono.plus(was_slow));
        }
        let good = good && self.world.now.mono > self.slow_until;
        self.oracle.disk(self.world.now.mono, good);
        if was != writing || !good {
            let waits = self.world.disk.underway() > 0;
            match writing {
                Writing::Works if good => self.oracle.expect(self.world.lived, Concern::Disk, false),
                Writing::Hangs | Writing::Refuses(_) if waits && was != writing => {
                    self.oracle.expect(self.world.lived, Concern::Disk, true);
                }
                _ => self.oracle.unsure(Concern::Disk),
            }
        }
    }

    pub(crate) fn take_schedule(&mut self, mut next: loaphuong::model::station::Station) {
        self.revisions += 1;
        next.revision = Revision(format!("sha256:{}", self.revisions));
        let next = Arc::new(next);
        self.oracle.stations.insert(next.revision.0.clone(), Arc::clone(&next));
        self.world.configure(next);
        self.oracle.unsure(Concern::Schedule);
        self.oracle.unsure(Concern::Clips);
        for output in ["loa1", "loa2", "loa3"] {
            self.oracle.unsure(Concern::Output(output.to_owned()));
        }
    }
}

fn is_device(kind: &loaphuong::model::station::OutputKind) -> bool {
    matches!(kind, loaphuong::model::station::OutputKind::Device { .. })
}

/// May it delay a start? Disks, files and what a person reads may not.
fn delays(what: &What) -> bool {
    !matches!(what, What::Disk(_) | What::SlowDisk { .. } | What::Broken | What::Spoilt { .. })
}
