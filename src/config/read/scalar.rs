//! Plain values in TOML: lines of text, words, folders, truth, numbers. Pure.

use schemars::{Schema, SchemaGenerator, json_schema};
use toml::de::DeValue;
use unicode_normalization::UnicodeNormalization as _;

use crate::config::findings::{Findings, quoted};
use crate::config::read::{FromToml, wrong_type};
use crate::config::source::Span;
use crate::model::text::Text;
use crate::text;

/// Names and titles have no more characters than this.
const MAX_LINE: usize = 300;

/// The text of a string, or a report that it is none.
pub(crate) fn text_of<'v>(
    value: &'v DeValue<'_>,
    span: &Span,
    example: &str,
    to: &mut Findings<'_>,
) -> Option<&'v str> {
    if let DeValue::String(text) = value {
        return Some(text);
    }
    wrong_type(value, span, &text!("chữ trong dấu nháy kép", "text in double quotes"), example, to);
    None
}

/// One line of text for people, in NFC, without blanks around it. Never empty.
#[derive(Debug, Clone)]
pub(crate) struct Line(pub(crate) String);

impl FromToml for Line {
    const EXAMPLE: &'static str = "\"…\"";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let typed = text_of(value, span, Self::EXAMPLE, to)?;
        if let Some(problem) = line_problem(typed) {
            let remedy = text!(
                "Ghi ngắn gọn trên một dòng, trong dấu nháy kép.",
                "Write it short, on one line, in double quotes."
            );
            to.add("bad_text", span, problem, remedy);
            return None;
        }
        Some(Self(typed.trim().nfc().collect()))
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX_LINE })
    }
}

fn line_problem(typed: &str) -> Option<Text> {
    if typed.trim().is_empty() {
        return Some(text!("Chỗ này đang để trống.", "This is empty."));
    }
    if typed.chars().nth(MAX_LINE).is_some() {
        return Some(text!("Chỗ này dài quá {MAX_LINE} chữ.", "This is longer than {MAX_LINE} characters."));
    }
    typed
        .contains(char::is_control)
        .then(|| text!("Chỗ này có chỗ xuống dòng hoặc ký tự ẩn.", "This has a line break or a hidden character."))
}

macro_rules! machine_words {
    ($($(#[$doc:meta])* $name:ident = $example:literal,)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub(crate) struct $name(pub(crate) String);

        impl FromToml for $name {
            const EXAMPLE: &'static str = $example;

            fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
                machine_word(value, span, $example, to).map(Self)
            }

            fn schema(generator: &mut SchemaGenerator) -> Schema {
                Line::schema(generator)
            }
        }
    )* };
}

machine_words! {
    /// A program or an argument.
    Word = "\"usbrelay\"",
    /// A sound card by its ALSA name.
    Device = "\"plughw:CARD=Device,DEV=0\"",
    /// A sink of a sound server.
    Sink = "\"alsa_output.usb-Generic_USB_Audio-00.analog-stereo\"",
    /// Who a source is.
    User = "\"source\"",
}

/// A word for machines, exactly as typed.
fn machine_word(value: &DeValue<'_>, span: &Span, example: &str, to: &mut Findings<'_>) -> Option<String> {
    let typed = text_of(value, span, example, to)?;
    if let Some(problem) = line_problem(typed) {
        let remedy = text!("Ghi lại, hoặc xóa dòng này.", "Write it again, or remove the line.");
        to.add("bad_text", span, problem, remedy);
        return None;
    }
    Some(typed.to_owned())
}

/// A folder, absolute or relative to `station.toml`.
#[derive(Debug, Clone)]
pub(crate) struct Folder(pub(crate) String);

impl FromToml for Folder {
    const EXAMPLE: &'static str = "\"../audio\"";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let typed = text_of(value, span, Self::EXAMPLE, to)?;
        if line_problem(typed).is_none() {
            return Some(Self(typed.to_owned()));
        }
        let example = Self::EXAMPLE;
        let message = text!("Đây không phải là đường dẫn thư mục.", "This is not the path of a folder.");
        to.add(
            "bad_path",
            span,
            message,
            text!("Viết như ví dụ này: {example}", "Write it like this example: {example}"),
        );
        None
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        Line::schema(generator)
    }
}

impl FromToml for bool {
    const EXAMPLE: &'static str = "true";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        if let DeValue::Boolean(truth) = value {
            return Some(*truth);
        }
        let wanted = text!("true hoặc false, không có dấu nháy", "true or false, without quotes");
        let example = if value.as_str() == Some("false") { "false" } else { Self::EXAMPLE };
        wrong_type(value, span, &wanted, example, to);
        None
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "boolean" })
    }
}

/// A whole number between two limits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whole<const MIN: u32, const MAX: u32>(pub(crate) u32);

impl<const MIN: u32, const MAX: u32> FromToml for Whole<MIN, MAX> {
    const EXAMPLE: &'static str = "3";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let number = whole(value, span, Self::EXAMPLE, to)?;
        let number = u32::try_from(number).ok().filter(|n| (MIN..=MAX).contains(n));
        if number.is_none() {
            out_of_range(value, span, text!("Ghi từ {MIN} đến {MAX}.", "Use {MIN} to {MAX}."), to);
        }
        number.map(Self)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

/// So many days after a day, or before it, −60…60.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offset(pub(crate) i32);

impl FromToml for Offset {
    const EXAMPLE: &'static str = "-1";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let number = whole(value, span, Self::EXAMPLE, to)?;
        let days = i32::try_from(number).ok().filter(|n| (-60..=60).contains(n));
        if days.is_none() {
            let remedy = text!(
                "Ghi từ -60 đến 60; số âm là trước ngày lễ.",
                "Use -60 to 60; a negative number is before the holiday."
            );
            out_of_range(value, span, remedy, to);
        }
        days.map(Self)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": -60, "maximum": 60 })
    }
}

/// A day that every month has, 1–28.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClosingDay(pub(crate) i8);

impl FromToml for ClosingDay {
    const EXAMPLE: &'static str = "25";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let number = whole(value, span, Self::EXAMPLE, to)?;
        let day = i8::try_from(number).ok().filter(|day| (1..=28).contains(day));
        if day.is_none() {
            let remedy = text!(
                "Ghi từ 1 đến 28. Kỳ chốt vào ngày cuối tháng thì xóa dòng này.",
                "Use 1 to 28. For periods that close on the last day of the month, remove this line."
            );
            out_of_range(value, span, remedy, to);
        }
        day.map(Self)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 28 })
    }
}

/// A whole number of any size; what does not fit is the largest there is.
fn whole(value: &DeValue<'_>, span: &Span, example: &str, to: &mut Findings<'_>) -> Option<i64> {
    if let DeValue::Integer(n) = value {
        return Some(i64::from_str_radix(n.as_str(), n.radix()).unwrap_or(i64::MAX));
    }
    let typed = value.as_str().filter(|text| text.parse::<i32>().is_ok());
    let wanted = text!("số nguyên, không có dấu nháy", "a whole number, without quotes");
    wrong_type(value, span, &wanted, typed.unwrap_or(example), to);
    None
}

fn out_of_range(value: &DeValue<'_>, span: &Span, remedy: Text, to: &mut Findings<'_>) {
    let shown = value.as_integer().map(|n| quoted(n.as_str())).unwrap_or_default();
    let message = text!("Số {shown} nằm ngoài mức cho phép.", "The number {shown} is out of range.");
    to.add("out_of_range", span, message, remedy);
}
