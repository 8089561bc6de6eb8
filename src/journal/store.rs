//! The writing end: turns entries into chained rows and their projection, one transaction for each batch. Effects.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};

use super::aside;
use super::chain::Tip;
use super::error::{OpenError, is_disk_full};
use super::projection::{self, Added};
use super::schema::{self, Missing};
use super::writer::StoreError;
use crate::model::entry::Entry;
use crate::model::id::AiringId;
use crate::model::query::Link;

const LINKS: &str = "SELECT seq, prev, hash, entry FROM entry WHERE seq > ?1 ORDER BY seq LIMIT ?2";
const HASH: &str = "SELECT hash FROM entry WHERE seq = ?1";

/// The journal, open for appending.
#[derive(Debug)]
pub(super) struct Store {
    conn: Connection,
    path: PathBuf,
    tip: Tip,
    /// What the last batch would have made, if its commit failed: the disk may have it all the same.
    in_doubt: Option<Appended>,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Appended {
    /// The chain's end after it.
    pub tip: Tip,
    /// Airings whose second final row was left out.
    pub refused: Vec<AiringId>,
}

impl Store {
    /// Opens or makes the journal at `path`, migrated, with a projection that is up to date.
    pub(super) fn open(path: &Path) -> Result<Self, OpenError> {
        let mut conn = schema::connect_first(path)?;
        schema::migrate(&mut conn, path)?;
        let tip = read_tip(&conn)?;
        if !projection::is_current(&conn, &tip)? {
            tracing::info!(entries = tip.seq, "arranging the journal anew");
            projection::rebuild(&mut conn)?;
        }
        Ok(Self { conn, path: path.to_owned(), tip, in_doubt: None })
    }

    /// The chain's end.
    pub(super) fn tip(&self) -> &Tip {
        &self.tip
    }

    /// At most so many entries behind number `after`, as they are stored.
    pub(super) fn links(&self, after: u64, limit: usize) -> rusqlite::Result<Vec<Link>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut statement = self.conn.prepare_cached(LINKS)?;
        statement.query_map(params![projection::number(after), limit], link_of)?.collect()
    }

    /// Takes over entries as another record has them, as one transaction. They continue the chain: look first.
    pub(super) fn adopt(&mut self, links: &[Link]) -> rusqlite::Result<()> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut tip = self.tip.clone();
        for link in links {
            projection::add_text(&tx, link.seq, &link.entry)?;
            insert(&tx, link)?;
            tip = Tip { seq: link.seq, hash: link.hash.clone() };
        }
        projection::finish(&tx, tip.seq)?;
        tx.commit()?;
        self.tip = tip;
        Ok(())
    }

    /// While a journal is made that can be thrown away, it need not survive a power cut.
    pub(super) fn hurry(&self) -> rusqlite::Result<()> {
        schema::set(&self.conn, "synchronous", &0.into())
    }

    /// Ends: everything is in the one file then, durably, and nothing beside it.
    pub(super) fn fold(self) -> Result<(), OpenError> {
        schema::set(&self.conn, "journal_mode", &"delete".to_owned().into())?;
        self.conn.close().map_err(|(_, error)| error)?;
        let sync = File::open(&self.path).and_then(|file| file.sync_all());
        sync.map_err(|source| OpenError::Folder { path: self.path, source })
    }

    /// Goes on with `draft`, which has the same entries, in the place of the file; that is set aside.
    pub(super) fn trade(&mut self, draft: &Path) -> Result<(), OpenError> {
        // Closed first: SQLite finds what belongs to a file by its name.
        let old = std::mem::replace(&mut self.conn, Connection::open_in_memory()?);
        if let Err((_, error)) = old.close() {
            tracing::warn!(%error, "the damaged journal cannot be closed in order");
        }
        let replaced = aside::replace(&self.path, draft);
        self.conn = schema::connect_writing(&self.path, Missing::Refuse)?;
        self.in_doubt = None;
        replaced.map_err(|source| OpenError::Folder { path: self.path.clone(), source })
    }

    /// The writing connection, for reading before the writer begins.
    pub(super) fn connection(&self) -> &Connection {
        &self.conn
    }

    /// Appends `entries` as one transaction: durable when this returns. After an error, [`Self::reopen`] first.
    pub(super) fn append(&mut self, entries: &[Entry]) -> Result<Appended, StoreError> {
        if let Some(done) = self.in_doubt.take_if(|done| done.tip == self.tip) {
            return Ok(done);
        }
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut appended = Appended { tip: self.tip.clone(), refused: Vec::new() };
        for entry in entries {
            if let Some(id) = append_one(&tx, &mut appended.tip, entry)? {
                appended.refused.push(id);
            }
        }
        projection::finish(&tx, appended.tip.seq)?;
        self.in_doubt = Some(appended.clone());
        tx.commit()?;
        self.in_doubt = None;
        self.tip = appended.tip.clone();
        Ok(appended)
    }

    /// A fresh connection after an error, to the same journal: one that was replaced or cut is refused.
    pub(super) fn reopen(&mut self) -> Result<(), StoreError> {
        let other = |error: OpenError| match error {
            OpenError::DiskFull => StoreError::DiskFull,
            error => StoreError::Other(error.to_string()),
        };
        let conn = schema::connect_writing(&self.path, Missing::Refuse).map_err(other)?;
        let tip = read_tip(&conn)?;
        let expected = self.in_doubt.as_ref().is_some_and(|done| done.tip == tip);
        if tip != self.tip && !expected {
            return Err(StoreError::Other("the journal was replaced or cut while the program ran".to_owned()));
        }
        (self.conn, self.tip) = (conn, tip);
        Ok(())
    }
}

