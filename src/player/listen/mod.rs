//! Hears what the output plays, if somebody put an ear there, and says whether it is what was sent. Effects: a capture
//! device, on threads that nobody waits for. Only envelopes are kept, in memory; a device that fails disturbs nobody.

mod capture;
mod envelope;
mod matching;

use std::time::Duration;

use self::capture::{Capture, Heard};
pub(super) use self::envelope::Envelope;
use super::{CHANNEL_COUNT, RATE};
use crate::model::playback::Listened;
use crate::model::station::Listen;
use crate::model::time::Mono;
use crate::model::units::Decibel;

/// An ear at the output.
pub(super) struct Ear(Capture);

impl Ear {
    /// Begins to listen, with this device.
    pub(super) fn open(listen: &Listen) -> Self {
        Self(Capture::start(listen.device.clone()))
    }

    /// The envelope of what is sent, to be filled.
    pub(super) fn sent() -> Envelope {
        Envelope::new(RATE, CHANNEL_COUNT)
    }

    /// What was heard of this, whose first frame left at `started`.
    pub(super) fn heard(&self, sent: &Envelope, started: Option<Mono>) -> Listened {
        let nothing = |trouble: &str| Listened {
            score: None,
            lag: Duration::ZERO,
            level: Decibel::SILENCE,
            trouble: Some(trouble.to_owned()),
        };
        self.0.look(|heard| match (heard, started) {
            (_, None) => nothing("nothing was played"),
            (Heard { trouble: Some(trouble), .. }, _) => nothing(trouble),
            (Heard { envelope: Some(envelope), from: Some(from), .. }, Some(started)) => {
                weigh(sent.levels(), envelope.levels(), steps(started, *from))
            }
            _ => nothing("the capture device has given nothing"),
        })
    }
}

/// How many steps `a` is behind `b`.
fn steps(a: Mono, b: Mono) -> isize {
    let step = Duration::from_secs(1) / u32::try_from(envelope::STEPS).unwrap_or(u32::MAX);
    let whole = |time: Duration| isize::try_from(time.as_nanos() / step.as_nanos()).unwrap_or(isize::MAX);
    if a >= b { whole(a.since(b)) } else { -whole(b.since(a)) }
}

/// Holds what was heard against what was sent; the first of `sent` left when the level at `at` of `heard` was heard.
fn weigh(sent: &[f32], heard: &[f32], at: isize) -> Listened {
    let found = matching::matching(sent, heard, at);
    let from = usize::try_from(at).unwrap_or(0).min(heard.len());
    let until = (from + sent.len()).min(heard.len());
    Listened {
        score: found.map(|found| found.score),
        lag: found.map_or(Duration::ZERO, |found| found.lag),
        level: envelope::mean(&heard[from..until]),
        trouble: None,
    }
}
