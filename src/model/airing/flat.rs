//! How a row of the airing log is read: all fields of its parts in one. Pure.
//!
//! What is `flatten`ed serde reads by way of a copy of every key and value: a row would take nearly twice as long, and
//! `verify` reads a hundred thousand of them within two seconds (`docs/reliability.md`).

use serde::Deserialize;

use super::{Airing, Asked, Head, Item, OutputResult, PlannedItem, Preemption, Role};
use crate::model::id::{
    AiringId, Audience, CampaignId, ClipHash, ClipPath, CommuneId, QueueId, QuotaId, Revision, SlotId, StationId, Topic,
};
use crate::model::occurrence::Placement;
use crate::model::outcome::{Kind, Outcome, Priority, Reason};
use crate::model::station::Approval;
use crate::model::time::Moment;
use crate::model::units::Seconds;

/// An [`Airing`] as it is written.
#[derive(Deserialize)]
pub(super) struct FlatAiring {
    id: AiringId,
    station: StationId,
    commune: CommuneId,
    commune_name: String,
    slot: Option<SlotId>,
    slot_name: String,
    queue: Option<QueueId>,
    kind: Kind,
    priority: Priority,
    planned_at: Moment,
    placement: Placement,
    topics: Vec<Topic>,
    language: Option<String>,
    #[serde(default)]
    campaign: Option<CampaignId>,
    #[serde(default)]
    moved_from: Option<AiringId>,
    #[serde(default)]
    quota: Option<QuotaId>,
    makes_good_for: Option<AiringId>,
    #[serde(default)]
    asked: Option<Asked>,
    revision: Revision,
    choice: Option<String>,
    started_at: Option<Moment>,
    ended_at: Option<Moment>,
    start_error_ms: Option<i64>,
    outcome: Outcome,
    reason: Option<Reason>,
    items: Vec<Item>,
    outputs: Vec<OutputResult>,
    #[serde(default)]
    preempted_by: Option<Preemption>,
}

impl From<FlatAiring> for Airing {
    fn from(flat: FlatAiring) -> Self {
        let head = Head {
            id: flat.id,
            station: flat.station,
            commune: flat.commune,
            commune_name: flat.commune_name,
            slot: flat.slot,
            slot_name: flat.slot_name,
            queue: flat.queue,
            kind: flat.kind,
            priority: flat.priority,
            planned_at: flat.planned_at,
            placement: flat.placement,
            topics: flat.topics,
            language: flat.language,
            campaign: flat.campaign,
            moved_from: flat.moved_from,
            quota: flat.quota,
            makes_good_for: flat.makes_good_for,
            asked: flat.asked,
            revision: flat.revision,
            choice: flat.choice,
        };
        Self {
            head,
            started_at: flat.started_at,
            ended_at: flat.ended_at,
            start_error_ms: flat.start_error_ms,
            outcome: flat.outcome,
            reason: flat.reason,
            items: flat.items,
            outputs: flat.outputs,
            preempted_by: flat.preempted_by,
        }
    }
}

/// An [`Item`] as it is written.
#[derive(Deserialize)]
pub(super) struct FlatItem {
    clip: ClipPath,
    role: Role,
    title: String,
    topics: Vec<Topic>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    audience: Vec<Audience>,
    hash: ClipHash,
    planned_s: Seconds,
    #[serde(default)]
    approval: Option<Approval>,
    played_s: Seconds,
    loudness_lufs: Option<f64>,
    #[serde(default)]
    peak_dbtp: Option<f64>,
    outcome: Outcome,
    reason: Option<Reason>,
}

impl From<FlatItem> for Item {
    fn from(flat: FlatItem) -> Self {
        let plan = PlannedItem {
            clip: flat.clip,
            role: flat.role,
            title: flat.title,
            topics: flat.topics,
            language: flat.language,
            audience: flat.audience,
            hash: flat.hash,
            planned_s: flat.planned_s,
            approval: flat.approval,
        };
        Self {
            plan,
            played_s: flat.played_s,
            loudness_lufs: flat.loudness_lufs,
            peak_dbtp: flat.peak_dbtp,
            outcome: flat.outcome,
            reason: flat.reason,
        }
    }
}
