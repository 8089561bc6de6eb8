//! A clip at the rate at which it leaves, for meters: at 8 kHz the filter of EBU R128, of ours as of everybody's, hears a
//! voice by 0.2 LU otherwise than at 48 kHz. Pure computation.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _};

use crate::model::units::Hertz;

/// The rate at which everything leaves.
const RATE: Hertz = Hertz(48_000);
/// Rates so near to it that they make no difference: 0.02 LU.
const NEAR: std::ops::RangeInclusive<u32> = 32_000..=48_000;
/// Frames that are worked on at a time.
const CHUNK: usize = 1024;

/// Is a clip of this rate measured as it airs without further ado?
pub(super) fn is_near(rate: Hertz) -> bool {
    NEAR.contains(&rate.0)
}

/// Brings a clip to the rate at which it leaves, or nearly so, to the frame.
pub(super) struct AsAired {
    /// Nothing if it has that rate.
    converter: Option<Converter>,
    rate: Hertz,
}

struct Converter {
    fft: Fft<f32>,
    from: Hertz,
    channels: usize,
    pending: Vec<f32>,
    ready: Vec<f32>,
    block: Vec<f32>,
    /// Frames that it gives before the first one of the clip.
    delay: usize,
    taken: u64,
    given: u64,
}

impl AsAired {
    /// Nothing if there is no way from that rate, which is known of none that a decoder lets through.
    pub(super) fn new(rate: Hertz, channels: u16) -> Option<Self> {
        match rate {
            near if is_near(near) => Some(Self { converter: None, rate }),
            rate => Some(Self { converter: Some(Converter::new(rate, usize::from(channels))?), rate: RATE }),
        }
    }

    /// The rate of what it gives.
    pub(super) fn rate(&self) -> Hertz {
        self.rate
    }

    /// The next samples, interleaved; gives what is ready.
    pub(super) fn push<'s>(&'s mut self, samples: &'s [f32]) -> &'s [f32] {
        match &mut self.converter {
            None => samples,
            Some(converter) => converter.push(samples),
        }
    }

    /// The end of the clip: gives what is still inside.
    pub(super) fn finish(&mut self) -> &[f32] {
        match &mut self.converter {
            None => &[],
            Some(converter) => converter.finish(),
        }
    }
}

impl Converter {
    fn new(from: Hertz, channels: usize) -> Option<Self> {
        let hertz = |rate: Hertz| usize::try_from(rate.0).unwrap_or(usize::MAX);
        let fft = Fft::new(hertz(from), hertz(RATE), CHUNK, channels, FixedSync::Input).ok()?;
        let (block, delay) = (vec![0.0; fft.output_frames_max() * channels], fft.output_delay());
        Some(Self { fft, from, channels, pending: Vec::new(), ready: Vec::new(), block, delay, taken: 0, given: 0 })
    }

    fn push(&mut self, samples: &[f32]) -> &[f32] {
        self.ready.clear();
        self.taken += (samples.len() / self.channels) as u64;
        self.pending.extend_from_slice(samples);
        while self.chunk().is_some() {}
        &self.ready
    }

    fn finish(&mut self) -> &[f32] {
        self.ready.clear();
        let due = (self.taken * u64::from(RATE.0) + u64::from(self.from.0) / 2) / u64::from(self.from.0);
        while self.given < due {
            self.pending.resize(self.fft.input_frames_next() * self.channels, 0.0);
            if self.chunk().is_none() {
                break;
            }
        }
        let more = usize::try_from(self.given.saturating_sub(due)).unwrap_or(0) * self.channels;
        &self.ready[..self.ready.len().saturating_sub(more)]
    }

    /// Converts as much as is converted at once; nothing if there is not as much.
    fn chunk(&mut self) -> Option<()> {
        let frames = self.fft.input_frames_next();
        let input = InterleavedSlice::new(self.pending.get(..frames * self.channels)?, self.channels, frames).ok()?;
        let room = self.block.len() / self.channels;
        let mut output = InterleavedSlice::new_mut(&mut self.block, self.channels, room).ok()?;
        let (_, made) = self.fft.process_into_buffer(&input, &mut output, None).ok()?;
        self.pending.drain(..frames * self.channels);
        let late = self.delay.min(made);
        self.delay -= late;
        self.given += (made - late) as u64;
        self.ready.extend_from_slice(&self.block[late * self.channels..made * self.channels]);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rate_keeps_its_length_and_its_level() {
        for rate in [8_000, 11_025, 22_050, 31_999, 96_000, 192_000] {
            let mut as_aired = AsAired::new(Hertz(rate), 2).unwrap();
            let tone = |n: u32| (f64::from(n / 2) * 1_000.0 * std::f64::consts::TAU / f64::from(rate)).sin();
            #[expect(clippy::cast_possible_truncation, reason = "a sample")]
            let samples: Vec<f32> = (0..rate * 4).map(|n| tone(n) as f32).collect();
            let mut all = Vec::new();
            for portion in samples.chunks(1_554) {
                all.extend_from_slice(as_aired.push(portion));
            }
            all.extend_from_slice(as_aired.finish());
            assert_eq!((as_aired.rate(), all.len()), (RATE, 192_000), "{rate} Hz");
            let power = all.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / 192_000.0;
            assert!((power - 0.5).abs() < 0.002, "{rate} Hz: {power}");
        }
    }
}
