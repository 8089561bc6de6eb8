//! An airing: an occurrence with its outcome and its items, one row of the airing log. Pure.
//!
//! The shapes here are what the journal stores for decades and what HTTP answers: fields are added, never renamed.

use serde::{Deserialize, Serialize};

use crate::model::id::{
    AiringId, Audience, CampaignId, ClipHash, ClipPath, CommuneId, OutputId, QueueId, QuotaId, Revision, SlotId,
    StationId, Topic,
};
use crate::model::occurrence::Placement;
use crate::model::outcome::{Kind, Outcome, Priority, Reason};
use crate::model::station::Channel;
use crate::model::time::Moment;
use crate::model::units::{Frames, Hertz, Seconds};

/// What is known of an airing before it begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// For ever.
    pub id: AiringId,
    /// The PC.
    pub station: StationId,
    /// Whose.
    pub commune: CommuneId,
    /// The commune's name on that day.
    pub commune_name: String,
    /// Which rule; nothing for what a person started.
    pub slot: Option<SlotId>,
    /// The rule's name on that day, or the kind's.
    pub slot_name: String,
    /// The queue from which the clip was drawn.
    pub queue: Option<QueueId>,
    /// What called for it.
    pub kind: Kind,
    /// Its class.
    pub priority: Priority,
    /// When it was due.
    pub planned_at: Moment,
    /// How the local time was placed.
    pub placement: Placement,
    /// Topics of its clips, jingles aside.
    pub topics: Vec<Topic>,
    /// Language of its first clip.
    pub language: Option<String>,
    /// The campaign that added its slot.
    #[serde(default)]
    pub campaign: Option<CampaignId>,
    /// The occurrence that a holiday moved here.
    #[serde(default)]
    pub moved_from: Option<AiringId>,
    /// The quota for whose sake it airs: make-goods only.
    #[serde(default)]
    pub quota: Option<QuotaId>,
    /// The lost airing that this one replaces.
    pub makes_good_for: Option<AiringId>,
    /// The configuration in force.
    pub revision: Revision,
    /// Why this clip: one English sentence for those who ask.
    pub choice: Option<String>,
}

/// One clip of a programme, as planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedItem {
    /// Which file.
    pub clip: ClipPath,
    /// Jingle or content.
    pub role: Role,
    /// As people read it.
    pub title: String,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// BCP 47 tag; nothing for jingles.
    #[serde(default)]
    pub language: Option<String>,
    /// For whom.
    #[serde(default)]
    pub audience: Vec<Audience>,
    /// Content that is meant to sound.
    pub hash: ClipHash,
    /// Decoded length.
    pub planned_s: Seconds,
}

/// What an item is in its programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Jingle before.
    Intro,
    /// The content.
    Clip,
    /// Jingle after.
    Outro,
}

/// One clip of a programme, as it went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// As planned.
    #[serde(flatten)]
    pub plan: PlannedItem,
    /// How much of it the device consumed.
    pub played_s: Seconds,
    /// Loudness of what was delivered.
    pub loudness_lufs: Option<f64>,
    /// How it went.
    pub outcome: Outcome,
    /// Why not whole.
    pub reason: Option<Reason>,
}

/// What one output did of an airing: the evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputResult {
    /// Which output.
    pub output: OutputId,
    /// Its name on that day.
    pub name: String,
    /// Whose counter it feeds.
    pub channel: Channel,
    /// The device as it was opened; nothing if none ever was.
    pub device: Option<String>,
    /// How it went.
    pub outcome: Outcome,
    /// Why not whole.
    pub reason: Option<Reason>,
    /// How much of the programme the device consumed.
    pub played_s: Seconds,
    /// The same in frames, and their rate.
    pub frames: Frames,
    /// Frames a second of the device; nothing if none ever opened.
    pub rate: Option<Hertz>,
    /// Media time over monotonic time while it played; 1 is right.
    pub pace: Option<f64>,
    /// Buffer underruns.
    pub xruns: u64,
    /// How often the device was opened afresh.
    pub reopened: u32,
    /// Silence between the parts, where it was.
    pub gap_s: Seconds,
    /// The file that holds the sound (`wav`, and `auto` without a card), below `<state>`.
    pub heard: Option<String>,
}

/// A row of the airing log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Airing {
    /// What was planned.
    #[serde(flatten)]
    pub head: Head,
    /// When the first frame of the programme left, on the first output that carried it.
    pub started_at: Option<Moment>,
    /// When the last frame left, or when it was given up.
    pub ended_at: Option<Moment>,
    /// `started_at` − `planned_at`, in milliseconds.
    pub start_error_ms: Option<i64>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why not `aired`.
    pub reason: Option<Reason>,
    /// Its clips.
    pub items: Vec<Item>,
    /// What each output did.
    pub outputs: Vec<OutputResult>,
}

impl Airing {
    /// What was aired, as people read it: the titles of its clips, jingles aside.
    #[must_use]
    pub fn programme(&self) -> String {
        let clips = self.items.iter().filter(|i| i.plan.role == Role::Clip);
        clips.map(|i| i.plan.title.as_str()).collect::<Vec<_>>().join(" + ")
    }
}
