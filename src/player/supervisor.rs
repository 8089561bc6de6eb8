//! The core's side of the player: starts the process, talks to it without ever waiting, kills it. Effects: tokio.

use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::model::playback::{FromPlayer, RunId, ToPlayer};

/// Messages that may wait for a child which does not read. A run needs three.
const WAITING: usize = 64;
/// Longest line that the child may say; longer ones are dropped.
const LONGEST: usize = 64 * 1024;
/// So many lines of the child's standard error are worth reading: sound libraries repeat themselves.
const COMPLAINTS: usize = 3;
/// Heaps of the child. The C library would reserve 64 MB of address space for each of its threads, and the child may have a
/// gigabyte in all.
const ARENAS: &str = "2";
/// After the child's end its pipe may be held open by a process that a sound library started: its words are waited for so
/// long.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What the core hears of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// The player said something.
    Said(FromPlayer),
    /// It, or a library in it, complained on standard error. Only the first few lines of a run.
    Complained {
        /// In its own words, for engineers.
        line: String,
    },
    /// The process has ended and left nothing behind. Comes exactly once, and last.
    Gone {
        /// How, for engineers: `exit status: 0`, `signal: 9 (SIGKILL)`.
        how: String,
    },
}

/// The core's hold on one player. Dropping it closes the child's standard input, and the child ends itself.
#[derive(Debug)]
pub struct Handle {
    run: RunId,
    lines: mpsc::Sender<ToPlayer>,
    killed: Arc<Notify>,
}

impl Handle {
    /// Sends a message. Never blocks: to a child that reads no more, messages are dropped (and it is time to `kill`).
    pub fn send(&self, message: ToPlayer) {
        if self.lines.try_send(message).is_err() {
            tracing::warn!(run = self.run.0, "the player takes no more messages");
        }
    }

    /// SIGKILL, whatever it is doing. [`Heard::Gone`] follows.
    pub fn kill(&self) {
        self.killed.notify_one();
    }
}

/// A player that was started before anybody needs it. It makes itself ready and waits for its first message; what it says
/// meanwhile is for nobody. Dropping it ends it.
#[derive(Debug)]
pub struct Spare {
    run: Name,
    lines: mpsc::Sender<ToPlayer>,
    killed: Arc<Notify>,
}

impl Spare {
    /// From now on it is the player of this run; nothing if it has gone.
    #[must_use]
    pub fn take(self, run: RunId) -> Option<Handle> {
        let Self { run: name, lines, killed } = self;
        name.set(Some(run)).is_ok().then_some(Handle { run, lines, killed })
    }

    /// Is it still there?
    #[must_use]
    pub fn lives(&self) -> bool {
        self.run.get().is_none()
    }
}

/// The run of a process. A spare gets one when it is taken, or once and for all none when it goes before that.
type Name = Arc<OnceLock<Option<RunId>>>;

/// Tells the core what a process says.
#[derive(Debug, Clone)]
struct Teller {
    run: Name,
    tell: mpsc::UnboundedSender<(RunId, Heard)>,
}

impl Teller {
    /// False if nobody listens any more.
    fn tell(&self, heard: Heard) -> bool {
        if let Some(run) = self.run() {
            return self.tell.send((run, heard)).is_ok();
        }
        tracing::debug!(?heard, "from a spare player");
        true
    }

    fn run(&self) -> Option<RunId> {
        self.run.get().copied().flatten()
    }
}

/// Starts `program player` and tells what it says, as it says it. Must be called inside a tokio runtime.
///
/// The child has the environment of the core and dies with it.
///
/// # Errors
/// If the process cannot be started: no such program, no memory, too many processes.
pub fn spawn(run: RunId, program: &Path, tell: mpsc::UnboundedSender<(RunId, Heard)>) -> io::Result<Handle> {
    let name = Arc::new(OnceLock::from(Some(run)));
    let (lines, killed) = start(program, Teller { run: name, tell }, |_| ())?;
    Ok(Handle { run, lines, killed })
}

/// Starts a player for a run that nobody knows yet. `lost` is told how it went, if it goes before it is taken.
///
/// # Errors
/// As [`spawn`].
pub fn spare(
    program: &Path,
    tell: mpsc::UnboundedSender<(RunId, Heard)>,
    lost: impl FnOnce(String) + Send + 'static,
) -> io::Result<Spare> {
    let run = Name::default();
    let (lines, killed) = start(program, Teller { run: Arc::clone(&run), tell }, lost)?;
    Ok(Spare { run, lines, killed })
}

