//! Nothing leaves above the ceiling by another meter's account (the crate `ebur128`), and what is soft leaves untouched.

use std::f64::consts::PI;

use ebur128::{EbuR128, Mode};
use proptest::prelude::*;

use super::{Limiter, as_sample};
use crate::model::clip::CEILING;
use crate::model::units::{Decibel, Hertz};

/// What comes out if `samples` go in, in pieces of `piece` frames.
fn limited(samples: &[f32], rate: u32, channels: u16, piece: usize) -> Vec<f32> {
    let mut limiter = Limiter::new(Hertz(rate), channels, CEILING);
    let mut out = Vec::new();
    for piece in samples.chunks(piece * usize::from(channels)) {
        out.extend_from_slice(limiter.push(piece));
    }
    out.extend_from_slice(limiter.finish());
    assert_eq!(out.len(), samples.len(), "as many frames as went in");
    out
}

/// The highest true peak of all channels, in dB, by another meter.
fn true_peak(samples: &[f32], rate: u32, channels: u16) -> f64 {
    let mut meter = EbuR128::new(u32::from(channels), rate, Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(samples).unwrap();
    // The filter of the meter is still full of the end.
    meter.add_frames_f32(&vec![0.0; 64 * usize::from(channels)]).unwrap();
    let peaks = (0..u32::from(channels)).map(|channel| meter.true_peak(channel).unwrap());
    20.0 * peaks.fold(0.0, f64::max).log10()
}

fn check_ceiling(what: &str, samples: &[f32], rate: u32, channels: u16) -> Vec<f32> {
    let out = limited(samples, rate, channels, 480);
    let (before, after) = (true_peak(samples, rate, channels), true_peak(&out, rate, channels));
    assert!(after <= CEILING.0, "{what}: {before} dBTP became {after}");
    if before > CEILING.0 {
        assert!(after >= CEILING.0 - 0.6, "{what}: {before} dBTP became {after}, softer than need be");
    }
    out
}

/// `seconds` of one channel at 48 kHz, as the function of time says.
fn wave(seconds: f64, at: impl Fn(f64) -> f64) -> Vec<f32> {
    let frames = Hertz(48_000).frames_in(std::time::Duration::from_secs_f64(seconds)).0;
    (0..u32::try_from(frames).unwrap()).map(|n| as_sample(at(f64::from(n) / 48_000.0))).collect()
}

#[test]
fn nothing_leaves_above_the_ceiling() {
    let sine =
        |hertz: f64, phase: f64, db: f64| move |t: f64| Decibel(db).factor() * (2.0 * PI * hertz * t + phase).sin();
    let check = |what: &str, samples: Vec<f32>| drop(check_ceiling(what, &samples, 48_000, 1));
    // Samples at 0.707 each time, the curve between them at 1: what a meter of samples never sees.
    check("12 kHz between the samples, +3 dB", wave(0.2, sine(12_000.0, PI / 4.0, 3.0)));
    check("16 kHz", wave(0.2, sine(16_000.0, 0.3, 0.0)));
    check("23 kHz, +20 dB", wave(0.2, sine(23_000.0, 0.3, 20.0)));
    check("997 Hz, +40 dB", wave(0.2, sine(997.0, 0.0, 40.0)));
    check("full-scale square", wave(0.2, |t| (2.0 * PI * 441.0 * t).sin().signum()));
    check("square, +40 dB", wave(0.2, |t| 100.0 * (2.0 * PI * 441.0 * t).sin().signum()));
    check("one click", wave(0.1, |t| if (t - 0.05).abs() < 1e-5 { 10.0 } else { 0.0 }));
    check("a click at the end", wave(0.01, |t| if t > 0.009_97 { 10.0 } else { 0.0 }));
    check("loud from the first sample", wave(0.01, |t| 30.0 * (2.0 * PI * 5_000.0 * t).cos()));
    check("louder and louder", wave(0.3, |t| 10_f64.powf(t * 10.0 - 1.0) * (2.0 * PI * 3_000.0 * t).sin()));
    check("syllables", wave(0.6, |t| 8.0 * (2.0 * PI * 4.0 * t).sin().powi(8) * (2.0 * PI * 700.0 * t).sin().powi(3)));
    check("bursts", wave(0.6, |t| if t % 0.05 < 0.004 { 50.0 * (2.0 * PI * 9_100.0 * t).sin() } else { 0.01 }));
}

#[test]
fn what_is_no_number_is_silence() {
    let out = limited(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 0.25], 48_000, 1, 3);
    assert!(out.iter().all(|sample| sample.is_finite() && sample.abs() < 0.9), "{out:?}");
}

