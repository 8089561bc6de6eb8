//! Thousands of damaged clips handed to the real player: it never hangs, always accounts for itself, and what it delivered
//! of a damaged clip carries its fault.
//!
//! `MUTANTS=5000 cargo test --test sound mutants -- --nocapture` is the campaign; without the variable each format has a few
//! only. What the library makes of the same clips is held in `tests/library/mutants.rs`.
//!
//! ALSA's `null` takes the sound: the account is that of a device, and no clip waits for its own time.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use loaphuong::decode::{self, DecodeError, Decoder};
use loaphuong::library::inspect;
use loaphuong::model::id::ClipHash;
use loaphuong::model::outcome::Reason;
use loaphuong::model::playback::{Delivered, End, FromPlayer, JobItem, Progress, ToPlayer, Urgency};
use rustix::process::Signal;

use crate::child::{CARD, PROGRAM, Player, item, job};
use crate::harm::mutant;
use crate::rig::{Rig, now};

/// Without a campaign.
const FEW: u32 = 4;
/// A clip of less than a second that takes longer than this hangs the player.
const PATIENCE: Duration = Duration::from_mins(1);
/// How far two accounts of the same sound may lie apart, and how much of a clip may be missing without a word.
const TOLERANCE: Duration = Duration::from_millis(50);

/// Pages of Ogg that last a tenth of a second: all of such a short clip would lie in one, and any harm would undo it whole.
const PAGES: &str = "-page_duration 100000";

/// What has such pages.
const PAGED: [&str; 2] = ["a.ogg", "a.opus"];

/// How a clip comes to the player.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    /// As the library measured it, and checked before it sounds. What the library refuses is promised to be as long as it
    /// was, as if its harm were such as nobody finds.
    InTime,
    /// The same, and checked while it sounds.
    AtOnce,
    /// Damaged between measuring and sounding.
    Changed,
}

const WAYS: [Way; 3] = [Way::InTime, Way::AtOnce, Way::Changed];

/// How the player's process came to its end.
enum Last {
    Ended(Progress, Vec<Delivered>, End),
    Failed(Reason, Option<usize>, Option<Progress>, String),
    /// Without a word.
    Gone(ExitStatus),
}

/// What became of the clips.
#[derive(Debug, Default)]
struct Tally {
    /// Not a sound of it.
    refused: u32,
    /// Aired with its fault.
    marked: u32,
    /// Aired without a fault: as good as promised, for all that can be known.
    whole: u32,
    /// Of these: the library would not have let it come so far.
    unknown: u32,
    /// Of these: shorter than it was before the damage, and the library has taken that for its length.
    lost: u32,
    /// It ended the process, by the limit of its memory.
    deadly: u32,
}

