//! A new journal, made beside the one in use from what is sound, before it takes its place. Effects.

use std::path::{Path, PathBuf};

use super::error::OpenError;
use super::store::Store;
use super::weigh::Source;
use super::{FILE, aside, copy, recovery, survey};
use crate::model::id::StationId;
use crate::model::query::Link;
use crate::model::recovery::Recovery;

/// The name under which it is made.
const DRAFT: &str = "journal.draft.db";

/// Entries that are taken over as one transaction.
const BATCH: usize = 2_000;

/// Makes one with the first `count` entries of a source, and looks whether `station` can go on with it. Nothing is
/// left of one that it cannot use.
pub(super) fn make(state: &Path, station: &StationId, from: Source, count: u64) -> Result<PathBuf, OpenError> {
    let draft = discard(state)?;
    match fill(&draft, state, from, count).and_then(|()| try_out(&draft, station)) {
        Ok(()) => Ok(draft),
        Err(error) => {
            discard(state)?;
            Err(error)
        }
    }
}

/// Removes what is left of one; says where it was.
pub(super) fn discard(state: &Path) -> Result<PathBuf, OpenError> {
    let draft = state.join(DRAFT);
    aside::discard(&draft).map_err(|source| OpenError::Folder { path: draft.clone(), source })?;
    Ok(draft)
}

/// Opens a journal and reads what the last session left, if it is this station's.
pub(super) fn usable(path: &Path, station: &StationId) -> Result<(Store, Recovery), OpenError> {
    let store = Store::open(path)?;
    let (recovery, owner) = recovery::read(store.connection())?;
    match owner.filter(|owner| owner != station) {
        Some(theirs) => Err(OpenError::OtherStation { journal: theirs, configured: station.clone() }),
        None => Ok((store, recovery)),
    }
}

fn fill(draft: &Path, state: &Path, from: Source, count: u64) -> Result<(), OpenError> {
    let mut store = Store::open(draft)?;
    store.hurry()?;
    let mut batch = Vec::with_capacity(BATCH);
    let mut take = |link: Link| {
        if link.seq <= count {
            batch.push(link);
        }
        if batch.len() == BATCH {
            store.adopt(&batch)?;
            batch.clear();
        }
        Ok::<(), OpenError>(())
    };
    match from {
        Source::Journal => survey::journal(&state.join(FILE), &mut take)?,
        Source::Copy => survey::copy(&state.join(copy::COPY), &mut take)?,
    };
    store.adopt(&batch)?;
    store.fold()
}

fn try_out(draft: &Path, station: &StationId) -> Result<(), OpenError> {
    usable(draft, station)?.0.fold()
}
