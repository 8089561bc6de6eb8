//! Loudness envelopes: the level of twenty milliseconds of sound, and again some milliseconds later. Pure.

use crate::model::units::{Decibel, Hertz};

/// Steps in a second: a window begins at each.
pub(super) const STEPS: u64 = 200;
/// Steps in a window of 20 ms.
pub(super) const WINDOW: usize = 4;
/// What is softer counts as this, in dB of full scale.
pub(super) const FLOOR: f32 = -70.0;

/// The levels of a sound, in dB: of each window of 20 ms that begins at a step. Nothing else of the sound is kept.
#[derive(Debug, Clone)]
pub(in crate::player) struct Envelope {
    rate: u64,
    channels: usize,
    levels: Vec<f32>,
    /// The power of the steps of a window that is not over, and of the step that is not over.
    steps: [f32; WINDOW],
    sum: f32,
    frames: u64,
    in_step: u16,
    step: u64,
}

impl Envelope {
    /// Of a sound of this rate, with its channels interleaved.
    pub(in crate::player) fn new(rate: Hertz, channels: u16) -> Self {
        Self {
            rate: rate.0.into(),
            channels: channels.max(1).into(),
            levels: Vec::new(),
            steps: [0.0; WINDOW],
            sum: 0.0,
            frames: 0,
            in_step: 0,
            step: 0,
        }
    }

    /// Whole frames, in the order in which they are heard.
    pub(in crate::player) fn add(&mut self, samples: &[f32]) {
        for frame in samples.chunks_exact(self.channels) {
            self.sum += frame.iter().map(|sample| sample * sample).sum::<f32>();
            self.in_step = self.in_step.saturating_add(1);
            self.frames += 1;
            if self.frames * STEPS >= (self.step + 1) * self.rate {
                self.end_step();
            }
        }
    }

    fn end_step(&mut self) {
        let samples = f32::from(self.in_step) * f32::from(u16::try_from(self.channels).unwrap_or(u16::MAX));
        self.steps.rotate_left(1);
        self.steps[WINDOW - 1] = self.sum / samples.max(1.0);
        (self.sum, self.in_step) = (0.0, 0);
        self.step += 1;
        if self.step >= WINDOW as u64 {
            #[expect(clippy::cast_precision_loss, reason = "four")]
            let power = self.steps.iter().sum::<f32>() / WINDOW as f32;
            self.levels.push((10.0 * power.log10()).max(FLOOR));
        }
    }

    /// So many frames pass that nobody knows.
    pub(super) fn miss(&mut self, frames: u64) {
        let silence = vec![0.0; self.channels];
        for _ in 0..frames {
            self.add(&silence);
        }
    }

    /// Frames that it was given.
    pub(super) fn frames(&self) -> u64 {
        self.frames
    }

    /// The levels of the windows that begin at each step.
    pub(super) fn levels(&self) -> &[f32] {
        &self.levels
    }
}

/// The level of all these together.
pub(super) fn mean(levels: &[f32]) -> Decibel {
    let powers = levels.iter().map(|level| f64::from(*level) / 10.0).map(|bel| 10_f64.powf(bel));
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 levels")]
    let count = levels.len().max(1) as f64;
    Decibel::of_amplitude((powers.sum::<f64>() / count).sqrt())
}
