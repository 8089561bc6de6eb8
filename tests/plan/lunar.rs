//! The lunar calendar: the published days, another program's three centuries (`lunar/oracle.py`), and what holds of every day.

use jiff::civil::{Date, date};
use loaphuong::plan::{Leap, LunarDate, tet};

fn lunar(year: i16, month: i8, day: i8) -> LunarDate {
    LunarDate { year, month, leap: Leap::Usual, day }
}

fn every_day() -> impl Iterator<Item = Date> {
    date(1900, 1, 31).series(jiff::Span::new().days(1)).take_while(|day| day.year() < 2200)
}

#[test]
fn days_that_were_announced_in_vietnam() {
    let check = |expected: &str, of: LunarDate| {
        let expected: Date = expected.parse().unwrap();
        assert_eq!(of.solar(), Some(expected), "{of:?}");
        assert_eq!(LunarDate::of(expected), Some(of));
    };
    // China had 1985-02-20, 2007-02-18 and 2030-02-03.
    let known = "1968-01-29 1985-01-21 2007-02-17 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 \
                 2029-02-13 2030-02-02 2031-01-23 2032-02-11";
    for day in known.split_whitespace() {
        let year = day[..4].parse().unwrap();
        check(day, lunar(year, 1, 1));
        assert_eq!(tet(year), Some(day.parse().unwrap()));
    }
    for day in ["2026-04-26", "2027-04-16", "2028-04-04", "2030-04-12"] {
        check(day, lunar(day[..4].parse().unwrap(), 3, 10));
    }
    check("2023-03-22", LunarDate { leap: Leap::Leap, ..lunar(2023, 2, 1) });
    check("2025-07-25", LunarDate { leap: Leap::Leap, ..lunar(2025, 6, 1) });
    check("2026-02-16", lunar(2025, 12, 29));
    check("2024-02-09", lunar(2023, 12, 30));
}

#[test]
fn in_no_solar_year_from_2025_to_2032_has_the_twelfth_month_a_thirtieth() {
    let last = |year: i16| LunarDate::of(tet(year + 1).unwrap().yesterday().unwrap()).unwrap().day;
    assert_eq!((2023..=2033).map(last).collect::<Vec<_>>(), [30, 29, 29, 29, 29, 29, 29, 29, 29, 30, 30]);
}

#[test]
fn what_does_not_exist_has_no_day() {
    let leap = LunarDate { leap: Leap::Leap, ..lunar(2026, 6, 1) };
    for none in
        [lunar(2025, 12, 30), lunar(2026, 13, 1), lunar(2026, 0, 1), lunar(2026, 1, 0), lunar(2026, 1, 31), leap]
    {
        assert_eq!(none.solar(), None, "{none:?}");
    }
    assert_eq!((tet(1899), tet(2200), tet(i16::MIN)), (None, None, None));
    assert_eq!(LunarDate::of(date(1900, 1, 30)), None);
    assert_eq!(LunarDate::of(date(1900, 1, 31)), Some(lunar(1900, 1, 1)));
    assert_eq!(LunarDate::of(Date::MIN), None);
    let end = every_day().last().unwrap();
    assert!(LunarDate::of(end).is_some());
    assert_eq!(LunarDate::of(date(2200, 3, 1)), None);
}

#[test]
fn every_day_there_and_back_one_after_the_other() {
    let mut before: Option<LunarDate> = None;
    for day in every_day() {
        let here = LunarDate::of(day).unwrap();
        assert_eq!(here.solar(), Some(day), "{here:?}");
        if let Some(before) = before {
            assert!(before < here, "{before:?} {here:?}");
            let stays = (before.year, before.month, before.leap) == (here.year, here.month, here.leap);
            let turns = here.day == 1 && (29..=30).contains(&before.day);
            assert!(if stays { here.day == before.day + 1 } else { turns }, "{before:?} {here:?}");
        }
        before = Some(here);
    }
}

/// A year in the form of the golden file: Tết, the months' lengths, the leap month.
fn line(year: i16) -> String {
    let first = tet(year).unwrap();
    let (mut lengths, mut leap) = (String::new(), "-".to_owned());
    let mut days = first.series(jiff::Span::new().days(1)).map_while(LunarDate::of).take_while(|d| d.year == year);
    let mut last = days.next().unwrap();
    for day in days.chain([lunar(year + 1, 1, 1)]) {
        if day.day == 1 {
            lengths.push_str(&(last.day % 10).to_string());
            if day.leap == Leap::Leap {
                leap = day.month.to_string();
            }
        }
        last = day;
    }
    format!("{first} {lengths} {leap}")
}

#[test]
fn three_centuries_are_as_another_program_has_them() {
    let golden: Vec<_> = include_str!("lunar/years.txt").lines().filter(|l| !l.starts_with('#')).collect();
    let ours: Vec<_> = (1900..2200).map(line).collect();
    assert!(ours.iter().all(|year| (12..=13).contains(&year.split(' ').nth(1).unwrap().len())));
    let other: Vec<_> = ours.iter().zip(&golden).filter(|(ours, golden)| ours != *golden).collect();
    // The new moon of 8 July 1967 came four seconds after midnight (JPL's DE421): no calendar can be held to that.
    assert_eq!(other, [(&"1967-02-09 009090909909 -".to_owned(), &"1967-02-09 009009909909 -")]);
    assert_eq!(golden.len(), ours.len());
}
