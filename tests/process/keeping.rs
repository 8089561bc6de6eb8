//! The journal's files are cut, replaced or damaged while the station is off: it starts, and every row is there again.
//! Effects: processes, files.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use loaphuong::journal;
use loaphuong::model::entry::Entry;
use loaphuong::model::time::Moment;
use serde_json::{Value, json};

use crate::rig::{Daemon, PATIENCE, Station, together, wait};
use crate::rows;

/// Entries that make the journal long enough for its middle not to be read at the start.
const NOISE: i32 = 400;

const REPLACED: &str = "journal_replaced";

#[test]
fn a_journal_that_is_not_what_it_was() {
    together(&[
        ("an_old_copy_is_restored", an_old_copy_is_restored),
        ("the_header_is_destroyed", the_header_is_destroyed),
        ("its_middle_is_garbage", its_middle_is_garbage),
    ]);
}

/// The entries of the journal, whose chain holds.
fn entries(daemon: &Daemon<'_>) -> Vec<Value> {
    rows::chain(&daemon.get("/v1/journal?limit=1000").body).into_iter().map(|link| link.entry).collect()
}

/// Runs the station once, and once more; gives the journal's file as it was in between, and all entries.
fn two_sessions(station: &Station) -> (PathBuf, Vec<Value>) {
    station.save();
    let opened = journal::open(&station.path("state"), &"thu".parse().unwrap(), Box::new(|_| {})).unwrap();
    let at = Moment::of(Station::in_seconds(-60).timestamp(), &TimeZone::UTC);
    let noise = |n: i32| Entry::FaultCleared { at, code: format!("noise-{n}-{}", "x".repeat(200)), subject: None };
    opened.writer.store(1, (0..NOISE).map(noise).collect()).unwrap();
    drop(opened.reader);
    opened.writer.close(PATIENCE).unwrap();
    let daemon = station.start_with(&[]);
    daemon.stop();
    let older = station.path("older.db");
    station.ok(&["backup", older.to_str().unwrap()]);
    let daemon = station.start_with(&[]);
    daemon.stop();
    // What lies in the log goes into the file: the file alone is spoiled.
    rusqlite::Connection::open(station.path("state/journal.db"))
        .unwrap()
        .pragma_update(None, "user_version", 1)
        .unwrap();
    assert!(!station.path("state/journal.db-wal").exists());
    let lines = fs::read_to_string(station.path("state/as-run.jsonl")).unwrap();
    (older, rows::chain(&lines).into_iter().map(|link| link.entry).collect())
}

/// Starts on what is there: every entry is there, the fault stands until what was set aside is moved away.
fn comes_back(station: &Station, before: &[Value]) {
    let daemon = station.start_with(&[]);
    let find = |status: &Value| status["faults"].as_array().unwrap().iter().find(|f| f["code"] == REPLACED).cloned();
    let status = daemon.wait_status("the fault", |status| find(status).is_some());
    let message = find(&status).unwrap()["message"]["vi"].as_str().unwrap().to_owned();
    let after = entries(&daemon);
    assert_eq!(after[..before.len()], *before);
    wait("the fault in the journal", PATIENCE, || {
        entries(&daemon).iter().any(|e| e["fault"]["code"] == REPLACED).then_some(())
    });
    station.verify();
    let aside = set_aside(&station.path("state"));
    assert!(message.contains(aside.file_name().unwrap().to_str().unwrap()), "{message}");
    fs::rename(&aside, station.path("evidence.db")).unwrap();
    daemon.wait_status("the end of the fault", |s| s["faults"] == json!([]));
    assert_eq!(daemon.stop().0.code(), Some(0));
}

fn set_aside(state: &Path) -> PathBuf {
    let files = fs::read_dir(state).unwrap().map(|e| e.unwrap().path());
    let mut aside = files.filter(|f| f.to_string_lossy().ends_with(".set-aside.db"));
    let found = aside.next().unwrap();
    assert_eq!(aside.next(), None);
    found
}

fn an_old_copy_is_restored() {
    let station = Station::new();
    let (older, before) = two_sessions(&station);
    fs::copy(older, station.path("state/journal.db")).unwrap();
    let said = station.run(&["verify"]);
    assert_eq!(said.status.code(), Some(1), "the copy shows it: {}", crate::rig::said(&said));
    comes_back(&station, &before);
}

fn the_header_is_destroyed() {
    let station = Station::new();
    let (_, before) = two_sessions(&station);
    let file = station.path("state/journal.db");
    let mut bytes = fs::read(&file).unwrap();
    bytes[..100].fill(b'?');
    fs::write(file, bytes).unwrap();
    comes_back(&station, &before);
}

/// Found by the verification that follows the start, and put right while the station is on air.
fn its_middle_is_garbage() {
    let station = Station::new();
    let (_, before) = two_sessions(&station);
    let file = station.path("state/journal.db");
    let mut bytes = fs::read(&file).unwrap();
    let mark = format!("noise-{}-", NOISE / 2);
    let at = bytes.windows(mark.len()).position(|bytes| bytes == mark.as_bytes()).unwrap();
    bytes[at / 4096 * 4096..][..4096].fill(b'?');
    fs::write(file, bytes).unwrap();
    comes_back(&station, &before);
}
