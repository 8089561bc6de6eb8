//! The frames of an MP3 follow each other without a gap, the last one is whole, there are as many as the first one says, and
//! no more than were decoded. Effects: reads the file.
//!
//! What cannot be known: an MP3 that says nothing of its length (of one bit rate, without the frame `Info`) and was cut
//! exactly between two frames is a good, shorter file. Nothing in its frames tells of those that are missing.

use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};

use super::super::DecodeError;
use super::super::source::Window;
use super::claims::Claims;
use super::{next, pass};
use crate::model::clip::ClipFault;
use crate::model::units::Frames;

/// Within so many bytes the first frame must begin.
const LEAD: usize = 64 * 1024;
/// Bytes of a frame's head.
const HEAD: u64 = 4;
/// Of what lies behind the last frame, so many bytes are looked at.
const TAIL: u64 = 4_096;
/// Samples that a decoder may leave out of a file that says nothing: it may have been cut from a longer one, and its first
/// frames then lean on others that are gone.
const UNTOLD: u64 = 2 * 1_152;
/// Samples that it may leave out at both ends, because the file says that they only let it settle: what encoders write, and
/// the most that the tag has room for.
const PLAUSIBLE: u64 = 3 * 1_152;
const MOST: u64 = 2 * 4_095;
/// How the text of a song begins.
const TEXT: &[u8] = b"LYRICSBEGIN";

/// What the four bytes at the head of a frame say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Frame {
    /// Version, layer and rate: the same in all frames.
    kind: [u8; 3],
    /// Bytes of the whole frame.
    len: u64,
    /// Samples that it becomes.
    samples: u64,
}

