//! Finds everything below the audio folder, without opening a file or leaving the folder. Effects: reads folders.

use std::fs::{self, DirEntry, FileType, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::names::is_ignored;
use crate::model::clip::ClipFault;

/// Folders inside each other, and entries of all folders together, at the most.
const DEEPEST: usize = 8;
const MOST_ENTRIES: usize = 10_000;

/// Something that lies in the audio folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Below the audio folder, with the bytes that the disk has.
    pub below: PathBuf,
    /// A regular file, or why it is none that can be used.
    pub what: Result<Stamp, ClipFault>,
}

/// What tells a file's content from another without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Stamp {
    /// Bytes.
    pub size: u64,
    /// When it was last written, in nanoseconds since 1970.
    pub mtime_ns: i128,
    /// When anything about it last changed: copying tools set the time of writing back, and nobody can set this one.
    pub ctime_ns: i128,
    /// Its number on the disk.
    pub inode: u64,
}

impl Stamp {
    /// Of a file, links followed.
    pub(super) fn of(about: &Metadata) -> Self {
        let nanos = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        Self {
            size: about.size(),
            mtime_ns: nanos(about.mtime(), about.mtime_nsec()),
            ctime_ns: nanos(about.ctime(), about.ctime_nsec()),
            inode: about.ino(),
        }
    }
}

/// Everything below `audio`, folder by folder in the order of names; at most 10,000 entries.
pub(super) fn walk(audio: &Path) -> io::Result<Vec<Found>> {
    let root = audio.canonicalize()?;
    let mut walk = Walk { audio: audio.to_owned(), above: vec![root], entries: 0, found: Vec::new() };
    let entries = fs::read_dir(audio)?;
    walk.folder(entries, Path::new(""));
    if walk.entries > MOST_ENTRIES {
        tracing::warn!(limit = MOST_ENTRIES, "too many files in the audio folder; the rest is not looked at");
    }
    Ok(walk.found)
}

struct Walk {
    audio: PathBuf,
    /// The real places of the audio folder and of those inside which we are: where a link must not lead back to.
    above: Vec<PathBuf>,
    entries: usize,
    found: Vec<Found>,
}

impl Walk {
    fn folder(&mut self, entries: fs::ReadDir, below: &Path) {
        let room = MOST_ENTRIES.saturating_sub(self.entries) + 1;
        let mut entries: Vec<DirEntry> = entries.filter_map(Result::ok).take(room).collect();
        entries.sort_by_key(DirEntry::file_name);
        for entry in entries.into_iter().filter(|entry| !is_ignored(&entry.file_name())) {
            self.entries += 1;
            if self.entries > MOST_ENTRIES {
                return;
            }
            let below = below.join(entry.file_name());
            match entry.file_type() {
                Ok(kind) => self.entry(below, kind),
                Err(_) => self.add(below, Err(ClipFault::Unreadable)),
            }
        }
    }

    fn entry(&mut self, below: PathBuf, kind: FileType) {
        let path = self.audio.join(&below);
        let Ok(real) = path.canonicalize() else { return self.add(below, Err(ClipFault::Unreadable)) };
        if kind.is_symlink() && !self.above.first().is_some_and(|root| real.starts_with(root)) {
            return self.add(below, Err(ClipFault::OutsideFolder));
        }
        let Ok(about) = fs::metadata(&path) else { return self.add(below, Err(ClipFault::Unreadable)) };
        if about.is_file() {
            return self.add(below, Ok(Stamp::of(&about)));
        }
        if !about.is_dir() || self.above.len() > DEEPEST || self.above.contains(&real) {
            return self.add(below, Err(ClipFault::NotAFile));
        }
        match fs::read_dir(&path) {
            Ok(entries) => {
                self.above.push(real);
                self.folder(entries, &below);
                self.above.pop();
            }
            Err(_) => self.add(below, Err(ClipFault::Unreadable)),
        }
    }

    fn add(&mut self, below: PathBuf, what: Result<Stamp, ClipFault>) {
        self.found.push(Found { below, what });
    }
}
