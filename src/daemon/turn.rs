//! The loop: one thing happens, the engine decides, the hands act, everybody is told. Effects.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;

use super::check::Checking;
use super::complaints::Complaints;
use super::files::{Settle, Watch};
use super::hands::{Flow, Hands};
use super::input::{Folder, Input};
use super::pulse::Pulse;
use super::wishes::{self, Errand};
use super::{MYSELF, Options, RunError, Trial, amplifier, systemd};
use crate::clock::{self, Alarm};
use crate::compliance::Underway;
use crate::engine::{AskId, Command, Engine, Event, Ticket, Wake};
use crate::journal::{Ack, AckResult, StoreError};
use crate::model::clip::Library;
use crate::model::entry::Entry;
use crate::model::id::ClipPath;
use crate::model::operator::Answer;
use crate::model::outcome::Reason;
use crate::model::playback::{FromPlayer, RunId};
use crate::model::query::Records;
use crate::model::recovery::History;
use crate::model::station::Station;
use crate::model::status::Status;
use crate::model::time::Mono;
use crate::player::Heard;

/// How long a burst of saves may settle.
const CONFIG_SETTLE: (Duration, Duration) = (Duration::from_millis(300), Duration::from_secs(2));
/// The device nodes of a card appear one after the other, and may be used a moment later.
const CARDS_SETTLE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(2));
/// Copying audio files takes longer.
const AUDIO_SETTLE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// The files are looked at again when something else wakes the loop and the last look is older than this.
const STALE: Duration = Duration::from_mins(1);

/// What others see of the daemon.
pub(super) struct Publish {
    pub(super) status: watch::Sender<Arc<Status>>,
    pub(super) station: watch::Sender<Arc<Station>>,
    pub(super) library: watch::Sender<Arc<Library>>,
    pub(super) history: watch::Sender<Arc<History>>,
    pub(super) underway: watch::Sender<Arc<Vec<Underway>>>,
}

/// The loop and all that it holds.
pub(super) struct Turn {
    pub(super) engine: Engine,
    pub(super) hands: Hands,
    pub(super) publish: Publish,
    pub(super) pulse: Arc<Pulse>,
    pub(super) inputs: UnboundedSender<Input>,
    pub(super) records: Arc<dyn Records>,
    pub(super) alarm: Alarm,
    pub(super) config: PathBuf,
    pub(super) config_watch: Watch,
    pub(super) audio_watch: Watch,
    pub(super) cards_watch: Watch,
    pub(super) aside_watch: Watch,
    clock_watch: Watch,
    pub(super) config_settle: Settle,
    pub(super) audio_settle: Settle,
    pub(super) cards_settle: Settle,
    pub(super) read_at: Mono,
    /// The configuration is being read; whether it must be read again then.
    pub(super) reading: Option<Again>,
    /// A scan of the audio folder is under way; whether another must follow.
    pub(super) scanning: Option<Again>,
    /// Files to be read again at the next scan, whatever is known of them.
    pub(super) recheck: BTreeSet<ClipPath>,
    /// The journal is being asked for the current periods; whether it must be asked again then.
    pub(super) learning: Option<Again>,
    pub(super) knowledge: Knowledge,
    pub(super) checking: Checking,
    /// Persons who wait for a reload.
    pub(super) reloading: Vec<AskId>,
    pub(super) complaints: Complaints,
    pub(super) tried: Trial,
    /// How often systemd wants a sign of life, if it does.
    watchdog: Option<Duration>,
    pub(super) flow: Flow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    Yes,
    No,
}

/// Whether the journal has been asked for the current periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Knowledge {
    /// It has to be.
    Wanted,
    /// It has been.
    Asked,
}

/// What ended a wait.
enum Woken {
    Player(RunId, Heard),
    Input(Input),
    Time,
    Broken(String),
}

impl Turn {
    pub(super) fn new(
        engine: Engine,
        hands: Hands,
        publish: Publish,
        pulse: Arc<Pulse>,
        inputs: UnboundedSender<Input>,
        records: Arc<dyn Records>,
        config: &Path,
    ) -> Result<Self, RunError> {
        let alarm = Alarm::new().map_err(|e| RunError::System(format!("no timer: {e}")))?;
        Ok(Self {
            engine,
            hands,
            publish,
            pulse,
            config_watch: Watch::new(Folder::Config, &inputs),
            audio_watch: Watch::new(Folder::Audio, &inputs),
            cards_watch: Watch::new(Folder::Cards, &inputs),
            aside_watch: Watch::new(Folder::Aside, &inputs),
            clock_watch: Watch::new(Folder::Clock, &inputs),
            config_settle: Settle::new(CONFIG_SETTLE.0, CONFIG_SETTLE.1),
            audio_settle: Settle::new(AUDIO_SETTLE.0, AUDIO_SETTLE.1),
            cards_settle: Settle::new(CARDS_SETTLE.0, CARDS_SETTLE.1),
            inputs,
            records,
            alarm,
            config: config.to_path_buf(),
            read_at: clock::mono(),
            reading: None,
            scanning: None,
            recheck: BTreeSet::new(),
            learning: None,
            knowledge: Knowledge::Wanted,
            checking: Checking::default(),
            reloading: Vec::new(),
            complaints: Complaints::default(),
            tried: Trial::No,
            watchdog: systemd::watchdog_pause(),
            flow: Flow::On,
        })
    }

