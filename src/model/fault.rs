//! Standing faults: what is wrong now, since when, and what to do. Pure.

use serde::{Deserialize, Serialize};

use crate::model::text::Text;
use crate::model::time::Moment;

/// Something that somebody should mend; stands until it is mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Stable name; where an outcome's reason fits, the same word: `device_absent`.
    pub code: String,
    /// What it concerns: an output, a clip, a file.
    pub subject: Option<String>,
    /// Since when.
    pub since: Moment,
    /// What is wrong.
    pub message: Text,
    /// What to do.
    pub remedy: Text,
}
