//! What happened, on disk, for decades: SQLite, hash chain, migrations, queries. Effects.
//!
//! The table `entry` is the truth: append-only, each row chained to the one before by SHA-256. Everything else in
//! `journal.db` is a projection of it, written in the same transaction and rebuilt when absent or out of date, so
//! that it cannot contradict the chain. One thread writes ([`Writer`]); readers have their own connections
//! ([`Reader`]) and never hold it up.
//!
//! What the chain cannot show by itself: that rows were cut off at its very end, for the rest is still a whole chain.
//! Whoever collects `/v1/journal`, or keeps a backup's `head`, can tell.

mod backup;
mod chain;
mod error;
mod ledger;
mod lock;
mod projection;
mod reader;
mod recovery;
mod schema;
mod store;
mod verify;
mod writer;

use std::path::Path;

use crate::model::id::StationId;
use crate::model::recovery::Recovery;

pub use backup::backup;
pub use chain::Chain;
pub use error::{BackupError, OpenError};
pub use reader::Reader;
pub use verify::{Broken, Verified, VerifyError, verify};
pub use writer::{Ack, AckResult, StoreError, Unflushed, Writer, WriterGone};

/// The journal's name in the state folder.
pub const FILE: &str = "journal.db";

/// A journal in use by this process, and by no other.
#[derive(Debug)]
pub struct Opened {
    /// Appends.
    pub writer: Writer,
    /// Answers.
    pub reader: Reader,
    /// What the last session left behind.
    pub recovery: Recovery,
}

/// Opens the journal in `state_dir` for the daemon of `station`, making folder and journal where there are none.
/// `acks` is called on the writing thread: it must not block.
///
/// # Errors
/// With cause and remedy; exit code [`OpenError::EXIT_CODE`].
pub fn open(state_dir: &Path, station: &StationId, acks: Box<dyn Fn(Ack) + Send>) -> Result<Opened, OpenError> {
    let lock = lock::take(state_dir)?;
    let path = state_dir.join(FILE);
    let store = store::Store::open(&path)?;
    let (recovery, owner) = recovery::read(store.connection())?;
    if let Some(theirs) = owner.filter(|owner| owner != station) {
        return Err(OpenError::OtherStation { journal: theirs, configured: station.clone() });
    }
    let reader = Reader::beside_writer(&path);
    let writer = Writer::spawn(store, lock, acks).map_err(|source| OpenError::Folder { path, source })?;
    Ok(Opened { writer, reader, recovery })
}
