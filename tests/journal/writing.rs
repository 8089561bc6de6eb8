//! Batches are stored in order, once, and survive a disk that refuses for a while.

use std::time::Duration;

use loaphuong::journal::{Ack, AckResult, COPY, FILE, StoreError, Unflushed, VerifyError, verify};
use loaphuong::model::query::{AiringQuery, Records as _};

use crate::support::{Journal, LONG, airing, final_row, id, missed, planned, session};

#[test]
fn entries_are_stored_in_order_and_as_hashed() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path());
    let entries = vec![session(0), planned(1, "a/b.mp3"), final_row(2, airing(1, "a/b.mp3"))];
    assert_eq!(journal.store(entries.clone()), 3);
    assert_eq!(journal.store(vec![]), 3);
    let links = journal.opened.reader.links(0, 10).unwrap();
    let expected: Vec<String> = entries.iter().map(|e| serde_json::to_string(e).unwrap()).collect();
    assert_eq!(links.iter().map(|l| l.entry.clone()).collect::<Vec<_>>(), expected);
    assert_eq!(links[0].prev, "0".repeat(64));
    journal.close();
    assert_eq!(verify(&state.path().join(FILE)).unwrap().entries, 3);
}

#[test]
fn a_second_final_row_is_refused_and_the_rest_of_its_batch_stored() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path());
    journal.store(vec![final_row(1, airing(1, "a/b.mp3"))]);
    journal.opened.writer.store(8, vec![final_row(2, missed(1)), final_row(2, missed(2))]).unwrap();
    let ack = journal.acks.recv_timeout(LONG).unwrap();
    assert_eq!(ack, Ack { ticket: 8, result: AckResult::Stored { last_seq: 2, refused: vec![id(1)] } });
    let row = journal.opened.reader.airing(&id(1)).unwrap().unwrap();
    assert_eq!((row.seq, row.airing), (1, airing(1, "a/b.mp3")));
    journal.close();
    assert_eq!(verify(&state.path().join(FILE)).unwrap().entries, 2);
}

#[test]
fn a_database_that_refuses_is_tried_again_until_it_takes_everything_in_order() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path());
    let other = rusqlite::Connection::open(state.path().join(FILE)).unwrap();
    other
        .execute_batch("CREATE TRIGGER refuse BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'a bad disk'); END")
        .unwrap();
    for ticket in 1..=20 {
        journal.opened.writer.store(ticket, vec![session(i64::try_from(ticket).unwrap())]).unwrap();
    }
    // Said once, however often it is tried.
    let error = StoreError::Other("a bad disk".to_owned());
    let failing = journal.acks.recv_timeout(LONG).unwrap();
    assert_eq!(failing, Ack { ticket: 1, result: AckResult::Failing { error } });
    std::thread::sleep(Duration::from_millis(300));
    other.execute_batch("DROP TRIGGER refuse").unwrap();
    for ticket in 1..=20 {
        let result = AckResult::Stored { last_seq: ticket, refused: vec![] };
        assert_eq!(journal.acks.recv_timeout(LONG).unwrap(), Ack { ticket, result });
    }
    drop(other);
    journal.close();
}

#[test]
fn close_gives_up_what_the_disk_refuses_and_frees_the_lock() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path());
    let other = rusqlite::Connection::open(state.path().join(FILE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    journal.opened.writer.store(1, vec![session(1)]).unwrap();
    assert_eq!(journal.opened.writer.close(Duration::from_millis(10)), Err(Unflushed));
    // The thread drops its end of the channel when it is gone: the acknowledgements end.
    while journal.acks.recv_timeout(LONG).is_ok() {}
    drop(other);
    let journal = Journal::open(state.path());
    assert_eq!(journal.opened.recovery.last_session, None);
    journal.close();
}

#[test]
fn a_journal_that_was_replaced_under_the_daemon_is_not_written_to() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path());
    journal.store(vec![session(0), session(1)]);
    let blocker = rusqlite::Connection::open(state.path().join(FILE)).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    journal.opened.writer.store(9, vec![session(2)]).unwrap();
    assert!(matches!(journal.acks.recv_timeout(LONG).unwrap().result, AckResult::Failing { .. }));
    // Both entries are in the copy, although the journal cannot be written since.
    let begun = loaphuong::clock::mono();
    while std::fs::read_to_string(state.path().join(COPY)).unwrap_or_default().lines().count() < 2 {
        assert!(loaphuong::clock::mono().since(begun) < LONG);
        std::thread::sleep(Duration::from_millis(1));
    }
    // An older state of the same journal comes back while the writer waits.
    for file in ["journal.db", "journal.db-wal", "journal.db-shm"] {
        std::fs::remove_file(state.path().join(file)).unwrap();
    }
    let older = tempfile::tempdir().unwrap();
    let copy = Journal::open(older.path());
    copy.store(vec![session(0)]);
    copy.close();
    std::fs::copy(older.path().join(FILE), state.path().join(FILE)).unwrap();
    drop(blocker);
    let failing = journal.acks.recv_timeout(LONG).unwrap();
    let words = format!("{failing:?}");
    assert!(words.contains("replaced"), "{words}");
    let verified = verify(&state.path().join(FILE));
    let Err(VerifyError::Broken(cut)) = verified else { panic!("the copy knows of 2: {verified:?}") };
    assert_eq!(cut.seq, 2);
    assert_eq!(journal.opened.writer.close(Duration::from_millis(10)), Err(Unflushed));
    while journal.acks.recv_timeout(LONG).is_ok() {}
    let journal = Journal::open(state.path());
    assert!(journal.opened.replaced.is_some());
    assert_eq!(journal.store(vec![session(3)]), 3, "what was acknowledged is there again");
    journal.close();
}

/// What a start after ten years without power has to write: in parts, so that a start that is cut short loses nothing
/// and goes on where it was.
#[test]
fn ten_years_of_missed_airings_are_stored_in_parts_and_in_order() {
    const ROWS: i64 = 109_500;
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path());
    let rows = |from: i64| (from..ROWS).map(|n| final_row(n, missed(n))).chain([session(ROWS)]).collect::<Vec<_>>();
    journal.opened.writer.store(7, rows(0)).unwrap();
    let begun = loaphuong::clock::mono();
    while journal.opened.reader.links(0, 10).unwrap().is_empty() {
        assert!(loaphuong::clock::mono().since(begun) < LONG);
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(journal.acks.try_recv().is_err(), "the first rows are there long before the last");
    assert_eq!(journal.opened.writer.close(Duration::ZERO), Err(Unflushed));
    while journal.acks.recv_timeout(LONG).is_ok() {}
    drop(journal.opened.reader);

    let journal = Journal::open(state.path());
    let settled = journal.opened.recovery.settled.clone();
    assert_eq!(settled.len(), 1, "a bounded window");
    let there = i64::try_from(verify(&state.path().join(FILE)).unwrap().entries).unwrap();
    assert!((1..ROWS).contains(&there), "{there}");
    assert_eq!(settled.into_iter().next(), Some(id(there - 1)));
    let begun = loaphuong::clock::mono();
    assert_eq!(journal.store(rows(there)), u64::try_from(ROWS).unwrap() + 1);
    println!("{} rows stored in {:?}", ROWS - there, loaphuong::clock::mono().since(begun));
    let query = AiringQuery { limit: 3, ..AiringQuery::default() };
    let page = journal.opened.reader.airings(&query).unwrap();
    assert_eq!(page.rows.iter().map(|r| r.seq).collect::<Vec<_>>(), [109_500, 109_499, 109_498]);
    journal.close();
}