fn start(
    program: &Path,
    teller: Teller,
    lost: impl FnOnce(String) + Send + 'static,
) -> io::Result<(mpsc::Sender<ToPlayer>, Arc<Notify>)> {
    let mut child = Command::new(program)
        .arg("player")
        .env("MALLOC_ARENA_MAX", ARENAS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        // Ctrl+C at the terminal is for the core: it ends its players in order.
        .process_group(0)
        .spawn()?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(input), Some(output), Some(complaints)) = pipes else {
        return Err(io::Error::other("no pipes to the player"));
    };
    let (lines, waiting) = mpsc::channel(WAITING);
    let killed = Arc::new(Notify::new());
    tokio::spawn(write(input, waiting));
    let complaints = tokio::spawn(complain(complaints, teller.clone()));
    tokio::spawn(attend(child, output, complaints, Arc::clone(&killed), teller, lost));
    Ok((lines, killed))
}

/// Writes the core's messages until the child closes its ear or the core drops the handle.
async fn write(mut input: ChildStdin, mut waiting: mpsc::Receiver<ToPlayer>) {
    while let Some(message) = waiting.recv().await {
        let mut line = match serde_json::to_vec(&message) {
            Ok(line) => line,
            Err(error) => {
                tracing::error!(%error, "a message to the player cannot be written as JSON");
                continue;
            }
        };
        line.push(b'\n');
        if input.write_all(&line).await.is_err() {
            return;
        }
    }
}

/// Relays the first lines of standard error and swallows the rest.
async fn complain(from: impl AsyncRead + Unpin, teller: Teller) {
    let mut lines = Lines::new(from);
    let mut told = 0;
    while let Some(line) = lines.next().await {
        if told < COMPLAINTS && !line.is_empty() {
            told += 1;
            let line = String::from_utf8_lossy(&line).into_owned();
            // A core that no longer listens has no use for it, but the child must not be held up by a full pipe.
            teller.tell(Heard::Complained { line });
        }
    }
}

/// Relays what the child says until it is gone, kills it when told to, and reaps it.
async fn attend(
    mut child: Child,
    output: ChildStdout,
    mut complaints: JoinHandle<()>,
    killed: Arc<Notify>,
    teller: Teller,
    lost: impl FnOnce(String),
) {
    let mut relay = tokio::spawn(relay(output, teller.clone()));
    let how = tokio::select! {
        status = child.wait() => status,
        () = killed.notified() => {
            if let Err(error) = child.start_kill() {
                tracing::warn!(run = ?teller.run(), %error, "the player cannot be killed");
            }
            child.wait().await
        }
    };
    let until = Instant::now() + LAST_WORDS;
    for words in [&mut relay, &mut complaints] {
        if timeout_at(until, &mut *words).await.is_err() {
            words.abort();
            // Its last word must not come after `Gone`.
            words.await.ok();
        }
    }
    let how = how.map_or_else(|error| error.to_string(), |status: ExitStatus| status.to_string());
    // Either it is taken or it is lost, whichever comes first: no run is ever left without its last word.
    match teller.run.get_or_init(|| None) {
        // A core that no longer listens has no use for it.
        Some(_) => drop(teller.tell(Heard::Gone { how })),
        None => lost(how),
    }
}

async fn relay(output: ChildStdout, teller: Teller) {
    let mut lines = Lines::new(output);
    while let Some(line) = lines.next().await {
        match serde_json::from_slice(&line) {
            Ok(message) => {
                if !teller.tell(Heard::Said(message)) {
                    return;
                }
            }
            Err(error) => tracing::warn!(run = ?teller.run(), %error, "the player said something that is no message"),
        }
    }
}

/// Lines of bounded length.
struct Lines<R> {
    from: BufReader<R>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    fn new(from: R) -> Self {
        Self { from: BufReader::new(from) }
    }

    /// The next line without its end, cut to the longest length; nothing at the end or on an error.
    async fn next(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        let mut piece = Vec::new();
        loop {
            piece.clear();
            let got = (&mut self.from).take(LONGEST as u64).read_until(b'\n', &mut piece).await.ok()?;
            if got == 0 && line.is_empty() {
                return None;
            }
            let ended = piece.pop_if(|last| *last == b'\n').is_some() || got == 0;
            piece.truncate(LONGEST - line.len());
            line.append(&mut piece);
            if ended {
                return Some(line);
            }
        }
    }
}
