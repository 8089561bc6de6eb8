//! In which periods a quota is asked for: their days, their labels, and what is asked of one that is cut. Pure.

use jiff::ToSpan as _;
use jiff::civil::{Date, ISOWeekDate, Weekday};

use crate::model::quota::{Closing, PartialPeriod, Period, Quota};
use crate::model::seeded::{Bug, seeded};

/// A period of a quota, as far as the quota binds in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// `2026-11-23`, `2026-W48`, `2026-11`, `2026-Q4`, `2026`, `plan`.
    pub label: String,
    /// First day, not before the quota's.
    pub first: Date,
    /// Last day, not before `first` and not after the quota's.
    pub last: Date,
    /// Days of the whole period, 1 or more: more than `first`…`last` has if the quota cuts it.
    pub days_whole: u32,
}

impl Span {
    /// Does the day lie in it?
    #[must_use]
    pub fn contains(&self, date: Date) -> bool {
        self.first <= date && date <= self.last
    }

    /// How many days it has.
    #[must_use]
    pub fn days(&self) -> u32 {
        days(self.first, self.last)
    }

    /// Is nothing asked of it?
    #[must_use]
    pub fn is_exempt(&self, quota: &Quota) -> bool {
        quota.partial_period == PartialPeriod::Exempt && self.days() < self.days_whole
    }

    /// What is asked of it where `whole` is asked of a whole period.
    #[must_use]
    pub fn required(&self, quota: &Quota, whole: u32) -> u32 {
        match quota.partial_period {
            PartialPeriod::Exempt if self.is_exempt(quota) => 0,
            PartialPeriod::Full | PartialPeriod::Exempt => whole,
            PartialPeriod::ProRata => {
                let part = u64::from(whole) * u64::from(self.days());
                u32::try_from(part.div_ceil(u64::from(self.days_whole))).unwrap_or(whole)
            }
        }
    }
}

/// The period in which a day lies; nothing on days on which the quota does not bind.
#[must_use]
pub fn period_on(quota: &Quota, date: Date) -> Option<Span> {
    let binds = quota.from.is_none_or(|from| from <= date) && quota.until.is_none_or(|until| date <= until);
    if binds { cut(quota, whole(quota, date)?) } else { None }
}

/// All periods that the days touch, both included, by time.
#[must_use]
pub fn periods(quota: &Quota, from: Date, until: Date) -> Vec<Span> {
    let from = quota.from.map_or(from, |first| first.max(from));
    let until = quota.until.map_or(until, |last| last.min(until));
    let mut found: Vec<Span> = Vec::new();
    let mut day = from;
    while day <= until
        && let Some(span) = period_on(quota, day)
    {
        let last = span.last;
        found.push(span);
        match last.tomorrow() {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    found
}

/// The period with this label; nothing for labels of another rhythm, and where the quota does not bind.
#[must_use]
pub(super) fn named(quota: &Quota, label: &str) -> Option<Span> {
    let whole = whole(quota, day_of(quota, label)?)?;
    if whole.label == label { cut(quota, whole) } else { None }
}

/// A period as the calendar has it.
struct Whole {
    label: String,
    first: Date,
    last: Date,
}

fn whole(quota: &Quota, date: Date) -> Option<Whole> {
    let closed = |closing, months: i8, label: fn(Date) -> String| {
        let month = closing_month(closing, date)?;
        let until_last = (months - month.month() % months) % months;
        let last_month = month.checked_add(i32::from(until_last).months()).ok()?;
        let before = last_month.checked_sub(i32::from(months).months()).ok()?;
        let first = close(closing, before).tomorrow().ok()?;
        Some(Whole { label: label(last_month), first, last: close(closing, last_month) })
    };
    match quota.period {
        Period::Day => Some(Whole { label: date.to_string(), first: date, last: date }),
        Period::Week => {
            let week = date.iso_week_date();
            let offset = date.weekday().to_monday_zero_offset();
            let offset = if seeded(Bug::WeekBeginsOnSunday) { (offset + 1) % 7 } else { offset };
            let first = date.checked_sub(i32::from(offset).days()).ok()?;
            let last = first.checked_add(6.days()).ok()?;
            Some(Whole { label: format!("{:04}-W{:02}", week.year(), week.week()), first, last })
        }
        Period::Month(closing) => closed(closing, 1, |m| format!("{:04}-{:02}", m.year(), m.month())),
        Period::Quarter(closing) => closed(closing, 3, |m| format!("{:04}-Q{}", m.year(), m.month() / 3)),
        Period::Year(closing) => closed(closing, 12, |m| format!("{:04}", m.year())),
        Period::Plan => Some(Whole { label: "plan".to_owned(), first: quota.from?, last: quota.until? }),
    }
}

/// A day that the whole period with this label has, if the label is one of the quota's rhythm.
fn day_of(quota: &Quota, label: &str) -> Option<Date> {
    let first_of = |year: &str, month: i8| Date::new(year.parse().ok()?, month, 1).ok();
    match quota.period {
        Period::Day => label.parse().ok(),
        Period::Week => {
            let (year, week) = label.split_once("-W")?;
            let monday = ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday);
            monday.ok().map(ISOWeekDate::date)
        }
        Period::Month(_) => {
            let (year, month) = label.split_once('-')?;
            first_of(year, month.parse().ok()?)
        }
        Period::Quarter(_) => {
            let (year, quarter) = label.split_once("-Q")?;
            first_of(year, quarter.parse::<i8>().ok()?.checked_mul(3)?)
        }
        Period::Year(_) => first_of(label, 12),
        Period::Plan => quota.from,
    }
}

/// The first day of the month in which the reporting month of a day closes.
fn closing_month(closing: Closing, date: Date) -> Option<Date> {
    let month = date.first_of_month();
    if date <= close(closing, month) { Some(month) } else { month.checked_add(1.month()).ok() }
}

/// The day of a month on which it closes.
fn close(closing: Closing, month: Date) -> Date {
    let last = month.last_of_month();
    match closing {
        Closing::LastDay => last,
        Closing::Day(day) => month.with().day(day).build().unwrap_or(last),
    }
}

fn cut(quota: &Quota, whole: Whole) -> Option<Span> {
    let first = quota.from.map_or(whole.first, |from| from.max(whole.first));
    let last = quota.until.map_or(whole.last, |until| until.min(whole.last));
    let days_whole = days(whole.first, whole.last);
    (first <= last).then_some(Span { label: whole.label, first, last, days_whole })
}

/// Days from `first` to `last`, both included.
fn days(first: Date, last: Date) -> u32 {
    let between = last.duration_since(first).as_hours() / 24;
    u32::try_from(between + 1).unwrap_or(0)
}
