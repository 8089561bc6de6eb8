//! Numbers, days and cells as people write them: dd/mm/yyyy, 1.234,5 (in English 1,234.5). Pure.

use jiff::civil::Date;

use super::document::{Cell, Table, Total};
use crate::model::text::Lang;
use crate::model::time::day_short;

/// One of two fixed texts.
pub(super) fn say(lang: Lang, vi: &str, en: &str) -> String {
    if lang == Lang::En { en.to_owned() } else { vi.to_owned() }
}

/// "23/11/2026".
pub(super) fn date(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// "1.234,5": thousands with a dot, decimals with a comma.
pub(super) fn number(value: f64, decimals: usize, lang: Lang) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    // What rounds to nought has no sign.
    let sign = if value < 0.0 && text.contains(|c: char| ('1'..='9').contains(&c)) { "-" } else { "" };
    let point = if rest.is_empty() { "" } else { say_mark(lang, ",", ".") };
    format!("{sign}{}{point}{rest}", grouped(whole, lang))
}

/// Digits in groups of three.
fn grouped(digits: &str, lang: Lang) -> String {
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push_str(say_mark(lang, ".", ","));
        }
        out.push(digit);
    }
    out
}

fn say_mark(lang: Lang, vi: &'static str, en: &'static str) -> &'static str {
    if lang == Lang::En { en } else { vi }
}

/// Whole seconds, rounded; nothing below nought.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before the cast")]
fn seconds(length: f64) -> u64 {
    length.round().clamp(0.0, 1e12) as u64
}

/// "1:02", "1:05:09": minutes and seconds, with hours where there are any.
pub(super) fn length(length: f64) -> String {
    let s = seconds(length);
    let (hours, minutes, rest) = (s / 3600, s / 60 % 60, s % 60);
    if hours == 0 { format!("{minutes}:{rest:02}") } else { format!("{hours}:{minutes:02}:{rest:02}") }
}

/// "0:01:02": always with hours, as Excel reads a time.
pub(super) fn clock_length(length: f64) -> String {
    let s = seconds(length);
    format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
}

/// "3 giờ 25 phút".
pub(super) fn hours(length: f64, lang: Lang) -> String {
    let minutes = seconds(length / 60.0);
    let (hours, rest) = (minutes / 60, minutes % 60);
    match lang {
        Lang::Vi => format!("{hours} giờ {rest:02} phút"),
        Lang::En => format!("{hours} h {rest:02} min"),
    }
}

/// A cell as it is printed.
pub(super) fn cell(cell: &Cell, lang: Lang) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Count(count) => grouped(&count.to_string(), lang),
        Cell::Number(value, decimals) => number(*value, *decimals, lang),
        Cell::Percent(part) => format!("{}%", number(part * 100.0, 1, lang)),
        Cell::Length(s) => length(*s),
        Cell::Date(day) => date(*day),
        Cell::Day(day) => format!("{} {}", day_short(day.weekday(), lang), date(*day)),
        Cell::Minute(time) => time.strftime("%H:%M").to_string(),
        Cell::Second(time) => time.strftime("%H:%M:%S").to_string(),
        Cell::Stamp(stamp) => stamp.strftime("%d/%m/%Y %H:%M:%S").to_string(),
    }
}

/// What stands under a column, as it is printed.
pub(super) fn total(table: &Table, at: usize, lang: Lang) -> String {
    let value = cell(&table.total(at), lang);
    match table.totals.get(at) {
        Some(Total::Matching(words) | Total::Rows(words)) => format!("{words}: {value}"),
        Some(_) | None => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_here() {
        let check = |value, decimals, vi: &str, en: &str| {
            assert_eq!((number(value, decimals, Lang::Vi), number(value, decimals, Lang::En)), (vi.into(), en.into()));
        };
        check(0.0, 0, "0", "0");
        check(999.0, 0, "999", "999");
        check(1_234.5, 1, "1.234,5", "1,234.5");
        check(1_234_567.0, 0, "1.234.567", "1,234,567");
        check(-18.2, 1, "-18,2", "-18.2");
        check(-0.04, 1, "0,0", "0.0");
        check(2.9, 2, "2,90", "2.90");
    }

    #[test]
    fn lengths_are_read_at_a_glance() {
        let check = |s, short: &str, clock: &str, words: &str| {
            assert_eq!((length(s), clock_length(s), hours(s, Lang::Vi)), (short.into(), clock.into(), words.into()));
        };
        check(0.0, "0:00", "0:00:00", "0 giờ 00 phút");
        check(62.1, "1:02", "0:01:02", "0 giờ 01 phút");
        check(59.6, "1:00", "0:01:00", "0 giờ 01 phút");
        check(3_909.0, "1:05:09", "1:05:09", "1 giờ 05 phút");
        check(-1.0, "0:00", "0:00:00", "0 giờ 00 phút");
        check(f64::NAN, "0:00", "0:00:00", "0 giờ 00 phút");
    }

    #[test]
    fn days_have_their_name() {
        let check = |day: &str, vi: &str, en: &str| {
            let day = Cell::Day(day.parse().unwrap());
            assert_eq!((cell(&day, Lang::Vi), cell(&day, Lang::En)), (vi.into(), en.into()));
        };
        check("2026-11-23", "T2 23/11/2026", "Mon 23/11/2026");
        check("2026-11-29", "CN 29/11/2026", "Sun 29/11/2026");
        assert_eq!(cell(&Cell::Percent(0.756), Lang::Vi), "75,6%");
    }
}
