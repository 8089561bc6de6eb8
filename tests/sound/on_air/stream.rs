//! A stream beside a card: each fails for itself, comes back for itself, and is accounted for by itself.

use std::thread;
use std::time::Duration;

use loaphuong::model::airing::OutputResult;
use loaphuong::model::outcome::Outcome;
use loaphuong::model::query::Row;

use super::ear::{Clip, babble_in, place, seconds, stretches};
use super::station::{Other, Slot, Station, audio, soon};
use crate::icecast_rig::{Heard, Icecast};
use crate::rig::{Recording, Rig, now, wait_until};

const MOUNT: &str = "/xa.opus";
/// The id of the stream's output.
const STREAM: &str = "mang";
const LENGTH: f64 = 9.0;
const PATIENCE: Duration = Duration::from_secs(30);
/// What may be heard of a page that was not counted, or of one that was counted and lost.
const PAGES: f64 = 0.35;

/// A station with a card and a stream, and its only clip.
fn station(rig: &Rig, icecast: &Icecast) -> (Station, Clip) {
    let clip = babble_in(&audio(rig, "tin"), "tin.wav", LENGTH, 71);
    let others = [Other { id: STREAM, keys: icecast.keys(MOUNT) }];
    (Station::start_on(rig, "500ms", &others, &[Slot::once("tin", soon())]), clip)
}

fn on_the_mount(icecast: &Icecast) {
    wait_until("the stream", PATIENCE, || icecast.listeners(MOUNT).is_some());
}

fn result<'a>(row: &'a Row, output: &str) -> &'a OutputResult {
    row.airing.outputs.iter().find(|result| result.output.to_string() == output).expect("the output")
}

/// Which part of the clip a listener heard: from where, and how long, in seconds.
fn part(rig: &Rig, clip: &Clip, heard: &Heard) -> (f64, f64) {
    let heard = heard.sound(&rig.path(""));
    let (first, last) = (heard.onset(0.005).expect("sound"), heard.last(0.005).unwrap());
    let sound = &heard.samples[first..=last];
    let (at, score) = place(sound, clip);
    let length = heard.at(sound.len()).since(heard.first_at).as_secs_f64();
    println!("a listener heard {length:.3} s from {at:.3} s on, score {score:.4}");
    // A part lies anywhere between the windows of the measure.
    assert!(score >= 0.95, "{score}");
    (at, length)
}

/// The card has played on as if nothing had been.
fn card_is_whole(row: &Row, heard: &Recording) {
    let card = result(row, "loa");
    assert_eq!((card.outcome, card.reopened), (Outcome::Aired, 0), "{row:#?}");
    assert!(card.played_s.0 >= LENGTH - 0.05 && card.gap_s.0 < 0.001, "{row:#?}");
    // A busy PC may stretch it, but nothing is missing.
    let loud = stretches(heard).into_iter().map(|stretch| seconds(stretch.len())).sum::<f64>();
    assert!(loud >= LENGTH - 0.1, "{loud} s heard");
}

/// The stream was lost, came back where it was lost, and its row says so.
fn stream_came_back(rig: &Rig, row: &Row, clip: &Clip, before: &Heard, after: &Heard) {
    let (first, second) = (part(rig, clip, before), part(rig, clip, after));
    let stream = result(row, STREAM);
    println!("{:?} {:?}, {:.3} s, gap {:.3} s", stream.outcome, stream.reason, stream.played_s.0, stream.gap_s.0);
    assert!(stream.reopened >= 1 && stream.gap_s.0 > 0.5, "{row:#?}");
    assert!((second.0 - first.1).abs() <= PAGES, "it goes on where it was lost: {first:?} {second:?}");
    assert!((stream.played_s.0 - first.1 - second.1).abs() <= PAGES, "{row:#?}");
    let whole = stream.played_s.0 >= LENGTH - 0.05 && stream.gap_s.0 <= 5.0;
    assert_eq!(stream.outcome, if whole { Outcome::Aired } else { Outcome::Partial }, "{row:#?}");
}

