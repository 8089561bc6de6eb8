//! The readers' side: connections of their own that cannot change anything and never hold up the writer. Effects.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, params_from_iter};

use super::projection::{self, number, seq_of};
use super::store::link_of;
use super::{FILE, OpenError, ledger, recovery, schema};
use crate::model::entry::Entry;
use crate::model::id::{AiringId, CommuneId};
use crate::model::ledger::LedgerRow;
use crate::model::query::{AiringQuery, Link, Page, Records, RecordsError, Row};
use crate::model::recovery::History;

/// Connections kept for the next question; more are opened and closed as needed.
const KEPT: usize = 4;

/// Rows and entries of one answer at the most.
const MOST_ROWS: usize = 1_000;
const MOST_LINKS: usize = 10_000;

/// Answers questions about the journal.
///
/// Rows come by their number (`seq`) downwards: the order in which they became final. That order is total and never
/// changes, so that a page's cursor stays right while rows are added.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    /// Each with the number of the file that it was opened on.
    idle: Mutex<Vec<(u64, Connection)>>,
    /// Counted up when another file takes the journal's place.
    files: Arc<AtomicU64>,
    connect: fn(&Path) -> rusqlite::Result<Connection>,
}

impl Reader {
    /// Opens the journal in `state_dir` for reading, with or without a daemon at work on it; needs no lock, and no
    /// permission to write. Without a daemon it shows the journal as it is now.
    ///
    /// # Errors
    /// No journal there, or none that can be read; with cause and remedy.
    pub fn open(state_dir: &Path) -> Result<Self, OpenError> {
        let path = state_dir.join(FILE);
        if let Err(source) = std::fs::File::open(&path) {
            return Err(OpenError::Folder { path, source });
        }
        let (idle, files) = (Mutex::default(), Arc::default());
        let reader = Self { path, idle, files, connect: schema::connect_looking };
        let conn = (reader.connect)(&reader.path)?;
        schema::recognise(&conn, &reader.path)?;
        if !projection::is_arranged(&conn)? {
            return Err(OpenError::Outdated);
        }
        reader.keep(0, conn);
        Ok(reader)
    }

    /// What aired before, as far as it decides what airs next.
    ///
    /// # Errors
    /// The disk's or the database's words.
    pub fn history(&self) -> Result<History, RecordsError> {
        self.ask(|conn| recovery::read(conn).map(|(found, _)| found.history).map_err(|e| RecordsError(e.to_string())))
    }

    /// For the process that writes: the journal is there, and live.
    pub(super) fn beside_writer(path: &Path, files: Arc<AtomicU64>) -> Self {
        Self { path: path.to_owned(), idle: Mutex::default(), files, connect: schema::connect_reading }
    }

    /// Asks on a connection of its own; one that failed is not used again.
    fn ask<T>(&self, question: impl FnOnce(&Connection) -> Result<T, RecordsError>) -> Result<T, RecordsError> {
        let file = self.files.load(Ordering::Acquire);
        let conn = match self.idle_on(file) {
            Some(conn) => conn,
            None => (self.connect)(&self.path)?,
        };
        let answer = question(&conn)?;
        self.keep(file, conn);
        Ok(answer)
    }

    fn idle_on(&self, file: u64) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(on, _)| *on == file);
        idle.pop().map(|(_, conn)| conn)
    }

    fn keep(&self, file: u64, conn: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push((file, conn));
        }
    }
}

