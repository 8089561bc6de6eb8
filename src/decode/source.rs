//! The bytes of a clip: opens regular files without ever blocking, hashes them, sees past tags. Effects: reads files.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use rustix::fs::{Advice, Mode, OFlags};
use sha2::{Digest, Sha256};
use symphonia::core::io::MediaSource;

use super::DecodeError;
use super::format::kind_of;
use crate::model::clip::ClipFault;
use crate::model::id::ClipHash;

/// Largest file that is looked at.
const MOST_BYTES: u64 = 500_000_000;

/// What is wrong with a file of so many bytes, whatever they are.
#[must_use]
pub fn size_fault(size: u64) -> Option<ClipFault> {
    match size {
        0 => Some(ClipFault::Empty),
        size if size > MOST_BYTES => Some(ClipFault::TooLarge),
        _ => None,
    }
}

/// A regular file of 1 byte to 500 MB, open for reading. Links are followed.
///
/// The kind is asked before the file is opened, because opening alone can do something to a device or wait for ever for
/// the other end of a pipe; and asked again afterwards, because a name can change its meaning in between.
///
/// # Errors
/// `Missing`, or the fault: `NotAFile`, `Empty`, `TooLarge`, `Unreadable`.
pub fn open(path: &Path) -> Result<File, DecodeError> {
    let not_a_file = || DecodeError::new(ClipFault::NotAFile, "not a regular file");
    if !std::fs::metadata(path)?.is_file() {
        return Err(not_a_file());
    }
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty()).map_err(io::Error::from)?);
    let about = file.metadata()?;
    match size_fault(about.len()) {
        _ if !about.is_file() => Err(not_a_file()),
        Some(fault) => Err(DecodeError::new(fault, format!("{} bytes", about.len()))),
        None => Ok(file),
    }
}

/// The same as [`hash`], of what lies on the disk and not of what the kernel remembers of it.
///
/// # Errors
/// `Unreadable`.
pub fn hash_from_disk(file: &mut File) -> Result<ClipHash, DecodeError> {
    // Advice only: where the kernel cannot take it, what it remembers must do.
    rustix::fs::fadvise(&*file, 0, None, Advice::DontNeed).unwrap_or_default();
    hash(file)
}

/// SHA-256 of the whole file, read from its beginning; leaves the file at its end.
///
/// # Errors
/// `Unreadable`.
pub fn hash(file: &mut File) -> Result<ClipHash, DecodeError> {
    file.seek(SeekFrom::Start(0))?;
    let mut hasher = Sha256::new();
    let mut block = vec![0; 256 * 1024];
    loop {
        match file.read(&mut block) {
            Ok(0) => break,
            Ok(n) => hasher.update(&block[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(DecodeError::new(ClipFault::Unreadable, error.to_string())),
        }
    }
    let mut text = "sha256:".to_owned();
    for byte in hasher.finalize() {
        text.extend([byte >> 4, byte & 15].map(|nibble| char::from(b"0123456789abcdef"[usize::from(nibble)])));
    }
    Ok(ClipHash(text))
}

/// What people call the format of a file that nothing here decodes.
///
/// # Errors
/// As [`open`].
pub fn kind(path: &Path) -> Result<&'static str, DecodeError> {
    let mut head = Vec::new();
    open(path)?.take(64).read_to_end(&mut head)?;
    Ok(kind_of(&head))
}

/// The part of a file between the tags that are glued before and behind an MP3: pictures in tags look like sound, and a
/// broken tag must not keep a good clip off the air.
#[derive(Debug)]
pub(super) struct Window {
    file: File,
    start: u64,
    len: u64,
    at: u64,
}

impl Window {
    /// What lies between the tags of `file`.
    pub(super) fn between_tags(mut file: File) -> Result<Self, DecodeError> {
        let end = file.seek(SeekFrom::End(0))?;
        let start = after_id3v2(&mut file, end)?;
        let end = before_tail_tags(&mut file, start, end)?;
        file.seek(SeekFrom::Start(start))?;
        Ok(Self { file, start, len: end - start, at: 0 })
    }

    /// Up to `most` bytes from the beginning; the next read begins there again.
    pub(super) fn head(&mut self, most: usize) -> io::Result<Vec<u8>> {
        self.seek(SeekFrom::Start(0))?;
        let mut head = Vec::with_capacity(most);
        self.by_ref().take(most as u64).read_to_end(&mut head)?;
        self.seek(SeekFrom::Start(0))?;
        Ok(head)
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> u64 {
        self.len
    }
}

/// `len` bytes at `at`, or nothing if they leave the file.
fn bytes_at<const N: usize>(file: &mut File, at: Option<u64>, end: u64) -> io::Result<Option<[u8; N]>> {
    let Some(at) = at.filter(|at| at.saturating_add(N as u64) <= end) else { return Ok(None) };
    let mut bytes = [0; N];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

/// `ID3v2`: ten bytes of header with a size in four groups of seven bits. Some editors leave several behind each other.
fn after_id3v2(file: &mut File, end: u64) -> io::Result<u64> {
    let mut start = 0;
    while let Some([b'I', b'D', b'3', _, _, flags, a, b, c, d]) = bytes_at(file, Some(start), end)? {
        let size = [a, b, c, d].iter().fold(0, |sum, seven| sum << 7 | u64::from(seven & 0x7f));
        let footer = if flags & 0x10 == 0 { 0 } else { 10 };
        let next = start + 10 + size + footer;
        if next >= end {
            break;
        }
        start = next;
    }
    Ok(start)
}

/// `ID3v1`: the last 128 bytes, beginning with `TAG`. `APEv2`: a footer of 32 bytes that says how much lies before it.
fn before_tail_tags(file: &mut File, start: u64, mut end: u64) -> io::Result<u64> {
    if bytes_at(file, end.checked_sub(128), end)? == Some(*b"TAG") {
        end -= 128;
    }
    if let Some(footer) = bytes_at::<32>(file, end.checked_sub(32), end)?
        && footer.starts_with(b"APETAGEX")
    {
        let number = |at: usize| u32::from_le_bytes([footer[at], footer[at + 1], footer[at + 2], footer[at + 3]]);
        let header = if number(20) & 0x8000_0000 == 0 { 0 } else { 32 };
        let size = u64::from(number(12)) + header;
        end = end.checked_sub(size).unwrap_or(end);
    }
    Ok(end.max(start))
}

impl Read for Window {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = into.len().min(left);
        let n = self.file.read(&mut into[..most])?;
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let place = self.start.checked_add(at).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        self.file.seek(SeekFrom::Start(place))?;
        self.at = at;
        Ok(at)
    }
}

impl MediaSource for Window {
    fn is_seekable(&self) -> bool {
        true
    }
    fn byte_len(&self) -> Option<u64> {
        Some(self.len)
    }
}