    /// Turns until the engine has gone.
    pub(super) async fn run(
        mut self,
        first: Vec<Command>,
        mut arriving: UnboundedReceiver<Input>,
        mut players: UnboundedReceiver<(RunId, Heard)>,
        options: &Options<'_>,
    ) -> Result<(), RunError> {
        self.obey(first, options)?;
        self.cover();
        self.watch_aside(options)?;
        self.clock_watch.cover(Path::new(clock::SYNCHRONISED).parent().as_slice());
        self.scan();
        self.learn();
        // Keeps the text if it is good, and sees what was saved between the first look and the watch.
        self.read();
        self.step(Event::Clock { synchronised: clock::synchronised() }, options)?;
        systemd::ready("on duty");
        self.check();
        while self.flow == Flow::On {
            let woken = self.wait(&mut arriving, &mut players).await;
            self.pulse.begin(clock::mono());
            match woken {
                Woken::Player(run, heard) => self.player(run, heard, options)?,
                Woken::Input(input) => self.input(input, options)?,
                Woken::Time => self.time(options)?,
                Woken::Broken(why) => return Err(RunError::System(why)),
            }
            systemd::alive();
        }
        systemd::stopping();
        self.hands.end().await
    }

    async fn wait(
        &self,
        arriving: &mut UnboundedReceiver<Input>,
        players: &mut UnboundedReceiver<(RunId, Heard)>,
    ) -> Woken {
        let now = clock::now();
        let Wake { wall, mono } = self.engine.wake(now);
        let files = [self.config_settle.due(), self.audio_settle.due(), self.cards_settle.due()];
        let watchdog = self.watchdog.map(|pause| now.mono.plus(pause));
        let soonest = files.into_iter().chain([mono, watchdog]).flatten().min();
        let due = wall.map(|at| now.mono_at(at)).into_iter().chain(soonest).min();
        self.pulse.rest(due);
        tokio::select! {
            biased;
            Some((run, heard)) = players.recv() => Woken::Player(run, heard),
            Some(input) = arriving.recv() => Woken::Input(input),
            () = sleep_until(soonest) => Woken::Time,
            rang = self.alarm.until(wall) => match rang {
                Ok(_) => Woken::Time,
                Err(error) => Woken::Broken(format!("the alarm clock is broken: {error}")),
            },
        }
    }

    pub(super) fn step(&mut self, event: Event, options: &Options<'_>) -> Result<(), RunError> {
        let now = clock::now();
        let commands = self.engine.step(now, event);
        self.publish.status.send_replace(Arc::new(self.engine.status(now)));
        self.publish.underway.send_replace(Arc::new(self.engine.underway()));
        self.obey(commands, options)
    }

    fn obey(&mut self, commands: Vec<Command>, options: &Options<'_>) -> Result<(), RunError> {
        let station = Arc::clone(&self.publish.station.borrow());
        for entries in commands.iter().filter_map(stored) {
            self.note(entries, &station, options);
        }
        self.look_after(&commands);
        if let Flow::End = self.hands.obey(commands, &station)? {
            self.flow = Flow::End;
        }
        Ok(())
    }

    fn player(&mut self, run: RunId, heard: Heard, options: &Options<'_>) -> Result<(), RunError> {
        match heard {
            Heard::Said(said) => {
                match &said {
                    FromPlayer::Started { .. } => {
                        self.hands.sounding(run);
                        self.complaints.forget();
                    }
                    FromPlayer::Failed { reason, detail, .. } => {
                        self.complaints.note(run, &format!("{reason}: {detail}"));
                    }
                    _ => {}
                }
                self.step(Event::Player { run, said }, options)
            }
            Heard::Complained { line } => {
                self.complaints.note(run, &line);
                Ok(())
            }
            Heard::Gone { how } => {
                tracing::debug!(?run, how, "player gone");
                self.hands.forget(run);
                self.step(Event::PlayerGone { run, how }, options)
            }
        }
    }

