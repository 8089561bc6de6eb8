//! What every frame of a programme goes through, whatever gave it: fades, limiter, ring. Effects: waits for the ring.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rtrb::Producer;

use super::Stop;
use super::fade::Fades;
use crate::level::Limiter;
use crate::model::playback::{Job, Urgency};
use crate::model::units::Decibel;
use crate::player::feed::Supply;
use crate::player::{CHANNEL_COUNT, CHANNELS, RATE};

/// So much decoded sound makes a run ready: for one that is armed before its time, and for one that nobody waits for.
const PRIMED: Duration = Duration::from_millis(500);
const PRIMED_AT_ONCE: Duration = Duration::from_millis(120);
/// How an end falls that no clip brings about.
const CUT: Duration = Duration::from_millis(50);
/// No true peak of what is sent lies above this, whatever gain is asked: cards and amplifiers fold over what is too loud.
const CEILING: Decibel = Decibel(-1.0);
/// How long to wait when the ring is full.
const NAP: Duration = Duration::from_millis(100);

/// The way into the ring.
pub(in crate::player) struct Chain {
    fades: Fades,
    /// One for all items, so that nothing clicks where one follows upon another.
    limiter: Limiter,
    way: Way,
    /// Frames that were put in.
    entered: u64,
    /// The most that may be put in.
    most: u64,
    /// How long the natural end falls, and the end that `most` makes.
    falls: (usize, usize),
}

/// The last part of it.
struct Way {
    ring: Producer<f32>,
    supply: Arc<Supply>,
    pushed: u64,
    /// Said when so many frames are in the ring.
    primed: Option<(u64, Box<dyn Fn() + Send>)>,
}

impl Chain {
    /// For this job; `longest` ends it in any case. `primed` is said once, when the beginning lies in the ring.
    pub(in crate::player) fn new(
        job: &Job,
        longest: Option<Duration>,
        (ring, supply): (Producer<f32>, Arc<Supply>),
        primed: Box<dyn Fn() + Send>,
    ) -> Self {
        let frames = |time| usize::try_from(RATE.frames_in(time).0).unwrap_or(usize::MAX);
        let natural = frames(job.fade_out);
        let cut = natural.max(frames(CUT));
        let enough = if job.urgency == Urgency::AtOnce { PRIMED_AT_ONCE } else { PRIMED };
        Self {
            fades: Fades::new(frames(job.fade_in), if longest.is_some() { cut } else { natural }),
            limiter: Limiter::new(RATE, CHANNEL_COUNT, CEILING),
            way: Way { ring, supply, pushed: 0, primed: Some((RATE.frames_in(enough).0, primed)) },
            entered: 0,
            most: longest.map_or(u64::MAX, |longest| RATE.frames_in(longest).0),
            falls: (natural, cut),
        }
    }

    /// How many frames of the programme were put in so far: the place of the next one.
    pub(in crate::player) fn entered(&self) -> u64 {
        self.entered
    }

    /// Puts whole frames in; waits while the ring is full.
    pub(in crate::player) fn push(&mut self, samples: &[f32]) -> Result<(), Stop> {
        let frames = (samples.len() / CHANNELS) as u64;
        let wanted = frames.min(self.most - self.entered);
        let samples = &samples[..usize::try_from(wanted).unwrap_or(usize::MAX) * CHANNELS];
        self.entered += wanted;
        self.way.push(self.limiter.push(self.fades.push(samples)))?;
        if wanted < frames { Err(Stop::Enough) } else { Ok(()) }
    }

    /// Nothing more will come: the end falls, and what was held back goes into the ring.
    pub(in crate::player) fn finish(&mut self) -> Result<(), Stop> {
        let fall = if self.entered >= self.most { self.falls.1 } else { self.falls.0 };
        self.way.push(self.limiter.push(self.fades.finish(fall)))?;
        self.way.push(self.limiter.finish())?;
        self.way.supply.done();
        self.way.say_primed();
        Ok(())
    }
}

impl Way {
    fn push(&mut self, mut samples: &[f32]) -> Result<(), Stop> {
        while !samples.is_empty() {
            let room = self.ring.slots() / CHANNELS * CHANNELS;
            let (now, later) = samples.split_at(samples.len().min(room));
            let pushed = now.iter().try_for_each(|sample| self.ring.push(*sample));
            let frames = (now.len() / CHANNELS) as u64;
            self.supply.add(frames);
            self.pushed += frames;
            samples = later;
            if self.primed.as_ref().is_some_and(|(enough, _)| self.pushed >= *enough) {
                self.say_primed();
            }
            if self.ring.is_abandoned() || pushed.is_err() {
                return Err(Stop::Unheard);
            }
            if !samples.is_empty() {
                thread::sleep(NAP);
            }
        }
        Ok(())
    }

    fn say_primed(&mut self) {
        if let Some((_, say)) = self.primed.take() {
            say();
        }
    }
}
