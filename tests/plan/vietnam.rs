//! Ten years in Vietnam, week by ISO week.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::{ISOWeekDate, date};
use loaphuong::model::occurrence::{Occurrence, Placement};
use loaphuong::model::station::Station;
use loaphuong::plan;

use crate::stations::{by_cron, commune, names, slot, station, time, weekly};

/// The schedule of Tam Kỳ (4 a week), the two minutes around the end of the week, and a cron rule for ward loudspeakers.
fn an_xuan() -> Station {
    let slots = vec![
        slot("sang", weekly("mon,thu", &["05:30"])),
        slot("chieu", weekly("tue,sat", &["17:00"])),
        slot("cuoi-tuan", weekly("sun", &["23:59"])),
        slot("dau-tuan", weekly("mon", &["00:00"])),
        slot("dau-thang", by_cron("15 6 1 * *")),
    ];
    station("Asia/Ho_Chi_Minh", vec![commune("an-xuan", slots)])
}

fn week(occurrence: &Occurrence) -> (i16, i8) {
    let week = occurrence.local.date().iso_week_date();
    (week.year(), week.week())
}

#[test]
fn each_week_of_ten_years_has_what_was_promised() {
    let (from, until) = (monday(2023), monday(2033));
    let mut weeks: BTreeMap<(i16, i8), BTreeMap<String, usize>> = BTreeMap::new();
    for occurrence in plan::occurrences(&an_xuan(), time(&from), time(&until)) {
        assert_eq!(occurrence.placement, Placement::Exact);
        *weeks.entry(week(&occurrence)).or_default().entry(occurrence.slot.to_string()).or_default() += 1;
    }
    let mut years: BTreeMap<i16, (usize, usize)> = BTreeMap::new();
    for ((year, week), counts) in &weeks {
        let of = |slot: &str| counts.get(slot).copied().unwrap_or_default();
        let weekly = (of("sang"), of("chieu"), of("cuoi-tuan"), of("dau-tuan"));
        assert_eq!(weekly, (2, 2, 1, 1), "{year}-W{week:02}");
        let entry = years.entry(*year).or_default();
        *entry = (entry.0 + 1, entry.1 + of("dau-thang"));
    }
    let mut table = String::new();
    for (year, (weeks, firsts)) in years {
        writeln!(table, "{year} {weeks} {firsts}").unwrap();
    }
    let golden = include_str!("vietnam.txt");
    let rows: Vec<_> = golden.lines().filter(|l| !l.starts_with('#')).collect();
    assert_eq!(table.lines().collect::<Vec<_>>(), rows);
}

/// Midnight of the Monday of week 1, in UTC.
fn monday(year: i16) -> String {
    let monday = ISOWeekDate::new(year, 1, jiff::civil::Weekday::Monday).unwrap().date();
    format!("{}T17:00:00Z", monday.yesterday().unwrap())
}

#[test]
fn the_plan_of_tam_ky_has_51_full_weeks_of_4() {
    let station = an_xuan();
    let all = plan::occurrences(&station, time("2023-05-31T17:00:00Z"), time("2024-05-31T17:00:00Z"));
    let mut weeks: BTreeMap<(i16, i8), usize> = BTreeMap::new();
    for occurrence in all.iter().filter(|o| ["sang", "chieu"].contains(&o.slot.as_str())) {
        assert!((date(2023, 6, 1)..=date(2024, 5, 31)).contains(&occurrence.local.date()));
        *weeks.entry(week(occurrence)).or_default() += 1;
    }
    let (first, last) = (weeks.remove(&(2023, 22)), weeks.remove(&(2024, 22)));
    assert_eq!((first, last), (Some(2), Some(3)), "Thursday to Sunday, Monday to Friday");
    assert_eq!((weeks.len(), weeks.values().sum::<usize>()), (51, 204));
}

#[test]
fn sunday_23_59_and_monday_00_00_are_a_minute_and_a_week_apart() {
    let station = an_xuan();
    // The turn of 2026 (53 weeks) to 2027: Monday 4 January 2027 in Vietnam begins at 17:00 UTC on the 3rd.
    let turn = names(&station, "2027-01-03T16:59:00Z", "2027-01-03T17:00:01Z");
    assert_eq!(turn, ["cuoi-tuan@2027-01-03T23:59", "dau-tuan@2027-01-04T00:00"]);
    let all = plan::occurrences(&station, time("2027-01-03T16:59:00Z"), time("2027-01-03T17:00:01Z"));
    assert_eq!(all.iter().map(week).collect::<Vec<_>>(), [(2026, 53), (2027, 1)]);
}

#[test]
fn next_is_strictly_after_and_looks_five_years_ahead() {
    let check = |rule: &str, after: &str, expected: Option<&str>| {
        let station = station("Asia/Ho_Chi_Minh", vec![commune("a", vec![slot("s", by_cron(rule))])]);
        let next = plan::next(&station, time(after)).map(|o| o.id.as_str().to_owned());
        assert_eq!(next.as_deref(), expected, "{rule} after {after}");
    };
    check("30 5 * * *", "2026-11-22T22:29:59.999999999Z", Some("a/s@2026-11-23T05:30"));
    check("30 5 * * *", "2026-11-22T22:30:00Z", Some("a/s@2026-11-24T05:30"));
    check("30 5 29 2 *", "2024-02-28T22:30:00Z", Some("a/s@2028-02-29T05:30"));
    check("30 5 31 12 *", "2026-01-01T00:00:00Z", Some("a/s@2026-12-31T05:30"));
    check("0 30 5 * * * 2030", "2026-01-01T00:00:00Z", Some("a/s@2030-01-01T05:30"));
    check("0 30 5 * * * 2032", "2026-01-01T00:00:00Z", None);
    check("0 30 5 * * * 2020", "2026-01-01T00:00:00Z", None);
}

#[test]
fn ten_years_of_thirty_slots_a_day_are_all_there() {
    let at = |n: u32| format!("{:02}:{:02}", 5 + n / 4, n % 4 * 15);
    let slots = (0..30).map(|n| slot(&format!("s{n}"), weekly("all", &[&at(n)])));
    let station = station("Asia/Ho_Chi_Minh", vec![commune("a", slots.collect())]);
    let found = plan::occurrences(&station, time("2022-12-31T17:00:00Z"), time("2032-12-31T17:00:00Z"));
    assert_eq!(found.len(), 30 * 3653);
}
