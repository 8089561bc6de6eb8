//! Reads what the last session left behind, by indexes alone: as fast after ten years as on the first day. Effects.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::OpenError;
use super::projection::mark;
use crate::model::entry::{Entry, Reached};
use crate::model::id::{AiringId, ClipHash, OutputId, StationId};
use crate::model::recovery::{History, LastSession, Open, Recovery, SessionEnd, Tied, Usage};
use crate::model::time::Moment;

const LAST: &str = "SELECT entry FROM entry ORDER BY seq DESC LIMIT 1";
const BEFORE: &str = "SELECT entry FROM entry WHERE seq < ?1 ORDER BY seq DESC LIMIT 1";
const ENTRY: &str = "SELECT entry FROM entry WHERE seq = ?1";
const SETTLED: &str = "SELECT id FROM airing WHERE planned_at >= ?1";
const SETTLED_OPEN: &str = "SELECT id FROM open WHERE planned_at >= ?1";
const OPEN: &str = "SELECT planned FROM open ORDER BY planned";
const STARTED: &str = "SELECT started FROM open_output WHERE id = ?1 AND started IS NOT NULL";
const REACHED: &str = "SELECT reached, output FROM open_output WHERE id = ?1 AND reached IS NOT NULL ORDER BY reached";
const AIRED: &str = "SELECT clip, at FROM clip_aired";
const DRAWN: &str = "SELECT commune, queue, clip FROM queue_drawn";
const APPROVED: &str = "SELECT commune, clip, hash, approval FROM clip_approved";
const USED: &str = "SELECT commune, airings, millis FROM day_used WHERE day = ?1";

/// All of them, for the test that none reads the whole history.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 12] =
    [LAST, BEFORE, ENTRY, SETTLED, SETTLED_OPEN, OPEN, STARTED, REACHED, AIRED, DRAWN, APPROVED, USED];

/// What was left behind, and whose journal it is; nothing and nobody for a new one.
pub(super) fn read(conn: &Connection) -> Result<(Recovery, Option<StationId>), OpenError> {
    let Some(last_entry) = last_entry(conn)? else { return Ok((Recovery::default(), None)) };
    let doubt = mark(conn, "doubt")?;
    let certain = doubt.map_or(Ok(Some(last_entry)), |doubt| written_before(conn, doubt))?;
    let in_doubt = doubt.map(|_| last_entry.at);
    let (last_session, owner) = match last_session(conn, certain, in_doubt)? {
        Some((session, owner)) => (Some(session), Some(owner)),
        None => (None, None),
    };
    let cursor = mark(conn, "cursor")?.unwrap_or(i64::MIN);
    let mut settled = rows(conn, SETTLED, [cursor])?;
    settled.extend(rows(conn, SETTLED_OPEN, [cursor])?);
    let recovery = Recovery {
        last_session,
        open: open(conn)?,
        settled: settled.iter().map(|id| AiringId::quoted(id)).collect(),
        history: history(conn, certain)?,
    };
    Ok((recovery, owner))
}

fn last_entry(conn: &Connection) -> Result<Option<Moment>, OpenError> {
    let text: Option<String> = conn.query_row(LAST, [], |row| row.get(0)).optional()?;
    let parse = |text: String| serde_json::from_str::<Entry>(&text).map_err(|e| damaged("the last", &e.to_string()));
    text.map(|text| parse(text).map(|entry| entry.at())).transpose()
}

/// The last entry before this one.
fn written_before(conn: &Connection, seq: i64) -> Result<Option<Moment>, OpenError> {
    let text: Option<String> = conn.query_row(BEFORE, [seq], |row| row.get(0)).optional()?;
    let parse = |text: String| serde_json::from_str::<Entry>(&text).map_err(|e| damaged(seq - 1, &e.to_string()));
    text.map(|text| parse(text).map(|entry| entry.at())).transpose()
}

fn last_session(
    conn: &Connection,
    certain: Option<Moment>,
    in_doubt: Option<Timestamp>,
) -> Result<Option<(LastSession, StationId)>, OpenError> {
    let Some(seq) = mark(conn, "session")? else { return Ok(None) };
    let Entry::SessionStarted { at, station, boot_id, .. } = entry(conn, seq)? else {
        return Err(damaged(seq, "not the start of a session"));
    };
    let end = match mark(conn, "session_end")? {
        Some(end) if end > seq => SessionEnd::Clean,
        _ => SessionEnd::Abrupt,
    };
    let cursor = mark(conn, "cursor")?.and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or(at.at);
    let last_entry = certain.map_or(Timestamp::UNIX_EPOCH, |certain| certain.at);
    Ok(Some((LastSession { boot_id, end, last_entry, in_doubt, cursor }, station)))
}

