//! What the entries say, arranged for questions and for recovery. Effects: writes to the database it is given.
//!
//! [`add`] is the only way in, for a new entry and for a rebuild alike; so both give the same tables.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::chain::Tip;
use super::ledger;
use crate::model::airing::{Airing, Head, PlannedItem, Role};
use crate::model::entry::Entry;
use crate::model::id::{AiringId, ClipHash, ClipPath, CommuneId};
use crate::model::ledger::LedgerRow;
use crate::model::outcome::{Kind, Outcome, Reason};
use crate::model::station::Approval;
use crate::model::units::Seconds;

/// Counted up whenever `projection.sql`, `ledger.rs` or this file gives other rows for the same entries.
const VERSION: i64 = 4;

/// What a final entry's row in the projection says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AiringRow {
    pub id: String,
    pub planned_at: i64,
    pub commune: String,
    pub slot: Option<String>,
    pub outcome: String,
    pub kind: String,
    /// Sorted, each once.
    pub topics: Vec<String>,
}

impl From<&Airing> for AiringRow {
    fn from(airing: &Airing) -> Self {
        let head = &airing.head;
        let mut topics: Vec<String> = head.topics.iter().map(|t| t.as_str().to_owned()).collect();
        topics.sort();
        topics.dedup();
        Self {
            id: head.id.as_str().to_owned(),
            planned_at: head.planned_at.at.as_millisecond(),
            commune: head.commune.as_str().to_owned(),
            slot: head.slot.as_ref().map(|s| s.as_str().to_owned()),
            outcome: airing.outcome.code().to_owned(),
            kind: head.kind.code().to_owned(),
            topics,
        }
    }
}

/// Whether the projection took an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Added {
    /// It did.
    Taken,
    /// A second final row of the same airing: nothing was changed.
    Refused,
}

/// Brings the projection up to what `entry`, number `seq`, says.
pub(super) fn add(conn: &Connection, seq: u64, entry: &Entry) -> rusqlite::Result<Added> {
    match entry {
        Entry::SessionStarted { from, .. } => {
            set_mark(conn, "session", number(seq))?;
            raise_cursor(conn, from.at)?;
        }
        Entry::SessionEnded { .. } => set_mark(conn, "session_end", number(seq))?,
        // Backwards too: what was taken ahead of its time is looked at again under another schedule.
        Entry::Configured { from, .. } => set_mark(conn, "cursor", from.at.as_millisecond())?,
        Entry::Planned { at, head, items, .. } => planned(conn, seq, at.at, head, items)?,
        Entry::Started { id, output, .. } => open_output(conn, id, output.as_str(), Account::Started, seq)?,
        Entry::Checkpoint { id, outputs, .. } => {
            for reached in outputs {
                open_output(conn, id, reached.output.as_str(), Account::Reached, seq)?;
            }
        }
        Entry::Final { at, airing } => return final_row(conn, seq, at.at, airing),
        Entry::Approved { commune, clip, hash, approval, .. } => approved(conn, commune, clip, hash, approval)?,
        Entry::ClockTrusted { from, .. } => trusted(conn, from.at)?,
        Entry::FaultRaised { fault, .. } if fault.code == Reason::ClockUntrusted.code() => doubted(conn, seq)?,
        Entry::ClockConfirmed { .. } | Entry::FaultRaised { .. } | Entry::FaultCleared { .. } => {}
    }
    Ok(Added::Taken)
}

fn planned(conn: &Connection, seq: u64, at: Timestamp, head: &Head, items: &[PlannedItem]) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT INTO open (id, planned, planned_at) SELECT ?1, ?2, ?3
         WHERE NOT EXISTS (SELECT 1 FROM airing WHERE id = ?1)
         ON CONFLICT (id) DO UPDATE SET planned = excluded.planned, planned_at = excluded.planned_at",
    )?
    .execute(params![head.id.as_str(), number(seq), head.planned_at.at.as_millisecond()])?;
    drawn(conn, head, items.iter())?;
    settled(conn, at, head)
}

