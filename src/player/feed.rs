//! Fills the output's buffers: holds back until the programme's time, plays, fades, and accounts for it. Real-time: no I/O.

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rodio::mixer::MixerSource;
use rtrb::{Consumer, Producer, RingBuffer};

use super::ledger::Ledger;
use super::programme::ratio;
use super::source::{self, Gate};
use super::{CHANNELS, RATE};
use crate::model::playback::End;
use crate::model::time::Mono;

/// How much decoded sound lies ready.
const RING: Duration = Duration::from_secs(2);
/// Half a frame: turns the rounding down of [`crate::model::units::Hertz::frames_in`] into rounding.
const HALF_FRAME: Duration = Duration::from_nanos(500_000_000 / RATE.0 as u64);

/// Where the run leaves its orders and finds the account. Held for moments only, on both sides.
#[derive(Debug, Default)]
pub(super) struct Desk {
    papers: Mutex<(Orders, Account)>,
    ordered: Condvar,
}

/// What the core wants.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Orders {
    /// When the first frame shall leave the speaker.
    pub(super) begin: Option<Mono>,
    /// Stop, with a fade of this length.
    pub(super) stop: Option<Duration>,
    /// The output may take samples.
    pub(super) go: bool,
}

/// What the device has done, as of the last time it asked for samples.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Account {
    /// When it last asked; nothing before the first time.
    pub(super) at: Option<Mono>,
    /// Frames of the programme consumed.
    pub(super) consumed: u64,
    /// When the first of them left.
    pub(super) started: Option<Mono>,
    /// When the last of them had left, and how the programme came to its end.
    pub(super) over: Option<(Mono, End)>,
    /// How often the decoder was too late.
    pub(super) starved: u64,
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, (Orders, Account)> {
        self.papers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the output may take samples.
    pub(super) fn wait(&self) {
        let papers = self.ordered.wait_while(self.lock(), |papers| !papers.0.go);
        drop(papers.unwrap_or_else(PoisonError::into_inner));
    }

    /// The account.
    pub(super) fn account(&self) -> Account {
        self.lock().1
    }

    /// When the programme is to begin, if that is known.
    pub(super) fn begin(&self) -> Option<Mono> {
        self.lock().0.begin
    }

    /// Gives the orders.
    pub(super) fn order(&self, orders: Orders) {
        self.lock().0 = orders;
        self.ordered.notify_all();
    }
}

/// What the decoder has put into the ring so far.
#[derive(Debug, Default)]
pub(super) struct Supply {
    frames: AtomicU64,
    done: AtomicBool,
}

impl Supply {
    /// So many frames more lie in the ring.
    pub(super) fn add(&self, frames: u64) {
        self.frames.fetch_add(frames, Ordering::Release);
    }

    /// No more will come.
    pub(super) fn done(&self) {
        self.done.store(true, Ordering::Release);
    }
}

/// Where the programme stands in the output.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    Waiting,
    Playing,
    Fading { left: usize, whole: usize },
    Over(End),
}

/// The output's end of the ring.
pub(super) struct Feed {
    mixed: MixerSource,
    gate: Arc<Gate>,
    desk: Arc<Desk>,
    supply: Arc<Supply>,
    tap: Producer<f32>,
    ledger: Ledger,
    stage: Stage,
    taken: u64,
    starving: bool,
    starved: u64,
}

/// A feed, the decoder's end of its ring, and the tap: a copy of every frame of the programme that was handed over.
pub(super) fn feed(desk: Arc<Desk>, supply: Arc<Supply>) -> (Feed, Producer<f32>, Consumer<f32>) {
    let samples = usize::try_from(RATE.frames_in(RING).0).unwrap_or(usize::MAX) * CHANNELS;
    let (decoder, ring) = RingBuffer::new(samples);
    let (tap, meter) = RingBuffer::new(samples);
    let (mixed, gate) = source::mixed(ring);
    let (ledger, stage) = (Ledger::default(), Stage::Waiting);
    (Feed { mixed, gate, desk, supply, tap, ledger, stage, taken: 0, starving: false, starved: 0 }, decoder, meter)
}

impl Feed {
    /// Where the orders for this feed lie.
    pub(super) fn desk(&self) -> Arc<Desk> {
        Arc::clone(&self.desk)
    }

