//! The final rows as far as quotas care, packed by month, so that ten years are read in milliseconds. Effects: reads
//! and writes the database it is given.
//!
//! A row of `ledger_page` holds some rows of one commune and one month, one behind the other in the order of the
//! journal (see [`pack`]); what repeats from row to row stands once in `ledger_word`. One row of the table for each
//! airing costs three times as much to read: SQLite's own work for each row is most of it.

mod audit;
mod pack;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, params};
use serde::Serialize;

use self::pack::{Packed, Unreadable, put_number, put_option, put_text};
use super::projection::number;
use crate::model::id::{AiringId, CommuneId, SlotId, Topic};
use crate::model::ledger::{LedgerClip, LedgerRow};
use crate::model::outcome::{Kind, Outcome};
use crate::model::query::RecordsError;
use crate::model::station::Channel;

pub(super) use self::audit::Audit;

/// Bytes of packed rows in one row of the table, at the most: what SQLite keeps in one piece, with its key, in a
/// table without rowids and pages of 4,096 bytes.
const PAGE: usize = 900;

const READ: &str = "SELECT month, commune, rows FROM ledger_page
    WHERE month BETWEEN ?1 AND ?2 AND (?3 IS NULL OR commune = ?3) ORDER BY month, commune, page";
const LAST_PAGE: &str =
    "SELECT page, rows FROM ledger_page WHERE month = ?1 AND commune = ?2 ORDER BY page DESC LIMIT 1";
const WORD: &str = "SELECT text FROM ledger_word WHERE n = ?1";
const WORD_OF: &str = "SELECT n FROM ledger_word WHERE text = ?1";

/// All of them, for the test that each has its index.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 4] = [READ, LAST_PAGE, WORD, WORD_OF];

/// What rows of one slot that ended alike have in common: kind, slot, topics, channels.
type Frame = (Kind, Option<SlotId>, Arc<[Topic]>, Arc<[(Channel, Outcome)]>);

/// The clips of a row.
type Programme = Arc<[LedgerClip]>;

/// Appends the row of the final entry `seq`.
pub(super) fn add(conn: &Connection, seq: u64, row: &LedgerRow) -> rusqlite::Result<()> {
    let mut packed = Vec::with_capacity(64);
    put_number(&mut packed, seq);
    put_number(&mut packed, row.planned_at.as_millisecond().cast_unsigned());
    put_number(&mut packed, u64::from(row.date.day().unsigned_abs()));
    put_number(&mut packed, word(conn, &(row.kind, &row.slot, &*row.topics, &*row.channels))?);
    put_number(&mut packed, word(conn, &*row.clips)?);
    put_text(&mut packed, row.id.as_str());
    let makes_good = row.makes_good.as_ref();
    put_option(&mut packed, makes_good.map(|(quota, _)| quota.as_str()));
    put_option(&mut packed, makes_good.and_then(|(_, lost)| lost.as_ref()).map(AiringId::as_str));
    append(conn, month_of(row.date), row.commune.as_str(), &packed)
}

