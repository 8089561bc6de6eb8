//! Quantities of sound, one type each, so that hertz are never added to frames. Pure.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Sample frames (one sample for each channel).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Frames(pub u64);

/// Frames a second. Sound here runs at 8,000–192,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hertz(pub u32);

impl Frames {
    /// How long this many frames sound at `rate`, to the nanosecond, rounded down.
    #[must_use]
    pub fn lasting(self, rate: Hertz) -> Duration {
        let nanos = u128::from(self.0) * 1_000_000_000 / u128::from(rate.0.max(1));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

impl Hertz {
    /// How many frames sound in `time`, rounded down.
    #[must_use]
    pub fn frames_in(self, time: Duration) -> Frames {
        let frames = time.as_nanos() * u128::from(self.0) / 1_000_000_000;
        Frames(u64::try_from(frames).unwrap_or(u64::MAX))
    }
}

/// Integrated loudness after EBU R128, in LUFS; speech lies between about −40 and −6.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Lufs(pub f64);

/// A level relative to full scale, in dB (dBFS for samples, dBTP for true peaks); 0 is full scale.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Decibel(pub f64);

impl Decibel {
    /// The level below which nothing is heard: all that is softer counts as silence (peers.md: −50 dBFS).
    pub const SILENCE: Self = Self(-50.0);

    /// The factor by which samples are multiplied to change them by this much.
    #[must_use]
    pub fn factor(self) -> f64 {
        10_f64.powf(self.0 / 20.0)
    }

    /// The level of a sample or RMS value of this size; −120 dB for anything softer than that.
    #[must_use]
    pub fn of_amplitude(amplitude: f64) -> Self {
        Self((20.0 * amplitude.max(1e-6).log10()).max(-120.0))
    }
}

/// Seconds as they stand in rows and answers: rounded to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub f64);

impl From<Duration> for Seconds {
    fn from(time: Duration) -> Self {
        Self((time.as_secs_f64() * 1000.0).round() / 1000.0)
    }
}

impl Seconds {
    /// The same as a duration; negative and non-finite values give zero.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::try_from_secs_f64(self.0).unwrap_or_default()
    }
}