#[test]
fn the_server_of_a_stream_dies_and_comes_back() {
    let (rig, mut icecast) = (Rig::new(), Icecast::new());
    let ear = rig.capture();
    let (station, clip) = station(&rig, &icecast);
    on_the_mount(&icecast);
    let listener = icecast.listen(MOUNT);
    station.wait_played(2.0);
    let died = now();
    icecast.kill();
    let before = listener.until_the_end();
    let (fault, shown) = station.wait_fault("device_absent", Duration::from_secs(2));
    println!("shown after {shown:?}: {} {}", fault.message.en, fault.remedy.en);
    assert_eq!(fault.subject.as_deref(), Some(STREAM));
    assert!(fault.message.en.contains("streaming server"), "{fault:?}");
    thread::sleep(Duration::from_secs(1));
    icecast.start();
    let back = now();
    on_the_mount(&icecast);
    let listener = icecast.listen(MOUNT);
    println!("on the mount {:?} after the server", now().since(back));
    assert!(now().since(back) <= Duration::from_secs(5));
    let row = station.wait_row(PATIENCE);
    let complaints = station.complaints(died);
    assert!(complaints.len() <= 3, "{complaints:#?}");
    card_is_whole(&row, &ear.stop());
    stream_came_back(&rig, &row, &clip, &before, &listener.until_the_end());
    assert!(!station.has_fault("device_absent"));
}

#[test]
fn the_server_of_a_stream_hangs_and_goes_on() {
    let (rig, icecast) = (Rig::new(), Icecast::new());
    let ear = rig.capture();
    let (station, clip) = station(&rig, &icecast);
    on_the_mount(&icecast);
    let listener = icecast.listen(MOUNT);
    station.wait_played(2.0);
    let hung = now();
    icecast.hang();
    let (fault, shown) = station.wait_fault("device_stalled", Duration::from_secs(3));
    println!("shown after {shown:?}: {} {}", fault.message.en, fault.remedy.en);
    assert_eq!(fault.subject.as_deref(), Some(STREAM));
    let before = listener.stop();
    icecast.unhang();
    let back = now();
    wait_until("the stream", PATIENCE, || !station.has_fault("device_stalled") && !station.has_fault("device_absent"));
    on_the_mount(&icecast);
    println!("back {:?} after the server", now().since(back));
    assert!(now().since(back) <= Duration::from_secs(5));
    let row = station.wait_row(PATIENCE);
    let complaints = station.complaints(hung);
    assert!(complaints.len() <= 3, "{complaints:#?}");
    card_is_whole(&row, &ear.stop());
    let (_, heard) = part(&rig, &clip, &before);
    let stream = result(&row, STREAM);
    println!("{:?} {:?}, {:.3} s, gap {:.3} s", stream.outcome, stream.reason, stream.played_s.0, stream.gap_s.0);
    assert!(stream.reopened >= 1 && stream.gap_s.0 > 0.5 && heard < LENGTH, "{row:#?}");
}

#[test]
fn the_card_dies_and_the_stream_goes_on() {
    let (mut rig, icecast) = (Rig::new(), Icecast::new());
    let (station, clip) = station(&rig, &icecast);
    on_the_mount(&icecast);
    let listener = icecast.listen(MOUNT);
    station.wait_played(2.0);
    rig.kill();
    let (fault, _) = station.wait_fault("device_absent", Duration::from_secs(3));
    assert_eq!(fault.subject.as_deref(), Some("loa"));
    let heard = listener.until_the_end();
    rig.start();
    let row = station.wait_row(PATIENCE);
    let stream = result(&row, STREAM);
    assert_eq!((stream.outcome, stream.reopened), (Outcome::Aired, 0), "{row:#?}");
    let score = heard.score(&clip, &rig.path(""));
    assert!(score >= 0.98, "{score}");
    assert!(stream.device.as_deref().is_some_and(|device| device == icecast.url(MOUNT)), "{row:#?}");
}
