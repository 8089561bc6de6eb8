//! The calendar's periods: their days and labels, what is asked of parts, and the arithmetic of a real plan.

use jiff::civil::{Date, date};
use loaphuong::compliance::{period_on, periods};
use loaphuong::model::quota::Quota;

use crate::world::QuotaCase;

fn quota(toml: &str) -> Quota {
    toml::from_str::<QuotaCase>(toml).unwrap_or_else(|e| panic!("{toml}: {e}")).quota()
}

/// `label first last days_whole`, of the period in which the day lies.
#[test]
fn each_day_lies_in_its_period() {
    let check = |rhythm: &str, day: Date, expected: &str| {
        let quota = quota(&format!("airings = 1\n{}", rhythm.replace("; ", "\n")));
        let found = period_on(&quota, day);
        let found = found.map_or("none".to_owned(), |s| format!("{} {} {} {}", s.label, s.first, s.last, s.days_whole));
        assert_eq!(found, expected, "{rhythm}, {day}");
    };
    check("period = 'day'", date(2026, 11, 23), "2026-11-23 2026-11-23 2026-11-23 1");
    check("period = 'week'", date(2026, 11, 29), "2026-W48 2026-11-23 2026-11-29 7");
    check("period = 'week'", date(2026, 12, 28), "2026-W53 2026-12-28 2027-01-03 7");
    check("period = 'week'", date(2027, 1, 3), "2026-W53 2026-12-28 2027-01-03 7");
    check("period = 'week'", date(2027, 1, 4), "2027-W01 2027-01-04 2027-01-10 7");
    check("period = 'week'", date(2027, 12, 31), "2027-W52 2027-12-27 2028-01-02 7");
    check("period = 'week'", date(2024, 12, 30), "2025-W01 2024-12-30 2025-01-05 7");
    check("period = 'month'", date(2028, 2, 29), "2028-02 2028-02-01 2028-02-29 29");
    check("period = 'month'; closing_day = 25", date(2026, 11, 25), "2026-11 2026-10-26 2026-11-25 31");
    check("period = 'month'; closing_day = 25", date(2026, 11, 26), "2026-12 2026-11-26 2026-12-25 30");
    check("period = 'month'; closing_day = 28", date(2027, 1, 1), "2027-01 2026-12-29 2027-01-28 31");
    check("period = 'month'; closing_day = 28", date(2027, 3, 1), "2027-03 2027-03-01 2027-03-28 28");
    check("period = 'month'; closing_day = 1", date(2027, 1, 2), "2027-02 2027-01-02 2027-02-01 31");
    check("period = 'quarter'", date(2026, 11, 23), "2026-Q4 2026-10-01 2026-12-31 92");
    check("period = 'quarter'; closing_day = 25", date(2026, 9, 26), "2026-Q4 2026-09-26 2026-12-25 91");
    check("period = 'quarter'; closing_day = 25", date(2026, 12, 26), "2027-Q1 2026-12-26 2027-03-25 90");
    check("period = 'quarter'; closing_day = 25", date(2026, 3, 25), "2026-Q1 2025-12-26 2026-03-25 90");
    check("period = 'year'", date(2028, 1, 1), "2028 2028-01-01 2028-12-31 366");
    check("period = 'year'; closing_day = 25", date(2026, 12, 25), "2026 2025-12-26 2026-12-25 365");
    check("period = 'year'; closing_day = 25", date(2026, 12, 26), "2027 2026-12-26 2027-12-25 365");
    let plan = "period = 'plan'; from = '2023-06-01'; until = '2024-05-31'";
    check(plan, date(2023, 6, 1), "plan 2023-06-01 2024-05-31 366");
    check(plan, date(2024, 6, 1), "none");
    let cut = "period = 'week'; from = '2026-11-25'; until = '2026-12-01'";
    check(cut, date(2026, 11, 24), "none");
    check(cut, date(2026, 11, 25), "2026-W48 2026-11-25 2026-11-29 7");
    check(cut, date(2026, 12, 1), "2026-W49 2026-11-30 2026-12-01 7");
    check(cut, date(2026, 12, 2), "none");
}

/// The plan of Tam Kỳ, Thursday 2023-06-01 to Friday 2024-05-31: 51 whole weeks and two parts of four and five days.
#[test]
fn a_plan_of_a_year_asks_for_204_or_212() {
    let check = |partial: &str, expected: [u32; 3]| {
        let text = format!(
            "period = 'week'\nairings = 4\nat_least = {{ bhxh = 2 }}\npartial_period = '{partial}'\n\
             from = '2023-06-01'\nuntil = '2024-05-31'"
        );
        let quota = quota(&text);
        let weeks = periods(&quota, date(2020, 1, 1), date(2030, 1, 1));
        let sum = |whole: u32| weeks.iter().map(|week| week.required(&quota, whole)).sum::<u32>();
        let exempt = weeks.iter().filter(|week| week.is_exempt(&quota)).count();
        assert_eq!([sum(4), sum(2), u32::try_from(exempt).unwrap()], expected, "{partial}");
        assert_eq!(weeks.len(), 53);
    };
    check("full", [212, 106, 0]);
    check("exempt", [204, 102, 2]);
    // 4 × 4/7 and 4 × 5/7 are 3 and 3, 2 × 4/7 and 2 × 5/7 are 2 and 2.
    check("pro_rata", [210, 106, 0]);
}

#[test]
fn years_have_their_weeks() {
    let quota = quota("period = 'week'\nairings = 4");
    let weeks = |year: i16| {
        let labels = periods(&quota, date(year, 1, 4), date(year, 12, 28)).into_iter().map(|week| week.label);
        labels.filter(|label| label.starts_with(&year.to_string())).count()
    };
    assert_eq!([2025, 2026, 2027, 2032].map(weeks), [52, 53, 52, 53]);
}
