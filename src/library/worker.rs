//! Keeps one measuring process, and replaces it when a file has ended or hung it. Effects.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use super::child::Question;
use super::measure::Measured;

/// An answer is a line of a few hundred bytes; more is nonsense.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// How long a file of this many bytes may take. The slowest PC needs a minute for two hours of sound, which may be a
/// small file; more bytes take longer to read from a bad disk.
pub(super) fn patience(size: u64) -> Duration {
    Duration::from_mins(5) + Duration::from_micros(size * 4)
}

/// Measures files, one after the other.
pub(super) struct Worker {
    program: PathBuf,
    patience: fn(u64) -> Duration,
    running: Option<Running>,
}

struct Running {
    child: Child,
    questions: ChildStdin,
    answers: Receiver<String>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    /// The measuring process cannot be started: says nothing of the file.
    #[error("cannot start the measuring process: {0}")]
    NotStarted(io::Error),
    /// The file ended it or hung it.
    #[error("{0}")]
    Lost(String),
}

impl Worker {
    pub(super) fn new(program: &Path, patience: fn(u64) -> Duration) -> Self {
        Self { program: program.to_owned(), patience, running: None }
    }

    /// Asks about a file of `size` bytes.
    pub(super) fn ask(&mut self, question: &Question, size: u64) -> Result<Measured, NoAnswer> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => Running::start(&self.program).map_err(NoAnswer::NotStarted)?,
        };
        match running.ask(question, (self.patience)(size)) {
            Ok(measured) => {
                self.running = Some(running);
                Ok(measured)
            }
            Err(why) => Err(NoAnswer::Lost(format!("{why}; {}", running.end()))),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            tracing::debug!(ended = running.end(), "measuring process");
        }
    }
}

impl Running {
    fn start(program: &Path) -> io::Result<Self> {
        let mut child = Command::new(program)
            .arg("measure")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // A group of its own, so that what hangs below it ends with it.
            .process_group(0)
            .spawn()?;
        let (Some(questions), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("no pipes to the measuring process"));
        };
        let answers = listen(output)?;
        Ok(Self { child, questions, answers })
    }

    fn ask(&mut self, question: &Question, patience: Duration) -> Result<Measured, String> {
        let question = serde_json::to_string(question).map_err(|e| e.to_string())?;
        writeln!(self.questions, "{question}").map_err(|e| format!("died: {e}"))?;
        match self.answers.recv_timeout(patience) {
            Ok(line) => serde_json::from_str(&line).map_err(|e| format!("answered nonsense: {e}")),
            Err(RecvTimeoutError::Timeout) => Err("hung".to_owned()),
            Err(RecvTimeoutError::Disconnected) => Err("died".to_owned()),
        }
    }

    /// Ends it, whatever it does; says how it ended.
    fn end(mut self) -> String {
        drop(self.questions);
        // Fails only if all of them have ended already.
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let killed = group.map(|group| kill_process_group(group, Signal::KILL));
        match self.child.wait() {
            Ok(status) => status.to_string(),
            Err(error) => format!("{error} ({killed:?})"),
        }
    }
}

/// Reads answers on a thread of its own, which ends with the process that gives them.
fn listen(output: ChildStdout) -> io::Result<Receiver<String>> {
    let (tell, answers) = channel();
    std::thread::Builder::new().name("measure".to_owned()).spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = String::new();
        while output.by_ref().take(LONGEST_ANSWER).read_line(&mut line).is_ok_and(|n| n > 0) {
            if tell.send(std::mem::take(&mut line)).is_err() {
                return;
            }
        }
    })?;
    Ok(answers)
}

#[cfg(test)]
mod tests;
