//! What a person asks of the running daemon, and the answer. Pure.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::id::{AiringId, ClipPath, CommuneId};
use crate::model::playback::Repeat;
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
    /// Air this at once, over everything else, whatever hours and holidays say.
    Emergency {
        /// Whose outputs; nothing means all communes.
        commune: Option<CommuneId>,
        /// What: a clip or a file.
        what: PlayWhat,
        /// How often.
        repeat: Repeat,
        /// Why, in the person's words: stands in the row.
        why: Option<String>,
        /// Who asks.
        by: String,
    },
    /// End what is on air.
    Stop {
        /// Whose; nothing means everything.
        commune: Option<CommuneId>,
        /// The emergency that shall end: without its id it goes on.
        confirm: Option<AiringId>,
        /// Who asks.
        by: String,
    },
    /// Believe the clock: it was held against a watch.
    ConfirmClock {
        /// What the watch shows.
        seen: Timestamp,
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
    /// An emergency is on air: it ends only when it is named ([`Action::Stop`]'s `confirm`).
    Confirm {
        /// Which.
        airing: AiringId,
        /// What to do.
        why: Text,
    },
    /// It will not, and why.
    Refused {
        /// Cause and remedy.
        why: Text,
    },
}