    fn time(&mut self, options: &Options<'_>) -> Result<(), RunError> {
        let now = clock::mono();
        let (audio, config) = (self.audio_settle.take(now), self.config_settle.take(now));
        let cards = self.cards_settle.take(now);
        if audio || config || cards {
            self.cover();
        }
        if cards {
            self.step(Event::CardsChanged, options)?;
        }
        if audio {
            self.scan();
        }
        if config || now.since(self.read_at) > STALE {
            self.read();
        }
        if self.knowledge == Knowledge::Wanted {
            self.learn();
        }
        self.step(Event::Clock { synchronised: clock::synchronised() }, options)
    }

    fn input(&mut self, input: Input, options: &Options<'_>) -> Result<(), RunError> {
        match input {
            Input::Ack(ack) => self.ack(ack, options),
            Input::Journal(notice) => self.told(notice, options),
            Input::Checked(checked) => self.checked(checked, options),
            Input::CheckDue => {
                self.check();
                Ok(())
            }
            Input::Changed(Folder::Config) => {
                self.config_settle.touch(clock::mono());
                Ok(())
            }
            Input::Changed(Folder::Cards) => {
                self.cards_settle.touch(clock::mono());
                Ok(())
            }
            Input::Changed(Folder::Audio) => {
                self.audio_settle.touch(clock::mono());
                Ok(())
            }
            Input::Changed(Folder::Aside) => self.look_aside(options),
            Input::Changed(Folder::Clock) => self.step(Event::Clock { synchronised: clock::synchronised() }, options),
            Input::Hangup => {
                self.read();
                self.scan();
                Ok(())
            }
            Input::Loaded(loaded) => self.loaded(*loaded, options),
            Input::Scanned(library) => self.scanned(library, options),
            Input::Learned(rows) => self.learned(rows, options),
            Input::Asked(action, answer) => {
                let ask = self.hands.expect(answer);
                let library = Arc::clone(&self.publish.library.borrow());
                self.errand(ask, wishes::errand(action, &library), options)
            }
            Input::Resolved(ask, Ok(wish)) => self.step(Event::Ask(ask, wish), options),
            Input::Resolved(ask, Err(why)) => {
                self.hands.answer(ask, Answer::Refused { why });
                Ok(())
            }
            Input::Amplifier { output, trouble } => self.step(amplifier::event(output, trouble), options),
            Input::Spare(news) => {
                self.hands.spare(news);
                Ok(())
            }
            Input::HttpGone(how) => Err(RunError::System(format!("the HTTP service has ended: {how}"))),
            Input::Terminate => self.step(Event::Shutdown, options),
        }
    }

    fn ack(&mut self, ack: Ack, options: &Options<'_>) -> Result<(), RunError> {
        match ack.result {
            AckResult::Stored { refused, .. } => {
                for id in refused {
                    tracing::error!(%id, "bug: a second final row was refused");
                }
                self.step(Event::Stored(Ticket(ack.ticket)), options)
            }
            AckResult::Failing { error } => {
                // It may have been cut or replaced under us.
                self.check();
                let reason = match error {
                    StoreError::DiskFull => Reason::DiskFull,
                    StoreError::Other(_) => Reason::StorageFault,
                };
                self.step(Event::StoreFailing { reason, detail: error.to_string() }, options)
            }
        }
    }

    fn errand(&mut self, ask: AskId, errand: Errand, options: &Options<'_>) -> Result<(), RunError> {
        match errand {
            Errand::Ask(wish) => return self.step(Event::Ask(ask, wish), options),
            Errand::Refuse(why) => self.hands.answer(ask, Answer::Refused { why }),
            Errand::Reload => {
                self.reloading.push(ask);
                self.read();
                self.scan();
            }
            Errand::Measure(measure) => {
                let (station, inputs) = (Arc::clone(&self.publish.station.borrow()), self.inputs.clone());
                tokio::task::spawn_blocking(move || {
                    let found = wishes::measure(measure, &station, Path::new(MYSELF));
                    send(&inputs, Input::Resolved(ask, found));
                });
            }
        }
        Ok(())
    }

    pub(super) fn state(&self) -> PathBuf {
        self.publish.station.borrow().paths.state.clone()
    }
}

fn stored(command: &Command) -> Option<&Vec<Entry>> {
    match command {
        Command::Store(_, entries) => Some(entries),
        _ => None,
    }
}

/// A thread's answer to the loop.
pub(super) fn send(inputs: &UnboundedSender<Input>, input: Input) {
    if inputs.send(input).is_err() {
        tracing::debug!("the loop has ended before a thread that worked for it");
    }
}

async fn sleep_until(at: Option<Mono>) {
    match at {
        Some(at) => tokio::time::sleep(at.since(clock::mono())).await,
        None => std::future::pending().await,
    }
}
