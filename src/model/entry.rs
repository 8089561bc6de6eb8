//! What the journal holds: one entry for each thing that happened, in the order in which it happened. Pure.

use serde::{Deserialize, Serialize};

use crate::model::airing::{Airing, Head, PlannedItem};
use crate::model::fault::Fault;
use crate::model::id::{AiringId, ClipHash, ClipPath, CommuneId, OutputId, Revision, StationId};
use crate::model::station::Approval;
use crate::model::time::Moment;
use crate::model::units::Seconds;

/// One entry. `type` names the kind in the stored JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Entry {
    /// The daemon began its work.
    SessionStarted {
        /// When.
        at: Moment,
        /// Whose journal this is.
        station: StationId,
        /// Program version.
        version: String,
        /// The kernel's id of this start of the PC: tells a power cut from a crash of the program.
        boot_id: String,
        /// Configuration in force.
        revision: Revision,
        /// Every occurrence due before this has its row in front of this entry.
        from: Moment,
    },
    /// The daemon was asked to stop, and did.
    SessionEnded {
        /// When.
        at: Moment,
    },
    /// Another configuration came into force.
    Configured {
        /// When.
        at: Moment,
        /// Which.
        revision: Revision,
        /// Occurrences due before this followed the configuration before; they have their rows or are open.
        from: Moment,
    },
    /// An airing is about to begin: durable before sound.
    Planned {
        /// When this was decided.
        at: Moment,
        /// What.
        #[serde(flatten)]
        head: Box<Head>,
        /// With which clips.
        items: Vec<PlannedItem>,
        /// On which outputs.
        outputs: Vec<OutputId>,
    },
    /// The first frame was consumed by an output.
    Started {
        /// When this was known.
        at: Moment,
        /// Which airing.
        id: AiringId,
        /// Which output.
        output: OutputId,
        /// When the frame left.
        started_at: Moment,
        /// The device as it was opened.
        device: String,
    },
    /// How far an airing has come; at most 5 s of sound lie between two.
    Checkpoint {
        /// When.
        at: Moment,
        /// Which airing.
        id: AiringId,
        /// How far each output has come.
        outputs: Vec<Reached>,
    },
    /// An airing's final row. Never changed; there is exactly one.
    Final {
        /// When it was decided.
        at: Moment,
        /// The row.
        airing: Box<Airing>,
    },
    /// A commune's approval of a clip was tied to the content that the file had then: whatever changes it ends the
    /// approval.
    Approved {
        /// When it was tied.
        at: Moment,
        /// Whose schedule says so.
        commune: CommuneId,
        /// Which clip.
        clip: ClipPath,
        /// What it contained.
        hash: ClipHash,
        /// What the schedule says.
        approval: Approval,
    },
    /// The clock can be trusted, after a time in which it could not; or it was found to be right though the journal has
    /// later times in it.
    ClockTrusted {
        /// When, by the clock that is trusted now.
        at: Moment,
        /// Every occurrence due before this has its row or is open; what is due from here on and has none is still to come.
        from: Moment,
    },
    /// A person has held the clock against a watch, and it was right.
    ClockConfirmed {
        /// When.
        at: Moment,
        /// Who.
        by: String,
    },
    /// A fault began.
    FaultRaised {
        /// When.
        at: Moment,
        /// Which.
        fault: Fault,
    },
    /// A fault ended.
    FaultCleared {
        /// When.
        at: Moment,
        /// Which: code and subject.
        code: String,
        /// What it concerned.
        subject: Option<String>,
    },
}

impl Entry {
    /// When it was written down.
    #[must_use]
    pub fn at(&self) -> Moment {
        match self {
            Self::SessionStarted { at, .. }
            | Self::SessionEnded { at }
            | Self::Configured { at, .. }
            | Self::Planned { at, .. }
            | Self::Started { at, .. }
            | Self::Checkpoint { at, .. }
            | Self::Final { at, .. }
            | Self::Approved { at, .. }
            | Self::ClockTrusted { at, .. }
            | Self::ClockConfirmed { at, .. }
            | Self::FaultRaised { at, .. }
            | Self::FaultCleared { at, .. } => *at,
        }
    }
}

/// How far one output has come with an airing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reached {
    /// Which output.
    pub output: OutputId,
    /// Seconds of each item that the device consumed, in the order of the programme.
    pub played_s: Vec<Seconds>,
}