fn approved(
    conn: &Connection,
    commune: &CommuneId,
    clip: &ClipPath,
    hash: &ClipHash,
    approval: &Approval,
) -> rusqlite::Result<()> {
    let approval = serde_json::to_string(approval).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    conn.prepare_cached(
        "INSERT INTO clip_approved (commune, clip, hash, approval) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (commune, clip) DO UPDATE SET hash = excluded.hash, approval = excluded.approval",
    )?
    .execute(params![commune.as_str(), clip.as_str(), hash.0, approval])?;
    Ok(())
}

/// Planned ahead of its time, an airing says nothing of what is due in between: hence the earlier of the two. What a
/// person started says nothing of the schedule at all.
fn settled(conn: &Connection, at: Timestamp, head: &Head) -> rusqlite::Result<()> {
    if head.slot.is_none() {
        return Ok(());
    }
    raise_cursor(conn, at.min(head.planned_at.at))
}

fn drawn<'a>(conn: &Connection, head: &Head, mut items: impl Iterator<Item = &'a PlannedItem>) -> rusqlite::Result<()> {
    let (Some(queue), Some(item)) = (&head.queue, items.find(|i| i.role == Role::Clip)) else { return Ok(()) };
    conn.prepare_cached(
        "INSERT INTO queue_drawn (commune, queue, clip) VALUES (?1, ?2, ?3)
         ON CONFLICT (commune, queue) DO UPDATE SET clip = excluded.clip",
    )?
    .execute(params![head.commune.as_str(), queue.as_str(), item.clip.as_str()])?;
    Ok(())
}

/// Which account an output gave of an open airing.
#[derive(Clone, Copy)]
enum Account {
    /// The first counts.
    Started,
    /// The last counts.
    Reached,
}

fn open_output(conn: &Connection, id: &AiringId, output: &str, what: Account, seq: u64) -> rusqlite::Result<()> {
    let sql = match what {
        Account::Started => {
            "INSERT INTO open_output (id, output, started) SELECT id, ?2, ?3 FROM open WHERE id = ?1
             ON CONFLICT (id, output) DO UPDATE SET started = coalesce(started, excluded.started)"
        }
        Account::Reached => {
            "INSERT INTO open_output (id, output, reached) SELECT id, ?2, ?3 FROM open WHERE id = ?1
             ON CONFLICT (id, output) DO UPDATE SET reached = excluded.reached"
        }
    };
    conn.prepare_cached(sql)?.execute(params![id.as_str(), output, number(seq)])?;
    Ok(())
}

fn final_row(conn: &Connection, seq: u64, at: Timestamp, airing: &Airing) -> rusqlite::Result<Added> {
    let row = AiringRow::from(airing);
    let taken = conn
        .prepare_cached(
            "INSERT INTO airing (seq, id, planned_at, commune, slot, outcome, kind) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![number(seq), row.id, row.planned_at, row.commune, row.slot, row.outcome, row.kind])?;
    if taken == 0 {
        return Ok(Added::Refused);
    }
    for topic in &row.topics {
        conn.prepare_cached("INSERT INTO airing_topic (topic, seq) VALUES (?1, ?2)")?
            .execute(params![topic, number(seq)])?;
    }
    ledger::add(conn, seq, &LedgerRow::from(airing))?;
    let was_open = conn.prepare_cached("DELETE FROM open WHERE id = ?1")?.execute([&row.id])?;
    if was_open == 0 {
        drawn(conn, &airing.head, airing.items.iter().map(|i| &i.plan))?;
    } else {
        conn.prepare_cached("DELETE FROM open_output WHERE id = ?1")?.execute([&row.id])?;
    }
    aired(conn, airing)?;
    used(conn, airing)?;
    settled(conn, at, &airing.head)?;
    Ok(Added::Taken)
}

/// The last in the order of the journal counts, not the latest by the clock: a clock that once ran ahead must not
/// put a clip last in its queue for years.
fn aired(conn: &Connection, airing: &Airing) -> rusqlite::Result<()> {
    if airing.head.kind == Kind::Trial {
        return Ok(());
    }
    let at = airing.started_at.unwrap_or(airing.head.planned_at).at.as_millisecond();
    for item in airing.items.iter().filter(|i| i.outcome == Outcome::Aired) {
        conn.prepare_cached(
            "INSERT INTO clip_aired (clip, at) VALUES (?1, ?2) ON CONFLICT (clip) DO UPDATE SET at = excluded.at",
        )?
        .execute(params![item.plan.clip.as_str(), at])?;
    }
    Ok(())
}

fn used(conn: &Connection, airing: &Airing) -> rusqlite::Result<()> {
    if !airing.head.kind.by_schedule() || airing.started_at.is_none() {
        return Ok(());
    }
    let longest = airing.outputs.iter().map(|o| o.played_s).fold(Seconds::default(), |a, b| if b > a { b } else { a });
    let millis = i64::try_from(longest.duration().as_millis()).unwrap_or(i64::MAX);
    let day = airing.head.planned_at.local().date().to_string();
    conn.prepare_cached(
        "INSERT INTO day_used (day, commune, airings, millis) VALUES (?1, ?2, 1, ?3)
         ON CONFLICT (day, commune) DO UPDATE SET airings = airings + 1, millis = millis + excluded.millis",
    )?
    .execute(params![day, airing.head.commune.as_str(), millis])?;
    Ok(())
}

fn raise_cursor(conn: &Connection, to: Timestamp) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT INTO mark (name, value) VALUES ('cursor', ?1)
         ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
    )?
    .execute([to.as_millisecond()])?;
    Ok(())
}

