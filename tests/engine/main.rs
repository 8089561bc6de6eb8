//! The engine in virtual time: every way in which a due occurrence can end, and that it ends exactly once.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says what went wrong by failing")]
mod approval;
#[expect(dead_code, reason = "the simulation uses the rest")]
#[path = "../sim/chance.rs"]
mod chance;
mod clips;
mod clock;
mod clock_dice;
mod cues;
mod edges;
mod emergency;
mod losses;
mod pace;
mod probes;
mod promises;
mod relay;
mod sound;
mod stations;
mod world;

use std::time::Duration;

use jiff::SignedDuration;
use loaphuong::engine::{Event, Switch, Wish};
use loaphuong::model::operator::Answer;
use loaphuong::model::outcome::Kind;
use loaphuong::model::station::OutputKind;
use loaphuong::model::status::SoundState;
use loaphuong::rehearsal::Crash;

use crate::stations::{amplifier, clip, library, slot, station};
use crate::world::{Card, World, Writing};

pub(crate) const DEVICE: OutputKind = OutputKind::Device { name: None };

/// One slot at 05:30 that may be 20 minutes late, a clip of 30 s, 05:00 on Monday 2026-11-23.
pub(crate) fn morning(kind: OutputKind) -> World {
    World::new(station(kind, vec![slot("sang", "05:30", 1200)]), library(vec![clip("a", 30)]), "2026-11-23T05:00+07")
}

pub(crate) fn check(world: &World, expected: &[&str]) {
    assert_eq!(world.rows(), expected, "entries: {:#?}", world.disk.entries);
}

#[test]
fn a_slot_airs_on_the_second_and_is_written_down() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:40+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    let row = world.airings().next().unwrap();
    assert_eq!(row.start_error_ms, Some(0));
    assert_eq!(row.outputs[0].played_s.duration(), Duration::from_secs(30));
    assert_eq!(row.items[0].loudness_lufs, Some(-16.0));
    let kinds: Vec<String> = world
        .disk
        .entries
        .iter()
        .map(|e| serde_json::to_value(e).unwrap()["type"].as_str().unwrap().to_owned())
        .filter(|t| t != "checkpoint")
        .collect();
    assert_eq!(kinds, ["session_started", "planned", "started", "final"]);
    let checkpoints = world.disk.entries.len() - kinds.len();
    assert!((6..=8).contains(&checkpoints), "{checkpoints} checkpoints in 30 s");
}

#[test]
fn between_two_slots_nothing_wakes_it() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T06:00+07");
    let before = world.steps;
    world.until("2026-11-24T05:00+07");
    // The next slot, midnight, and two looks at the coming day (at night, an hour before the slot): each reads files
    // and probes the output.
    assert!(world.steps - before <= 16, "{} steps in a quiet day", world.steps - before);
}

#[test]
fn without_a_card_nothing_is_aired() {
    let mut world = morning(DEVICE);
    world.card = Card::Absent;
    world.until("2026-11-23T05:45+07");
    assert_eq!(world.faults(), ["device_absent"]);
    world.until("2026-11-23T05:55+07");
    check(&world, &["xa/sang@2026-11-23T05:30 missed device_absent"]);
}