impl Frame {
    fn read(head: [u8; 4]) -> Option<Self> {
        let [sync, version_layer, rates, _] = head;
        if sync != 0xff || version_layer & 0xe0 != 0xe0 {
            return None;
        }
        let (version, layer) = (version_layer >> 3 & 3, version_layer >> 1 & 3);
        let (bits, rate, padding) = (usize::from(rates >> 4), usize::from(rates >> 2 & 3), u64::from(rates >> 1 & 1));
        let first = version == 3;
        // Kilobits a second of the third layer; the other layers are as rare as files without a fixed rate (index 0).
        let kilobits: [u64; 15] = if first {
            [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
        } else {
            [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
        };
        let bits = *kilobits.get(bits).filter(|bits| **bits > 0)? * 1_000;
        let hertz = *[44_100, 48_000, 32_000].get(rate)? / [4, 1, 2, 1][usize::from(version)];
        let eighths = if first { 144 } else { 72 };
        let rate = rates >> 2 & 3;
        let (len, samples) = (eighths * bits / hertz + padding, eighths * 8);
        (layer == 1 && version != 1).then_some(Self { kind: [version, layer, rate], len, samples })
    }
}

/// Holds the file against itself, and against what was `decoded` of it, if it was. A file whose beginning is not understood
/// is not judged.
pub(super) fn check(bytes: &mut BufReader<Window>, len: u64, decoded: Option<Frames>) -> Result<(), DecodeError> {
    let Some((at, first)) = first(bytes)? else { return Ok(()) };
    bytes.seek(SeekFrom::Start(0))?;
    let mut lead = Vec::new();
    bytes.by_ref().take(at).read_to_end(&mut lead)?;
    if lead.len() as u64 >= first.len || lead.iter().any(|byte| *byte != 0) {
        return Err(DecodeError::new(ClipFault::Damaged, format!("the first frame begins at byte {at}")));
    }
    let mut frame = Vec::new();
    bytes.by_ref().take(first.len).read_to_end(&mut frame)?;
    bytes.seek(SeekFrom::Start(at))?;
    let frames = walk(bytes, at, len, first)?;
    let claims = Claims::read(&frame);
    if let Some(claims) = claims {
        enough(claims, frames - 1, len - at)?;
    }
    let trim = claims.map_or(UNTOLD, |claims| if claims.sure { MOST } else { PLAUSIBLE });
    let there = (frames - u64::from(claims.is_some())) * first.samples;
    match decoded {
        Some(decoded) if decoded.0 + trim < there => {
            Err(DecodeError::new(ClipFault::Damaged, format!("{} samples decoded of {there}", decoded.0)))
        }
        _ => Ok(()),
    }
}

/// Is there as much as the first frame says? Some count that one too; whose checksum is right counts as LAME does.
fn enough(claims: Claims, frames: u64, bytes: u64) -> Result<(), DecodeError> {
    let more = u64::from(!claims.sure);
    match claims {
        Claims { frames: Some(said), .. } if said > frames + more => {
            Err(DecodeError::new(ClipFault::CutShort, format!("{frames} frames of {said}")))
        }
        Claims { bytes: Some(said), sure: true, .. } if said > bytes => {
            Err(DecodeError::new(ClipFault::CutShort, format!("{bytes} bytes of {said}")))
        }
        _ => Ok(()),
    }
}

/// Walks from frame to frame, the first one at `at`, and counts them.
fn walk(bytes: &mut BufReader<Window>, mut at: u64, len: u64, first: Frame) -> Result<u64, DecodeError> {
    let mut frames = 0;
    while at + HEAD <= len {
        let Some(head) = next::<4>(bytes)? else { break };
        let step = match Frame::read(head).filter(|frame| frame.kind == first.kind) {
            Some(frame) if at + frame.len > len => return Err(cut()),
            Some(frame) => {
                frames += 1;
                frame.len
            }
            None => match tag(head, bytes)? {
                Some(step) => step,
                None => return at_a_gap(bytes, at, len, first).map(|()| frames),
            },
        };
        at += step;
        let now = bytes.stream_position()?;
        pass(bytes, at.saturating_sub(now))?;
    }
    let mut rest = Vec::new();
    bytes.read_to_end(&mut rest)?;
    if rest.first() == Some(&0xff) { Err(cut()) } else { Ok(frames) }
}

fn cut() -> DecodeError {
    DecodeError::new(ClipFault::CutShort, "the last frame is not whole")
}

/// The first frame with another one right behind it, and where it is.
fn first(bytes: &mut BufReader<Window>) -> io::Result<Option<(u64, Frame)>> {
    let mut lead = Vec::new();
    bytes.by_ref().take(LEAD as u64).read_to_end(&mut lead)?;
    let frame = |at: usize| Frame::read(lead.get(at..at + 4)?.try_into().ok()?);
    let found = (0..lead.len()).find_map(|at| {
        let one = frame(at)?;
        let behind = frame(at.checked_add(usize::try_from(one.len).ok()?)?)?;
        (one.kind == behind.kind).then_some((at as u64, one))
    });
    Ok(found)
}

/// How long a tag is that begins with these four bytes: somebody has put two files together.
fn tag(head: [u8; 4], bytes: &mut BufReader<Window>) -> io::Result<Option<u64>> {
    Ok(match &head {
        [b'I', b'D', b'3', _] => next::<6>(bytes)?.map(|rest| {
            let size = rest[2..].iter().fold(0, |sum, seven| sum << 7 | u64::from(seven & 0x7f));
            10 + size
        }),
        [b'T', b'A', b'G', _] => Some(128),
        _ => None,
    })
}

/// Something that is no frame. At the end that may be a song's text, or a little of nothing; else something is lost.
fn at_a_gap(bytes: &mut BufReader<Window>, at: u64, len: u64, first: Frame) -> Result<(), DecodeError> {
    bytes.seek(SeekFrom::Start(at))?;
    let mut tail = Vec::new();
    bytes.take(TAIL).read_to_end(&mut tail)?;
    let nothing = len - at < first.len && tail.iter().all(|byte| *byte == 0);
    if nothing || tail.starts_with(TEXT) {
        return Ok(());
    }
    Err(DecodeError::new(ClipFault::Damaged, format!("no frame at byte {at}")))
}
