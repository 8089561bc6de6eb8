//! The player's process as the core sees it, through the real binary.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use loaphuong::decode;
use loaphuong::model::playback::{Delivered, End, FromPlayer, Job, JobItem, Opened, Progress, RunId, ToPlayer};
use loaphuong::model::station::OutputKind;
use loaphuong::model::time::Mono;
use loaphuong::model::units::Decibel;

use crate::rig::{Rig, now};

/// A running player.
pub(crate) struct Player {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<(Mono, FromPlayer)>,
    /// All that it has said, with the time when it was heard.
    pub(crate) said: Vec<(Mono, FromPlayer)>,
    complaints: Arc<AtomicUsize>,
}

/// An item that plays this file from its beginning, as it is.
pub(crate) fn item(file: &Path) -> JobItem {
    let hash = decode::open(file).ok().map(|mut file| decode::hash(&mut file).unwrap().0);
    let duration = decode::Decoder::open(file).ok().map_or(Duration::ZERO, |mut decoder| {
        while let Ok(Some(_)) = decoder.next() {}
        decoder.decoded().lasting(decoder.rate())
    });
    JobItem {
        clip: "thu/bai.wav".parse().unwrap(),
        file: file.to_owned(),
        hash: loaphuong::model::id::ClipHash(hash.unwrap_or_default()),
        duration,
        gain: Decibel(0.0),
        from: Duration::ZERO,
    }
}

/// A job with these files.
pub(crate) fn job(output: OutputKind, heard: PathBuf, items: Vec<JobItem>) -> Job {
    Job {
        sink: None,
        programme: loaphuong::model::playback::Programme::Clips {
            repeat: loaphuong::model::playback::Repeat::ONCE,
            longest: None,
        },
        urgency: loaphuong::model::playback::Urgency::InTime,
        fade_in: Duration::ZERO,
        fade_out: Duration::ZERO,
        listen: None,
        run: RunId(1),
        output,
        heard,
        items,
    }
}

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_loaphuong");

/// ALSA's default.
pub(crate) const CARD: OutputKind = OutputKind::Device { name: None };

impl Player {
    /// Starts the binary in the rig's environment.
    pub(crate) fn start(rig: &Rig) -> Self {
        Self::start_by(&mut Command::new(PROGRAM), rig.env())
    }

    /// The same by a command that has the program's name and nothing more, or ends in it, with this in its environment.
    pub(crate) fn start_by(command: &mut Command, env: Vec<(String, String)>) -> Self {
        let mut child = command
            .arg("player")
            .env("MALLOC_ARENA_MAX", "2")
            .envs(env)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, output) = channel();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let message = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
                if tell.send((now(), message)).is_err() {
                    return;
                }
            }
        });
        let complaints = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&complaints);
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                println!("player: {line}");
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        Self { input: child.stdin.take(), child, output, said: Vec::new(), complaints }
    }

    /// Starts it, gives it the job, and waits until it is ready.
    pub(crate) fn ready(rig: &Rig, job: Job) -> (Self, Opened) {
        let mut player = Self::start(rig);
        player.tell(&ToPlayer::Prepare(Box::new(job)));
        match player.until(Duration::from_secs(5), |said| matches!(said, FromPlayer::Ready { .. })) {
            FromPlayer::Ready { device, .. } => (player, device),
            other => panic!("{other:?}"),
        }
    }

    /// Says something to it.
    pub(crate) fn tell(&mut self, message: &ToPlayer) {
        self.try_tell(message).unwrap();
    }

    /// The same, where it may be gone already.
    pub(crate) fn try_tell(&mut self, message: &ToPlayer) -> std::io::Result<()> {
        let line = serde_json::to_string(message).unwrap();
        writeln!(self.input.as_mut().unwrap(), "{line}")
    }

    /// Closes its ear.
    pub(crate) fn hang_up(&mut self) {
        self.input = None;
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Lines that it wrote to standard error.
    pub(crate) fn complaints(&self) -> usize {
        self.complaints.load(Ordering::Relaxed)
    }

    /// Does its process live?
    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// The next message, if one comes in time.
    pub(crate) fn next(&mut self, patience: Duration) -> Option<FromPlayer> {
        let heard = self.output.recv_timeout(patience).ok()?;
        self.said.push(heard.clone());
        Some(heard.1)
    }

    /// The first message from here on for which `wanted` holds, or the last words.
    pub(crate) fn until(&mut self, patience: Duration, wanted: impl Fn(&FromPlayer) -> bool) -> FromPlayer {
        let begun = now();
        loop {
            let left = (begun.plus(patience)).since(now());
            let said =
                self.next(left).unwrap_or_else(|| panic!("nothing in {patience:?} after {:?}", self.said.last()));
            if wanted(&said) || matches!(said, FromPlayer::Ended { .. } | FromPlayer::Failed { .. }) {
                return said;
            }
        }
    }

    /// Its last words, and how its process ended.
    pub(crate) fn last(&mut self, patience: Duration) -> (FromPlayer, ExitStatus) {
        let last = self.until(patience, |_| false);
        (last, self.gone(Duration::from_secs(2)))
    }

    /// Waits for its end.
    pub(crate) fn gone(&mut self, patience: Duration) -> ExitStatus {
        let mut status = None;
        crate::rig::wait_until("the player's end", patience, || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// All progress that it told.
    pub(crate) fn progress(&self) -> Vec<&Progress> {
        let told = self.said.iter().filter_map(|(_, said)| match said {
            FromPlayer::Progress(progress) => Some(progress),
            _ => None,
        });
        told.collect()
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The parts of `Ended`, or a panic that says what came instead.
pub(crate) fn ended(last: FromPlayer) -> (Progress, Vec<Delivered>, End) {
    match last {
        FromPlayer::Ended { progress, items, end, .. } => (progress, items, end),
        other => panic!("{other:?}"),
    }
}
