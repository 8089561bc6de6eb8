//! A journal's file is held against itself and the end of its second copy. Effects: reads, on three threads.

use std::borrow::Cow;
use std::io;
use std::path::Path;
use std::thread;

use rusqlite::Connection;
use serde::Deserialize;

use super::projected::Projected;
use super::{Finals, Verified, VerifyError, Walk, broken, damaged, no_journal, words};
use crate::journal::chain::Tip;
use crate::journal::projection::seq_of;
use crate::journal::schema;
use crate::journal::store::{self, link_of};
use crate::journal::survey::End;
use crate::model::airing::Airing;

/// Three questions of one file, each over a connection of its own and side by side, for ten years are long: is the
/// chain whole, do the answers of the log say what the entries say, are the tables what SQLite wrote? A journal that
/// is growing may be further for one than for another; each looks at one moment of it.
pub(super) fn verify(path: &Path, copy: &End) -> Result<Verified, VerifyError> {
    let conn = open(path)?;
    match schema::recognise(&conn, path) {
        Ok(version) if version > 0 => {}
        Ok(_) => return Err(no_journal(&"empty database")),
        Err(error) => return Err(VerifyError::Unreadable { why: error.text(), detail: error.to_string() }),
    }
    let (chain, answers, tables) = thread::scope(|scope| {
        let answers = scope.spawn(|| check_answers(&open(path)?));
        let tables = scope.spawn(|| check_tables(&open(path)?));
        (check_chain(&conn, copy), joined(answers.join()), joined(tables.join()))
    });
    match (chain, answers) {
        (Ok(verified), Ok(())) => tables.map(|()| verified),
        (Err(VerifyError::Broken(chain)), Err(VerifyError::Broken(answer))) => {
            Err(VerifyError::Broken(if answer.seq < chain.seq { answer } else { chain }))
        }
        (Err(error), _) | (Ok(_), Err(error)) => Err(error),
    }
}

/// What a question that fell over has found out: nothing.
fn joined<T>(result: thread::Result<Result<T, VerifyError>>) -> Result<T, VerifyError> {
    result.unwrap_or_else(|_| Err(io::Error::other("verifying fell over").into()))
}

/// One moment of a journal that may be growing.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let conn = schema::connect_looking(path)?;
    conn.execute_batch("BEGIN")?;
    Ok(conn)
}

fn check_chain(conn: &Connection, copy: &End) -> Result<Verified, VerifyError> {
    let mut walk = Walk::begin();
    let mut statement = conn.prepare("SELECT seq, prev, hash, entry FROM entry ORDER BY seq")?;
    let mut rows = statement.query([])?;
    loop {
        let seq = walk.0.seq + 1;
        let Some(row) = rows.next().map_err(|_| damaged(seq))? else { break };
        walk.step(&link_of(row).map_err(|_| damaged(seq))?)?;
    }
    compare_end(conn, &walk.0, copy)?;
    Ok(walk.done())
}

fn check_answers(conn: &Connection) -> Result<(), VerifyError> {
    /// Of other entries nothing is answered but what opening the journal reads itself.
    #[derive(Deserialize)]
    struct Final {
        airing: Airing,
    }
    let mut finals = Finals::default();
    let mut statement = conn.prepare("SELECT seq, entry FROM entry ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut statement = Projected::prepare(conn)?;
    let mut projected = Projected::begin(conn, &mut statement)?;
    let mut last = 0;
    while let Some(row) = rows.next().map_err(|_| damaged(last + 1))? {
        let seq = seq_of(row.get(0).map_err(|_| damaged(last + 1))?);
        last = seq;
        let text = row.get_ref(1)?.as_str().map_err(|_| damaged(seq))?;
        let airing = if is_final(text).map_err(|_| damaged(seq))? {
            let entry: Final = serde_json::from_str(text).map_err(|_| damaged(seq))?;
            finals.add(seq, entry.airing.head.id.as_str())?;
            Some(entry.airing)
        } else {
            None
        };
        projected.compare(seq, airing.as_ref())?;
    }
    projected.end(last)
}

/// Is an entry a final row? Reads no more of it than it must: `Entry` is ten times as dear.
fn is_final(entry: &str) -> serde_json::Result<bool> {
    #[derive(Deserialize)]
    struct Probe<'e> {
        #[serde(borrow)]
        r#type: Cow<'e, str>,
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
