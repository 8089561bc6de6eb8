//! What must be seen before all else: emergencies on air, and loudspeakers that nobody hears. Pure.

use crate::http::headline::Tone;
use crate::model::airing::Asked;
use crate::model::id::AiringId;
use crate::model::outcome::{Kind, Reason};
use crate::model::status::{OutputState, OutputStatus, Status};
use crate::model::text::Text;
use crate::model::time::Moment;
use crate::text;

/// An emergency message on air.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// One of its airings: by this name it is stopped.
    pub id: AiringId,
    /// What sounds.
    pub title: String,
    /// Whose loudspeakers.
    pub communes: Vec<String>,
    /// Since when it sounds; nothing if it does not yet.
    pub since: Option<Moment>,
    /// Who called for it, and why.
    pub asked: Option<Asked>,
}

impl Alarm {
    /// Who called for it, and why; nothing if that is not known.
    #[must_use]
    pub fn who(&self) -> Option<Text> {
        let Asked { by, why } = self.asked.as_ref()?;
        Some(match why {
            Some(why) => text!("Người phát: {by}. Lý do: {why}", "Called for by {by}: {why}"),
            None => text!("Người phát: {by}.", "Called for by {by}."),
        })
    }

    /// How it is stopped.
    #[must_use]
    pub fn how_to_stop(&self) -> [Text; 2] {
        [
            text!(
                "Bước 1: trên máy phát, chạy lệnh \"loaphuong stop\".",
                "Step 1: on the station's PC, run \"loaphuong stop\"."
            ),
            text!(
                "Bước 2: đọc lại tên bản tin, gõ \"dừng\" rồi bấm Enter.",
                "Step 2: read the message's name again, type \"stop\", press Enter."
            ),
        ]
    }
}

/// The emergencies on air, one for each message, however many communes and loudspeakers carry it.
#[must_use]
pub fn alarms(status: &Status) -> Vec<Alarm> {
    let mut all: Vec<Alarm> = Vec::new();
    for on_air in status.on_air.iter().filter(|on_air| on_air.kind == Kind::Emergency) {
        let (title, commune) = (&on_air.title, &on_air.commune_name);
        let same = all.iter_mut().find(|alarm| &alarm.title == title && alarm.asked == on_air.asked);
        if let Some(alarm) = same {
            alarm.since = alarm.since.into_iter().chain(on_air.started_at).min_by_key(|moment| moment.at);
            if !alarm.communes.contains(commune) {
                alarm.communes.push(commune.clone());
            }
            continue;
        }
        all.push(Alarm {
            id: on_air.id.clone(),
            title: title.clone(),
            communes: vec![commune.clone()],
            since: on_air.started_at,
            asked: on_air.asked.clone(),
        });
    }
    all
}

/// What an output does, in words; what keeps people from hearing it comes first.
#[must_use]
pub fn output_words(output: &OutputStatus, status: &Status) -> (Tone, Text) {
    let stands = |reason: Reason| {
        let concerns = |subject: &Option<String>| subject.as_deref() == Some(output.output.as_str());
        status.faults.iter().any(|fault| fault.code == reason.code() && concerns(&fault.subject))
    };
    if stands(Reason::DeviceMuted) {
        return (Tone::Bad, text!("Đang tắt tiếng", "Muted"));
    }
    if stands(Reason::DeviceRerouted) {
        return (Tone::Bad, text!("Tiếng sang thiết bị khác", "On another device"));
    }
    match output.state {
        OutputState::Idle => (Tone::Calm, text!("Nghỉ", "Idle")),
        OutputState::Ready => (Tone::Calm, text!("Sẵn sàng", "Ready")),
        OutputState::OnAir => (Tone::Calm, text!("Đang mở", "Open")),
        OutputState::Faulty => (Tone::Bad, text!("Hỏng", "Faulty")),
    }
}

/// Where an output's sound goes: the device as it was opened, and as the sound server or the card names it.
#[must_use]
pub fn output_device(output: &OutputStatus) -> Text {
    match (&output.device, output.kind.as_str()) {
        (Some(device), _) => {
            let identity = output.identity.as_ref().filter(|identity| *identity != device);
            let whole = identity.map_or_else(|| device.clone(), |identity| format!("{device} – {identity}"));
            Text::new(whole.clone(), whole)
        }
        (None, "wav") => text!("ghi ra tệp để nghe lại", "written to files"),
        (None, "null") => text!("không ra tiếng, chỉ để thử", "no sound, for trials"),
        (None, "icecast") => text!("phát lên mạng", "a stream on the network"),
        (None, _) => text!("card âm thanh mặc định của máy", "this PC's default sound card"),
    }
}
