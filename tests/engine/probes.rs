//! Idle outputs that are asked whether they could sound, and one that does not answer.

use std::time::Duration;

use loaphuong::engine::Event;
use loaphuong::model::clip::Library;
use loaphuong::model::station::OutputKind;
use loaphuong::rehearsal::Crash;

use crate::stations::{amplifier, clip, library, slot, station};
use crate::world::{Card, World};
use crate::{DEVICE, check, morning};

/// Two outputs, each with a card of its own.
fn two() -> World {
    let mut station = station(DEVICE, vec![slot("sang", "05:30", 1200)]);
    let mut second = station.outputs[0].clone();
    second.id = "loa-hai".parse().unwrap();
    second.kind = OutputKind::Device { name: Some("hai".into()) };
    station.outputs.push(second);
    World::new(station, library(vec![clip("a", 30)]), "2026-11-23T08:00+07")
}

/// Seeds 683 and 2115 of the simulation.
#[test]
fn a_card_that_does_not_open_does_not_hide_another_ones_fault() {
    let mut world = two();
    world.card = Card::Stuck;
    world.cards.insert("hai".into(), Card::Absent);
    world.step(Event::CardsChanged);
    world.run(Duration::from_secs(10));
    assert_eq!(world.faults(), ["device_absent", "device_stalled"]);
    world.run(Duration::from_mins(1));
    world.cards.insert("hai".into(), Card::Healthy);
    world.run(Duration::from_secs(5));
    assert_eq!(world.faults(), ["device_stalled"]);
}

/// Seeds 1373 and 3284 of the simulation.
#[test]
fn a_card_that_is_plugged_in_and_hangs_is_asked_as_often_as_any() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T08:00+07");
    world.card = Card::Absent;
    world.step(Event::CardsChanged);
    world.run(Duration::from_mins(40));
    world.card = Card::Stuck;
    world.step(Event::CardsChanged);
    world.run(Duration::from_secs(16));
    world.card = Card::Healthy;
    world.run(Duration::from_secs(5));
    assert!(world.faults().is_empty(), "{:?}", world.faults());
}

/// Seeds 4872 and 4991 of the simulation.
#[test]
fn a_card_that_opens_at_last_is_well() {
    let mut world = two();
    world.card = Card::Stuck;
    world.cards.insert("hai".into(), Card::Stuck);
    world.step(Event::CardsChanged);
    world.run(Duration::from_secs(14));
    assert_eq!(world.faults(), ["device_stalled", "device_stalled"]);
    world.cards.clear();
    world.card = Card::Healthy;
    world.run(Duration::from_secs(1));
    assert!(world.faults().is_empty(), "{:?}", world.faults());
}

/// Seed 10074 of the simulation: it opens when its airing is given up for being too late.
#[test]
fn a_card_that_is_back_when_its_airing_is_given_up_is_well_in_five_seconds() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:29:56+07");
    world.card = Card::Absent;
    world.step(Event::CardsChanged);
    world.until("2026-11-23T05:49:59.6+07");
    world.card = Card::Slow(Duration::from_millis(800));
    world.step(Event::CardsChanged);
    world.run(Duration::from_secs(1));
    check(&world, &["xa/sang@2026-11-23T05:30 missed device_absent"]);
    assert_eq!(world.faults(), ["device_absent"]);
    world.run(Duration::from_secs(4));
    assert!(world.faults().is_empty(), "{:?}", world.faults());
}

/// Seed 79932 of the simulation: a large folder takes its time.
#[test]
fn a_card_that_is_absent_at_a_start_is_found_before_the_files_are_read() {
    let station = station(DEVICE, vec![slot("sang", "05:30", 1200)]);
    let mut world = World::new(station, Library::default(), "2026-11-23T05:00+07");
    assert!(world.faults().is_empty());
    world.crash(Duration::from_secs(5), Crash::Process);
    world.card = Card::Absent;
    world.run(Duration::from_secs(10));
    assert_eq!(world.faults(), ["device_absent"]);
}

/// Seed 11488 of the simulation.
#[test]
fn a_card_that_opens_while_its_amplifier_warms_up_is_well() {
    let mut station = station(DEVICE, vec![slot("sang", "05:30", 1200)]);
    station.outputs[0].amplifier = Some(amplifier());
    let mut world = World::new(station, library(vec![clip("a", 30)]), "2026-11-23T05:29:59+07");
    world.card = Card::Stuck;
    world.run(Duration::from_secs(10));
    assert_eq!(world.faults(), ["device_stalled"]);
    world.card = Card::Healthy;
    world.run(Duration::from_secs(1));
    assert!(world.faults().is_empty(), "{:?}", world.faults());
    assert!(world.ear.sounds.is_empty(), "the amplifier is cold");
}
