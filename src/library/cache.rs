//! What was measured before, in `<state>/library.json`: kept by content, so that a file which was renamed, copied or
//! touched is not decoded again. Effects.
//!
//! It can be thrown away at any time: then everything is measured again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::measure::Measured;
use super::walk::Stamp;
use crate::model::clip::ClipFault;
use crate::model::id::{ClipHash, ClipPath};

/// Measured by another version of the program: good until it is measured again, for decoders get better.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// What was measured before.
pub(super) struct Cache {
    path: PathBuf,
    content: Content,
    /// Differs from what is on the disk.
    changed: bool,
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    /// What each file held when it was last read.
    files: BTreeMap<ClipPath, Seen>,
    /// What each content is.
    contents: BTreeMap<ClipHash, Known>,
}

#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    stamp: Stamp,
    hash: ClipHash,
}

#[derive(Serialize, Deserialize)]
struct Known {
    measured: Measured,
    /// The version of the program that measured it.
    by: String,
}

impl Cache {
    /// What `<state>/library.json` holds; nothing if it is absent or broken.
    pub(super) fn load(state: &Path) -> Self {
        let path = state.join("library.json");
        let content = match fs::read(&path).map(|bytes| serde_json::from_slice::<Content>(&bytes)) {
            Ok(Ok(content)) => content,
            Ok(Err(error)) => {
                tracing::warn!(%error, path = %path.display(), "broken cache of clips; measuring everything again");
                Content::default()
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Content::default(),
            Err(error) => {
                tracing::warn!(%error, path = %path.display(), "cannot read the cache of clips");
                Content::default()
            }
        };
        Self { path, content, changed: false }
    }

    /// The content of this very file, if it was read before.
    pub(super) fn hash(&self, path: &ClipPath, stamp: Stamp) -> Option<&ClipHash> {
        self.content.files.get(path).filter(|seen| seen.stamp == stamp).map(|seen| &seen.hash)
    }

    /// What was measured of this content, by whatever version of the program.
    pub(super) fn outdated(&self, hash: &ClipHash) -> Option<&Measured> {
        self.content.contents.get(hash).map(|known| &known.measured)
    }

    /// What this version of the program measured of this content.
    pub(super) fn certain(&self, hash: &ClipHash) -> Option<&Measured> {
        self.content.contents.get(hash).filter(|known| known.by == PROGRAM).map(|known| &known.measured)
    }

    /// This is what the file holds.
    pub(super) fn saw(&mut self, path: &ClipPath, stamp: Stamp, hash: &ClipHash) {
        let seen = Seen { stamp, hash: hash.clone() };
        if self.content.files.get(path) != Some(&seen) {
            self.content.files.insert(path.clone(), seen);
            self.changed = true;
        }
    }

    /// Keeps what was measured, unless it was the disk that failed: that may pass.
    pub(super) fn put(&mut self, measured: &Measured) {
        let Some(hash) = &measured.hash else { return };
        if !measured.faults.contains(&ClipFault::Unreadable) {
            let known = Known { measured: measured.clone(), by: PROGRAM.to_owned() };
            self.content.contents.insert(hash.clone(), known);
            self.changed = true;
        }
    }

    /// Forgets the files for which `is_there` says no, and contents that no file has. Gives the decoded copies that are
    /// needed no more.
    pub(super) fn retain(&mut self, is_there: impl Fn(&ClipPath) -> bool) -> BTreeSet<PathBuf> {
        let Content { files, contents } = &mut self.content;
        let before = (files.len(), contents.len());
        files.retain(|path, _| is_there(path));
        let held: BTreeSet<&ClipHash> = files.values().map(|seen| &seen.hash).collect();
        let mut gone = BTreeSet::new();
        contents.retain(|hash, known| {
            let copy = known.measured.sound.as_ref().and_then(|sound| sound.copy.as_ref());
            let kept = held.contains(hash);
            gone.extend(copy.filter(|_| !kept).map(|copy| copy.file.clone()));
            kept
        });
        self.changed |= before != (files.len(), contents.len());
        gone
    }

    /// Is this file the decoded copy of a content that some file has?
    pub(super) fn holds_copy(&self, file: &Path) -> bool {
        let copies = self.content.contents.values().filter_map(|known| known.measured.sound.as_ref()?.copy.as_ref());
        copies.into_iter().any(|copy| copy.file == file)
    }

    /// Writes it down if it has changed, whole or not at all. A cache that cannot be written is only slow.
    pub(super) fn save(&mut self) {
        if !self.changed {
            return;
        }
        match self.write() {
            Ok(()) => self.changed = false,
            Err(error) => tracing::warn!(%error, path = %self.path.display(), "cannot write the cache of clips"),
        }
    }

    fn write(&self) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let draft = self.path.with_extension("json.tmp");
        let mut file = File::create(&draft)?;
        file.write_all(&serde_json::to_vec(&self.content)?)?;
        file.sync_all()?;
        fs::rename(&draft, &self.path)?;
        File::open(folder)?.sync_all()
    }
}
