//! No device, or one that is none, when the slot's time comes: tried again, told, and never a success.

use std::process::Command;
use std::thread;
use std::time::Duration;

use jiff::SignedDuration;
use loaphuong::clock;
use loaphuong::model::outcome::{Outcome, Reason};
use loaphuong::model::time::Mono;

use super::ear::{babble_in, same, stretches};
use super::outage::Outage;
use super::station::{Slot, Station, audio, soon, wall_at};
use crate::rig::{Rig, now};

#[test]
fn a_server_that_comes_late_airs_late() {
    let mut rig = Rig::without_server();
    let clip = babble_in(&audio(&rig, "tin"), "tin.wav", 3.0, 53);
    let due = soon();
    let station = Station::start(&rig, &[Slot::once("tin", due)]);
    station.wait_fault("device_absent", Duration::from_secs(10));
    let meter = Outage::begin(&station);
    thread::sleep(clock::now().mono_at(due).since(now()) + Duration::from_secs(2));
    meter.calm(&station);
    assert!(station.complaints(Mono(Duration::ZERO)).len() <= 3, "{}", station.log());
    rig.start();
    let ear = rig.capture();
    let row = station.wait_row(Duration::from_secs(30));
    let recording = ear.stop();
    let heard = stretches(&recording);
    assert!(same(&clip, &recording.samples[heard[0].clone()]) >= 0.95);
    let late = wall_at(recording.at(heard[0].start)).duration_since(row.airing.head.planned_at.at);
    let stated = row.airing.start_error_ms.unwrap();
    println!("heard {} ms late, row {stated}", late.as_millis());
    assert_eq!(row.airing.outcome, Outcome::Aired, "{row:#?}");
    assert!(stated > 2_000 && (late.as_millis() - i128::from(stated)).abs() <= 20, "{late:?}, row {stated} ms");
    assert!(!station.has_fault("device_absent"));
}

#[test]
fn without_a_device_the_row_says_so() {
    let rig = Rig::without_server();
    babble_in(&audio(&rig, "tin"), "tin.wav", 1.0, 54);
    let slot = Slot { start_within: "5s", ..Slot::once("tin", soon()) };
    let station = Station::start(&rig, &[slot]);
    let row = station.wait_row(Duration::from_secs(30));
    assert_eq!((row.airing.outcome, row.airing.reason), (Outcome::Missed, Some(Reason::DeviceAbsent)), "{row:#?}");
    assert!(station.has_fault("device_absent"));
}

/// ALSA's `null` takes all that it is given and says that all is well. Whoever believes it logs a success.
#[test]
fn a_device_that_swallows_proves_nothing() {
    let rig = Rig::with_alsa_null();
    babble_in(&audio(&rig, "tin"), "tin.wav", 4.0, 55);
    let begun = now();
    let naive = Command::new("aplay").arg(rig.path("audio/tin/tin.wav")).envs(rig.env()).output();
    let took = now().since(begun);
    assert!(naive.expect("aplay must be installed").status.success() && took < Duration::from_secs(2), "{took:?}");
    println!("aplay: success after {took:?} of 4 s");

    let station = Station::start(&rig, &[Slot::once("tin", soon())]);
    let row = station.wait_row(Duration::from_secs(30));
    let verdict = (Outcome::Unproven, Some(Reason::DeviceImplausible));
    assert_eq!((row.airing.outcome, row.airing.reason), verdict, "{row:#?}");
    assert!(station.has_fault("device_implausible"));
}

#[test]
fn a_device_that_answers_too_late_stays_silent() {
    let rig = Rig::new();
    babble_in(&audio(&rig, "tin"), "tin.wav", 1.0, 56);
    let next = babble_in(&audio(&rig, "sau"), "tin.wav", 1.5, 57);
    let due = soon();
    let slots =
        [Slot { start_within: "2s", ..Slot::once("tin", due) }, Slot::once("sau", due + SignedDuration::from_secs(13))];
    let ear = rig.capture();
    rig.hang();
    let station = Station::start(&rig, &slots);
    thread::sleep(clock::now().mono_at(due).since(now()) + Duration::from_secs(4));
    assert!(station.has_fault("device_stalled"));
    rig.unhang();
    let rows = station.wait_rows(2, Duration::from_secs(40));
    let verdict = (Outcome::Missed, Some(Reason::DeviceStalled));
    assert_eq!((rows[0].airing.outcome, rows[0].airing.reason), verdict, "{:#?}", rows[0]);
    let recording = ear.stop();
    let heard = stretches(&recording);
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(same(&next, &recording.samples[heard[0].clone()]) >= 0.95);
    assert_eq!(rows[1].airing.outcome, Outcome::Aired, "{:#?}", rows[1]);
    assert!(!station.has_fault("device_stalled"));
}
