//! Opening: one daemon only, known versions only, the right station only; and always a right projection.

use loaphuong::journal::{self, FILE, OpenError, Reader, verify};
use loaphuong::model::query::Records as _;

use crate::support::{Journal, copy_of, journal_of, session, station, tamper};

fn refused(state: &std::path::Path) -> OpenError {
    journal::open(state, &station(), Box::new(|_| {})).expect_err("must be refused")
}

#[test]
fn a_second_daemon_is_refused_with_the_number_of_the_first() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path());
    let error = refused(state.path());
    let pid = std::process::id();
    assert!(matches!(error, OpenError::Locked { pid: Some(p) } if p == pid), "{error}");
    assert!(error.text().vi.contains(&pid.to_string()) && error.text().en.contains(&pid.to_string()));
    journal.close();
    Journal::open(state.path()).close();
}

#[test]
fn readers_need_no_lock() {
    let state = tempfile::tempdir().unwrap();
    assert!(matches!(Reader::open(state.path()), Err(OpenError::Folder { .. })), "no journal yet");
    let journal = Journal::open(state.path());
    journal.store(vec![session(0)]);
    let reader = Reader::open(state.path()).unwrap();
    assert_eq!(reader.links(0, 10).unwrap().len(), 1);
    journal.store(vec![session(1)]);
    assert_eq!(reader.links(0, 10).unwrap().len(), 2, "sees what is added");
    drop(reader);
    journal.close();
    assert_eq!(Reader::open(state.path()).unwrap().links(1, 10).unwrap().len(), 1, "and with the daemon stopped");
}

#[test]
fn what_is_not_this_stations_journal_is_refused_and_left_as_it_is() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 3);
    let check = |spoil: &dyn Fn(&std::path::Path), expected: &dyn Fn(&OpenError) -> bool| {
        let copy = copy_of(state.path());
        spoil(copy.path());
        let before = std::fs::read(copy.path().join(FILE)).unwrap();
        let error = refused(copy.path());
        assert!(expected(&error), "{error:?}");
        assert_eq!(std::fs::read(copy.path().join(FILE)).unwrap(), before);
    };
    check(&|s| tamper(s, "PRAGMA user_version = 99"), &|e| matches!(e, OpenError::Newer { found: 99, .. }));
    check(&|s| tamper(s, "PRAGMA application_id = 5"), &|e| matches!(e, OpenError::NotAJournal { .. }));
    let other = journal::open(state.path(), &"dai-khac".parse().unwrap(), Box::new(|_| {})).expect_err("other station");
    assert!(matches!(other, OpenError::OtherStation { .. }), "{other:?}");
    let blocked = state.path().join("file");
    std::fs::write(&blocked, "").unwrap();
    assert!(matches!(refused(&blocked), OpenError::Folder { .. }));
}

#[test]
fn entries_cannot_be_changed_removed_or_put_in_between() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 3);
    let conn = rusqlite::Connection::open(state.path().join(FILE)).unwrap();
    let row = "SELECT prev, hash, entry FROM entry WHERE seq = 1";
    for sql in [
        "UPDATE entry SET entry = '' WHERE seq = 2".to_owned(),
        "DELETE FROM entry WHERE seq = 3".to_owned(),
        format!("INSERT OR REPLACE INTO entry SELECT 2, * FROM ({row})"),
        format!("INSERT INTO entry SELECT 5, * FROM ({row})"),
        "INSERT INTO entry VALUES (4, '', '', '')".to_owned(),
    ] {
        assert!(conn.execute_batch(&sql).is_err(), "{sql}");
    }
}

/// The whole database but the tables of SQLite's own, in a fixed order.
fn dump(state: &std::path::Path) -> String {
    use std::fmt::Write as _;
    let conn = rusqlite::Connection::open(state.join(FILE)).unwrap();
    let mut tables = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
    let tables: Vec<String> = tables.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect();
    let mut text = String::new();
    for table in tables {
        let mut rows = conn.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
        let width = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cells: Vec<_> = (0..width).map(|n| row.get_ref(n).unwrap()).collect();
            writeln!(text, "{table} {cells:?}").unwrap();
        }
    }
    text
}

#[test]
fn a_projection_that_is_absent_or_old_is_rebuilt_the_same() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 103);
    let right = dump(state.path());
    assert!(right.contains("airing_topic") && right.contains("open_output") && right.contains("day_used"));
    for spoil in [
        "DROP TABLE mark",
        "UPDATE mark SET value = 0 WHERE name = 'version'; DELETE FROM airing; DELETE FROM clip_aired",
        "UPDATE mark SET value = 50 WHERE name = 'seq'; UPDATE airing SET outcome = 'aired'",
    ] {
        tamper(state.path(), spoil);
        Journal::open(state.path()).close();
        assert_eq!(dump(state.path()), right, "{spoil}");
    }
}

#[test]
fn an_old_projection_is_said_to_be_old_by_readers() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 5);
    tamper(state.path(), "UPDATE mark SET value = 0 WHERE name = 'version'");
    assert!(matches!(Reader::open(state.path()), Err(OpenError::Outdated)));
}

/// `fixtures/v1.sql` is a journal as the first released version wrote it; it is never written anew.
#[test]
fn a_journal_of_version_1_goes_on() {
    let state = tempfile::tempdir().unwrap();
    let conn = rusqlite::Connection::open(state.path().join(FILE)).unwrap();
    conn.execute_batch(include_str!("fixtures/v1.sql")).unwrap();
    conn.close().unwrap();
    let journal = Journal::open(state.path());
    assert_eq!(journal.opened.recovery.open.len(), 1);
    assert_eq!(journal.opened.recovery.history.last_drawn.len(), 1);
    let last = journal.opened.reader.links(0, 100).unwrap().len();
    assert_eq!(journal.store(vec![session(500)]), u64::try_from(last).unwrap() + 1);
    journal.close();
    verify(&state.path().join(FILE)).unwrap();
}
