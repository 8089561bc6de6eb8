//! The second copy of the record: one line for each entry, as `/v1/journal` gives it, behind the journal. Effects.
//!
//! It is written from the journal, after the journal: what stands here is durable there. So it can only be behind,
//! and whoever cuts the journal or puts an old one in its place is found out at the next start.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use super::chain::Tip;
use super::store::Store;
use super::{aside, survey::End};

/// The copy's name in the state folder.
pub const COPY: &str = "as-run.jsonl";

/// Lines written at once: little enough that the journal never waits long.
const STEP: usize = 256;

/// The copy, open for appending.
#[derive(Debug)]
pub(super) struct Copy {
    path: PathBuf,
    /// Open since the first line that this process wrote, or the first after an error.
    file: Option<File>,
    /// Its last whole line, and so many bytes up to its end.
    tip: Tip,
    len: u64,
    /// A torn line may lie behind it.
    torn: bool,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// Everything that the journal has.
    Even,
    /// There is more to write.
    Behind,
}

impl Copy {
    /// Goes on behind `end`; from nothing, if there is no end.
    pub(super) fn continuing(state: &Path, end: &End) -> Self {
        let (tip, len) = match end {
            End::At(tip, len) => (tip.clone(), *len),
            End::Nothing | End::Broken => (Tip::start(), 0),
        };
        Self { path: state.join(COPY), file: None, tip, len, torn: len > 0 }
    }

    /// Writes some of what is missing, durably.
    pub(super) fn follow(&mut self, store: &Store) -> io::Result<Level> {
        if self.tip.seq >= store.tip().seq {
            if self.torn {
                self.file = Some(self.open(false)?);
            }
            return Ok(Level::Even);
        }
        let followed = self.append(store);
        if followed.is_err() {
            // What was written of it is cut off when it is opened again.
            self.file = None;
        }
        followed
    }

    fn append(&mut self, store: &Store) -> io::Result<Level> {
        let file = match self.file.take() {
            Some(file) if is_still(&file, &self.path, self.len)? => file,
            found => self.open(found.is_some())?,
        };
        let (mut lines, mut tip) = (Vec::new(), self.tip.clone());
        for link in store.links(tip.seq, STEP).map_err(io::Error::other)? {
            let Some(next) = tip.with(&link) else {
                return Err(io::Error::other(format!("entry {} does not continue the chain", link.seq)));
            };
            serde_json::to_writer(&mut lines, &link)?;
            lines.write_all(b"\n")?;
            tip = next;
        }
        if lines.is_empty() {
            return Err(io::Error::other(format!("entry {} is missing", tip.seq + 1)));
        }
        file.write_all_at(&lines, self.len)?;
        file.sync_data()?;
        self.file = Some(file);
        self.len += lines.len() as u64;
        self.tip = tip;
        Ok(if self.tip.seq < store.tip().seq { Level::Behind } else { Level::Even })
    }

    /// Sets the file aside and begins anew.
    pub(super) fn renew(&mut self) -> io::Result<()> {
        aside::set_aside(&self.path)?;
        (self.file, self.tip, self.len) = (None, Tip::start(), 0);
        Ok(())
    }

    /// Opens the file where it ended. If it is not that file any more, what lies there is set aside and the copy begins
    /// anew.
    fn open(&mut self, lost: bool) -> io::Result<File> {
        let shorter = fs::metadata(&self.path).map_or(self.len > 0, |about| about.len() < self.len);
        if lost || shorter {
            tracing::error!(path = %self.path.display(), "the second copy was changed from outside; written anew");
            self.renew()?;
        }
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&self.path)?;
        file.set_len(self.len)?;
        self.torn = false;
        if self.len == 0 {
            File::open(self.path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
        }
        Ok(file)
    }
}

/// Does the name still mean this file, and has nobody else written to it?
fn is_still(file: &File, path: &Path, len: u64) -> io::Result<bool> {
    let ours = file.metadata()?;
    Ok(fs::metadata(path).is_ok_and(|there| (there.dev(), there.ino(), there.len()) == (ours.dev(), ours.ino(), len)))
}
