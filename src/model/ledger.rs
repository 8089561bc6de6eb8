//! An airing as far as quotas care: the short row from which promised is held against aired. Pure.
//!
//! What many rows have in common they share: a question over ten years holds a hundred thousand of them.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::airing::{Airing, Role};
use crate::model::id::{AiringId, Audience, ClipPath, CommuneId, QuotaId, SlotId, Topic};
use crate::model::outcome::{Kind, Outcome};
use crate::model::station::Channel;

/// A final row, shortened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// Which airing.
    pub id: AiringId,
    /// Whose.
    pub commune: CommuneId,
    /// The local day for which it was planned: it decides the period.
    pub date: Date,
    /// When it was due.
    pub planned_at: Timestamp,
    /// What called for it.
    pub kind: Kind,
    /// Which rule; nothing for make-goods and what a person started.
    pub slot: Option<SlotId>,
    /// The topics for which it was planned.
    pub topics: Arc<[Topic]>,
    /// The best that any output of each of its channels did; each channel once, in their order.
    pub channels: Arc<[(Channel, Outcome)]>,
    /// The clips that were aired whole, jingles aside, each once.
    pub clips: Arc<[LedgerClip]>,
    /// The lost airing that it replaces, and for which quota.
    pub makes_good: Option<(QuotaId, Option<AiringId>)>,
}

/// A clip that was aired whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerClip {
    /// Which file.
    pub clip: ClipPath,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// BCP 47 tag.
    pub language: String,
    /// For whom.
    pub audience: Vec<Audience>,
}

impl From<&Airing> for LedgerRow {
    fn from(airing: &Airing) -> Self {
        let head = &airing.head;
        let mut channels: Vec<(Channel, Outcome)> = Vec::new();
        for output in &airing.outputs {
            match channels.iter_mut().find(|(channel, _)| *channel == output.channel) {
                Some((_, best)) if best.rank() < output.outcome.rank() => *best = output.outcome,
                Some(_) => {}
                None => channels.push((output.channel, output.outcome)),
            }
        }
        channels.sort_by_key(|(channel, _)| *channel);
        let mut clips: Vec<LedgerClip> = Vec::new();
        let whole = airing.items.iter().filter(|i| i.plan.role == Role::Clip && i.outcome == Outcome::Aired);
        for plan in whole.map(|i| &i.plan) {
            if clips.iter().all(|c| c.clip != plan.clip) {
                clips.push(LedgerClip {
                    clip: plan.clip.clone(),
                    topics: plan.topics.clone(),
                    language: plan
                        .language
                        .clone()
                        .or_else(|| head.language.clone())
                        .unwrap_or_else(|| "vi".to_owned()),
                    audience: plan.audience.clone(),
                });
            }
        }
        Self {
            id: head.id.clone(),
            commune: head.commune.clone(),
            date: head.planned_at.local().date(),
            planned_at: head.planned_at.at,
            kind: head.kind,
            slot: head.slot.clone(),
            topics: head.topics.clone().into(),
            channels: channels.into(),
            clips: clips.into(),
            makes_good: head.quota.clone().map(|quota| (quota, head.makes_good_for.clone())),
        }
    }
}
