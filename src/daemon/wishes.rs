//! Looks up what a person asked for: the clip, the file, the test sound. Effects: reads and measures files.

use std::f32::consts::TAU;
use std::path::{Path, PathBuf};

use crate::engine::{Emergency, Wish};
use crate::library;
use crate::model::airing::Asked;
use crate::model::clip::{Clip, Library};
use crate::model::id::CommuneId;
use crate::model::operator::{Action, PlayWhat};
use crate::model::outcome::Kind;
use crate::model::playback::Repeat;
use crate::model::station::Station;
use crate::model::text::Text;
use crate::text;

/// What must be done before the engine can be asked.
pub(super) enum Errand {
    /// Nothing: ask.
    Ask(Wish),
    /// Nothing: refuse.
    Refuse(Text),
    /// Measure a file first, on a thread that may wait.
    Measure(Measure),
    /// Read the configuration.
    Reload,
}

/// A file to measure.
pub(super) struct Measure {
    /// Nothing: the test sound.
    file: Option<PathBuf>,
    commune: Option<CommuneId>,
    by: String,
    then: Then,
}

/// What is to be done with a file once it is measured.
enum Then {
    Play,
    Emergency { repeat: Repeat, why: Option<String> },
}

/// What an action asks for.
pub(super) fn errand(action: Action, library: &Library) -> Errand {
    match action {
        Action::Reload { by } => {
            tracing::info!(by, "reload asked for");
            Errand::Reload
        }
        Action::ConfirmClock { seen, by } => Errand::Ask(Wish::ConfirmClock { seen, by }),
        Action::Stop { commune, confirm, by } => Errand::Ask(Wish::Stop { commune, confirm, by }),
        Action::Play { commune, what, by } => sound(what, commune, by, Then::Play, library),
        Action::Emergency { commune, what, repeat, why, by } => {
            sound(what, commune, by, Then::Emergency { repeat, why }, library)
        }
    }
}

/// A clip of the library is known, and airs at once; a file that lies elsewhere is measured first.
fn sound(what: PlayWhat, commune: Option<CommuneId>, by: String, then: Then, library: &Library) -> Errand {
    let known = match &what {
        PlayWhat::Clip(path) => library.clips.get(path),
        PlayWhat::File(file) => library.clips.values().find(|clip| &clip.file == file),
        PlayWhat::TestSound => None,
    };
    if let Some(clip) = known {
        return Errand::Ask(wish(Box::new(clip.clone()), commune, by, then, Kind::Manual));
    }
    match what {
        PlayWhat::Clip(path) => Errand::Refuse(text!(
            "Không có bản tin {path}. Hãy xem danh sách bằng lệnh loaphuong clips.",
            "There is no clip {path}. See the list: loaphuong clips."
        )),
        PlayWhat::File(file) => Errand::Measure(Measure { file: Some(file), commune, by, then }),
        PlayWhat::TestSound => Errand::Measure(Measure { file: None, commune, by, then }),
    }
}

fn wish(clip: Box<Clip>, commune: Option<CommuneId>, by: String, then: Then, kind: Kind) -> Wish {
    match then {
        Then::Play => Wish::Play { commune, clip, kind, by },
        Then::Emergency { repeat, why } => {
            Wish::Emergency(Emergency { commune, clip, repeat, asked: Asked { by, why } })
        }
    }
}

/// Measures the file of a wish. Blocks.
pub(super) fn measure(measure: Measure, station: &Station, program: &Path) -> Result<Wish, Text> {
    let state = &station.paths.state;
    let (file, kind) = match measure.file {
        Some(file) => (file, Kind::Manual),
        None => (test_sound(state)?, Kind::Trial),
    };
    // A person waits for the answer: what no limiter has to touch is loud enough.
    let clip = library::inspect(&file, state, program, &[]);
    Ok(wish(Box::new(clip), measure.commune, measure.by, measure.then, kind))
}

/// The test sound as a clip. Blocks.
pub(super) fn test_tone(station: &Station, program: &Path) -> Result<Box<Clip>, Text> {
    let state = &station.paths.state;
    Ok(Box::new(library::inspect(&test_sound(state)?, state, program, &[])))
}

/// Three rising notes, 2 s, written once: a sound that nobody takes for a bulletin.
fn test_sound(state: &Path) -> Result<PathBuf, Text> {
    let path = state.join("Tiếng thử.wav");
    if path.exists() {
        return Ok(path);
    }
    let failed = |error: hound::Error| {
        text!(
            "Không tạo được âm thanh thử ({error}). Hãy kiểm tra ổ đĩa.",
            "The test sound cannot be made ({error}). Look at the disk."
        )
    };
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let fresh = state.join("test-sound.new");
    let mut wav = hound::WavWriter::create(&fresh, spec).map_err(failed)?;
    for sample in notes() {
        wav.write_sample(sample).map_err(failed)?;
    }
    wav.finalize().map_err(failed)?;
    std::fs::rename(&fresh, &path).map_err(|e| failed(e.into()))?;
    Ok(path)
}

fn notes() -> impl Iterator<Item = i16> {
    const NOTE: u16 = 32_000;
    [440.0_f32, 554.37, 659.25].into_iter().flat_map(|pitch| {
        (0..NOTE).map(move |n| {
            let time = f32::from(n) / 48_000.0;
            let edge = f32::from(n.min(NOTE - n).min(960)) / 960.0;
            #[expect(clippy::cast_possible_truncation, reason = "at most 0.25 of full scale")]
            let sample = ((TAU * pitch * time).sin() * edge * 8_000.0) as i16;
            sample
        })
    })
}