impl Records for Reader {
    fn airings(&self, query: &AiringQuery) -> Result<Page, RecordsError> {
        let limit = query.limit.clamp(1, MOST_ROWS);
        let (sql, args) = sql_of(query, limit + 1);
        let mut rows = self.ask(|conn| {
            let mut statement = conn.prepare(&sql)?;
            let found = statement.query_map(params_from_iter(args), seq_and_text)?;
            found.map(|row| row.map_err(RecordsError::from).and_then(row_of)).collect::<Result<Vec<_>, _>>()
        })?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| row.seq);
        Ok(Page { rows, next })
    }

    fn airing(&self, id: &AiringId) -> Result<Option<Row>, RecordsError> {
        let sql = "SELECT entry.seq, entry.entry FROM airing JOIN entry USING (seq) WHERE airing.id = ?1";
        self.ask(|conn| {
            let found = conn.query_row(sql, [id.as_str()], seq_and_text).optional()?;
            found.map(row_of).transpose()
        })
    }

    fn ledger(&self, commune: Option<&CommuneId>, from: Date, until: Date) -> Result<Vec<LedgerRow>, RecordsError> {
        self.ask(|conn| {
            if projection::is_arranged(conn)? {
                return ledger::read(conn, commune, from, until);
            }
            Err(RecordsError("another version of the program arranged the journal; start the daemon anew".to_owned()))
        })
    }

    fn links(&self, after: u64, limit: usize) -> Result<Vec<Link>, RecordsError> {
        let sql = "SELECT seq, prev, hash, entry FROM entry WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        let limit = i64::try_from(limit.min(MOST_LINKS)).unwrap_or(i64::MAX);
        self.ask(|conn| {
            let mut statement = conn.prepare(sql)?;
            let found = statement.query_map([number(after), limit], link_of)?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }
}

/// The question in SQL, and its arguments.
///
/// Where a span of time is given its index leads (a week or a month is the narrowest filter there is), hence the `+`
/// that keeps SQLite from taking another; else the index of the filter, whose rows come in the wanted order already.
pub(super) fn sql_of(query: &AiringQuery, limit: usize) -> (String, Vec<Value>) {
    let mut sql = "SELECT entry.seq, entry.entry FROM airing JOIN entry USING (seq) WHERE TRUE".to_owned();
    let mut args = Vec::new();
    let lead = if query.from.is_some() && query.until.is_some() { "+" } else { "" };
    let text = |s: &str| Value::Text(s.to_owned());
    let filters = [
        ("airing.planned_at >= ?".to_owned(), query.from.map(|t| Value::Integer(ceil_millis(t)))),
        ("airing.planned_at < ?".to_owned(), query.until.map(|t| Value::Integer(ceil_millis(t)))),
        (format!("{lead}airing.commune = ?"), query.commune.as_ref().map(|c| text(c.as_str()))),
        (format!("{lead}airing.slot = ?"), query.slot.as_ref().map(|s| text(s.as_str()))),
        (format!("{lead}airing.outcome = ?"), query.outcome.map(|o| text(o.code()))),
        (format!("{lead}airing.kind = ?"), query.kind.map(|k| text(k.code()))),
        (
            format!("{lead}airing.seq IN (SELECT seq FROM airing_topic WHERE topic = ?)"),
            query.topic.as_ref().map(|t| text(t.as_str())),
        ),
        (format!("{lead}airing.seq < ?"), query.before.map(|s| Value::Integer(number(s)))),
    ];
    for (condition, value) in filters.into_iter().filter_map(|(c, v)| v.map(|v| (c, v))) {
        sql.push_str(" AND ");
        sql.push_str(&condition);
        args.push(value);
    }
    // Writing to a String cannot fail.
    write!(sql, " ORDER BY airing.seq DESC LIMIT {limit}").unwrap_or_default();
    (sql, args)
}

/// Rows are planned on whole milliseconds, so "at or after" and "before" mean the next whole one.
fn ceil_millis(at: Timestamp) -> i64 {
    let millis = at.as_millisecond();
    let cut = Timestamp::from_millisecond(millis).is_ok_and(|whole| whole < at);
    millis + i64::from(cut)
}

fn seq_and_text(row: &SqlRow<'_>) -> rusqlite::Result<(u64, String)> {
    Ok((seq_of(row.get(0)?), row.get(1)?))
}

fn row_of((seq, text): (u64, String)) -> Result<Row, RecordsError> {
    match serde_json::from_str(&text) {
        Ok(Entry::Final { airing, .. }) => Ok(Row { seq, airing: *airing }),
        Ok(_) => Err(RecordsError(format!("journal entry {seq} is no final row"))),
        Err(error) => Err(RecordsError(format!("journal entry {seq}: {error}"))),
    }
}

impl From<rusqlite::Error> for RecordsError {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

#[cfg(test)]
mod tests;
