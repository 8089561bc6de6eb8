//! The player that is kept ready for an emergency: there, used, replaced, gone at the end. Effects: processes, files, time.

use rustix::process::{Pid, Signal, kill_process};

use crate::rig::{Daemon, PATIENCE, Station, alive, wait};

/// A station with an output that an emergency would have to load a sound system for, and two clips: one is long enough to
/// be met while it plays.
fn station() -> Station {
    let station = Station::without_card();
    station.clip("tin/a.wav", 1.0, 300.0);
    station.clip("tin/dai.wav", 8.0, 300.0);
    station
}

/// Waits until exactly one process is ready, another one than this.
fn another(daemon: &Daemon<'_>, than: Option<Pid>) -> Pid {
    wait("a spare player", PATIENCE, || match daemon.spares()[..] {
        [one] if Some(one) != than => Some(one),
        _ => None,
    })
}

#[test]
fn an_emergency_takes_the_spare_and_another_one_follows() {
    let station = station();
    let daemon = station.start();
    daemon.wait_scanned();
    let ready = another(&daemon, None);
    let answer = daemon.post("/v1/emergency", r#"{"clip":"tin/a.wav","why":"Thử"}"#);
    assert_eq!(answer.status, 202);
    assert_eq!(daemon.wait_player(), ready, "what was ready plays");
    let next = another(&daemon, Some(ready));
    assert_eq!(daemon.wait_player(), ready, "while it plays");

    let id = answer.json()["airing"].as_str().unwrap().to_owned();
    let stop = format!(r#"{{"confirm":"{id}"}}"#);
    assert_eq!(daemon.post("/v1/stop", &stop).status, 202);
    assert_eq!(daemon.wait_row(&id)["outcome"], "unproven", "a stand-in proves nothing, and all else was as ever");
    assert_eq!(daemon.spares(), [next], "what airs no more leaves it alone");
}

#[test]
fn a_spare_that_is_killed_is_replaced_and_nobody_is_told() {
    let station = station();
    let daemon = station.start();
    let first = another(&daemon, None);
    // This is said a moment after the start.
    let status = daemon.wait_status("the missing card", |s| s["faults"][0]["code"] == "device_absent");
    let faults = status["faults"].clone();
    kill_process(first, Signal::KILL).unwrap();
    let second = another(&daemon, Some(first));
    assert_ne!(first, second);
    assert_eq!(daemon.status()["faults"], faults);
    assert!(!station.printed("stderr").contains("spare"), "no word in the log");
}

#[test]
fn an_ordinary_airing_leaves_the_spare_alone() {
    let station = station();
    let daemon = station.start();
    daemon.wait_scanned();
    let ready = another(&daemon, None);
    assert_eq!(daemon.post("/v1/play", r#"{"clip":"tin/dai.wav"}"#).status, 202);
    assert_ne!(daemon.wait_player(), ready);
    assert_eq!(daemon.spares(), [ready]);
}

#[test]
fn it_ends_with_the_core_however_that_ends() {
    let station = station();
    let daemon = station.start();
    let ready = another(&daemon, None);
    assert!(daemon.stop().0.success());
    wait("its end after an orderly stop", PATIENCE, || (!alive(ready)).then_some(()));

    let daemon = station.start_with(&[]);
    let ready = another(&daemon, None);
    daemon.kill9();
    wait("its end after a crash", PATIENCE, || (!alive(ready)).then_some(()));
}
