//! What the journal tells a daemon that starts: a bounded window, never the whole history. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::model::airing::{Head, PlannedItem};
use crate::model::entry::Reached;
use crate::model::id::{AiringId, ClipHash, ClipPath, CommuneId, OutputId, QueueId};
use crate::model::station::Approval;
use crate::model::time::Moment;

/// What was left behind. Empty for a new journal.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recovery {
    /// The session before this one; nothing for a new journal.
    pub last_session: Option<LastSession>,
    /// Airings planned and without a final row.
    pub open: Vec<Open>,
    /// Ids of all airings planned at or after [`LastSession::cursor`], ended or open.
    pub settled: BTreeSet<AiringId>,
    /// What aired before, for the choice of clips and the day limits.
    pub history: History,
}

/// The session before this one.
#[derive(Debug, Clone, PartialEq)]
pub struct LastSession {
    /// The PC's start in which it ran.
    pub boot_id: String,
    /// Whether it ended by being asked to.
    pub end: SessionEnd,
    /// Wall time of the last entry that was written while the clock could be trusted: it was alive then. The beginning of
    /// 1970 where there is none.
    pub last_entry: Timestamp,
    /// What the clock showed at the end, if it could not be trusted then.
    pub in_doubt: Option<Timestamp>,
    /// Every occurrence due before this has its row, or is open: the latest of the `from` of a session and the planned time
    /// of an airing, since the last `from` of a configuration or of a clock that came to be trusted.
    /// Before 1971: no clock was ever trusted.
    pub cursor: Timestamp,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionEnd {
    /// It was asked to stop.
    Clean,
    /// It did not say goodbye.
    Abrupt,
}

/// An airing without a final row.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// As planned.
    pub head: Head,
    /// Its clips.
    pub items: Vec<PlannedItem>,
    /// Its outputs.
    pub outputs: Vec<OutputId>,
    /// By output: when its first frame left, and the device's name.
    pub started: BTreeMap<OutputId, (Moment, String)>,
    /// The last account of each output.
    pub reached: Vec<Reached>,
    /// When the last account was written.
    pub last_seen: Option<Moment>,
}

/// What aired before.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// When each clip last aired (outcome `aired`, any kind but trial).
    pub last_aired: BTreeMap<ClipPath, Timestamp>,
    /// The clip last drawn from each queue, whatever came of it.
    pub last_drawn: BTreeMap<(CommuneId, QueueId), ClipPath>,
    /// Scheduled airings begun, and seconds on air, by commune and local day: for the day limits.
    pub usage: BTreeMap<(CommuneId, jiff::civil::Date), Usage>,
    /// The approvals that were tied to a content, the last of each commune and clip.
    pub approved: BTreeMap<(CommuneId, ClipPath), Tied>,
}

/// An approval and the content to which it was tied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tied {
    /// What the schedule said.
    pub approval: Approval,
    /// What the clip contained.
    pub hash: ClipHash,
}

/// What a commune has used of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// Airings begun.
    pub airings: u32,
    /// Seconds on air.
    pub seconds: f64,
}
