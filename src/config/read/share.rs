//! `at_least = { bhxh-tu-nguyen = 2, "language:hmn" = 1 }`: the parts of a quota in TOML. Pure.

use std::borrow::Cow;

use schemars::{Schema, SchemaGenerator, json_schema};
use toml::de::DeValue;

use crate::config::findings::{Findings, quoted};
use crate::config::read::named::Language;
use crate::config::read::scalar::Whole;
use crate::config::read::{At, FromToml, table};
use crate::config::source::Span;
use crate::config::suggest;
use crate::model::id::Topic;
use crate::model::quota::Share;
use crate::text;

/// What may stand before a colon.
const PREFIXES: [&str; 2] = ["language", "audience"];

/// How many of each part, in the order of the file.
#[derive(Debug, Clone)]
pub(crate) struct Shares(pub(crate) Vec<(At<Share>, At<Required>)>);

/// So many a period.
pub(crate) type Required = Whole<1, 10_000>;

impl FromToml for Shares {
    const EXAMPLE: &'static str = "at_least = { bhxh-tu-nguyen = 2 }";
    const HEADER: &'static str = "[quota.at_least]";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let table = table::open(value, span, (Self::HEADER, Self::EXAMPLE), to)?;
        let mut shares: Vec<_> = table.iter().collect();
        shares.sort_by_key(|(key, _)| key.span().start);
        let read = |(key, value): (&toml::Spanned<Cow<'_, str>>, &toml::Spanned<DeValue<'_>>)| {
            let span = key.span();
            let share = share(key.get_ref(), &span, to);
            (At { span, value: share }, At::read(value, to))
        };
        Some(Self(shares.into_iter().map(read).collect()))
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let required = Required::schema(generator);
        let share = "^((audience:)?[a-z0-9]([a-z0-9-]*[a-z0-9])?|language:[a-z]{2,3}(-[A-Za-z0-9]{1,8})*)$";
        json_schema!({ "type": "object", "patternProperties": { share: required }, "additionalProperties": false })
    }
}

/// One key: a topic, `language:…` or `audience:…`.
fn share(typed: &str, span: &Span, to: &mut Findings<'_>) -> Option<Share> {
    let Some((prefix, name)) = typed.split_once(':') else {
        return Topic::read(&DeValue::String(Cow::Borrowed(typed)), span, to).map(Share::Topic);
    };
    let share = prefixed(prefix, name);
    if share.is_none() {
        let shown = quoted(typed);
        let message = text!("\"{shown}\" không phải là một phần của chỉ tiêu.", "\"{shown}\" is no part of a quota.");
        let meant = suggest::word(prefix, &PREFIXES).zip(suggest::slug(name));
        let remedy = match meant.and_then(|(prefix, name)| prefixed(prefix, &name)) {
            Some(near) => text!("Có phải ý là \"{near}\"?", "Did you mean \"{near}\"?"),
            None => text!(
                "Chuyên đề viết tên thư mục: bhxh-tu-nguyen = 2; tiếng dân tộc viết \"language:hmn\" = 1; nhóm đối tượng viết \"audience:hssv\" = 1.",
                "A topic is the name of a folder: bhxh-tu-nguyen = 2; a language is \"language:hmn\" = 1; a target group is \"audience:hssv\" = 1."
            ),
        };
        to.add("unknown_share", span, message, remedy);
    }
    share
}

fn prefixed(prefix: &str, name: &str) -> Option<Share> {
    match prefix {
        "language" => Language::of(name).map(|tag| Share::Language(tag.0)),
        "audience" => name.parse().ok().map(Share::Audience),
        _ => None,
    }
}
