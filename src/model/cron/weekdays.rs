//! The day-of-week field of a cron rule: names, ranges over the week's end, what numbers were meant to say. Pure.

use jiff::civil::Weekday;

use crate::model::time::Days;

/// A day-of-week field that was understood.
pub(super) struct Field {
    /// What the cron crate is told: each day by its name, once.
    pub(super) list: String,
    /// The field with names for its numbers, if it has any.
    pub(super) named: Option<String>,
}

/// Reads `MON`, `MON-FRI`, `SAT-MON`, `*` and lists of them; after a range or `*` a step (`*/2` begins on Sunday in
/// every dialect). Nothing if it is anything else.
pub(super) fn read(field: &str) -> Option<Field> {
    let mut days = Days::default();
    let mut names = Vec::new();
    for element in field.split(',') {
        let span = Span::read(element)?;
        days = span.days().fold(days, Days::with);
        names.push(span.name());
    }
    let list: Vec<_> = days.iter().map(name).collect();
    let numbers = field.split(',').any(has_number);
    Some(Field { list: list.join(","), named: numbers.then(|| names.join(",")) })
}

/// One element of the list: every `step`th day from the first to the last, in the order of the calendar.
struct Span {
    first: Weekday,
    last: Weekday,
    step: Option<usize>,
}

impl Span {
    fn read(element: &str) -> Option<Self> {
        let (span, step) = match element.split_once('/') {
            Some((span, step)) => (span, Some(step.parse().ok().filter(|n| (1..=7).contains(n))?)),
            None => (element, None),
        };
        let (first, last) = match span.split_once('-') {
            Some(("0", "7")) => (Weekday::Sunday, Weekday::Saturday),
            Some((first, last)) => (day(first)?, day(last)?),
            None if matches!(span, "*" | "?") => (Weekday::Sunday, Weekday::Saturday),
            None if step.is_none() => (day(span)?, day(span)?),
            None => return None,
        };
        Some(Self { first, last, step })
    }

    fn days(&self) -> impl Iterator<Item = Weekday> {
        let count = usize::from(self.first.until(self.last).unsigned_abs()) + 1;
        self.first.cycle_forward().take(count).step_by(self.step.unwrap_or(1))
    }

    fn name(&self) -> String {
        let span = match (self.first, self.last) {
            (Weekday::Sunday, Weekday::Saturday) => "*".to_owned(),
            (first, last) if first == last => return name(first).to_owned(),
            (first, last) => format!("{}-{}", name(first), name(last)),
        };
        self.step.map_or(span.clone(), |step| format!("{span}/{step}"))
    }
}

fn has_number(element: &str) -> bool {
    let span = element.split('/').next().unwrap_or_default();
    span.split('-').any(|day| day.parse::<u8>().is_ok())
}

/// The day by its English or Vietnamese name, as in `days = […]`, or by its number in crontab.
fn day(text: &str) -> Option<Weekday> {
    Some(match text.to_ascii_lowercase().as_str() {
        "sun" | "sunday" | "cn" | "0" | "7" => Weekday::Sunday,
        "mon" | "monday" | "t2" | "1" => Weekday::Monday,
        "tue" | "tues" | "tuesday" | "t3" | "2" => Weekday::Tuesday,
        "wed" | "wednesday" | "t4" | "3" => Weekday::Wednesday,
        "thu" | "thurs" | "thursday" | "t5" | "4" => Weekday::Thursday,
        "fri" | "friday" | "t6" | "5" => Weekday::Friday,
        "sat" | "saturday" | "t7" | "6" => Weekday::Saturday,
        _ => return None,
    })
}

fn name(day: Weekday) -> &'static str {
    match day {
        Weekday::Sunday => "SUN",
        Weekday::Monday => "MON",
        Weekday::Tuesday => "TUE",
        Weekday::Wednesday => "WED",
        Weekday::Thursday => "THU",
        Weekday::Friday => "FRI",
        Weekday::Saturday => "SAT",
    }
}
