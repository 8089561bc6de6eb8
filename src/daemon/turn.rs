//! The loop: one thing happens, the engine decides, the hands act, everybody is told. Effects.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;

use super::files::{Settle, Watch};
use super::hands::{Flow, Hands};
use super::input::{Folder, Input};
use super::pulse::Pulse;
use super::wishes::{self, Errand};
use super::{Announcement, Options, RunError, Trial, boot, reading, systemd};
use crate::clock::{self, Alarm};
use crate::config::{self, Loaded};
use crate::engine::{AskId, Command, Engine, Event, Ticket, Wake, Wish};
use crate::journal::{Ack, AckResult, StoreError};
use crate::library;
use crate::model::airing::Airing;
use crate::model::clip::Library;
use crate::model::diag::Diagnostic;
use crate::model::entry::Entry;
use crate::model::operator::Answer;
use crate::model::outcome::{Kind, Reason};
use crate::model::playback::{FromPlayer, RunId};
use crate::model::recovery::History;
use crate::model::station::Station;
use crate::model::status::Status;
use crate::model::text::Text;
use crate::model::time::Mono;
use crate::player::Heard;
use crate::text;

/// How long a burst of saves may settle.
const CONFIG_SETTLE: (Duration, Duration) = (Duration::from_millis(300), Duration::from_secs(2));
/// Copying audio files takes longer.
const AUDIO_SETTLE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// The files are looked at again when something else wakes the loop and the last look is older than this.
const STALE: Duration = Duration::from_secs(60);

/// What others see of the daemon.
pub(super) struct Publish {
    pub(super) status: watch::Sender<Arc<Status>>,
    pub(super) station: watch::Sender<Arc<Station>>,
    pub(super) library: watch::Sender<Arc<Library>>,
    pub(super) history: watch::Sender<Arc<History>>,
}

