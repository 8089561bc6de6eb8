//! The player that is kept ready for an emergency, where the sound server is not the one that it has seen.

use std::thread;
use std::time::Duration;

use jiff::SignedDuration;

use super::ear::{babble_in, same, stretches};
use super::station::{Slot, Station, audio, soon};
use crate::rig::{Rig, wait_until};

/// Airs an emergency with what is ready after `change`, and listens.
fn heard_after(mut rig: Rig, change: impl FnOnce(&mut Rig)) {
    let clip = babble_in(&audio(&rig, "khan-cap"), "lu.wav", 1.0, 5);
    audio(&rig, "tin");
    let station = Station::start(&rig, &[Slot::once("tin", soon() + SignedDuration::from_hours(1))]);
    wait_until("clips", Duration::from_secs(20), || station.get("/v1/clips").1.contains("lu.wav"));
    wait_until("a spare player", Duration::from_mins(1), || station.spares().len() == 1);
    // It loads what it needs.
    thread::sleep(Duration::from_millis(500));
    let ready = station.spares();
    change(&mut rig);
    let ear = rig.capture();
    let (status, answer) = station.post("/v1/emergency", r#"{"clip":"khan-cap/lu.wav","why":"Thử","repeat":1}"#);
    assert_eq!(status, 202, "{answer}");
    wait_until("it to play", Duration::from_secs(5), || station.players() == ready);
    station.wait_row(Duration::from_secs(20));
    let recording = ear.stop();
    let heard = stretches(&recording);
    let [once] = &heard[..] else { panic!("{heard:?}\n{}", station.log()) };
    let score = same(&clip, &recording.samples[once.clone()]);
    assert!(score >= 0.95, "score {score}");
}

#[test]
fn a_sound_server_that_was_started_anew_makes_no_difference_to_a_spare() {
    heard_after(Rig::new(), |rig| {
        rig.kill();
        rig.start();
    });
}

#[test]
fn nor_does_one_that_was_not_there_when_the_spare_was_started() {
    heard_after(Rig::without_server(), Rig::start);
}
