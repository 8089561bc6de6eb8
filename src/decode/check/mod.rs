//! Is a file whole by its own structure? What decoders pass over in silence: gaps between the frames of an MP3 or a voice
//! note, pages that an Ogg file has lost, a WAV whose header is not of one piece. Effects: reads the file.
//!
//! Only whoever measures a clip asks this; it reads the whole of an MP3 once more.

mod amr;
mod claims;
mod mp3;
mod ogg;
mod wav;

use std::fs::File;
use std::io::{BufReader, Read as _};

use super::DecodeError;
use super::source::Window;
use crate::model::units::Frames;

/// Looks at a file whose decoding has ended cleanly with so many frames (nothing if it is still to be decoded), and whose
/// format has this name.
///
/// # Errors
/// `CutShort`, `Damaged`, `Unreadable`.
pub fn check(file: File, format: &str, decoded: Option<Frames>) -> Result<(), DecodeError> {
    let bytes = Window::between_tags(file)?;
    let len = bytes.len();
    let mut bytes = BufReader::new(bytes);
    match format {
        "AMR" => amr::check(&mut bytes, len),
        "MP3" => mp3::check(&mut bytes, len, decoded),
        format if format.starts_with("Ogg") => ogg::check(&mut bytes),
        "WAV" => wav::check(&mut bytes, len),
        _ => Ok(()),
    }
}

/// The next `N` bytes; nothing if there are not as many.
fn next<const N: usize>(bytes: &mut BufReader<Window>) -> std::io::Result<Option<[u8; N]>> {
    let mut read = [0; N];
    match bytes.read_exact(&mut read) {
        Ok(()) => Ok(Some(read)),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// Passes over so many bytes.
fn pass(bytes: &mut BufReader<Window>, by: u64) -> std::io::Result<()> {
    bytes.seek_relative(i64::try_from(by).unwrap_or(i64::MAX))
}
