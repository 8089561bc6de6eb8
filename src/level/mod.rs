//! Keeps sound below a true-peak ceiling, whatever gain it was given. Pure.

mod peak;
mod reduction;
#[cfg(test)]
mod tests;

use self::peak::Scanner;
use self::reduction::Reduction;
use crate::model::units::{Decibel, Hertz};

/// Frames that are looked at together: what is soft as a whole costs next to nothing.
const CHUNK: usize = 64;
/// By how much more than is needed a peak is turned down, in dB: while the gain moves, the curve between two samples
/// bends a little, and the next meter has another filter.
const MARGIN: f64 = 0.1;
/// By how much below the ceiling it counts as reached, in dB: meters round differently.
const ROUNDING: f64 = 0.001;
/// The sound is turned down within twice this part of a second: 5 ms.
const ATTACK: u32 = 400;
/// No sound has a higher amplitude (120 dB above full scale); what has is cut, so that no sum overflows.
const LOUDEST: f32 = 1e6;

/// A look-ahead true-peak limiter. All channels are turned down together, so that nothing moves from side to side.
///
/// It keeps the number of frames and their order, and leaves every sample as it is (bit for bit) while nothing
/// exceeds the ceiling.
pub struct Limiter {
    channels: usize,
    scanner: Scanner,
    reduction: Reduction,
    /// What waits for the peaks behind it to be seen: a ring of whole frames.
    late: Vec<f32>,
    at: usize,
    /// Samples at the beginning that are not sound but what the ring held.
    to_drop: usize,
    /// Peaks up to this amplitude are left alone, higher ones brought down to `target`.
    limit: f32,
    target: f32,
    /// Of the chunk at hand.
    peaks: Vec<f32>,
    ready: Vec<f32>,
}

impl Limiter {
    /// For interleaved sound of this rate and so many channels (0 counts as 1): nothing that comes out of it has a true
    /// peak (BS.1770) above `ceiling`.
    #[must_use]
    pub fn new(rate: Hertz, channels: u16, ceiling: Decibel) -> Self {
        let channels = usize::from(channels.max(1));
        let scanner = Scanner::new(rate, channels);
        let mean = (rate.0 / ATTACK).max(1) as usize;
        // A peak is known when the last sample under its filter has come; around it the gain stands still for as long.
        let look = 2 * mean - 2 + 2 * scanner.span();
        let amplitude = |below: f64| as_sample(Decibel(ceiling.0 - below).factor());
        Self {
            channels,
            reduction: Reduction::new(rate, mean, look + 1 + scanner.span()),
            scanner,
            late: vec![0.0; look * channels],
            at: 0,
            to_drop: look * channels,
            limit: amplitude(ROUNDING),
            target: amplitude(MARGIN),
            peaks: Vec::with_capacity(CHUNK),
            ready: Vec::new(),
        }
    }

    /// Takes whole interleaved frames; gives what is ready by now, which may be nothing.
    pub fn push(&mut self, samples: &[f32]) -> &[f32] {
        self.ready.clear();
        let whole = samples.len() / self.channels * self.channels;
        for chunk in samples[..whole].chunks(CHUNK * self.channels) {
            let from = self.ready.len();
            let cut = |sample: f32| if sample.is_nan() { 0.0 } else { sample.clamp(-LOUDEST, LOUDEST) };
            self.ready.extend(chunk.iter().map(|sample| cut(*sample)));
            self.pass(from);
        }
        let dropped = self.to_drop.min(whole);
        self.to_drop -= dropped;
        &self.ready[dropped..]
    }

    /// The rest: with it exactly as many frames have come out as went in. Afterwards it is as new.
    pub fn finish(&mut self) -> &[f32] {
        let rest = self.late.len();
        // Behind a peak in the last frames the gain is on its way back, which nobody hears but the next sound.
        let (begun, silence) = (rest - self.to_drop, vec![0.0; rest]);
        let ready = self.push(&silence).len();
        let from = self.ready.len() - ready;
        self.scanner.clear();
        self.reduction.clear();
        self.late.fill(0.0);
        self.to_drop = rest;
        &self.ready[from..from + begun]
    }

    /// Puts in place of each frame from here on the one of some time ago, turned down as far as must be.
    fn pass(&mut self, from: usize) {
        let samples = &mut self.ready[from..];
        let loud = self.scanner.scan(samples, self.limit, &mut self.peaks);
        let mut delay = |sample: &mut f32| {
            std::mem::swap(&mut self.late[self.at], sample);
            self.at = if self.at + 1 == self.late.len() { 0 } else { self.at + 1 };
        };
        if !loud && self.reduction.is_idle() {
            samples.iter_mut().for_each(delay);
            return;
        }
        for (n, frame) in samples.chunks_exact_mut(self.channels).enumerate() {
            let peak = self.peaks.get(n).copied().unwrap_or(0.0);
            let times = if peak > self.limit { f64::from(peak) / f64::from(self.target) } else { 1.0 };
            let gain = self.reduction.next(times);
            frame.iter_mut().for_each(&mut delay);
            if let Some(gain) = gain {
                for sample in frame {
                    *sample *= gain;
                }
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "sound is made of f32")]
fn as_sample(amplitude: f64) -> f32 {
    amplitude as f32
}
