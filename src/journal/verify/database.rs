//! A journal's file is held against itself and the end of its second copy. Effects: reads, on three threads.

use std::borrow::Cow;
use std::iter;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;

use rusqlite::Connection;
use serde::Deserialize;

use super::projected::Projected;
use super::{Each, Finals, Verified, VerifyError, Walk, broken, damaged, joined, no_journal, words};
use crate::journal::chain::Tip;
use crate::journal::schema;
use crate::journal::store;
use crate::journal::survey::End;
use crate::model::airing::Airing;

/// So many final rows are handed on at once: each handing over wakes somebody.
const ROWS: usize = 64;
/// So many times that wait to be compared, at the most.
const AHEAD: usize = 4;

/// What the chain's reader hands on.
enum Read {
    /// Final entries that stand where they belong, as they were written.
    Finals(Texts),
    /// The whole chain was walked; this is the last entry's number.
    Last(u64),
}

/// Entries one behind the other in one piece of memory: to give each its own, and back on another thread, takes longer
/// than to copy them.
#[derive(Default)]
struct Texts {
    text: String,
    /// Their numbers, and where each ends.
    ends: Vec<(u64, usize)>,
}

impl Texts {
    fn add(&mut self, seq: u64, entry: &str) {
        self.text.push_str(entry);
        self.ends.push((seq, self.text.len()));
    }

    fn iter(&self) -> impl Iterator<Item = (u64, &str)> {
        let starts = iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        starts.zip(&self.ends).map(|(start, (seq, end))| (*seq, &self.text[start..*end]))
    }
}

/// Three questions of one file, side by side, for ten years are long: is the chain whole, do the answers of the log say
/// what the entries say, are the tables what SQLite wrote? The entries are read once, by the first, and handed to the
/// second.
pub(super) fn verify(path: &Path, copy: &End, each: Each<'_>) -> Result<Verified, VerifyError> {
    match schema::recognise(&open(path)?, path) {
        Ok(version) if version > 0 => {}
        Ok(_) => return Err(no_journal(&"empty database")),
        Err(error) => return Err(VerifyError::Unreadable { why: error.text(), detail: error.to_string() }),
    }
    let (entries, log) = at_one_moment(path)?;
    let (hand_on, handed) = mpsc::sync_channel(AHEAD);
    let (chain, answers, tables) = thread::scope(|scope| {
        let answers = scope.spawn(move || check_answers(&log, handed));
        let tables = scope.spawn(|| check_tables(&open(path)?));
        (check_chain(&entries, copy, hand_on, each), joined(answers.join()), joined(tables.join()))
    });
    match (chain, answers) {
        (Ok(verified), Ok(())) => tables.map(|()| verified),
        (Err(VerifyError::Broken(chain)), Err(VerifyError::Broken(answer))) => {
            Err(VerifyError::Broken(if answer.seq < chain.seq { answer } else { chain }))
        }
        (Err(error), _) | (Ok(_), Err(error)) => Err(error),
    }
}

/// Two looks at the same moment of a journal that may be growing.
fn at_one_moment(path: &Path) -> rusqlite::Result<(Connection, Connection)> {
    // What cannot be read is named by the walk, by its entry.
    let last = |conn: &Connection| conn.query_row("SELECT max(seq) FROM entry", [], |row| row.get::<_, i64>(0)).ok();
    let mut one = open(path)?;
    loop {
        let other = open(path)?;
        if last(&one) == last(&other) {
            return Ok((one, other));
        }
        one = other;
    }
}

/// One moment of a journal that may be growing.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let conn = schema::connect_looking(path)?;
    conn.execute_batch("BEGIN")?;
    Ok(conn)
}

fn check_chain(
    conn: &Connection,
    copy: &End,
    hand_on: SyncSender<Read>,
    each: Each<'_>,
) -> Result<Verified, VerifyError> {
    let mut hands = Hands { hand_on: Some(hand_on), finals: Texts::default() };
    let walked = walk(conn, &mut hands, each);
    // Also where the chain breaks: what stands before it may have been contradicted.
    hands.give(Read::Finals);
    if let Ok(walk) = &walked {
        hands.give(|_| Read::Last(walk.0.seq));
    }
    drop(hands);
    let walk = walked?;
    compare_end(conn, &walk.0, copy)?;
    Ok(walk.done())
}

fn walk(conn: &Connection, hands: &mut Hands, each: Each<'_>) -> Result<Walk, VerifyError> {
    let mut walk = Walk::begin();
    let mut statement = conn.prepare("SELECT seq, prev, hash, entry FROM entry ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut link = store::NO_LINK;
    loop {
        let seq = walk.0.seq + 1;
        let Some(row) = rows.next().map_err(|_| damaged(seq))? else { return Ok(walk) };
        store::read_link(row, &mut link).map_err(|_| damaged(seq))?;
        walk.step(&link)?;
        each(&link);
        if is_final(&link.entry).map_err(|_| damaged(seq))? {
            hands.finals.add(seq, &link.entry);
        }
        if hands.finals.ends.len() == ROWS {
            hands.give(Read::Finals);
        }
    }
}

/// What hands on.
struct Hands {
    /// Nobody, once an answer was found to be wrong.
    hand_on: Option<SyncSender<Read>>,
    finals: Texts,
}

impl Hands {
    fn give(&mut self, what: impl FnOnce(Texts) -> Read) {
        let what = what(std::mem::take(&mut self.finals));
        self.hand_on = self.hand_on.take().filter(|hand_on| hand_on.send(what).is_ok());
    }
}

fn check_answers(conn: &Connection, handed: Receiver<Read>) -> Result<(), VerifyError> {
    /// Of other entries nothing is answered but what opening the journal reads itself.
    #[derive(Deserialize)]
    struct Final {
        airing: Airing,
    }
    let mut finals = Finals::default();
    let mut statement = Projected::prepare(conn)?;
    let mut projected = Projected::begin(conn, &mut statement)?;
    for read in handed {
        match read {
            Read::Finals(read) => {
                for (seq, text) in read.iter() {
                    let entry: Final = serde_json::from_str(text).map_err(|_| damaged(seq))?;
                    finals.add(seq, entry.airing.head.id.as_str())?;
                    projected.compare(seq, &entry.airing)?;
                }
            }
            Read::Last(seq) => return projected.end(seq),
        }
    }
    // The chain is broken, which its reader tells.
    Ok(())
}

/// Is an entry a final row? As it is written it says first what it is; one that begins otherwise is looked through.
fn is_final(entry: &str) -> serde_json::Result<bool> {
    #[derive(Deserialize)]
    struct Probe<'e> {
        #[serde(borrow)]
        r#type: Cow<'e, str>,
    }
    if let Some((kind, _)) = entry.strip_prefix(r#"{"type":""#).and_then(|rest| rest.split_once('"')) {
        return Ok(kind == "final");
    }
    let probe: Probe<'_> = serde_json::from_str(entry)?;
    Ok(probe.r#type == "final")
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
