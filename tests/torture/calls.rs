//! Each system call that writes the journal fails once, one after the other: at each one the station goes on or says why
//! not, and the record is whole afterwards. `CALLS=all` for every one, otherwise one in so many. Effects: processes, strace.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use jiff::SignedDuration;

use crate::number;
use crate::record::Record;
use crate::rig::Station;
use crate::yard::{EVERY, Moment, begin, busy_station, read_all, read_until, under_strace};

/// Runs side by side.
const WORKERS: usize = 4;
/// Of so many calls one is tried, unless all are wanted.
const STRIDE: u64 = 15;

/// A call, how it fails, and what the daemon may call it.
const FAILURES: [(&str, &str); 4] =
    [("pwrite64", "ENOSPC"), ("pwrite64", "EIO"), ("fsync,fdatasync", "EIO"), ("ftruncate,fallocate,openat", "ENOSPC")];

/// What became of a run whose n-th call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// There are not so many calls.
    Beyond,
    /// It refused to start, with the exit code for it.
    Refused,
    /// It went on.
    WentOn,
}

fn fail_once(call: &str, error: &str, nth: u64) -> End {
    let mut station = busy_station();
    begin(&station);
    let mut record = Record::new();
    let files = ["journal.db", "journal.db-wal", "journal.db-shm"];
    under_strace(&mut station, &files, call, &format!("error={error}:when={nth}"));
    let end = run_once(&station, &mut record, &format!("the {nth}. {call} with {error}"));
    let struck = fs::read_to_string(station.path("strace.log")).unwrap_or_default().contains("(INJECTED)");
    station.under.clear();
    let daemon = station.start_with(&[]);
    read_all(&station, &mut record);
    drop(daemon);
    record.judge(EVERY.into(), SignedDuration::from_secs(10));
    station.verify();
    if struck { end } else { End::Beyond }
}

/// One start and one airing.
fn run_once(station: &Station, record: &mut Record, what: &str) -> End {
    let mut daemon = station.spawn(&[]);
    let (end, code, expected) = if let Some(status) = daemon.ended_instead_of_answering() {
        (End::Refused, status.code(), Some(74))
    } else {
        read_until(&daemon, record, Moment::At("final", Duration::ZERO));
        (End::WentOn, daemon.stop().0.code(), Some(0))
    };
    assert_eq!(code, expected, "{what}: {}", station.printed("stderr"));
    end
}

#[test]
fn whichever_call_fails_the_record_is_whole() {
    let _alone = crate::alone();
    let stride = if std::env::var("CALLS").is_ok_and(|calls| calls == "all") { 1 } else { STRIDE };
    for (call, error) in FAILURES {
        let first = 1 + number("TORTURE_SEED", 0) % stride;
        let (next, ends) = (AtomicU64::new(first), Mutex::new(BTreeMap::<End, u64>::new()));
        thread::scope(|scope| {
            for _ in 0..WORKERS {
                scope.spawn(|| {
                    loop {
                        let end = fail_once(call, error, next.fetch_add(stride, Ordering::Relaxed));
                        *ends.lock().unwrap().entry(end).or_default() += 1;
                        if end == End::Beyond {
                            return;
                        }
                    }
                });
            }
        });
        let ends = ends.into_inner().unwrap();
        println!("{call} with {error}: {ends:?}");
        assert!(stride > 1 || ends.keys().any(|end| *end != End::Beyond), "{call} is never called");
    }
}

/// SQLite goes on with reading alone then, for the whole process.
#[test]
fn an_index_that_cannot_be_opened_once_is_opened_again() {
    let _alone = crate::alone();
    for nth in 1..=3 {
        let mut station = busy_station();
        begin(&station);
        under_strace(&mut station, &["journal.db-shm"], "openat", &format!("error=EIO:when={nth}"));
        let mut record = Record::new();
        assert_eq!(run_once(&station, &mut record, &format!("the {nth}. opening")), End::WentOn);
    }
}

/// As in a sandbox that is closed more tightly than ours.
#[test]
fn where_priorities_are_refused_clips_are_measured_all_the_same() {
    let _alone = crate::alone();
    let mut station = busy_station();
    under_strace(&mut station, &[], "setpriority", "error=EPERM");
    begin(&station);
}
