//! The same days a year before; the ratio is blank without a base. Pure.

use crate::model::station::Channel;
use crate::report::count::{Counted, counts};
use crate::report::document::{Align, Cell, Column, Table};
use crate::report::sheet::Sheet;
use crate::report::show::{date, say};

/// One line: now, then, and how many times as many.
pub(super) fn table(sheet: &Sheet<'_>, rows: &[Counted<'_>]) -> Table {
    let lang = sheet.lang;
    let column = |vi: &str, en: &str, width, align| Column { heading: say(lang, vi, en), width, align };
    let mut table = Table::new(
        say(lang, "Cùng kỳ năm trước", "Year before"),
        vec![
            column("So sánh", "Compared with", 90.0, Align::Left),
            column("Lượt được tính kỳ này", "Counted now", 50.0, Align::Right),
            column("Lượt được tính cùng kỳ năm trước", "Counted then", 60.0, Align::Right),
            column("So với cùng kỳ (lần)", "Times as many", 50.0, Align::Right),
        ],
    );
    let now = rows.iter().filter(|row| row.counts(Channel::Commune)).count();
    let then = sheet.previous.as_ref().map(|p| p.rows.iter().filter(|row| counts(row, Channel::Commune)).count());
    let days = sheet.previous.as_ref().map(|p| format!(" ({} – {})", date(p.from), date(p.until))).unwrap_or_default();
    table.rows.push(vec![
        Cell::Text(format!("{}{days}", say(lang, "Cùng kỳ năm trước", "The same days a year before"))),
        Cell::of(now),
        then.map_or(Cell::Blank, Cell::of),
        ratio(now, then),
    ]);
    table
}

#[expect(clippy::cast_precision_loss, reason = "counts of airings are far below 2^52")]
fn ratio(now: usize, then: Option<usize>) -> Cell {
    match then {
        None | Some(0) => Cell::Blank,
        Some(then) => Cell::Number(now as f64 / then as f64, 2),
    }
}
