//! The audio folder as the engine sees it: not read yet, partly read, empty.

use std::time::Duration;

use loaphuong::engine::Event;
use loaphuong::model::clip::Library;
use loaphuong::model::station::Programme;

use loaphuong::rehearsal::Crash;

use crate::stations::{clip, id, library, slot, station};
use crate::world::World;
use crate::{DEVICE, check};

#[test]
fn before_the_library_is_read_nothing_is_decided_and_nothing_is_lost() {
    let mut world =
        World::new(station(DEVICE, vec![slot("sang", "05:30", 1200)]), Library::default(), "2026-11-23T05:29:58+07");
    world.until("2026-11-23T05:31+07");
    world.crash(Duration::from_secs(5), Crash::Process);
    world.until("2026-11-23T05:32+07");
    check(&world, &[]);
    world.step(Event::Library(library(vec![clip("a", 30)]).into()));
    world.until("2026-11-23T05:35+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
}

#[test]
fn a_slot_does_not_wait_for_clips_that_it_does_not_need() {
    let mut slots = vec![slot("sang", "05:30", 60), slot("hai", "05:31", 60)];
    slots[1].programme = Programme::Topics(vec![id("khac")]);
    let partly = Library { scanned_at: None, ..library(vec![clip("a", 30)]) };
    let mut world = World::new(station(DEVICE, slots), partly, "2026-11-23T05:00+07");
    world.until("2026-11-23T05:31:30+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    world.step(Event::Library(library(vec![clip("a", 30)]).into()));
    world.until("2026-11-23T05:32+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -", "xa/hai@2026-11-23T05:31 missed nothing_to_play"]);
}

#[test]
fn an_empty_folder_is_missed_at_its_time_and_shown() {
    let mut world =
        World::new(station(DEVICE, vec![slot("sang", "05:30", 1200)]), library(vec![]), "2026-11-23T05:00+07");
    world.until("2026-11-23T05:31+07");
    check(&world, &["xa/sang@2026-11-23T05:30 missed nothing_to_play"]);
    assert_eq!(world.faults(), ["nothing_to_play"]);
    world.scanned(library(vec![clip("a", 3)]).into());
    world.until("2026-11-24T05:31+07");
    assert!(world.faults().is_empty(), "a good airing ends the fault");
}
