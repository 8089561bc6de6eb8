//! The one CSV writer: for Excel here, or plain for scripts. Pure.

use super::document::{Cell, Document, Table};
use super::sheet::Variant;
use super::show;
use crate::model::text::Lang;

/// A sheet: for Excel all its tables, each under its name; plain, the main one alone.
pub(super) fn document(document: &Document, lang: Lang, variant: Variant) -> String {
    match variant {
        Variant::Plain => document.main().map(|main| table(main, lang, variant)).unwrap_or_default(),
        Variant::Excel => {
            let tables = document.tables().map(|table| {
                let mut out = line([field(&table.name)], variant);
                out.push_str(&body(table, lang, variant));
                if !table.totals.is_empty() {
                    let totals = (0..table.columns.len()).map(|at| field(&show::total(table, at, lang)));
                    out.push_str(&line(totals, variant));
                }
                out
            });
            format!("\u{feff}{}", tables.collect::<Vec<_>>().join("\r\n"))
        }
    }
}

/// A table: headings, then a line for each row, without totals.
pub(super) fn table(table: &Table, lang: Lang, variant: Variant) -> String {
    let mark = if variant == Variant::Excel { "\u{feff}" } else { "" };
    format!("{mark}{}", body(table, lang, variant))
}

fn body(table: &Table, lang: Lang, variant: Variant) -> String {
    let mut out = line(table.columns.iter().map(|c| field(&c.heading)), variant);
    for row in &table.rows {
        out.push_str(&line(row.iter().map(|c| cell(c, lang, variant)), variant));
    }
    out
}

fn line(cells: impl IntoIterator<Item = String>, variant: Variant) -> String {
    let separator = if variant == Variant::Excel { ";" } else { "," };
    format!("{}\r\n", cells.into_iter().collect::<Vec<_>>().join(separator))
}

/// A value. Numbers carry no thousands mark, so that they stay numbers.
fn cell(cell: &Cell, lang: Lang, variant: Variant) -> String {
    let decimals = |value: f64, decimals: usize| {
        let text = format!("{value:.decimals$}");
        if variant == Variant::Excel { text.replace('.', ",") } else { text }
    };
    match (cell, variant) {
        (Cell::Blank, _) => String::new(),
        (Cell::Text(text), _) => field(text),
        (Cell::Count(count), _) => count.to_string(),
        (Cell::Number(value, places), _) => decimals(*value, *places),
        (Cell::Percent(part), Variant::Excel) => format!("{}%", decimals(part * 100.0, 1)),
        (Cell::Percent(part), Variant::Plain) => decimals(*part, 4),
        (Cell::Length(seconds), Variant::Excel) => show::clock_length(*seconds),
        (Cell::Length(seconds), Variant::Plain) => decimals(*seconds, 3),
        (Cell::Date(day) | Cell::Day(day), Variant::Excel) => show::date(*day),
        (Cell::Date(day) | Cell::Day(day), Variant::Plain) => day.to_string(),
        (Cell::Stamp(stamp), Variant::Plain) => stamp.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        (Cell::Minute(_) | Cell::Second(_) | Cell::Stamp(_), _) => show::cell(cell, lang),
    }
}

/// Words: quoted where they must be, and never a formula (a title that begins with `=` would be computed by Excel).
fn field(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([';', '"', '\n', '\r', ',']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_and_never_formulas() {
        let check = |text, expected| assert_eq!(field(text), expected);
        check("Bản tin sáng", "Bản tin sáng");
        check("a;b", "\"a;b\"");
        check("nói \"thật\"", "\"nói \"\"thật\"\"\"");
        check("=1+1", "'=1+1");
        check("-2", "'-2");
        check("@SUM(A1)", "'@SUM(A1)");
        check("\n=1", "\"'\n=1\"");
        check("", "");
    }

    #[test]
    fn values_are_written_for_their_reader() {
        let check = |value: Cell, excel: &str, plain: &str| {
            let written = |variant| cell(&value, Lang::Vi, variant);
            assert_eq!((written(Variant::Excel), written(Variant::Plain)), (excel.into(), plain.into()), "{value:?}");
        };
        check(Cell::Count(12_345), "12345", "12345");
        check(Cell::Number(-18.25, 1), "-18,2", "-18.2");
        check(Cell::Percent(0.756), "75,6%", "0.7560");
        check(Cell::Length(62.1), "0:01:02", "62.100");
        check(Cell::Date(jiff::civil::date(2026, 11, 23)), "23/11/2026", "2026-11-23");
        check(
            Cell::Stamp(jiff::civil::date(2026, 11, 23).at(5, 30, 0, 0)),
            "23/11/2026 05:30:00",
            "2026-11-23T05:30:00",
        );
        check(Cell::Minute(jiff::civil::time(5, 30, 0, 0)), "05:30", "05:30");
        check(Cell::text("=A1"), "'=A1", "'=A1");
    }
}
