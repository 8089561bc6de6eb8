//! Looks over a journal in use, and has what is damaged put right from its second copy. Effects.
//!
//! The long work is done by whoever asks, on a thread of its own: verifying, and making a new journal beside the damaged
//! one. The writing thread only adds what came since and puts it in place, between two batches.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::thread;

use super::beside::Beside;
use super::copy::{COPY, Copy, Level};
use super::error::OpenError;
use super::store::Store;
use super::survey::Sound;
use super::verify::{Verified, VerifyError, joined, verify_along};
use super::weigh::Source;
use super::writer::Message;
use super::{FILE, draft, words};
use crate::model::id::StationId;
use crate::model::text::Text;

/// Entries that are taken over as one transaction.
const BATCH: usize = 500;

/// The way to the writing thread for whoever looks the journal over.
#[derive(Debug, Clone)]
pub struct Mender(pub(super) Sender<Message>);

/// What the writing thread is to put right.
#[derive(Debug)]
pub(super) enum Mend {
    /// Put this in the journal's place.
    Journal(PathBuf),
    /// Begin the second copy anew.
    Copy,
}

/// Verifies the journal of `station` and its second copy. What is damaged is put right from the
/// other one if that is whole; the listener of the writer hears of it.
///
/// # Errors
/// As [`verify()`](super::verify()).
pub fn look_over(state_dir: &Path, station: &StationId, mender: &Mender) -> Result<Verified, VerifyError> {
    let mut beside = Beside::open(&state_dir.join(COPY));
    // On a thread of its own: whatever happens there, it is said.
    let verified = thread::scope(|scope| {
        joined(scope.spawn(|| verify_along(&state_dir.join(FILE), &mut |link| beside.pass(link))).join())
    });
    let copy = beside.sound();
    match &verified {
        Ok(_) if copy.whole => {}
        Ok(_) => mender.send(Mend::Copy, words::copy_damaged()),
        Err(error) => mend(state_dir, station, &copy, mender, words::not_whole(error)),
    }
    verified
}

fn mend(state: &Path, station: &StationId, copy: &Sound, mender: &Mender, cause: Text) {
    if !copy.whole || copy.tip.seq == 0 {
        tracing::error!(entries = copy.tip.seq, "the second copy is no help");
        return;
    }
    match draft::make(state, station, Source::Copy, copy.tip.seq) {
        Ok(draft) => mender.send(Mend::Journal(draft), cause),
        Err(error) => tracing::error!(%error, "no new journal can be made from the second copy"),
    }
}

impl Mender {
    fn send(&self, what: Mend, cause: Text) {
        if self.0.send(Message::Mend(what, cause)).is_err() {
            tracing::debug!("the journal's writing thread has ended before it was mended");
        }
    }
}

/// Puts `draft` in the place of the journal, once it has all that was acknowledged.
pub(super) fn put_in_place(store: &mut Store, copy: &mut Copy, draft: &Path) -> Result<(), OpenError> {
    let folder = |source| OpenError::Folder { path: draft.to_owned(), source };
    while copy.follow(store).map_err(folder)? == Level::Behind {}
    let mut fresh = Store::open(draft)?;
    loop {
        let links = store.links(fresh.tip().seq, BATCH)?;
        let mut tip = fresh.tip().clone();
        for link in &links {
            let broken = || OpenError::Damaged { detail: format!("entry {}", link.seq) };
            tip = tip.with(link).ok_or_else(broken)?;
        }
        if links.is_empty() {
            break;
        }
        fresh.adopt(&links)?;
    }
    if fresh.tip() != store.tip() {
        return Err(OpenError::Damaged { detail: format!("the second copy ends at entry {}", fresh.tip().seq) });
    }
    fresh.fold()?;
    store.trade(draft)
}
