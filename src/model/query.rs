//! Questions to the journal, and the port through which they are asked. Pure.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::airing::Airing;
use crate::model::id::{AiringId, CommuneId, SlotId, Topic};
use crate::model::ledger::LedgerRow;
use crate::model::outcome::{Kind, Outcome};

/// Which rows of the airing log. Everything that is given must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AiringQuery {
    /// Planned at or after.
    pub from: Option<Timestamp>,
    /// Planned before.
    pub until: Option<Timestamp>,
    /// Whose.
    pub commune: Option<CommuneId>,
    /// Which rule.
    pub slot: Option<SlotId>,
    /// With this topic.
    pub topic: Option<Topic>,
    /// Ended so.
    pub outcome: Option<Outcome>,
    /// Called for by.
    pub kind: Option<Kind>,
    /// Rows at the most, 1–1,000.
    pub limit: usize,
    /// Only rows whose `seq` is below this (newest first, paging backwards).
    pub before: Option<u64>,
}

/// A row and its place in the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The final entry's number.
    pub seq: u64,
    /// The row.
    #[serde(flatten)]
    pub airing: Airing,
}

/// Rows, newest first, and where to go on.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// `before` of the next page; nothing if this was the last.
    pub next: Option<u64>,
}

/// A journal entry as stored: `hash` is SHA-256 over the ASCII of `prev` and the UTF-8 of `entry`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// From 1, without holes.
    pub seq: u64,
    /// Hash of the entry before; 64 zeros for the first.
    pub prev: String,
    /// This entry's hash: 64 hex digits.
    pub hash: String,
    /// The text exactly as stored, itself JSON.
    pub entry: String,
}

/// Why a question could not be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RecordsError(pub String);

/// The readers' side of the journal. Each call opens nothing and waits for the disk: call it off the engine's thread.
pub trait Records: Send + Sync {
    /// Rows of the airing log, newest first.
    ///
    /// # Errors
    /// The disk's or the database's words.
    fn airings(&self, query: &AiringQuery) -> Result<Page, RecordsError>;

    /// One row.
    ///
    /// # Errors
    /// The disk's or the database's words.
    fn airing(&self, id: &AiringId) -> Result<Option<Row>, RecordsError>;

    /// Final rows, shortened, whose local day lies between two (both included), by planned time.
    ///
    /// # Errors
    /// The disk's or the database's words.
    fn ledger(&self, commune: Option<&CommuneId>, from: Date, until: Date) -> Result<Vec<LedgerRow>, RecordsError>;

    /// Entries with a number above `after`, oldest first.
    ///
    /// # Errors
    /// The disk's or the database's words.
    fn links(&self, after: u64, limit: usize) -> Result<Vec<Link>, RecordsError>;
}
