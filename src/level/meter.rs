//! The true peak of a whole sound. Pure.

use super::CHUNK;
use super::peak::Scanner;
use crate::model::units::{Decibel, Hertz};

/// Measures the true peak of sound (BS.1770, annex 2). What cannot be higher than the highest so far is not looked at
/// closely, so that it costs little.
pub struct TruePeak {
    channels: usize,
    scanner: Scanner,
    highest: f32,
    peaks: Vec<f32>,
}

impl TruePeak {
    /// For interleaved sound of this rate and so many channels (0 counts as 1).
    #[must_use]
    pub fn new(rate: Hertz, channels: u16) -> Self {
        let channels = usize::from(channels.max(1));
        Self { channels, scanner: Scanner::new(rate, channels), highest: 0.0, peaks: Vec::new() }
    }

    /// Takes whole interleaved frames.
    pub fn push(&mut self, samples: &[f32]) {
        let whole = samples.len() / self.channels * self.channels;
        for chunk in samples[..whole].chunks(CHUNK * self.channels) {
            if self.scanner.scan(chunk, self.highest, &mut self.peaks) {
                self.highest = self.peaks.iter().fold(self.highest, |highest, peak| highest.max(*peak));
            }
        }
    }

    /// The highest so far, and what the last samples lead to if silence follows.
    pub fn highest(&mut self) -> Decibel {
        self.push(&vec![0.0; self.scanner.span() * self.channels]);
        Decibel::of_amplitude(f64::from(self.highest))
    }
}
