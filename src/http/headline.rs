//! The one sentence at the top of the page: derived from what the samples say, never from what was planned. Pure.

use crate::http::deps::Health;
use crate::model::outcome::Kind;
use crate::model::status::{OnAir, OutputState, SoundState, Status};
use crate::model::text::Text;
use crate::text;

/// The colour of a state; the words always say it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// Nothing is due.
    Calm,
    /// Sound is leaving the PC.
    Good,
    /// It works, but somebody should look.
    Warn,
    /// It does not work.
    Bad,
}

impl Tone {
    /// The class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// What stands at the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    /// How bad it is.
    pub tone: Tone,
    /// The state in two or three words.
    pub words: Text,
    /// What is meant, where the words do not say enough.
    pub more: Option<Text>,
}

/// The state of the station in one sentence: the worst thing that is true.
#[must_use]
pub fn headline(status: &Status, health: Health) -> Headline {
    let say = |tone, words, more| Headline { tone, words, more };
    if health == Health::Stuck {
        let more = text!(
            "Chương trình không phản hồi; số liệu dưới đây có thể đã cũ. Hãy khởi động lại dịch vụ loaphuong.",
            "The program does not respond; what follows may be old. Restart the loaphuong service."
        );
        return say(Tone::Bad, text!("Có sự cố", "Fault"), Some(more));
    }
    if let Some(mute) = status.on_air.iter().find(|o| is_mute(o.sound)) {
        let (output, what) = (output_name(status, mute), sound(mute.sound));
        let (vi, en) = (&what.vi, &what.en);
        let more = text!("{output}: {vi}.", "{output}: {en}.");
        return say(Tone::Bad, text!("Không có âm thanh", "No sound"), Some(more));
    }
    let trouble = trouble(status);
    let sounding = |o: &OnAir| o.sound == SoundState::Sounding;
    if !status.on_air.iter().any(sounding) {
        return match trouble {
            Some((Tone::Bad, more)) => say(Tone::Bad, text!("Có sự cố", "Fault"), more),
            Some((tone, more)) => say(tone, text!("Cần xem lại", "Look here"), more),
            None if !status.on_air.is_empty() => say(Tone::Calm, text!("Chuẩn bị phát", "About to air"), None),
            None => say(Tone::Calm, text!("Chờ phát", "Waiting"), None),
        };
    }
    let urgent = status.on_air.iter().any(|o| sounding(o) && o.kind == Kind::Emergency);
    let (vi, en, tone) = if urgent {
        ("Đang phát khẩn cấp", "Emergency on air", Tone::Warn)
    } else {
        ("Đang phát", "On air", Tone::Good)
    };
    match trouble {
        None => say(tone, text!("{vi}", "{en}"), None),
        Some((Tone::Bad, more)) => say(Tone::Bad, text!("{vi}, nhưng có sự cố", "{en}, but there is a fault"), more),
        Some((tone, more)) => say(tone, text!("{vi}, nhưng cần xem lại", "{en}, but look here"), more),
    }
}

/// What is wrong apart from the sound itself, worst first; in words where no fault and no diagnostic says it below.
fn trouble(status: &Status) -> Option<(Tone, Option<Text>)> {
    let faulty = status.outputs.iter().find(|o| o.state == OutputState::Faulty);
    if !status.faults.is_empty() {
        // A promise that may not be kept is no breakdown: everything works, and somebody has to act.
        let promises = status.faults.iter().all(|f| f.code == "quota_at_risk");
        let promises = promises && faulty.is_none() && status.clock.trusted;
        return Some((if promises { Tone::Warn } else { Tone::Bad }, None));
    }
    if let Some(output) = faulty {
        let name = &output.name;
        let more = text!(
            "{name}: lần phát gần nhất không ra tiếng. Hãy chạy `loaphuong test-sound` và lắng nghe ở loa.",
            "{name}: the last airing made no sound. Run `loaphuong test-sound` and listen at the loudspeaker."
        );
        return Some((Tone::Bad, Some(more)));
    }
    if !status.clock.trusted {
        let more = text!(
            "Đồng hồ máy chưa đáng tin cậy nên chưa phát theo lịch. Hãy chỉnh lại giờ hoặc nối mạng.",
            "The clock cannot be trusted, so the schedule waits. Set the clock, or connect the PC to the network."
        );
        return Some((Tone::Bad, Some(more)));
    }
    status.config.rejected.as_ref().map(|_| (Tone::Warn, None))
}

fn is_mute(sound: SoundState) -> bool {
    matches!(
        sound,
        SoundState::Silent | SoundState::Muted | SoundState::Elsewhere | SoundState::Stalled | SoundState::Recovering
    )
}

fn output_name(status: &Status, on_air: &OnAir) -> String {
    let known = status.outputs.iter().find(|o| o.output == on_air.output);
    known.map_or_else(|| on_air.output.to_string(), |o| o.name.clone())
}

/// What the samples say, in words.
pub(super) fn sound(state: SoundState) -> Text {
    match state {
        SoundState::Preparing => text!("đang chuẩn bị", "getting ready"),
        SoundState::Sounding => text!("có âm thanh", "sounding"),
        SoundState::Silent => text!("toàn im lặng", "silence"),
        SoundState::Muted => text!("âm lượng đang tắt", "muted"),
        SoundState::Elsewhere => text!("tiếng bị chuyển sang thiết bị khác", "on another device"),
        SoundState::Stalled => text!("card âm thanh bị treo", "the sound card is stuck"),
        SoundState::Recovering => text!("đang mở lại card âm thanh", "reopening the sound card"),
    }
}

/// The tone of what the samples say.
pub(super) fn sound_tone(state: SoundState) -> Tone {
    match state {
        SoundState::Sounding => Tone::Good,
        SoundState::Preparing => Tone::Calm,
        SoundState::Silent
        | SoundState::Muted
        | SoundState::Elsewhere
        | SoundState::Stalled
        | SoundState::Recovering => Tone::Bad,
    }
}
