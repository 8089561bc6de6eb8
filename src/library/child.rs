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

use super::measure::{self, Measured};
use super::scan::Haste;
use crate::model::units::Lufs;

/// Address space in bytes. Decoding takes a few MB; a header that asks for gigabytes ends the process, not the station.
const MEMORY: u64 = 512 << 20;

/// Bytes that it, or a helper below it, may write to a file: no copy is larger than the largest clip.
const FILE: u64 = 500_000_000;

/// A question. Each is answered by a [`Measured`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Question {
    /// What is the hash of this file, as it lies on the disk?
    Hash {
        /// The file.
        file: PathBuf,
    },
    /// What is this file?
    Measure {
        /// The file.
        file: PathBuf,
        /// For which loudness is the gain to be worked out?
        targets: Vec<Lufs>,
        /// The folder of decoded copies.
        decoded: PathBuf,
        /// Who waits for it.
        #[serde(default)]
        haste: Haste,
    },
}

impl Question {
    /// Does a person wait for the answer?
    fn is_urgent(&self) -> bool {
        matches!(self, Self::Measure { haste: Haste::Person, .. })
    }

    fn answer(&self) -> Measured {
        match self {
            Self::Hash { file } => measure::hash(file),
            Self::Measure { file, targets, decoded, haste: _ } => measure::measure(file, targets, Some(decoded)),
        }
    }
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
    rlimit::setrlimit(Resource::FSIZE, FILE, FILE)?;
    let mut answers = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let question: Question = serde_json::from_str(&line?)?;
        if !question.is_urgent() {
            // The airing that is on comes first; Linux takes the priority at the disk from this one. Once is enough: from 19
            // on nothing changes. Where a sandbox refuses, clips are measured all the same.
            rustix::process::nice(19).unwrap_or_default();
        }
        serde_json::to_writer(&mut answers, &question.answer())?;
        answers.write_all(b"\n")?;
        answers.flush()?;
    }
    Ok(())
}
