//! The ring of decoded samples as a source for rodio's mixer: silence, then so many frames, then silence. Real-time.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rodio::{ChannelCount, Sample, SampleRate, Source};
use rtrb::Consumer;

use super::{CHANNELS, RATE};

/// Stereo.
const STEREO: ChannelCount = match NonZero::new(2) {
    Some(two) => two,
    None => ChannelCount::MIN,
};
/// 48 kHz.
const AT_RATE: SampleRate = match NonZero::new(RATE.0) {
    Some(rate) => rate,
    None => SampleRate::MIN,
};

/// What the source is to give next, in samples. Set and read on the same thread; atomic because the mixer takes only what
/// may wander between threads.
#[derive(Debug, Default)]
pub(super) struct Gate {
    hold: AtomicU64,
    quota: AtomicU64,
}

impl Gate {
    /// `hold` frames of silence, then `quota` frames from the ring, then silence.
    pub(super) fn set(&self, hold: usize, quota: usize) {
        self.hold.store((hold * CHANNELS) as u64, Ordering::Relaxed);
        self.quota.store((quota * CHANNELS) as u64, Ordering::Relaxed);
    }

    /// Counts one of them down; false if there is none left.
    fn take_one(of: &AtomicU64) -> bool {
        let left = of.load(Ordering::Relaxed);
        of.store(left.saturating_sub(1), Ordering::Relaxed);
        left > 0
    }
}

/// The programme as rodio sees it. Never ends: what follows the programme is silence.
struct FromRing {
    ring: Consumer<f32>,
    gate: Arc<Gate>,
}

/// A mixer that plays from `ring` what the gate lets through.
pub(super) fn mixed(ring: Consumer<f32>) -> (rodio::mixer::MixerSource, Arc<Gate>) {
    let gate = Arc::new(Gate::default());
    let (input, output) = rodio::mixer::mixer(STEREO, AT_RATE);
    input.add(FromRing { ring, gate: Arc::clone(&gate) });
    (output, gate)
}

impl Iterator for FromRing {
    type Item = Sample;

    fn next(&mut self) -> Option<Sample> {
        if Gate::take_one(&self.gate.hold) || !Gate::take_one(&self.gate.quota) {
            return Some(0.0);
        }
        Some(self.ring.pop().unwrap_or(0.0))
    }
}

impl Source for FromRing {
    fn current_span_len(&self) -> Option<usize> {
        None
    }
    fn channels(&self) -> ChannelCount {
        STEREO
    }
    fn sample_rate(&self) -> SampleRate {
        AT_RATE
    }
    fn total_duration(&self) -> Option<Duration> {
        None
    }
}