#[test]
fn a_card_that_comes_late_airs_late() {
    let mut world = morning(DEVICE);
    world.card = Card::Absent;
    world.until("2026-11-23T05:41+07");
    world.card = Card::Healthy;
    world.until("2026-11-23T05:43+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    let late = world.airings().next().unwrap().start_error_ms.unwrap();
    assert!((660_000..=668_000).contains(&late), "{late} ms late");
    assert!(world.faults().is_empty());
}

#[test]
fn auto_without_a_card_stands_in_and_proves_nothing() {
    let mut world = morning(OutputKind::Auto);
    world.card = Card::Absent;
    world.until("2026-11-23T05:30:10+07");
    let status = world.engine.status(world.now);
    assert_eq!(status.on_air[0].sound, SoundState::Silent);
    assert_eq!(world.faults(), ["device_absent"]);
    world.until("2026-11-23T05:40+07");
    check(&world, &["xa/sang@2026-11-23T05:30 unproven device_absent"]);
    assert_eq!(world.faults(), ["device_absent"], "it stands until there is a card");
}

#[test]
fn what_kind_of_output_proves_what() {
    for (kind, row) in [
        (OutputKind::Wav, "xa/sang@2026-11-23T05:30 aired -"),
        (OutputKind::Null, "xa/sang@2026-11-23T05:30 unproven device_absent"),
        (OutputKind::Auto, "xa/sang@2026-11-23T05:30 aired -"),
    ] {
        let mut world = morning(kind);
        world.until("2026-11-23T05:40+07");
        check(&world, &[row]);
    }
}

#[test]
fn a_card_that_misbehaves_is_never_aired() {
    for (card, row) in [
        (Card::Instant, "xa/sang@2026-11-23T05:30 unproven device_implausible"),
        (Card::Silent, "xa/sang@2026-11-23T05:30 unproven silent"),
        (Card::Hangs(Duration::from_secs(2)), "xa/sang@2026-11-23T05:30 partial device_stalled"),
        (Card::Dies(Duration::from_secs(2)), "xa/sang@2026-11-23T05:30 partial device_absent"),
    ] {
        let mut world = morning(DEVICE);
        world.card = card;
        world.until("2026-11-23T05:30:20+07");
        world.until("2026-11-23T06:00+07");
        check(&world, &[row]);
    }
}

#[test]
fn a_lost_device_is_taken_up_again_where_it_was() {
    for card in [Card::Dies(Duration::from_secs(10)), Card::Killed(Duration::from_secs(10))] {
        let mut world = morning(DEVICE);
        world.card = card;
        world.until("2026-11-23T05:30:11+07");
        world.card = Card::Healthy;
        world.until("2026-11-23T05:32+07");
        check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
        let row = world.airings().next().unwrap();
        assert_eq!(row.outputs[0].reopened, 1);
        assert!((0.5..5.0).contains(&row.outputs[0].gap_s.0), "gap {:?}", row.outputs[0].gap_s);
        let heard: Duration = world.ear.heard.values().sum();
        assert!(heard.abs_diff(Duration::from_secs(30)) < Duration::from_millis(200), "heard {heard:?}");
    }
}

#[test]
fn a_long_gap_is_not_whole() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:30:10+07");
    world.card = Card::Absent;
    world.until("2026-11-23T05:30:40+07");
    world.card = Card::Healthy;
    world.until("2026-11-23T05:32+07");
    check(&world, &["xa/sang@2026-11-23T05:30 partial device_absent"]);
    assert_eq!(world.airings().next().unwrap().outputs[0].played_s.duration(), Duration::from_secs(30));
}

#[test]
fn a_crash_mid_clip_leaves_a_partial_row_and_nothing_airs_twice() {
    for (cut, reason) in [(Crash::Process, "process"), (Crash::Power, "power")] {
        let mut world = morning(DEVICE);
        world.until("2026-11-23T05:30:15+07");
        world.crash(Duration::from_secs(2), cut);
        world.until("2026-11-23T05:50+07");
        check(&world, &[&format!("xa/sang@2026-11-23T05:30 partial {reason}")]);
        let row = world.airings().next().unwrap();
        assert!((10.0..=15.1).contains(&row.items[0].played_s.0), "{:?}", row.items[0].played_s);
    }
}

#[test]
fn a_crash_before_the_first_frame_starts_late() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:29:55+07");
    world.crash(Duration::from_secs(30), Crash::Process);
    world.until("2026-11-23T05:50+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
}

#[test]
fn every_slot_of_an_outage_has_its_row() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T06:00+07");
    world.crash(Duration::from_hours(72), Crash::Power);
    check(
        &world,
        &[
            "xa/sang@2026-11-23T05:30 aired -",
            "xa/sang@2026-11-24T05:30 missed power",
            "xa/sang@2026-11-25T05:30 missed power",
            "xa/sang@2026-11-26T05:30 missed power",
        ],
    );
}

#[test]
fn a_clean_stop_says_so_in_the_rows_that_it_cost() {
    let mut world = morning(DEVICE);
    world.step(Event::Shutdown);
    world.until("2026-11-23T05:01+07");
    assert!(world.exited());
    world.crash(Duration::from_hours(24), Crash::Process);
    check(&world, &["xa/sang@2026-11-23T05:30 missed by_operator"]);
}

