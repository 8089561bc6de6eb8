//! Does the ledger say what the entries say? Walked along with them by `verify`. Effects: reads.

use std::collections::BTreeMap;

use rusqlite::{CachedStatement, Connection, OptionalExtension as _, params};

use super::{Packed, Unreadable, Words, month_of, unpack};
use crate::model::id::CommuneId;
use crate::model::ledger::LedgerRow;
use crate::model::query::RecordsError;

/// The ledger's rows, each taken once, in the order in which they were appended.
pub(in crate::journal) struct Audit<'c> {
    conn: &'c Connection,
    page: CachedStatement<'c>,
    words: Words<'c>,
    trails: BTreeMap<(i64, CommuneId), Trail>,
}

/// How far a commune's month has been taken.
struct Trail {
    page: i64,
    rows: Vec<u8>,
    taken: usize,
}

impl<'c> Audit<'c> {
    pub(in crate::journal) fn begin(conn: &'c Connection) -> rusqlite::Result<Self> {
        let page = "SELECT rows FROM ledger_page WHERE month = ?1 AND commune = ?2 AND page = ?3";
        let page = conn.prepare_cached(page)?;
        Ok(Self { conn, page, words: Words::of(conn)?, trails: BTreeMap::new() })
    }

    /// Does the next row of its commune and month stand for entry `seq` and say the same as `expected`? An error: it
    /// cannot be read.
    pub(in crate::journal) fn agrees(&mut self, seq: u64, expected: &LedgerRow) -> Result<bool, RecordsError> {
        let month = month_of(expected.date);
        let trail = self.trails.entry((month, expected.commune.clone())).or_insert_with(|| Trail {
            page: -1,
            rows: Vec::new(),
            taken: 0,
        });
        if trail.taken == trail.rows.len() {
            let next = trail.page + 1;
            let found = self.page.query_row(params![month, expected.commune.as_str(), next], |r| r.get(0));
            let Some(rows) = found.optional()? else { return Ok(false) };
            *trail = Trail { page: next, rows, taken: 0 };
        }
        let mut packed = Packed(trail.rows.get(trail.taken..).unwrap_or_default());
        let (found, row) = unpack(&mut packed, &expected.commune, month, &mut self.words)?;
        trail.taken = trail.rows.len() - packed.0.len();
        Ok((found, &row) == (seq, expected))
    }

    /// The entry's number of a row for which there was no entry, if there is such a row.
    pub(in crate::journal) fn left_over(&self) -> Result<Option<u64>, RecordsError> {
        let mut statement = self.conn.prepare("SELECT month, commune, page, rows FROM ledger_page")?;
        let mut pages = statement.query([])?;
        while let Some(page) = pages.next()? {
            let (month, commune, number): (i64, String, i64) = (page.get(0)?, page.get(1)?, page.get(2)?);
            let rows = page.get_ref(3)?.as_blob().map_err(|_| Unreadable)?;
            let trail = commune.parse().ok().and_then(|commune| self.trails.get(&(month, commune)));
            let taken = match trail {
                Some(trail) if (0..trail.page).contains(&number) => rows.len(),
                Some(trail) if number == trail.page => trail.taken,
                _ => 0,
            };
            let mut rest = Packed(rows.get(taken..).unwrap_or_default());
            if !rest.is_empty() {
                return Ok(Some(rest.number()?));
            }
        }
        Ok(None)
    }
}
