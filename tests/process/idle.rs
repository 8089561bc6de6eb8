//! What the station costs while there is nothing to do. Effects: processes.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use rustix::process::Pid;

use crate::rig::{Station, together};

/// Threads that only served the start end after ten seconds without work.
const SETTLE: Duration = Duration::from_secs(13);
const QUIET: Duration = Duration::from_secs(10);

/// How often any thread came to run after it had waited.
fn wakes(process: Pid) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{}/task", process.as_raw_nonzero())).unwrap();
    let count = |task: fs::DirEntry| {
        let status = fs::read_to_string(task.path().join("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).unwrap();
        line.trim().parse::<u64>().unwrap()
    };
    tasks.map(|task| count(task.unwrap())).sum()
}

/// How often they came to run in a while.
fn woken(processes: &[Pid]) -> u64 {
    let all = || processes.iter().copied().map(wakes).sum::<u64>();
    let before = all();
    sleep(QUIET);
    let woken = all() - before;
    println!("{woken} wake-ups in {QUIET:?}");
    woken
}

#[test]
fn an_idle_station_sleeps() {
    together(&[("the station", station_sleeps), ("what it keeps ready", spare_sleeps)]);
}

fn station_sleeps() {
    let station = Station::new();
    station.clip("tin/a.wav", 1.0, 300.0);
    station.slot("xa", &Station::in_seconds(3_600), "topics = [\"tin\"]\n");
    let daemon = station.start();
    daemon.wait_scanned();
    sleep(SETTLE);
    let woken = woken(&[daemon.pid()]);
    assert!(woken <= 5, "{woken} wake-ups in {QUIET:?}: something ticks");
    assert_eq!(daemon.get("/healthz").status, 200, "asleep, not dead");
    assert!(daemon.players().is_empty());
    assert!(daemon.spares().is_empty(), "no card, nothing to load");
}

/// A station whose card is missing looks for it every few seconds: only the spare is idle there.
fn spare_sleeps() {
    let station = Station::without_card();
    station.slot("xa", &Station::in_seconds(3_600), "topics = [\"tin\"]\n");
    let daemon = station.start();
    sleep(SETTLE);
    let ready = daemon.spares();
    assert_eq!(ready.len(), 1);
    assert_eq!(woken(&ready), 0, "it only waits");
    assert_eq!(daemon.spares(), ready);
}
