//! What a clip's loudness and peaks are from moment to moment, and what a limiter would make of it: enough to guess a
//! gain before it is tried. Pure.

use crate::model::clip::{CEILING, MOST_GAIN};
use crate::model::units::Lufs;

/// Slots in a second: 20 ms each.
pub(super) const SLOTS: u32 = 50;
/// EBU R128 measures blocks of 400 ms, a new one each 100 ms.
const BLOCK: usize = 20;
const STEP: usize = 5;
/// Blocks softer than this do not count, nor do those so much softer than the rest.
const GATE: f64 = -70.0;
const RELATIVE_GATE: f64 = -10.0;
/// What is left of a reduction after a slot: the limiter comes back by two thirds in 120 ms.
const RELEASE: f64 = 0.846;
/// By how much the curve between samples exceeds them, in dB, as a rule.
const BETWEEN: f64 = 0.3;
/// No clip is made softer than this, in dB.
const LEAST_GAIN: f64 = -80.0;

/// A clip, slot by slot.
#[derive(Debug, Default)]
pub(super) struct Outline {
    slots: Vec<Slot>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    /// K-weighted power of all channels.
    power: f64,
    /// Highest sample in dB.
    peak: f64,
}

impl Outline {
    /// One slot more: its loudness, and its highest sample in dB.
    pub(super) fn push(&mut self, loudness: f64, peak: f64) {
        self.slots.push(Slot { power: power(loudness), peak });
    }

    /// The loudness behind a limiter if `gain` dB lie in front of it; −∞ if nothing counts.
    pub(super) fn loudness(&self, gain: f64) -> f64 {
        let mut reduction = 0.0_f64;
        let mut limited = Vec::with_capacity(self.slots.len());
        for slot in &self.slots {
            reduction = (slot.peak + BETWEEN + gain - CEILING.0).max(reduction * RELEASE).max(0.0);
            limited.push(slot.power * 10_f64.powf((gain - reduction) / 10.0));
        }
        let blocks: Vec<f64> = limited.windows(BLOCK).step_by(STEP).map(mean).collect();
        let above = |gate: f64| blocks.iter().copied().filter(|block| *block >= power(gate)).collect::<Vec<_>>();
        let relative = loudness_of(mean(&above(GATE))) + RELATIVE_GATE;
        loudness_of(mean(&above(relative.max(GATE))))
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
    #[expect(clippy::cast_precision_loss, reason = "two hours have 360,000 slots")]
    let count = values.len().max(1) as f64;
    values.iter().sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten seconds of this loudness, with a peak each so many slots.
    fn steady(loudness: f64, peak: f64, each: usize) -> Outline {
        let mut outline = Outline::default();
        (0..500).for_each(|n| outline.push(loudness, if n % each == 0 { peak } else { loudness }));
        outline
    }

    #[test]
    fn without_peaks_a_gain_is_a_gain() {
        let outline = steady(-30.0, -20.0, 7);
        assert!((outline.loudness(0.0) - -30.0).abs() < 1e-6);
        assert!((outline.loudness(12.5) - -17.5).abs() < 1e-6);
        assert!((outline.gain_for(Lufs(-16.0)) - 14.0).abs() < 0.01);
        assert!((outline.gain_for(Lufs(-36.0)) - -6.0).abs() < 0.01);
    }

    #[test]
    fn what_the_limiter_takes_is_given_in_front_of_it() {
        let outline = steady(-30.0, -6.0, 25);
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
