//! Disks that are full, that hang, or that take no more writes, while a slot is due: it starts on its second, the fault is
//! shown, and the row is there afterwards. Effects: processes, mounts, strace.

use std::fs;
use std::io::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::plate::Plate;
use crate::rig::{Daemon, Station};
use crate::yard::under_strace;

/// A start that a fault of the disk may not make later than this.
const LATEST_MS: i64 = 250;

/// A station that proves nothing, but needs no disk for its sound; and the id of its one airing.
fn station(seconds: i64, state: Option<&Plate>) -> (Station, String) {
    let mut station = Station::new();
    station.kind = "null";
    if let Some(plate) = state {
        station.output = format!("[paths]\nstate = \"{}\"\n", plate.path().join("state").display());
    }
    station.clip("tin/a.wav", 2.0, 300.0);
    let id = station.slot("sang", &Station::in_seconds(seconds), "topics = [\"tin\"]\n");
    station.save();
    (station, id)
}

fn has_fault(status: &Value, code: &str) -> bool {
    status["faults"].as_array().unwrap().iter().any(|fault| fault["code"] == code)
}

/// The slot was on the air on its second, although nothing could be written.
fn on_time(row: &Value) {
    let late = row["start_error_ms"].as_i64().unwrap_or_else(|| panic!("it never began: {row}"));
    assert!(late <= LATEST_MS, "{late} ms late: {row}");
    assert_eq!((&row["items"][0]["played_s"], &row["outcome"]), (&json!(2.0), &json!("unproven")), "{row}");
}

/// Fills a disk to the last byte.
fn fill(plate: &Plate) {
    let mut file = fs::File::create(plate.path().join("filler")).unwrap();
    let block = vec![1; 4_096];
    while file.write_all(&block).is_ok() {}
    while file.write_all(&[1]).is_ok() {}
}

fn wait_over(daemon: &Daemon<'_>, id: &str) {
    daemon.wait_status("sound", |s| s["on_air"].as_array().unwrap().iter().any(|o| o["id"] == id));
    daemon.wait_status("silence", |s| s["on_air"] == json!([]));
}

#[test]
fn on_a_full_disk_it_airs_on_its_second_and_is_written_down_when_there_is_room() {
    let _alone = crate::alone();
    let Some(plate) = Plate::tmpfs(3) else { return };
    let (station, id) = station(12, Some(&plate));
    let daemon = station.start_with(&[]);
    daemon.wait_scanned();
    fill(&plate);
    wait_over(&daemon, &id);
    daemon.wait_status("the fault", |s| has_fault(s, "disk_full"));
    fs::remove_file(plate.path().join("filler")).unwrap();
    on_time(&daemon.wait_row(&id));
    daemon.wait_status("the end of the fault", |s| !has_fault(s, "disk_full"));
    assert_eq!(daemon.stop().0.code(), Some(0));
    station.verify();
}

#[test]
fn with_a_disk_that_hangs_it_airs_on_its_second_and_is_written_down() {
    let _alone = crate::alone();
    let (mut station, id) = station(15, None);
    under_strace(&mut station, &["journal.db-wal"], "fsync,fdatasync", "delay_enter=3000000");
    let daemon = station.start_with(&[]);
    let row = daemon.wait_row_for(&id, Duration::from_mins(1));
    on_time(&row);
    assert_eq!(daemon.get("/healthz").status, 200);
    daemon.kill9();
    station.under.clear();
    let daemon = station.start_with(&[]);
    assert_eq!(daemon.wait_row(&id), row, "it stays what it was");
    station.verify();
}

#[test]
fn a_disk_that_takes_no_more_writes_silences_nobody() {
    let _alone = crate::alone();
    let Some(plate) = Plate::ext4() else { return };
    let (station, id) = station(12, Some(&plate));
    let daemon = station.start_with(&[]);
    daemon.wait_scanned();
    plate.break_down();
    wait_over(&daemon, &id);
    daemon.wait_status("the fault", |s| has_fault(s, "storage_fault"));
    assert_eq!(daemon.get("/healthz").status, 200);
}
