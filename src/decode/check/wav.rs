//! The header of a WAV agrees with itself, and its pieces fill the file. Effects: reads the file.

use std::io::BufReader;

use super::super::DecodeError;
use super::super::source::Window;
use super::{next, pass};
use crate::model::clip::ClipFault;

/// So many bytes at the end may belong to no piece.
const TAIL: u64 = 8;
/// Plain samples, as integers and as floats.
const PLAIN: [u16; 2] = [1, 3];

/// Walks from piece to piece.
pub(super) fn check(bytes: &mut BufReader<Window>, len: u64) -> Result<(), DecodeError> {
    let damaged = |detail: &str| DecodeError::new(ClipFault::Damaged, detail);
    // "RIFF", a size that recorders without patience leave empty, "WAVE".
    pass(bytes, 12)?;
    let mut at = 12;
    while at + TAIL < len {
        let Some([a, b, c, d, size @ ..]) = next::<8>(bytes)? else { break };
        let size = u64::from(u32::from_le_bytes(size));
        if ![a, b, c, d].iter().all(|letter| (b' '..=b'~').contains(letter)) {
            return Err(damaged("bytes that belong to no piece"));
        }
        // Pieces begin at even bytes.
        at += 8 + size + size % 2;
        let name = [a, b, c, d];
        if name == *b"fmt " {
            let Some(format) = next::<16>(bytes)? else { break };
            if !agrees(&format) {
                return Err(damaged("the header does not agree with itself"));
            }
            pass(bytes, (size + size % 2).saturating_sub(16))?;
        } else {
            // A recorder that could not say how long its sound is: it is as long as the file.
            if name == *b"data" && (size == 0 || size >= u64::from(u32::MAX) - 64) {
                break;
            }
            if at > len + 1 {
                return Err(DecodeError::new(ClipFault::CutShort, "the last piece is not whole"));
            }
            pass(bytes, size + size % 2)?;
        }
    }
    Ok(())
}

/// Rate, size of a frame and bytes a second are three numbers of which any two give the third.
fn agrees(format: &[u8; 16]) -> bool {
    let word = |at: usize| u16::from_le_bytes([format[at], format[at + 1]]);
    let number =
        |at: usize| u64::from(u32::from_le_bytes([format[at], format[at + 1], format[at + 2], format[at + 3]]));
    let (kind, channels, rate, a_second, frame, bits) = (word(0), word(2), number(4), number(8), word(12), word(14));
    let whole = u64::from(channels) * u64::from(bits.div_ceil(8)) == u64::from(frame);
    !PLAIN.contains(&kind) || (whole && rate * u64::from(frame) == a_second)
}
