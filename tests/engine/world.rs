//! A world in virtual time for the engine: a card that can misbehave, a disk that can hang, a power that can be cut.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use loaphuong::engine::{AskId, Command, Engine, Event, Setup, Switch, Ticket, Wish};
use loaphuong::model::airing::Airing;
use loaphuong::model::clip::Library;
use loaphuong::model::entry::Entry;
use loaphuong::model::operator::Answer;
use loaphuong::model::outcome::Reason;
use loaphuong::model::playback::{Delivered, End, FromPlayer, Job, Opened, Progress, RunId, ToPlayer};
use loaphuong::model::station::{OutputKind, Station};
use loaphuong::model::time::{Mono, Now};
use loaphuong::model::units::{Decibel, Hertz};

use crate::memory::recovery;

const SLICE: Duration = Duration::from_millis(100);
const RATE: Hertz = Hertz(48_000);

/// What the sound card does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Card {
    Healthy,
    Absent,
    /// Swallows everything at once, as ALSA's null device.
    Instant,
    /// Takes nothing any more after this much of a run.
    Hangs(Duration),
    /// Is gone after this much of a run.
    Dies(Duration),
    /// The player's process is killed after this much of a run.
    Killed(Duration),
    /// Carries silence.
    Silent,
    /// Never opens, and never says so.
    Stuck,
}

struct Player {
    job: Job,
    ready: bool,
    begin: Option<Mono>,
    started: Option<Mono>,
    stopping: bool,
    played: Duration,
}

/// Everything around the engine.
pub(crate) struct World {
    pub(crate) now: Now,
    pub(crate) engine: Engine,
    pub(crate) station: Arc<Station>,
    pub(crate) library: Arc<Library>,
    pub(crate) card: Card,
    pub(crate) disk_hangs: bool,
    pub(crate) entries: Vec<Entry>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) switched: Vec<Switch>,
    pub(crate) exited: bool,
    pub(crate) steps: u64,
    /// Seconds of each programme that left the speaker, by file name: the ground truth.
    pub(crate) heard: BTreeMap<String, Duration>,
    boot: u32,
    players: BTreeMap<RunId, Player>,
    unacked: Vec<Ticket>,
    asked: u64,
}

impl World {
    pub(crate) fn new(station: Station, library: Library, at: &str) -> Self {
        let now = Now { wall: at.parse().unwrap(), mono: Mono(Duration::from_secs(1000)) };
        let (station, library) = (Arc::new(station), Arc::new(library));
        let (engine, commands) = Engine::new(now, setup(&station, &library, &[], 1));
        let mut world = Self {
            now,
            engine,
            station,
            library,
            card: Card::Healthy,
            disk_hangs: false,
            entries: Vec::new(),
            answers: Vec::new(),
            switched: Vec::new(),
            exited: false,
            steps: 0,
            heard: BTreeMap::new(),
            boot: 1,
            players: BTreeMap::new(),
            unacked: Vec::new(),
            asked: 0,
        };
        world.obey(commands);
        world
    }

    /// The daemon dies now; it comes back after `gone`, in another start of the PC if the power was cut.
    pub(crate) fn crash(&mut self, gone: Duration, power_cut: bool) {
        self.players.clear();
        self.unacked.clear();
        self.exited = false;
        self.pass(gone);
        self.boot += u32::from(power_cut);
        let (engine, commands) = Engine::new(self.now, setup(&self.station, &self.library, &self.entries, self.boot));
        self.engine = engine;
        self.obey(commands);
    }

    /// Runs until the wall clock shows `at`.
    pub(crate) fn until(&mut self, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        while self.now.wall < at && !self.exited {
            let left = Duration::try_from(at.duration_since(self.now.wall)).unwrap();
            let busy = !self.players.is_empty() || !self.unacked.is_empty();
            let pause = if busy { left.min(SLICE) } else { left.min(self.pause()) };
            self.pass(pause.max(Duration::from_millis(1)));
            self.play();
            self.acknowledge();
            self.step(Event::Wake);
        }
    }

