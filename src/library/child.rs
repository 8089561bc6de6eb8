//! The measuring process (`loaphuong measure`, hidden): questions on standard input, answers on standard output.
//! Effects.
//!
//! One JSON object a line, one answer for each question, in order; ends when its input does. It may die on any file:
//! whoever started it draws the conclusion.

use std::io::{self, BufRead as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use rlimit::Resource;
use serde::{Deserialize, Serialize};

use super::measure::measure;

/// Address space in bytes. Decoding takes a few MB; a header that asks for gigabytes ends the process, not the station.
const MEMORY: u64 = 512 << 20;

/// A question.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Question {
    /// The file to measure.
    pub file: PathBuf,
}

/// Answers until there are no more questions.
#[must_use]
pub fn main() -> ExitCode {
    match answer_all() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever asked sees that the answer is missing; this line is for a person who runs it by hand.
            writeln!(io::stderr(), "measure: {error}").map_or(ExitCode::FAILURE, |()| ExitCode::FAILURE)
        }
    }
}

fn answer_all() -> io::Result<()> {
    rlimit::setrlimit(Resource::AS, MEMORY, MEMORY)?;
    // The airing that is on comes first.
    rustix::process::nice(19)?;
    let mut answers = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let question: Question = serde_json::from_str(&line?)?;
        serde_json::to_writer(&mut answers, &measure(&question.file))?;
        answers.write_all(b"\n")?;
        answers.flush()?;
    }
    Ok(())
}
