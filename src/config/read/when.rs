//! Times of the day, spans of hours and durations in TOML. Pure.

use std::time::Duration;

use jiff::civil::Time;
use schemars::{Schema, SchemaGenerator, json_schema};
use toml::de::DeValue;

use crate::config::findings::{Findings, quoted};
use crate::config::read::FromToml;
use crate::config::read::scalar::text_of;
use crate::config::source::Span;
use crate::model::time::DaySpan;
use crate::text;

/// Two digits, as times are typed.
fn two_digits(text: &str) -> Option<u32> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// `05:30` or `05:30:15` as seconds after midnight; up to 24:00:00.
fn seconds_of(text: &str) -> Option<u32> {
    let mut parts = text.split(':').map(two_digits);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let all = hour * 3600 + minute * 60 + second;
    (parts.next().is_none() && minute < 60 && second < 60 && all <= DaySpan::DAY).then_some(all)
}

/// The time that people mean by `5h30`, `5:30`, `05.30`, `17h`, `5 giờ 30`: what a remedy proposes.
pub(crate) fn meant_time(text: &str) -> Option<String> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).map(str::parse::<u32>);
    let hour = numbers.next()?.ok()?;
    let minute = numbers.next().unwrap_or(Ok(0)).ok()?;
    let hour = if text.to_lowercase().contains("pm") && hour < 12 { hour + 12 } else { hour };
    (hour < 24 && minute < 60 && numbers.next().is_none()).then(|| format!("{hour:02}:{minute:02}"))
}

impl FromToml for Time {
    const EXAMPLE: &'static str = "\"05:30\"";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        if let DeValue::Datetime(datetime) = value
            && let Some(time) = &datetime.time
        {
            let (hour, minute) = (time.hour, time.minute);
            let message = text!("Giờ phải viết trong dấu nháy kép.", "A time must be in double quotes.");
            to.add(
                "wrong_type",
                span,
                message,
                text!("Viết là \"{hour:02}:{minute:02}\".", "Write \"{hour:02}:{minute:02}\"."),
            );
            return None;
        }
        let typed = text_of(value, span, Self::EXAMPLE, to)?;
        let time = seconds_of(typed).filter(|s| *s < DaySpan::DAY).and_then(clock_time);
        if time.is_none() {
            let shown = quoted(typed);
            let meant = meant_time(typed).unwrap_or_else(|| "05:30".to_owned());
            let message = text!("\"{shown}\" không phải là giờ trong ngày.", "\"{shown}\" is not a time of the day.");
            let remedy = text!(
                "Viết hai chữ số giờ, dấu hai chấm, hai chữ số phút: \"{meant}\".",
                "Write two digits, a colon, two digits: \"{meant}\"."
            );
            to.add("bad_time", span, message, remedy);
        }
        time
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$" })
    }
}

/// A time as it is typed: `05:30`, with seconds where they are not zero.
pub(crate) fn spell_time(time: Time) -> String {
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    if second == 0 { format!("{hour:02}:{minute:02}") } else { format!("{hour:02}:{minute:02}:{second:02}") }
}

fn clock_time(second: u32) -> Option<Time> {
    let part = |n: u32| i8::try_from(n).ok();
    Time::new(part(second / 3600)?, part(second / 60 % 60)?, part(second % 60)?, 0).ok()
}

impl FromToml for DaySpan {
    const EXAMPLE: &'static str = "\"05:00-06:30\"";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let typed = text_of(value, span, Self::EXAMPLE, to)?;
        let shown = quoted(typed);
        let ends = typed.split_once(['-', '–']).map(|(a, b)| (a.trim(), b.trim()));
        let seconds = ends.and_then(|(a, b)| Some((seconds_of(a)?, seconds_of(b)?)));
        match (seconds, seconds.and_then(|(from, until)| Self::new(from, until))) {
            (_, Some(day_span)) => return Some(day_span),
            (Some((from, until)), None) if from != until && from < Self::DAY => {
                let (a, b) = ends.unwrap_or_default();
                to.add(
                    "bad_span",
                    span,
                    text!(
                        "Khoảng giờ \"{shown}\" qua nửa đêm (giờ cuối nhỏ hơn giờ đầu).",
                        "\"{shown}\" goes past midnight (it ends before it begins)."
                    ),
                    text!(
                        "Nếu đúng là qua đêm, viết thành hai khoảng: \"{a}-24:00\", \"00:00-{b}\".",
                        "If that is meant, write two spans: \"{a}-24:00\", \"00:00-{b}\"."
                    ),
                );
            }
            _ => {
                let meant = ends.and_then(|(a, b)| Some(format!("{}-{}", meant_time(a)?, meant_time(b)?)));
                let meant = meant.unwrap_or_else(|| "05:00-06:30".to_owned());
                let message = text!("\"{shown}\" không phải là khoảng giờ.", "\"{shown}\" is not a span of hours.");
                to.add(
                    "bad_span",
                    span,
                    message,
                    text!("Viết giờ đầu, gạch nối, giờ cuối: \"{meant}\".", "Write start, hyphen, end: \"{meant}\"."),
                );
            }
        }
        None
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        let time = "([01][0-9]|2[0-4]):[0-5][0-9](:[0-5][0-9])?";
        json_schema!({ "type": "string", "pattern": format!("^{time} *[-–] *{time}$") })
    }
}

