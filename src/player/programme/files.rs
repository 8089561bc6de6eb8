//! The files of a programme: checked before or while they sound, held open or found again. Effects: reads files.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt as _;

use crate::decode::{self, DecodeError, Decoder};
use crate::model::clip::ClipFault;
use crate::model::id::ClipHash;
use crate::model::playback::{JobItem, Urgency};
use crate::player::Failure;

/// So many files are held open; what lies behind them is opened again by its name and seen to be the same.
const MOST_OPEN: usize = 64;

/// The files of a job, each of them once.
pub(in crate::player) struct Files {
    of: Vec<usize>,
    each: Vec<Held>,
}

/// One of them.
struct Held {
    file: Option<File>,
    stamp: Option<Stamp>,
    /// Its hash, once it was taken.
    hash: Option<ClipHash>,
}

/// What the kernel says of a file: as long as nothing of it changes, its bytes do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    place: (u64, u64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(file: &File) -> io::Result<Self> {
        let about = file.metadata()?;
        Ok(Self { place: (about.dev(), about.ino()), changed: (about.ctime(), about.ctime_nsec()) })
    }
}

impl Files {
    /// In time, every file is opened, held against its hash and seen to have a beginning that can be decoded; what happens
    /// to the names afterwards (a file renamed over another, say) no longer matters, and what happens to the bytes is seen
    /// at the end. At once, nothing is asked before it must sound.
    pub(in crate::player) fn arm(items: &[JobItem], urgency: Urgency) -> Result<Self, Failure> {
        let mut known = BTreeMap::new();
        let mut files = Self { of: Vec::new(), each: Vec::new() };
        for (at, item) in items.iter().enumerate() {
            let next = files.each.len();
            let file = *known.entry((&item.file, &item.hash.0)).or_insert(next);
            files.of.push(file);
            if file < next {
                continue;
            }
            files.each.push(Held { file: None, stamp: None, hash: None });
            if urgency == Urgency::InTime {
                let failed = |e: DecodeError| Failure::item(at, e.reason(), e.to_string());
                files.check(at, item).map_err(failed)?;
            }
        }
        Ok(files)
    }

    fn check(&mut self, at: usize, item: &JobItem) -> Result<(), DecodeError> {
        let (_, file) = self.open(at, item)?;
        if self.verify(at, file)? == item.hash { Ok(()) } else { Err(changed()) }
    }

    /// The item from its beginning on, and its file for [`Files::verify`]. One at a time: all decoders of a file share
    /// its place in it.
    pub(in crate::player) fn open(&mut self, at: usize, item: &JobItem) -> Result<(Decoder, File), DecodeError> {
        let keep = self.of[at] < MOST_OPEN;
        let held = &mut self.each[self.of[at]];
        let file = match &held.file {
            Some(file) => file.try_clone()?,
            None => decode::open(&item.file)?,
        };
        if held.file.is_none() {
            let stamp = Stamp::of(&file)?;
            // Another file under this name: what was known of the first one says nothing.
            if held.stamp != Some(stamp) {
                (held.stamp, held.hash) = (Some(stamp), None);
            }
            held.file = if keep { Some(file.try_clone()?) } else { None };
        }
        Ok((Decoder::read(file.try_clone()?, &item.file)?, file))
    }

    /// What the bytes are that were decoded for this item; they are read only if that is not known yet, or if the kernel
    /// says that something about the file has changed. Call it when nothing is read from the file any more.
    pub(in crate::player) fn verify(&mut self, at: usize, mut file: File) -> Result<ClipHash, DecodeError> {
        let stamp = Stamp::of(&file)?;
        let held = &mut self.each[self.of[at]];
        if let Some(hash) = held.hash.clone().filter(|_| held.stamp == Some(stamp)) {
            return Ok(hash);
        }
        let hash = decode::hash(&mut file)?;
        (held.stamp, held.hash) = (Some(stamp), Some(hash.clone()));
        Ok(hash)
    }
}

/// The file is not the one that was measured.
pub(in crate::player) fn changed() -> DecodeError {
    DecodeError::Faulty { fault: ClipFault::Damaged, detail: "changed since it was measured".to_owned() }
}