    /// Somebody sets the clock.
    pub(crate) fn set_clock(&mut self, by: SignedDuration) {
        self.now.wall += by;
        self.step(Event::Wake);
    }

    pub(crate) fn ask(&mut self, wish: Wish) {
        self.asked += 1;
        self.step(Event::Ask(AskId(self.asked), wish));
    }

    pub(crate) fn step(&mut self, event: Event) {
        self.steps += 1;
        let commands = self.engine.step(self.now, event);
        self.obey(commands);
    }

    /// The final rows, as `id outcome reason`.
    pub(crate) fn rows(&self) -> Vec<String> {
        self.airings().map(|a| format!("{} {} {}", a.head.id, a.outcome, a.reason.map_or("-", Reason::code))).collect()
    }

    pub(crate) fn airings(&self) -> impl Iterator<Item = &Airing> {
        self.entries.iter().filter_map(|e| match e {
            Entry::Final { airing, .. } => Some(&**airing),
            _ => None,
        })
    }

    /// The codes of the faults that stand.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.engine.status(self.now).faults.into_iter().map(|f| f.code).collect()
    }

    fn pause(&self) -> Duration {
        let wake = self.engine.wake(self.now);
        let wall = wake.wall.map(|at| Duration::try_from(at.duration_since(self.now.wall)).unwrap());
        let mono = wake.mono.map(|at| at.since(self.now.mono));
        wall.into_iter().chain(mono).min().unwrap_or(Duration::MAX)
    }

    fn pass(&mut self, time: Duration) {
        self.now.mono = self.now.mono.plus(time);
        self.now.wall += SignedDuration::try_from(time).unwrap();
    }

    fn acknowledge(&mut self) {
        if !self.disk_hangs {
            for ticket in std::mem::take(&mut self.unacked) {
                self.step(Event::Stored(ticket));
            }
        }
    }

    fn obey(&mut self, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::Store(ticket, entries) => {
                    self.entries.extend(entries);
                    self.unacked.push(ticket);
                }
                Command::Spawn(_) => {}
                Command::Tell(run, ToPlayer::Prepare(job)) => {
                    let player = Player {
                        job,
                        ready: false,
                        begin: None,
                        started: None,
                        stopping: false,
                        played: Duration::ZERO,
                    };
                    self.players.insert(run, player);
                }
                Command::Tell(run, ToPlayer::Begin { at }) => self.player(run, |p| p.begin = Some(at)),
                Command::Tell(run, ToPlayer::Stop { .. }) => self.player(run, |p| p.stopping = true),
                Command::Kill(run) => {
                    if self.players.remove(&run).is_some() {
                        self.step(Event::PlayerGone { run, how: "killed".into() });
                    }
                }
                Command::Amplifier(_, switch) => self.switched.push(switch),
                Command::Answer(_, answer) => self.answers.push(answer),
                Command::Exit => self.exited = true,
            }
        }
    }

    fn player(&mut self, run: RunId, act: impl FnOnce(&mut Player)) {
        if let Some(player) = self.players.get_mut(&run) {
            act(player);
        }
    }

    /// One slice of every player's life.
    fn play(&mut self) {
        let runs: Vec<RunId> = self.players.keys().copied().collect();
        for run in runs {
            let (card, now) = (self.card, self.now.mono);
            let Some(player) = self.players.get_mut(&run) else { continue };
            let before = player.played;
            let said = player.slice(card, now);
            let gained = player.played.saturating_sub(before);
            if matches!(card, Card::Healthy | Card::Hangs(_) | Card::Dies(_) | Card::Killed(_)) {
                let name = player.job.heard.file_name().unwrap().to_string_lossy().into_owned();
                *self.heard.entry(name).or_default() += gained;
            }
            let over = said.iter().any(|s| matches!(s, FromPlayer::Ended { .. } | FromPlayer::Failed { .. }));
            let killed = matches!(card, Card::Killed(after) if self.players[&run].played >= after);
            if !killed {
                for said in said {
                    self.step(Event::Player { run, said });
                }
            }
            if (over || killed) && self.players.remove(&run).is_some() {
                self.step(Event::PlayerGone { run, how: "ended".into() });
            }
        }
    }
}

