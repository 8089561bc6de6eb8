//! What happened, on disk, for decades: SQLite, hash chain, second copy, migrations, queries. Effects.
//!
//! The table `entry` is the truth: append-only, each row chained to the one before by SHA-256. Everything else in
//! `journal.db` is a projection of it, written in the same transaction and rebuilt when absent or out of date, so
//! that it cannot contradict the chain. One thread writes ([`Writer`]); readers have their own connections
//! ([`Reader`]) and never hold it up.
//!
//! What the chain cannot show by itself: that rows were cut off at its very end, for the rest is still a whole chain.
//! The second copy shows it, `as-run.jsonl`, which follows the journal line by line; so can whoever collects
//! `/v1/journal`, or keeps a backup's `head`. A journal that was cut, replaced or damaged is never appended to: it is
//! set aside, and a new one goes on from the copy.

mod aside;
mod backup;
mod ballast;
mod beside;
mod chain;
mod copy;
mod draft;
mod error;
mod ledger;
mod lock;
mod mend;
mod projection;
mod reader;
mod recovery;
mod rescue;
mod schema;
mod store;
mod survey;
mod verify;
mod weigh;
mod words;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use self::ballast::Ballast;
use crate::model::id::StationId;
use crate::model::recovery::Recovery;
use crate::model::text::Text;

pub use aside::set_aside_in;
pub use backup::backup;
pub use chain::Chain;
pub use copy::COPY;
pub use error::{BackupError, OpenError};
pub use mend::{Mender, look_over};
pub use reader::Reader;
pub use verify::{Broken, Verified, VerifyError, verify};
pub use words::{Notice, replaced};
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
    /// Why journal or second copy is not the file that was there: it was set aside.
    pub replaced: Option<Text>,
}

/// Opens the journal in `state_dir` for the daemon of `station`, making folder and journal where there are none, and
/// setting aside what cannot be gone on with.
/// `acks` is called on the writing thread: it must not block.
///
/// # Errors
/// With cause and remedy; exit code [`OpenError::EXIT_CODE`].
pub fn open(state_dir: &Path, station: &StationId, acks: Box<dyn Fn(Ack) + Send>) -> Result<Opened, OpenError> {
    let lock = lock::take(state_dir)?;
    let path = state_dir.join(FILE);
    let mut ballast = Ballast::of(state_dir);
    let found = match rescue::open(state_dir, station) {
        Err(OpenError::DiskFull) if ballast.release() => rescue::open(state_dir, station)?,
        found => found?,
    };
    let files = Arc::new(AtomicU64::new(0));
    let reader = Reader::beside_writer(&path, Arc::clone(&files));
    let writer = Writer::spawn(found.store, found.copy, ballast, files, lock, acks)
        .map_err(|source| OpenError::Folder { path, source })?;
    Ok(Opened { writer, reader, recovery: found.recovery, replaced: found.replaced })
}
