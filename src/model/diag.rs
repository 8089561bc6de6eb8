//! What is wrong with a configuration: place, cause, remedy. Pure.

use serde::{Deserialize, Serialize};

use crate::model::text::Text;

/// Whether the configuration can be used all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It cannot: the last good one stays in force.
    Error,
    /// It can, but somebody should look.
    Warning,
}

/// One thing that is wrong, at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Stable name of the kind of mistake, for scripts and tests: `unknown_key`.
    pub code: String,
    /// File as shown to people, relative to the configuration folder: `communes/an-xuan.toml`.
    pub file: String,
    /// Line, from 1; 0 if the mistake is the file as a whole.
    pub line: u32,
    /// Column in characters, from 1; 0 if the mistake is the file as a whole.
    pub column: u32,
    /// How many characters are wrong, at least 1 where there is a column.
    pub width: u32,
    /// The line itself.
    pub source: String,
    /// What is wrong.
    pub message: Text,
    /// What to do, with "did you mean" where something near is known.
    pub remedy: Text,
}
