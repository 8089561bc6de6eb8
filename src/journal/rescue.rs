//! Opens the journal, whatever state it is in: goes on with it, or fills a new one from what is sound. Effects.
//!
//! What is decided stands in [`weigh`]. A new journal is made beside the old one and looked through before it takes its
//! place; until then nothing has changed, so that a start that fails can be made again.

use std::path::{Path, PathBuf};

use super::chain::Tip;
use super::copy::{COPY, Copy};
use super::error::OpenError;
use super::store::{self, Store};
use super::survey::{self, End};
use super::weigh::{self, Facts, First, Go, Journal, Keep, Source};
use super::words;
use super::{FILE, aside, draft, schema};
use crate::model::id::StationId;
use crate::model::recovery::Recovery;
use crate::model::text::Text;

/// A journal that can be appended to.
pub(super) struct Found {
    pub store: Store,
    pub copy: Copy,
    pub recovery: Recovery,
    /// Why it, or its second copy, is not the file that was there.
    pub replaced: Option<Text>,
}

/// Opens the journal of `station` in the state folder `state`, which is locked.
pub(super) fn open(state: &Path, station: &StationId) -> Result<Found, OpenError> {
    // Left by a start that was cut short.
    draft::discard(state)?;
    let files = Files { state, station, journal: state.join(FILE), copy: state.join(COPY) };
    let end = survey::end(&files.copy);
    let mut sight = files.look(&end)?;
    if weigh::first(sight.journal, sight.copy) == First::GoOn {
        match files.resume(&end) {
            Err(error @ OpenError::Damaged { .. }) => sight.spoil(error),
            found => return found,
        }
    }
    files.rescue(sight)
}

/// What a look at the ends of journal and copy says.
struct Sight {
    journal: Journal,
    copy: weigh::Copy,
    /// What is wrong, if anything is.
    cause: Text,
    /// What to say if the copy does not help.
    error: Option<OpenError>,
}

impl Sight {
    /// The journal turns out unusable.
    fn spoil(&mut self, error: OpenError) {
        (self.journal, self.cause, self.error) = (Journal::Unusable, words::unusable(&error), Some(error));
    }
}

/// The files of a state folder.
struct Files<'a> {
    state: &'a Path,
    station: &'a StationId,
    journal: PathBuf,
    copy: PathBuf,
}

impl Files<'_> {
    /// Looks at the ends of both, and changes nothing: the journal may have to be kept as it is.
    fn look(&self, end: &End) -> Result<Sight, OpenError> {
        let copy = |known: bool| match end {
            End::Nothing => weigh::Copy::Absent,
            End::At(..) if known => weigh::Copy::Known,
            End::At(..) => weigh::Copy::Unknown,
            End::Broken => weigh::Copy::Broken,
        };
        let mut sight = Sight { journal: Journal::Absent, copy: copy(false), cause: words::gone(), error: None };
        if matches!(self.journal.try_exists(), Ok(false)) {
            return Ok(sight);
        }
        match glance(&self.journal, end) {
            Ok((tip, known)) => {
                let cause = words::disagreement(tip.seq, end);
                sight = Sight { journal: Journal::Opens, copy: copy(known), cause, error: None };
            }
            Err(error) if helps(&error, end) => sight.spoil(error),
            Err(error) => return Err(error),
        }
        Ok(sight)
    }

    /// Goes on with the journal as it is, and with the copy behind `end`.
    fn resume(&self, end: &End) -> Result<Found, OpenError> {
        let (store, recovery) = draft::usable(&self.journal, self.station)?;
        Ok(Found { store, copy: Copy::continuing(self.state, end), recovery, replaced: None })
    }

    /// Reads both from the beginning and does what is to be done.
    fn rescue(&self, sight: Sight) -> Result<Found, OpenError> {
        let facts = self.survey(sight.journal);
        tracing::error!(?facts, "journal and second copy do not agree: {}", sight.cause.en);
        if let (Some(error @ OpenError::NotAJournal { .. }), 0) = (sight.error, facts.copy) {
            return Err(error);
        }
        let plan = weigh::weigh(&facts);
        let keep = match plan.journal {
            Go::On => plan.copy,
            Go::Anew(from, count) => match self.renew(from, count) {
                Ok(()) => plan.copy,
                // The copy is another station's: it says nothing of this journal.
                Err(OpenError::OtherStation { .. }) if facts.usable => Keep::No,
                Err(error) => return Err(error),
            },
        };
        let end = match keep {
            Keep::Yes => survey::end(&self.copy),
            Keep::No => End::Nothing,
        };
        let found = self.resume(&end)?;
        if keep == Keep::No {
            self.without_copy();
        }
        Ok(Found { replaced: Some(sight.cause), ..found })
    }

    fn survey(&self, sight: Journal) -> Facts {
        let copy = survey::sound(survey::copy(&self.copy, &mut |_| Ok(())));
        let mut at_copy = None;
        let journal = survey::sound(survey::journal(&self.journal, &mut |link| {
            if link.seq == copy.tip.seq {
                at_copy = Some(link.hash);
            }
            Ok(())
        }));
        Facts {
            journal: journal.tip.seq,
            usable: sight == Journal::Opens && journal.whole,
            copy: copy.tip.seq,
            copy_whole: copy.whole,
            agree: copy.tip == Tip::start() || at_copy == Some(copy.tip.hash),
        }
    }

    /// Fills a new journal with the first `count` entries and puts it in place.
    fn renew(&self, from: Source, count: u64) -> Result<(), OpenError> {
        let draft = draft::make(self.state, self.station, from, count)?;
        let folder = |source| OpenError::Folder { path: self.journal.clone(), source };
        aside::replace(&self.journal, &draft).map_err(folder)
    }

    /// Sets the copy aside: a new one begins. One that cannot be moved will be a fault of its own when it is written.
    fn without_copy(&self) {
        if let Err(error) = aside::set_aside(&self.copy) {
            tracing::error!(%error, "the second copy cannot be set aside");
        }
    }
}

/// Can a second copy help with this? Somebody else's file is only replaced where there is a copy of ours.
fn helps(error: &OpenError, end: &End) -> bool {
    match error {
        OpenError::Damaged { .. } => true,
        OpenError::NotAJournal { .. } => *end != End::Nothing,
        _ => false,
    }
}

/// The journal's end, and whether it has the copy's last entry.
fn glance(path: &Path, end: &End) -> Result<(Tip, bool), OpenError> {
    let conn = schema::connect_looking(path)?;
    if schema::recognise(&conn, path)? == 0 {
        return Ok((Tip::start(), false));
    }
    let tip = store::read_tip(&conn)?;
    let known = match end {
        End::At(theirs, _) => store::hash_at(&conn, theirs.seq)?.as_ref() == Some(&theirs.hash),
        End::Nothing | End::Broken => false,
    };
    Ok((tip, known))
}
