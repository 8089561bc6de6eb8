//! What the station costs while there is nothing to do. Effects: processes.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::rig::{Daemon, Station};

/// Threads that only served the start end after ten seconds without work.
const SETTLE: Duration = Duration::from_secs(13);
const QUIET: Duration = Duration::from_secs(10);

/// How often any thread came to run after it had waited.
fn wakes(daemon: &Daemon<'_>) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{}/task", daemon.pid().as_raw_nonzero())).unwrap();
    let count = |task: fs::DirEntry| {
        let status = fs::read_to_string(task.path().join("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).unwrap();
        line.trim().parse::<u64>().unwrap()
    };
    tasks.map(|task| count(task.unwrap())).sum()
}

#[test]
fn an_idle_station_sleeps() {
    let station = Station::new();
    station.clip("tin/a.wav", 1.0, 300.0);
    station.slot("xa", &Station::in_seconds(3_600), "topics = [\"tin\"]\n");
    let daemon = station.start();
    daemon.wait_scanned();
    sleep(SETTLE);
    let before = wakes(&daemon);
    sleep(QUIET);
    let woken = wakes(&daemon) - before;
    println!("{woken} wake-ups in {QUIET:?}");
    assert!(woken <= 5, "{woken} wake-ups in {QUIET:?}: something ticks");
    assert_eq!(daemon.get("/healthz").status, 200, "asleep, not dead");
    assert!(daemon.players().is_empty());
}
