//! Connections and their settings, and the journal's versions. Effects.
//!
//! Migrations are an append-only list indexed by SQLite's `user_version`: a released one is never edited.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::error::OpenError;

/// "LPJ1": tells a journal from any other SQLite file (`file journal.db` shows it).
const APPLICATION_ID: i64 = 0x4C50_4A31;

/// Each brings the journal from the version of its index to the next.
const MIGRATIONS: &[&str] = &[include_str!("sql/001-entry.sql")];

/// How long a statement waits for another connection before it is an error, which the writer tries again.
const BUSY: Duration = Duration::from_secs(2);

/// What is left of the write-ahead log after it has grown, in bytes.
const WAL_LIMIT: i64 = 16 << 20;

/// A file that can only be read so many times in a row is not to be written.
const TRIES: u32 = 5;

/// The version that this program writes.
fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Whether a connection may make the file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// A new journal begins.
    Create,
    /// A journal that went away under a running daemon must not be replaced by an empty one.
    Refuse,
}

/// The writing connection: every commit is on the disk when it returns.
pub(super) fn connect_writing(path: &Path, missing: Missing) -> Result<Connection, OpenError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags.set(OpenFlags::SQLITE_OPEN_CREATE, missing == Missing::Create);
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(BUSY)?;
    // Before anything is changed: it may be somebody else's file.
    recognise(&conn, path)?;
    conn.set_prepared_statement_cache_capacity(64);
    demand(&conn, "journal_mode", "wal".to_owned())?;
    demand(&conn, "synchronous", 2_i64)?;
    demand(&conn, "temp_store", 2_i64)?;
    demand(&conn, "trusted_schema", 0_i64)?;
    demand(&conn, "cell_size_check", 1_i64)?;
    demand(&conn, "journal_size_limit", WAL_LIMIT)?;
    Ok(conn)
}

/// The first connection to a journal. Where SQLite cannot open a file for writing, be it for one moment, it goes on with
/// reading, and every later connection of the process shares that for as long as one is open: so it is tried again before
/// there is another.
pub(super) fn connect_first(path: &Path) -> Result<Connection, OpenError> {
    let mut tries = 1;
    loop {
        let conn = connect_writing(path, Missing::Create)?;
        if tries == TRIES || !only_reads(&conn) {
            return Ok(conn);
        }
        tracing::warn!(tries, "the journal was opened for reading only: opening it again");
        tries += 1;
    }
}

fn only_reads(conn: &Connection) -> bool {
    let tried = conn.execute_batch("BEGIN IMMEDIATE; ROLLBACK");
    tried.is_err_and(|error| error.sqlite_error_code() == Some(ErrorCode::ReadOnly))
}

/// Sets a pragma and reads it back: SQLite ignores what it does not understand or cannot do.
fn demand(conn: &Connection, pragma: &str, value: impl Into<Value>) -> Result<(), OpenError> {
    let value = value.into();
    set(conn, pragma, &value)?;
    let found: Value = conn.pragma_query_value(None, pragma, |row| row.get(0))?;
    if found == value {
        return Ok(());
    }
    Err(OpenError::Database { detail: format!("{pragma} is {found:?}, must be {value:?}") })
}

/// Sets a pragma. Some answer with a row, which `pragma_update` takes for an error.
pub(super) fn set(conn: &Connection, pragma: &str, value: &Value) -> rusqlite::Result<()> {
    match conn.pragma_update(None, pragma, value) {
        Err(rusqlite::Error::ExecuteReturnedResults) => Ok(()),
        result => result,
    }
}

/// A connection that cannot change anything.
pub(super) fn connect_reading(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(BUSY)?;
    Ok(conn)
}

/// As [`connect_reading`], and leaves no trace beside a journal that nobody has open (there is no `-wal` then): works
/// in a folder and on a disk that cannot be written.
pub(super) fn connect_looking(path: &Path) -> rusqlite::Result<Connection> {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let (Some(text), false) = (path.to_str(), Path::new(&wal).exists()) else { return connect_reading(path) };
    let uri = format!("file:{}?immutable=1", text.replace('%', "%25").replace('?', "%3f").replace('#', "%23"));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri, flags)
}

/// Refuses what is not a journal of a version that this program knows. Gives the version; 0 for an empty file.
pub(super) fn recognise(conn: &Connection, path: &Path) -> Result<i64, OpenError> {
    let number = |pragma: &str| conn.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && (application, version, tables) != (0, 0, 0) {
        return Err(OpenError::NotAJournal { path: path.to_owned() });
    }
    if version == 0 && tables != 0 {
        return Err(OpenError::Damaged { detail: "user_version 0".to_owned() });
    }
    if version > newest() {
        return Err(OpenError::Newer { found: version, known: newest() });
    }
    Ok(version)
}

/// Brings the journal to this program's version, in one transaction.
pub(super) fn migrate(conn: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let version = recognise(conn, path)?;
    if version == newest() {
        return Ok(());
    }
    let pending = MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or(usize::MAX));
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for sql in pending {
        tx.execute_batch(sql)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", newest())?;
    tx.commit()?;
    Ok(())
}
