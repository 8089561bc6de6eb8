//! A clock that lies to the real program. Effects: processes, files, time.
//!
//! libfaketime gives the daemon another wall clock. What it cannot do: the kernel's timer knows nothing of it, so no alarm
//! tells the daemon that its clock was set ([`look`] stands in for that), and no alarm rings at a time of day while the
//! clock is wrong. What happens on the wall clock is therefore tried once it is right.

use std::fmt::Display;
use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use loaphuong::clock;
use serde_json::Value;

use crate::rig::{Daemon, Station, said};

const DAY: i64 = 86_400;

/// Where Debian's package `faketime` puts it, by the PC's kind: the one for programs with threads.
fn libfaketime() -> String {
    let kinds = ["x86_64-linux-gnu", "aarch64-linux-gnu"];
    let paths = kinds.map(|kind| format!("/usr/lib/{kind}/faketime/libfaketimeMT.so.1"));
    let found = paths.into_iter().find(|path| Path::new(path).exists());
    found.unwrap_or_else(|| panic!("libfaketime is not here: apt-get install faketime"))
}

/// A station without a network whose clock is off by so many seconds.
fn station(off: i64) -> Station {
    let mut station = Station::new();
    let file = station.path("clock").to_str().unwrap().to_owned();
    for (name, value) in [
        ("LD_PRELOAD", libfaketime()),
        ("FAKETIME_TIMESTAMP_FILE", file),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("NO_FAKE_STAT", "1".to_owned()),
    ] {
        station.set_env(name, value);
    }
    station.clip("tin/tin.wav", 2.0, 300.0);
    set(&station, off);
    station
}

/// From now on the clock is off by so many seconds.
fn set(station: &Station, off: impl Display) {
    fs::write(station.path("clock.new"), format!("{off:+}")).unwrap();
    fs::rename(station.path("clock.new"), station.path("clock")).unwrap();
}

/// The kernel would wake the daemon when the clock is set. A signal to read the configuration wakes it as well.
fn look(daemon: &Daemon<'_>) {
    daemon.signal(rustix::process::Signal::HUP);
}

fn wait_trusted(daemon: &Daemon<'_>, trusted: bool) {
    daemon.wait_status("the clock's judgement", |status| status["clock"]["trusted"] == trusted);
}

fn rows(daemon: &Daemon<'_>) -> Vec<String> {
    let answer = daemon.get("/v1/airings?from=1970-01-01&until=2060-01-01").json();
    let row = |row: &Value| format!("{} {}", row["id"].as_str().unwrap(), row["outcome"].as_str().unwrap());
    let mut rows: Vec<String> = answer["airings"].as_array().unwrap().iter().map(row).collect();
    rows.sort();
    rows
}

fn aired_on_time(daemon: &Daemon<'_>, id: &str) {
    let row = daemon.wait_row_for(id, std::time::Duration::from_mins(1));
    assert_eq!(row["outcome"], "aired", "{row}");
    let late = row["start_error_ms"].as_i64().unwrap();
    // Who reads the clock in two places may be told of a millisecond before the other.
    assert!((-5..=2000).contains(&late), "{late} ms late");
}

const TOPIC: &str = "topics = [\"tin\"]\nstart_within = \"10m\"";

#[test]
fn a_leap_of_two_days_and_back_costs_no_airing() {
    let station = station(0);
    let id = station.slot("sang", &Station::in_seconds(30), TOPIC);
    let daemon = station.start();
    daemon.wait_scanned();
    set(&station, 2 * DAY);
    look(&daemon);
    wait_trusted(&daemon, false);
    assert_eq!(rows(&daemon), [""; 0]);
    let status = daemon.status();
    assert_eq!(status["faults"][0]["code"], "clock_untrusted", "{status}");
    set(&station, 0);
    // By itself: while it is in doubt it looks every few seconds.
    wait_trusted(&daemon, true);
    aired_on_time(&daemon, &id);
    assert_eq!(rows(&daemon).len(), 1);
    drop(daemon);
    station.verify();
}

/// Its player has been told the second already, by the clock before.
#[test]
fn a_clock_set_back_by_less_than_half_a_second_begins_no_slot_early() {
    let station = station(0);
    let id = station.slot("sang", &Station::in_seconds(30), TOPIC);
    let daemon = station.start();
    daemon.wait_status("a device that waits", |status| status["outputs"][0]["state"] == "ready");
    set(&station, -0.4);
    look(&daemon);
    aired_on_time(&daemon, &id);
}

#[test]
fn a_first_start_in_1970_owes_nothing_and_airs_once_the_clock_is_right() {
    let behind = DAY - clock::now().wall.as_second();
    let station = station(behind);
    let id = station.slot("sang", &Station::in_seconds(30), TOPIC);
    let daemon = station.start();
    daemon.wait_scanned();
    wait_trusted(&daemon, false);
    let trial = daemon.post("/v1/play", r#"{"test_sound":true}"#);
    assert_eq!(trial.status, 202, "{trial:?}");
    let trial = trial.json()["airing"].as_str().unwrap().to_owned();
    assert!(trial.contains("@1970-01-02T"), "{trial}");
    assert_eq!(daemon.wait_row(&trial)["outcome"], "aired");
    set(&station, 0);
    wait_trusted(&daemon, true);
    aired_on_time(&daemon, &id);
    assert_eq!(rows(&daemon).len(), 2, "{:?}", rows(&daemon));
    drop(daemon);
    station.verify();
}

#[test]
fn behind_the_journal_it_waits_until_a_person_confirms() {
    let station = station(10 * DAY);
    let daemon = station.start();
    let trial = daemon.post("/v1/play", r#"{"test_sound":true}"#).json();
    daemon.wait_row(trial["airing"].as_str().unwrap());
    daemon.stop();
    set(&station, 0);
    let id = station.slot("sang", &Station::in_seconds(30), TOPIC);
    let daemon = station.start();
    wait_trusted(&daemon, false);
    let shown = station.run(&["clock"]);
    assert_eq!(shown.status.code(), Some(1), "{}", said(&shown));
    assert!(said(&shown).contains("--confirm"), "{}", said(&shown));
    let confirm = |at: Timestamp| {
        let local = at.in_tz("Asia/Ho_Chi_Minh").unwrap();
        let (time, date) = (local.strftime("%H:%M").to_string(), local.strftime("%d/%m/%Y").to_string());
        station.run(&["clock", "--confirm", &time, &date])
    };
    let tomorrow = confirm(clock::now().wall + SignedDuration::from_hours(24));
    assert_eq!(tomorrow.status.code(), Some(1), "the right time of another day: {}", said(&tomorrow));
    assert!(said(&tomorrow).contains("không khớp"), "{}", said(&tomorrow));
    wait_trusted(&daemon, false);
    let now = confirm(clock::now().wall);
    assert_eq!(now.status.code(), Some(0), "{}", said(&now));
    wait_trusted(&daemon, true);
    assert_eq!(station.run(&["clock"]).status.code(), Some(0));
    aired_on_time(&daemon, &id);
    let journal = daemon.get("/v1/journal?limit=1000").body;
    assert!(journal.contains("clock_confirmed"), "{journal}");
    drop(daemon);
    station.verify();
}
