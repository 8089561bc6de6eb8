//! The lunar calendar of Vietnam, computed: local days at UTC+7, lunar years 1900 to 2199. Pure.
//!
//! A month begins on the day of a new moon. The eleventh is the month of the winter solstice; where thirteen months begin
//! from one eleventh to the next, the first of them in which the Sun enters no new twelfth of its way (no *trung khí*)
//! is a leap month and bears the number of the one before. All years are reckoned at the meridian of today's law, also
//! those in which other calendars were in use. A new moon within a few seconds of midnight can be a day off: in three
//! centuries one is (8 July 1967).

mod sky;

use std::sync::OnceLock;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use sky::DayNumber;

/// The first lunar year that is answered for.
const FIRST: i16 = 1900;
/// How many are.
const YEARS: usize = 300;

/// A day of the lunar calendar. Any numbers can stand here: [`LunarDate::solar`] knows which days exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LunarDate {
    /// The year whose first day is the Tết of this solar year.
    pub year: i16,
    /// 1–12.
    pub month: i8,
    /// The month itself, or the leap month after it.
    pub leap: Leap,
    /// 1–30.
    pub day: i8,
}

/// Which of two months with one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Leap {
    /// The month itself.
    #[default]
    Usual,
    /// The one that follows and bears its number (*tháng nhuận*).
    Leap,
}

impl LunarDate {
    /// The lunar day of a solar one; nothing before Tết 1900 and after the end of lunar 2199.
    #[must_use]
    pub fn of(date: Date) -> Option<Self> {
        let this = lunar_year(date.year()).filter(|year| year.begins() <= date);
        let (number, year) = match this {
            Some(year) => (date.year(), year),
            None => (date.year() - 1, lunar_year(date.year() - 1)?),
        };
        let month = year.months.iter().rfind(|month| month.first <= date)?;
        let day = days_from(month.first, date) + 1;
        (day <= month.length).then_some(Self { year: number, month: month.number, leap: month.leap, day })
    }

    /// The solar day; nothing if there is no such day, or outside the years 1900 to 2199.
    #[must_use]
    pub fn solar(self) -> Option<Date> {
        let months = &lunar_year(self.year)?.months;
        let month = months.iter().find(|month| (month.number, month.leap) == (self.month, self.leap))?;
        let exists = 1 <= self.day && self.day <= month.length;
        exists.then(|| month.first.saturating_add((i64::from(self.day) - 1).days()))
    }
}

/// The first day of a lunar year (*mùng một Tết*); nothing outside the years 1900 to 2199.
#[must_use]
pub fn tet(year: i16) -> Option<Date> {
    Some(lunar_year(year)?.begins())
}

/// The months of a lunar year, twelve or thirteen.
struct LunarYear {
    months: Vec<Month>,
}

struct Month {
    first: Date,
    /// 29 or 30.
    length: i8,
    number: i8,
    leap: Leap,
}

impl LunarYear {
    fn begins(&self) -> Date {
        self.months.first().map_or(Date::MAX, |month| month.first)
    }
}

/// Each year is computed once: a schedule asks for few years, thousands of times. Nothing else is remembered here, and
/// nobody can tell it from computing anew.
fn lunar_year(year: i16) -> Option<&'static LunarYear> {
    static KNOWN: [OnceLock<LunarYear>; YEARS] = [const { OnceLock::new() }; YEARS];
    let place = usize::try_from(year.checked_sub(FIRST)?).ok()?;
    Some(KNOWN.get(place)?.get_or_init(|| compute(year)))
}

/// The months of a lunar year: from the first to the tenth after the solstice before it, and what follows the solstice
/// in it up to the next first month.
fn compute(year: i16) -> LunarYear {
    let (before, after) = (from_solstice(year - 1), from_solstice(year));
    let end = after.iter().position(|m| m.number == 1).unwrap_or(after.len());
    let begin = before.iter().position(|m| m.number == 1).unwrap_or(before.len());
    LunarYear { months: before.into_iter().skip(begin).chain(after.into_iter().take(end)).collect() }
}

/// The months from the eleventh, which holds the solstice of this December, to the last before the next eleventh.
fn from_solstice(year: i16) -> Vec<Month> {
    let k = sky::new_moon_before(days_from_zero(date(year, 11, 20)));
    let firsts: Vec<DayNumber> = (k..k + 18).map(sky::day_of_new_moon).collect();
    // The twelfth in which the Sun stands when each month begins; the solstice is where the ninth begins.
    let twelfths: Vec<u8> = firsts.iter().map(|day| sky::twelfth_at(*day)).collect();
    let mut solstices = (0..firsts.len() - 1).filter(|i| twelfths[*i] < 9 && (9..11).contains(&twelfths[i + 1]));
    let (Some(begin), Some(end)) = (solstices.next(), solstices.next()) else { return Vec::new() };
    let leap = (begin + 1..end).find(|i| end - begin == 13 && twelfths[*i] == twelfths[i + 1]);

    let mut number = 10;
    let month = |i: usize| {
        let leap = if leap == Some(i) { Leap::Leap } else { Leap::Usual };
        if leap == Leap::Usual {
            number = number % 12 + 1;
        }
        let first = date(2000, 1, 1).saturating_add(i64::from(firsts[i]).days());
        Month { first, length: i8::try_from(firsts[i + 1] - firsts[i]).unwrap_or_default(), number, leap }
    };
    (begin..end).map(month).collect()
}

/// Days of the calendar from one date to another, within a month.
fn days_from(first: Date, date: Date) -> i8 {
    i8::try_from(date.duration_since(first).as_hours() / 24).unwrap_or(i8::MAX - 1)
}

fn days_from_zero(day: Date) -> DayNumber {
    i32::try_from(day.duration_since(date(2000, 1, 1)).as_hours() / 24).unwrap_or_default()
}
