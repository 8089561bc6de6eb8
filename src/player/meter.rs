//! Measures what was delivered of each item, after gain and fade: loudness, peak, level. Effects: none but its own state.

use std::collections::VecDeque;
use std::time::Duration;

use ebur128::{EbuR128, Mode};
use rtrb::Consumer;

use super::listen::Envelope;
use super::programme::Sheet;
use super::{CHANNEL_COUNT, CHANNELS, RATE};
use crate::model::playback::Delivered;
use crate::model::units::{Decibel, Frames};

/// Over how long the level is taken.
const LEVEL: Duration = Duration::from_millis(100);
/// Frames over which it is decided whether anything is heard: 20 ms.
const WINDOW: usize = RATE.0 as usize / 50;

/// The meters of a run.
pub(super) struct Meter {
    tap: Consumer<f32>,
    items: Vec<ItemMeter>,
    /// Frames that came out of the tap.
    pub(super) seen: u64,
    /// The power of each of the last frames, so many as `LEVEL` holds.
    powers: VecDeque<f64>,
    block: Vec<f32>,
    /// What is held against what somebody hears, if somebody listens.
    pub(super) sent: Option<Envelope>,
}

/// What is measured of one item, over all its repetitions.
#[derive(Default)]
struct ItemMeter {
    loudness: Option<EbuR128>,
    /// Power and length of what does not fill a window yet.
    power: f64,
    filled: usize,
    silent: u64,
}

impl Meter {
    /// Meters for so many items, fed by the tap.
    pub(super) fn new(tap: Consumer<f32>, items: usize) -> Self {
        let items = std::iter::repeat_with(ItemMeter::default).take(items).collect();
        Self { tap, items, seen: 0, powers: VecDeque::new(), block: vec![0.0; 4096 * CHANNELS], sent: None }
    }

    /// Takes what has come since. The marks say where it belongs.
    pub(super) fn read(&mut self, marks: &Sheet) {
        loop {
            let ready = (self.tap.slots() / CHANNELS * CHANNELS).min(self.block.len());
            if ready == 0 || self.tap.pop_entire_slice(&mut self.block[..ready]).is_err() {
                return;
            }
            if let Some(sent) = &mut self.sent {
                sent.add(&self.block[..ready]);
            }
            let mut from = 0;
            while from < ready {
                let (item, follow) = marks.at(self.seen).unwrap_or((usize::MAX, u64::MAX));
                let frames = usize::try_from(follow).unwrap_or(usize::MAX).min((ready - from) / CHANNELS);
                let to = from + frames * CHANNELS;
                if let Some(meter) = self.items.get_mut(item) {
                    meter.add(&self.block[from..to]);
                }
                self.seen += frames as u64;
                from = to;
            }
            let power = |frame: &[f32]| frame.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>();
            self.powers.extend(self.block[..ready].chunks_exact(CHANNELS).map(power));
            let most = usize::try_from(RATE.frames_in(LEVEL).0).unwrap_or(usize::MAX);
            self.powers.drain(..self.powers.len().saturating_sub(most));
        }
    }

    /// Level (RMS) of the last 100 ms that were delivered.
    pub(super) fn level(&self) -> Decibel {
        rms(self.powers.iter().sum(), self.powers.len())
    }

    /// What was delivered of each item, now that the device has consumed so many frames.
    pub(super) fn delivered(&self, marks: &Sheet, consumed: u64) -> Vec<Delivered> {
        let each = self.items.iter().zip(&marks.items).zip(marks.played(consumed));
        each.map(|((meter, mark), played)| Delivered {
            played,
            loudness: meter.loudness(),
            peak: meter.peak(),
            silent: meter.silent().min(played),
            hash: mark.hash.clone(),
            fault: mark.fault,
        })
        .collect()
    }
}

impl ItemMeter {
    fn add(&mut self, samples: &[f32]) {
        if self.loudness.is_none() {
            self.loudness = EbuR128::new(CHANNEL_COUNT.into(), RATE.0, Mode::I | Mode::TRUE_PEAK).ok();
        }
        // Fails only for a number of samples that is no multiple of the channels.
        if let Some(Err(_)) = self.loudness.as_mut().map(|loudness| loudness.add_frames_f32(samples)) {
            self.loudness = None;
        }
        for frame in samples.chunks_exact(CHANNELS) {
            self.power += frame.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
            self.filled += 1;
            if self.filled == WINDOW {
                self.silent += if self.is_silent() { WINDOW as u64 } else { 0 };
                (self.power, self.filled) = (0.0, 0);
            }
        }
    }

