//! Reads the audio folder whole: what is there, what it sounds like, what is wrong with it. Effects.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::cache::Cache;
use super::measure::Measured;
use super::names::{self, Name};
use super::walk::{Found, Stamp, walk};
use super::worker::{NoAnswer, Worker, patience};
use crate::model::clip::{Clip, ClipFault, Library};
use crate::model::id::ClipPath;

/// After so many newly measured files the cache is written, so that a first scan of hours survives a power cut.
const SAVE_EVERY: usize = 50;

/// How far a scan has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Files known.
    pub done: usize,
    /// Files in all.
    pub total: usize,
}

/// Reads the audio folder and measures what is new or changed, in a child process (`program measure`). Takes minutes
/// for a large new folder: call it on a thread of its own. `now` becomes [`Library::scanned_at`]. Results are kept in
/// `<state>/library.json`.
///
/// A folder that cannot be read gives an empty library and a line in the log.
pub fn scan(audio: &Path, state: &Path, program: &Path, now: Timestamp, progress: &mut dyn FnMut(Progress)) -> Library {
    let found = walk(audio).unwrap_or_else(|error| {
        tracing::error!(%error, folder = %audio.display(), "cannot read the audio folder");
        Vec::new()
    });
    let mut entries = name(audio, found);
    let total = entries.len();
    let mut cache = Cache::load(state);
    let mut worker = Worker::new(program, patience);
    let mut fresh = 0;
    for (n, (path, entry)) in entries.iter_mut().enumerate() {
        if let Some(stamp) = entry.stamp {
            let measured = cache.get(path, stamp).cloned().unwrap_or_else(|| {
                fresh += 1;
                look(&mut worker, &mut cache, &entry.clip, stamp)
            });
            take(&mut entry.clip, measured);
            if fresh == SAVE_EVERY {
                cache.save();
                fresh = 0;
            }
        }
        progress(Progress { done: n + 1, total });
    }
    let forgotten = cache.retain(|path| entries.contains_key(path));
    if fresh + forgotten > 0 {
        cache.save();
    }
    Library { clips: entries.into_iter().map(|(path, entry)| (path, entry.clip)).collect(), scanned_at: Some(now) }
}

/// Measures a single file anywhere on this PC: what an operator wants to hear now. It has no topic, and its name here
/// is that of the file alone. Takes as long as decoding it; nothing is kept.
#[must_use]
pub fn inspect(file: &Path, program: &Path) -> Clip {
    let name = Path::new(file.file_name().unwrap_or(file.as_os_str()));
    let found = match file.metadata() {
        Ok(about) if about.is_file() => Ok(Stamp::of(&about)),
        Ok(_) => Err(ClipFault::NotAFile),
        Err(_) => Err(ClipFault::Unreadable),
    };
    let mut entry = Entry::new(file.to_owned(), name, found);
    entry.clip.faults.retain(|fault| *fault != ClipFault::NoTopic);
    if let Some(stamp) = entry.stamp {
        let measured = Worker::new(program, patience).measure(&entry.clip.file, stamp.size);
        let measured = measured.unwrap_or_else(|why| conclude(&entry.clip, &why));
        take(&mut entry.clip, measured);
    }
    entry.clip
}

/// A clip on its way into the library.
struct Entry {
    clip: Clip,
    /// Of a file that is worth measuring: one that is blocked by its name or place is not.
    stamp: Option<Stamp>,
}

impl Entry {
    fn new(file: PathBuf, below: &Path, found: Result<Stamp, ClipFault>) -> Self {
        let (path, name) = names::clip_path(below);
        let topic = names::topic(&path);
        let odd = (name == Name::Odd).then_some(ClipFault::OddName);
        let no_topic = topic.is_none().then_some(ClipFault::NoTopic);
        let faults = odd.into_iter().chain(found.err()).chain(no_topic).collect();
        let size = found.map_or(0, |stamp| stamp.size);
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

/// Measures a file that is new or changed.
fn look(worker: &mut Worker, cache: &mut Cache, clip: &Clip, stamp: Stamp) -> Measured {
    match worker.measure(&clip.file, stamp.size) {
        Ok(measured) => {
            cache.put(&clip.path, stamp, &measured);
            measured
        }
        Err(why) => conclude(clip, &why),
    }
}

/// What the lack of an answer says of a file. Not kept: whoever ends a process may have meant another.
fn conclude(clip: &Clip, why: &NoAnswer) -> Measured {
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

fn take(clip: &mut Clip, measured: Measured) {
    clip.sound = measured.sound;
    for fault in measured.faults {
        add(clip, fault);
    }
}
