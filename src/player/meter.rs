//! Measures what was delivered of each item, after gain and fade: loudness, peak, level. Effects: none but its own state.

use std::collections::VecDeque;
use std::time::Duration;

use ebur128::{EbuR128, Mode};
use rtrb::Consumer;

use super::listen::Envelope;
use super::programme::Mark;
use super::{CHANNEL_COUNT, CHANNELS, RATE};
use crate::model::playback::Delivered;
use crate::model::units::{Decibel, Frames};

/// Over how long the level is taken.
const LEVEL: Duration = Duration::from_millis(100);

/// The meters of a run.
pub(super) struct Meter {
    tap: Consumer<f32>,
    items: Vec<ItemMeter>,
    /// Frames that came out of the tap.
    seen: u64,
    /// The power of each of the last frames, so many as `LEVEL` holds.
    powers: VecDeque<f64>,
    block: Vec<f32>,
    /// What is held against what somebody hears, if somebody listens.
    pub(super) sent: Option<Envelope>,
}

struct ItemMeter {
    loudness: Option<EbuR128>,
    peak: f32,
}

impl Meter {
    /// Meters for so many items, fed by the tap.
    pub(super) fn new(tap: Consumer<f32>, items: usize) -> Self {
        let item = || ItemMeter { loudness: None, peak: 0.0 };
        let items = std::iter::repeat_with(item).take(items).collect();
        Self { tap, items, seen: 0, powers: VecDeque::new(), block: vec![0.0; 4096 * CHANNELS], sent: None }
    }

    /// Takes what has come since. `marks` say where the items end.
    pub(super) fn read(&mut self, marks: &[Mark]) {
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
                let item = marks.iter().take_while(|mark| mark.end.is_some_and(|end| end <= self.seen)).count();
                let until_end = marks.get(item).and_then(|mark| mark.end).map_or(u64::MAX, |end| end - self.seen);
                let frames = usize::try_from(until_end).unwrap_or(usize::MAX).min((ready - from) / CHANNELS);
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
        let samples = Frames((self.powers.len() * CHANNELS).max(1) as u64);
        let count = samples.lasting(RATE).as_secs_f64() * f64::from(RATE.0);
        Decibel::of_amplitude((self.powers.iter().sum::<f64>() / count).sqrt())
    }

    /// What was delivered of each item, now that the device has consumed so many frames.
    pub(super) fn delivered(&self, marks: &[Mark], consumed: u64) -> Vec<Delivered> {
        let played = played(marks, consumed);
        let each = self.items.iter().zip(marks).zip(played);
        each.map(|((meter, mark), played)| Delivered {
            played,
            loudness: meter.loudness(),
            peak: Decibel::of_amplitude(f64::from(meter.peak)),
            silent: Duration::ZERO,
            hash: None,
            fault: mark.fault,
        })
        .collect()
    }
}

impl ItemMeter {
    fn add(&mut self, samples: &[f32]) {
        self.peak = samples.iter().fold(self.peak, |peak, sample| peak.max(sample.abs()));
        if self.loudness.is_none() {
            self.loudness = EbuR128::new(CHANNEL_COUNT.into(), RATE.0, Mode::I).ok();
        }
        // Fails only for a number of samples that is no multiple of the channels.
        if let Some(Err(_)) = self.loudness.as_mut().map(|loudness| loudness.add_frames_f32(samples)) {
            self.loudness = None;
        }
    }

    fn loudness(&self) -> Option<f64> {
        self.loudness.as_ref()?.loudness_global().ok().filter(|lufs| lufs.is_finite())
    }
}

/// How much of each item was consumed, when so many frames of all of them were.
pub(super) fn played(marks: &[Mark], consumed: u64) -> Vec<Duration> {
    let mut start = 0;
    let mut each = Vec::with_capacity(marks.len());
    for mark in marks {
        let end = mark.end.unwrap_or(u64::MAX).min(consumed);
        each.push(Frames(end.saturating_sub(start)).lasting(RATE));
        start = end.max(start);
    }
    each
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtrb::RingBuffer;

    fn mark(end: Option<u64>) -> Mark {
        Mark { end, fault: None }
    }

    #[test]
    fn what_was_consumed_is_shared_out_in_order() {
        let ends = [Some(48_000), Some(48_000), Some(72_000), None];
        let marks: Vec<Mark> = ends.into_iter().map(mark).collect();
        let cases = [
            (0, [0, 0, 0, 0]),
            (24_000, [500, 0, 0, 0]),
            (60_000, [1000, 0, 250, 0]),
            (72_000, [1000, 0, 500, 0]),
            (120_000, [1000, 0, 500, 1000]),
        ];
        for (consumed, millis) in cases {
            assert_eq!(played(&marks, consumed), millis.map(Duration::from_millis), "{consumed} frames");
        }
    }

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
        let marks = [mark(Some(48_000)), mark(None)];
        meter.read(&marks);
        assert!((meter.level().0 - (-29.0)).abs() < 0.1, "{:?}", meter.level());
        for (item, (peak, loudness)) in meter.delivered(&marks, 96_000).iter().zip([(-6.02, -6.0), (-26.02, -26.0)]) {
            assert_eq!(item.played, Duration::from_secs(1));
            assert!((item.peak.0 - peak).abs() < 0.1, "{item:?}");
            assert!((item.loudness.unwrap() - loudness).abs() < 0.2, "{item:?}");
        }
        let silent = Meter::new(RingBuffer::new(8).1, 1).delivered(&marks[..1], 0);
        assert_eq!(silent[0].loudness, None);
    }
}
