//! Checks a journal, or an export of one, entry by entry, and names the first that is not as it was written. Effects:
//! reads.
//!
//! Found: an entry changed, removed, moved or put in between; a beginning that is missing; an answer of the log that
//! does not say what its entry says; a second final row. Entries cut off at the very end leave a whole chain: the second
//! copy beside the journal shows them. Where there is none, compare [`Verified::entries`] and [`Verified::head`] with
//! what a collector or a backup has.

mod projected;
mod words;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;

use rusqlite::Connection;
use serde::Deserialize;

use self::projected::Projected;
use super::chain::{self, Tip};
use super::store::{self, link_of};
use super::survey::{self, End};
use super::{COPY, FILE, schema};
use crate::model::entry::Entry;
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
/// in its state folder is held against the end of the second copy there. Changes nothing; one entry at a time is in
/// memory, and the ids of all airings.
///
/// # Errors
/// The first broken entry, or why the file cannot be read.
pub fn verify(path: &Path) -> Result<Verified, VerifyError> {
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
        return verify_database(path, &copy);
    }
    verify_export(File::open(path)?)
}

/// What has been seen so far.
struct Walk {
    tip: Tip,
    finals: BTreeSet<String>,
}

impl Walk {
    fn begin() -> Self {
        Self { tip: Tip::start(), finals: BTreeSet::new() }
    }

    /// Takes the next entry if it continues the chain.
    fn step(&mut self, link: &Link) -> Result<(), VerifyError> {
        let expected = self.tip.seq + 1;
        if link.seq > expected {
            return Err(broken(expected, words::missing(expected, link.seq)));
        }
        if link.seq < expected && link.prev == self.tip.hash {
            // It stands where it belongs, and its number was changed.
            return Err(broken(expected, words::changed(expected)));
        }
        if link.seq < expected {
            return Err(broken(link.seq, words::misplaced(link.seq)));
        }
        let next = self.tip.after(&link.entry);
        if link.prev != self.tip.hash {
            return Err(broken(link.seq, words::foreign(link.seq)));
        }
        if chain::hash(&link.prev, &link.entry) != link.hash {
            return Err(broken(link.seq, words::changed(link.seq)));
        }
        self.tip = next;
        Ok(())
    }

    /// Takes note of a final row of the airing `id`.
    fn end_airing(&mut self, id: &str) -> Result<(), VerifyError> {
        if self.finals.insert(id.to_owned()) {
            return Ok(());
        }
        let seq = self.tip.seq;
        Err(broken(seq, words::second_final(seq, id)))
    }

    fn done(self) -> Verified {
        Verified { entries: self.tip.seq, head: self.tip.hash }
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
    let mut walk = Walk::begin();
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
        let seq = walk.tip.seq + 1;
        let link: Link =
            serde_json::from_slice(&bytes).map_err(|e| if seq == 1 { no_journal(&e) } else { damaged(seq) })?;
        walk.step(&link)?;
        let probe: Probe = serde_json::from_str(&link.entry).map_err(|_| damaged(seq))?;
        if let (true, Some(airing)) = (probe.r#type == "final", probe.airing) {
            walk.end_airing(&airing.id)?;
        }
    }
}

fn verify_database(path: &Path, copy: &End) -> Result<Verified, VerifyError> {
    let open = || -> rusqlite::Result<Connection> {
        let conn = schema::connect_looking(path)?;
        // One moment of a journal that may be growing.
        conn.execute_batch("BEGIN")?;
        Ok(conn)
    };
    let conn = open()?;
    match schema::recognise(&conn, path) {
        Ok(version) if version > 0 => {}
        Ok(_) => return Err(no_journal(&"empty database")),
        Err(error) => return Err(VerifyError::Unreadable { why: error.text(), detail: error.to_string() }),
    }
    let mut walk = Walk::begin();
    let mut statement = conn.prepare("SELECT seq, prev, hash, entry FROM entry ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut statement = Projected::prepare(&conn)?;
    let mut projected = Projected::begin(&conn, &mut statement)?;
    loop {
        let seq = walk.tip.seq + 1;
        let Some(row) = rows.next().map_err(|_| damaged(seq))? else { break };
        let link = link_of(row).map_err(|_| damaged(seq))?;
        walk.step(&link)?;
        let entry: Entry = serde_json::from_str(&link.entry).map_err(|_| damaged(seq))?;
        let airing = if let Entry::Final { airing, .. } = &entry { Some(&**airing) } else { None };
        if let Some(airing) = airing {
            walk.end_airing(airing.head.id.as_str())?;
        }
        projected.compare(seq, airing)?;
    }
    compare_end(&conn, &walk.tip, copy)?;
    projected.end(walk.tip.seq)?;
    check_tables(&conn)?;
    Ok(walk.done())
}

/// Are the tables and their indexes, by which questions are answered, what SQLite wrote?
fn check_tables(conn: &Connection) -> Result<(), VerifyError> {
    let found: String = conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        return Ok(());
    }
    Err(VerifyError::Unreadable { why: words::damaged_tables(&found), detail: found })
}

/// Does the journal go at least as far as the second copy, and say the same there?
fn compare_end(conn: &Connection, tip: &Tip, copy: &End) -> Result<(), VerifyError> {
    let End::At(theirs, _) = copy else { return Ok(()) };
    if theirs.seq > tip.seq {
        return Err(broken(tip.seq + 1, words::cut_off(tip.seq + 1, theirs.seq)));
    }
    match store::hash_at(conn, theirs.seq)? {
        Some(hash) if hash == theirs.hash => Ok(()),
        _ => Err(broken(theirs.seq, words::not_the_copys(theirs.seq))),
    }
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
