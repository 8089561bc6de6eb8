//! What a device swallows, in parts or after it stood still, and what a lost run kept silent: none of it was heard.

use std::sync::Arc;
use std::time::Duration;

use loaphuong::rehearsal::{self, Dice, Pace};

use crate::stations::{clip, library, slot, station};
use crate::world::{Card, World};
use crate::{DEVICE, check, morning};

const IMPLAUSIBLE: &str = "xa/sang@2026-11-23T05:30 unproven device_implausible";

/// A clip of so many seconds at 05:30.
fn world(seconds: u64) -> World {
    let station = station(DEVICE, vec![slot("sang", "05:30", 1200)]);
    World::new(station, library(vec![clip("a", seconds)]), "2026-11-23T05:00+07")
}

#[test]
fn less_than_half_a_second_that_is_swallowed_is_too_much_of_a_short_clip() {
    let mut world = world(5);
    world.until("2026-11-23T05:30:04.6+07");
    world.card = Card::Instant;
    world.until("2026-11-23T05:31+07");
    check(&world, &[IMPLAUSIBLE]);
}

/// The whole took as long as the clip lasts.
#[test]
fn what_is_swallowed_after_a_standstill_was_not_heard() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:30:28+07");
    world.card = Card::Hangs(Duration::ZERO);
    world.until("2026-11-23T05:30:29.8+07");
    world.card = Card::Instant;
    world.until("2026-11-23T05:31+07");
    check(&world, &[IMPLAUSIBLE]);
}

#[test]
fn a_short_standstill_alone_is_none() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:30:10+07");
    world.card = Card::Hangs(Duration::ZERO);
    world.until("2026-11-23T05:30:10.4+07");
    world.card = Card::Healthy;
    world.until("2026-11-23T05:31+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    let took = world.ear.sounds[0].until.since(world.ear.sounds[0].at.mono);
    assert!(took >= Duration::from_millis(30_300), "what a card did not take is not made up for: {took:?}");
}

/// However rarely it reports: what is swallowed is over at once (seeds 661, 2110 and 2873 of the simulation).
#[test]
fn a_player_whose_card_swallows_the_end_is_over_early() {
    let station = Arc::new(station(DEVICE, vec![slot("sang", "05:30", 1200)]));
    let (pace, at) = (Pace::even(Duration::from_millis(1800)), "2026-11-23T05:00+07".parse().unwrap());
    let mut world = rehearsal::World::new(station, Arc::new(library(vec![clip("a", 30)])), at, pace, Dice::new(0));
    world.until("2026-11-23T05:30:29+07".parse().unwrap());
    world.card = Card::Instant;
    world.until("2026-11-23T05:31+07".parse().unwrap());
    let sound = &world.ear.sounds[0];
    assert!(sound.until.since(sound.at.mono) < Duration::from_millis(29_100), "{sound:?}");
}

/// Seed 2048 of the simulation.
#[test]
fn a_run_that_was_silent_until_it_was_lost_is_not_forgotten() {
    let mut world = morning(DEVICE);
    world.card = Card::Silent;
    world.until("2026-11-23T05:30:20+07");
    world.card = Card::Killed(Duration::ZERO);
    world.run(Duration::from_millis(200));
    world.card = Card::Healthy;
    world.until("2026-11-23T05:31+07");
    check(&world, &["xa/sang@2026-11-23T05:30 unproven silent"]);
}

/// Seed 3629 of the simulation.
#[test]
fn what_was_lost_before_the_first_frame_is_no_reason_for_an_early_end() {
    let mut world = morning(DEVICE);
    world.card = Card::Absent;
    world.until("2026-11-23T05:30:05+07");
    world.card = Card::EndsEarly(Duration::from_secs(10));
    world.until("2026-11-23T05:31+07");
    check(&world, &["xa/sang@2026-11-23T05:30 partial clip_short"]);
}

/// 44.1 kHz played at 48: an hour of it would be over five minutes early.
#[test]
fn a_card_that_runs_at_another_rate_is_given_up_while_it_sounds() {
    let mut world = world(600);
    world.pace.crystal = 88_435;
    world.until("2026-11-23T05:30:30+07");
    check(&world, &[IMPLAUSIBLE]);
    assert_eq!(world.faults(), ["device_implausible"]);
    assert!(!world.plays());
}

#[test]
fn a_row_says_how_fast_its_sound_went() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:31+07");
    let pace = world.airings().last().unwrap().outputs[0].pace.unwrap();
    assert!((pace - 1.0).abs() < 0.001, "{pace}");
}
