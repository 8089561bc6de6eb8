//! Faults in the middle of a clip: shown with their remedy, healed by opening afresh, and told as the ear heard them.

use std::ops::Range;
use std::thread;
use std::time::Duration;

use jiff::SignedDuration;
use loaphuong::model::outcome::{Outcome, Reason};
use loaphuong::model::query::Row;
use loaphuong::model::status::SoundState;
use loaphuong::model::time::Mono;

use super::ear::{Clip, babble_in, place, same, seconds, stretches};
use super::outage::Outage;
use super::station::{Slot, Station, audio, soon};
use crate::rig::{Capture, RATE, Recording, Rig, now};

/// Length of the clip that is interrupted.
const LENGTH: f64 = 8.0;
/// When it is interrupted.
const CUT: f64 = 2.0;
/// How far apart row and ear may be: what the device's buffer held when it died.
const BUFFER: f64 = 0.15;

/// A station in the middle of its clip, with an ear at its speaker.
struct OnAir {
    clip: Clip,
    station: Station,
    ear: Capture,
}

impl OnAir {
    fn new(rig: &Rig) -> Self {
        Self::with(rig, "30s", Vec::new())
    }

    /// The slot may begin so late, and there are others.
    fn with(rig: &Rig, start_within: &'static str, more: Vec<Slot>) -> Self {
        let clip = babble_in(&audio(rig, "tin"), "tin.wav", LENGTH, 51);
        let mut slots = vec![Slot { start_within, ..Slot::once("tin", soon()) }];
        slots.extend(more);
        let ear = rig.capture();
        let station = Station::start(rig, &slots);
        station.wait_played(CUT);
        Self { clip, station, ear }
    }
}

/// A stretch of sound: which part of the clip it was, and when it began and ended.
#[derive(Debug)]
struct Part {
    at: f64,
    length: f64,
    from: Mono,
    until: Mono,
}

/// The parts of the clip in a recording, each found by its sound.
fn parts(recording: &Recording, clip: &[f32]) -> Vec<Part> {
    parts_of(recording, stretches(recording), clip)
}

fn parts_of(recording: &Recording, stretches: Vec<Range<usize>>, clip: &[f32]) -> Vec<Part> {
    let part = |stretch: Range<usize>| {
        let (at, score) = place(&recording.samples[stretch.clone()], clip);
        println!(
            "{:.3}..{:.3} s: at {at:.3} of the clip, score {score:.4}",
            seconds(stretch.start),
            seconds(stretch.end)
        );
        assert!(score >= 0.9, "what was heard is not in the clip: score {score}");
        let (from, until) = (recording.at(stretch.start), recording.at(stretch.end));
        Part { at, length: seconds(stretch.len()), from, until }
    };
    // A scrap of a dying buffer is too short to be recognised.
    let stretches = stretches.into_iter().filter(|stretch| stretch.len() > RATE as usize / 5);
    stretches.map(part).collect()
}

/// The row against the ear: two parts and one gap, and a verdict that follows from them.
fn row_is_honest(row: &Row, parts: &[Part], why: Reason) {
    println!("{parts:?}\n{}: {:?} {:?}", row.airing.head.id, row.airing.outcome, row.airing.reason);
    let [first, second] = parts else { panic!("{parts:?}\n{row:#?}") };
    let output = &row.airing.outputs[0];
    let (heard, gap) = (first.length + second.length, second.from.since(first.until).as_secs_f64());
    println!("heard {heard:.3} s, gap {gap:.3} s; row {:.3} s, gap {:.3} s", output.played_s.0, output.gap_s.0);
    assert!((second.at - first.length).abs() <= BUFFER + 0.02, "it goes on where it was lost: {parts:?}");
    assert!((heard - output.played_s.0).abs() <= BUFFER, "{row:#?}");
    assert!((gap - output.gap_s.0).abs() <= BUFFER, "{row:#?}");
    let whole = output.played_s.0 >= LENGTH - 0.05 && output.gap_s.0 <= 5.0;
    let verdict = if whole { (Outcome::Aired, None) } else { (Outcome::Partial, Some(why)) };
    assert_eq!((row.airing.outcome, row.airing.reason), verdict, "{row:#?}");
    assert!(output.reopened >= 1, "{row:#?}");
}

