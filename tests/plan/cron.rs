//! Cron rules: against a matcher written anew, against the crate's own iterator, and what is refused.

use std::collections::BTreeSet;

use chrono::{Datelike as _, TimeZone as _, Timelike as _};
use jiff::civil::{Date, DateTime, Time, date};
use loaphuong::model::cron::{CronError, CronRule};
use loaphuong::model::text::Lang;
use proptest::prelude::*;

/// A field as text and as the set that it means, made side by side.
#[derive(Debug, Clone)]
struct Field {
    text: String,
    set: BTreeSet<u32>,
}

/// Lists of points, ranges, steps and stars between two numbers; `names` instead of numbers where there are any.
fn field(min: u32, max: u32, names: &'static [&'static str]) -> impl Strategy<Value = Field> {
    let name = move |n: u32| names.get((n - min) as usize).map_or_else(|| n.to_string(), |s| (*s).to_owned());
    let element = (0..4_u8, min..=max, min..=max, 1..=max.min(7)).prop_map(move |(kind, a, b, step)| {
        let (a, b) = (a.min(b), a.max(b));
        match kind {
            0 => Field { text: name(a), set: [a].into() },
            1 => Field { text: format!("{}-{}", name(a), name(b)), set: (a..=b).collect() },
            2 => Field {
                text: format!("{}-{}/{step}", name(a), name(b)),
                set: (a..=b).filter(|n| (n - a).is_multiple_of(step)).collect(),
            },
            _ => Field {
                text: format!("*/{step}"),
                set: (min..=max).filter(|n| (n - min).is_multiple_of(step)).collect(),
            },
        }
    });
    let star = Just(Field { text: "*".to_owned(), set: (min..=max).collect() });
    let list = prop::collection::vec(element, 1..4).prop_map(|elements| Field {
        text: elements.iter().map(|e| e.text.as_str()).collect::<Vec<_>>().join(","),
        set: elements.into_iter().flat_map(|e| e.set).collect(),
    });
    prop_oneof![star, list]
}

