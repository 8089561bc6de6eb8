//! Dates, days of the week and cron rules in TOML. Pure.

use jiff::civil::{Date, Weekday};
use schemars::{Schema, SchemaGenerator, json_schema};
use toml::de::DeValue;

use crate::config::findings::{Findings, quoted};
use crate::config::read::FromToml;
use crate::config::read::scalar::text_of;
use crate::config::source::Span;
use crate::config::suggest;
use crate::model::cron::{CronError, CronRule};
use crate::model::text::Text;
use crate::model::time::Days;
use crate::text;

/// A cron rule has no more bytes than this.
const MAX_CRON: usize = 200;

impl FromToml for Date {
    const EXAMPLE: &'static str = "2026-12-31";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        if let DeValue::Datetime(datetime) = value
            && let (Some(date), None) = (&datetime.date, &datetime.time)
        {
            let small = |n: u8| i8::try_from(n).ok();
            let year = i16::try_from(date.year).ok()?;
            if let (Some(month), Some(day)) = (small(date.month), small(date.day))
                && let Ok(date) = Self::new(year, month, day)
            {
                return Some(date);
            }
        }
        let meant = match value {
            DeValue::Datetime(datetime) => datetime.date.map(|date| date.to_string()),
            other => other.as_str().and_then(meant_date),
        };
        let meant = meant.unwrap_or_else(|| Self::EXAMPLE.to_owned());
        let message = text!(
            "Ngày phải viết năm-tháng-ngày, không có dấu nháy, không kèm giờ.",
            "A date is year-month-day, without quotes and without a time."
        );
        to.add("bad_date", span, message, text!("Viết là {meant}", "Write {meant}"));
        None
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

/// The date that people mean by `31/12/2026`, `31-12-2026`, `2026/12/31`.
pub(crate) fn meant_date(text: &str) -> Option<String> {
    let mut numbers = Vec::new();
    for part in text.trim().split(['/', '-', '.', ' ']).take(4) {
        numbers.push(part.parse::<i16>().ok()?);
    }
    let [a, b, c] = numbers.try_into().ok()?;
    let small = |n: i16| i8::try_from(n).ok();
    let (year, month, day) = if a > 31 { (a, b, c) } else { (c, b, a) };
    let date = Date::new(year, small(month)?, small(day)?).ok()?;
    (year > 1900).then(|| date.to_string())
}

/// One word for days: `T2`, `CN`, `mon`, `T2-T6`, `all`.
fn days_of(text: &str) -> Option<Days> {
    if text.eq_ignore_ascii_case("all") {
        return Some(Days::ALL);
    }
    let Some((from, until)) = text.split_once(['-', '–']) else {
        return weekday(text).map(|d| Days::default().with(d));
    };
    let (from, until) = (weekday(from.trim())?, weekday(until.trim())?);
    let mut days = Days::default().with(from);
    let mut day = from;
    while day != until {
        day = day.next();
        days = days.with(day);
    }
    Some(days)
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text.to_ascii_lowercase().as_str() {
        "t2" | "mon" => Weekday::Monday,
        "t3" | "tue" => Weekday::Tuesday,
        "t4" | "wed" => Weekday::Wednesday,
        "t5" | "thu" => Weekday::Thursday,
        "t6" | "fri" => Weekday::Friday,
        "t7" | "sat" => Weekday::Saturday,
        "cn" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

/// What people mean by `Thứ Hai`, `thứ 2`, `chủ nhật`, `Monday`, `8`.
fn meant_day(text: &str) -> Option<&'static str> {
    let folded = suggest::fold(text);
    let bare = folded.trim_start_matches("thu").trim_start_matches(['-', 't']);
    Some(match bare {
        "2" | "hai" => "T2",
        "3" | "ba" => "T3",
        "4" | "tu" => "T4",
        "5" | "nam" => "T5",
        "6" | "sau" => "T6",
        "7" | "bay" => "T7",
        "8" | "chu-nhat" | "cnhat" | "sunday" => "CN",
        _ => match folded.get(..3)? {
            "mon" => "T2",
            "tue" => "T3",
            "wed" => "T4",
            "thu" => "T5",
            "fri" => "T6",
            "sat" => "T7",
            "hang" | "moi" | "eve" | "dai" => "all",
            _ => return None,
        },
    })
}

impl FromToml for Days {
    const EXAMPLE: &'static str = "[\"T2\", \"T5\"]";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        if let DeValue::Integer(n) = value {
            let meant = meant_day(n.as_str()).unwrap_or("T2");
            let message = text!(
                "Thứ trong tuần phải viết bằng chữ, trong dấu nháy kép.",
                "A day of the week is a word in double quotes."
            );
            to.add("wrong_type", span, message, text!("Viết là \"{meant}\".", "Write \"{meant}\"."));
            return None;
        }
        let typed = text_of(value, span, "\"T2\"", to)?;
        let days = days_of(typed);
        if days.is_none() {
            let shown = quoted(typed);
            let list: Option<Vec<_>> = typed.contains([',', ';']).then(|| {
                typed
                    .split([',', ';'])
                    .filter_map(|d| {
                        days_of(d.trim())
                            .map(|_| d.trim().to_owned())
                            .or_else(|| meant_day(d.trim()).map(str::to_owned))
                    })
                    .collect()
            });
            let meant = match list {
                Some(list) => format!("[\"{}\"]", list.join("\", \"")),
                None => format!("\"{}\"", meant_day(typed).unwrap_or("T2")),
            };
            let message = text!("\"{shown}\" không phải là ngày trong tuần.", "\"{shown}\" is not a day of the week.");
            let remedy = text!(
                "Viết là {meant} (dùng T2 … T7, CN, khoảng \"T2-T6\", hoặc \"all\").",
                "Write {meant} (T2 … T7, CN, mon … sun, a range \"T2-T6\", or \"all\")."
            );
            to.add("bad_day", span, message, remedy);
        }
        days
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        let day = "(T[2-7]|CN|mon|tue|wed|thu|fri|sat|sun)";
        json_schema!({ "type": "string", "pattern": format!("^({day}( *[-–] *{day})?|all)$") })
    }
}

/// A cron rule.
#[derive(Debug, Clone)]
pub(crate) struct CronText(pub(crate) CronRule);

impl FromToml for CronText {
    const EXAMPLE: &'static str = "\"30 5 * * MON,THU\"";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let typed = text_of(value, span, Self::EXAMPLE, to)?;
        let error = match CronRule::parse(typed.get(..MAX_CRON).unwrap_or(typed)) {
            Ok(rule) => return Some(Self(rule)),
            Err(error) => error,
        };
        let (code, message, remedy) = cron_problem(&error);
        to.add(code, span, message, remedy);
        None
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^\\S+( +\\S+){4,6}$" })
    }
}

/// What is wrong with a cron text, and what to type instead.
fn cron_problem(error: &CronError) -> (&'static str, Text, Text) {
    let code = match error {
        CronError::NumericWeekday { .. } => "numeric_weekday",
        _ => "bad_cron",
    };
    (code, error.message(), error.remedy())
}

#[cfg(test)]
mod tests;
