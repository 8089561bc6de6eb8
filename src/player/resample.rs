//! Brings one clip to the output's rate and to two channels, to the frame. Pure computation.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _};

use super::{CHANNELS, RATE};
use crate::model::units::Hertz;

/// Frames that are worked on at a time.
const CHUNK: usize = 1024;

/// The converter of one clip.
pub(super) struct Resampler {
    /// Nothing if the clip has the output's rate.
    work: Option<Work>,
    channels: usize,
    stereo: Vec<f32>,
}

struct Work {
    fft: Fft<f32>,
    rate: Hertz,
    channels: usize,
    pending: Vec<f32>,
    block: Vec<f32>,
    /// Frames that the converter gives before the first one of the clip.
    delay: u64,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// From `rate` and `channels` (1 or 2) to 48 kHz stereo.
    ///
    /// # Errors
    /// The library's words if it knows no way; none is known for the rates that a decoder lets through.
    pub(super) fn new(rate: Hertz, channels: u16) -> Result<Self, String> {
        let channels = usize::from(channels);
        let work = if rate == RATE { None } else { Some(Work::new(rate, channels)?) };
        Ok(Self { work, channels, stereo: Vec::new() })
    }

    /// The next samples of the clip, interleaved. Gives what is ready, interleaved stereo.
    pub(super) fn push(&mut self, samples: &[f32]) -> Result<&[f32], String> {
        self.stereo.clear();
        match &mut self.work {
            None => widen(samples, self.channels, &mut self.stereo),
            Some(work) => {
                work.pending.extend_from_slice(samples);
                while work.pending.len() >= work.fft.input_frames_next() * work.channels {
                    work.chunk(None, &mut self.stereo)?;
                }
            }
        }
        Ok(&self.stereo)
    }

    /// The clip is at its end: gives what is still inside, so that its length is kept to the frame.
    pub(super) fn finish(&mut self) -> Result<&[f32], String> {
        self.stereo.clear();
        if let Some(work) = &mut self.work {
            let rest = work.pending.len() / work.channels;
            work.pending.resize(work.fft.input_frames_next() * work.channels, 0.0);
            work.chunk(Some(rest), &mut self.stereo)?;
            while work.given < work.due() {
                work.pending.resize(work.fft.input_frames_next() * work.channels, 0.0);
                work.chunk(Some(0), &mut self.stereo)?;
            }
        }
        Ok(&self.stereo)
    }
}

impl Work {
    fn new(rate: Hertz, channels: usize) -> Result<Self, String> {
        let hertz = |rate: Hertz| usize::try_from(rate.0).unwrap_or(usize::MAX);
        let fft = Fft::new(hertz(rate), hertz(RATE), CHUNK, channels, FixedSync::Input).map_err(|e| e.to_string())?;
        let block = vec![0.0; fft.output_frames_max() * channels];
        let delay = fft.output_delay() as u64;
        Ok(Self { fft, rate, channels, pending: Vec::new(), block, delay, taken: 0, given: 0 })
    }

    /// How many frames the clip has at the output's rate, so far.
    fn due(&self) -> u64 {
        (self.taken * u64::from(RATE.0) + u64::from(self.rate.0) / 2) / u64::from(self.rate.0)
    }

    /// Converts one chunk of what is pending; of the last one only `rest` frames belong to the clip.
    fn chunk(&mut self, rest: Option<usize>, stereo: &mut Vec<f32>) -> Result<(), String> {
        let frames = self.fft.input_frames_next();
        let input = InterleavedSlice::new(&self.pending, self.channels, frames).map_err(|e| e.to_string())?;
        let room = self.block.len() / self.channels;
        let mut output = InterleavedSlice::new_mut(&mut self.block, self.channels, room).map_err(|e| e.to_string())?;
        let indexing = rest.map(|rest| Indexing::new().partial_len(rest));
        let (_, made) =
            self.fft.process_into_buffer(&input, &mut output, indexing.as_ref()).map_err(|e| e.to_string())?;
        self.pending.drain(..frames * self.channels);
        self.taken += rest.unwrap_or(frames) as u64;

        let made = made as u64;
        let late = self.delay.min(made);
        self.delay -= late;
        // Only the last chunks hold more than is due: the silence behind the clip.
        let most = if rest.is_some() { self.due().saturating_sub(self.given) } else { u64::MAX };
        let wanted = (made - late).min(most);
        self.given += wanted;
        let at = |frame: u64| usize::try_from(frame).unwrap_or(usize::MAX) * self.channels;
        widen(&self.block[at(late)..at(late + wanted)], self.channels, stereo);
        Ok(())
    }
}

/// Mono goes to both sides.
fn widen(samples: &[f32], channels: usize, stereo: &mut Vec<f32>) {
    if channels == CHANNELS {
        stereo.extend_from_slice(samples);
    } else {
        stereo.extend(samples.iter().flat_map(|sample| [*sample; CHANNELS]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone of `hertz`, converted in odd portions.
    fn convert(rate: u32, channels: u16, frames: usize, hertz: f64) -> Vec<f32> {
        let mut resampler = Resampler::new(Hertz(rate), channels).unwrap();
        let mut tone = Vec::new();
        for n in 0..u32::try_from(frames).unwrap() {
            let phase = f64::from(n) * hertz * std::f64::consts::TAU / f64::from(rate);
            #[expect(clippy::cast_possible_truncation, reason = "a sample")]
            tone.extend(vec![(phase.sin() * 0.5) as f32; channels.into()]);
        }
        let mut all = Vec::new();
        for portion in tone.chunks(777 * usize::from(channels)) {
            all.extend_from_slice(resampler.push(portion).unwrap());
        }
        all.extend_from_slice(resampler.finish().unwrap());
        all
    }

    #[test]
    fn every_rate_keeps_its_length_its_place_and_its_tone() {
        for rate in [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000] {
            for channels in [1, 2] {
                let seconds = 2;
                let got = convert(rate, channels, rate as usize * seconds, 1_000.0);
                assert_eq!(got.len(), 48_000 * seconds * CHANNELS, "{rate} Hz, {channels} channels");
                // Against the same tone made at 48 kHz: the difference is the error, in place as well as in shape.
                let (mut error, mut power) = (0.0, 0.0);
                for (n, frame) in got.chunks_exact(CHANNELS).enumerate().skip(4_800).take(86_400) {
                    let n = f64::from(u32::try_from(n).unwrap());
                    let want = (n * 1_000.0 * std::f64::consts::TAU / 48_000.0).sin() * 0.5;
                    error += (f64::from(frame[0]) - want).powi(2) + (f64::from(frame[1]) - want).powi(2);
                    power += 2.0 * want.powi(2);
                }
                let decibel = 10.0 * (error / power).log10();
                assert!(decibel < -90.0, "{rate} Hz, {channels} channels: error {decibel:.1} dB");
            }
        }
    }

    #[test]
    fn short_clips_keep_their_length() {
        for (rate, frames, want) in
            [(44_100, 1, 1), (44_100, 441, 480), (8_000, 5, 30), (48_000, 7, 7), (96_000, 1_001, 501)]
        {
            assert_eq!(convert(rate, 1, frames, 100.0).len(), want * CHANNELS, "{frames} frames at {rate} Hz");
        }
    }
}
