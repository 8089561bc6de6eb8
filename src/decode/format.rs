//! What people call a format, which endings belong to it, and what its first bytes tell. Pure.

use std::path::Path;

use symphonia::core::codecs::audio::AudioCodecId;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_OPUS, CODEC_ID_VORBIS,
};

/// A container and its codec, as far as anybody outside cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format {
    /// The words that people know.
    pub(super) name: &'static str,
    /// By how many frames the count in the header may exceed the decoded one in a whole file.
    pub(super) slack: u64,
}

/// The endings that files of each kind have.
const ENDINGS: &[(&str, &[&str])] = &[
    ("MP3", &["mp3", "mp2", "mpga", "mpeg", "mpg"]),
    ("WAV", &["wav", "wave"]),
    ("AIFF", &["aif", "aiff", "aifc"]),
    ("FLAC", &["flac"]),
    ("AAC", &["aac", "adts"]),
    ("HE-AAC", MP4),
    ("Ogg", &["ogg", "oga", "opus", "ogx", "ogv"]),
    ("M4A", MP4),
    ("MP4", MP4),
    ("3GP", MP4),
    ("AMR", &["amr", "3ga", "awb"]),
    ("WMA", &["wma", "asf", "wmv"]),
    ("WebM", &["webm", "mkv", "mka"]),
    ("MPEG", &["mpg", "mpeg", "vob", "dat"]),
    ("AVI", &["avi"]),
    ("CAF", &["caf"]),
    ("FLV", &["flv"]),
];
const MP4: &[&str] = &["m4a", "mp4", "m4b", "m4r", "m4v", "mov", "3gp", "3ga", "3g2", "aac"];

/// May a file of this name have this format? A name without an ending may have any, and so may a format that has none.
#[must_use]
pub fn ending_fits(name: &Path, format: &str) -> bool {
    let family = ENDINGS.iter().find(|(family, _)| format.starts_with(family));
    let (Some(ending), Some((_, endings))) = (name.extension(), family) else { return true };
    endings.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

impl Format {
    /// From symphonia's short name of the container, and the codec inside.
    pub(super) fn of(container: &str, codec: AudioCodecId) -> Self {
        let (name, slack) = match (container, codec) {
            // Some encoders count the frame that holds the count, and the padding of the last one.
            ("mp3" | "mp2" | "mp1", _) => ("MP3", 2 * 1152),
            ("wave", _) => ("WAV", 0),
            ("aiff", _) => ("AIFF", 0),
            ("flac", _) => ("FLAC", 0),
            ("aac", _) => ("AAC", 0),
            ("ogg", CODEC_ID_VORBIS) => ("Ogg Vorbis", 64),
            ("ogg", CODEC_ID_OPUS) => ("Ogg Opus", 64),
            ("ogg", CODEC_ID_FLAC) => ("Ogg FLAC", 0),
            ("ogg", _) => ("Ogg", 64),
            ("isomp4", CODEC_ID_AAC) => ("M4A/AAC", 1024),
            ("isomp4", CODEC_ID_ALAC) => ("M4A/ALAC", 0),
            ("isomp4", _) => ("MP4", 1024),
            _ => ("?", 0),
        };
        Self { name, slack }
    }
}

/// What people call a format that is not decoded here, by its first bytes.
pub(super) fn kind_of(head: &[u8]) -> &'static str {
    let brand = |brand: &[u8]| head.get(4..8) == Some(b"ftyp") && head.get(8..8 + brand.len()) == Some(brand);
    match known_but_unsupported(head) {
        Some(name) => name,
        None if brand(b"3g") => "3GP",
        None if brand(b"M4A") => "M4A",
        None if brand(b"") => "MP4",
        None if head.starts_with(b"OggS") => "Ogg",
        None => "?",
    }
}

/// The name of an audio or video format that is known by its first bytes and not decoded here.
pub(super) fn known_but_unsupported(head: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"#!AMR", "AMR"),
        (&[0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11], "WMA"),
        (&[0x1a, 0x45, 0xdf, 0xa3], "WebM"),
        (&[0, 0, 1, 0xba], "MPEG"),
        (b"caff", "CAF"),
        (b"wvpk", "WavPack"),
        (b"MAC ", "Monkey's Audio"),
        (b"MThd", "MIDI"),
        (b"FLV", "FLV"),
        (b"#!SILK", "SILK"),
        (b"\x02#!SILK", "SILK"),
        (b"RF64", "RF64"),
        (b"DSD ", "DSD"),
        (b"MPCK", "Musepack"),
        (b".snd", "AU"),
    ];
    let avi = (head.starts_with(b"RIFF") && head.get(8..12) == Some(b"AVI ")).then_some("AVI");
    avi.or_else(|| MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, name)| *name))
}

/// Does this AAC's header (`AudioSpecificConfig` of ISO 14496-3) announce that the upper half of the spectrum is coded
/// apart? symphonia decodes the lower half only, at half the rate, and says nothing.
///
/// Announced either as the object type itself (5: SBR, 29: SBR and stereo), in the first five bits, or behind the two bytes
/// of a plain header: 11 bits 0x2b7, five bits 5, a flag. What a stream hides without announcing cannot be seen here.
pub(super) fn is_he_aac(config: &[u8]) -> bool {
    let object = config.first().map(|byte| byte >> 3);
    let announced = config.get(2..4) == Some(&[0x56, 0xe5]) && config.get(4).is_some_and(|byte| byte & 0x80 != 0);
    matches!(object, Some(5 | 29)) || announced
}

/// Does the first frame of this MP3 say how many frames follow? (Without that, symphonia only guesses their number.)
///
/// `Xing` or `Info` stand after the four bytes of the frame's header and its side information (9, 17 or 32 bytes), `VBRI`
/// always after 36.
pub(super) fn mp3_says_its_length(head: &[u8]) -> bool {
    let sync = |pair: &[u8]| pair[0] == 0xff && pair[1] & 0xe0 == 0xe0;
    let Some(first) = head.windows(2).position(sync) else { return false };
    let tag_at = |at: usize| head.get(first + at..first + at + 4);
    [13, 21, 36].iter().any(|at| matches!(tag_at(*at), Some(b"Xing" | b"Info"))) || tag_at(36) == Some(b"VBRI")
}
