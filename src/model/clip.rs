//! What the audio files are, as measured by the library. Pure.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::id::{ClipHash, ClipPath, Topic};
use crate::model::text::Text;
use crate::model::units::{Decibel, Hertz, Lufs};

/// Everything that lies in the audio folder, at one time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Library {
    /// By path.
    pub clips: BTreeMap<ClipPath, Clip>,
    /// When the folder was last read whole; nothing before the first scan has ended.
    pub scanned_at: Option<Timestamp>,
}

/// One audio file.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    /// Its name here.
    pub path: ClipPath,
    /// The file to open: the name with the bytes that the disk has.
    pub file: PathBuf,
    /// From its folder; the schedule may say otherwise.
    pub topic: Option<Topic>,
    /// Size in bytes.
    pub size: u64,
    /// What it sounds like; nothing if it cannot be decoded at all.
    pub sound: Option<Sound>,
    /// What is wrong with it.
    pub faults: Vec<ClipFault>,
}

impl Clip {
    /// The measured sound of a clip that may air, or the fault that forbids it.
    ///
    /// # Errors
    /// The first fault that blocks airing.
    pub fn airable(&self) -> Result<&Sound, ClipFault> {
        match self.faults.iter().find(|f| f.blocks()) {
            Some(fault) => Err(*fault),
            None => self.sound.as_ref().ok_or(ClipFault::NotAudio),
        }
    }
}

/// What a clip's content is, decoded once from beginning to end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sound {
    /// SHA-256 of the file.
    pub hash: ClipHash,
    /// Container and codec, as people know them: `MP3`, `WAV`, `FLAC`, `Ogg Vorbis`, `M4A/AAC`.
    pub format: String,
    /// Decoded frames over rate; never what the header says.
    pub duration: Duration,
    /// Sample rate of the file.
    pub rate: Hertz,
    /// 1 or 2.
    pub channels: u16,
    /// Integrated loudness; nothing if too short or silent.
    pub loudness: Option<Lufs>,
    /// True peak.
    pub peak: Decibel,
    /// Silence (below −50 dBFS) before the first sound.
    #[serde(default)]
    pub silent_start: Duration,
    /// Silence behind the last sound.
    #[serde(default)]
    pub silent_end: Duration,
    /// The gain that brings it to each loudness that the station asks for, true-peak limiter included; the one for
    /// which it was not worked out is [`Sound::gain`]'s to estimate.
    #[serde(default)]
    pub levels: Vec<Levelled>,
    /// The decoded copy that is played in place of a file which can be decoded only by a helper program.
    #[serde(default)]
    pub copy: Option<DecodedCopy>,
}

/// The gain that brings a clip to a loudness.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Levelled {
    /// The loudness that is wanted.
    pub target: Lufs,
    /// The gain in front of the true-peak limiter that gives it.
    pub gain: Decibel,
}

/// A decoded copy of a file (`<state>/decoded/`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecodedCopy {
    /// Where it lies.
    pub file: PathBuf,
    /// SHA-256 of the copy.
    pub hash: ClipHash,
}

/// How far a station's loudness and one that was worked out may lie apart, in LU, and be the same.
const SAME_LOUDNESS: f64 = 0.05;

impl Sound {
    /// The gain in front of the true-peak limiter (−1 dBTP) that brings this clip to `target`: worked out by the library
    /// where it knew that target, else as much as the peak leaves room for.
    ///
    /// One channel is played on both sides, with twice the power that the measurement of the file heard (BS.1770):
    /// that is taken into account here.
    #[must_use]
    pub fn gain(&self, target: Lufs) -> Decibel {
        let known = self.levels.iter().find(|l| (l.target.0 - target.0).abs() < SAME_LOUDNESS);
        known.map_or_else(|| self.gain_below_peak(target), |l| l.gain)
    }

    /// The gain that brings it to `target` as far as no peak exceeds the ceiling: no limiter has anything to do then.
    #[must_use]
    pub fn gain_below_peak(&self, target: Lufs) -> Decibel {
        let wanted = self.loudness_on_air().map_or(0.0, |l| target.0 - l.0);
        Decibel(wanted.min(CEILING.0 - self.peak.0).min(MOST_GAIN.0))
    }

    /// Its loudness as it airs without any gain.
    #[must_use]
    pub fn loudness_on_air(&self) -> Option<Lufs> {
        let sides = if self.channels == 1 { DOUBLE_POWER } else { 0.0 };
        self.loudness.map(|l| Lufs(l.0 + sides))
    }
}

/// True-peak ceiling of everything that leaves (EBU R128: −1 dBTP).
pub const CEILING: Decibel = Decibel(-1.0);
/// No clip is made louder than this: what is softer is a fault of the recording.
pub const MOST_GAIN: Decibel = Decibel(40.0);
/// Twice the power, in dB.
const DOUBLE_POWER: f64 = 3.0103;