impl Player {
    fn slice(&mut self, card: Card, now: Mono) -> Vec<FromPlayer> {
        if !self.ready {
            if card == Card::Stuck {
                return Vec::new();
            }
            self.ready = true;
            return vec![self.open(card)];
        }
        if self.stopping {
            let items = self.delivered(card);
            return vec![FromPlayer::Ended { progress: self.progress(card, now), items, end: End::Stopped }];
        }
        let Some(begin) = self.begin.filter(|b| *b <= now) else { return Vec::new() };
        let mut said = Vec::new();
        if self.started.is_none() {
            self.started = Some(begin);
            said.push(FromPlayer::Started { at: begin });
        }
        let unplugged = card == Card::Absent && matches!(self.job.output, OutputKind::Device { .. });
        if !unplugged {
            self.move_on(card, now.since(begin));
        }
        if unplugged || matches!(card, Card::Dies(after) if self.played >= after) {
            let progress = Some(self.progress(card, now));
            said.push(FromPlayer::Failed { reason: Reason::DeviceAbsent, item: None, detail: String::new(), progress });
        } else if self.played >= self.length() {
            let items = self.delivered(card);
            said.push(FromPlayer::Ended { progress: self.progress(card, now), items, end: End::Whole });
        } else {
            said.push(FromPlayer::Progress(self.progress(card, now)));
        }
        said
    }

    fn open(&self, card: Card) -> FromPlayer {
        let device = match (&self.job.output, card) {
            (OutputKind::Null, _) => Opened::Null,
            (OutputKind::Wav, _) => Opened::File { path: self.job.heard.clone() },
            (OutputKind::Auto, Card::Absent) => Opened::StandIn { path: self.job.heard.clone(), why: "none".into() },
            (OutputKind::Device { .. }, Card::Absent) => {
                let detail = "no such device".into();
                return FromPlayer::Failed { reason: Reason::DeviceAbsent, item: None, detail, progress: None };
            }
            _ => Opened::Card { name: "default".into() },
        };
        FromPlayer::Ready { device, rate: RATE }
    }

    fn length(&self) -> Duration {
        self.job.items.iter().map(|i| i.duration.saturating_sub(i.from)).sum()
    }

    fn move_on(&mut self, card: Card, elapsed: Duration) {
        let played = match card {
            Card::Instant => self.length(),
            Card::Hangs(after) | Card::Dies(after) | Card::Killed(after) => elapsed.min(after),
            _ => elapsed,
        };
        self.played = played.min(self.length());
    }

    fn by_item(&self) -> Vec<Duration> {
        let mut left = self.played;
        let share = |item: &loaphuong::model::playback::JobItem| {
            let part = item.duration.saturating_sub(item.from).min(left);
            left -= part;
            part
        };
        self.job.items.iter().map(share).collect()
    }

    fn progress(&self, card: Card, at: Mono) -> Progress {
        let level = Decibel(if card == Card::Silent { -120.0 } else { -20.0 });
        Progress { at, consumed: RATE.frames_in(self.played), rate: RATE, played: self.by_item(), xruns: 0, level }
    }

    fn delivered(&self, card: Card) -> Vec<Delivered> {
        let peak = Decibel(if card == Card::Silent { -120.0 } else { -6.0 });
        let one = |played| Delivered { played, loudness: Some(-16.04), peak, fault: None };
        self.by_item().into_iter().map(one).collect()
    }
}

fn setup(station: &Arc<Station>, library: &Arc<Library>, entries: &[Entry], boot: u32) -> Setup {
    Setup {
        station: Arc::clone(station),
        library: Arc::clone(library),
        recovery: recovery(entries),
        boot_id: boot.to_string(),
        version: "0".to_owned(),
    }
}
