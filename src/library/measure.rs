//! Decodes one file from beginning to end and measures it. Effects: reads it.

use std::path::Path;

use ebur128::{EbuR128, Mode};
use serde::{Deserialize, Serialize};

use super::helper;
use super::levels;
use super::outline::{Outline, SLOTS};
use super::tape::Tape;
use crate::decode::{self, DecodeError, Decoder};
use crate::level::TruePeak;
use crate::model::clip::{ClipFault, DecodedCopy, Sound};
use crate::model::id::ClipHash;
use crate::model::units::{Decibel, Frames, Hertz, Lufs};

/// What a file's content is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Measured {
    /// Of its bytes; nothing if they cannot be read.
    #[serde(default)]
    pub hash: Option<ClipHash>,
    /// What it sounds like, as far as it could be decoded; nothing if not at all.
    pub sound: Option<Sound>,
    /// What is wrong with its content.
    pub faults: Vec<ClipFault>,
    /// Whether there was a helper program to decode what nothing here decodes.
    #[serde(default)]
    pub helper: Helper,
}

/// A program that decodes what nothing here decodes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Helper {
    /// It is not installed, or nobody asked.
    #[default]
    Absent,
    /// It is installed.
    Present,
}

impl Measured {
    /// Nothing but a fault.
    pub(super) fn faulty(fault: ClipFault) -> Self {
        Self { faults: vec![fault], ..Self::default() }
    }
}

/// The hash of a file, and nothing else.
pub(super) fn hash(file: &Path) -> Measured {
    match decode::open(file).and_then(|mut file| decode::hash_from_disk(&mut file)) {
        Ok(hash) => Measured { hash: Some(hash), ..Measured::default() },
        Err(error) => Measured::faulty(error.fault()),
    }
}

/// Measures the file at `file`, and works out how loud it must be played for these targets. What nothing here decodes, a
/// helper may decode to the folder `decoded`.
pub(super) fn measure(file: &Path, targets: &[Lufs], decoded: Option<&Path>) -> Measured {
    let hash = match decode::open(file).and_then(|mut file| decode::hash(&mut file)) {
        Ok(hash) => hash,
        Err(error) => return Measured::faulty(error.fault()),
    };
    let measured = match to_the_end(file, &hash, targets) {
        Err(error) if error.fault() == ClipFault::Unsupported => match decoded {
            Some(decoded) if helper::installed() => by_helper(file, &hash, targets, decoded),
            _ => Err(error),
        },
        measured => measured,
    };
    let measured = measured.unwrap_or_else(|error| Measured::faulty(error.fault()));
    let helper = if helper::installed() { Helper::Present } else { Helper::Absent };
    Measured { hash: Some(hash), helper, ..measured }
}

/// Measures the copy that a helper makes; it is said to be what the original is.
fn by_helper(file: &Path, hash: &ClipHash, targets: &[Lufs], decoded: &Path) -> Result<Measured, DecodeError> {
    let format = decode::kind(file)?;
    decode::check(decode::open(file)?, format, None)?;
    let copy = helper::decode(file, format, hash, decoded)?;
    let of_copy = decode::hash(&mut decode::open(&copy)?)?;
    let mut measured = to_the_end(&copy, hash, targets)?;
    if let Some(sound) = &mut measured.sound {
        format.clone_into(&mut sound.format);
        sound.copy = Some(DecodedCopy { file: copy, hash: of_copy });
    }
    Ok(measured)
}