const MONTHS: &[&str] = &["jan", "FEB", "Mar", "apr", "MAY", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// Sunday first: the order in which `*/2` counts.
const WEEKDAYS: &[&str] = &["SUN", "mon", "Tue", "wed", "THU", "fri", "saturday"];

fn days() -> impl Strategy<Value = Date> {
    (0..365 * 12 + 3).prop_map(|n| date(2023, 1, 1).saturating_add(jiff::Span::new().days(n)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_rule_fires_exactly_where_its_fields_match(
        second in 0..60_u32,
        (minute, hour) in (field(0, 59, &[]), field(0, 23, &[])),
        (day, month, weekday) in (field(1, 31, &[]), field(1, 12, MONTHS), field(0, 6, WEEKDAYS)),
        dates in prop::collection::vec(days(), 20),
    ) {
        let text = format!("{second} {} {} {} {} {}", minute.text, hour.text, day.text, month.text, weekday.text);
        let rule = match CronRule::parse(&text) {
            Ok(rule) => rule,
            Err(CronError::Never) => {
                let fits = |d: &u32, m: &u32| *d <= [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][*m as usize - 1];
                prop_assert!(!day.set.iter().any(|d| month.set.iter().any(|m| fits(d, m))), "{text} does fire");
                return Ok(());
            }
            Err(e) => return Err(TestCaseError::fail(format!("{text}: {e:?}"))),
        };
        for date in dates {
            let on = |set: &BTreeSet<u32>, n: i8| set.contains(&u32::try_from(n).unwrap());
            let fires = on(&day.set, date.day())
                && on(&month.set, date.month())
                && on(&weekday.set, date.weekday().to_sunday_zero_offset());
            let small = |n: u32| i8::try_from(n).unwrap();
            let minutes = (0..1440).filter(|n| fires && hour.set.contains(&(n / 60)) && minute.set.contains(&(n % 60)));
            let times = minutes.map(|n| Time::new(small(n / 60), small(n % 60), small(second), 0).unwrap());
            let expected: Vec<DateTime> = times.map(|time| date.to_datetime(time)).collect();
            prop_assert_eq!(rule.on_day(date), expected, "{} on {}", text, date);
        }
    }
}

/// The crate's own iterator, fed wall time dressed as UTC, agrees with what we make of its fields.
#[test]
fn the_crates_own_iterator_agrees() {
    for text in
        ["0 30 5 * * MON,THU", "15 */20 5-6,17 1-7 * FRI 2026-2027", "0 0 0 29 2 *", "0 45 11 * 1,6-8 TUE-SAT/2"]
    {
        let schedule: cron::Schedule = text.parse().unwrap();
        let rule = CronRule::parse(text).unwrap();
        let from = chrono::Utc.with_ymd_and_hms(2023, 12, 31, 23, 59, 59).unwrap();
        let theirs: Vec<String> = schedule
            .after(&from)
            .take_while(|t| t.year() < 2032)
            .map(|t| {
                format!(
                    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
                    t.year(),
                    t.month(),
                    t.day(),
                    t.hour(),
                    t.minute(),
                    t.second()
                )
            })
            .collect();
        let days = date(2024, 1, 1).series(jiff::Span::new().days(1)).take_while(|d| d.year() < 2032);
        let ours: Vec<String> = days.flat_map(|d| rule.on_day(d)).map(|t| t.strftime("%FT%T").to_string()).collect();
        assert!(!ours.is_empty());
        assert_eq!(ours, theirs, "{text}");
    }
}

#[test]
fn texts_that_mean_the_same() {
    let week = date(2026, 11, 23).series(jiff::Span::new().days(1)).take(14);
    let all = |text: &str| week.clone().flat_map(|d| CronRule::parse(text).unwrap().on_day(d)).collect::<Vec<_>>();
    let check = |text: &str, other: &str| {
        assert_eq!(all(text), all(other), "{text} / {other}");
        assert!(!all(text).is_empty(), "{text}");
    };
    check("30 5 * * MON,THU", "0 30 5 * * mon,thursday");
    check("30 5 * * T2-T6", "30 5 * * MON-FRI");
    check("30 5 * * CN", "30 5 ? * Sun");
    check("30 5 * * FRI-SUN", "30 5 * * FRI,SAT,SUN");
    check("30 5 * * SAT-MON", "30 5 * * SUN,MON,SAT");
    check("30 5 * * SUN-SAT", "30 5 * * *");
    check("30 5 * * */2", "30 5 * * SUN,TUE,THU,SAT");
    check("30 5 * * FRI-MON/2", "30 5 * * FRI,SUN");
    check("  30\t5  * * * ", "0 30 5 * * ? *");
    check("0,30 5 * NOV MON", "*/30 5 * 11 MON");
    check("30 5 */2 * MON", "0 30 5 */2 * MON");
}

#[test]
fn what_is_refused() {
    let syntax = |field: &str| CronError::Syntax(field.to_owned());
    let numeric = |line: &str| CronError::NumericWeekday { corrected: line.to_owned() };
    let both = |line: &str| CronError::DayAndWeekday { corrected: line.to_owned() };
    let check = |text: &str, expected: CronError| {
        assert_eq!(CronRule::parse(text), Err(expected.clone()), "{text}");
        if let CronError::NumericWeekday { corrected } | CronError::DayAndWeekday { corrected } = &expected {
            assert!(CronRule::parse(corrected).is_ok(), "the remedy {corrected} itself is refused");
            assert!(expected.remedy().get(Lang::Vi).contains(corrected));
        }
        assert!(!expected.message().get(Lang::En).is_empty());
    };
    check("", CronError::FieldCount(0));
    check("@daily", CronError::FieldCount(1));
    check("30 5 * *", CronError::FieldCount(4));
    check("0 30 5 * * MON 2026 x", CronError::FieldCount(8));

    check("30 5 * * 1", numeric("30 5 * * MON"));
    check("30 5 * * 0", numeric("30 5 * * SUN"));
    check("30 5 * * 7", numeric("30 5 * * SUN"));
    check("30  5 * * 1-5", numeric("30 5 * * MON-FRI"));
    check("30 5 * * 1,3,5", numeric("30 5 * * MON,WED,FRI"));
    check("30 5 * * 5-7", numeric("30 5 * * FRI-SUN"));
    check("30 5 * * 0-7", numeric("30 5 * * *"));
    check("30 5 * * 0-6/2", numeric("30 5 * * */2"));
    check("30 5 * * 5-5/2", numeric("30 5 * * FRI"));
    check("30 5 * * 1-5/2", numeric("30 5 * * MON-FRI/2"));
    check("30 5 * * MON,4-SAT", numeric("30 5 * * MON,THU-SAT"));
    check("0 30 5 * * 2 2026-2030", numeric("0 30 5 * * TUE 2026-2030"));

    check("30 5 1,15 * MON", both("0 30 5 1,15 * MON"));
    check("30 5 1-7 * SUN-SAT", both("0 30 5 1-7 * SUN-SAT"));

    check("30 5 1,15 * 1", both("0 30 5 1,15 * MON"));
    check("30 5 1 * 0-7", numeric("30 5 1 * *"));

    check("30 5 31 2 *", CronError::Never);
    check("30 5 30,31 FEB *", CronError::Never);
    check("0 30 5 29 2 * 2026", CronError::Never);
    check("* * * * * *", CronError::TooOften);
    check("* 30 5 * * *", CronError::TooOften);
    check("0,30 30 5 * * *", CronError::TooOften);

    check("75 5 * * *", syntax("75"));
    check("75 5 1 * 1", syntax("75"));
    check("30 24 * * *", syntax("24"));
    check("30 5 0 * *", syntax("0"));
    check("30 5 * 13 *", syntax("13"));
    check("30 5 * * 8", syntax("8"));
    check("30 5 * * MON/2", syntax("MON/2"));
    check("30 5 * * 1/2", syntax("1/2"));
    check("30 5 * * MON#2", syntax("MON#2"));
    check("30 5 * * */0", syntax("*/0"));
    check("30 5 * * */9", syntax("*/9"));
    check("30 5 * * MON,", syntax("MON,"));
    check("30 5 * * THUR", syntax("THUR"));
    check("30 5 L * *", syntax("L"));
    check("30 5-1 * * *", syntax("5-1"));
    check("0 30 5 * * * 2200", syntax("2200"));
    check("4294967296 5 * * *", syntax("4294967296"));
    // The crate needs no space between fields: what is one word here must not be two fields there.
    check("30 5 ** * *", syntax("**"));
    check("0 5 * 1MON *", syntax("1MON"));
    check("30 5- 6 * *", syntax("5-"));
    check("30 5 * *2 *", syntax("*2"));
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in "[-0-9*/?,#LWMONSUa-d \u{1ec7}]{0,30}") {
        if let Ok(rule) = CronRule::parse(&text) {
            prop_assert_eq!(rule.source(), text);
            prop_assert!(rule.on_day(date(2026, 11, 23)).len() <= 1440);
        }
    }

    #[test]
    fn what_is_to_be_pasted_is_understood(
        seconds in prop::sample::select(vec!["", "0 "]),
        day in field(1, 28, &[]),
        weekday in field(0, 7, &[]),
    ) {
        use CronError::{DayAndWeekday, NumericWeekday};
        let text = format!("{seconds}30 5 {} * {}", day.text, weekday.text);
        if let Err(NumericWeekday { corrected } | DayAndWeekday { corrected }) = CronRule::parse(&text) {
            prop_assert!(CronRule::parse(&corrected).is_ok(), "{} instead of {}", corrected, text);
        }
    }
}
