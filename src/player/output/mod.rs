//! Where samples go: card, WAV file, stream, paced silence, as equals behind one interface. Effects.

mod card;
mod icecast;
mod null;
mod paced;
mod wav;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) use self::card::load;

use super::Failure;
use super::feed::{Account, Feed};
use crate::model::outcome::Reason;
use crate::model::playback::{DeviceTrouble, Job, Opened};
use crate::model::station::OutputKind;
use crate::model::time::Mono;

/// An open output. It pulls from the feed on a thread of its own, at the pace of what it drives, silence included.
pub(super) trait Output: Send {
    /// What was opened.
    fn opened(&self) -> Opened;

    /// Underruns and other harmless errors since it was opened.
    fn xruns(&self) -> u64;

    /// What makes it useless, if anything does. Never blocks.
    fn trouble(&self, account: &Account, now: Mono) -> Option<Failure>;

    /// Ends the recording, where there is one; blocks at most two seconds. Never waits for a device.
    fn finish(&mut self) -> Result<(), Failure>;
}

/// The feed, shared because an attempt to open a device takes it and a second attempt needs it again. Locked by the one
/// thread that pulls, so nobody ever waits.
type SharedFeed = Arc<Mutex<Feed>>;

fn locked(feed: &SharedFeed) -> MutexGuard<'_, Feed> {
    feed.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why a card cannot be opened.
#[derive(Debug)]
enum CardError {
    /// There is no such card.
    Absent(String),
    /// There is one, and this keeps us from it.
    Unusable(DeviceTrouble, String),
}

impl CardError {
    fn failure(self) -> Failure {
        let (trouble, detail) = match self {
            Self::Absent(detail) => (DeviceTrouble::Absent, detail),
            Self::Unusable(trouble, detail) => (trouble, detail),
        };
        Failure::trouble(Reason::DeviceAbsent, trouble, detail)
    }
}

/// Opens what the job asks for, and nothing else: only `auto` knows a stand-in, and only where there is no card at all.
///
/// May block for ever on a hung sound server: call it on a thread that nobody waits for.
pub(super) fn open(job: &Job, feed: Feed) -> Result<Box<dyn Output>, Failure> {
    if !matches!(job.output, OutputKind::Device { .. } | OutputKind::Auto) {
        feed.desk().wait();
    }
    let feed = Arc::new(Mutex::new(feed));
    match &job.output {
        OutputKind::Device { name } => Ok(Box::new(card::open(name.as_deref(), &feed).map_err(CardError::failure)?)),
        OutputKind::Wav => Ok(Box::new(wav::open(&job.heard, |path| Opened::File { path }, feed)?)),
        OutputKind::Null => Ok(Box::new(null::open(feed)?)),
        OutputKind::Icecast(mount) => Ok(Box::new(icecast::open(mount, feed)?)),
        OutputKind::Auto => match card::open_real(&feed) {
            Ok(card) => Ok(Box::new(card)),
            Err(CardError::Absent(why)) => {
                let opened = |path| Opened::StandIn { path, why: why.clone() };
                Ok(Box::new(wav::open(&job.heard, opened, feed)?))
            }
            Err(error) => Err(error.failure()),
        },
    }
}
