//! Small stations, built without the configuration.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use loaphuong::model::calendar::Holidays;
use loaphuong::model::cron::CronRule;
use loaphuong::model::id::Revision;
use loaphuong::model::station::{
    Commune, Hours, Http, LoopbackReading, Paths, Programme, Recurrence, Slot, SlotState, Station,
};
use loaphuong::model::time::{DaySpan, Days};
use loaphuong::plan;

pub(crate) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// `mon,fri` or `all`.
pub(crate) fn days(text: &str) -> Days {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    if text == "all" {
        return Days::ALL;
    }
    let day = |name: &str| NAMES.iter().position(|n| *n == name).unwrap_or_else(|| panic!("day {name}"));
    let weekday = |name| Weekday::from_monday_zero_offset(i8::try_from(day(name)).unwrap()).unwrap();
    text.split(',').map(weekday).fold(Days::default(), Days::with)
}

pub(crate) fn weekly(days_text: &str, at: &[&str]) -> Recurrence {
    let at = at.iter().map(|t| t.parse::<Time>().unwrap()).collect();
    Recurrence::Weekly { days: days(days_text), at }
}

pub(crate) fn by_cron(text: &str) -> Recurrence {
    Recurrence::Cron(CronRule::parse(text).unwrap())
}

pub(crate) fn slot(name: &str, recurrence: Recurrence) -> Slot {
    Slot {
        priority: loaphuong::model::outcome::Priority::Normal,
        level: loaphuong::model::station::Level::default(),
        id: id(name),
        name: name.to_owned(),
        recurrence,
        programme: Programme::Topics(vec![id("bhxh-tu-nguyen")]),
        start_within: Duration::from_mins(15),
        max_length: None,
        intro: None,
        outro: None,
        state: SlotState::Enabled,
        on_holiday: None,
    }
}

/// Allowed round the clock, on the output `loa`.
pub(crate) fn commune(name: &str, slots: Vec<Slot>) -> Commune {
    let hours = Hours {
        allowed: vec![DaySpan::new(0, DaySpan::DAY).unwrap()],
        basis: None,
        max_airings_per_day: None,
        max_minutes_per_day: None,
    };
    Commune {
        approval: loaphuong::model::station::ApprovalRule::Optional,
        id: id(name),
        name: name.to_owned(),
        belongs_to: None,
        outputs: vec![id("loa")],
        hours,
        slots,
        queues: Vec::new(),
        clips: Vec::new(),
        quotas: Vec::new(),
        campaigns: Vec::new(),
        holidays: Holidays::default(),
    }
}

pub(crate) fn station(zone: &str, communes: Vec<Commune>) -> Station {
    Station {
        emergency: loaphuong::model::station::EmergencyRules::default(),
        id: id("tram"),
        name: "Trạm thử".to_owned(),
        zone_name: zone.to_owned(),
        zone: TimeZone::get(zone).unwrap(),
        paths: Paths { communes: "/c".into(), audio: "/a".into(), state: "/s".into() },
        http: Http { listen: ([127, 0, 0, 1], 8080).into(), loopback: LoopbackReading::Open },
        outputs: Vec::new(),
        communes,
        revision: Revision("sha256:0".to_owned()),
    }
}

/// `slot@local`, for every occurrence of the span.
pub(crate) fn names(station: &Station, from: &str, until: &str) -> Vec<String> {
    let all = plan::occurrences(station, time(from), time(until));
    all.iter().map(|o| o.id.as_str().split_once('/').unwrap().1.to_owned()).collect()
}
