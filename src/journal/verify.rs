//! Checks a journal, or an export of one, entry by entry, and names the first that is not as it was written. Effects:
//! reads.
//!
//! Found: an entry changed, removed, moved or put in between; a beginning that is missing; an answer of the log that
//! does not say what its entry says; a second final row. Entries cut off at the very end leave a whole chain: the second
//! copy beside the journal shows them. Where there is none, compare [`Verified::entries`] and [`Verified::head`] with
//! what a collector or a backup has.

mod database;
mod projected;
mod words;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::thread;

use serde::Deserialize;

use super::chain::Tip;
use super::survey::{self, End};
use super::{COPY, FILE};
use crate::model::query::Link;
use crate::model::text::Text;

/// Every entry is as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many.
    pub entries: u64,
    /// Hash of the last: 64 hex digits (zeros for an empty journal).
    pub head: String,
}

/// An entry is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The first such entry, or the one that is missing.
    pub seq: u64,
    /// What is wrong with it, and what to do.
    pub why: Text,
}

/// Why a journal does not verify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// An entry is not as it was written.
    #[error("entry {}: {}", .0.seq, .0.why.en)]
    Broken(Broken),
    /// The file cannot be read at all, or is no journal: nothing is said of its entries.
    #[error("{}", .why.en)]
    Unreadable {
        /// Cause and remedy.
        why: Text,
        /// The system's or the database's words.
        detail: String,
    },
}

/// Verifies a `journal.db`, or an export of `/v1/journal` (one JSON entry a line), as the second copy is one. A journal
/// in its state folder is held against the end of the second copy there. Changes nothing; some hundred entries are in
/// memory, and the ids of all airings.
///
/// # Errors
/// The first broken entry, or why the file cannot be read.
pub fn verify(path: &Path) -> Result<Verified, VerifyError> {
    verify_along(path, &mut |_| ())
}

/// As [`verify`], and shows `each` every entry of a journal to which the chain holds.
pub(super) fn verify_along(path: &Path, each: Each<'_>) -> Result<Verified, VerifyError> {
    let mut start = Vec::new();
    let file = File::open(path)?;
    (&file).take(16).read_to_end(&mut start)?;
    // The journal's first page may lie in its log.
    if start == b"SQLite format 3\0" || path.file_name() == Some(FILE.as_ref()) {
        // First: it may be growing, and is never ahead of the journal.
        let copy = if path.file_name() == Some(FILE.as_ref()) {
            survey::end(&path.with_file_name(COPY))
        } else {
            End::Nothing
        };
        return database::verify(path, &copy, each);
    }
    verify_export(File::open(path)?)
}

/// Whoever looks at the entries too.
type Each<'e> = &'e mut dyn FnMut(&Link);

/// The chain as far as it was walked.
struct Walk(Tip);

impl Walk {
    fn begin() -> Self {
        Self(Tip::start())
    }

    /// Takes the next entry if it continues the chain.
    fn step(&mut self, link: &Link) -> Result<(), VerifyError> {
        let expected = self.0.seq + 1;
        if link.seq > expected {
            return Err(broken(expected, words::missing(expected, link.seq)));
        }
        if link.seq < expected && link.prev == self.0.hash {
            // It stands where it belongs, and its number was changed.
            return Err(broken(expected, words::changed(expected)));
        }
        if link.seq < expected {
            return Err(broken(link.seq, words::misplaced(link.seq)));
        }
        if link.prev != self.0.hash {
            return Err(broken(link.seq, words::foreign(link.seq)));
        }
        let next = self.0.after(&link.entry);
        if next.hash != link.hash {
            return Err(broken(link.seq, words::changed(link.seq)));
        }
        self.0 = next;
        Ok(())
    }

    fn done(self) -> Verified {
        Verified { entries: self.0.seq, head: self.0.hash }
    }
}

/// The airings that have their final row.
#[derive(Default)]
struct Finals(BTreeSet<String>);

impl Finals {
    /// Takes note of a final row, entry `seq`, of the airing `id`.
    fn add(&mut self, seq: u64, id: &str) -> Result<(), VerifyError> {
        if self.0.insert(id.to_owned()) {
            return Ok(());
        }
        Err(broken(seq, words::second_final(seq, id)))
    }
}

fn verify_export(file: File) -> Result<Verified, VerifyError> {
    /// As much of an entry as an export's reader must know; exports may come from newer programs.
    #[derive(Deserialize)]
    struct Probe {
        r#type: String,
        airing: Option<ProbeAiring>,
    }
    #[derive(Deserialize)]
    struct ProbeAiring {
        id: String,
    }
    let (mut walk, mut finals) = (Walk::begin(), Finals::default());
    let mut reader = BufReader::new(file);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(walk.done());
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let seq = walk.0.seq + 1;
        let link: Link =
            serde_json::from_slice(&bytes).map_err(|e| if seq == 1 { no_journal(&e) } else { damaged(seq) })?;
        walk.step(&link)?;
        let probe: Probe = serde_json::from_str(&link.entry).map_err(|_| damaged(seq))?;
        if let (true, Some(airing)) = (probe.r#type == "final", probe.airing) {
            finals.add(seq, &airing.id)?;
        }
    }
}

/// What a question that fell over has found out: nothing.
pub(super) fn joined<T>(result: thread::Result<Result<T, VerifyError>>) -> Result<T, VerifyError> {
    result.unwrap_or_else(|_| Err(io::Error::other("verifying fell over").into()))
}

fn broken(seq: u64, why: Text) -> VerifyError {
    VerifyError::Broken(Broken { seq, why })
}

fn damaged(seq: u64) -> VerifyError {
    broken(seq, words::unreadable_entry(seq))
}

fn no_journal(detail: &dyn ToString) -> VerifyError {
    VerifyError::Unreadable { why: words::no_journal(), detail: detail.to_string() }
}

impl From<io::Error> for VerifyError {
    fn from(error: io::Error) -> Self {
        let detail = error.to_string();
        Self::Unreadable { why: words::unreadable_file(&detail), detail }
    }
}

impl From<rusqlite::Error> for VerifyError {
    fn from(error: rusqlite::Error) -> Self {
        let detail = error.to_string();
        Self::Unreadable { why: words::unreadable_file(&detail), detail }
    }
}
