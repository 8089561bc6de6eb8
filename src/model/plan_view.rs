//! What is to come, as people and scripts read it: an occurrence and the clip that it would take. Pure.

use serde::{Deserialize, Serialize};

use crate::model::id::{AiringId, ClipPath, CommuneId, SlotId, Topic};
use crate::model::occurrence::Placement;
use crate::model::outcome::Reason;
use crate::model::time::Moment;
use crate::model::units::Seconds;

/// One occurrence to come: an element of `occurrences` in the answer of `GET /v1/plan`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanView {
    /// The airing's id to be.
    pub id: AiringId,
    /// Whose.
    pub commune: CommuneId,
    /// Its commune's name today.
    pub commune_name: String,
    /// Which rule.
    pub slot: SlotId,
    /// The rule's name today.
    pub slot_name: String,
    /// When it is due.
    pub planned_at: Moment,
    /// How the local time was placed.
    pub placement: Placement,
    /// The clip that it would take if it were chosen now; nothing if nothing would air.
    pub clip: Option<PlannedClip>,
    /// Why nothing would air; nothing if a clip would.
    pub reason: Option<Reason>,
}

/// A clip that an occurrence would take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedClip {
    /// Which file.
    pub clip: ClipPath,
    /// As people read it.
    pub title: String,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// Decoded length.
    pub duration_s: Seconds,
}
