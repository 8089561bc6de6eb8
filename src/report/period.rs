//! Periods of quotas as people type them (`2026-W48`) and as they read them ("Tuần 48: 23/11 – 29/11"). Pure.

use jiff::civil::{Date, ISOWeekDate, Weekday};

use crate::model::quota::Period;
use crate::model::text::Text;
use crate::model::time::day_name;
use crate::text;

/// The label of a period, understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodLabel {
    /// `2026-11-23`.
    Day(Date),
    /// `2026-W48`: ISO year, and a week that it has.
    Week(i16, i8),
    /// `2026-11`.
    Month(i16, i8),
    /// `2026-Q4`.
    Quarter(i16, i8),
    /// `2026`.
    Year(i16),
    /// `plan`.
    Plan,
}

impl PeriodLabel {
    /// What `text` means; nothing if no period can be called so.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "plan" {
            return Some(Self::Plan);
        }
        if !text.is_ascii() || text.len() > 10 {
            return None;
        }
        let (year, rest) = text.split_once('-').unwrap_or((text, ""));
        let year: i16 = digits(year, 4)?;
        match (rest, rest.split_at_checked(1)) {
            ("", _) if text.len() == 4 => Some(Self::Year(year)),
            (_, Some(("W", week))) => {
                let week = digits(week, 2)?;
                ISOWeekDate::new(year, week, Weekday::Monday).ok().map(|_| Self::Week(year, week))
            }
            (_, Some(("Q", quarter))) => {
                digits(quarter, 1).filter(|q| (1..=4).contains(q)).map(|q| Self::Quarter(year, q))
            }
            (month, _) if month.len() == 2 => {
                digits(month, 2).filter(|m| (1..=12).contains(m)).map(|m| Self::Month(year, m))
            }
            (day, _) if day.len() == 5 => text.parse().ok().map(Self::Day),
            _ => None,
        }
    }

    /// Is this how periods of that rhythm are called?
    #[must_use]
    pub fn is_of(self, period: Period) -> bool {
        matches!(
            (self, period),
            (Self::Day(_), Period::Day)
                | (Self::Week(..), Period::Week)
                | (Self::Month(..), Period::Month(_))
                | (Self::Quarter(..), Period::Quarter(_))
                | (Self::Year(_), Period::Year(_))
                | (Self::Plan, Period::Plan)
        )
    }

    /// The year that it names.
    #[must_use]
    pub fn year(self) -> Option<i16> {
        match self {
            Self::Day(date) => Some(date.year()),
            Self::Week(year, _) | Self::Month(year, _) | Self::Quarter(year, _) | Self::Year(year) => Some(year),
            Self::Plan => None,
        }
    }

    /// "Tuần 48", with the year where it is not that of `today`.
    fn words(self, today: Option<Date>) -> Text {
        match self {
            Self::Day(date) => day_name(date.weekday()),
            Self::Week(year, week) if today.is_some_and(|t| year == t.iso_week_date().year()) => {
                text!("Tuần {week:02}", "Week {week:02}")
            }
            Self::Week(year, week) => text!("Tuần {week:02}/{year}", "Week {week:02}/{year}"),
            Self::Month(year, month) => text!("Tháng {month:02}/{year}", "Month {month:02}/{year}"),
            Self::Quarter(year, quarter) => {
                let roman = ["I", "II", "III", "IV"].get(usize::try_from(quarter - 1).unwrap_or(0)).unwrap_or(&"");
                text!("Quý {roman}/{year}", "Quarter {quarter}/{year}")
            }
            Self::Year(year) => text!("Năm {year}", "Year {year}"),
            Self::Plan => text!("Cả kế hoạch", "Whole plan"),
        }
    }
}

/// How the periods of a rhythm are called.
#[must_use]
pub fn period_example(period: Period) -> &'static str {
    match period {
        Period::Day => "2026-11-23",
        Period::Week => "2026-W48",
        Period::Month(_) => "2026-11",
        Period::Quarter(_) => "2026-Q4",
        Period::Year(_) => "2026",
        Period::Plan => "plan",
    }
}

