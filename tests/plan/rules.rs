//! Whether an occurrence may air, and how late it may begin.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use loaphuong::model::id::AiringId;
use loaphuong::model::occurrence::{Occurrence, Placement};
use loaphuong::model::outcome::Reason;
use loaphuong::model::recovery::Usage;
use loaphuong::model::station::SlotState::{self, Disabled, Enabled};
use loaphuong::model::station::Station;
use loaphuong::model::time::DaySpan;
use loaphuong::plan::{self};

use crate::stations::{commune, id, slot, station, time, weekly};

fn minutes(n: u64) -> Duration {
    Duration::from_mins(n)
}

/// Allowed 05:00–06:30 and 16:30–18:30, three airings and ninety minutes a day.
fn an_xuan(state: SlotState) -> Station {
    let mut rule = slot("sang", weekly("all", &["05:30"]));
    rule.state = state;
    let mut commune = commune("an-xuan", vec![rule]);
    let span = |from: u32, until: u32| DaySpan::new(from * 60, until * 60).unwrap();
    commune.hours.allowed = vec![span(300, 390), span(990, 1110)];
    commune.hours.max_airings_per_day = Some(3);
    commune.hours.max_minutes_per_day = Some(90);
    station("Asia/Ho_Chi_Minh", vec![commune])
}

/// An occurrence at any time: hours and limits do not ask whether the slot does.
fn at(start: Timestamp) -> Occurrence {
    let local = start.to_zoned(TimeZone::get("Asia/Ho_Chi_Minh").unwrap()).datetime();
    Occurrence {
        id: AiringId::new(&id("an-xuan"), "sang", local),
        commune: id("an-xuan"),
        slot: id("sang"),
        campaign: None,
        local,
        at: start,
        placement: Placement::Exact,
        moved_from: None,
    }
}

#[test]
fn rulings() {
    let check = |state, start: &str, airings, seconds, length, expected: Result<(), Reason>| {
        let station = an_xuan(state);
        let commune = &station.communes[0];
        let usage = Usage { airings, seconds };
        let got = plan::ruling(&station, commune, &commune.slots[0], &at(time(start)), &usage, length);
        assert_eq!(got, expected, "{state:?} {start} {airings} {seconds} {length:?}");
    };
    let (morning, day, quiet) = ("2026-11-23T05:30:00+07:00", Err(Reason::DayLimit), Err(Reason::QuietHours));
    check(Enabled, morning, 0, 0.0, minutes(15), Ok(()));
    check(Disabled, morning, 0, 0.0, minutes(15), Err(Reason::Disabled));
    check(Disabled, "2026-11-23T02:00:00+07:00", 9, 0.0, minutes(15), Err(Reason::Disabled));

    check(Enabled, "2026-11-23T04:59:59.999+07:00", 0, 0.0, minutes(1), quiet);
    check(Enabled, "2026-11-23T05:00:00+07:00", 0, 0.0, minutes(1), Ok(()));
    check(Enabled, "2026-11-23T06:29:59.999+07:00", 0, 0.0, minutes(60), Ok(()));
    check(Enabled, "2026-11-23T06:30:00+07:00", 0, 0.0, minutes(1), quiet);
    check(Enabled, "2026-11-23T12:00:00+07:00", 0, 0.0, minutes(1), quiet);
    check(Enabled, "2026-11-23T16:30:00+07:00", 0, 0.0, minutes(1), Ok(()));
    check(Enabled, "2026-11-23T05:30:00Z", 0, 0.0, minutes(1), quiet);
    check(Enabled, "2026-11-23T12:00:00+07:00", 3, 0.0, minutes(1), quiet);

    check(Enabled, morning, 2, 0.0, minutes(1), Ok(()));
    check(Enabled, morning, 3, 0.0, minutes(1), day);
    check(Enabled, morning, 0, 5400.0, Duration::ZERO, Ok(()));
    check(Enabled, morning, 0, 4500.0, minutes(15), Ok(()));
    check(Enabled, morning, 0, 4500.001, minutes(15), day);
    // The six and 2,160.3 make 5,400.000000000001 in floating point.
    let six = [460.0, 411.8, 830.1, 720.7, 238.8, 578.3].iter().sum();
    check(Enabled, morning, 0, six, Duration::from_millis(2_160_300), Ok(()));
    check(Enabled, morning, 0, six, Duration::from_millis(2_160_301), day);
}

#[test]
fn without_limits_nothing_is_limited() {
    let mut station = an_xuan(Enabled);
    let hours = &mut station.communes[0].hours;
    (hours.max_airings_per_day, hours.max_minutes_per_day) = (None, None);
    let usage = Usage { airings: 1000, seconds: 86_400.0 };
    let commune = &station.communes[0];
    let start = at(time("2026-11-23T05:30:00+07:00"));
    assert_eq!(plan::ruling(&station, commune, &commune.slots[0], &start, &usage, minutes(60)), Ok(()));
}

#[test]
fn the_day_of_the_limits_is_the_local_one() {
    let station = an_xuan(Enabled);
    let day = |at: &str| plan::usage_key(&station, &id("an-xuan"), time(at)).1.to_string();
    assert_eq!(day("2026-11-22T16:59:59Z"), "2026-11-22");
    assert_eq!(day("2026-11-22T17:00:00Z"), "2026-11-23");
}

#[test]
fn the_latest_start() {
    let check = |within, expected: &str| {
        let mut slot = slot("s", weekly("all", &["05:30"]));
        slot.start_within = Duration::from_secs(within);
        assert_eq!(plan::latest_start(time("2026-11-23T05:30:00Z"), &slot), time(expected), "{within}");
    };
    check(900, "2026-11-23T05:45:00Z");
    check(0, "2026-11-23T05:30:02Z");
    check(3, "2026-11-23T05:30:03Z");
}