/// A file decoded here: how long it lasts, and what is wrong with it.
fn decoded(file: &Path) -> (Duration, Option<DecodeError>) {
    let mut decoder = match Decoder::open(file) {
        Ok(decoder) => decoder,
        Err(error) => return (Duration::ZERO, Some(error)),
    };
    let error = loop {
        match decoder.next() {
            Ok(Some(_)) => {}
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    (decoder.decoded().lasting(decoder.rate()), error)
}

fn hash(file: &Path) -> ClipHash {
    // Of an empty file there is none.
    decode::open(file).and_then(|mut file| decode::hash(&mut file)).unwrap_or(ClipHash(String::new()))
}

fn same_account(progress: &Progress, what: &str) {
    let (played, consumed) = (progress.played.iter().sum::<Duration>(), progress.consumed.lasting(progress.rate));
    assert!(played.abs_diff(consumed) <= TOLERANCE, "{what}: {played:?} of clips in {consumed:?} of sound");
}

/// One format and its undamaged clip.
struct Trial {
    rig: Rig,
    whole: JobItem,
    bytes: Vec<u8>,
    tallies: BTreeMap<String, Tally>,
}

impl Trial {
    fn new(name: &str, arguments: &str) -> Self {
        let rig = Rig::with_alsa_null();
        let (voice, good) = (rig.path("voice.wav"), rig.path(name));
        let speech = Command::new("espeak-ng").args(["-v", "vi", "-w"]).arg(&voice).arg("Kính mời bà con").status();
        assert!(speech.expect("espeak-ng must be installed").success());
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-v", "error", "-i"]).arg(&voice).args(["-t", "0.8", "-ar", "44100"]);
        let made = ffmpeg.args(arguments.split_whitespace()).arg(&good).status();
        assert!(made.expect("ffmpeg must be installed").success());
        let (whole, bytes) = (item(&good), fs::read(&good).unwrap());
        assert!(whole.duration > Duration::from_millis(700), "{:?}", whole.duration);
        Self { rig, whole, bytes, tallies: BTreeMap::new() }
    }

    /// The item that the station would make of this file, and whether it would air it.
    fn item(&self, file: &Path, way: Way) -> (JobItem, bool) {
        if way == Way::Changed {
            return (JobItem { file: file.to_owned(), ..self.whole.clone() }, true);
        }
        let clip = inspect(file, &self.rig.path("state"), Path::new(PROGRAM), &[]);
        let Ok(sound) = clip.airable() else {
            return (JobItem { file: file.to_owned(), hash: hash(file), ..self.whole.clone() }, false);
        };
        let own = || (file.to_owned(), sound.hash.clone());
        let (file, hash) = sound.copy.as_ref().map_or_else(own, |copy| (copy.file.clone(), copy.hash.clone()));
        (JobItem { file, hash, duration: sound.duration, ..self.whole.clone() }, true)
    }

    /// Plays it to the end, whatever that is.
    fn play(&self, item: JobItem, way: Way, what: &str) -> Last {
        let urgency = if way == Way::InTime { Urgency::InTime } else { Urgency::AtOnce };
        let job = loaphuong::model::playback::Job { urgency, ..job(CARD, PathBuf::new(), vec![item]) };
        let mut player = Player::start(&self.rig);
        player.tell(&ToPlayer::Prepare(Box::new(job)));
        // It may have refused the clip and gone meanwhile.
        player.try_tell(&ToPlayer::Begin { at: now() }).ok();
        loop {
            match player.next(PATIENCE) {
                Some(FromPlayer::Ended { progress, items, end, .. }) => {
                    assert!(player.gone(PATIENCE).success(), "{what}");
                    return Last::Ended(progress, items, end);
                }
                Some(FromPlayer::Failed { reason, item, detail, progress, .. }) => {
                    assert_eq!(player.gone(PATIENCE).code(), Some(1), "{what}");
                    return Last::Failed(reason, item, progress, detail);
                }
                Some(FromPlayer::Progress(progress)) => same_account(&progress, what),
                Some(_) => {}
                None => return Last::Gone(player.gone(PATIENCE)),
            }
        }
    }

    /// Holds what the player says of a clip against what can be decoded of it.
    fn weigh(&mut self, bytes: &[u8], way: Way, what: &str) {
        let file = self.rig.path("hỏng").with_extension(self.whole.file.extension().unwrap());
        fs::write(&file, bytes).unwrap();
        let changed = way == Way::Changed && bytes != self.bytes;
        let (item, airable) = self.item(&file, way);
        let last = self.play(item.clone(), way, what);
        let tally = self.tallies.entry(format!("{way:?}")).or_default();
        match last {
            Last::Gone(status) => {
                assert_eq!(status.signal(), Some(Signal::ABORT.as_raw()), "{what}: {status}");
                assert!(!airable || changed, "{what}: ended the player, and not the library");
                tally.deadly += 1;
            }
            Last::Failed(reason, of, progress, detail) => {
                let (lasts, error) = decoded(&item.file);
                let wrong = error.unwrap_or_else(|| panic!("{what}: {detail}, and it lasts {lasts:?}"));
                assert_eq!((reason, of, progress), (wrong.reason(), Some(0), None), "{what}: {detail}");
                assert!(!airable || changed, "{what}: {detail}, and the library takes it");
                tally.refused += 1;
            }
            Last::Ended(progress, items, end) => {
                same_account(&progress, what);
                let [Delivered { played, hash: of, fault, .. }] = &items[..] else { panic!("{what}: {items:?}") };
                let (lasts, error) = decoded(&item.file);
                assert_eq!((end, of), (End::Whole, &Some(hash(&item.file))), "{what}");
                assert_eq!(*played, progress.played.iter().sum(), "{what}");
                assert!(played.abs_diff(lasts) <= TOLERANCE, "{what}: {played:?} played, {lasts:?} decoded");
                let short = *played + TOLERANCE < item.duration;
                let damaged = error.is_some() || changed || short;
                let said = format!("{what}: {played:?} of {:?}, {error:?}, said: {fault:?}", item.duration);
                assert_eq!(fault.is_some(), damaged, "{said}");
                assert!(!airable || changed || fault.is_none(), "{said}, and the library takes it");
                tally.marked += u32::from(damaged);
                tally.whole += u32::from(!damaged);
                tally.unknown += u32::from(!damaged && !airable);
                tally.lost += u32::from(!damaged && *played + TOLERANCE < self.whole.duration);
            }
        }
    }
}

fn try_out(name: &str, arguments: &str) {
    let count: u32 = std::env::var("MUTANTS").map_or(FEW, |count| count.parse().unwrap());
    let mut trial = Trial::new(name, arguments);
    let whole = trial.bytes.clone();
    for way in WAYS {
        trial.weigh(&whole, way, &format!("{name}, undamaged, {way:?}"));
        let tally = &trial.tallies[&format!("{way:?}")];
        assert_eq!((tally.whole, tally.unknown), (1, 0), "{name}, undamaged, {way:?}");
    }
    trial.tallies.clear();
    for seed in 0..count {
        // Each way has mutants of each kind.
        let way = WAYS[(seed as usize + seed as usize / 7) % WAYS.len()];
        let (bytes, harm) = mutant(&whole, seed);
        trial.weigh(&bytes, way, &format!("{name} {seed} ({harm}, {way:?})"));
    }
    for (way, Tally { refused, marked, whole, unknown, lost, deadly }) in &trial.tallies {
        println!(
            "mutants: {name:8} {way:8} refused {refused:4}, marked {marked:4}, whole {whole:4} (of which the library refuses \
             {unknown:3} and takes {lost:3} that have lost something), deadly {deadly}"
        );
        // Each page of an Ogg file has a number and a checksum.
        assert!(*lost == 0 || !PAGED.contains(&name), "{name}: {lost} have lost something, and the library takes them");
    }
}

#[test]
fn mp3_of_one_rate() {
    try_out("cbr.mp3", "-b:a 64k -write_xing 0");
}

#[test]
fn mp3_of_changing_rate() {
    try_out("vbr.mp3", "-q:a 5");
}

#[test]
fn wav() {
    try_out("a.wav", "");
}

#[test]
fn flac() {
    try_out("a.flac", "");
}

#[test]
fn ogg_vorbis() {
    try_out("a.ogg", &format!("-c:a libvorbis {PAGES}"));
}

#[test]
fn m4a() {
    try_out("a.m4a", "-c:a aac");
}

#[test]
fn ogg_opus() {
    try_out("a.opus", &format!("-ar 48000 -c:a libopus -b:a 32k {PAGES}"));
}
