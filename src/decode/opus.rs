//! What an Opus stream says of itself in its header (RFC 7845), beyond what the demuxer takes from it. Pure.

/// The part of the header that whoever decodes must heed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Head {
    /// Frames at the beginning that the decoder needs to settle, and nobody is to hear.
    pub(super) pre_skip: u64,
    /// The factor that the header asks to apply to every sample.
    pub(super) factor: f32,
}

impl Head {
    /// From the identification header.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let word = |at: usize| Some([*bytes.get(at)?, *bytes.get(at + 1)?]);
        let pre_skip = u64::from(u16::from_le_bytes(word(10)?));
        // 256ths of a dB.
        let gain = f32::from(i16::from_le_bytes(word(16)?)) / 256.0;
        Some(Self { pre_skip, factor: 10_f32.powf(gain / 20.0) })
    }
}