/// What is wrong with an audio file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClipFault {
    /// 0 bytes.
    Empty,
    /// A folder, pipe, socket or device where a file should be.
    NotAFile,
    /// A link that leads out of the audio folder.
    OutsideFolder,
    /// No permission, or a read error.
    Unreadable,
    /// No decoder knows it.
    NotAudio,
    /// Known, and not decodable here; the remedy says what to convert.
    Unsupported,
    /// Damage inside.
    Damaged,
    /// Ends before its end.
    CutShort,
    /// Nothing but silence.
    Silent,
    /// Longer than two hours.
    TooLong,
    /// Larger than 500 MB.
    TooLarge,
    /// More than two channels, or a sample rate outside 8–192 kHz.
    OddShape,
    /// A name that is not UTF-8.
    OddName,
    /// The same Vietnamese name twice, composed and decomposed.
    Twin,
    /// The ending says another format than the content; it airs all the same.
    WrongEnding,
    /// In a folder whose name is no topic (or in no folder): drawn only by name.
    NoTopic,
}

impl ClipFault {
    /// Does this keep the clip off the air?
    #[must_use]
    pub fn blocks(self) -> bool {
        !matches!(self, Self::WrongEnding | Self::NoTopic)
    }

    /// What is wrong, and what to do.
    #[must_use]
    pub fn text(self) -> Text {
        let (vi, en) = match self {
            Self::Empty => ("Tệp rỗng (0 byte). Hãy chép lại tệp.", "The file is empty (0 bytes). Copy it again."),
            Self::NotAFile => (
                "Đây không phải là tệp âm thanh thông thường. Hãy bỏ ra khỏi thư mục.",
                "This is not a regular file. Take it out of the folder.",
            ),
            Self::OutsideFolder => (
                "Đường dẫn trỏ ra ngoài thư mục âm thanh. Hãy chép chính tệp đó vào thư mục.",
                "The link leads out of the audio folder. Copy the file itself into it.",
            ),
            Self::Unreadable => (
                "Không đọc được tệp. Hãy kiểm tra quyền đọc hoặc chép lại tệp.",
                "The file cannot be read. Check its permissions, or copy it again.",
            ),
            Self::NotAudio => (
                "Không nhận ra đây là tệp âm thanh. Hãy chuyển sang MP3 rồi chép lại.",
                "Not recognised as audio. Convert it to MP3 and copy it again.",
            ),
            Self::Unsupported => (
                "Định dạng này chưa phát được. Nếu máy chưa có ffmpeg, hãy cài (sudo apt install ffmpeg); nếu đã có, hãy chuyển \
                 tệp sang MP3 rồi chép lại.",
                "This format cannot be played. If ffmpeg is missing on this PC, install it (sudo apt install ffmpeg); if not, \
                 convert the file to MP3 and copy it again.",
            ),
            Self::Damaged => (
                "Tệp bị hỏng bên trong. Hãy chép lại từ bản gốc.",
                "The file is damaged inside. Copy it again from the original.",
            ),
            Self::CutShort => (
                "Tệp bị cụt, thiếu phần cuối. Hãy chép lại từ bản gốc.",
                "The end of the file is missing. Copy it again from the original.",
            ),
            Self::Silent => (
                "Cả tệp không có tiếng. Hãy nghe lại bản ghi gốc.",
                "The whole file is silent. Listen to the original recording.",
            ),
            Self::TooLong => (
                "Tệp dài quá 2 giờ. Hãy cắt thành nhiều tệp ngắn hơn.",
                "Longer than two hours. Cut it into shorter files.",
            ),
            Self::TooLarge => ("Tệp lớn quá 500 MB. Hãy chuyển sang MP3.", "Larger than 500 MB. Convert it to MP3."),
            Self::OddShape => (
                "Số kênh hoặc tần số lấy mẫu không dùng được. Hãy chuyển sang MP3 một hoặc hai kênh.",
                "Unusable number of channels or sample rate. Convert it to an MP3 of one or two channels.",
            ),
            Self::OddName => (
                "Tên tệp có ký tự không đọc được. Hãy đổi tên tệp.",
                "The file name has unreadable characters. Rename the file.",
            ),
            Self::Twin => (
                "Có hai tệp trùng tên tiếng Việt (khác cách gõ dấu). Hãy xóa hoặc đổi tên một tệp.",
                "Two files have the same Vietnamese name (typed differently). Remove or rename one.",
            ),
            Self::WrongEnding => (
                "Đuôi tên tệp không đúng với nội dung; vẫn phát được. Nên đổi lại đuôi tên.",
                "The file's ending does not match its content; it still plays. Better rename it.",
            ),
            Self::NoTopic => (
                "Tệp không nằm trong thư mục chuyên đề nào (tên thư mục chỉ gồm a-z, 0-9 và dấu gạch nối).",
                "The file lies in no topic's folder (folder names are a-z, 0-9 and hyphens).",
            ),
        };
        Text::new(vi, en)
    }
}
