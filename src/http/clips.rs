//! A clip as people and scripts read it: what the file is, what the schedule says of it, what is wrong. Pure.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::clip::{Clip, ClipFault, Library};
use crate::model::id::{ClipHash, ClipPath, Topic};
use crate::model::station::{Approval, ClipNote, Station};
use crate::model::text::Text;
use crate::model::units::{Lufs, Seconds};

/// An element of `clips` in the answer of `GET /v1/clips`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClipView {
    /// Which file.
    pub clip: ClipPath,
    /// As people read it: from the schedule, else the file's name.
    pub title: String,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// BCP 47 tag, where the schedule gives one.
    pub language: Option<String>,
    /// May it air as far as its file goes?
    pub airable: bool,
    /// Decoded length.
    pub duration_s: Option<Seconds>,
    /// Container and codec.
    pub format: Option<String>,
    /// Integrated loudness of the file.
    pub loudness_lufs: Option<f64>,
    /// Content.
    pub hash: Option<ClipHash>,
    /// Bytes.
    pub size: u64,
    /// First day on which it may air.
    pub valid_from: Option<Date>,
    /// Last day on which it may air.
    pub valid_until: Option<Date>,
    /// Who approved it.
    pub approval: Option<Approval>,
    /// What is wrong with it.
    pub faults: Vec<FaultView>,
}

/// What is wrong with a clip, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultView {
    /// Stable name.
    pub code: ClipFault,
    /// Cause and remedy.
    pub message: Text,
}

/// All clips of the library, by path, with the first note that a commune's schedule has of each.
#[must_use]
pub fn views(library: &Library, station: &Station) -> Vec<ClipView> {
    let note = |clip: &Clip| station.communes.iter().find_map(|c| c.note(&clip.path));
    library.clips.values().map(|clip| view(clip, note(clip))).collect()
}

fn view(clip: &Clip, note: Option<&ClipNote>) -> ClipView {
    let sound = clip.sound.as_ref();
    let own_topics = || clip.topic.iter().cloned().collect();
    ClipView {
        clip: clip.path.clone(),
        title: note.and_then(|n| n.title.clone()).unwrap_or_else(|| stem(&clip.path)),
        topics: note.and_then(|n| n.topics.clone()).unwrap_or_else(own_topics),
        language: note.and_then(|n| n.language.clone()),
        airable: clip.airable().is_ok(),
        duration_s: sound.map(|s| s.duration.into()),
        format: sound.map(|s| s.format.clone()),
        loudness_lufs: sound.and_then(|s| s.loudness).map(|Lufs(l)| (l * 10.0).round() / 10.0),
        hash: sound.map(|s| s.hash.clone()),
        size: clip.size,
        valid_from: note.and_then(|n| n.valid_from),
        valid_until: note.and_then(|n| n.valid_until),
        approval: note.and_then(|n| n.approval.clone()),
        faults: clip.faults.iter().map(|f| FaultView { code: *f, message: f.text() }).collect(),
    }
}

/// The file's name without folders and ending, `-` and `_` being spaces, as the plan says it.
fn stem(path: &ClipPath) -> String {
    let name = path.as_str().rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).replace(['-', '_'], " ")
}
