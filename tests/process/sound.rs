//! Clips made here, and what the recordings of the station hold. Effects: files.

use std::f32::consts::TAU;
use std::path::Path;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

/// Frames a second of everything here: no resampling, so that samples can be held against samples.
pub(crate) const RATE: u32 = 48_000;

/// A tune that is different everywhere: a tone whose pitch rises from `low` Hz by an octave a second.
pub(crate) fn tune(seconds: f32, low: f32) -> Vec<i16> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds")]
    let frames = (seconds * 48_000.0) as u32;
    let sample = |n: u32| {
        #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
        let time = n as f32 / 48_000.0;
        let turns = low * time * (1.0 + time / 2.0);
        #[expect(clippy::cast_possible_truncation, reason = "a quarter of full scale")]
        let sample = ((TAU * turns.fract()).sin() * 8_000.0) as i16;
        sample
    };
    (0..frames).map(sample).collect()
}

/// Writes a mono WAV file.
pub(crate) fn write(path: &Path, samples: &[i16]) {
    let spec = WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
    let mut wav = WavWriter::create(path, spec).unwrap();
    for sample in samples {
        wav.write_sample(*sample).unwrap();
    }
    wav.finalize().unwrap();
}

/// What a recording holds: both sides are the same, so one is enough.
pub(crate) fn read(path: &Path) -> Vec<f32> {
    let mut wav = WavReader::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert_eq!((wav.spec().channels, wav.spec().sample_rate), (2, RATE), "{}", path.display());
    let samples: Vec<i16> = wav.samples().map(Result::unwrap).collect();
    let same = samples.chunks_exact(2).all(|frame| frame[0] == frame[1]);
    assert!(same, "{}: a mono clip goes to both sides", path.display());
    samples.chunks_exact(2).map(|frame| f32::from(frame[0])).collect()
}

/// How far a recording is from a clip played at some constant level, 0 (the same) to 1 (nothing in common), over the
/// length of the shorter one.
pub(crate) fn distance(heard: &[f32], clip: &[i16]) -> f32 {
    let pairs = || heard.iter().zip(clip).map(|(h, c)| (*h, f32::from(*c)));
    let dot = |of: fn((f32, f32)) -> f32| pairs().map(of).map(f64::from).sum::<f64>();
    let (cross, own, other) = (dot(|(h, c)| h * c), dot(|(_, c)| c * c), dot(|(h, _)| h * h));
    if own == 0.0 || other == 0.0 {
        return 1.0;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a share")]
    let share = (1.0 - cross * cross / (own * other)) as f32;
    share.max(0.0)
}

/// Seconds of a recording.
pub(crate) fn seconds(heard: &[f32]) -> f64 {
    f64::from(u32::try_from(heard.len()).unwrap()) / f64::from(RATE)
}
