//! Whether a clip is approved: what the schedule says, held against the content that was approved. Pure.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::id::{ClipHash, ClipPath};
use crate::model::recovery::History;
use crate::model::station::{Approval, ApprovalRule, Commune};

/// Whether a clip is approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// It is, with the content that it has.
    Approved,
    /// It was, and the file has been changed since.
    Changed,
    /// The schedule says nothing of it.
    Unapproved,
    /// It was withdrawn.
    Withdrawn,
}

/// Whether the clip `path` is approved in `commune` on the local day `date`, with the content `hash`.
///
/// An approval that is not tied to any content yet approves the content that it finds: the engine ties it as soon as it
/// sees both.
#[must_use]
pub fn approval_of(
    commune: &Commune,
    history: &History,
    path: &ClipPath,
    hash: &ClipHash,
    date: Date,
) -> (ApprovalState, Option<Approval>) {
    let Some(note) = commune.note(path) else { return (ApprovalState::Unapproved, None) };
    if note.withdrawn.is_some_and(|from| from <= date) {
        return (ApprovalState::Withdrawn, None);
    }
    let Some(approval) = &note.approval else { return (ApprovalState::Unapproved, None) };
    let tied = history.approved.get(&(commune.id.clone(), path.clone())).filter(|tied| &tied.approval == approval);
    match tied {
        Some(tied) if &tied.hash != hash => (ApprovalState::Changed, None),
        _ => (ApprovalState::Approved, Some(approval.clone())),
    }
}

/// May a clip in this state air?
#[must_use]
pub fn permits(rule: ApprovalRule, state: ApprovalState) -> bool {
    match (rule, state) {
        (_, ApprovalState::Approved) => true,
        (_, ApprovalState::Withdrawn) | (ApprovalRule::Required, _) => false,
        (ApprovalRule::Optional, ApprovalState::Changed | ApprovalState::Unapproved) => true,
    }
}
