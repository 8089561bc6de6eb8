//! A clip as people and scripts read it: what the file is, what the schedule says of it, what is wrong. Pure.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::approval::{ApprovalState, approval_of, permits};
use crate::model::clip::{Clip, ClipFault, Library, Sound};
use crate::model::id::{ClipHash, ClipPath, CommuneId, Topic};
use crate::model::recovery::History;
use crate::model::station::{Approval, ApprovalRule, Commune, Station};
use crate::model::text::Text;
use crate::model::units::{Lufs, Seconds};
use crate::text;

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
    /// Its true peak.
    #[serde(default)]
    pub peak_dbtp: Option<f64>,
    /// Silence before the first sound.
    #[serde(default)]
    pub silent_start_s: Option<Seconds>,
    /// Silence behind the last sound.
    #[serde(default)]
    pub silent_end_s: Option<Seconds>,
    /// What it takes to bring it to each loudness that the station asks for.
    #[serde(default)]
    pub levels: Vec<LevelView>,
    /// Content.
    pub hash: Option<ClipHash>,
    /// Bytes.
    pub size: u64,
    /// First day on which it may air.
    pub valid_from: Option<Date>,
    /// Last day on which it may air.
    pub valid_until: Option<Date>,
    /// Who approved it, by the first schedule that says so.
    pub approval: Option<Approval>,
    /// Whether it is approved, in each commune that says anything of it or airs only what is approved.
    #[serde(default)]
    pub approvals: Vec<ApprovalView>,
    /// What is wrong with it.
    pub faults: Vec<FaultView>,
}

/// Whether a clip is approved in one commune.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalView {
    /// Whose.
    pub commune: CommuneId,
    /// With the content that it has now.
    pub state: ApprovalState,
    /// May it air there as far as approval goes?
    pub permitted: bool,
    /// Who approved it; nothing if nobody has, or something else.
    pub approval: Option<Approval>,
}

impl ApprovalView {
    /// The state as people read it.
    #[must_use]
    pub fn label(&self) -> Text {
        match self.state {
            ApprovalState::Approved => text!("Đã duyệt", "Approved"),
            ApprovalState::Changed => text!("Tệp đã sửa sau khi duyệt", "Changed since approval"),
            ApprovalState::Unapproved => text!("Chưa duyệt", "Not approved"),
            ApprovalState::Withdrawn => text!("Đã thu hồi", "Withdrawn"),
        }
    }
}

/// What it takes to bring a clip to a loudness.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LevelView {
    /// The loudness that is wanted.
    pub target_lufs: f64,
    /// How much louder or softer it is played.
    pub gain_db: f64,
}

/// What is wrong with a clip, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultView {
    /// Stable name.
    pub code: ClipFault,
    /// Cause and remedy.
    pub message: Text,
}

/// All clips of the library, by path, with what the communes that are `seen` say of each.
#[must_use]
pub fn views(known: &ClipsKnown<'_>, seen: &dyn Fn(&CommuneId) -> bool) -> Vec<ClipView> {
    let communes: Vec<&Commune> = known.station.communes.iter().filter(|commune| seen(&commune.id)).collect();
    known.library.clips.values().map(|clip| view(clip, &communes, known)).collect()
}

/// What the view of a clip depends on.
#[derive(Debug, Clone, Copy)]
pub struct ClipsKnown<'a> {
    /// The files.
    pub library: &'a Library,
    /// What the schedules say.
    pub station: &'a Station,
    /// Which contents were approved.
    pub history: &'a History,
    /// The local day.
    pub today: Date,
}

fn view(clip: &Clip, communes: &[&Commune], known: &ClipsKnown<'_>) -> ClipView {
    let sound = clip.sound.as_ref();
    let note = communes.iter().find_map(|commune| commune.note(&clip.path));
    let own_topics = || clip.topic.iter().cloned().collect();
    ClipView {
        clip: clip.path.clone(),
        title: note.and_then(|n| n.title.clone()).unwrap_or_else(|| stem(&clip.path)),
        topics: note.and_then(|n| n.topics.clone()).unwrap_or_else(own_topics),
        language: note.and_then(|n| n.language.clone()),
        airable: clip.airable().is_ok(),
        duration_s: sound.map(|s| s.duration.into()),
        format: sound.map(|s| s.format.clone()),
        loudness_lufs: sound.and_then(|s| s.loudness).map(|Lufs(l)| tenth(l)),
        peak_dbtp: sound.map(|s| tenth(s.peak.0)),
        silent_start_s: sound.map(|s| s.silent_start.into()),
        silent_end_s: sound.map(|s| s.silent_end.into()),
        levels: sound.map(|s| levels(s, known.station)).unwrap_or_default(),
        hash: sound.map(|s| s.hash.clone()),
        size: clip.size,
        valid_from: note.and_then(|n| n.valid_from),
        valid_until: note.and_then(|n| n.valid_until),
        approval: note.and_then(|n| n.approval.clone()),
        approvals: sound.map(|s| approvals(clip, s, communes, known)).unwrap_or_default(),
        faults: clip.faults.iter().map(|f| FaultView { code: *f, message: f.text() }).collect(),
    }
}

/// As people write it.
fn tenth(level: f64) -> f64 {
    (level * 10.0).round() / 10.0
}

/// One for each loudness that the station asks for, softest first.
fn levels(sound: &Sound, station: &Station) -> Vec<LevelView> {
    let level = |target: Lufs| LevelView { target_lufs: tenth(target.0), gain_db: tenth(sound.gain(target).0) };
    station.targets().into_iter().map(level).collect()
}

fn approvals(clip: &Clip, sound: &Sound, communes: &[&Commune], known: &ClipsKnown<'_>) -> Vec<ApprovalView> {
    let said = |commune: &Commune| {
        let note = commune.note(&clip.path);
        commune.approval == ApprovalRule::Required
            || note.is_some_and(|note| note.approval.is_some() || note.withdrawn.is_some())
    };
    let of = |commune: &&Commune| {
        let (state, approval) = approval_of(commune, known.history, &clip.path, &sound.hash, known.today);
        ApprovalView { commune: commune.id.clone(), state, permitted: permits(commune.approval, state), approval }
    };
    communes.iter().filter(|commune| said(commune)).map(of).collect()
}

/// The file's name without folders and ending, `-` and `_` being spaces, as the plan says it.
fn stem(path: &ClipPath) -> String {
    let name = path.as_str().rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).replace(['-', '_'], " ")
}