#[test]
fn the_sound_server_dies_and_comes_back() {
    let mut rig = Rig::new();
    let OnAir { clip, station, ear } = OnAir::new(&rig);
    let meter = Outage::begin(&station);
    rig.kill();
    let before = ear.stop();
    let (fault, after) = station.wait_fault("device_absent", Duration::from_secs(3));
    println!("shown after {after:?}: {} {}", fault.message.en, fault.remedy.en);
    assert!(!fault.remedy.vi.is_empty() && fault.subject.as_deref() == Some("loa"));
    assert_eq!(station.status().on_air[0].sound, SoundState::Recovering);
    thread::sleep(Duration::from_secs(2));
    meter.calm(&station);
    let back = now();
    rig.start();
    let ear = rig.capture();
    let row = station.wait_row(Duration::from_secs(30));
    let after = ear.stop();
    let mut heard = parts(&before, &clip);
    heard.extend(parts(&after, &clip));
    row_is_honest(&row, &heard, Reason::DeviceAbsent);
    let took = heard[1].from.since(back);
    println!("sound {took:?} after the server");
    assert!(took <= Duration::from_secs(5));
    assert!(!station.has_fault("device_absent"));
}

#[test]
fn the_speaker_is_taken_away_and_put_back() {
    let rig = Rig::new();
    let OnAir { clip, station, ear } = OnAir::new(&rig);
    let meter = Outage::begin(&station);
    rig.unload_speaker();
    let before = ear.stop();
    let (_, after) = station.wait_fault("device_absent", Duration::from_secs(3));
    println!("shown after {after:?}");
    // Longer than the gaps that a whole airing may have.
    thread::sleep(Duration::from_millis(5_500));
    meter.calm(&station);
    rig.load_speaker("speaker");
    let ear = rig.capture();
    let row = station.wait_row(Duration::from_secs(30));
    let mut heard = parts(&before, &clip);
    heard.extend(parts(&ear.stop(), &clip));
    row_is_honest(&row, &heard, Reason::DeviceAbsent);
    assert_eq!(row.airing.outcome, Outcome::Partial);
}

#[test]
fn a_sound_server_that_stays_dead_leaves_a_part() {
    let mut rig = Rig::new();
    let OnAir { clip, station, ear } = OnAir::with(&rig, "1s", Vec::new());
    rig.kill();
    let heard = parts(&ear.stop(), &clip);
    let row = station.wait_row(Duration::from_secs(30));
    let [first] = &heard[..] else { panic!("{heard:?}") };
    let played = row.airing.outputs[0].played_s.0;
    println!("heard {:.3} s, row {played:.3} s", first.length);
    let verdict = (Outcome::Partial, Some(Reason::DeviceAbsent));
    assert_eq!((row.airing.outcome, row.airing.reason), verdict, "{row:#?}");
    assert!((first.length - played).abs() <= BUFFER, "{row:#?}");
    assert!(station.has_fault("device_absent"));
}

#[test]
fn the_sound_server_hangs_and_goes_on() {
    let rig = Rig::new();
    let next = soon() + SignedDuration::from_secs(15);
    let after = babble_in(&audio(&rig, "sau"), "tin.wav", 1.0, 52);
    let OnAir { clip, station, ear } = OnAir::with(&rig, "30s", vec![Slot::once("sau", next)]);
    let meter = Outage::begin(&station);
    rig.hang();
    let (fault, shown) = station.wait_fault("device_stalled", Duration::from_millis(3_500));
    println!("shown after {shown:?}: {}", fault.remedy.en);
    let hung = now();
    while now().since(hung) < Duration::from_secs(2) {
        assert_eq!(station.get("/healthz").0, 200);
        thread::sleep(Duration::from_millis(50));
    }
    meter.calm(&station);
    rig.unhang();
    let rows = station.wait_rows(2, Duration::from_secs(50));
    let recording = ear.stop();
    let mut heard = stretches(&recording);
    let last = heard.pop().unwrap();
    assert!(same(&after, &recording.samples[last]) >= 0.95, "the next slot is not heard");
    assert_eq!(rows[1].airing.outcome, Outcome::Aired, "{:#?}", rows[1]);
    row_is_honest(&rows[0], &parts_of(&recording, heard, &clip), Reason::DeviceStalled);
    assert!(!station.has_fault("device_stalled"));
}

#[test]
fn a_killed_player_is_replaced() {
    let rig = Rig::new();
    let OnAir { clip, station, ear } = OnAir::new(&rig);
    let meter = Outage::begin(&station);
    station.kill_player();
    let row = station.wait_row(Duration::from_secs(30));
    assert!(station.complaints(meter.from).len() <= 3, "{}", station.log());
    let heard = parts(&ear.stop(), &clip);
    row_is_honest(&row, &heard, Reason::Process);
    assert!(row.airing.outputs[0].gap_s.0 <= 5.0 && row.airing.outcome == Outcome::Aired, "{row:#?}");
}
