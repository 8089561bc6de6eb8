//! Faults in the middle of a clip: shown with their remedy, healed by opening afresh, and told as the ear heard them.

use std::thread;
use std::time::Duration;

use jiff::SignedDuration;
use loaphuong::model::outcome::{Outcome, Reason};
use loaphuong::model::query::Row;
use loaphuong::model::status::SoundState;
use loaphuong::model::time::Mono;

use crate::ear::{Clip, babble_in, place, seconds, stretches};
use crate::rig::{Capture, RATE, Recording, Rig, now, wait_until};
use crate::station::{Slot, Station, audio, soon};

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
        Self::with(rig, Vec::new())
    }

    fn with(rig: &Rig, more: Vec<Slot>) -> Self {
        let clip = babble_in(&audio(rig, "tin"), "tin.wav", LENGTH, 51);
        let mut slots = vec![Slot::once("tin", soon())];
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
    let part = |stretch: std::ops::Range<usize>| {
        let (at, score) = place(&recording.samples[stretch.clone()], clip);
        assert!(score >= 0.9, "what was heard is not in the clip: score {score}");
        let (from, until) = (recording.at(stretch.start), recording.at(stretch.end));
        Part { at, length: seconds(stretch.len()), from, until }
    };
    // A scrap of a dying buffer is too short to be recognised.
    let stretches = stretches(recording).into_iter().filter(|stretch| stretch.len() > RATE as usize / 5);
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

/// What an outage cost: processor time, and lines of the log.
struct Meter {
    from: Mono,
    cpu: Duration,
}

impl Meter {
    fn start(station: &Station) -> Self {
        Self { from: now(), cpu: station.cpu() }
    }

    fn calm(&self, station: &Station) {
        let (took, cpu) = (now().since(self.from), station.cpu().saturating_sub(self.cpu));
        let complaints = station.complaints(self.from);
        println!("outage of {took:?}: processor {cpu:?}, {} lines of log\n{}", complaints.len(), complaints.join("\n"));
        assert!(cpu.as_secs_f64() <= took.as_secs_f64() * 0.05 + 0.05, "{cpu:?} of processor time in {took:?}");
        assert!(complaints.len() <= 3, "{} lines for one fault", complaints.len());
    }
}

fn has_fault(station: &Station, code: &str) -> bool {
    station.status().faults.iter().any(|fault| fault.code == code)
}

#[test]
fn the_sound_server_dies_and_comes_back() {
    let mut rig = Rig::new();
    let OnAir { clip, station, ear } = OnAir::new(&rig);
    let meter = Meter::start(&station);
    rig.kill();
    let before = ear.stop();
    let (fault, after) = station.wait_fault("device_absent", Duration::from_secs(3));
    println!("shown after {after:?}: {} {}", fault.message.en, fault.remedy.en);
    assert!(!fault.remedy.vi.is_empty() && fault.subject.as_deref() == Some("loa"));
    assert_eq!(station.status().on_air[0].sound, SoundState::Recovering);
    thread::sleep(Duration::from_millis(2_000));
    meter.calm(&station);
    rig.start();
    let (ear, back) = (rig.capture(), now());
    let row = station.wait_row(Duration::from_secs(30));
    let after = ear.stop();
    let mut heard = parts(&before, &clip);
    heard.extend(parts(&after, &clip));
    row_is_honest(&row, &heard, Reason::DeviceAbsent);
    let took = heard[1].from.since(back);
    println!("sound {took:?} after the server");
    assert!(took <= Duration::from_secs(5));
    assert!(!has_fault(&station, "device_absent"));
}

#[test]
fn the_speaker_is_taken_away_and_put_back() {
    let rig = Rig::new();
    let OnAir { clip, station, ear } = OnAir::new(&rig);
    let meter = Meter::start(&station);
    rig.unload_speaker();
    let before = ear.stop();
    let (_, after) = station.wait_fault("device_absent", Duration::from_secs(3));
    println!("shown after {after:?}");
    thread::sleep(Duration::from_millis(2_000));
    meter.calm(&station);
    rig.load_speaker("speaker");
    let ear = rig.capture();
    let row = station.wait_row(Duration::from_secs(30));
    let mut heard = parts(&before, &clip);
    heard.extend(parts(&ear.stop(), &clip));
    row_is_honest(&row, &heard, Reason::DeviceAbsent);
}

#[test]
fn the_sound_server_hangs_and_goes_on() {
    let rig = Rig::new();
    let next = soon() + SignedDuration::from_secs(25);
    audio(&rig, "sau");
    let after = babble_in(&audio(&rig, "sau"), "tin.wav", 1.0, 52);
    let OnAir { clip, station, ear } = OnAir::with(&rig, vec![Slot::once("sau", next)]);
    let meter = Meter::start(&station);
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
    assert!(crate::ear::same(&after, &recording.samples[last]) >= 0.95, "the next slot is not heard");
    assert_eq!(rows[1].airing.outcome, Outcome::Aired, "{:#?}", rows[1]);
    println!("{:?}", parts(&recording, &clip[..]));
    row_is_honest(&rows[0], &parts(&recording, &clip)[..2], Reason::DeviceStalled);
    assert!(!has_fault(&station, "device_stalled"));
}

#[test]
fn a_killed_player_is_replaced() {
    let rig = Rig::new();
    let OnAir { clip, station, ear } = OnAir::new(&rig);
    let meter = Meter::start(&station);
    station.kill_player();
    let row = station.wait_row(Duration::from_secs(30));
    assert!(station.complaints(meter.from).len() <= 3, "{}", station.log());
    let heard = parts(&ear.stop(), &clip);
    row_is_honest(&row, &heard, Reason::Process);
    assert!(row.airing.outputs[0].gap_s.0 <= 5.0 && row.airing.outcome == Outcome::Aired, "{row:#?}");
}

#[test]
fn a_server_that_comes_late_airs_late() {
    let mut rig = Rig::without_server();
    let clip = babble_in(&audio(&rig, "tin"), "tin.wav", 3.0, 53);
    let slot = Slot::once("tin", soon());
    let station = Station::start(&rig, &[slot]);
    let meter = Meter::start(&station);
    station.wait_fault("device_absent", Duration::from_secs(10));
    wait_until("the slot's time", Duration::from_secs(20), || !station.status().on_air.is_empty());
    thread::sleep(Duration::from_secs(2));
    meter.calm(&station);
    rig.start();
    let ear = rig.capture();
    let row = station.wait_row(Duration::from_secs(30));
    let recording = ear.stop();
    let heard = stretches(&recording);
    assert!(crate::ear::same(&clip, &recording.samples[heard[0].clone()]) >= 0.95);
    let late = crate::station::wall_at(recording.at(heard[0].start)).duration_since(row.airing.head.planned_at.at);
    let stated = row.airing.start_error_ms.unwrap();
    println!("heard {} ms late, row {stated}", late.as_millis());
    assert_eq!(row.airing.outcome, Outcome::Aired, "{row:#?}");
    assert!(stated > 2_000 && (late.as_millis() - i128::from(stated)).abs() <= 20, "{late:?}, row {stated} ms");
    assert!(!has_fault(&station, "device_absent"));
}

#[test]
fn without_a_device_the_row_says_so() {
    let rig = Rig::without_server();
    babble_in(&audio(&rig, "tin"), "tin.wav", 1.0, 54);
    let slot = Slot { start_within: "5s", ..Slot::once("tin", soon()) };
    let station = Station::start(&rig, &[slot]);
    let row = station.wait_row(Duration::from_secs(30));
    assert_eq!((row.airing.outcome, row.airing.reason), (Outcome::Missed, Some(Reason::DeviceAbsent)), "{row:#?}");
    assert!(has_fault(&station, "device_absent"));
}

/// ALSA's `null` takes all that it is given and says that all is well. Whoever believes it logs a success.
#[test]
fn a_device_that_swallows_proves_nothing() {
    let rig = Rig::with_alsa_null();
    babble_in(&audio(&rig, "tin"), "tin.wav", 4.0, 55);
    let begun = now();
    let naive = std::process::Command::new("aplay").arg(rig.path("audio/tin/tin.wav")).envs(rig.env()).output();
    let took = now().since(begun);
    assert!(naive.expect("aplay must be installed").status.success() && took < Duration::from_secs(2), "{took:?}");
    println!("aplay: success after {took:?} of 4 s");

    let station = Station::start(&rig, &[Slot::once("tin", soon())]);
    let row = station.wait_row(Duration::from_secs(30));
    let verdict = (Outcome::Unproven, Some(Reason::DeviceImplausible));
    assert_eq!((row.airing.outcome, row.airing.reason), verdict, "{row:#?}");
    assert!(has_fault(&station, "device_implausible"));
}
