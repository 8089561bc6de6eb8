//! Says what each file holds: from memory where nothing has changed, else by reading, hashing, decoding. Effects.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::cache::Cache;
use super::child::Question;
use super::helper;
use super::levels;
use super::measure::{Helper, Measured};
use super::scan::{Entry, Wanted, conclude, take};
use super::walk::Stamp;
use super::worker::{NoAnswer, Worker, patience};
use crate::model::clip::{Clip, ClipFault, DecodedCopy, Levelled, Sound};
use crate::model::id::{ClipHash, ClipPath};

/// What one clip's levels may add up to over the years: more is forgotten.
const MOST_LEVELS: usize = 32;

fn copy(measured: &Measured) -> Option<&DecodedCopy> {
    measured.sound.as_ref()?.copy.as_ref()
}

/// Reads files, and knows what was read before.
pub(super) struct Reader<'w> {
    pub(super) cache: Cache,
    worker: Worker,
    wanted: &'w Wanted,
    /// The folder of decoded copies.
    decoded: PathBuf,
    helper: Helper,
}

impl<'w> Reader<'w> {
    pub(super) fn new(state: &Path, program: &Path, wanted: &'w Wanted) -> Self {
        Self {
            cache: Cache::load(state),
            worker: Worker::new(program, patience),
            wanted,
            decoded: state.join("decoded"),
            helper: if helper::installed() { Helper::Present } else { Helper::Absent },
        }
    }

    /// Takes what the cache knows; what it does not know is still to be read. What another version of the program
    /// measured, or for other wants, is good enough until then.
    pub(super) fn recall(&self, entries: &mut BTreeMap<ClipPath, Entry>) -> Vec<(ClipPath, Stamp)> {
        let mut unknown = Vec::new();
        for (path, entry) in entries.iter_mut() {
            let Some(stamp) = entry.stamp else { continue };
            let hash = self.cache.hash(path, stamp);
            // Without its copy it cannot be played.
            let playable = |measured: &&Measured| copy(measured).is_none_or(|copy| copy.file.exists());
            if let Some(measured) = hash.and_then(|hash| self.cache.outdated(hash)).filter(playable) {
                take(&mut entry.clip, measured.clone());
            }
            if self.wanted.recheck.contains(path) || hash.and_then(|hash| self.known(hash)).is_none() {
                unknown.push((path.clone(), stamp));
            }
        }
        unknown
    }

    /// What is known of this content, if that is all that is wanted.
    fn known(&self, hash: &ClipHash) -> Option<&Measured> {
        let measured = self.cache.certain(hash)?;
        let no_hope = !measured.faults.contains(&ClipFault::Unsupported) || measured.helper == self.helper;
        let enough = |sound: &Sound| {
            let copy = sound.copy.as_ref();
            let copied =
                copy.is_none_or(|copy| copy.file == helper::copy_of(&self.decoded, hash) && copy.file.exists());
            copied && levels::missing(sound, &self.wanted.targets).is_empty()
        };
        let sound = measured.sound.as_ref().filter(|_| !measured.faults.iter().any(|fault| fault.blocks()));
        (no_hope && sound.is_none_or(enough)).then_some(measured)
    }

    /// Reads a file of which not everything is known.
    pub(super) fn look(&mut self, clip: &Clip, stamp: Stamp) -> Measured {
        let again = self.wanted.recheck.contains(&clip.path);
        let before = self.cache.hash(&clip.path, stamp).cloned();
        let hash = if let Some(hash) = before.clone().filter(|_| !again) {
            hash
        } else {
            let answer = self.ask(clip, &Question::Hash { file: clip.file.clone() }, stamp);
            let Some(hash) = answer.hash else { return answer };
            hash
        };
        if before.is_some_and(|before| before != hash) {
            tracing::error!(file = ?clip.file, "its content has changed although nobody wrote it: is the disk failing?");
        }
        if let Some(measured) = self.known(&hash).cloned()
            && (!again || self.copy_is_whole(clip, &measured, stamp))
        {
            self.cache.saw(&clip.path, stamp, &hash);
            return measured;
        }
        let mut measured = self.measure(clip, stamp);
        if let Some(hash) = &measured.hash {
            let old = self.cache.certain(hash).and_then(|old| old.sound.as_ref());
            if let (Some(old), Some(new)) = (old, &mut measured.sound) {
                let lost = |old: &&Levelled| !new.levels.iter().any(|new| new.target == old.target);
                let lost: Vec<Levelled> = old.levels.iter().filter(lost).copied().collect();
                new.levels.extend(lost);
                new.levels.truncate(MOST_LEVELS);
            }
            self.cache.saw(&clip.path, stamp, hash);
            self.cache.put(&measured);
        }
        measured
    }

    /// Is its decoded copy, if it has one, still what it was?
    fn copy_is_whole(&mut self, clip: &Clip, measured: &Measured, stamp: Stamp) -> bool {
        let Some(copy) = copy(measured).cloned() else { return true };
        self.ask(clip, &Question::Hash { file: copy.file }, stamp).hash == Some(copy.hash)
    }

    /// Measures a file, whatever is known of it.
    pub(super) fn measure(&mut self, clip: &Clip, stamp: Stamp) -> Measured {
        let (file, targets, decoded) = (clip.file.clone(), self.wanted.targets.clone(), self.decoded.clone());
        self.ask(clip, &Question::Measure { file, targets, decoded, haste: self.wanted.haste }, stamp)
    }

    fn ask(&mut self, clip: &Clip, question: &Question, stamp: Stamp) -> Measured {
        self.worker.ask(question, stamp.size).unwrap_or_else(|why: NoAnswer| conclude(clip, &why))
    }

    /// Forgets what is not there any more, and removes decoded copies of it.
    pub(super) fn forget(&mut self, entries: &BTreeMap<ClipPath, Entry>, now: Timestamp) {
        let gone = self.cache.retain(|path| entries.contains_key(path));
        helper::clean(&self.decoded, now, &gone, |file| self.cache.holds_copy(file));
    }
}
