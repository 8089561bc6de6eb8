//! From TOML values to typed values with their places; every wrong value is reported, none stops the reading. Pure.

pub(crate) mod dated;
pub(crate) mod day;
pub(crate) mod id;
pub(crate) mod level;
pub(crate) mod named;
pub(crate) mod pc;
pub(crate) mod raw;
pub(crate) mod scalar;
pub(crate) mod share;
pub(crate) mod table;
pub(crate) mod web;
pub(crate) mod when;
pub(crate) mod word;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use toml::de::DeValue;

use crate::config::findings::{Findings, quoted};
use crate::config::source::Span;
use crate::model::text::Text;
use crate::text;

/// A list holds no more entries than this.
pub(crate) const MAX_ENTRIES: usize = 2_000;

/// A value that stands somewhere in a TOML file.
pub(crate) trait FromToml: Sized {
    /// An example as it is typed: what a remedy shows.
    const EXAMPLE: &'static str;

    /// The header of a table: `[[slot]]`; empty for all that is no table.
    const HEADER: &'static str = "";

    /// The example, where it is made of others'.
    fn example() -> String {
        Self::EXAMPLE.to_owned()
    }

    /// Reads the value, or reports why not.
    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self>;

    /// What an editor needs to know.
    fn schema(generator: &mut SchemaGenerator) -> Schema;
}

/// A value and where it stands. No value if it was wrong: that has been reported.
#[derive(Debug, Clone)]
pub(crate) struct At<T> {
    pub(crate) span: Span,
    pub(crate) value: Option<T>,
}

impl<T: FromToml> At<T> {
    pub(crate) fn read(value: &toml::Spanned<DeValue<'_>>, to: &mut Findings<'_>) -> Self {
        let span = value.span();
        Self { value: T::read(value.get_ref(), &span, to), span }
    }
}

impl<T: FromToml> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "At".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::schema(generator)
    }
}

/// A list.
impl<T: FromToml> FromToml for Vec<At<T>> {
    const EXAMPLE: &'static str = "[…]";

    fn example() -> String {
        format!("[{}]", T::example())
    }

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let DeValue::Array(list) = value else {
            not_a_list::<T>(value, span, to);
            return None;
        };
        if list.len() > MAX_ENTRIES {
            let n = list.len();
            to.add(
                "too_many",
                span,
                text!("Danh sách có {n} mục, nhiều quá mức ({MAX_ENTRIES}).", "{n} entries, more than {MAX_ENTRIES}."),
                text!("Hãy bỏ bớt.", "Remove some."),
            );
            return None;
        }
        Some(list.iter().map(|item| At::read(item, to)).collect())
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let items = T::schema(generator);
        json_schema!({ "type": "array", "items": items })
    }
}

/// One value, or a list of them.
#[derive(Debug, Clone)]
pub(crate) struct OneOrMany<T>(pub(crate) Vec<At<T>>);

impl<T: FromToml> FromToml for OneOrMany<T> {
    const EXAMPLE: &'static str = T::EXAMPLE;

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        match value {
            DeValue::Array(_) => Vec::read(value, span, to).map(Self),
            one => Some(Self(vec![At { span: span.clone(), value: T::read(one, span, to) }])),
        }
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let one = T::schema(generator);
        json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
    }
}

/// Reports a value of the wrong type.
pub(crate) fn wrong_type(value: &DeValue<'_>, span: &Span, wanted: &Text, example: &str, to: &mut Findings<'_>) {
    let got = type_name(value);
    let remedy = text!("Viết như ví dụ này: {example}", "Write it like this example: {example}");
    let message = Text::new(
        format!("Chỗ này phải là {}, nhưng lại đang là {}.", wanted.vi, got.vi),
        format!("This must be {}, but it is {}.", wanted.en, got.en),
    );
    to.add("wrong_type", span, message, remedy);
}

fn not_a_list<T: FromToml>(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) {
    let header = T::HEADER;
    if header.is_empty() || !matches!(value, DeValue::Table(_)) {
        let example = match value {
            DeValue::String(one) if header.is_empty() => format!("[\"{}\"]", quoted(one)),
            _ if header.is_empty() => Vec::<At<T>>::example(),
            _ => header.to_owned(),
        };
        let wanted = text!("danh sách trong ngoặc vuông [ ]", "a list in brackets [ ]");
        return wrong_type(value, span, &wanted, &example, to);
    }
    let name = header.trim_matches(['[', ']']);
    to.add(
        "one_bracket",
        span,
        text!(
            "[{name}] chỉ có một ngoặc vuông; mục này có thể lặp lại nên phải có hai.",
            "[{name}] has one bracket; it may be repeated and needs two."
        ),
        text!("Sửa dòng này thành: [[{name}]]", "Change this line to: [[{name}]]"),
    );
}

fn type_name(value: &DeValue<'_>) -> Text {
    let (vi, en) = match value {
        DeValue::String(_) => ("chữ trong dấu nháy", "text in quotes"),
        DeValue::Integer(_) => ("số", "a number"),
        DeValue::Float(_) => ("số thập phân", "a decimal number"),
        DeValue::Boolean(_) => ("true/false", "true/false"),
        DeValue::Datetime(_) => ("ngày giờ", "a date or time"),
        DeValue::Array(_) => ("danh sách", "a list"),
        DeValue::Table(_) => ("một mục có nhiều dòng", "a table"),
    };
    Text::new(vi, en)
}