#[test]
fn what_is_below_the_ceiling_leaves_untouched() {
    let just_below = Decibel(CEILING.0 - 0.01).factor();
    let soft = wave(0.5, |t| just_below * (2.0 * PI * 500.0 * t).sin());
    assert!(limited(&soft, 48_000, 1, 480) == soft);
    // Soft, a peak in the middle, soft again: untouched before, and again a second later.
    let tone = |t: f64| 0.3 * (2.0 * PI * 500.0 * t).sin();
    let peaky = wave(3.0, |t| if (1.0..1.001).contains(&t) { 5.0 } else { tone(t) });
    let out = limited(&peaky, 48_000, 1, 480);
    assert!(out[..47_500] == peaky[..47_500]);
    assert!(out[120_000..] == peaky[120_000..]);
    assert!(out[50_000..60_000] != peaky[50_000..60_000], "it comes back slowly");
}

#[test]
fn both_sides_are_turned_down_together() {
    let left = wave(0.2, |t| if t > 0.1 { 4.0 * (2.0 * PI * 300.0 * t).sin() } else { 0.0 });
    let stereo: Vec<f32> = left.iter().flat_map(|left| [*left, left / 8.0]).collect();
    let out = check_ceiling("stereo", &stereo, 48_000, 2);
    for side in out.chunks_exact(2) {
        assert!((side[0] / 8.0 - side[1]).abs() < 1e-6, "{side:?}");
    }
}

#[test]
fn it_is_as_new_after_its_end() {
    let loud = wave(0.05, |t| 4.0 * (2.0 * PI * 300.0 * t).sin());
    let mut limiter = Limiter::new(Hertz(48_000), 1, CEILING);
    let mut once = || [limiter.push(&loud).to_vec(), limiter.finish().to_vec()].concat();
    assert_eq!(once(), once());
    assert_eq!(limiter.finish(), [0.0_f32; 0]);
    // What ends before anything has come out.
    assert_eq!([limiter.push(&[0.1; 3]).len(), limiter.finish().len()], [0, 3]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Pieces of noise, steps and tones of any level next to each other, at any rate.
    #[test]
    fn no_sound_leaves_above_the_ceiling(
        pieces in prop::collection::vec((0_usize..4, -20.0_f64..40.0, 1_usize..1500, any::<u32>()), 1..8),
        rate in prop::sample::select(vec![8_000, 22_050, 44_100, 48_000, 96_000]),
        channels in 1_u16..=2,
    ) {
        let mut samples = Vec::new();
        for (kind, db, len, seed) in pieces {
            let mut chance = seed | 1;
            for n in 0..len * usize::from(channels) {
                chance ^= chance << 13;
                chance ^= chance >> 17;
                chance ^= chance << 5;
                let noise = f64::from(chance) / f64::from(u32::MAX) * 2.0 - 1.0;
                #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
                let value = match kind {
                    0 => noise,
                    1 => noise.signum(),
                    2 => (n as f64 * f64::from(seed % 314) / 100.0).sin(),
                    _ => 0.0,
                };
                samples.push(as_sample(Decibel(db).factor() * value));
            }
        }
        let out = limited(&samples, rate, channels, 1 + samples.len() / 7);
        prop_assert!(out == limited(&samples, rate, channels, 37), "however it is cut into pieces");
        let peak = true_peak(&out, rate, channels);
        prop_assert!(peak <= CEILING.0, "{} dBTP became {}", true_peak(&samples, rate, channels), peak);
    }
}
