//! Which configuration is in force: reads the files, keeps the last good text across restarts. Effects: files.
//!
//! A schedule that somebody left half-edited must not silence the station, and power cuts are frequent: so the last
//! good text also lies in the state folder, and a start with a broken text uses it and says so.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::{self, Loaded, SourceFile};
use crate::model::diag::Diagnostic;
use crate::model::station::Station;

/// The name of the last good text in the state folder.
const KEPT: &str = "last-good.json";

#[derive(Serialize, Deserialize)]
struct KeptFile {
    name: String,
    text: String,
}

/// What a start begins with.
pub(super) enum Start {
    /// The newest text.
    Newest(Box<Station>, Box<Loaded>),
    /// The last good text, because the newest is broken.
    LastGood(Box<Station>, Vec<Diagnostic>),
    /// Nothing that can be used.
    Nothing(Vec<Diagnostic>),
}

/// Reads the configuration for a start.
pub(super) fn start(dir: &Path) -> Start {
    let mut loaded = config::load(dir);
    if let Some(station) = loaded.station.take() {
        return Start::Newest(Box::new(station), Box::new(loaded));
    }
    match places(dir).iter().find_map(|state| kept(dir, state)) {
        Some(station) => Start::LastGood(Box::new(station), loaded.diagnostics),
        None => Start::Nothing(loaded.diagnostics),
    }
}

/// Keeps a good text. A failure is logged: the station airs all the same. Waits for the disk.
pub(super) fn keep(files: &[SourceFile], state: &Path) {
    let text = |f: &SourceFile| String::from_utf8_lossy(&f.bytes).into_owned();
    let kept: Vec<KeptFile> = files.iter().map(|f| KeptFile { name: f.name.clone(), text: text(f) }).collect();
    if let Err(error) = write(&kept, state) {
        tracing::warn!(%error, "the last good configuration cannot be kept");
    }
}

fn write(kept: &[KeptFile], state: &Path) -> io::Result<()> {
    let text = serde_json::to_vec(kept)?;
    let target = state.join(KEPT);
    if fs::read(&target).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let fresh = state.join(format!("{KEPT}.new"));
    let mut file = fs::File::create(&fresh)?;
    file.write_all(&text)?;
    file.sync_all()?;
    fs::rename(fresh, target)
}

fn kept(dir: &Path, state: &Path) -> Option<Station> {
    let text = fs::read(state.join(KEPT)).ok()?;
    let files: Vec<KeptFile> = serde_json::from_slice(&text).ok()?;
    let files: Vec<SourceFile> = files.into_iter().map(|f| SourceFile::new(f.name, f.text)).collect();
    let base = fs::canonicalize(dir).ok()?;
    config::parse(&files, &base).station
}

/// Where the state folder may be: what the broken text says, what systemd says, the shipped place.
fn places(dir: &Path) -> Vec<PathBuf> {
    let said = || -> Option<PathBuf> {
        let text = fs::read_to_string(dir.join("station.toml")).ok()?;
        let table: toml::Table = toml::from_str(&text).ok()?;
        Some(dir.join(table.get("paths")?.get("state")?.as_str()?))
    };
    let systemd = std::env::var_os("STATE_DIRECTORY").map(PathBuf::from);
    said().into_iter().chain(systemd).chain([dir.join("../state")]).collect()
}
