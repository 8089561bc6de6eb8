//! Where the sound goes: muted and rerouted devices, and what a row says of them.

use std::time::Duration;

use loaphuong::model::playback::Route;
use loaphuong::model::station::OutputKind;
use loaphuong::model::status::{OutputState, SoundState};
use loaphuong::model::units::{Decibel, Lufs};

use crate::DEVICE;
use crate::stations::{clip, library, slot, station};
use crate::world::{Card, World};
use crate::{check, morning};

const SECOND: Duration = Duration::from_secs(1);

/// What the status says of the output.
fn state(world: &World) -> OutputState {
    world.engine.status(world.now).outputs[0].state
}

#[test]
fn a_muted_device_is_shown_at_once_and_proves_nothing() {
    let mut world = morning(DEVICE);
    world.card = Card::Muted(10 * SECOND);
    world.until("2026-11-23T05:30:09+07");
    assert!(world.faults().is_empty());
    assert_eq!(state(&world), OutputState::OnAir);
    world.until("2026-11-23T05:30:12+07");
    assert_eq!(world.faults(), ["device_muted"]);
    assert_eq!(world.engine.status(world.now).on_air[0].sound, SoundState::Muted);
    assert_eq!(state(&world), OutputState::Faulty, "on air, and nobody hears it");
    world.card = Card::Healthy;
    world.until("2026-11-23T05:30:15+07");
    assert!(world.faults().is_empty(), "unmuted: the fault is over");
    world.until("2026-11-23T05:31+07");
    check(&world, &["xa/sang@2026-11-23T05:30 unproven device_muted"]);
    let output = &world.airings().last().unwrap().outputs[0];
    assert!((output.muted_s.0 - 2.0).abs() < 0.3, "{}", output.muted_s.0);
    assert_eq!((output.route, output.identity.as_deref()), (Some(Route::Right), Some("speaker")));
}

#[test]
fn sound_that_went_elsewhere_is_stopped_and_opened_afresh() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:30:10+07");
    world.card = Card::Elsewhere(Duration::ZERO);
    world.until("2026-11-23T05:30:12+07");
    assert_eq!(world.faults(), ["device_rerouted"]);
    world.card = Card::Healthy;
    world.until("2026-11-23T05:30:16+07");
    assert!(world.faults().is_empty(), "back where it belongs within five seconds: {:?}", world.faults());
    world.until("2026-11-23T05:32+07");
    check(&world, &["xa/sang@2026-11-23T05:30 unproven device_rerouted"]);
    assert!(world.airings().last().unwrap().outputs[0].reopened >= 1);
}

#[test]
fn an_output_is_idle_then_ready_then_on_air_then_idle() {
    let mut world = morning(DEVICE);
    let mut seen = Vec::new();
    for at in ["05:10:00", "05:29:58", "05:30:10", "05:31:00"] {
        world.until(&format!("2026-11-23T{at}+07"));
        seen.push(state(&world));
    }
    assert_eq!(seen, [OutputState::Idle, OutputState::Ready, OutputState::OnAir, OutputState::Idle]);
}

#[test]
fn muted_before_the_first_frame_is_muted() {
    let mut world = morning(DEVICE);
    world.card = Card::Muted(Duration::ZERO);
    world.until("2026-11-23T05:29:58+07");
    assert_eq!(world.faults(), ["device_muted"], "seconds before the slot");
    assert_eq!(state(&world), OutputState::Faulty, "open, and not ready");
    world.until("2026-11-23T05:31+07");
    check(&world, &["xa/sang@2026-11-23T05:30 unproven device_muted"]);
}

#[test]
fn every_output_has_its_own_evidence_and_skew() {
    let mut station = station(DEVICE, vec![slot("sang", "05:30", 1200)]);
    let mut second = station.outputs[0].clone();
    second.id = "loa-hai".parse().unwrap();
    second.kind = OutputKind::Device { name: Some("hai".into()) };
    second.volume = Lufs(-22.0);
    station.outputs.push(second);
    station.communes[0].outputs.push("loa-hai".parse().unwrap());
    station.communes[0].slots[0].level.volume = Decibel(-2.0);
    let mut world = World::new(station, library(vec![clip("a", 30)]), "2026-11-23T05:00+07");
    world.cards.insert("hai".into(), Card::Muted(5 * SECOND));
    world.until("2026-11-23T05:31+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    let row = world.airings().last().unwrap();
    let told: Vec<_> = row.outputs.iter().map(|o| (o.outcome.code(), o.items[0].loudness_lufs)).collect();
    assert_eq!(told, [("aired", Some(-18.0)), ("unproven", Some(-24.0))]);
    assert!(row.outputs.iter().all(|o| o.skew_ms.is_some() && o.started_at.is_some()));
    assert_eq!(row.items[0].loudness_lufs, Some(-18.0), "of the output that did best");
}
