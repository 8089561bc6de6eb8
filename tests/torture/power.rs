//! Power cuts in the middle of everything: what was acknowledged is on the disk. `CUTS=500` for a campaign. The control is the
//! same station with a disk that forgets what it was asked to keep: it must lose.

use std::fs;
use std::thread;
use std::time::Duration;

use jiff::SignedDuration;
use loaphuong::rehearsal::Dice;
use rustix::process::{Signal, kill_process};

use crate::http;
use crate::number;
use crate::plate::Plate;
use crate::record::Record;
use crate::rig::{Daemon, Station, wait};
use crate::yard::{EVERY, Moment, PATIENCE, begin, busy_station, read_until};

/// Stations that are cut side by side.
const STATIONS: u64 = 4;
const CUTS: u64 = 8;
/// Makes every order to synchronise do nothing, as `synchronous=OFF` would; Debian's package `eatmydata`.
const FORGETFUL: &str = "libeatmydata.so";

/// A station whose state is on this disk, and which believes after each cut that the PC was started anew.
fn station_on(plate: &Plate, forgetful: bool) -> Station {
    let mut station = busy_station();
    station.output = format!("[paths]\nstate = \"{}\"\n", plate.path().join("state").display());
    let preload = if forgetful { format!("LD_PRELOAD={FORGETFUL} ") } else { String::new() };
    let boot = station.path("boot_id");
    let script = format!("mount --bind \"$0\" /proc/sys/kernel/random/boot_id && {preload}exec \"$@\"");
    station.under = ["unshare", "--mount", "sh", "-c", &script, boot.to_str().unwrap()].map(str::to_owned).to_vec();
    station
}

/// The power goes: everything stands still at one moment, and nothing of it comes back but the disk.
fn cut(daemon: Daemon<'_>, plate: &mut Plate) {
    let players = daemon.players();
    daemon.signal(Signal::STOP);
    for player in &players {
        kill_process(*player, Signal::STOP).unwrap_or_default();
    }
    let left = plate.keep();
    for player in daemon.players() {
        kill_process(player, Signal::KILL).unwrap_or_default();
    }
    daemon.kill9();
    plate.come_back_as(left);
}

/// Is all there that was acknowledged?
fn kept(daemon: &Daemon<'_>, record: &Record) -> bool {
    let Some(last) = record.lines.last() else { return true };
    let from = record.last() - 1;
    let ask = || http::get(daemon.station.addr, &format!("/v1/journal?after={from}&limit=1"));
    wait("an answer", PATIENCE, ask).body.trim_end() == last
}

/// Cuts one station so many times; how often something was lost.
fn cut_one_station(seed: u64, cuts: u64, forgetful: bool) -> Option<(u64, u64)> {
    let mut plate = Plate::ext4()?;
    let mut dice = Dice::new(seed);
    let station = station_on(&plate, forgetful);
    fs::write(station.path("boot_id"), "first\n").unwrap();
    begin(&station);
    let (mut record, mut lost) = (Record::new(), 0);
    for boot in 0..cuts {
        fs::write(station.path("boot_id"), format!("{boot}\n")).unwrap();
        let daemon = station.spawn(&[]);
        if kept(&daemon, &record) {
            read_until(&daemon, &mut record, Moment::random(&mut dice));
        } else {
            assert!(forgetful, "an acknowledged entry is lost: {:?}", record.lines.last());
            (record, lost) = (Record::new(), lost + 1);
            thread::sleep(Duration::from_millis(500));
        }
        cut(daemon, &mut plate);
        fs::remove_dir_all(plate.path().join("state/heard")).unwrap_or_default();
    }
    if forgetful {
        return Some((lost, 0));
    }
    fs::write(station.path("boot_id"), "last\n").unwrap();
    let daemon = station.spawn(&[]);
    assert!(kept(&daemon, &record), "an acknowledged entry is lost: {:?}", record.lines.last());
    read_until(&daemon, &mut record, Moment::At("final", Duration::ZERO));
    let sum = record.judge(EVERY.into(), SignedDuration::from_secs(8));
    assert!(sum.partial.keys().all(|reason| reason == "power"), "{sum:?}");
    assert_eq!(daemon.stop().0.code(), Some(0));
    station.verify();
    Some((0, sum.partial.values().sum::<usize>() as u64))
}

fn cut_stations(cuts: u64, forgetful: bool) -> Option<(u64, u64)> {
    let seed = number("TORTURE_SEED", 1);
    let sums: Vec<Option<(u64, u64)>> = thread::scope(|scope| {
        let one = |n: u64| scope.spawn(move || cut_one_station(seed * 2_000 + n, cuts.div_ceil(STATIONS), forgetful));
        let all: Vec<_> = (0..STATIONS).map(one).collect();
        all.into_iter().map(|station| station.join().unwrap()).collect()
    });
    sums.into_iter().try_fold((0, 0), |(lost, cut), sum| sum.map(|sum| (lost + sum.0, cut + sum.1)))
}

#[test]
fn a_power_cut_takes_nothing_that_was_acknowledged() {
    let _alone = crate::alone();
    let cuts = number("CUTS", CUTS);
    let Some((_, airings)) = cut_stations(cuts, false) else { return };
    println!("{cuts} power cuts: nothing lost, {airings} airings cut and named");
    let Some((lost, _)) = cut_stations(cuts.min(40), true) else { return };
    println!("on a disk that forgets, {lost} of {} cuts lost something", cuts.min(40));
    assert!(lost > 0, "the cuts do not bite");
}
