//! What was measured before, in `<state>/library.json`: kept until a file changes or the program does. Effects.
//!
//! It can be thrown away at any time: then everything is measured again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::measure::Measured;
use super::walk::Stamp;
use crate::model::clip::ClipFault;
use crate::model::id::ClipPath;

/// Measured by another version of the program: good until it is measured again, for decoders get better.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// What was measured before.
pub(super) struct Cache {
    path: PathBuf,
    content: Content,
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    clips: BTreeMap<ClipPath, Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    stamp: Stamp,
    measured: Measured,
    /// The version of the program that measured it.
    by: String,
}

/// What is known of a file.
pub(super) enum Recalled<'a> {
    /// Measured by this version of the program.
    Certain(&'a Measured),
    /// Measured by another version.
    Outdated(&'a Measured),
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
        Self { path, content }
    }

    /// What was measured of this very file.
    pub(super) fn get(&self, path: &ClipPath, stamp: Stamp) -> Option<Recalled<'_>> {
        let entry = self.content.clips.get(path).filter(|entry| entry.stamp == stamp)?;
        let recalled = if entry.by == PROGRAM { Recalled::Certain } else { Recalled::Outdated };
        Some(recalled(&entry.measured))
    }

    /// Keeps what was measured, unless it was the disk that failed: that may pass.
    pub(super) fn put(&mut self, path: &ClipPath, stamp: Stamp, measured: &Measured) {
        if !measured.faults.contains(&ClipFault::Unreadable) {
            self.content
                .clips
                .insert(path.clone(), Entry { stamp, measured: measured.clone(), by: PROGRAM.to_owned() });
        }
    }

    /// Forgets the clips for which `is_there` says no; says how many.
    pub(super) fn retain(&mut self, is_there: impl Fn(&ClipPath) -> bool) -> usize {
        let before = self.content.clips.len();
        self.content.clips.retain(|path, _| is_there(path));
        before - self.content.clips.len()
    }

    /// Writes it down, whole or not at all. A cache that cannot be written is only slow.
    pub(super) fn save(&self) {
        if let Err(error) = self.write() {
            tracing::warn!(%error, path = %self.path.display(), "cannot write the cache of clips");
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
