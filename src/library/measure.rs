//! Decodes one file from beginning to end and measures it. Effects: reads it.

use std::path::Path;
use std::time::Duration;

use ebur128::{EbuR128, Mode};
use serde::{Deserialize, Serialize};

use crate::decode::{self, DecodeError, Decoder};
use crate::model::clip::{ClipFault, Sound};
use crate::model::id::ClipHash;
use crate::model::units::{Decibel, Lufs};

/// What a file's content is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Measured {
    /// What it sounds like, as far as it could be decoded; nothing if not at all.
    pub sound: Option<Sound>,
    /// What is wrong with its content.
    pub faults: Vec<ClipFault>,
}

impl Measured {
    /// Nothing but a fault.
    pub(super) fn faulty(fault: ClipFault) -> Self {
        Self { sound: None, faults: vec![fault] }
    }
}

/// Measures the file at `file`; takes as long as decoding it.
pub(super) fn measure(file: &Path) -> Measured {
    begin(file).unwrap_or_else(|error| Measured::faulty(error.fault()))
}

fn begin(path: &Path) -> Result<Measured, DecodeError> {
    let mut file = decode::open(path)?;
    let hash = decode::hash(&mut file)?;
    let decoder = Decoder::read(file, path)?;
    Ok(to_the_end(decoder, hash))
}

fn to_the_end(mut decoder: Decoder, hash: ClipHash) -> Measured {
    let (rate, channels) = (decoder.rate(), decoder.channels());
    let mut faults = Vec::new();
    if decoder.wrong_ending() {
        faults.push(ClipFault::WrongEnding);
    }
    // Rate and channels are within what EBU R128 can measure: decode refuses all others.
    let Ok(mut meter) = EbuR128::new(u32::from(channels), rate.0, Mode::I | Mode::TRUE_PEAK) else {
        return Measured::faulty(ClipFault::OddShape);
    };
    let end = loop {
        match decoder.next() {
            Ok(Some(samples)) if meter.add_frames_f32(samples).is_ok() => {}
            Ok(Some(_)) => break Some(ClipFault::Damaged),
            Ok(None) => break None,
            Err(error) => break Some(error.fault()),
        }
    };
    faults.extend(end);
    let frames = decoder.decoded();
    if frames.0 == 0 {
        return Measured { sound: None, faults };
    }
    let peak = peak(&meter, channels);
    if end.is_none() && peak < Decibel::SILENCE {
        faults.push(ClipFault::Silent);
    }
    let sound = Sound {
        hash,
        format: decoder.format().to_owned(),
        duration: frames.lasting(rate),
        rate,
        channels,
        loudness: meter.loudness_global().ok().filter(|l| l.is_finite()).map(Lufs),
        peak,
        silent_start: Duration::ZERO,
        silent_end: Duration::ZERO,
        levels: Vec::new(),
        copy: None,
    };
    Measured { sound: Some(sound), faults }
}

/// The highest true peak of all channels.
fn peak(meter: &EbuR128, channels: u16) -> Decibel {
    let peaks = (0..u32::from(channels)).filter_map(|channel| meter.true_peak(channel).ok());
    Decibel::of_amplitude(peaks.fold(0.0, f64::max))
}