/// "Tuần 48/2026"; its days are said elsewhere.
#[must_use]
pub fn period_name(label: &str) -> Text {
    PeriodLabel::parse(label).map_or_else(|| Text::new(label, label), |l| l.words(None))
}

/// "Tuần 48: 23/11 – 29/11"; years are said where they are not that of `today`.
#[must_use]
pub fn period_words(label: &str, from: Date, until: Date, today: Date) -> Text {
    let name = PeriodLabel::parse(label).map_or_else(|| Text::new(label, label), |l| l.words(Some(today)));
    let (days, between) = (days_words(from, until, today), if from == until { " " } else { ": " });
    Text::new(format!("{}{between}{days}", name.vi), format!("{}{between}{days}", name.en))
}

/// "23/11 – 29/11"; years are said where they are not that of `today`.
#[must_use]
pub fn days_words(from: Date, until: Date, today: Date) -> String {
    let near = from.year() == today.year() && until.year() == today.year();
    let date = |date: Date| date.strftime(if near { "%d/%m" } else { "%d/%m/%Y" }).to_string();
    if from == until { date(from) } else { format!("{} – {}", date(from), date(until)) }
}

/// A number of exactly so many digits.
fn digits<T: std::str::FromStr>(text: &str, width: usize) -> Option<T> {
    (text.len() == width && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn labels_are_what_they_are_called_and_nothing_else() {
        let check =
            |text: &str, expected: Option<PeriodLabel>| assert_eq!(PeriodLabel::parse(text), expected, "{text}");
        check("2026-11-23", Some(PeriodLabel::Day(date(2026, 11, 23))));
        check("2026-W48", Some(PeriodLabel::Week(2026, 48)));
        check("2026-W53", Some(PeriodLabel::Week(2026, 53)));
        check("2026-11", Some(PeriodLabel::Month(2026, 11)));
        check("2026-Q4", Some(PeriodLabel::Quarter(2026, 4)));
        check("2026", Some(PeriodLabel::Year(2026)));
        check("plan", Some(PeriodLabel::Plan));
        for odd in [
            "",
            "2025-W53",
            "2026-W00",
            "2026-W4",
            "2026-w48",
            "2026-13",
            "2026-00",
            "2026-1",
            "2026-Q5",
            "2026-Q",
            "2026-",
            "26",
            "20261123",
            "2026-11-31",
            "W48",
            "48",
            "tuần 48",
            "2026-W480",
            "+026",
            "Plan",
            "2026-11-23T05:30",
            "2026-+1",
        ] {
            check(odd, None);
        }
    }

    #[test]
    fn periods_are_said_as_people_say_them() {
        let today = date(2026, 11, 23);
        let check = |label: &str, from: Date, until: Date, vi: &str, en: &str| {
            assert_eq!(period_words(label, from, until, today), Text::new(vi, en));
        };
        let (monday, sunday) = (date(2026, 11, 23), date(2026, 11, 29));
        check("2026-W48", monday, sunday, "Tuần 48: 23/11 – 29/11", "Week 48: 23/11 – 29/11");
        let (from, until) = (date(2027, 2, 15), date(2027, 2, 21));
        check(
            "2027-W07",
            from,
            until,
            "Tuần 07/2027: 15/02/2027 – 21/02/2027",
            "Week 07/2027: 15/02/2027 – 21/02/2027",
        );
        check("2026-11-23", monday, monday, "Thứ Hai 23/11", "Monday 23/11");
        let (from, until) = (date(2026, 10, 26), date(2026, 11, 25));
        check("2026-11", from, until, "Tháng 11/2026: 26/10 – 25/11", "Month 11/2026: 26/10 – 25/11");
        let (from, until) = (date(2026, 10, 1), date(2026, 12, 31));
        check("2026-Q4", from, until, "Quý IV/2026: 01/10 – 31/12", "Quarter 4/2026: 01/10 – 31/12");
        let (from, until) = (date(2023, 6, 1), date(2024, 5, 31));
        check("plan", from, until, "Cả kế hoạch: 01/06/2023 – 31/05/2024", "Whole plan: 01/06/2023 – 31/05/2024");
        check("lạ", monday, sunday, "lạ: 23/11 – 29/11", "lạ: 23/11 – 29/11");
    }
}
