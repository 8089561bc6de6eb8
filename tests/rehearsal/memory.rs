//! The rehearsal's memory against the real journal: both must tell the next session the same.

use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;
use loaphuong::engine::{Event, Wish};
use loaphuong::journal;
use loaphuong::model::entry::Entry;
use loaphuong::model::outcome::Kind;
use loaphuong::model::recovery::Recovery;
use loaphuong::model::station::{Amplifier, OutputKind, Station};
use loaphuong::rehearsal::{Card, Crash, Dice, Pace, World};

use crate::sample::{at, library, usual};

const LONG: Duration = Duration::from_mins(2);

/// Appends to the journal in `state`, and opens it anew.
fn journal_of(state: &Path, station: &Station, entries: &[Entry]) -> Recovery {
    let open = || journal::open(state, &station.id, Box::new(|_| {})).unwrap();
    let opened = open();
    opened.writer.store(1, entries.to_vec()).unwrap();
    opened.writer.close(LONG).unwrap();
    let opened = open();
    opened.writer.close(LONG).unwrap();
    opened.recovery
}

#[test]
fn memory_and_journal_tell_the_same() {
    let mut station = (*usual(OutputKind::Device { name: None })).clone();
    station.outputs.push(station.outputs[0].clone());
    station.outputs[1].id = "thon".parse().unwrap();
    station.outputs[1].kind = OutputKind::Wav;
    station.outputs[1].amplifier =
        Some(Amplifier { on: vec!["on".into()], off: vec!["off".into()], warm_up: Duration::from_secs(20) });
    station.communes[0].outputs.push("thon".parse().unwrap());
    let clip = library().clips.values().next().unwrap().clone();
    let play = |kind| Wish::Play { commune: None, clip: Box::new(clip.clone()), kind, by: "t".into() };
    let state = tempfile::tempdir().unwrap();
    let mut world =
        World::new(station.clone().into(), library(), at("2026-11-23T05:00+07"), Pace::usual(), Dice::new(3));
    let mut told = 0;
    let mut check = |world: &mut World, what: &str| {
        world.run(Duration::from_millis(500));
        let entries = world.disk.entries[told..world.disk.durable()].to_vec();
        assert!(!entries.is_empty(), "{what}: nothing happened");
        told = world.disk.durable();
        assert_eq!(journal_of(state.path(), &station, &entries), world.disk.memory().recovery(), "{what}");
    };
    check(&mut world, "a first session");
    world.until(at("2026-11-23T05:30:20+07"));
    check(&mut world, "on air on two outputs");
    world.crash(Crash::Power, Duration::from_secs(30), usize::MAX);
    check(&mut world, "cut short by a power cut");
    world.ask(play(Kind::Manual));
    world.run(Duration::from_secs(70));
    world.ask(play(Kind::Trial));
    world.run(Duration::from_secs(70));
    check(&mut world, "what a person started");
    world.configure(station.clone().into());
    world.set_clock(SignedDuration::from_hours(3));
    check(&mut world, "another schedule, another clock");
    world.card = Card::Absent;
    world.until(at("2026-11-24T17:00:40+07"));
    check(&mut world, "on air on one output");
    world.card = Card::Healthy;
    world.until(at("2026-11-28T17:00:03+07"));
    check(&mut world, "days later, on air");
    world.step(Event::Shutdown);
    world.run(Duration::from_secs(3));
    check(&mut world, "asked to go");
    assert!(world.exited());
    world.crash(Crash::Process, Duration::from_hours(24 * 9), usize::MAX);
    check(&mut world, "after nine days");
    world.synchronised = false;
    world.set_clock(SignedDuration::from_hours(24 * 90));
    check(&mut world, "in doubt");
    world.crash(Crash::Power, Duration::from_secs(30), usize::MAX);
    check(&mut world, "in doubt still");
    world.ask(Wish::ConfirmClock { seen: world.now.wall, by: "t".into() });
    check(&mut world, "confirmed");
    world.set_clock(SignedDuration::from_hours(-24 * 90));
    world.ask(Wish::ConfirmClock { seen: world.now.wall, by: "t".into() });
    world.run(Duration::from_secs(2));
    check(&mut world, "confirmed to be right though the journal has later times");
}
