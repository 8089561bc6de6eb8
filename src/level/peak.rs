//! True peaks: how high the curve goes between the samples, by fourfold oversampling (BS.1770, annex 2). Pure.

use std::f64::consts::PI;

use super::as_sample;
use crate::model::units::Hertz;

/// Points at which the curve is looked at for each sample.
const PHASES: usize = 4;
/// Samples that take part in each point.
const TAPS: usize = 12;
/// From this rate on meters look at fewer points through a filter twice as long.
const HIGH_RATE: u32 = 96_000;

/// Looks at sound as it passes.
pub(super) struct Scanner {
    /// For each sample under the filter, its weight at each of the points.
    weights: Vec<[f32; PHASES]>,
    /// How much higher than all samples the curve can go at the most.
    most: f32,
    /// For each channel: the samples before those at hand, and those.
    lines: Vec<Vec<f32>>,
}

impl Scanner {
    pub(super) fn new(rate: Hertz, channels: usize) -> Self {
        let taps = if rate.0 < HIGH_RATE { TAPS } else { 2 * TAPS };
        let weights = weights(taps);
        let sum = |phase: usize| weights.iter().map(|of_sample| of_sample[phase].abs()).sum::<f32>();
        let most = (0..PHASES).map(sum).fold(1.0, f32::max);
        Self { weights, most, lines: vec![vec![0.0; taps - 1]; channels] }
    }

    /// How many samples a point depends on.
    pub(super) fn span(&self) -> usize {
        self.weights.len()
    }

    /// Forgets what has passed.
    pub(super) fn clear(&mut self) {
        self.lines.iter_mut().for_each(|line| line.fill(0.0));
    }

    /// The highest point of all channels that is known with each of these frames, in `peaks`. Says whether there can be
    /// one above `limit`; if not, `peaks` is empty.
    pub(super) fn scan(&mut self, samples: &[f32], limit: f32, peaks: &mut Vec<f32>) -> bool {
        let channels = self.lines.len();
        for (channel, line) in self.lines.iter_mut().enumerate() {
            line.extend(samples.iter().skip(channel).step_by(channels));
        }
        peaks.clear();
        let highest = self.lines.iter().flatten().fold(0.0, |highest: f32, sample| highest.max(sample.abs()));
        let loud = highest * self.most > limit;
        if loud {
            peaks.resize(samples.len() / channels, 0.0);
            for line in &self.lines {
                for (under, peak) in line.windows(self.weights.len()).zip(peaks.iter_mut()) {
                    *peak = peak.max(highest_point(under, &self.weights));
                }
            }
        }
        for line in &mut self.lines {
            let old = line.len() + 1 - self.weights.len();
            line.drain(..old);
        }
        loud
    }
}

/// The highest of the points between the two samples in the middle.
fn highest_point(under: &[f32], weights: &[[f32; PHASES]]) -> f32 {
    let mut points = [0.0_f32; PHASES];
    for (sample, weights) in under.iter().zip(weights) {
        for (point, weight) in points.iter_mut().zip(weights) {
            *point += sample * weight;
        }
    }
    points.iter().fold(0.0, |highest, point| highest.max(point.abs()))
}

/// A sinc under a Hann window, cut into phases. The first phase gives the samples themselves.
fn weights(taps: usize) -> Vec<[f32; PHASES]> {
    #[expect(clippy::cast_precision_loss, reason = "at most 96")]
    let weight = |at: usize| {
        let (at, length) = (at as f64, (taps * PHASES) as f64);
        let window = 0.5 * (1.0 - (2.0 * PI * at / length).cos());
        let x = (at - length / 2.0) / PHASES as f64 * PI;
        as_sample(if x.abs() < 1e-9 { 1.0 } else { window * x.sin() / x })
    };
    // The newest sample stands last in a line, and is under the beginning of the filter.
    (0..taps).rev().map(|tap| std::array::from_fn(|phase| weight(tap * PHASES + phase))).collect()
}
