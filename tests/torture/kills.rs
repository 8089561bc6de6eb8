//! SIGKILL at random and at named points: nothing that was told is lost or changed, everything cut is named, nothing airs
//! twice. `KILLS=10000` for a campaign.

use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::Duration;

use jiff::SignedDuration;
use loaphuong::rehearsal::Dice;

use crate::number;
use crate::record::{Record, Sum};
use crate::yard::{EVERY, Moment, begin, busy_station, read_all, read_until};

/// Stations that are killed side by side, for they mostly wait; `STATIONS=30` for a campaign.
const STATIONS: u64 = 4;
const KILLS: u64 = 24;

#[test]
fn whenever_it_is_killed_nothing_told_is_lost() {
    let _alone = crate::alone();
    let (kills, stations, seed) = (number("KILLS", KILLS), number("STATIONS", STATIONS), number("TORTURE_SEED", 1));
    let sums: Vec<(Sum, Vec<Duration>)> = thread::scope(|scope| {
        let one = |n: u64| scope.spawn(move || kill_one_station(seed * 1_000 + n, kills.div_ceil(stations)));
        let all: Vec<_> = (0..stations).map(one).collect();
        all.into_iter().map(|station| station.join().unwrap()).collect()
    });
    let mut back: Vec<Duration> = sums.iter().flat_map(|(_, back)| back.clone()).collect();
    back.sort();
    let (mut outcomes, mut partial) = (BTreeMap::new(), BTreeMap::new());
    for (sum, _) in &sums {
        for (outcome, count) in &sum.outcomes {
            *outcomes.entry(outcome).or_insert(0) += count;
        }
        for (reason, count) in &sum.partial {
            *partial.entry(reason).or_insert(0) += count;
        }
    }
    let (sessions, rows): (usize, usize) =
        sums.iter().fold((0, 0), |(s, r), (sum, _)| (s + sum.sessions, r + sum.rows));
    let at = |percent: usize| back[(back.len() * percent / 100).min(back.len() - 1)];
    println!("{sessions} sessions, {rows} rows, {outcomes:?}, partial by {partial:?}");
    println!("answers again after p50 {:?}, p99 {:?}, most {:?}", at(50), at(99), at(100));
    assert!(partial.get(&"process".to_owned()).is_some_and(|count| *count > 0), "no kill met an airing: {partial:?}");
}

fn kill_one_station(seed: u64, kills: u64) -> (Sum, Vec<Duration>) {
    let mut dice = Dice::new(seed);
    let station = busy_station();
    begin(&station);
    let (mut record, mut back) = (Record::new(), Vec::new());
    for kill in 0..kills {
        let daemon = station.spawn(&[]);
        back.extend(read_until(&daemon, &mut record, Moment::random(&mut dice)));
        daemon.kill9();
        if kill % 100 == 99 {
            fs::remove_dir_all(station.path("state/heard")).unwrap_or_default();
        }
    }
    let daemon = station.start_with(&[]);
    read_until(&daemon, &mut record, Moment::At("final", Duration::ZERO));
    let (status, _) = daemon.stop();
    assert_eq!(status.code(), Some(0));
    let daemon = station.start_with(&[]);
    // What it tells from the beginning is what it told, line by line.
    let mut again = Record::new();
    read_all(&station, &mut again);
    let told: Vec<&String> =
        record.lines.iter().zip(&again.lines).filter(|(one, other)| one != other).map(|(one, _)| one).collect();
    assert!(told.is_empty() && again.lines.len() >= record.lines.len(), "changed: {told:?}");
    drop(daemon);
    station.verify();
    (again.judge(EVERY.into(), SignedDuration::from_secs(8)), back)
}
