//! Faults at random moments of random clips, with the ear as the judge: no row says `aired` unless the right speaker played
//! 98 % of the clip. `SOUND_FAULT_RUNS=200` for a long campaign, `SOUND_FAULT_SEED` for another one,
//! `SOUND_FAULT_FROM=17 SOUND_FAULT_RUNS=1` for one run of it.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use loaphuong::model::outcome::Outcome;
use loaphuong::model::query::Row;
use loaphuong::rehearsal::Dice;

use super::ear::{babble_in, place, place_of_samples, seconds, stretches};
use super::station::{Slot, Station, audio, soon};
use crate::rig::{Capture, RATE, Recording, Rig, now};
use crate::route::{as_on_a_desktop, stream_if_any};

/// How much of a clip must have been heard.
const WHOLE: f64 = 0.98;
/// Stations that play at the same time.
const AT_ONCE: usize = 4;

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// ALSA's `null` from the beginning.
    Null,
    /// The speaker goes away, and the server saves the stream onto its stand-in.
    Rerouted,
    /// Somebody moves the stream to another speaker.
    Moved,
    /// The speaker is muted.
    Muted,
    /// Its volume is at zero.
    Quiet,
    /// The stream is muted.
    StreamMuted,
    /// The server hangs.
    Hung,
    /// The speaker goes away and is back at once.
    Instant,
    /// The server dies.
    Killed,
}

const FAULTS: [Fault; 9] = [
    Fault::Null,
    Fault::Rerouted,
    Fault::Muted,
    Fault::Hung,
    Fault::Instant,
    Fault::Killed,
    Fault::Moved,
    Fault::Quiet,
    Fault::StreamMuted,
];

impl Fault {
    fn rig(self) -> Rig {
        if self == Self::Null {
            return Rig::with_alsa_null();
        }
        let rig = Rig::new();
        match self {
            Self::Rerouted => as_on_a_desktop(&rig),
            Self::Moved => rig.load_speaker("other"),
            _ => {}
        }
        rig
    }

    fn begin(self, rig: &mut Rig) {
        match self {
            Self::Null => {}
            Self::Rerouted => rig.unload_speaker(),
            Self::Moved => on_stream(rig, "move-sink-input", "other"),
            Self::Muted => rig.control(&["set-sink-mute", "speaker", "1"]),
            Self::Quiet => rig.control(&["set-sink-volume", "speaker", "0"]),
            Self::StreamMuted => on_stream(rig, "set-sink-input-mute", "1"),
            Self::Hung => rig.hang(),
            Self::Instant => {
                rig.unload_speaker();
                rig.load_speaker("speaker");
            }
            Self::Killed => rig.kill(),
        }
    }

    fn end(self, rig: &mut Rig) {
        match self {
            Self::Null | Self::Instant => {}
            Self::Rerouted => rig.load_speaker("speaker"),
            Self::Moved => on_stream(rig, "move-sink-input", "speaker"),
            Self::Muted => rig.control(&["set-sink-mute", "speaker", "0"]),
            Self::Quiet => rig.control(&["set-sink-volume", "speaker", "100%"]),
            Self::StreamMuted => on_stream(rig, "set-sink-input-mute", "0"),
            Self::Hung => rig.unhang(),
            Self::Killed => rig.start(),
        }
    }

    /// Does it take the ear away too?
    fn deafens(self) -> bool {
        matches!(self, Self::Rerouted | Self::Killed)
    }
}

/// Does this to the stream that plays, if one does just now.
fn on_stream(rig: &Rig, what: &str, value: &str) {
    if let Some(stream) = stream_if_any(rig) {
        // It may end in the same moment.
        rig.try_control(&[what, &stream, value]);
    }
}

