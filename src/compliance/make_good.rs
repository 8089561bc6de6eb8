//! Make-goods: which lost airings are to be aired again before their period ends, when, and with which clip. Pure.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::Facts;
use super::forecast::Drawn;
use crate::model::id::{AiringId, CommuneId, QuotaId};
use crate::model::occurrence::Placement;

/// A make-good to come.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedMakeGood {
    /// `<commune>/make-good:<quota>@<local>`.
    pub id: AiringId,
    /// Whose.
    pub commune: CommuneId,
    /// For which quota.
    pub quota: QuotaId,
    /// The airing that it replaces.
    pub makes_good_for: AiringId,
    /// The local time.
    pub local: DateTime,
    /// When that is.
    pub at: Timestamp,
    /// How the local time was placed.
    pub placement: Placement,
    /// Later than this it is too late.
    pub start_by: Timestamp,
    /// What it airs: one clip, no jingles.
    pub drawn: Drawn,
}

/// All make-goods to come in the current periods, by time.
#[must_use]
pub fn make_goods(_facts: &Facts) -> Vec<PlannedMakeGood> {
    Vec::new()
}
