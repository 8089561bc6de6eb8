//! A core that stands still, under a stand-in for systemd that does what the unit says: no sign of life, killed, started
//! again. Effects: processes, a socket.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use crate::rig::{PATIENCE, Station, mono, wait};

/// What the unit's `WatchdogSec` would be, made short.
const WATCHDOG: Duration = Duration::from_secs(2);

#[test]
fn a_core_that_stands_still_is_replaced() {
    let _alone = crate::alone();
    let mut station = Station::new();
    station.clip("tin/a.wav", 8.0, 300.0);
    station.env = vec![
        ("NOTIFY_SOCKET", station.path("notify").to_str().unwrap().to_owned()),
        ("WATCHDOG_USEC", "2000000".to_owned()),
    ];
    let ear = UnixDatagram::bind(station.path("notify")).unwrap();
    ear.set_read_timeout(Some(WATCHDOG)).unwrap();
    let lives = || ear.recv(&mut [0; 256]).is_ok();
    let id = station.slot("sang", &Station::in_seconds(10), "topics = [\"tin\"]\n");
    let daemon = station.start();
    // Nobody listens for a while: that must not hold up the station.
    daemon.wait_sounding(&id, 1.0);
    assert!((0..3).all(|_| lives()), "it gives signs of life");
    daemon.signal(Signal::STOP);
    let stopped = mono();
    while lives() {
        assert!(mono().since(stopped) < PATIENCE, "a core that stands still gives signs of life");
    }
    daemon.kill9();
    let noticed = mono().since(stopped);
    let daemon = station.start();
    let back = mono().since(stopped);
    println!("noticed after {noticed:?}, back after {back:?}");
    let row = daemon.wait_row(&id);
    assert_eq!((&row["outcome"], &row["reason"]), (&json!("partial"), &json!("process")), "{row}");
    wait("a sign of life", PATIENCE, || lives().then_some(()));
    let faults = daemon.status()["faults"].clone();
    assert_eq!(faults, json!([]), "nothing is left of it");
}