    /// Is what does not yet make a whole window softer than anybody hears?
    fn is_silent(&self) -> bool {
        rms(self.power, self.filled) < Decibel::SILENCE
    }

    fn silent(&self) -> Duration {
        let rest = if self.is_silent() { self.filled as u64 } else { 0 };
        Frames(self.silent + rest).lasting(RATE)
    }

    fn peak(&self) -> Decibel {
        let side = |n: u32| self.loudness.as_ref().and_then(|loudness| loudness.true_peak(n).ok()).unwrap_or(0.0);
        Decibel::of_amplitude((0..u32::from(CHANNEL_COUNT)).map(side).fold(0.0, f64::max))
    }

    fn loudness(&self) -> Option<f64> {
        self.loudness.as_ref()?.loudness_global().ok().filter(|lufs| lufs.is_finite())
    }
}

/// The level of so many frames that have this power in all.
pub(super) fn rms(power: f64, frames: usize) -> Decibel {
    #[expect(clippy::cast_precision_loss, reason = "frames of some seconds")]
    let samples = (frames * CHANNELS).max(1) as f64;
    Decibel::of_amplitude((power / samples).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::player::programme::Marks;
    use rtrb::RingBuffer;

    #[test]
    fn each_item_is_measured_for_itself() {
        let (mut tap, meter) = RingBuffer::new(96_000 * 4);
        let mut meter = Meter::new(meter, 2);
        // A second at −6 dB of full scale, then a second at −26: 1 kHz on both sides.
        for n in 0..96_000_u32 {
            let level = if n < 48_000 { 0.5 } else { 0.05 };
            let sample = (f64::from(n) * 1_000.0 * std::f64::consts::TAU / 48_000.0).sin() * level;
            #[expect(clippy::cast_possible_truncation, reason = "a sample needs no more digits")]
            tap.push_entire_slice(&[sample as f32; CHANNELS]).unwrap();
        }
        let marks = Marks::new(2);
        marks.all().begin(0, 0);
        marks.all().begin(1, 48_000);
        let marks = marks.all();
        meter.read(&marks);
        assert!((meter.level().0 - (-29.0)).abs() < 0.1, "{:?}", meter.level());
        for (item, (peak, loudness)) in meter.delivered(&marks, 96_000).iter().zip([(-6.02, -6.0), (-26.02, -26.0)]) {
            assert_eq!(item.played, Duration::from_secs(1));
            assert!((item.peak.0 - peak).abs() < 0.1, "{item:?}");
            assert!((item.loudness.unwrap() - loudness).abs() < 0.2, "{item:?}");
        }
        assert_eq!(meter.delivered(&marks, 96_000)[0].silent, Duration::ZERO);
    }

    #[test]
    fn silence_is_what_nobody_hears() {
        let (mut tap, meter) = RingBuffer::new(96_000 * 2);
        let mut meter = Meter::new(meter, 1);
        let marks = Marks::new(1);
        assert_eq!(meter.delivered(&marks.all(), 0)[0].loudness, None);
        marks.all().begin(0, 0);
        // 100 ms at −40 dB of full scale, 200 ms at −54, 105 ms of nothing.
        for n in 0..19_440_u32 {
            let level = if n < 4_800 {
                0.01
            } else if n < 14_400 {
                0.002
            } else {
                0.0
            };
            let sample = if n % 2 == 0 { level } else { -level };
            tap.push_entire_slice(&[sample; CHANNELS]).unwrap();
        }
        let marks = marks.all();
        meter.read(&marks);
        let delivered = meter.delivered(&marks, 19_440);
        assert_eq!(delivered[0].silent, Duration::from_millis(305));
        assert_eq!(
            meter.delivered(&marks, 4_800)[0].silent,
            Duration::from_millis(100),
            "never more than was consumed"
        );
    }

    /// Samples that stay below full scale while the curve through them does not.
    #[test]
    fn the_peak_is_that_of_the_curve() {
        let (mut tap, meter) = RingBuffer::new(96_000 * 2);
        let mut meter = Meter::new(meter, 1);
        let marks = Marks::new(1);
        marks.all().begin(0, 0);
        for n in 0..48_000_u32 {
            let sample = (std::f64::consts::FRAC_PI_4 + f64::from(n) * std::f64::consts::FRAC_PI_2).sin();
            #[expect(clippy::cast_possible_truncation, reason = "a sample needs no more digits")]
            tap.push_entire_slice(&[sample as f32; CHANNELS]).unwrap();
        }
        let marks = marks.all();
        meter.read(&marks);
        let peak = meter.delivered(&marks, 48_000)[0].peak.0;
        assert!(peak.abs() < 0.5, "{peak} dBTP where the samples are at −3");
    }
}
