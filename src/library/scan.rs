//! Reads the audio folder whole: what is there, what it sounds like, what is wrong with it. Effects.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::measure::Measured;
use super::names::{self, Name};
use super::reader::Reader;
use super::walk::{Found, Stamp, walk};
use super::worker::NoAnswer;
use crate::decode;
use crate::model::clip::{Clip, ClipFault, Library};
use crate::model::id::ClipPath;
use crate::model::units::Lufs;

/// After so many newly measured files the cache is written, so that a first scan of hours survives a power cut.
const SAVE_EVERY: usize = 50;

/// After so many newly measured files the library so far is told, so that a first scan of hours keeps no slot waiting.
const TELL_EVERY: usize = 10;

/// How far a scan has come.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// One file more is known.
    Files {
        /// Files known.
        done: usize,
        /// Files in all.
        total: usize,
    },
    /// What is known so far; [`Library::scanned_at`] is empty, for files are missing in it.
    SoFar(Library),
}

/// What is wanted of a scan beyond what every scan gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wanted {
    /// Each loudness that the station may ask for: how loud a clip must be played to reach it is worked out beforehand.
    pub targets: Vec<Lufs>,
    /// Files that are read again from the disk although nobody seems to have touched them: disks rot.
    pub recheck: BTreeSet<ClipPath>,
    /// Who waits for it.
    pub haste: Haste,
}

/// Who waits for what is measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Haste {
    /// Nobody: everything else comes first.
    #[default]
    Background,
    /// A person, who wants to hear it now; or all that is due, because nothing is known of any clip yet.
    Person,
}

/// Reads the audio folder and measures what is new or changed, in a child process (`program measure`). Takes minutes
/// for a large new folder: call it on a thread of its own, and take what `progress` tells on the way. `now` becomes
/// [`Library::scanned_at`]. Results are kept in `<state>/library.json`, decoded copies in `<state>/decoded/`.
///
/// A folder that cannot be read gives an empty library and a line in the log.
pub fn scan(
    audio: &Path,
    state: &Path,
    program: &Path,
    wanted: &Wanted,
    now: Timestamp,
    progress: &mut dyn FnMut(Progress),
) -> Library {
    let found = walk(audio);
    if let Err(error) = &found {
        tracing::error!(%error, folder = %audio.display(), "cannot read the audio folder");
    }
    let readable = found.is_ok();
    let mut entries = name(audio, found.unwrap_or_default());
    let total = entries.len();
    let mut reader = Reader::new(state, program, wanted);
    let unknown = reader.recall(&mut entries);
    let known = total - unknown.len();
    if !unknown.is_empty() && known > 0 {
        progress(Progress::SoFar(library(&entries, None)));
    }
    for (n, (path, stamp)) in unknown.iter().enumerate() {
        if let Some(entry) = entries.get_mut(path) {
            let measured = reader.look(&entry.clip, *stamp);
            take(&mut entry.clip, measured);
        }
        if (n + 1) % SAVE_EVERY == 0 {
            reader.cache.save();
        }
        progress(Progress::Files { done: known + n + 1, total });
        if (n + 1) % TELL_EVERY == 0 && n + 1 < unknown.len() {
            progress(Progress::SoFar(library(&entries, None)));
        }
    }
    // A folder that is not mounted for once is no reason to forget what was in it.
    if readable {
        reader.forget(&entries, now);
    }
    reader.cache.save();
    library(&entries, Some(now))
}

/// The clips of which anything is known: measured, or blocked by what is wrong with them.
fn library(entries: &BTreeMap<ClipPath, Entry>, scanned_at: Option<Timestamp>) -> Library {
    let known = |entry: &&Entry| scanned_at.is_some() || entry.clip.airable() != Err(ClipFault::NotAudio);
    let clips = entries.values().filter(known).map(|entry| (entry.clip.path.clone(), entry.clip.clone())).collect();
    Library { clips, scanned_at }
}

