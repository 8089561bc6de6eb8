//! Other rooms' lists as CSV: the same writer for every file that Excel opens. Pure.

use super::csv;
use super::document::{Align, Cell, Column, Table};
use super::sheet::Variant;
use crate::model::text::Lang;

/// A value of a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// Words.
    Text(String),
    /// A number with one decimal; nothing leaves the cell blank.
    Decimal(Option<f64>),
}

/// A list as CSV: headings, then a line for each row of as many fields.
#[must_use]
pub fn fields_csv(headings: &[&str], rows: Vec<Vec<Field>>, lang: Lang, variant: Variant) -> String {
    let column = |heading: &&str| Column { heading: (*heading).to_owned(), width: 0.0, align: Align::Left };
    let mut table = Table::new(String::new(), headings.iter().map(column).collect());
    let cell = |field| match field {
        Field::Text(text) => Cell::Text(text),
        Field::Decimal(value) => value.map_or(Cell::Blank, |value| Cell::Number(value, 1)),
    };
    table.rows = rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect();
    csv::table(&table, lang, variant)
}
