//! Everything around the engine: two clocks that jump to what happens next, and a power that can be cut. Pure.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::compliance;
use crate::engine::{AskId, Engine, Event, Switch, Wish};
use crate::model::clip::Library;
use crate::model::id::ClipPath;
use crate::model::operator::Answer;
use crate::model::playback::RunId;
use crate::model::station::Station;
use crate::model::time::{Mono, Now};
use crate::rehearsal::card::{Card, Line, Spoilt};
use crate::rehearsal::chance::{Dice, Pace};
use crate::rehearsal::disk::Disk;
use crate::rehearsal::ear::Ear;
use crate::rehearsal::player::Player;
use crate::rehearsal::power::{Rtc, setup};

/// What is due at once happens after this, so that whatever is said in a circle takes time all the same.
const LEAST: Duration = Duration::from_millis(1);
/// What the monotonic clock shows at the start.
const START: Mono = Mono(Duration::from_secs(1000));

/// Is there a session?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Session {
    Runs,
    /// The engine has asked to go, and was let go.
    Ended,
}

/// The engine, and everything around it.
///
/// What stands open in it may be changed between two calls: it is then so from that time on.
#[derive(Debug)]
pub struct World {
    /// Both clocks. They may be set.
    pub now: Now,
    /// Whether they follow a time server. It is told at the start of a session, and whenever the engine is woken.
    pub synchronised: bool,
    /// What the clock shows that is battery-powered, after the next power cut.
    pub rtc: Rtc,
    /// How long all this has been going on, whatever any clock shows.
    pub lived: Duration,
    /// The real one.
    pub engine: Engine,
    /// The configuration that the next session begins with; [`World::configure`] tells this one.
    pub station: Arc<Station>,
    /// The audio files that the next session begins with; [`World::scanned`] tells this one.
    pub library: Arc<Library>,
    /// What has become of audio files since they were measured: players find it, and who reads them again.
    pub spoilt: BTreeMap<ClipPath, Spoilt>,
    /// What all cards do.
    pub card: Card,
    /// Cards that do something else, by the device's name (empty for the one without a name).
    pub cards: BTreeMap<String, Card>,
    /// What the line to relayed streams does.
    pub line: Line,
    /// How quick everything is.
    pub pace: Pace,
    /// Where entries go.
    pub disk: Disk,
    /// What was heard.
    pub ear: Ear,
    /// What persons were answered.
    pub answers: Vec<Answer>,
    /// How amplifiers were switched.
    pub switched: Vec<Switch>,
    /// How each amplifier was switched last, by output.
    pub amplifiers: BTreeMap<String, Switch>,
    /// Devices that two players had open at once, which must never be.
    pub clashes: Vec<String>,
    /// Steps of the engine so far.
    pub steps: u64,
    pub(super) dice: Dice,
    pub(super) session: Session,
    pub(super) players: BTreeMap<RunId, Player>,
    /// Files of sound: made anew, never overwritten.
    pub(super) files: BTreeSet<PathBuf>,
    pub(super) boot: u32,
    pub(super) asked: u64,
}

impl World {
    /// A station that begins its work at this time, with an empty journal and a clock that follows a time server.
    #[must_use]
    pub fn new(station: Arc<Station>, library: Arc<Library>, at: Timestamp, pace: Pace, dice: Dice) -> Self {
        Self::begin(station, library, at, true, pace, dice)
    }

    /// The same with a clock of which somebody must know whether it follows one.
    #[must_use]
    pub fn begin(
        station: Arc<Station>,
        library: Arc<Library>,
        at: Timestamp,
        synchronised: bool,
        pace: Pace,
        dice: Dice,
    ) -> Self {
        let now = Now { wall: at, mono: START };
        let disk = Disk::default();
        let (engine, commands) = Engine::new(now, setup(&station, &library, &disk, 1, synchronised));
        let mut world = Self {
            now,
            synchronised,
            rtc: Rtc::default(),
            lived: Duration::ZERO,
            engine,
            station,
            library,
            spoilt: BTreeMap::new(),
            card: Card::Healthy,
            cards: BTreeMap::new(),
            line: Line::Up,
            pace,
            disk,
            ear: Ear::default(),
            answers: Vec::new(),
            switched: Vec::new(),
            amplifiers: BTreeMap::new(),
            clashes: Vec::new(),
            steps: 0,
            dice,
            session: Session::Runs,
            players: BTreeMap::new(),
            files: BTreeSet::new(),
            boot: 1,
            asked: 0,
        };
        for command in commands {
            world.obey(command);
        }
        world.tell_ledger();
        world
    }

