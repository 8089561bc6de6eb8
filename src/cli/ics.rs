//! The plan as a calendar file: RFC 5545. Pure.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use crate::http;
use crate::model::plan_view::PlanView;
use crate::model::text::Lang;

/// A calendar of these occurrences, said at `now`.
pub(super) fn calendar(list: &[PlanView], now: Timestamp, lang: Lang) -> String {
    let mut out = String::new();
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//loaphuong//plan//VI"] {
        line(&mut out, text);
    }
    for item in list {
        event(&mut out, item, now, lang);
    }
    line(&mut out, "END:VCALENDAR");
    out
}

fn event(out: &mut String, item: &PlanView, now: Timestamp, lang: Lang) {
    let begin = item.planned_at.at;
    let length = item.clip.as_ref().map(|c| c.duration_s.duration()).unwrap_or_default();
    let length = SignedDuration::try_from(length).unwrap_or_default();
    let end = begin.checked_add(length).unwrap_or(begin);
    let title = item.clip.as_ref().map(|c| c.title.clone());
    let why = http::called_for(item.kind, item.makes_good_for.as_ref()).map(|why| why.get(lang).to_owned());
    let description = why.into_iter().chain(title).collect::<Vec<_>>().join("\n");
    line(out, "BEGIN:VEVENT");
    line(out, &format!("UID:{}@loaphuong", escaped(item.id.as_str())));
    line(out, &format!("DTSTAMP:{}", stamp(now)));
    line(out, &format!("DTSTART:{}", stamp(begin)));
    line(out, &format!("DTEND:{}", stamp(end)));
    line(out, &format!("SUMMARY:{}", escaped(&format!("{} – {}", item.slot_name, item.commune_name))));
    line(out, &format!("DESCRIPTION:{}", escaped(&description)));
    line(out, &format!("CATEGORIES:{}", escaped(item.kind.label().get(lang))));
    line(out, "END:VEVENT");
}

fn stamp(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A content line: folded so that none is longer than 75 bytes, never inside a character.
fn line(out: &mut String, text: &str) {
    let mut width = 0;
    for c in text.chars() {
        if width + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(c);
        width += c.len_utf8();
    }
    out.write_str("\r\n").unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters_and_odd_ones_escaped() {
        let mut out = String::new();
        line(&mut out, &"ệ".repeat(60));
        assert!(out.split("\r\n").all(|l| l.len() <= 75), "{out}");
        assert_eq!(out.replace("\r\n ", "").trim_end(), "ệ".repeat(60));
        assert_eq!(escaped("a;b,c\\d\ne\u{7}"), "a\\;b\\,c\\\\d\\ne");
    }
}