    /// Fills a buffer that will be heard `delay` after `now`, behind what the device holds already.
    ///
    /// Gives the frames of `out` between which the programme is on, gaps included.
    pub(super) fn fill(&mut self, out: &mut [f32], now: Mono, delay: Duration) -> Range<usize> {
        let frames = out.len() / CHANNELS;
        self.ledger.device_holds(RATE.frames_in(delay + HALF_FRAME).0, now);
        let before = self.stage;
        let (hold, quota) = self.plan(frames, now.plus(delay));
        self.gate.set(hold, quota);
        for sample in out.iter_mut() {
            *sample = self.mixed.next().unwrap_or(0.0);
        }
        let programme = &mut out[hold * CHANNELS..(hold + quota) * CHANNELS];
        self.fade(programme);
        // A full tap only means that the meter is late; it must never hold up the sound.
        let (_measured, _dropped) = self.tap.push_partial_slice(programme);
        self.taken += quota as u64;
        if matches!(self.stage, Stage::Over(_)) {
            self.ledger.ends_after((hold + quota) as u64);
        }
        self.ledger.hand(frames as u64, hold as u64, quota as u64);
        self.publish(now);
        match (before, self.stage) {
            (Stage::Over(_), _) | (_, Stage::Waiting) => 0..0,
            (_, Stage::Over(_)) => hold..hold + quota,
            _ => hold..frames,
        }
    }

    /// The buffer that was filled last never reached the device.
    pub(super) fn lost(&mut self) {
        self.ledger.lose_last();
    }

    /// How many frames of silence, then of programme, go into a buffer whose first frame will be heard at `heard`.
    fn plan(&mut self, frames: usize, heard: Mono) -> (usize, usize) {
        let orders = self.desk.lock().0;
        if let Some(fade) = orders.stop {
            self.stop(fade);
        }
        // In this order: whatever was put in before `done` was said is seen.
        let done = self.supply.done.load(Ordering::Acquire);
        let ready = self.supply.frames.load(Ordering::Acquire) - self.taken;
        let ready = usize::try_from(ready).unwrap_or(usize::MAX);
        let hold = match (self.stage, orders.begin) {
            // A live stream may come a little late: then it begins when it is there.
            (Stage::Waiting, _) if ready == 0 && !done => frames,
            (Stage::Waiting, None) => frames,
            (Stage::Waiting, Some(begin)) => {
                let until = RATE.frames_in(begin.since(heard) + HALF_FRAME).0;
                usize::try_from(until).unwrap_or(usize::MAX).min(frames)
            }
            _ => 0,
        };
        if self.stage == Stage::Waiting && hold < frames {
            self.stage = Stage::Playing;
        }
        let wanted = match self.stage {
            Stage::Playing => frames - hold,
            Stage::Fading { left, .. } => left.min(frames),
            Stage::Waiting | Stage::Over(_) => return (frames, 0),
        };
        let quota = wanted.min(ready);
        let late = quota < wanted && !done;
        self.starved += u64::from(late && !self.starving);
        self.starving = late;
        if done && quota == ready && matches!(self.stage, Stage::Playing) {
            self.stage = Stage::Over(End::Whole);
        }
        (hold, quota)
    }

    fn stop(&mut self, fade: Duration) {
        let whole = usize::try_from(RATE.frames_in(fade).0).unwrap_or(usize::MAX);
        match self.stage {
            Stage::Waiting => self.stage = Stage::Over(End::Stopped),
            Stage::Playing => self.stage = Stage::Fading { left: whole, whole },
            Stage::Fading { .. } | Stage::Over(_) => {}
        }
    }

    /// Lets the programme sink to silence in a straight line. A decoder that has nothing more ends the fade.
    fn fade(&mut self, programme: &mut [f32]) {
        let Stage::Fading { mut left, whole } = self.stage else { return };
        for frame in programme.chunks_exact_mut(CHANNELS) {
            let gain = ratio(left, whole);
            for sample in frame {
                *sample *= gain;
            }
            left = left.saturating_sub(1);
        }
        let over = left == 0 || programme.is_empty();
        self.stage = if over { Stage::Over(End::Stopped) } else { Stage::Fading { left, whole } };
    }

    fn publish(&self, now: Mono) {
        let end = if let Stage::Over(end) = self.stage { end } else { End::Stopped };
        self.desk.lock().1 = Account {
            at: Some(now),
            consumed: self.ledger.consumed(),
            started: self.ledger.started(),
            over: self.ledger.over().map(|at| (at, end)),
            starved: self.starved,
        };
    }
}