/// The loop and all that it holds.
pub(super) struct Turn {
    engine: Engine,
    hands: Hands,
    publish: Publish,
    pulse: Arc<Pulse>,
    inputs: UnboundedSender<Input>,
    alarm: Alarm,
    config: PathBuf,
    config_watch: Watch,
    audio_watch: Watch,
    config_settle: Settle,
    audio_settle: Settle,
    read_at: Mono,
    /// A scan of the audio folder is under way; whether another must follow.
    scanning: Option<Again>,
    /// Persons who wait for a reload.
    reloading: Vec<AskId>,
    /// What is wrong with the text that the last start could not use.
    rejected: Option<Vec<Diagnostic>>,
    tried: Trial,
    flow: Flow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    Yes,
    No,
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
        config: &Path,
        rejected: Option<Vec<Diagnostic>>,
    ) -> Result<Self, RunError> {
        let alarm = Alarm::new().map_err(|e| RunError::System(format!("no timer: {e}")))?;
        Ok(Self {
            engine,
            hands,
            publish,
            pulse,
            config_watch: Watch::new(Folder::Config, &inputs),
            audio_watch: Watch::new(Folder::Audio, &inputs),
            config_settle: Settle::new(CONFIG_SETTLE.0, CONFIG_SETTLE.1),
            audio_settle: Settle::new(AUDIO_SETTLE.0, AUDIO_SETTLE.1),
            inputs,
            alarm,
            config: config.to_path_buf(),
            read_at: clock::mono(),
            scanning: None,
            reloading: Vec::new(),
            rejected,
            tried: Trial::No,
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
        self.scan();
        if let Some(diagnostics) = self.rejected.take() {
            self.step(Event::Rejected(diagnostics), options)?;
        }
        self.step(Event::Clock { synchronised: clock::synchronised() }, options)?;
        systemd::ready("on duty");
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
        let files = [self.config_settle.due(), self.audio_settle.due()];
        let watchdog = systemd::watchdog_pause().map(|pause| now.mono.plus(pause));
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

    fn step(&mut self, event: Event, options: &Options<'_>) -> Result<(), RunError> {
        let now = clock::now();
        let commands = self.engine.step(now, event);
        self.publish.status.send_replace(Arc::new(self.engine.status(now)));
        self.obey(commands, options)
    }

    fn obey(&mut self, commands: Vec<Command>, options: &Options<'_>) -> Result<(), RunError> {
        let station = Arc::clone(&self.publish.station.borrow());
        for entry in commands.iter().filter_map(stored).flatten() {
            self.note(entry, &station, options);
        }
        if let Flow::End = self.hands.obey(commands, &station)? {
            self.flow = Flow::End;
        }
        Ok(())
    }

    /// What the journal is told is also what the log and the terminal are told.
    fn note(&mut self, entry: &Entry, station: &Station, options: &Options<'_>) {
        match entry {
            Entry::Final { airing, .. } => {
                self.publish.history.send_replace(Arc::new(self.engine.history().clone()));
                log_airing(airing);
                if airing.head.kind == Kind::Trial {
                    let state = station.paths.state.clone();
                    (options.announce)(&Announcement::Tried { airing: airing.clone(), state });
                }
            }
            Entry::FaultRaised { fault, .. } => {
                tracing::error!(code = fault.code, subject = fault.subject, "fault: {}", fault.message.en);
            }
            Entry::FaultCleared { code, subject, .. } => tracing::info!(code, subject, "fault over"),
            Entry::Started { id, output, device, .. } => tracing::info!(%id, %output, device, "on air"),
            _ => {}
        }
    }

    fn player(&mut self, run: RunId, heard: Heard, options: &Options<'_>) -> Result<(), RunError> {
        match heard {
            Heard::Said(said) => {
                if let FromPlayer::Failed { reason, detail, .. } = &said {
                    tracing::warn!(?run, %reason, detail, "the player cannot go on");
                }
                self.step(Event::Player { run, said }, options)
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
        if self.audio_settle.take(now) {
            self.scan();
        }
        if self.config_settle.take(now) || now.since(self.read_at) > STALE {
            self.read();
        }
        self.step(Event::Clock { synchronised: clock::synchronised() }, options)
    }

    fn input(&mut self, input: Input, options: &Options<'_>) -> Result<(), RunError> {
        match input {
            Input::Ack(ack) => self.ack(ack, options),
            Input::Changed(Folder::Config) => {
                self.config_settle.touch(clock::mono());
                Ok(())
            }
            Input::Changed(Folder::Audio) => {
                self.audio_settle.touch(clock::mono());
                Ok(())
            }
            Input::Hangup => {
                self.read();
                self.scan();
                Ok(())
            }
            Input::Loaded(loaded) => self.loaded(*loaded, options),
            Input::Scanned(library) => self.scanned(library, options),
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
            Input::Amplifier { output, trouble } => self.step(amplifier_event(output, trouble), options),
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
                let (state, inputs) = (self.state(), self.inputs.clone());
                tokio::task::spawn_blocking(move || {
                    let found = wishes::measure(measure, &state, Path::new(boot::MYSELF));
                    send(&inputs, Input::Resolved(ask, found));
                });
            }
        }
        Ok(())
    }

    /// Reads the configuration, on a thread that may wait.
    fn read(&mut self) {
        self.read_at = clock::mono();
        let (config, inputs) = (self.config.clone(), self.inputs.clone());
        tokio::task::spawn_blocking(move || send(&inputs, Input::Loaded(Box::new(config::load(&config)))));
    }

    fn loaded(&mut self, mut loaded: Loaded, options: &Options<'_>) -> Result<(), RunError> {
        let current = Arc::clone(&self.publish.station.borrow());
        let waiting = std::mem::take(&mut self.reloading);
        let Some(station) = loaded.station.take() else {
            let errors = loaded.diagnostics.len();
            for ask in waiting {
                self.hands.answer(ask, Answer::Refused { why: broken(errors) });
            }
            if self.publish.status.borrow().config.rejected.as_ref().is_some_and(|r| r.diagnostics == loaded.diagnostics) {
                return Ok(());
            }
            tracing::warn!(errors, "the configuration is broken, the last good one stays in force");
            return self.step(Event::Rejected(loaded.diagnostics), options);
        };
        for ask in waiting {
            self.hands.answer(ask, Answer::Accepted { airing: None });
        }
        if needs_restart(&current, &station) {
            let (message, remedy) = boot::restart_needed();
            return self.step(Event::Trouble { code: "restart_needed", subject: None, message, remedy }, options);
        }
        self.step(Event::TroubleOver { code: "restart_needed", subject: None }, options)?;
        reading::keep(&loaded.files, &current.paths.state);
        if station.revision == current.revision {
            return self.step(Event::Mended, options);
        }
        tracing::info!(revision = station.revision.0, "another configuration is in force");
        let station = Arc::new(station);
        self.publish.station.send_replace(Arc::clone(&station));
        self.cover();
        if station.paths.audio != current.paths.audio {
            self.scan();
        }
        self.step(Event::Configured(station), options)
    }

    /// Reads the audio folder, on a thread that may wait; one at a time.
    fn scan(&mut self) {
        if self.scanning.is_some() {
            self.scanning = Some(Again::Yes);
            return;
        }
        self.scanning = Some(Again::No);
        let station = Arc::clone(&self.publish.station.borrow());
        let inputs = self.inputs.clone();
        tokio::task::spawn_blocking(move || {
            let (audio, state) = (&station.paths.audio, &station.paths.state);
            let begun = clock::now().wall;
            let library = library::scan(audio, state, Path::new(boot::MYSELF), begun, &mut |_| {});
            send(&inputs, Input::Scanned(library));
        });
    }

    fn scanned(&mut self, library: Library, options: &Options<'_>) -> Result<(), RunError> {
        let again = self.scanning.take() == Some(Again::Yes);
        tracing::info!(clips = library.clips.len(), "audio folder read");
        let library = Arc::new(library);
        self.publish.library.send_replace(Arc::clone(&library));
        self.step(Event::Library(library), options)?;
        if again {
            self.scan();
        }
        if options.trial == Trial::Yes && self.tried == Trial::No {
            self.tried = Trial::Yes;
            self.trial(options)?;
        }
        Ok(())
    }

    fn trial(&mut self, options: &Options<'_>) -> Result<(), RunError> {
        let (answer, mut answered) = tokio::sync::oneshot::channel();
        let ask = self.hands.expect(answer);
        self.step(Event::Ask(ask, Wish::Trial), options)?;
        if let Ok(Answer::Refused { why }) = answered.try_recv() {
            (options.announce)(&Announcement::Untried(why));
        }
        Ok(())
    }

    fn cover(&mut self) {
        let station = Arc::clone(&self.publish.station.borrow());
        self.config_watch.cover(&[&self.config, &station.paths.communes]);
        self.audio_watch.cover(&[&station.paths.audio]);
    }

    fn state(&self) -> PathBuf {
        self.publish.station.borrow().paths.state.clone()
    }
}

fn stored(command: &Command) -> Option<&Vec<Entry>> {
    match command {
        Command::Store(_, entries) => Some(entries),
        _ => None,
    }
}

fn send(inputs: &UnboundedSender<Input>, input: Input) {
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

fn needs_restart(old: &Station, new: &Station) -> bool {
    old.id != new.id || old.paths.state != new.paths.state || old.http.listen != new.http.listen
}

fn broken(errors: usize) -> Text {
    text!(
        "Cấu hình còn {errors} chỗ cần sửa; lịch cũ vẫn có hiệu lực. Hãy xem bằng lệnh loaphuong check.",
        "The configuration has {errors} things to mend; the old one is in force. See loaphuong check."
    )
}

fn amplifier_event(output: String, trouble: Option<String>) -> Event {
    let code = "amplifier";
    let Some(trouble) = trouble else { return Event::TroubleOver { code, subject: Some(output) } };
    Event::Trouble {
        code,
        message: text!(
            "{output}: lệnh bật, tắt âm ly không chạy được ({trouble}).",
            "{output}: the amplifier's command failed ({trouble})."
        ),
        remedy: text!(
            "Hãy kiểm tra mục [output.amplifier] trong station.toml và dây nối âm ly.",
            "Check [output.amplifier] in station.toml, and the amplifier's cable."
        ),
        subject: Some(output),
    }
}

fn log_airing(airing: &Airing) {
    let (id, outcome) = (&airing.head.id, airing.outcome);
    let reason = airing.reason.map(Reason::code);
    let played: f64 = airing.items.iter().map(|i| i.played_s.0).sum();
    tracing::info!(%id, %outcome, reason, played_s = played, start_error_ms = airing.start_error_ms, "airing over");
}
