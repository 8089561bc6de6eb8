//! From the local time that a rule asks for to the point in time at which it airs. Pure.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use crate::model::occurrence::Placement;

/// The point in time of a local time: the first moment after a gap, the first time of a fold.
///
/// Nothing at the very ends of the calendar (years −9999 and 9999).
pub(super) fn place(local: DateTime, zone: &TimeZone) -> Option<(Timestamp, Placement)> {
    let at = |offset: Offset| offset.to_timestamp(local).ok();
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => Some((at(offset)?, Placement::Exact)),
        AmbiguousOffset::Fold { before, .. } => Some((at(before)?, Placement::FirstOfFold)),
        // With the later offset the skipped time lies before the jump, by less than the gap's length.
        AmbiguousOffset::Gap { after, .. } => Some((jump_to(after, at(after)?, zone)?, Placement::AfterGap)),
    }
}

/// The first moment after `from` at which `offset` comes into force.
fn jump_to(offset: Offset, from: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    zone.following(from).map(|change| change.timestamp()).find(|at| zone.to_offset(*at) == offset)
}