#[test]
fn coming_back_within_the_window_airs_late() {
    let mut world = morning(DEVICE);
    world.crash(Duration::from_mins(45), Crash::Power);
    world.until("2026-11-23T06:00+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
}

#[test]
fn rules_skip() {
    let mut slots = vec![slot("som", "04:00", 60), slot("sang", "05:30", 60)];
    slots[1].state = loaphuong::model::station::SlotState::Disabled;
    let mut world = World::new(station(DEVICE, slots), library(vec![clip("a", 3)]), "2026-11-23T03:00+07");
    world.until("2026-11-23T06:00+07");
    check(&world, &["xa/som@2026-11-23T04:00 skipped quiet_hours", "xa/sang@2026-11-23T05:30 skipped disabled"]);
}

#[test]
fn the_days_limit_counts_what_has_begun() {
    let slots = vec![slot("a", "06:00", 60), slot("b", "07:00", 60), slot("c", "08:00", 60)];
    let mut plan = station(DEVICE, slots);
    plan.communes[0].hours.max_airings_per_day = Some(2);
    let mut world = World::new(plan, library(vec![clip("a", 3)]), "2026-11-23T05:00+07");
    world.until("2026-11-23T09:00+07");
    check(
        &world,
        &["xa/a@2026-11-23T06:00 aired -", "xa/b@2026-11-23T07:00 aired -", "xa/c@2026-11-23T08:00 skipped day_limit"],
    );
}

#[test]
fn an_overlapping_slot_waits_its_turn_or_is_lost() {
    let slots = vec![slot("a", "06:00", 60), slot("b", "06:00:10", 60), slot("c", "06:00:15", 2)];
    let mut world = World::new(station(DEVICE, slots), library(vec![clip("a", 30)]), "2026-11-23T05:00+07");
    world.until("2026-11-23T06:05+07");
    check(
        &world,
        &[
            "xa/c@2026-11-23T06:00:15 missed overlap",
            "xa/a@2026-11-23T06:00 aired -",
            "xa/b@2026-11-23T06:00:10 aired -",
        ],
    );
}

#[test]
fn a_late_start_keeps_out_of_quiet_hours() {
    let mut world = World::new(
        station(DEVICE, vec![slot("toi", "21:55", 1200)]),
        library(vec![clip("a", 3)]),
        "2026-11-23T21:50+07",
    );
    world.card = Card::Absent;
    world.until("2026-11-23T22:01+07");
    world.card = Card::Healthy;
    world.until("2026-11-23T22:30+07");
    check(&world, &["xa/toi@2026-11-23T21:55 skipped quiet_hours"]);
}

#[test]
fn a_hung_disk_does_not_delay_a_start() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:29+07");
    world.disk.writing = Writing::Hangs;
    world.until("2026-11-23T05:30:05+07");
    assert_eq!(world.faults(), ["storage_fault"]);
    world.disk.writing = Writing::Works;
    world.until("2026-11-23T05:31+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    let late = world.airings().next().unwrap().start_error_ms.unwrap();
    assert!((200..=350).contains(&late), "{late} ms");
    assert!(world.faults().is_empty());
}

#[test]
fn no_clock_movement_airs_twice_or_loses_silently() {
    let hours = SignedDuration::from_hours;
    // Forward over the slot and its window.
    let mut world = morning(DEVICE);
    world.set_clock(hours(2));
    check(&world, &["xa/sang@2026-11-23T05:30 missed clock_jump"]);
    // Back again: its time comes a second time, and it has its row already.
    world.set_clock(hours(-2));
    world.until("2026-11-23T06:00+07");
    check(&world, &["xa/sang@2026-11-23T05:30 missed clock_jump"]);
    // Forward into the window: late.
    let mut world = morning(DEVICE);
    world.set_clock(SignedDuration::from_mins(35));
    world.until("2026-11-23T05:40+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    // Back while on air: the clip is not cut, and does not air again.
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:30:10+07");
    world.set_clock(SignedDuration::from_mins(-20));
    world.until("2026-11-23T05:50+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    // Back while armed: it airs when its time comes.
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:29:57+07");
    world.set_clock(SignedDuration::from_mins(-10));
    world.until("2026-11-23T05:40+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    assert_eq!(world.airings().next().unwrap().start_error_ms, Some(0));
}

#[test]
fn a_clock_behind_the_journal_is_shown_and_airs_nothing() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T06:00+07");
    world.now.wall = "1970-01-01T00:00:00Z".parse().unwrap();
    world.synchronised = false;
    world.crash(Duration::from_secs(1), Crash::Power);
    world.until("1970-01-03T00:00:00Z");
    assert_eq!(world.faults(), ["clock_untrusted"]);
    assert!(!world.engine.status(world.now).clock.trusted);
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
}

#[test]
fn manual_play_gives_way_to_the_schedule() {
    let mut world = morning(DEVICE);
    let play = |kind| Wish::Play { commune: None, clip: Box::new(clip("dai", 600)), kind, by: "t".into() };
    world.until("2026-11-23T05:29+07");
    world.ask(play(Kind::Manual));
    world.until("2026-11-23T05:29:10+07");
    world.ask(play(Kind::Manual));
    assert!(matches!(world.answers[1], Answer::Refused { .. }), "one output, one programme");
    world.until("2026-11-23T05:32+07");
    check(&world, &["xa/manual@2026-11-23T05:29 partial preempted", "xa/sang@2026-11-23T05:30 aired -"]);
    let late = world.airings().last().unwrap().start_error_ms.unwrap();
    assert!(late <= 100, "{late} ms late after a manual airing");
}

#[test]
fn a_person_may_try_the_sound_at_night_but_not_air() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T23:00+07");
    let play = |kind| Wish::Play { commune: None, clip: Box::new(clip("a", 3)), kind, by: "t".into() };
    world.ask(play(Kind::Manual));
    world.ask(play(Kind::Trial));
    assert!(matches!(world.answers[0], Answer::Refused { .. }));
    assert!(matches!(world.answers[1], Answer::Accepted { .. }));
    world.until("2026-11-23T23:01+07");
    assert_eq!(world.rows().last().unwrap(), "xa/trial@2026-11-23T23:00 aired -");
}

#[test]
fn stop_ends_what_sounds_and_refuses_when_nothing_does() {
    let mut world = morning(DEVICE);
    world.ask(Wish::Stop { commune: None, confirm: None, by: "t".into() });
    world.until("2026-11-23T05:30:10+07");
    world.ask(Wish::Stop { commune: None, confirm: None, by: "t".into() });
    world.until("2026-11-23T05:31+07");
    assert!(matches!(world.answers[0], Answer::Refused { .. }));
    check(&world, &["xa/sang@2026-11-23T05:30 partial by_operator"]);
}

#[test]
fn shutdown_ends_what_sounds_within_two_seconds() {
    for hung in [false, true] {
        let mut world = morning(DEVICE);
        world.until("2026-11-23T05:30:10+07");
        if hung {
            world.card = Card::Hangs(Duration::ZERO);
            world.disk.writing = Writing::Hangs;
        }
        let begun = world.now.mono;
        world.step(Event::Shutdown);
        world.until("2026-11-23T05:31+07");
        assert!(world.exited());
        let took = world.now.mono.since(begun);
        assert!(took <= Duration::from_secs(2), "{took:?}");
        check(&world, &["xa/sang@2026-11-23T05:30 partial by_operator"]);
    }
}

#[test]
fn a_reload_cancels_what_is_no_longer_planned_and_keeps_the_rest() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:29:58+07");
    let other = station(DEVICE, vec![slot("trua", "05:30:20", 60), slot("cu", "05:29:30", 600)]);
    world.configure(other.into());
    world.until("2026-11-23T05:32+07");
    check(&world, &["xa/sang@2026-11-23T05:30 cancelled by_operator", "xa/trua@2026-11-23T05:30:20 aired -"]);
}

#[test]
fn the_amplifier_is_warm_before_and_off_after() {
    let mut plan = station(DEVICE, vec![slot("sang", "05:30", 60)]);
    plan.outputs[0].amplifier = Some(amplifier());
    let mut world = World::new(plan, library(vec![clip("a", 3)]), "2026-11-23T05:00+07");
    assert_eq!(world.switched, [Switch::Off], "off at every start, in case the last stop was a crash");
    world.until("2026-11-23T05:29:35+07");
    world.until("2026-11-23T05:29:41+07");
    assert_eq!(world.switched, [Switch::Off, Switch::On]);
    world.until("2026-11-23T05:31+07");
    assert_eq!(world.switched, [Switch::Off, Switch::On, Switch::Off]);
    assert_eq!(world.airings().next().unwrap().start_error_ms, Some(0));
}

#[test]
fn a_clean_stop_switches_amplifiers_off_whatever_hangs_and_whatever_the_files_say_of_them() {
    let mut plan = station(DEVICE, vec![slot("sang", "05:30", 60)]);
    plan.outputs[0].amplifier = Some(amplifier());
    let mut world = World::new(plan.clone(), library(vec![clip("a", 30)]), "2026-11-23T05:00+07");
    world.step(Event::Shutdown);
    world.until("2026-11-23T05:01+07");
    assert_eq!(world.switched, [Switch::Off, Switch::Off], "somebody may have switched it on by hand");
    for fitted in [true, false] {
        let mut world = World::new(plan.clone(), library(vec![clip("a", 30)]), "2026-11-23T05:00+07");
        world.until("2026-11-23T05:30:10+07");
        assert_eq!(world.switched, [Switch::Off, Switch::On]);
        if !fitted {
            let bare = station(DEVICE, vec![slot("sang", "05:30", 60)]);
            world.configure(bare.into());
        }
        world.card = Card::Hangs(Duration::ZERO);
        world.step(Event::Shutdown);
        world.until("2026-11-23T05:31+07");
        assert!(world.exited());
        assert_eq!(world.switched.last(), Some(&Switch::Off), "fitted: {fitted}");
    }
}
