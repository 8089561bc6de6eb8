//! A world in virtual time for the engine: a card that can misbehave, a disk that can hang, a power that can be cut.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use loaphuong::engine::{AskId, Command, Engine, Event, Setup, Switch, Ticket, Wish};
use loaphuong::model::airing::Airing;
use loaphuong::model::clip::Library;
use loaphuong::model::entry::Entry;
use loaphuong::model::operator::Answer;
use loaphuong::model::outcome::Reason;
use loaphuong::model::playback::{FromPlayer, Job, RunId, ToPlayer};
use loaphuong::model::station::{OutputKind, Station};
use loaphuong::model::time::{Mono, Now};

pub(crate) use crate::card::Card;
use crate::card::{Player, failed};
use crate::memory::recovery;

const SLICE: Duration = Duration::from_millis(100);

/// What one run let out of a loudspeaker: the ground truth.
#[derive(Debug, Clone)]
pub(crate) struct Sound {
    /// The airing, as its file name has it: see [`key`].
    pub(crate) airing: String,
    pub(crate) output: String,
    pub(crate) at: Now,
    pub(crate) until: Mono,
    pub(crate) played: Duration,
    /// Somebody heard it: a healthy card or a file that was asked for.
    pub(crate) audible: bool,
    /// How many entries there were when it began.
    pub(crate) entries: usize,
    /// How many of them were on the disk.
    pub(crate) durable: usize,
}