/// Appends one entry and moves the tip; gives the airing's id if it has its final row already.
fn append_one(conn: &Connection, tip: &mut Tip, entry: &Entry) -> Result<Option<AiringId>, StoreError> {
    let text = serde_json::to_string(entry).map_err(|e| StoreError::Other(e.to_string()))?;
    let next = tip.after(&text);
    if let (Added::Refused, Entry::Final { airing, .. }) = (projection::add(conn, next.seq, entry)?, entry) {
        return Ok(Some(airing.head.id.clone()));
    }
    insert(conn, &Link { seq: next.seq, prev: tip.hash.clone(), hash: next.hash.clone(), entry: text })?;
    *tip = next;
    Ok(None)
}

fn insert(conn: &Connection, link: &Link) -> rusqlite::Result<()> {
    conn.prepare_cached("INSERT INTO entry (seq, prev, hash, entry) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        projection::number(link.seq),
        link.prev,
        link.hash,
        link.entry
    ])?;
    Ok(())
}

/// Before the first is read.
pub(super) const NO_LINK: Link = Link { seq: 0, prev: String::new(), hash: String::new(), entry: String::new() };

/// Reads an entry in the place of the one before: many are read one behind the other.
pub(super) fn read_link(row: &Row<'_>, link: &mut Link) -> rusqlite::Result<()> {
    link.seq = projection::seq_of(row.get(0)?);
    for (at, text) in [&mut link.prev, &mut link.hash, &mut link.entry].into_iter().enumerate() {
        text.clear();
        text.push_str(row.get_ref(at + 1)?.as_str()?);
    }
    Ok(())
}

/// Reads an entry for itself.
pub(super) fn link_of(row: &Row<'_>) -> rusqlite::Result<Link> {
    let mut link = NO_LINK;
    read_link(row, &mut link)?;
    Ok(link)
}

/// The hash of entry number `seq`, if there is one.
pub(super) fn hash_at(conn: &Connection, seq: u64) -> rusqlite::Result<Option<String>> {
    conn.query_row(HASH, [projection::number(seq)], |row| row.get(0)).optional()
}

/// The chain's end.
pub(super) fn read_tip(conn: &Connection) -> rusqlite::Result<Tip> {
    let tip = conn
        .query_row("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1", [], |row| {
            Ok(Tip { seq: projection::seq_of(row.get(0)?), hash: row.get(1)? })
        })
        .optional()?;
    Ok(tip.unwrap_or_else(Tip::start))
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        if is_disk_full(&error) { Self::DiskFull } else { Self::Other(error.to_string()) }
    }
}

#[cfg(test)]
mod tests;
