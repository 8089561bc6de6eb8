//! A disk that is full, and a commit of which nobody knows whether it reached the disk.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::*;
use crate::model::time::Moment;

fn entry(n: usize) -> Entry {
    Entry::FaultCleared { at: Moment::of(Timestamp::UNIX_EPOCH, &TimeZone::UTC), code: "x".repeat(n), subject: None }
}

#[test]
fn a_full_disk_is_told_as_such_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("journal.db")).unwrap();
    let stored = store.append(&[entry(1)]).unwrap();
    let pages: i64 = store.conn.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    let limit = |store: &Store, pages: i64| {
        schema::set(&store.conn, "max_page_count", &pages.into()).unwrap();
    };
    limit(&store, pages);
    assert_eq!(store.append(&[entry(2), entry(9_000)]), Err(StoreError::DiskFull));
    assert_eq!(read_tip(&store.conn).unwrap(), stored.tip, "nothing of the batch is there");
    limit(&store, pages + 100);
    assert_eq!(store.append(&[entry(2), entry(9_000)]).unwrap().tip.seq, 3);
}

#[test]
fn a_batch_whose_commit_failed_but_reached_the_disk_is_not_stored_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("journal.db")).unwrap();
    let before = store.tip.clone();
    let stored = store.append(&[entry(1), entry(2)]).unwrap();
    // As after a commit whose fsync reported an error.
    (store.tip, store.in_doubt) = (before, Some(stored.clone()));
    store.reopen().unwrap();
    assert_eq!(store.append(&[entry(1), entry(2)]).unwrap(), stored);
    assert_eq!(read_tip(&store.conn).unwrap().seq, 2);
    assert_eq!(store.append(&[entry(3)]).unwrap().tip.seq, 3);
}
