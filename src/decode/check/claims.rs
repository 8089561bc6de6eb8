//! What the first frame of an MP3 says of those behind it: `Xing` or `Info`, and LAME's tag behind that, which ffmpeg
//! writes too. Pure.

/// Places after the frame's head and side information at which the words stand.
const PLACES: [usize; 3] = [13, 21, 36];
/// Where LAME's tag, which begins with the encoder's name, has its checksum.
const CHECKSUM: usize = 34;
/// Bytes before the checksum in a frame of two channels.
const TWO_CHANNELS: usize = 190;

/// What is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Claims {
    /// Frames behind this one.
    pub frames: Option<u64>,
    /// Bytes from this frame on.
    pub bytes: Option<u64>,
    /// A checksum over it all is right.
    pub sure: bool,
}

impl Claims {
    /// Nothing if this frame is sound as all the others are, or says things of another kind.
    pub(super) fn read(frame: &[u8]) -> Option<Self> {
        let word = |at: usize| Some(u32::from_be_bytes(frame.get(at..at + 4)?.try_into().ok()?));
        let place = PLACES.into_iter().find(|at| matches!(frame.get(*at..*at + 4), Some(b"Xing" | b"Info")))?;
        let flags = word(place + 4)?;
        let mut at = place + 8;
        // Frames, bytes, a table of contents, a quality.
        let mut field = |bit: usize, len: usize| {
            let here = at;
            let is_there = flags >> bit & 1 == 1;
            at += if is_there { len } else { 0 };
            is_there.then_some(here)
        };
        let (frames, bytes) = (field(0, 4), field(1, 4));
        field(2, 100);
        field(3, 4);
        let number = |at: Option<usize>| at.and_then(word).map(u64::from);
        let checksum = frame.get(at + CHECKSUM..at + CHECKSUM + 2).map(|sum| u16::from_be_bytes([sum[0], sum[1]]));
        let right = |sum: u16| sum == crc(&frame[..at + CHECKSUM]) || Some(sum) == of_ffmpeg(frame, at + CHECKSUM);
        let sure = checksum.is_some_and(|sum| sum != 0 && right(sum));
        Some(Self { frames: number(frames), bytes: number(bytes), sure })
    }
}

/// ffmpeg takes the checksum of as many bytes as LAME's tag has of two channels, however short the frame is, while its own
/// place is still empty.
fn of_ffmpeg(frame: &[u8], checksum: usize) -> Option<u16> {
    let mut bytes = frame[..frame.len().min(TWO_CHANNELS)].to_vec();
    bytes.resize(TWO_CHANNELS, 0);
    bytes.get_mut(checksum..checksum + 2)?.fill(0);
    Some(crc(&bytes))
}

/// CRC-16 as LAME has it.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xa001 } else { crc >> 1 })
    })
}