    /// The final rows that the engine must know, as the daemon tells them: of the current periods of all quotas.
    pub(super) fn tell_ledger(&mut self) {
        let ledger = self.ledger();
        self.step(ledger);
    }

    pub(super) fn ledger(&self) -> Event {
        let today = self.station.zone.to_datetime(self.now.wall).date();
        Event::Ledger(self.disk.memory().ledger(compliance::ledger_since(&self.station, today)))
    }

    /// Another configuration comes into force, as the daemon tells it.
    pub fn configure(&mut self, station: Arc<Station>) {
        self.station = Arc::clone(&station);
        self.step(Event::Configured(station));
        self.tell_ledger();
    }

    /// The audio folder was read.
    pub fn scanned(&mut self, library: Arc<Library>) {
        self.library = Arc::clone(&library);
        self.step(Event::Library(library));
    }

    /// Is any player alive?
    #[must_use]
    pub fn plays(&self) -> bool {
        !self.players.is_empty()
    }

    /// Has the engine asked to go? Then [`World::crash`] begins the next session.
    #[must_use]
    pub fn exited(&self) -> bool {
        self.session == Session::Ended
    }

    /// Runs until the wall clock shows `at`, or the session ends.
    pub fn until(&mut self, at: Timestamp) {
        while self.now.wall < at && !self.exited() {
            let left = at.duration_since(self.now.wall);
            self.turn(Duration::try_from(left).unwrap_or_default());
        }
    }

    /// Runs for this long, or until the session ends.
    pub fn run(&mut self, time: Duration) {
        let end = self.now.mono.plus(time);
        while self.now.mono < end && !self.exited() {
            self.turn(end.since(self.now.mono));
        }
    }

    /// A person wants something; the answer comes to `answers`.
    pub fn ask(&mut self, wish: Wish) {
        self.asked += 1;
        self.step(Event::Ask(AskId(self.asked), wish));
    }

    /// Something happens now.
    pub fn step(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            self.steps += 1;
            let commands = self.engine.step(self.now, event);
            events.extend(commands.into_iter().filter_map(|command| self.obey(command)));
        }
    }

    /// Forgets what was heard, switched and answered: who runs for years needs not keep it. While somebody plays,
    /// nothing is forgotten.
    pub fn forget(&mut self) {
        if !self.plays() {
            self.ear = Ear::default();
            self.switched.clear();
            self.answers.clear();
        }
    }

    /// Sleeps until something happens, but at most this long.
    pub fn turn(&mut self, most: Duration) {
        let wake = self.wake();
        let players = self.players.values().filter_map(|p| p.next(self.card_of(p), self.now.mono, self.pace.report));
        let next = wake.into_iter().chain(self.disk.next()).chain(players).min();
        let pause = next.map_or(Duration::MAX, |at| at.since(self.now.mono));
        self.pass(pause.max(LEAST).min(most));
        self.play();
        if let Some(reason) = self.disk.refused(self.now.mono) {
            self.step(Event::StoreFailing { reason, detail: String::new() });
        }
        while let Some(ticket) = self.disk.written(self.now.mono) {
            self.step(Event::Stored(ticket));
        }
        if wake.is_some_and(|at| at <= self.now.mono) {
            self.wake_up();
        }
    }

    /// Whoever is woken asks how the clock stands, as the daemon does.
    pub(super) fn wake_up(&mut self) {
        self.step(Event::Clock { synchronised: self.synchronised });
    }

    /// When the engine wants to be asked again.
    fn wake(&self) -> Option<Mono> {
        let wake = self.engine.wake(self.now);
        wake.wall.map(|at| self.now.mono_at(at)).into_iter().chain(wake.mono).min()
    }
}
