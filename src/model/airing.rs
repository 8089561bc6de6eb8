//! An airing: an occurrence with its outcome and its items, one row of the airing log. Pure.
//!
//! The shapes here are what the journal stores for decades and what HTTP answers: fields are added, never renamed.

mod flat;

use serde::{Deserialize, Serialize};

use self::flat::{FlatAiring, FlatItem};
use crate::model::id::{
    AiringId, Audience, CampaignId, ClipHash, ClipPath, CommuneId, OutputId, QueueId, QuotaId, Revision, SlotId,
    StationId, Topic,
};
use crate::model::occurrence::Placement;
use crate::model::outcome::{Kind, Outcome, Priority, Reason};
use crate::model::playback::Route;
use crate::model::station::{Approval, Channel};
use crate::model::text::Text;
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
    /// The person who called for it, and why: what no schedule called for.
    #[serde(default)]
    pub asked: Option<Asked>,
    /// The configuration in force.
    pub revision: Revision,
    /// Why this clip: one English sentence for those who ask.
    pub choice: Option<String>,
}

/// Who called for an airing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// A token's name, or `test_before`.
    pub by: String,
    /// In their words.
    pub why: Option<String>,
}

/// What took an output away from an airing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preemption {
    /// When.
    pub at: Moment,
    /// The airing that took it.
    pub airing: AiringId,
    /// Its kind.
    pub kind: Kind,
    /// Who called for that.
    pub asked: Option<Asked>,
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
    /// By whom its content is approved; nothing: by nobody.
    #[serde(default)]
    pub approval: Option<Approval>,
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
    /// A live stream; `clip` is its address.
    Relay,
    /// What airs where a stream is lost or silent.
    Fallback,
}

/// One clip of a programme, as it went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "FlatItem")]
pub struct Item {
    /// As planned.
    #[serde(flatten)]
    pub plan: PlannedItem,
    /// How much of it the device consumed.
    pub played_s: Seconds,
    /// Loudness of what was delivered, on the output that did best.
    pub loudness_lufs: Option<f64>,
    /// Its highest true peak, in dBTP.
    pub peak_dbtp: Option<f64>,
    /// How it went.
    pub outcome: Outcome,
    /// Why not whole.
    pub reason: Option<Reason>,
}

/// What one output did of one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemEvidence {
    /// How much of it the device consumed.
    pub played_s: Seconds,
    /// Loudness of what was delivered.
    pub loudness_lufs: Option<f64>,
    /// Its highest true peak, in dBTP.
    pub peak_dbtp: Option<f64>,
    /// How much of it was silence (below −50 dBFS).
    pub silent_s: Seconds,
    /// SHA-256 of the file as it was decoded; nothing if it never was, or for a stream.
    pub decoded: Option<ClipHash>,
    /// How it went here.
    pub outcome: Outcome,
    /// Why not whole.
    pub reason: Option<Reason>,
}

/// What a capture device says of an airing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Confirmed {
    /// The verdict.
    pub verdict: Confirmation,
    /// Correlation of the loudness envelopes of what was sent and what was heard, −1…1.
    pub score: Option<f64>,
    /// By how much it was heard after it left, in milliseconds.
    pub lag_ms: Option<u64>,
    /// Level of what was heard, in dBFS.
    pub level_db: Option<f64>,
}

/// Whether a capture device heard what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// It did.
    Heard,
    /// It heard something else, or nothing.
    NotHeard,
    /// There was too little to compare, or the capture device failed.
    Unclear,
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
    /// The same as the sound server or the card itself names it, where it can be asked.
    #[serde(default)]
    pub identity: Option<String>,
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
    /// When the first frame left here.
    #[serde(default)]
    pub started_at: Option<Moment>,
    /// By how many milliseconds that was later than on the output that was first.
    #[serde(default)]
    pub skew_ms: Option<i64>,
    /// Where the sound went in the end, as far as it can be asked.
    #[serde(default)]
    pub route: Option<Route>,
    /// For how long the device was found muted while it played.
    #[serde(default)]
    pub muted_s: Seconds,
    /// For how long the sound was found to go to another device.
    #[serde(default)]
    pub rerouted_s: Seconds,
    /// What it did of each item, in the order of the programme.
    #[serde(default)]
    pub items: Vec<ItemEvidence>,
    /// What the capture device says, where there is one.
    #[serde(default)]
    pub confirmed: Option<Confirmed>,
}

/// A row of the airing log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "FlatAiring")]
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
    /// What took its outputs away, if anything did.
    pub preempted_by: Option<Preemption>,
}

impl Airing {
    /// Why it did not end as `aired`, or who called for what no schedule called for: for people.
    #[must_use]
    pub fn why(&self) -> Option<Text> {
        let of = |asked: &Asked| match &asked.why {
            Some(why) => format!("{}: {why}", asked.by),
            None => asked.by.clone(),
        };
        let reason = self.reason.map(Reason::label);
        if let (Some(reason), Some(preemption)) = (&reason, &self.preempted_by) {
            let (kind, who) = (preemption.kind.label(), preemption.asked.as_ref().map(of));
            let who = who.map(|who| format!(", {who}")).unwrap_or_default();
            let add = |reason: &str, kind: &str| format!("{reason} ({}{who})", kind.to_lowercase());
            return Some(Text::new(add(&reason.vi, &kind.vi), add(&reason.en, &kind.en)));
        }
        let urgent = self.head.asked.as_ref().filter(|_| self.head.kind == Kind::Emergency).map(of);
        reason.or(urgent.map(|who| Text::new(who.clone(), who)))
    }

    /// What was aired, as people read it: the titles of its clips, jingles aside.
    #[must_use]
    pub fn programme(&self) -> String {
        let clips = self.items.iter().filter(|i| matches!(i.plan.role, Role::Clip | Role::Relay));
        clips.map(|i| i.plan.title.as_str()).collect::<Vec<_>>().join(" + ")
    }
}
