//! Tables: each key is spelled once, and serves the reader, the schema and "did you mean". Pure.

use toml::de::{DeTable, DeValue};

use crate::config::findings::{Findings, quoted};
use crate::config::read::raw::TABLES;
use crate::config::read::{At, FromToml, wrong_type};
use crate::config::source::Span;
use crate::config::suggest;
use crate::text;

/// A table with its keys.
pub(crate) trait Keys {
    /// All that it can have.
    const KEYS: &'static [&'static str];

    /// Where the values stand of those that it has.
    fn spans(&self) -> Vec<(&'static str, Span)>;
}

/// Declares a table: a struct of what was read, its reader, its schema. Every key is optional here; `lower` says
/// which must be there.
macro_rules! table {
    ($(#[$meta:meta])* $name:ident, $header:literal $(like $example:literal)? { $($(#[$about:meta])* $key:ident: $of:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub(crate) struct $name { $($(#[$about])* pub(crate) $key: Option<$crate::config::read::At<$of>>,)* }

        impl $crate::config::read::table::Keys for $name {
            const KEYS: &'static [&'static str] = &[$(stringify!($key)),*];

            fn spans(&self) -> Vec<(&'static str, $crate::config::source::Span)> {
                let all = [$((stringify!($key), self.$key.as_ref().map(|at| at.span.clone()))),*];
                all.into_iter().filter_map(|(key, span)| span.map(|span| (key, span))).collect()
            }
        }

        impl $name {
            /// Reads the table below a header of any name.
            pub(crate) fn read_below(
                (header, example): (&str, &str),
                value: &toml::de::DeValue<'_>,
                span: &$crate::config::source::Span,
                to: &mut $crate::config::findings::Findings<'_>,
            ) -> Option<Self> {
                let table = $crate::config::read::table::open(value, span, (header, example), to)?;
                $crate::config::read::table::refuse_unknown(table, span, header, <Self as $crate::config::read::table::Keys>::KEYS, to);
                Some(Self { $($key: $crate::config::read::table::take(table, stringify!($key), to)),* })
            }
        }

        impl $crate::config::read::FromToml for $name {
            const EXAMPLE: &'static str = $crate::config::read::table::first(&[$($example,)? $header]);
            const HEADER: &'static str = $header;

            fn read(
                value: &toml::de::DeValue<'_>,
                span: &$crate::config::source::Span,
                to: &mut $crate::config::findings::Findings<'_>,
            ) -> Option<Self> {
                Self::read_below(($header, Self::EXAMPLE), value, span, to)
            }

            fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                generator.subschema_for::<Self>()
            }
        }
    };
}
pub(crate) use table;

/// The first of what is given: a table's own example, else its header.
pub(crate) const fn first(given: &[&'static str]) -> &'static str {
    given[0]
}

/// The table that should stand here.
pub(crate) fn open<'v, 'i>(
    value: &'v DeValue<'i>,
    span: &Span,
    (header, example): (&str, &str),
    to: &mut Findings<'_>,
) -> Option<&'v DeTable<'i>> {
    let name = header.trim_matches(['[', ']']);
    match value {
        DeValue::Table(table) => Some(table),
        DeValue::Array(list) if list.iter().all(|item| item.get_ref().is_table()) && !list.is_empty() => {
            let first = list.first().map_or_else(|| span.clone(), toml::Spanned::span);
            to.add(
                "two_brackets",
                &first,
                text!(
                    "[[{name}]] có hai ngoặc vuông; mục này chỉ có một.",
                    "[[{name}]] has two brackets; there is only one of it."
                ),
                text!("Sửa dòng này thành: [{name}]", "Change this line to: [{name}]"),
            );
            None
        }
        other => {
            wrong_type(other, span, &text!("mục {header}", "the table {header}"), example, to);
            None
        }
    }
}

/// The value of a key, if the key is there.
pub(crate) fn take<T: FromToml>(table: &DeTable<'_>, key: &str, to: &mut Findings<'_>) -> Option<At<T>> {
    table.get(key).map(|value| At::read(value, to))
}

/// Reports every key that the table does not know.
pub(crate) fn refuse_unknown(
    table: &DeTable<'_>,
    span: &Span,
    header: &str,
    keys: &[&'static str],
    to: &mut Findings<'_>,
) {
    for key in table.keys().filter(|key| !keys.contains(&key.get_ref().as_ref())) {
        let meant = unknown(key.get_ref(), &key.span(), header, keys, to);
        if let Some(meant) = meant {
            to.mean(span, meant);
        }
    }
}

/// Reports one key; answers which key was meant.
fn unknown(key: &str, span: &Span, header: &str, keys: &[&'static str], to: &mut Findings<'_>) -> Option<&'static str> {
    let word = quoted(key);
    let message = if header.is_empty() {
        text!("Không có mục nào tên là \"{word}\".", "There is no table called \"{word}\".")
    } else {
        text!("Tên \"{word}\" không dùng được trong mục {header}.", "{header} has no key \"{word}\".")
    };
    let home = home_of(key, keys);
    let near = suggest::key(key, keys).filter(|_| home.is_none());
    let remedy = match (home, near) {
        (Some(home), _) if let Some(whole) = header_in(home, key) => {
            text!("\"{word}\" thuộc mục {home}: viết là {whole}.", "\"{word}\" belongs to {home}: write {whole}.")
        }
        (Some(home), _) => text!(
            "\"{word}\" thuộc mục {home}: hãy chuyển xuống dưới dòng {home}.",
            "\"{word}\" belongs to {home}: move it below {home}."
        ),
        (None, Some(near)) => text!("Có phải ý là \"{near}\"?", "Did you mean \"{near}\"?"),
        (None, None) => {
            let known = keys.join(", ");
            text!("Xóa đi, hoặc dùng một trong các tên: {known}.", "Remove it, or use one of: {known}.")
        }
    };
    to.add("unknown_key", span, message, remedy);
    near
}

/// The header of a table inside another.
fn header_in(home: &str, key: &str) -> Option<&'static str> {
    let name = |header: &str| header.trim_matches(['[', ']']).to_owned();
    let whole = format!("{}.{key}", name(home));
    TABLES.iter().map(|(header, _)| *header).find(|header| name(header) == whole)
}

/// The header of another table that has exactly this key; nothing for what is a table of its own.
fn home_of(key: &str, keys: &[&str]) -> Option<&'static str> {
    if TABLES.iter().any(|(header, of)| header.is_empty() && of.contains(&key)) {
        return None;
    }
    let mut homes = TABLES.iter().filter(|(header, of)| !header.is_empty() && *of != keys && of.contains(&key));
    let first = homes.next()?;
    homes.next().is_none().then_some(first.0)
}
