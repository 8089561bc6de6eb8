//! `cron = "…"`: the one place that knows the cron crate. Pure.
//!
//! The crate reads and expands the fields. It is never asked for points in time: what a wall time means in some zone is
//! decided where occurrences are placed. Where dialects of cron disagree, a rule is refused with the text to paste
//! instead: numbers for days of the week, and (in five fields) a day of the month together with a day of the week.
//! With six or seven fields both must hold. Years reach from 1970 to 2100. `@daily`, `L`, `W` and `#` are not known.

mod refusal;
mod weekdays;

use cron::{Schedule, TimeUnitSpec as _};
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Time, date};

pub use refusal::CronError;

/// A cron rule that was understood: it fires on some day between 1970 and 2100, and at most once a minute.
#[derive(Debug, Clone)]
pub struct CronRule {
    source: String,
    schedule: Box<Schedule>,
    /// Ascending, each once, at most 1,440.
    times: Vec<Time>,
}

impl PartialEq for CronRule {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

/// The places of the fields once seconds stand first.
const DAY: usize = 3;
const WEEKDAY: usize = 5;

impl CronRule {
    /// Reads five fields (crontab) or six/seven (seconds first, year last).
    ///
    /// # Errors
    /// See [`CronError`].
    pub fn parse(text: &str) -> Result<Self, CronError> {
        let written: Vec<&str> = text.split_whitespace().collect();
        let seconds: &[&str] = match written.len() {
            5 => &["0"],
            6 | 7 => &[],
            n => return Err(CronError::FieldCount(n)),
        };
        let fields = [seconds, &written].concat();

        let days = weekdays::read(fields[WEEKDAY]).ok_or_else(|| CronError::Syntax(fields[WEEKDAY].to_owned()))?;
        let fields_read = with(&fields, WEEKDAY, &days.list);
        for (place, field) in fields_read.iter().enumerate() {
            understood(place, field)?;
        }
        // What is to be pasted instead must not be refused in its turn: it has names wherever it has days.
        let mut named = with(&fields, WEEKDAY, days.named.as_deref().unwrap_or(fields[WEEKDAY]));
        if written.len() == 5 && restricts(named[DAY]) && restricts(named[WEEKDAY]) {
            return Err(CronError::DayAndWeekday { corrected: named.join(" ") });
        }
        if days.named.is_some() {
            return Err(CronError::NumericWeekday { corrected: named.split_off(seconds.len()).join(" ") });
        }
        let schedule = fields_read.join(" ").parse().map_err(|_| CronError::Syntax(text.to_owned()))?;
        Self::bounded(text, schedule)
    }

    fn bounded(text: &str, schedule: Schedule) -> Result<Self, CronError> {
        if schedule.seconds().count() > 1 {
            return Err(CronError::TooOften);
        }
        let rule = Self { source: text.to_owned(), times: times_of_day(&schedule), schedule: Box::new(schedule) };
        let mut days = date(1970, 1, 1).series(1.day()).take_while(|day| day.year() <= 2100);
        if days.any(|day| rule.fires_on(day)) { Ok(rule) } else { Err(CronError::Never) }
    }

    /// The text as it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The local times of `date` at which the rule fires, in ascending order, each once. Wall times: whether a time
    /// exists on that day in some zone is the caller's to decide.
    #[must_use]
    pub fn on_day(&self, date: Date) -> Vec<DateTime> {
        let times: &[Time] = if self.fires_on(date) { &self.times } else { &[] };
        times.iter().map(|time| date.to_datetime(*time)).collect()
    }

    /// The local times of every day on which the rule fires, in ascending order, each once.
    #[must_use]
    pub fn times(&self) -> &[Time] {
        &self.times
    }

    /// Does the rule fire on this day?
    #[must_use]
    pub fn fires_on(&self, date: Date) -> bool {
        let rule = &self.schedule;
        rule.days_of_week().includes(u32::from(date.weekday().to_sunday_one_offset().unsigned_abs()))
            && rule.days_of_month().includes(u32::from(date.day().unsigned_abs()))
            && rule.months().includes(u32::from(date.month().unsigned_abs()))
            && rule.years().includes(u32::from(date.year().unsigned_abs()))
    }
}

fn with<'a>(fields: &[&'a str], place: usize, field: &'a str) -> Vec<&'a str> {
    let mut fields = fields.to_vec();
    fields[place] = field;
    fields
}

/// Is this one field, the whole field and a field of its place? The crate wants no space between fields (`**` is two of
/// them, `5- 6` is one), so each is read alone, among stars.
fn understood(place: usize, field: &str) -> Result<(), CronError> {
    match with(&["*"; 7], place, field).join(" ").parse::<Schedule>() {
        Ok(_) => Ok(()),
        Err(_) => Err(CronError::Syntax(field.to_owned())),
    }
}

/// Does the field leave days out, as crontab sees it? There, whatever begins with a star does not.
fn restricts(field: &str) -> bool {
    !field.starts_with(['*', '?'])
}

fn times_of_day(schedule: &Schedule) -> Vec<Time> {
    let mut times = Vec::new();
    for hour in schedule.hours().iter().filter_map(|h| i8::try_from(h).ok()) {
        for minute in schedule.minutes().iter().filter_map(|m| i8::try_from(m).ok()) {
            for second in schedule.seconds().iter().filter_map(|s| i8::try_from(s).ok()) {
                times.extend(Time::new(hour, minute, second, 0));
            }
        }
    }
    times
}