/// How much of the clip these recordings hold, 0–1.
fn heard(clip: &[f32], recordings: &[Recording]) -> f64 {
    let mut known = vec![false; clip.len()];
    for recording in recordings {
        for stretch in stretches(recording) {
            let part = &recording.samples[stretch];
            // An envelope of a tenth of a second fits in many places; its samples fit in one.
            let at = place_of_samples(part, clip).unwrap_or_else(|| place(part, clip).0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a clip")]
            let at = ((at * f64::from(RATE)) as usize).min(clip.len());
            let until = (at + part.len()).min(clip.len());
            known[at..until].fill(true);
        }
    }
    seconds(known.iter().filter(|known| **known).count()) / seconds(clip.len())
}

/// One station, one clip, one fault: what was heard of the clip, and the row.
fn run(number: u64, seed: u64) -> (Fault, f64, Row, String) {
    let mut dice = Dice::new(seed.wrapping_mul(1_000_003).wrapping_add(number));
    let mut millis = |below: u64| Duration::from_millis(dice.below(below));
    let fault = FAULTS[usize::try_from(number).unwrap() % FAULTS.len()];
    let length = Duration::from_secs(2) + millis(2_000);
    let (cut, lasts) = (millis(u64::try_from(length.as_millis()).unwrap()), millis(6_000));
    let mut rig = fault.rig();
    let seed = u32::try_from(number % 1_000).unwrap() + 900;
    let clip = babble_in(&audio(&rig, "tin"), "tin.wav", length.as_secs_f64(), seed);
    let mut ears: Vec<Capture> = Vec::new();
    ears.extend((fault != Fault::Null).then(|| rig.capture()));
    let due = soon();
    let station = Station::start(&rig, &[Slot { start_within: "4s", ..Slot::once("tin", due) }]);
    let due = loaphuong::clock::now().mono_at(due);
    thread::sleep(due.plus(cut).since(now()));
    // Nothing sounds before the ear is back: it could not be heard.
    ears.extend(station.held(|| {
        fault.begin(&mut rig);
        (fault == Fault::Instant).then(|| rig.capture())
    }));
    // Half of the faults last until the row is there.
    let mends = lasts < Duration::from_secs(3);
    if mends {
        thread::sleep(lasts);
        ears.extend(station.held(|| {
            fault.end(&mut rig);
            fault.deafens().then(|| rig.capture())
        }));
    }
    let row = station.wait_row(Duration::from_mins(1));
    if !mends && fault == Fault::Hung {
        fault.end(&mut rig);
    }
    thread::sleep(Duration::from_millis(200));
    let recordings: Vec<Recording> = ears.into_iter().map(Capture::stop).collect();
    let how = format!(
        "{length:?} long, cut at {cut:?}, for {}",
        if mends { format!("{lasts:?}") } else { "good".to_owned() }
    );
    (fault, heard(&clip, &recordings), row, how)
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().map_or(usual, |value| value.parse().expect("a number"))
}

#[test]
fn faults_campaign() {
    let (runs, seed) = (setting("SOUND_FAULT_RUNS", 6), setting("SOUND_FAULT_SEED", 1));
    let from = setting("SOUND_FAULT_FROM", 0);
    let (next, done) = (AtomicU64::new(from), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= from + runs {
                        return;
                    }
                    let (fault, heard, row, how) = run(number, seed);
                    let (outcome, reason) = (row.airing.outcome, row.airing.reason);
                    println!("{number}: {fault:?}, {how}: heard {:.1} %, row {outcome:?} {reason:?}", heard * 100.0);
                    let lie = outcome == Outcome::Aired && heard < WHOLE;
                    done.lock().unwrap().push((
                        fault,
                        outcome,
                        lie.then(|| format!("{number}: {fault:?}, {how}: heard {heard:.3}: {:?}", row.airing.outputs)),
                    ));
                }
            });
        }
    });
    let done = done.into_inner().unwrap();
    let mut table: BTreeMap<(Fault, Outcome), usize> = BTreeMap::new();
    for (fault, outcome, _) in &done {
        *table.entry((*fault, *outcome)).or_default() += 1;
    }
    println!("{runs} runs, seed {seed}: {table:#?}");
    let lies: Vec<&String> = done.iter().filter_map(|(_, _, lie)| lie.as_ref()).collect();
    assert!(lies.is_empty(), "{} rows say `aired` of what was not heard:\n{lies:#?}", lies.len());
    assert_eq!(done.len(), usize::try_from(runs).unwrap());
    assert!(done.iter().any(|(_, outcome, _)| *outcome != Outcome::Aired), "the faults do not bite");
}
