//! The core's side of the player: starts the process, talks to it without ever waiting, kills it. Effects: tokio.

use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
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

/// Starts `program player` and tells what it says, as it says it. Must be called inside a tokio runtime.
///
/// The child has the environment of the core and dies with it.
///
/// # Errors
/// If the process cannot be started: no such program, no memory, too many processes.
pub fn spawn(run: RunId, program: &Path, tell: mpsc::UnboundedSender<(RunId, Heard)>) -> io::Result<Handle> {
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
    let complaints = tokio::spawn(complain(run, complaints, tell.clone()));
    tokio::spawn(attend(run, child, output, complaints, Arc::clone(&killed), tell));
    Ok(Handle { run, lines, killed })
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
async fn complain(run: RunId, from: impl AsyncRead + Unpin, tell: mpsc::UnboundedSender<(RunId, Heard)>) {
    let mut lines = Lines::new(from);
    let mut told = 0;
    while let Some(line) = lines.next().await {
        if told < COMPLAINTS && !line.is_empty() {
            told += 1;
            let line = String::from_utf8_lossy(&line).into_owned();
            // A core that no longer listens has no use for it, but the child must not be held up by a full pipe.
            tell.send((run, Heard::Complained { line })).ok();
        }
    }
}

/// Relays what the child says until it is gone, kills it when told to, and reaps it.
async fn attend(
    run: RunId,
    mut child: Child,
    output: ChildStdout,
    mut complaints: JoinHandle<()>,
    killed: Arc<Notify>,
    tell: mpsc::UnboundedSender<(RunId, Heard)>,
) {
    let mut relay = tokio::spawn(relay(run, output, tell.clone()));
    let how = tokio::select! {
        status = child.wait() => status,
        () = killed.notified() => {
            if let Err(error) = child.start_kill() {
                tracing::warn!(run = run.0, %error, "the player cannot be killed");
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
    // A core that no longer listens has no use for it.
    tell.send((run, Heard::Gone { how })).ok();
}

async fn relay(run: RunId, output: ChildStdout, tell: mpsc::UnboundedSender<(RunId, Heard)>) {
    let mut lines = Lines::new(output);
    while let Some(line) = lines.next().await {
        match serde_json::from_slice(&line) {
            Ok(message) => {
                if tell.send((run, Heard::Said(message))).is_err() {
                    return;
                }
            }
            Err(error) => tracing::warn!(run = run.0, %error, "the player said something that is no message"),
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