/// A duration between two limits, in milliseconds: `90s`, `15m`, `1h30m`, `500ms`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lasting<const MIN: u64, const MAX: u64>(pub(crate) Duration);

/// `1h30m` in milliseconds: each unit at most once, the larger before the smaller.
fn millis_of(text: &str) -> Option<u64> {
    let (mut rest, mut all, mut last) = (text, 0_u64, u64::MAX);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest.get(..digits)?.parse().ok()?;
        let after = rest.get(digits..)?;
        let letters = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let unit = match after.get(..letters)? {
            "h" => 3_600_000,
            "m" => 60_000,
            "s" => 1_000,
            "ms" => 1,
            _ => return None,
        };
        if unit >= last {
            return None;
        }
        (last, rest) = (unit, after.get(letters..)?);
        all = all.checked_add(number.checked_mul(unit)?)?;
    }
    (last != u64::MAX).then_some(all)
}

/// A duration as TOML has it: `90s`, `15m`, `1h30m`.
#[must_use]
pub fn duration(text: &str) -> Option<Duration> {
    millis_of(text).map(Duration::from_millis)
}

/// A duration as it is typed.
pub(crate) fn spell(millis: u64) -> String {
    let mut rest = millis;
    let mut parts = Vec::new();
    for (unit, letter) in [(3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")] {
        if rest >= unit {
            parts.push(format!("{}{letter}", rest / unit));
            rest %= unit;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.concat() }
}

/// What people mean by `15 phút`, `15p`, `15'`, `90 giây`.
fn meant_duration(text: &str) -> Option<String> {
    let number: String = text.trim().chars().take_while(char::is_ascii_digit).take(9).collect();
    let unit = crate::config::suggest::fold(text.trim().get(number.len()..)?);
    let letter = match unit.trim_start_matches('-') {
        "phut" | "p" | "'" | "min" | "mins" | "minute" | "minutes" | "ph" | "m" => "m",
        "giay" | "g" | "sec" | "secs" | "second" | "seconds" | "\"" | "s" => "s",
        "gio" | "tieng" | "hour" | "hours" | "h" => "h",
        _ => return None,
    };
    (!number.is_empty()).then(|| format!("{number}{letter}"))
}

impl<const MIN: u64, const MAX: u64> FromToml for Lasting<MIN, MAX> {
    const EXAMPLE: &'static str = "\"15m\"";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        if let DeValue::Integer(n) = value {
            let n = quoted(n.as_str());
            let message = text!(
                "Thời lượng phải có đơn vị và nằm trong dấu nháy kép.",
                "A duration needs a unit and double quotes."
            );
            to.add(
                "wrong_type",
                span,
                message,
                text!(
                    "{n} phút viết là \"{n}m\"; {n} giây viết là \"{n}s\".",
                    "{n} minutes are \"{n}m\"; {n} seconds are \"{n}s\"."
                ),
            );
            return None;
        }
        let typed = text_of(value, span, Self::EXAMPLE, to)?;
        let Some(millis) = millis_of(typed) else {
            let shown = quoted(typed);
            let meant = meant_duration(typed).unwrap_or_else(|| "15m".to_owned());
            let message = text!("\"{shown}\" không phải là thời lượng.", "\"{shown}\" is not a duration.");
            let remedy = text!(
                "Viết là \"{meant}\" (s: giây, m: phút, h: giờ; ví dụ \"90s\", \"1h30m\").",
                "Write \"{meant}\" (s, m, h; such as \"90s\", \"1h30m\")."
            );
            to.add("bad_duration", span, message, remedy);
            return None;
        };
        if (MIN..=MAX).contains(&millis) {
            return Some(Self(Duration::from_millis(millis)));
        }
        let (shown, min, max) = (quoted(typed), spell(MIN), spell(MAX));
        let message =
            text!("Thời lượng \"{shown}\" nằm ngoài mức cho phép.", "The duration \"{shown}\" is out of range.");
        to.add("out_of_range", span, message, text!("Ghi từ \"{min}\" đến \"{max}\".", "Use \"{min}\" to \"{max}\"."));
        None
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^(?=[0-9])([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$" })
    }
}

#[cfg(test)]
mod tests;
