//! The frames of a voice note follow each other without a gap. Effects: reads the file.

use std::io::BufReader;

use super::super::DecodeError;
use super::super::source::Window;
use super::{next, pass};
use crate::model::clip::ClipFault;

/// Bytes of a frame behind its first one, by its mode (RFC 4867): voice, comfort noise, reserved, nothing.
const NARROW: [Option<u64>; 16] = modes([12, 13, 15, 17, 19, 20, 26, 31, 5], 14);
const WIDE: [Option<u64>; 16] = modes([17, 23, 32, 36, 40, 46, 50, 58, 60], 13);

/// The first nine modes, comfort noise of wide voice, and those from `empty` on, which have no bytes.
const fn modes(first: [u64; 9], empty: usize) -> [Option<u64>; 16] {
    let mut all = [None; 16];
    let mut mode = 0;
    while mode < 16 {
        if mode < 9 {
            all[mode] = Some(first[mode]);
        } else if mode == 9 && empty == 13 {
            all[mode] = Some(5);
        } else if mode > empty {
            all[mode] = Some(0);
        }
        mode += 1;
    }
    all
}

/// Walks from frame to frame.
pub(super) fn check(bytes: &mut BufReader<Window>, len: u64) -> Result<(), DecodeError> {
    let modes = match next::<6>(bytes)? {
        Some(magic) if magic == *b"#!AMR\n" => NARROW,
        _ => WIDE,
    };
    let mut at = 6;
    if modes == WIDE {
        // The rest of "#!AMR-WB\n".
        pass(bytes, 3)?;
        at = 9;
    }
    while let Some([head]) = next::<1>(bytes)? {
        let Some(size) = modes[usize::from(head >> 3 & 15)].filter(|_| head & 0x83 == 0) else {
            return Err(DecodeError::new(ClipFault::Damaged, format!("no frame at byte {at}")));
        };
        at += 1 + size;
        if at > len {
            return Err(DecodeError::new(ClipFault::CutShort, "the last frame is not whole"));
        }
        pass(bytes, size)?;
    }
    Ok(())
}
