//! Brings a live stream towards a loudness, slowly: it has no length over which to measure it beforehand. Pure.

use ebur128::{EbuR128, Mode};

use crate::model::units::{Decibel, Lufs};
use crate::player::{CHANNEL_COUNT, CHANNELS, RATE, meter};

/// Loudness is taken over so many milliseconds, or over less at the beginning.
const WINDOW: u32 = 3_000;
const LEAST: u32 = 400;
/// The gain moves by so much a second, in dB: nobody hears it move.
const A_SECOND: f64 = 0.5;
/// Between these it stays, in dB: noise must not be drawn up, nor anything turned off.
const GAINS: (f64, f64) = (-24.0, 12.0);

/// The gain of a stream.
pub(super) struct Steer {
    target: Lufs,
    meter: Option<EbuR128>,
    frames: u64,
    /// In dB; nothing before anything was heard.
    gain: Option<f64>,
}

impl Steer {
    pub(super) fn new(target: Lufs) -> Self {
        let meter = EbuR128::new(CHANNEL_COUNT.into(), RATE.0, Mode::S).ok();
        Self { target, meter, frames: 0, gain: None }
    }

    /// Changes the level of a block of the stream.
    pub(super) fn apply(&mut self, samples: &mut [f32]) {
        let frames = samples.len() / CHANNELS;
        // A pause says nothing about the loudness of what is said.
        let heard = !is_silent(samples);
        self.frames += if heard { frames as u64 } else { 0 };
        let loudness = self.meter.as_mut().filter(|_| heard).and_then(|meter| {
            meter.add_frames_f32(samples).ok()?;
            let heard = u32::try_from(self.frames * 1_000 / u64::from(RATE.0)).unwrap_or(WINDOW);
            (heard >= LEAST).then(|| meter.loudness_window(heard.min(WINDOW)).ok())?
        });
        let before = self.gain.unwrap_or_default();
        if let Some(loudness) = loudness.filter(|loudness| loudness.is_finite()) {
            let wanted = (self.target.0 - loudness).clamp(GAINS.0, GAINS.1);
            #[expect(clippy::cast_precision_loss, reason = "a block")]
            let most = A_SECOND * frames as f64 / f64::from(RATE.0);
            // At the very beginning at once, from then on slowly.
            self.gain = Some(self.gain.map_or(wanted, |gain| gain + (wanted - gain).clamp(-most, most)));
        }
        let (from, to) = (Decibel(before).factor(), Decibel(self.gain.unwrap_or_default()).factor());
        for (n, frame) in samples.chunks_exact_mut(CHANNELS).enumerate() {
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a factor within a block")]
            let factor = (from + (to - from) * n as f64 / frames as f64) as f32;
            for sample in frame {
                *sample *= factor;
            }
        }
    }
}

/// Is all of it so soft that nobody hears it?
pub(super) fn is_silent(samples: &[f32]) -> bool {
    let power = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    meter::rms(power, samples.len() / CHANNELS) < Decibel::SILENCE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of a tone of 1 kHz on both sides, of this amplitude: its loudness in LUFS is its level in dB.
    fn tone(level: f64) -> Vec<f32> {
        let sample =
            |n: u32| (f64::from(n) * 1_000.0 * std::f64::consts::TAU / 48_000.0).sin() * Decibel(level).factor();
        #[expect(clippy::cast_possible_truncation, reason = "a sample")]
        (0..48_000).flat_map(|n| [sample(n) as f32; CHANNELS]).collect()
    }

    fn level(samples: &[f32]) -> f64 {
        let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        Decibel::of_amplitude(f64::from(peak)).0
    }

    #[test]
    fn it_begins_where_it_should_and_moves_slowly() {
        let mut steer = Steer::new(Lufs(-16.0));
        let mut pass = |mut samples: Vec<f32>| {
            for block in samples.chunks_mut(1_152 * CHANNELS) {
                steer.apply(block);
            }
            samples
        };
        let first = pass(tone(-26.0));
        assert!((level(&first[48_000..]) + 16.0).abs() < 0.5, "{}", level(&first[48_000..]));
        let louder = pass(tone(-20.0));
        assert!((level(&louder) + 10.0).abs() < 0.7, "it moved by {} dB in a second", level(&louder) + 10.0);
        for _ in 0..20 {
            pass(tone(-20.0));
        }
        assert!((level(&pass(tone(-20.0))) + 16.0).abs() < 0.5);
        let pause = pass(vec![0.0001; 480_000]);
        assert!(level(&pause) < -74.0, "a pause is not drawn up");
        assert!((level(&pass(tone(-20.0))) + 16.0).abs() < 0.7, "and changes nothing");
    }
}
