//! What a person asks of the running daemon, and the answer. Pure.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::model::id::{AiringId, ClipPath, CommuneId};
use crate::model::text::Text;

/// Something that a person asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Air this now, outside the schedule.
    Play {
        /// Whose outputs; nothing means the first commune.
        commune: Option<CommuneId>,
        /// What.
        what: PlayWhat,
        /// Who asks: a token's name.
        by: String,
    },
    /// End what is on air.
    Stop {
        /// Whose; nothing means everything.
        commune: Option<CommuneId>,
        /// Who asks.
        by: String,
    },
    /// Read the configuration again, now.
    Reload {
        /// Who asks.
        by: String,
    },
}

/// What a person wants to hear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlayWhat {
    /// A clip of the library.
    Clip(ClipPath),
    /// Any file of this PC, by its absolute path.
    File(PathBuf),
    /// The station's trial sound.
    TestSound,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It will be done.
    Accepted {
        /// The airing that came of it, or that was ended.
        airing: Option<AiringId>,
    },
    /// It will not, and why.
    Refused {
        /// Cause and remedy.
        why: Text,
    },
}
