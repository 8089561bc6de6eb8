//! One dated instance of a slot. Pure.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::model::id::{AiringId, CampaignId, CommuneId, SlotId};
use crate::model::outcome::Kind;

/// One dated instance of a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// `<commune>/<slot>@<local>`; the local time is the one that was asked for, even where the clock skipped it.
    pub id: AiringId,
    /// Whose.
    pub commune: CommuneId,
    /// Which rule.
    pub slot: SlotId,
    /// The campaign that the rule belongs to; nothing for the usual schedule.
    pub campaign: Option<CampaignId>,
    /// The local time that the rule asks for.
    pub local: DateTime,
    /// When that is.
    pub at: Timestamp,
    /// How the local time was turned into a point in time.
    pub placement: Placement,
    /// The occurrence of the same rule that a holiday moved here.
    pub moved_from: Option<AiringId>,
}

impl Occurrence {
    /// What calls for it: the usual schedule or a campaign.
    #[must_use]
    pub fn kind(&self) -> Kind {
        if self.campaign.is_some() { Kind::Campaign } else { Kind::Scheduled }
    }
}

/// What was decided where local time is not one point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// The local time exists exactly once.
    Exact,
    /// The clock jumps over it: it airs at the first moment after the jump, so that the day is not one short.
    AfterGap,
    /// The clock shows it twice: it airs the first time only.
    FirstOfFold,
}
