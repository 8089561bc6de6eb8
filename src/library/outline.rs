//! What a clip's loudness and peaks are from moment to moment, and what the limiter would make of it: enough to guess a
//! gain, mostly to some hundredths of a dB, before it is tried. Pure.

use std::f64::consts::LN_10;

use super::as_aired;
use crate::model::clip::{CEILING, MOST_GAIN};
use crate::model::units::{Hertz, Lufs};

/// Slots in a second: 2 ms each.
pub(super) const SLOTS: u32 = 500;
/// EBU R128 measures blocks of 400 ms, a new one each 100 ms: slots in a step, steps in a block.
const STEP: usize = 50;
const BLOCK: usize = 4;
/// Blocks softer than this do not count, nor do those so much softer than the rest.
const GATE: f64 = -70.0;
const RELATIVE_GATE: f64 = -10.0;
/// What is left of a reduction after a slot: the limiter comes back by two thirds in 120 ms.
const RELEASE: f64 = 0.983_471;
/// For so many slots the limiter holds what a peak needs before it comes back.
const HOLD: usize = 3;
/// How the limiter gets there: what is needed in this slot and in those behind it has this weight.
const ATTACK: [f64; 4] = [0.1, 0.4, 0.4, 0.1];
/// By how much the curve between samples exceeds them, in dB, as a rule; and what the limiter turns down beyond its need.
/// Of a clip that airs at a higher rate than it has, the curve between its own samples becomes samples.
const BETWEEN: f64 = 0.02;
const BETWEEN_AT_LOW_RATE: f64 = 0.25;
const MARGIN: f64 = 0.1;
/// No clip is made softer than this, in dB.
const LEAST_GAIN: f64 = -80.0;

/// A clip, slot by slot.
#[derive(Debug, Default)]
pub(super) struct Outline {
    slots: Vec<Slot>,
    low_rate: bool,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    /// K-weighted power of all channels.
    power: f64,
    /// Highest sample in dB.
    peak: f64,
}

impl Outline {
    /// Of a clip of this rate.
    pub(super) fn new(rate: Hertz) -> Self {
        Self { slots: Vec::new(), low_rate: !as_aired::is_near(rate) }
    }

    /// One slot more: its loudness, and its highest sample in dB.
    pub(super) fn push(&mut self, loudness: f64, peak: f64) {
        self.slots.push(Slot { power: power(loudness), peak });
    }

    /// The loudness behind the limiter if `gain` dB lie in front of it; −∞ if nothing counts.
    pub(super) fn loudness(&self, gain: f64) -> f64 {
        let (held, factor) = (self.held(gain), power(gain));
        let limited = self.slots.iter().zip(held.windows(ATTACK.len())).map(|(slot, held)| {
            let reduction: f64 = held.iter().zip(ATTACK).map(|(held, weight)| held * weight).sum();
            slot.power * factor * if reduction > 0.0 { (-LN_10 / 10.0 * reduction).exp() } else { 1.0 }
        });
        let limited: Vec<f64> = limited.collect();
        let steps: Vec<f64> = limited.chunks_exact(STEP).map(mean).collect();
        let blocks: Vec<f64> = steps.windows(BLOCK).map(mean).collect();
        let above = |gate: f64| blocks.iter().copied().filter(|block| *block >= power(gate)).collect::<Vec<_>>();
        let relative = loudness_of(mean(&above(GATE))) + RELATIVE_GATE;
        loudness_of(mean(&above(relative.max(GATE))))
    }

    /// By how many dB the limiter would turn down each slot if it got there at once; some slots more than there are.
    fn held(&self, gain: f64) -> Vec<f64> {
        let between = if self.low_rate { BETWEEN_AT_LOW_RATE } else { BETWEEN };
        let (mut level, mut needed) = (0.0_f64, [0.0_f64; HOLD]);
        let mut held = Vec::with_capacity(self.slots.len() + ATTACK.len());
        for (n, slot) in self.slots.iter().enumerate() {
            let over = slot.peak + between + gain - CEILING.0;
            needed[n % HOLD] = if over > 0.0 { over + MARGIN } else { 0.0 };
            level = needed.iter().copied().fold(level * RELEASE, f64::max);
            held.push(level);
        }
        held.resize(self.slots.len() + ATTACK.len(), level);
        held
    }

    /// The gain with which this comes nearest to `target`.
    pub(super) fn gain_for(&self, target: Lufs) -> f64 {
        let (mut low, mut high) = (LEAST_GAIN, MOST_GAIN.0);
        // To a thousandth of a dB.
        for _ in 0..17 {
            let middle = f64::midpoint(low, high);
            if self.loudness(middle) < target.0 { low = middle } else { high = middle }
        }
        high
    }
}

fn power(loudness: f64) -> f64 {
    10_f64.powf(loudness / 10.0)
}

fn loudness_of(power: f64) -> f64 {
    10.0 * power.log10()
}

fn mean(values: &[f64]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "two hours have 3,600,000 slots")]
    let count = values.len().max(1) as f64;
    values.iter().sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten seconds of this loudness, with a peak each so many slots.
    fn steady(loudness: f64, peak: f64, each: usize) -> Outline {
        let mut outline = Outline::default();
        (0..5_000).for_each(|n| outline.push(loudness, if n % each == 0 { peak } else { loudness }));
        outline
    }

    #[test]
    fn without_peaks_a_gain_is_a_gain() {
        let outline = steady(-30.0, -20.0, 70);
        assert!((outline.loudness(0.0) - -30.0).abs() < 1e-6);
        assert!((outline.loudness(12.5) - -17.5).abs() < 1e-6);
        assert!((outline.gain_for(Lufs(-16.0)) - 14.0).abs() < 0.01);
        assert!((outline.gain_for(Lufs(-36.0)) - -6.0).abs() < 0.01);
    }

    #[test]
    fn what_the_limiter_takes_is_given_in_front_of_it() {
        let outline = steady(-30.0, -6.0, 250);
        let gain = outline.gain_for(Lufs(-16.0));
        assert!((16.0..20.0).contains(&gain), "{gain}");
        assert!((outline.loudness(gain) - -16.0).abs() < 0.01);
    }

    #[test]
    fn silence_and_brevity_have_no_loudness_and_the_gain_ends_somewhere() {
        for outline in [Outline::default(), steady(-90.0, -80.0, 1), steady(f64::NEG_INFINITY, -120.0, 1)] {
            assert!(outline.loudness(0.0) < -200.0);
        }
        assert!((steady(-60.0, -59.0, 1).gain_for(Lufs(-6.0)) - MOST_GAIN.0).abs() < 0.01);
    }
}
