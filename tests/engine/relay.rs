//! Slots that relay a stream: logged as such, never counted, with what stands in for it.

use std::time::Duration;

use loaphuong::engine::Wish;
use loaphuong::model::outcome::Kind;
use loaphuong::model::station::{Order, Programme, Queue, Relay, Station};
use loaphuong::rehearsal::{Crash, Line, Spoilt};

use crate::edges::reload;
use crate::stations::{clip, id, library, slot, station};
use crate::world::{Card, World};
use crate::{DEVICE, check, morning};

fn relaying() -> Station {
    let mut slot = slot("tiep-am", "05:30", 600);
    slot.programme = Programme::Relay(Relay {
        url: "http://dai.example/live.mp3".into(),
        length: Duration::from_mins(10),
        fallback: Some(id("du-phong")),
        silence: Duration::from_secs(15),
    });
    let mut station = station(DEVICE, vec![slot]);
    station.communes[0].queues.push(Queue {
        id: id("du-phong"),
        topics: vec![id("bhxh")],
        clips: Vec::new(),
        order: Order::LeastRecent,
        fallback: None,
    });
    station
}

fn world() -> World {
    World::new(relaying(), library(vec![clip("a", 30)]), "2026-11-23T05:00+07")
}

#[test]
fn a_relay_is_logged_as_one() {
    let mut world = world();
    world.until("2026-11-23T05:45+07");
    check(&world, &["xa/tiep-am@2026-11-23T05:30 aired -"]);
    let row = world.airings().last().unwrap();
    assert_eq!(row.head.kind, Kind::Relay);
    assert_eq!(row.items.len(), 1, "what did not stand in is not in the row");
    assert_eq!(row.items[0].plan.clip.as_str(), "relay/dai.example");
    assert!((row.items[0].played_s.0 - 600.0).abs() < 0.1);
}

#[test]
fn a_lost_stream_is_a_fault_until_it_is_back() {
    let mut world = world();
    world.until("2026-11-23T05:33+07");
    world.line = Line::Down;
    world.run(Duration::from_secs(1));
    assert_eq!(world.faults(), ["relay_lost"]);
    world.run(Duration::from_mins(2));
    world.line = Line::Up;
    world.run(Duration::from_secs(1));
    assert!(world.faults().is_empty());
    world.until("2026-11-23T05:45+07");
    check(&world, &["xa/tiep-am@2026-11-23T05:30 partial relay_lost"]);
    let row = world.airings().last().unwrap();
    let played: Vec<f64> = row.items.iter().map(|i| i.played_s.0.round()).collect();
    assert_eq!(played, [479.0, 121.0]);
}

#[test]
fn a_stream_that_was_lost_at_its_end_leaves_no_fault_behind() {
    let mut world = world();
    world.until("2026-11-23T05:38+07");
    world.line = Line::Down;
    world.until("2026-11-23T05:45+07");
    assert!(world.faults().is_empty(), "{:?}", world.faults());
}

#[test]
fn cut_off_before_it_began_it_is_joined_late() {
    let mut world = world();
    world.until("2026-11-23T05:29:57+07");
    world.crash(Duration::from_mins(1), Crash::Power);
    world.until("2026-11-23T05:45+07");
    check(&world, &["xa/tiep-am@2026-11-23T05:30 partial power"]);
    let row = world.airings().last().unwrap();
    let missing = 600.0 - row.items[0].played_s.0;
    assert!((57.0..75.0).contains(&missing), "asked for anew, to its planned end: {missing} s are missing");
}

#[test]
fn a_relay_that_was_slept_through_is_missed() {
    let mut world = world();
    world.until("2026-11-23T05:20+07");
    world.crash(Duration::from_hours(2), Crash::Power);
    world.run(Duration::from_mins(1));
    check(&world, &["xa/tiep-am@2026-11-23T05:30 missed power"]);
}

#[test]
fn joined_late_it_ends_at_its_planned_end() {
    let mut world = world();
    world.until("2026-11-23T05:20+07");
    world.crash(Duration::from_mins(13), loaphuong::rehearsal::Crash::Power);
    world.until("2026-11-23T05:45+07");
    check(&world, &["xa/tiep-am@2026-11-23T05:30 partial power"]);
    let row = world.airings().last().unwrap();
    let ended = row.ended_at.unwrap().local().to_string();
    assert!(ended.starts_with("2026-11-23T05:40:0"), "{ended}");
}

/// Seed 1435 of the simulation.
#[test]
fn taken_up_again_after_the_clock_was_set_back_it_brings_no_more_than_was_planned() {
    let mut world = world();
    world.until("2026-11-23T05:35+07");
    world.card = Card::Absent;
    world.run(Duration::from_millis(300));
    world.card = Card::Healthy;
    world.set_clock(jiff::SignedDuration::from_mins(-8));
    world.until("2026-11-23T05:45+07");
    check(&world, &["xa/tiep-am@2026-11-23T05:30 aired -"]);
    let heard: Duration = world.ear.sounds.iter().map(|s| s.heard).sum();
    assert!(heard <= Duration::from_millis(600_100), "{heard:?}");
}

/// Seeds 2539 and 3671 of the simulation.
#[test]
fn a_stream_that_never_comes_and_has_no_stand_in_is_no_part_of_an_airing() {
    let mut station = relaying();
    if let Programme::Relay(relay) = &mut station.communes[0].slots[0].programme {
        relay.fallback = None;
    }
    for (stopped, reason) in [(false, "relay_lost"), (true, "by_operator")] {
        let mut world = World::new(station.clone(), library(vec![clip("a", 30)]), "2026-11-23T05:00+07");
        world.line = Line::Down;
        world.until("2026-11-23T05:33+07");
        if stopped {
            world.ask(Wish::Stop { commune: None, confirm: None, by: "t".into() });
        }
        world.until("2026-11-23T05:45+07");
        check(&world, &[&format!("xa/tiep-am@2026-11-23T05:30 unproven {reason}")]);
        assert!(world.ear.sounds.iter().all(|s| s.heard.is_zero()), "{:?}", world.ear.sounds);
    }
}

/// Seeds 863, 1063 and 2859 of the simulation.
#[test]
fn what_stands_in_matters_only_if_it_does() {
    for (line, row) in [(Line::Up, "aired -"), (Line::Down, "partial clip_corrupt")] {
        let mut world = world();
        world.spoilt.insert("bhxh/a.wav".parse().unwrap(), Spoilt::Behind);
        world.until("2026-11-23T05:33+07");
        world.line = line;
        world.run(Duration::from_mins(1));
        world.line = Line::Up;
        world.until("2026-11-23T05:45+07");
        check(&world, &[&format!("xa/tiep-am@2026-11-23T05:30 {row}")]);
        assert_eq!(world.ear.sounds[0].spoilt, line == Line::Down);
    }
}

/// Seed 14995 of the simulation.
#[test]
fn a_slot_that_relays_from_now_on_needs_no_clip() {
    let mut world = morning(DEVICE);
    world.scanned(library(vec![]).into());
    world.run(Duration::from_secs(1));
    assert_eq!(world.faults(), ["nothing_to_play"]);
    let relayed = relaying().communes[0].slots[0].programme.clone();
    reload(&mut world, |station| station.communes[0].slots[0].programme = relayed);
    assert!(world.faults().is_empty(), "{:?}", world.faults());
}
