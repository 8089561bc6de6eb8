//! By how much the sound is turned down at each frame: at once for what is to come, slowly back afterwards. Pure.
//!
//! Counted in whole steps of a dB, so that sums are exact and silence after a peak comes back to nothing at all.

use std::collections::VecDeque;

use super::as_sample;
use crate::model::units::Hertz;

/// Steps in a dB.
const STEPS: f64 = 65_536.0;
/// The time in which the sound comes back by two thirds, in milliseconds.
const RELEASE: u64 = 120;

/// The turn of the knob, frame by frame.
pub(super) struct Reduction {
    /// What is needed by frames of the last `hold`, each with its number; only those that no later one exceeds.
    needed: VecDeque<(u64, u64)>,
    number: u64,
    hold: u64,
    /// Turned back only so fast.
    level: u64,
    release: u64,
    smooth: [Mean; 2],
}

impl Reduction {
    /// Holds what a frame needs for `hold` frames, and gets there in twice `mean`.
    pub(super) fn new(rate: Hertz, mean: usize, hold: usize) -> Self {
        Self {
            needed: VecDeque::new(),
            number: 0,
            hold: hold as u64,
            level: 0,
            release: (u64::from(rate.0) * RELEASE / 1000).max(1),
            smooth: [Mean::new(mean), Mean::new(mean)],
        }
    }

    /// Turns nothing down any more.
    pub(super) fn clear(&mut self) {
        self.needed.clear();
        self.level = 0;
        for mean in &mut self.smooth {
            mean.values.fill(0);
            mean.sum = 0;
        }
    }

    /// Nothing is turned down, and nothing will be.
    pub(super) fn is_idle(&self) -> bool {
        self.needed.is_empty() && self.level == 0 && self.smooth.iter().all(|mean| mean.sum == 0)
    }

    /// The next frame must become so many times softer (at most 1: not at all). Gives the factor for the frame whose turn
    /// it is; nothing if that is to stay as it is.
    pub(super) fn next(&mut self, times: f64) -> Option<f32> {
        let need = steps(times);
        while self.needed.back().is_some_and(|(_, before)| *before <= need) {
            self.needed.pop_back();
        }
        if need > 0 {
            self.needed.push_back((self.number, need));
        }
        while self.needed.front().is_some_and(|(number, _)| number + self.hold <= self.number) {
            self.needed.pop_front();
        }
        self.number += 1;
        let held = self.needed.front().map_or(0, |(_, need)| *need);
        self.level = held.max(self.level.saturating_sub(self.level / self.release + 1));
        let [first, second] = &mut self.smooth;
        let now = second.next(first.next(self.level));
        (now > 0).then(|| factor(now))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no amplitude has a million dB")]
fn steps(times: f64) -> u64 {
    if times > 1.0 { (20.0 * times.log10() * STEPS).ceil() as u64 } else { 0 }
}

#[expect(clippy::cast_precision_loss, reason = "no amplitude has a million dB")]
fn factor(steps: u64) -> f32 {
    as_sample(10_f64.powf(-(steps as f64) / STEPS / 20.0))
}

/// The mean of the last few values.
struct Mean {
    values: Vec<u64>,
    at: usize,
    sum: u64,
}

impl Mean {
    fn new(count: usize) -> Self {
        Self { values: vec![0; count], at: 0, sum: 0 }
    }

    fn next(&mut self, value: u64) -> u64 {
        self.sum = self.sum + value - self.values[self.at];
        self.values[self.at] = value;
        self.at = (self.at + 1) % self.values.len();
        self.sum / self.values.len() as u64
    }
}
