//! What is to come, as people and scripts read it: an occurrence and the clip that it would take. Pure.

use serde::{Deserialize, Serialize};

use crate::model::id::{AiringId, Audience, ClipPath, CommuneId, SlotId, Topic};
use crate::model::occurrence::Placement;
use crate::model::outcome::{Kind, Reason};
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
    /// Which rule; nothing for a make-good.
    pub slot: Option<SlotId>,
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
    /// `scheduled`, `campaign`, `relay` or `make_good`.
    pub kind: Kind,
    /// The lost airing that it would replace.
    pub makes_good_for: Option<AiringId>,
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
    /// BCP 47 tag.
    pub language: String,
    /// For whom.
    pub audience: Vec<Audience>,
    /// Decoded length.
    pub duration_s: Seconds,
}