fn open(conn: &Connection) -> Result<Vec<Open>, OpenError> {
    let planned: Vec<i64> = numbers(conn, OPEN, [])?;
    planned.into_iter().map(|seq| open_airing(conn, seq)).collect()
}

fn open_airing(conn: &Connection, seq: i64) -> Result<Open, OpenError> {
    let Entry::Planned { head, items, outputs, .. } = entry(conn, seq)? else {
        return Err(damaged(seq, "not a planned airing"));
    };
    let id = head.id.as_str().to_owned();
    let mut open = Open { head: *head, items, outputs, started: BTreeMap::new(), reached: Vec::new(), last_seen: None };
    for seq in numbers(conn, STARTED, [&id])? {
        if let Entry::Started { output, started_at, device, .. } = entry(conn, seq)? {
            open.started.insert(output, (started_at, device));
        }
    }
    let mut statement = conn.prepare(REACHED)?;
    let mut rows = statement.query([&id])?;
    while let Some(row) = rows.next()? {
        let (seq, output): (i64, String) = (row.get(0)?, row.get(1)?);
        if let Entry::Checkpoint { at, outputs, .. } = entry(conn, seq)? {
            open.reached.extend(outputs.into_iter().find(|r| r.output.as_str() == output));
            open.last_seen = Some(at);
        }
    }
    in_order(&mut open.reached, &open.outputs);
    Ok(open)
}

/// Accounts in the order in which the airing's outputs were planned.
fn in_order(reached: &mut [Reached], outputs: &[OutputId]) {
    reached.sort_by_key(|r| outputs.iter().position(|o| o == &r.output));
}

fn history(conn: &Connection, certain: Option<Moment>) -> Result<History, OpenError> {
    let mut history = History::default();
    let mut statement = conn.prepare(AIRED)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (clip, at): (String, i64) = (row.get(0)?, row.get(1)?);
        if let (Ok(clip), Ok(at)) = (clip.parse(), Timestamp::from_millisecond(at)) {
            history.last_aired.insert(clip, at);
        }
    }
    let mut statement = conn.prepare(DRAWN)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let [commune, queue, clip] = [row.get::<_, String>(0)?, row.get(1)?, row.get(2)?];
        if let (Ok(commune), Ok(queue), Ok(clip)) = (commune.parse(), queue.parse(), clip.parse()) {
            history.last_drawn.insert((commune, queue), clip);
        }
    }
    add_approved(conn, &mut history)?;
    if let Some(certain) = certain {
        add_usage(conn, certain, &mut history)?;
    }
    Ok(history)
}

fn add_approved(conn: &Connection, history: &mut History) -> Result<(), OpenError> {
    let mut statement = conn.prepare(APPROVED)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let [commune, clip, hash, approval] = [row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
        let approval = serde_json::from_str(&approval);
        if let (Ok(commune), Ok(clip), Ok(approval)) = (commune.parse(), clip.parse(), approval) {
            history.approved.insert((commune, clip), Tied { approval, hash: ClipHash(hash) });
        }
    }
    Ok(())
}

/// The local day of the last trusted entry and its neighbours: all that a day limit can still concern.
fn add_usage(conn: &Connection, certain: Moment, history: &mut History) -> Result<(), OpenError> {
    let today = certain.local().date();
    let mut statement = conn.prepare(USED)?;
    for date in [today.yesterday().ok(), Some(today), today.tomorrow().ok()].into_iter().flatten() {
        let mut rows = statement.query([date.to_string()])?;
        while let Some(row) = rows.next()? {
            let (commune, airings, millis): (String, u32, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if let Ok(commune) = commune.parse() {
                let usage = Usage { airings, seconds: f64::from(millis) / 1000.0 };
                history.usage.insert((commune, date), usage);
            }
        }
    }
    Ok(())
}

fn entry(conn: &Connection, seq: i64) -> Result<Entry, OpenError> {
    let text: String = conn.prepare_cached(ENTRY)?.query_row(params![seq], |row| row.get(0))?;
    serde_json::from_str(&text).map_err(|e| damaged(seq, &e.to_string()))
}

fn damaged(seq: impl std::fmt::Display, why: &str) -> OpenError {
    OpenError::Damaged { detail: format!("entry {seq}: {why}") }
}

fn rows(conn: &Connection, sql: &str, args: impl rusqlite::Params) -> rusqlite::Result<Vec<String>> {
    conn.prepare(sql)?.query_map(args, |row| row.get(0))?.collect()
}

fn numbers(conn: &Connection, sql: &str, args: impl rusqlite::Params) -> rusqlite::Result<Vec<i64>> {
    conn.prepare(sql)?.query_map(args, |row| row.get(0))?.collect()
}