fn to_the_end(file: &Path, hash: &ClipHash, targets: &[Lufs]) -> Result<Measured, DecodeError> {
    let mut decoder = Decoder::open(file)?;
    let (rate, channels) = (decoder.rate(), decoder.channels());
    // Rate and channels are within what EBU R128 can measure: decode refuses all others.
    let Some(mut level) = Level::new(rate, channels) else { return Ok(Measured::faulty(ClipFault::OddShape)) };
    let (mut ends, mut tape) = (Ends::new(channels), Tape::new(file, !targets.is_empty()));
    let end = loop {
        match decoder.next() {
            Ok(Some(samples)) => {
                ends.push(samples);
                level.push(samples);
                tape.push(samples);
            }
            // What a decoder passes over in silence is damage all the same.
            Ok(None) => {
                let (format, frames) = (decoder.format(), Some(decoder.decoded()));
                break decode::open(file).and_then(|file| decode::check(file, format, frames)).err();
            }
            Err(error) => break Some(error),
        }
    };
    let mut measured = Measured { faults: end.iter().map(DecodeError::fault).collect(), ..Measured::default() };
    let frames = decoder.decoded();
    if frames.0 == 0 {
        return Ok(measured);
    }
    let (before, behind) = ends.silent();
    let mut sound = Sound {
        hash: hash.clone(),
        format: decoder.format().to_owned(),
        duration: frames.lasting(rate),
        rate,
        channels,
        loudness: level.loudness.loudness_global().ok().filter(|l| l.is_finite()).map(Lufs),
        peak: level.peak.highest(),
        silent_start: before.lasting(rate),
        silent_end: behind.lasting(rate),
        levels: Vec::new(),
        copy: None,
    };
    if end.is_none() {
        if sound.peak < Decibel::SILENCE {
            measured.faults.push(ClipFault::Silent);
        }
        let missing = levels::missing(&sound, targets);
        sound.levels = levels::work_out(&tape, &sound, &level.outline, &missing)?;
    }
    measured.sound = Some(sound);
    Ok(measured)
}

/// Loudness and peaks.
struct Level {
    loudness: EbuR128,
    peak: TruePeak,
    outline: Outline,
    /// Samples in a slot of the outline; of the one at hand, those still to come, and the highest so far.
    slot: usize,
    left: usize,
    highest: f32,
}

impl Level {
    fn new(rate: Hertz, channels: u16) -> Option<Self> {
        let slot = (rate.0 / SLOTS) as usize * usize::from(channels);
        let loudness = EbuR128::new(u32::from(channels), rate.0, Mode::I).ok()?;
        let peak = TruePeak::new(rate, channels);
        Some(Self { loudness, peak, outline: Outline::new(rate), slot, left: slot, highest: 0.0 })
    }

    fn push(&mut self, mut samples: &[f32]) {
        self.peak.push(samples);
        while !samples.is_empty() {
            let (now, later) = samples.split_at(self.left.min(samples.len()));
            // Fails only on what is no whole frame.
            self.loudness.add_frames_f32(now).unwrap_or_default();
            self.highest = now.iter().fold(self.highest, |highest, sample| highest.max(sample.abs()));
            self.left -= now.len();
            if self.left == 0 {
                let loudness = self.loudness.loudness_window(1000 / SLOTS).unwrap_or(f64::NEG_INFINITY);
                self.outline.push(loudness, Decibel::of_amplitude(f64::from(self.highest)).0);
                (self.left, self.highest) = (self.slot, 0.0);
            }
            samples = later;
        }
    }
}

/// Where the sound begins and ends within the clip.
struct Ends {
    channels: usize,
    /// Amplitude from which on a sample is no silence.
    silence: f32,
    frames: u64,
    /// The first and the last frame that is not silent.
    heard: Option<(u64, u64)>,
}

impl Ends {
    fn new(channels: u16) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "sound is made of f32")]
        let silence = Decibel::SILENCE.factor() as f32;
        Self { channels: usize::from(channels), silence, frames: 0, heard: None }
    }

    fn push(&mut self, samples: &[f32]) {
        let heard = |sample: &f32| sample.abs() >= self.silence;
        let frame = |at: usize| self.frames + (at / self.channels) as u64;
        if let Some(last) = samples.iter().rposition(heard) {
            let first =
                self.heard.map_or_else(|| frame(samples.iter().position(heard).unwrap_or(0)), |(first, _)| first);
            self.heard = Some((first, frame(last)));
        }
        self.frames += (samples.len() / self.channels) as u64;
    }

    /// How many frames are silent before the first sound and behind the last. All of a silent clip is its beginning.
    fn silent(&self) -> (Frames, Frames) {
        let (before, behind) = self.heard.map_or((self.frames, 0), |(first, last)| (first, self.frames - 1 - last));
        (Frames(before), Frames(behind))
    }
}