/// Everything around the engine.
pub(crate) struct World {
    pub(crate) now: Now,
    pub(crate) engine: Engine,
    pub(crate) station: Arc<Station>,
    pub(crate) library: Arc<Library>,
    pub(crate) card: Card,
    /// Cards that differ from `card`, by the name of the device.
    pub(crate) cards: BTreeMap<String, Card>,
    pub(crate) disk_hangs: bool,
    /// A killed player takes a slice to go.
    pub(crate) dies_slowly: bool,
    /// How often a player that sounds tells of itself.
    pub(crate) slice: Duration,
    pub(crate) entries: Vec<Entry>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) switched: Vec<Switch>,
    /// How each amplifier was switched last.
    pub(crate) amplifiers: BTreeMap<String, Switch>,
    pub(crate) exited: bool,
    pub(crate) steps: u64,
    /// Seconds of each programme that left the speaker, by file name: the ground truth.
    pub(crate) heard: BTreeMap<String, Duration>,
    pub(crate) sounds: Vec<Sound>,
    /// Entries that never came to the disk.
    pub(crate) lost: Vec<Entry>,
    boot: u32,
    players: BTreeMap<RunId, Player>,
    dying: BTreeSet<RunId>,
    /// Files of sound: made anew, never overwritten.
    files: BTreeSet<PathBuf>,
    /// Batches on their way to the disk, and where each begins in `entries`.
    unacked: Vec<(Ticket, usize)>,
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
            cards: BTreeMap::new(),
            disk_hangs: false,
            dies_slowly: false,
            slice: SLICE,
            entries: Vec::new(),
            answers: Vec::new(),
            switched: Vec::new(),
            amplifiers: BTreeMap::new(),
            exited: false,
            steps: 0,
            heard: BTreeMap::new(),
            sounds: Vec::new(),
            lost: Vec::new(),
            boot: 1,
            players: BTreeMap::new(),
            dying: BTreeSet::new(),
            files: BTreeSet::new(),
            unacked: Vec::new(),
            asked: 0,
        };
        world.obey(commands);
        world
    }

    /// The daemon dies now; it comes back after `gone`, in another start of the PC if the power was cut.
    pub(crate) fn crash(&mut self, gone: Duration, power_cut: bool) {
        self.players.clear();
        self.dying.clear();
        self.unacked.clear();
        self.exited = false;
        self.pass(gone);
        self.boot += u32::from(power_cut);
        let (engine, commands) = Engine::new(self.now, setup(&self.station, &self.library, &self.entries, self.boot));
        self.engine = engine;
        self.obey(commands);
    }

    /// The same, and of the batches on their way only the first `kept` came to the disk.
    pub(crate) fn crash_losing(&mut self, gone: Duration, power_cut: bool, kept: usize) {
        if let Some((_, begin)) = self.unacked.get(kept) {
            self.lost.extend(self.entries.split_off(*begin));
        }
        self.crash(gone, power_cut);
    }

    /// How many batches are on their way to the disk.
    pub(crate) fn underway(&self) -> usize {
        self.unacked.len()
    }

    /// Is any player alive?
    pub(crate) fn plays(&self) -> bool {
        !self.players.is_empty()
    }

    /// Runs until the wall clock shows `at`.
    pub(crate) fn until(&mut self, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        while self.now.wall < at && !self.exited {
            let left = Duration::try_from(at.duration_since(self.now.wall)).unwrap();
            self.turn(left);
        }
    }

    /// Runs for this long.
    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now.mono.plus(time);
        while self.now.mono < end && !self.exited {
            self.turn(end.since(self.now.mono));
        }
    }

    /// Sleeps until something happens, but at most this long.
    fn turn(&mut self, most: Duration) {
        let written = !self.unacked.is_empty() && !self.disk_hangs;
        let busy = written || !self.dying.is_empty() || self.players.values().any(|p| p.busy(self.now.mono));
        let begin = self.players.values().filter_map(|p| p.begin).filter(|b| *b > self.now.mono).min();
        let pause = begin.map_or(Duration::MAX, |b| b.since(self.now.mono)).min(self.pause()).min(most);
        let pause = if busy { pause.min(self.slice) } else { pause };
        self.pass(pause.max(Duration::from_millis(1)));
        self.play();
        self.acknowledge();
        self.step(Event::Wake);
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
            for (ticket, _) in std::mem::take(&mut self.unacked) {
                self.step(Event::Stored(ticket));
            }
        }
    }

    fn obey(&mut self, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::Store(ticket, entries) => {
                    self.unacked.push((ticket, self.entries.len()));
                    self.entries.extend(entries);
                }
                Command::Spawn(_) => {}
                Command::Tell(run, ToPlayer::Prepare(job)) => {
                    let device = device(&job);
                    let holder =
                        self.players.values().find(|p| device.is_some() && crate::world::device(&p.job) == device);
                    assert!(holder.is_none(), "I3: {device:?} is open already, for {:?}", holder.map(|p| &p.job.heard));
                    let player = Player {
                        job,
                        sound: None,
                        stands_in: false,
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
                Command::Kill(run) if self.dies_slowly && self.players.contains_key(&run) => {
                    self.dying.insert(run);
                }
                Command::Kill(run) => {
                    if self.players.remove(&run).is_some() {
                        self.step(Event::PlayerGone { run, how: "killed".into() });
                    }
                }
                Command::Amplifier(output, switch) => {
                    self.switched.push(switch);
                    self.amplifiers.insert(output.to_string(), switch);
                }
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
            if self.dying.remove(&run) {
                self.gone(run);
                continue;
            }
            let Some(player) = self.players.get_mut(&run) else { continue };
            let card = device(&player.job).and_then(|d| self.cards.get(&d).copied()).unwrap_or(self.card);
            let taken =
                !player.ready && player.job.output == OutputKind::Wav && !self.files.insert(player.job.heard.clone());
            let before = player.played;
            let said = if taken { vec![failed(Reason::StorageFault, None)] } else { player.slice(card, self.now.mono) };
            let gained = player.played.saturating_sub(before);
            self.sounded(run, card, gained);
            let over = said.iter().any(|s| matches!(s, FromPlayer::Ended { .. } | FromPlayer::Failed { .. }));
            let killed = matches!(card, Card::Killed(after) if self.players[&run].played >= after);
            if !killed {
                for said in said {
                    self.step(Event::Player { run, said });
                }
            }
            if over || killed {
                self.gone(run);
            }
        }
    }

    fn gone(&mut self, run: RunId) {
        if self.players.remove(&run).is_some() {
            self.step(Event::PlayerGone { run, how: "ended".into() });
        }
    }

    /// What left the speaker in a slice.
    fn sounded(&mut self, run: RunId, card: Card, gained: Duration) {
        let Some(player) = self.players.get_mut(&run) else { return };
        let Some(begun) = player.started else { return };
        let proof = !matches!(player.job.output, OutputKind::Null);
        let audible = proof && !player.stands_in && !matches!(card, Card::Instant | Card::Silent);
        let name = player.job.heard.file_name().unwrap().to_string_lossy().into_owned();
        let at = *player.sound.get_or_insert_with(|| {
            let mut parts = name.trim_end_matches(".wav").rsplitn(3, '.');
            let (last, before, rest) = (parts.next().unwrap(), parts.next().unwrap(), parts.next());
            let part = last.starts_with(|c: char| c.is_ascii_digit());
            let (airing, output) = match (part, rest) {
                (true, Some(rest)) => (rest.to_owned(), before),
                (false, Some(rest)) => (format!("{rest}.{before}"), last),
                (_, None) => (before.to_owned(), last),
            };
            let output = output.to_owned();
            let at = Now { wall: self.now.wall_at(begun), mono: begun };
            let entries = self.entries.len();
            let durable = self.unacked.first().map_or(entries, |(_, begin)| *begin);
            self.sounds.push(Sound {
                airing,
                output,
                at,
                until: begun,
                played: Duration::ZERO,
                audible: false,
                entries,
                durable,
            });
            self.sounds.len() - 1
        });
        let sound = &mut self.sounds[at];
        sound.audible |= audible && !gained.is_zero();
        sound.played += gained;
        sound.until = self.now.mono;
        if audible {
            *self.heard.entry(name).or_default() += gained;
        }
    }
}

/// The name of an airing in the names of its files.
pub(crate) fn key(id: &str) -> String {
    id.replace(['/', ':'], "-")
}

/// The card that a job plays on, if it is a card.
fn device(job: &Job) -> Option<String> {
    match &job.output {
        OutputKind::Device { name } => Some(name.clone().unwrap_or_default()),
        _ => None,
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
