//! An ear at the output: what was heard is held against what was sent, and an ear that fails disturbs nobody.

use std::fs;
use std::time::Duration;

use loaphuong::model::playback::{End, FromPlayer, Job, Listened, ToPlayer};
use loaphuong::model::station::Listen;

use crate::child::Player;
use crate::rig::{Recording, Rig, matches, now};
use crate::route::clip;

const PATIENCE: Duration = Duration::from_secs(10);

/// A rig with ears: `ear` at the speaker, `elsewhere` at another one.
fn rig() -> Rig {
    let rig = Rig::new();
    rig.load_speaker("other");
    let ear = |name: &str, sink: &str| {
        format!("pcm.{name} {{ type pulse device {sink}.monitor hint {{ show on description {name} }} }}\n")
    };
    let old = fs::read_to_string(rig.path("asound.conf")).unwrap();
    fs::write(rig.path("asound.conf"), old + &ear("ear", "speaker") + &ear("elsewhere", "other")).unwrap();
    rig
}

/// Plays a clip of so many seconds with this ear; `meanwhile` when the device is ready.
fn heard_by(rig: &Rig, ear: &str, seconds: f64, meanwhile: impl Fn()) -> Listened {
    let listen = Some(Listen { device: Some(ear.to_owned()), at_least: 0.4 });
    let (mut player, _) = Player::ready(rig, Job { listen, ..clip(rig, seconds) });
    player.tell(&ToPlayer::Begin { at: now().plus(Duration::from_millis(300)) });
    meanwhile();
    let FromPlayer::Ended { progress, end, listened, .. } = player.last(PATIENCE).0 else {
        panic!("{:?}", player.said)
    };
    let consumed = progress.consumed.lasting(progress.rate).as_secs_f64();
    assert!((consumed - seconds).abs() < 0.001 && end == End::Whole, "{consumed} s of {seconds}, {end:?}");
    let listened = listened.expect("what was heard");
    println!("{ear}: {listened:?}");
    listened
}

#[test]
fn the_monitor_hears_what_was_sent() {
    let rig = rig();
    // A PC that is busy with something else may starve the sound: then what was heard is not what was sent.
    let once = || heard_by(&rig, "ear", 3.0, || {});
    let listened = (0..5).map(|_| once()).find(|listened| listened.score.is_some_and(|score| score >= 0.98));
    let listened = listened.expect("never the same in five attempts");
    assert!(listened.lag <= Duration::from_millis(100), "{listened:?}");
    assert!((-40.0..-5.0).contains(&listened.level.0) && listened.trouble.is_none(), "{listened:?}");
}

#[test]
fn an_ear_in_another_room_hears_nothing() {
    let listened = heard_by(&rig(), "elsewhere", 2.0, || {});
    assert!(listened.score.is_some_and(|score| score < 0.2), "{listened:?}");
    assert!(listened.level.0 <= -60.0 && listened.trouble.is_none(), "{listened:?}");
}

#[test]
fn a_muted_speaker_is_heard_by_nobody() {
    let rig = rig();
    rig.control(&["set-sink-mute", "speaker", "1"]);
    let listened = heard_by(&rig, "ear", 2.0, || {});
    assert!(listened.score.is_some_and(|score| score < 0.2), "{listened:?}");
}

#[test]
fn an_ear_that_fails_disturbs_nobody() {
    let rig = rig();
    let listened = heard_by(&rig, "không có", 2.0, || {});
    assert!(listened.score.is_none() && listened.trouble.is_some_and(|why| why.starts_with("không có: ")));
    let ear = rig.capture();
    // One that falls silent in the middle, with the speaker that it is at.
    let listened = heard_by(&rig, "elsewhere", 3.0, || {
        std::thread::sleep(Duration::from_secs(1));
        rig.control(&["suspend-sink", "other", "1"]);
    });
    assert!(listened.score.is_none_or(|score| score < 0.2), "{listened:?}");
    let (sent, heard) = (Recording::read(&rig.path("bai.wav")), ear.stop());
    let (score, _) = matches(&sent.samples, &heard.samples, heard.rate);
    assert!(score >= 0.95, "the output was disturbed: {score}");
}