/// From this entry on the clock could not be trusted: the first of a row of such times counts.
fn doubted(conn: &Connection, seq: u64) -> rusqlite::Result<()> {
    conn.prepare_cached("INSERT INTO mark (name, value) VALUES ('doubt', ?1) ON CONFLICT (name) DO NOTHING")?
        .execute([number(seq)])?;
    Ok(())
}

/// The clock can be trusted again: what it says now is decided, also where the journal has later times.
fn trusted(conn: &Connection, from: Timestamp) -> rusqlite::Result<()> {
    conn.prepare_cached("DELETE FROM mark WHERE name = 'doubt'")?.execute([])?;
    set_mark(conn, "cursor", from.as_millisecond())
}

fn set_mark(conn: &Connection, name: &str, value: i64) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT INTO mark (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute(params![name, value])?;
    Ok(())
}

/// One of the single numbers; nothing if it was never set.
pub(super) fn mark(conn: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    conn.query_row("SELECT value FROM mark WHERE name = ?1", [name], |row| row.get(0)).optional()
}

/// Says that the projection holds everything up to `seq`.
pub(super) fn finish(conn: &Connection, seq: u64) -> rusqlite::Result<()> {
    set_mark(conn, "seq", number(seq))
}

/// Is the projection of this program's making?
pub(super) fn is_arranged(conn: &Connection) -> rusqlite::Result<bool> {
    let exists: bool =
        conn.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'mark'", [], |row| row.get(0))?;
    Ok(exists && mark(conn, "version")? == Some(VERSION))
}

/// The same, and does it hold all entries?
pub(super) fn is_current(conn: &Connection, tip: &Tip) -> rusqlite::Result<bool> {
    Ok(is_arranged(conn)? && mark(conn, "seq")? == Some(number(tip.seq)))
}

/// The same with an entry as it is stored. One that cannot be read is left out (`verify` names it): the station must
/// air all the same.
pub(super) fn add_text(conn: &Connection, seq: u64, entry: &str) -> rusqlite::Result<()> {
    match serde_json::from_str::<Entry>(entry) {
        Ok(entry) => match add(conn, seq, &entry)? {
            Added::Taken => {}
            Added::Refused => tracing::error!(seq, "second final entry of an airing, left out"),
        },
        Err(error) => tracing::error!(seq, %error, "journal entry cannot be read, left out"),
    }
    Ok(())
}

/// Makes the projection anew from the entries.
pub(super) fn rebuild(conn: &mut Connection) -> rusqlite::Result<()> {
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    tx.execute_batch(include_str!("sql/projection.sql"))?;
    let mut last = 0;
    {
        let mut entries = tx.prepare("SELECT seq, entry FROM entry ORDER BY seq")?;
        let mut rows = entries.query([])?;
        while let Some(row) = rows.next()? {
            last = seq_of(row.get(0)?);
            add_text(&tx, last, row.get_ref(1)?.as_str()?)?;
        }
    }
    set_mark(&tx, "version", VERSION)?;
    finish(&tx, last)?;
    tx.commit()
}

/// SQLite's numbers are signed; a journal never comes near the end of either.
pub(super) fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// The way back.
pub(super) fn seq_of(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
