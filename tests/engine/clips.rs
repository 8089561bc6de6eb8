//! The audio folder as the engine sees it: not read yet, partly read, empty.

use std::time::Duration;

use loaphuong::engine::Event;
use loaphuong::model::clip::{Clip, Library};
use loaphuong::model::entry::Entry;
use loaphuong::model::id::ClipPath;
use loaphuong::model::outcome::{Priority, Reason};
use loaphuong::model::playback::{FromPlayer, RunId};
use loaphuong::model::station::{Programme, Slot};

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
    world.until("2026-11-23T05:01+07");
    let coming = world.engine.status(world.now).faults.remove(0).message;
    assert!(coming.vi.contains("lúc 05:30 ngày 23/11/2026 sẽ không phát được"), "{}", coming.vi);
    world.until("2026-11-23T05:31+07");
    check(&world, &["xa/sang@2026-11-23T05:30 missed nothing_to_play"]);
    assert_eq!(world.faults(), ["nothing_to_play"]);
    world.scanned(library(vec![clip("a", 3)]).into());
    world.until("2026-11-24T05:31+07");
    assert!(world.faults().is_empty(), "a good airing ends the fault");
}

/// A player found this item of its job damaged before its first frame.
fn damaged(world: &mut World, item: usize) {
    let said = FromPlayer::Failed {
        reason: Reason::ClipCorrupt,
        item: Some(item),
        trouble: None,
        detail: String::new(),
        progress: None,
    };
    world.step(Event::Player { run: RunId(1), said });
}

#[test]
fn a_clip_that_turns_out_damaged_is_replaced_before_its_time() {
    let mut world = World::new(
        station(DEVICE, vec![slot("sang", "05:30", 1200)]),
        library(vec![clip("a", 30), clip("b", 20)]),
        "2026-11-23T05:00+07",
    );
    world.until("2026-11-23T05:29:55+07");
    let planned = planned(&world);
    damaged(&mut world, 0);
    world.until("2026-11-23T05:31+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    let row = world.airings().last().unwrap();
    assert_ne!(row.items[0].plan.clip, planned, "the other one");
    assert!(row.start_error_ms.unwrap() <= 250, "on its second: {:?}", row.start_error_ms);
    assert!(world.faults().is_empty(), "{:?}", world.faults());
}

/// Seed 2459 of the simulation.
#[test]
fn a_damaged_clip_is_not_replaced_by_one_that_is_too_long_for_the_day() {
    let mut plan = station(DEVICE, vec![slot("sang", "05:30", 1200)]);
    plan.communes[0].hours.max_minutes_per_day = Some(1);
    let mut world = World::new(plan, library(vec![clip("a", 90), clip("b", 30)]), "2026-11-23T05:00+07");
    world.until("2026-11-23T05:29:55+07");
    damaged(&mut world, 0);
    world.until("2026-11-23T05:35+07");
    check(&world, &["xa/sang@2026-11-23T05:30 missed clip_corrupt"]);
}

/// A slot that a jingle opens, and the jingle.
fn with_a_jingle() -> (Slot, Clip) {
    let mut rule = slot("sang", "05:30", 1200);
    rule.intro = Some(id("bhxh/nhac.wav"));
    let mut jingle = clip("nhac", 5);
    jingle.topic = None;
    (rule, jingle)
}

#[test]
fn a_damaged_jingle_is_left_out() {
    let (rule, jingle) = with_a_jingle();
    let mut world =
        World::new(station(DEVICE, vec![rule]), library(vec![clip("a", 30), jingle]), "2026-11-23T05:00+07");
    world.until("2026-11-23T05:29:55+07");
    damaged(&mut world, 0);
    world.until("2026-11-23T05:31+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    assert_eq!(world.airings().last().unwrap().items.len(), 1);
}

#[test]
fn the_jingle_behind_a_clip_stays_when_the_one_before_it_is_left_out() {
    let (mut rule, jingle) = with_a_jingle();
    rule.outro = Some(id("bhxh/ket.wav"));
    let last = Clip { topic: None, ..clip("ket", 4) };
    let mut world =
        World::new(station(DEVICE, vec![rule]), library(vec![clip("a", 30), jingle, last]), "2026-11-23T05:00+07");
    world.until("2026-11-23T05:29:55+07");
    damaged(&mut world, 0);
    world.until("2026-11-23T05:31+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    let row = world.airings().last().unwrap();
    let aired: Vec<&str> = row.items.iter().map(|item| item.plan.clip.as_str()).collect();
    assert_eq!(aired, ["bhxh/a.wav", "bhxh/ket.wav"]);
}

#[test]
fn a_jingle_that_is_missed_is_a_fault_until_it_is_there() {
    let (rule, jingle) = with_a_jingle();
    let mut world = World::new(station(DEVICE, vec![rule]), library(vec![clip("a", 30)]), "2026-11-23T05:00+07");
    world.until("2026-11-23T05:31+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    assert_eq!(world.faults(), ["clip_missing"]);
    world.scanned(library(vec![clip("a", 30), clip("b", 30)]).into());
    world.run(Duration::from_mins(1));
    assert_eq!(world.faults(), ["clip_missing"], "it is still missing");
    world.scanned(library(vec![clip("a", 30), jingle]).into());
    world.run(Duration::from_mins(1));
    assert!(world.faults().is_empty(), "{:?}", world.faults());
}

/// The clip of the airing that was planned last.
fn planned(world: &World) -> ClipPath {
    let last = world.disk.entries.iter().rev().find_map(|entry| match entry {
        Entry::Planned { items, .. } => Some(items[0].clip.clone()),
        _ => None,
    });
    last.expect("something is planned")
}

#[test]
fn of_two_that_wait_the_more_important_goes_first() {
    let mut second = slot("hai", "05:30", 1200);
    second.priority = Priority::Priority;
    let mut world = World::new(
        station(DEVICE, vec![slot("mot", "05:30", 1200), second]),
        library(vec![clip("a", 30)]),
        "2026-11-23T05:00+07",
    );
    world.until("2026-11-23T05:35+07");
    check(&world, &["xa/hai@2026-11-23T05:30 aired -", "xa/mot@2026-11-23T05:30 aired -"]);
    assert_eq!(world.airings().next().unwrap().head.priority, Priority::Priority);
}