/// Measures a single file anywhere on this PC: what an operator wants to hear now. It has no topic, and its name here
/// is that of the file alone. Takes as long as decoding it; nothing is kept, but a decoded copy in `<state>/decoded/` for a
/// day.
#[must_use]
pub fn inspect(file: &Path, state: &Path, program: &Path, targets: &[Lufs]) -> Clip {
    let name = Path::new(file.file_name().unwrap_or(file.as_os_str()));
    let found = match file.metadata() {
        Ok(about) if about.is_file() => Ok(Stamp::of(&about)),
        Ok(_) => Err(ClipFault::NotAFile),
        Err(_) => Err(ClipFault::Unreadable),
    };
    let mut entry = Entry::new(file.to_owned(), name, found);
    entry.clip.faults.retain(|fault| *fault != ClipFault::NoTopic);
    if let Some(stamp) = entry.stamp {
        let wanted = Wanted { targets: targets.to_vec(), haste: Haste::Person, ..Wanted::default() };
        let measured = Reader::new(state, program, &wanted).measure(&entry.clip, stamp);
        take(&mut entry.clip, measured);
    }
    entry.clip
}

/// A clip on its way into the library.
pub(super) struct Entry {
    pub(super) clip: Clip,
    /// Of a file that is worth measuring: one that is blocked by its name or place is not.
    pub(super) stamp: Option<Stamp>,
}

impl Entry {
    fn new(file: PathBuf, below: &Path, found: Result<Stamp, ClipFault>) -> Self {
        let (path, name) = names::clip_path(below);
        let topic = names::topic(&path);
        let odd = (name == Name::Odd).then_some(ClipFault::OddName);
        let no_topic = topic.is_none().then_some(ClipFault::NoTopic);
        let size = found.map_or(0, |stamp| stamp.size);
        let found = found.and_then(|stamp| decode::size_fault(stamp.size).map_or(Ok(stamp), Err));
        let faults = odd.into_iter().chain(found.err()).chain(no_topic).collect();
        let stamp = found.ok().filter(|_| name == Name::Plain);
        Self { clip: Clip { path, file, topic, size, sound: None, faults }, stamp }
    }
}

/// Gives everything its name here. Two files of one name (composed and decomposed) are one clip that may not air.
fn name(audio: &Path, found: Vec<Found>) -> BTreeMap<ClipPath, Entry> {
    let mut entries: BTreeMap<ClipPath, Entry> = BTreeMap::new();
    for Found { below, what } in found {
        let entry = Entry::new(audio.join(&below), &below, what);
        match entries.get_mut(&entry.clip.path) {
            Some(twin) => {
                tracing::warn!(one = ?twin.clip.file, other = ?entry.clip.file, "two files of the same name");
                add(&mut twin.clip, ClipFault::Twin);
                twin.stamp = None;
            }
            None => {
                entries.insert(entry.clip.path.clone(), entry);
            }
        }
    }
    entries
}

/// What the lack of an answer says of a file. Not kept: whoever ends a process may have meant another.
pub(super) fn conclude(clip: &Clip, why: &NoAnswer) -> Measured {
    tracing::error!(file = ?clip.file, %why, "clip not measured");
    Measured::faulty(match why {
        NoAnswer::NotStarted(_) => ClipFault::Unreadable,
        NoAnswer::Lost(_) => ClipFault::Damaged,
    })
}

/// One fault more, in their order, each once.
fn add(clip: &mut Clip, fault: ClipFault) {
    clip.faults.push(fault);
    clip.faults.sort();
    clip.faults.dedup();
}

/// Takes what was measured, instead of what was measured before. Faults of name and place stay.
pub(super) fn take(clip: &mut Clip, measured: Measured) {
    let fits = measured.sound.as_ref().is_none_or(|sound| decode::ending_fits(&clip.file, &sound.format));
    clip.sound = measured.sound;
    clip.faults.retain(|fault| matches!(fault, ClipFault::NoTopic | ClipFault::OddName | ClipFault::Twin));
    for fault in measured.faults {
        add(clip, fault);
    }
    if !fits {
        add(clip, ClipFault::WrongEnding);
    }
}
