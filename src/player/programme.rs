//! The programme of a run → samples in the ring: on a thread of its own, as fast as the ring takes it. Effects.

mod chain;
mod clips;
mod fade;
mod files;
mod marks;

use std::sync::Arc;

use rtrb::Producer;

use self::chain::Chain;
use self::clips::Clips;
use self::files::Files;
use super::Failure;
use super::feed::Supply;
use crate::decode::DecodeError;
use crate::model::outcome::Reason;
use crate::model::playback::{Job, Programme, Repeat};

pub(super) use self::fade::ratio;
pub(super) use self::marks::{Marks, Sheet};

/// What the decoding thread has to say.
#[derive(Debug)]
pub(super) enum Word {
    /// The beginning is decoded.
    Primed,
    /// There is nothing to play, for this reason.
    Failed(Failure),
    /// All is in the ring, and all is known of it.
    Over,
}

/// Why a programme goes no further.
enum Stop {
    /// The file has no more, for this reason.
    Clip { reason: Reason, detail: String },
    /// There is nothing to play at all.
    Failed(Failure),
    /// It has lasted as long as it may.
    Enough,
    /// Nobody listens any more.
    Unheard,
}

impl From<DecodeError> for Stop {
    fn from(error: DecodeError) -> Self {
        Self::Clip { reason: error.reason(), detail: error.to_string() }
    }
}

impl From<String> for Stop {
    fn from(detail: String) -> Self {
        Self::Clip { reason: Reason::ClipCorrupt, detail }
    }
}

/// The decoder's side of a run.
pub(super) struct Source {
    pub(super) ring: Producer<f32>,
    pub(super) supply: Arc<Supply>,
    pub(super) marks: Arc<Marks>,
}

impl Source {
    /// Puts the whole programme into the ring. Says at most once `Primed`, then one of `Failed` and `Over`, and returns
    /// when all was put in or nobody listens.
    pub(super) fn work(self, job: &Job, say: impl Fn(Word) + Clone + Send + 'static) {
        let Self { ring, supply, marks } = self;
        let longest = match &job.programme {
            Programme::Clips { longest, .. } => *longest,
            Programme::Relay(relay) => Some(relay.length),
            Programme::Probe => return,
        };
        let files = match Files::arm(&job.items, job.urgency) {
            Ok(files) => files,
            Err(failure) => return say(Word::Failed(failure)),
        };
        let primed = say.clone();
        let mut chain = Chain::new(job, longest, (ring, supply), Box::new(move || primed(Word::Primed)));
        let clips = Clips { items: &job.items, files, marks: &marks };
        match &job.programme {
            Programme::Clips { repeat, .. } => clips.work(*repeat, &mut chain, say),
            Programme::Relay(_) => clips.work(Repeat::UntilStopped, &mut chain, say),
            Programme::Probe => {}
        }
    }
}