fn append(conn: &Connection, month: i64, commune: &str, packed: &[u8]) -> rusqlite::Result<()> {
    let last: Option<(i64, Vec<u8>)> = conn
        .prepare_cached(LAST_PAGE)?
        .query_row(params![month, commune], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    let (page, mut rows) = match last {
        Some((page, rows)) if rows.len() + packed.len() <= PAGE => (page, rows),
        Some((page, _)) => (page + 1, Vec::new()),
        None => (0, Vec::new()),
    };
    rows.extend_from_slice(packed);
    conn.prepare_cached(
        "INSERT INTO ledger_page (month, commune, page, rows) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (month, commune, page) DO UPDATE SET rows = excluded.rows",
    )?
    .execute(params![month, commune, page, rows])?;
    Ok(())
}

/// The number under which a word stands, old or new.
fn word(conn: &Connection, word: &(impl Serialize + ?Sized)) -> rusqlite::Result<u64> {
    let text = serde_json::to_string(word).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    let known: Option<i64> = conn.prepare_cached(WORD_OF)?.query_row([&text], |r| r.get(0)).optional()?;
    if let Some(n) = known {
        return Ok(n.cast_unsigned());
    }
    conn.prepare_cached("INSERT INTO ledger_word (text) VALUES (?1)")?.execute([&text])?;
    Ok(conn.last_insert_rowid().cast_unsigned())
}

/// `202611`: sorts as time does.
fn month_of(date: Date) -> i64 {
    i64::from(date.year()) * 100 + i64::from(date.month())
}

/// Rows whose local day lies between two (both included), by planned time, then in the order of the journal.
pub(super) fn read(
    conn: &Connection,
    commune: Option<&CommuneId>,
    from: Date,
    until: Date,
) -> Result<Vec<LedgerRow>, RecordsError> {
    let mut words = Words::of(conn)?;
    let mut found: Vec<(u64, LedgerRow)> = Vec::new();
    let mut statement = conn.prepare_cached(READ)?;
    let mut pages = statement.query(params![month_of(from), month_of(until), commune.map(CommuneId::as_str)])?;
    while let Some(page) = pages.next()? {
        let (month, commune): (i64, String) = (page.get(0)?, page.get(1)?);
        let commune = commune.parse().map_err(|_| Unreadable)?;
        let mut packed = Packed(page.get_ref(2)?.as_blob().map_err(|_| Unreadable)?);
        while !packed.is_empty() {
            let row = unpack(&mut packed, &commune, month, &mut words)?;
            if from <= row.1.date && row.1.date <= until {
                found.push(row);
            }
        }
    }
    found.sort_by_key(|(seq, row)| (row.planned_at, *seq));
    Ok(found.into_iter().map(|(_, row)| row).collect())
}

/// Takes one row, and its entry's number, from the front.
fn unpack(
    packed: &mut Packed<'_>,
    commune: &CommuneId,
    month: i64,
    words: &mut Words<'_>,
) -> Result<(u64, LedgerRow), RecordsError> {
    let seq = packed.number()?;
    let planned_at = Timestamp::from_millisecond(packed.number()?.cast_signed()).map_err(|_| Unreadable)?;
    let date = date_of(month, packed.number()?).ok_or(Unreadable)?;
    let (kind, slot, topics, channels) = words.frames.get(packed.number()?)?.clone();
    let clips = words.programmes.get(packed.number()?)?.clone();
    let id = AiringId::quoted(packed.text()?);
    let (quota, lost) = (packed.option()?, packed.option()?.map(AiringId::quoted));
    let quota = quota.map(str::parse).transpose().map_err(|_| Unreadable)?;
    let makes_good = quota.map(|quota| (quota, lost));
    let row =
        LedgerRow { id, commune: commune.clone(), date, planned_at, kind, slot, topics, channels, clips, makes_good };
    Ok((seq, row))
}

fn date_of(month: i64, day: u64) -> Option<Date> {
    let (year, month) = (month.div_euclid(100), month.rem_euclid(100));
    Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// What repeats, each read once for a question.
struct Words<'c> {
    frames: Known<'c, Frame>,
    programmes: Known<'c, Programme>,
}

impl<'c> Words<'c> {
    fn of(conn: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            frames: Known::of(conn, |text| {
                let (kind, slot, topics, channels): (_, _, Vec<_>, Vec<_>) = serde_json::from_str(text)?;
                Ok((kind, slot, topics.into(), channels.into()))
            })?,
            programmes: Known::of(conn, |text| Ok(serde_json::from_str::<Vec<_>>(text)?.into()))?,
        })
    }
}

/// The words of one sort that were met so far, by their number.
struct Known<'c, T> {
    statement: CachedStatement<'c>,
    parse: fn(&str) -> serde_json::Result<T>,
    met: Vec<Option<T>>,
}

impl<'c, T> Known<'c, T> {
    fn of(conn: &'c Connection, parse: fn(&str) -> serde_json::Result<T>) -> rusqlite::Result<Self> {
        Ok(Self { statement: conn.prepare_cached(WORD)?, parse, met: Vec::new() })
    }

    fn get(&mut self, n: u64) -> Result<&T, RecordsError> {
        let at = usize::try_from(n).map_err(|_| Unreadable)?;
        if self.met.get(at).is_none_or(Option::is_none) {
            // Asked for before the list is made longer: a number that is nonsense must not fill the memory.
            let text: Option<String> = self.statement.query_row([number(n)], |r| r.get(0)).optional()?;
            let word = (self.parse)(&text.ok_or(Unreadable)?).map_err(|_| Unreadable)?;
            if self.met.len() <= at {
                self.met.resize_with(at + 1, || None);
            }
            self.met[at] = Some(word);
        }
        self.met.get(at).and_then(Option::as_ref).ok_or_else(|| Unreadable.into())
    }
}

#[cfg(test)]
mod tests;
