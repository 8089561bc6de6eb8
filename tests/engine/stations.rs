//! Small stations and libraries for the engine's cases, at UTC+7.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use loaphuong::model::calendar::Holidays;
use loaphuong::model::clip::{Clip, Library, Sound};
use loaphuong::model::id::{ClipHash, Revision};
use loaphuong::model::station::{
    Amplifier, Channel, Commune, Hours, Http, LoopbackReading, Output, OutputKind, Paths, Programme, Recurrence, Slot,
    SlotState, Station,
};
use loaphuong::model::time::{DaySpan, Days};
use loaphuong::model::units::{Decibel, Hertz, Lufs};

pub(crate) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// A daily slot at `at`, on the topic `bhxh`.
pub(crate) fn slot(name: &str, at: &str, start_within: u64) -> Slot {
    Slot {
        priority: loaphuong::model::outcome::Priority::Normal,
        level: loaphuong::model::station::Level::default(),
        id: id(name),
        name: name.to_owned(),
        recurrence: Recurrence::Weekly { days: Days::ALL, at: vec![at.parse().unwrap()] },
        programme: Programme::Topics(vec![id("bhxh")]),
        start_within: Duration::from_secs(start_within),
        max_length: None,
        intro: None,
        outro: None,
        state: SlotState::Enabled,
        on_holiday: None,
    }
}

pub(crate) fn output(kind: OutputKind) -> Output {
    Output {
        sink: None,
        night: None,
        test_before: None,
        listen: None,
        id: id("loa"),
        name: "Loa".to_owned(),
        channel: Channel::Commune,
        kind,
        volume: Lufs(-16.0),
        lead_in: Duration::from_millis(500),
        amplifier: None,
    }
}

pub(crate) fn amplifier() -> Amplifier {
    Amplifier { on: vec!["on".into()], off: vec!["off".into()], warm_up: Duration::from_secs(20) }
}

/// One commune `xa`, one output `loa`, 05:00–22:00.
pub(crate) fn station(kind: OutputKind, slots: Vec<Slot>) -> Station {
    let hours = Hours {
        allowed: vec![DaySpan::new(5 * 3600, 22 * 3600).unwrap()],
        basis: None,
        max_airings_per_day: None,
        max_minutes_per_day: None,
    };
    let commune = Commune {
        approval: loaphuong::model::station::ApprovalRule::Optional,
        id: id("xa"),
        name: "Xã".to_owned(),
        belongs_to: None,
        outputs: vec![id("loa")],
        hours,
        slots,
        queues: Vec::new(),
        clips: Vec::new(),
        quotas: Vec::new(),
        campaigns: Vec::new(),
        holidays: Holidays::default(),
    };
    Station {
        emergency: loaphuong::model::station::EmergencyRules::default(),
        id: id("tram"),
        name: "Đài".to_owned(),
        zone_name: "Asia/Ho_Chi_Minh".to_owned(),
        zone: TimeZone::get("Asia/Ho_Chi_Minh").unwrap(),
        paths: Paths { communes: "/c".into(), audio: "/a".into(), state: "/s".into() },
        http: Http { listen: "127.0.0.1:0".parse().unwrap(), loopback: LoopbackReading::Open },
        outputs: vec![output(kind)],
        communes: vec![commune],
        revision: Revision("sha256:0".to_owned()),
    }
}

/// A clip of the topic `bhxh`.
pub(crate) fn clip(name: &str, seconds: u64) -> Clip {
    let sound = Sound {
        silent_start: Duration::ZERO,
        silent_end: Duration::ZERO,
        levels: Vec::new(),
        copy: None,
        hash: ClipHash(format!("sha256:{name}-{seconds}")),
        format: "WAV".to_owned(),
        duration: Duration::from_secs(seconds),
        rate: Hertz(48_000),
        channels: 1,
        loudness: Some(Lufs(-20.0)),
        peak: Decibel(-6.0),
    };
    Clip {
        path: id(&format!("bhxh/{name}.wav")),
        file: format!("/a/bhxh/{name}.wav").into(),
        topic: Some(id("bhxh")),
        size: 1,
        sound: Some(sound),
        faults: Vec::new(),
    }
}

pub(crate) fn library(clips: Vec<Clip>) -> Library {
    let clips = clips.into_iter().map(|c| (c.path.clone(), c)).collect();
    Library { clips, scanned_at: Some(Timestamp::UNIX_EPOCH) }
}
