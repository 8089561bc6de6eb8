//! Every page of an Ogg file is there, in its order, with the bytes that were written: RFC 3533. Effects: reads the file.
//!
//! Decoders pass over a page whose checksum is wrong, and the file is only shorter by what was in it.

use std::collections::BTreeMap;
use std::io::{BufReader, Read as _};

use super::super::DecodeError;
use super::super::source::Window;
use super::next;
use crate::model::clip::ClipFault;

/// A page's header in front of its table of segments.
const HEADER: usize = 27;
/// The polynomial of Ogg's checksum; no start value, nothing reflected.
const POLYNOMIAL: u32 = 0x04c1_1db7;

/// Where a stream of the file stands.
#[derive(Debug, Clone, Copy)]
struct Stream {
    number: u32,
    /// Whether its pages have had sound so far, or its headers only.
    granule: u64,
}

/// Walks from page to page.
pub(super) fn check(bytes: &mut BufReader<Window>) -> Result<(), DecodeError> {
    let damaged = |detail: &str| DecodeError::new(ClipFault::Damaged, detail);
    let cut = || DecodeError::new(ClipFault::CutShort, "the last page is not whole");
    let table = table();
    let mut streams: BTreeMap<u32, Stream> = BTreeMap::new();
    let mut body = Vec::new();
    while let Some(first) = next::<1>(bytes)? {
        let Some(rest) = next::<{ HEADER - 1 }>(bytes)? else { return Err(cut()) };
        let mut header = [0; HEADER];
        header[..1].copy_from_slice(&first);
        header[1..].copy_from_slice(&rest);
        if !header.starts_with(b"OggS") {
            return Err(damaged("bytes between two pages"));
        }
        let mut segments = vec![0; usize::from(header[26])];
        bytes.read_exact(&mut segments).map_err(|_| cut())?;
        body.resize(segments.iter().map(|size| usize::from(*size)).sum(), 0);
        bytes.read_exact(&mut body).map_err(|_| cut())?;
        let stated = number(&header, 22);
        header[22..26].fill(0);
        if [&header[..], &segments, &body].concat().iter().fold(0, |sum, byte| step(&table, sum, *byte)) != stated {
            return Err(damaged("a page with a wrong checksum"));
        }
        let page = Stream { number: number(&header, 18), granule: granule(&header) };
        let before = streams.insert(number(&header, 14), page);
        // What was recorded from a running stream begins with its headers and goes on wherever that stream was.
        let in_order = |before: Stream| before.granule == 0 || before.number.wrapping_add(1) == page.number;
        if !before.is_none_or(in_order) {
            return Err(damaged("a page is missing"));
        }
    }
    Ok(())
}

fn number(header: &[u8; HEADER], at: usize) -> u32 {
    u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
}

fn granule(header: &[u8; HEADER]) -> u64 {
    u64::from(number(header, 6)) | u64::from(number(header, 10)) << 32
}

fn step(table: &[u32; 256], sum: u32, byte: u8) -> u32 {
    let [top, ..] = sum.to_be_bytes();
    (sum << 8) ^ table[usize::from(top ^ byte)]
}

fn table() -> [u32; 256] {
    let mut table = [0; 256];
    for (top, entry) in (0_u32..).zip(&mut table) {
        *entry = (0..8).fold(top << 24, |sum, _| (sum << 1) ^ if sum >> 31 == 1 { POLYNOMIAL } else { 0 });
    }
    table
}
