//! Whether an occurrence may air, how late it is, and what becomes of two on one output.

use std::time::Duration;

use loaphuong::model::outcome::Reason;
use loaphuong::model::recovery::Usage;
use loaphuong::model::station::SlotState::{self, Disabled, Enabled};
use loaphuong::model::station::{Commune, Station};
use loaphuong::model::time::DaySpan;
use loaphuong::plan::Lateness::{Late, NotYet, OnTime, TooLate};
use loaphuong::plan::{self, Overlap};

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

#[test]
fn rulings() {
    let check = |state, start: &str, airings, seconds, length, expected: Result<(), Reason>| {
        let station = an_xuan(state);
        let commune = &station.communes[0];
        let usage = Usage { airings, seconds };
        let got = plan::ruling(&station, commune, &commune.slots[0], time(start), &usage, length);
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
    let start = time("2026-11-23T05:30:00+07:00");
    assert_eq!(plan::ruling(&station, commune, &commune.slots[0], start, &usage, minutes(60)), Ok(()));
}

#[test]
fn the_day_of_the_limits_is_the_local_one() {
    let station = an_xuan(Enabled);
    let day = |at: &str| plan::usage_key(&station, &id("an-xuan"), time(at)).1.to_string();
    assert_eq!(day("2026-11-22T16:59:59Z"), "2026-11-22");
    assert_eq!(day("2026-11-22T17:00:00Z"), "2026-11-23");
}

#[test]
fn lateness() {
    let check = |within, now: &str, expected| {
        let mut slot = slot("s", weekly("all", &["05:30"]));
        slot.start_within = Duration::from_secs(within);
        assert_eq!(plan::late(time("2026-11-23T05:30:00Z"), time(now), &slot), expected, "{within} {now}");
    };
    check(900, "2026-11-23T05:29:59.999999999Z", NotYet);
    check(900, "2026-11-23T05:30:00Z", OnTime);
    check(900, "2026-11-23T05:30:01Z", OnTime);
    check(900, "2026-11-23T05:30:01.001Z", Late(Duration::from_millis(1001)));
    check(900, "2026-11-23T05:45:00Z", Late(minutes(15)));
    check(900, "2026-11-23T05:45:00.001Z", TooLate);
    check(0, "2026-11-23T05:30:01Z", OnTime);
    check(0, "2026-11-23T05:30:01.001Z", TooLate);
    check(900, "2036-11-23T05:30:00Z", TooLate);
    check(900, "1970-01-01T00:00:00Z", NotYet);
}

#[test]
fn overlaps() {
    let check = |free_at: &str, expected| {
        let slot = slot("s", weekly("all", &["05:30"]));
        assert_eq!(plan::overlap(time("2026-11-23T05:30:00Z"), &slot, time(free_at)), expected, "{free_at}");
    };
    check("2026-11-23T05:29:00Z", Overlap::Free);
    check("2026-11-23T05:30:00Z", Overlap::Free);
    check("2026-11-23T05:30:00.001Z", Overlap::Waits(time("2026-11-23T05:30:00.001Z")));
    check("2026-11-23T05:45:00Z", Overlap::Waits(time("2026-11-23T05:45:00Z")));
    check("2026-11-23T05:45:00.001Z", Overlap::Lost);
}

/// Who finds whom on the output on 23 November, each programme lasting `length` minutes.
fn clashes(communes: Vec<Commune>, length: u64) -> Vec<String> {
    let station = station("Asia/Ho_Chi_Minh", communes);
    let (from, until) = (time("2026-11-23T00:00:00+07:00"), time("2026-11-24T00:00:00+07:00"));
    let found = plan::clashes(&station, from, until, |_| minutes(length));
    let name = |o: &loaphuong::model::occurrence::Occurrence| format!("{}/{}", o.commune, o.slot);
    found.iter().map(|(holder, waiter)| format!("{} < {}", name(waiter), name(holder))).collect()
}

#[test]
fn clashes_of_a_day() {
    let at = |name: &str, time: &str| slot(name, weekly("all", &[time]));
    let one = |slots| vec![commune("a", slots)];
    let check = |communes, length, expected: &[&str]| assert_eq!(clashes(communes, length), expected);
    check(one(vec![at("x", "05:30"), at("y", "05:45")]), 15, &[]);
    check(one(vec![at("x", "05:30"), at("y", "05:45")]), 16, &["a/y < a/x"]);
    check(one(vec![at("y", "05:45"), at("x", "05:30")]), 16, &["a/y < a/x"]);
    check(one(vec![at("y", "05:30"), at("x", "05:30")]), 1, &["a/x < a/y"]);
    // The second waits to 05:50 and is on air till 06:10: the third finds the second.
    check(one(vec![at("x", "05:30"), at("y", "05:40"), at("z", "06:00")]), 20, &["a/y < a/x", "a/z < a/y"]);
    // The second would wait for half an hour, is lost, and holds nothing up: the third is free at once.
    check(one(vec![at("x", "05:30"), at("y", "05:40"), at("z", "06:15")]), 45, &["a/y < a/x"]);
    // What began the evening before is still on air.
    check(one(vec![at("x", "23:55"), at("y", "00:05")]), 15, &["a/y < a/x"]);

    // What does not air holds nothing up.
    let mut off = at("x", "05:30");
    off.state = Disabled;
    check(one(vec![off, at("y", "05:30")]), 15, &[]);
    let mut quiet = commune("a", vec![at("x", "05:30"), at("y", "05:40")]);
    quiet.hours.allowed = vec![DaySpan::new(340 * 60, 400 * 60).unwrap()];
    check(vec![quiet], 15, &[]);

    // Two communes clash on an output that both use, in the order of the files.
    let with = |name: &str, time: &str, outputs: &[&str]| {
        let mut commune = commune(name, vec![at("x", time)]);
        commune.outputs = outputs.iter().map(|o| id(o)).collect();
        commune
    };
    check(vec![with("a", "05:30", &["loa"]), with("b", "05:30", &["fm"])], 15, &[]);
    check(vec![with("a", "05:30", &["loa", "fm"]), with("b", "05:30", &["fm"])], 15, &["b/x < a/x"]);
    check(
        vec![with("a", "05:30", &["loa"]), with("b", "05:32", &["fm"]), with("c", "05:40", &["loa", "fm"])],
        15,
        &["c/x < b/x"],
    );
}
