//! A sheet, or a table, as a workbook: typed cells, a frozen head, sums that Excel can compute anew. Pure.

use jiff::civil::{Date, Time};
use rust_xlsxwriter::utility::row_col_to_cell;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

use super::document::{Align, Block, Cell, Document, Table, Total};
use super::sheet::ReportError;
use super::show::{self, say};
use crate::model::text::Lang;

/// Excel's name for A4.
const A4: u8 = 9;
/// Characters of a column per millimetre of paper.
const CHARS_PER_MM: f64 = 0.55;
const SECONDS_OF_DAY: f64 = 86_400.0;

impl From<XlsxError> for ReportError {
    fn from(error: XlsxError) -> Self {
        Self(error.to_string())
    }
}

/// A sheet: each of its tables on a worksheet of its own.
pub(super) fn document(document: &Document, lang: Lang) -> Result<Vec<u8>, ReportError> {
    let mut book = workbook(&document.title)?;
    let mut pages: Vec<(&Table, Vec<&str>)> = Vec::new();
    for block in &document.blocks {
        match (block, pages.last_mut()) {
            (Block::Table(table), _) => pages.push((table, Vec::new())),
            (Block::Text(text) | Block::Note(text), Some((_, below))) => below.push(text),
            (Block::Heading(_) | Block::Text(_) | Block::Note(_), _) => {}
        }
    }
    pages.extend(document.annex.iter().map(|table| (table, Vec::new())));
    for (at, (table, below)) in pages.into_iter().enumerate() {
        let mut above: Vec<&str> = document.issuer.iter().map(String::as_str).collect();
        above.extend([document.title.as_str(), document.period.as_str()]);
        above.extend(table.lead.as_deref());
        let page = book.add_worksheet();
        let mut row = fill(page, table, &above, lang)?;
        for text in below {
            row += 1;
            page.write_string_with_format(row, 0, text, &plain())?;
        }
        if at == 0 {
            signatures(page, row + 2, document, table.columns.len())?;
        }
    }
    Ok(book.save_to_buffer()?)
}

/// A table alone, its head in the first row.
pub(super) fn table(table: &Table, lang: Lang) -> Result<Vec<u8>, ReportError> {
    let mut book = workbook(&table.name)?;
    fill(book.add_worksheet(), table, &[], lang)?;
    Ok(book.save_to_buffer()?)
}

/// The library would write the time of day into the file; the same input gives the same bytes here.
fn workbook(title: &str) -> Result<Workbook, ReportError> {
    let mut book = Workbook::new();
    let epoch = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&epoch));
    Ok(book)
}

/// Writes a table below some lines; the number of the last row written.
fn fill(page: &mut Worksheet, table: &Table, above: &[&str], lang: Lang) -> Result<u32, ReportError> {
    page.set_name(&table.name)?.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    page.set_margins(0.6, 0.4, 0.6, 0.6, 0.3, 0.3);
    page.set_footer(say(lang, "&RTrang &P/&N", "&RPage &P/&N"));
    let mut head: u32 = 0;
    for line in above {
        page.write_string_with_format(head, 0, *line, &plain().set_bold())?;
        head += 1;
    }
    if !above.is_empty() {
        head += 1;
    }
    let heading = cell_format().set_bold().set_align(FormatAlign::Center).set_background_color(0x00E8_E8E8);
    for (column, of) in (0_u16..).zip(&table.columns) {
        page.set_column_width(column, (f64::from(of.width) * CHARS_PER_MM).max(6.0))?;
        page.write_string_with_format(head, column, &of.heading, &heading)?;
    }
    let mut row = head;
    for cells in &table.rows {
        row += 1;
        for (column, (cell, of)) in (0_u16..).zip(cells.iter().zip(&table.columns)) {
            write(page, row, column, cell, of.align)?;
        }
    }
    page.set_freeze_panes(head + 1, 0)?;
    page.set_repeat_rows(head, head)?;
    let last = u16::try_from(table.columns.len().saturating_sub(1)).unwrap_or(0);
    page.autofilter(head, 0, row.max(head + 1), last)?;
    if !table.totals.is_empty() {
        let rows = (head + 1, row);
        row += 1;
        totals(page, table, rows, row, lang)?;
    }
    Ok(row)
}

fn plain() -> Format {
    Format::new().set_font_name("Times New Roman").set_font_size(11)
}

fn cell_format() -> Format {
    plain().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::Top)
}

fn aligned(align: Align) -> Format {
    cell_format().set_align(match align {
        Align::Left => FormatAlign::Left,
        Align::Centre => FormatAlign::Center,
        Align::Right => FormatAlign::Right,
    })
}

fn write(page: &mut Worksheet, row: u32, column: u16, cell: &Cell, align: Align) -> Result<(), ReportError> {
    let format = aligned(align);
    match (cell, value(cell)) {
        (Cell::Text(text), _) => page.write_string_with_format(row, column, text, &format)?,
        (_, Some((value, shown))) => {
            page.write_number_with_format(row, column, value, &format.set_num_format(shown))?
        }
        (_, None) => page.write_blank(row, column, &format)?,
    };
    Ok(())
}

/// The number that Excel keeps, and how it shows it; nothing for words and blanks.
#[expect(clippy::cast_precision_loss, reason = "Excel's numbers are doubles")]
fn value(cell: &Cell) -> Option<(f64, String)> {
    let (value, shown) = match cell {
        Cell::Blank | Cell::Text(_) => return None,
        Cell::Count(count) => (*count as f64, "#,##0".to_owned()),
        Cell::Number(value, places) => (*value, format!("#,##0.{}", "0".repeat(*places))),
        Cell::Percent(part) => (*part, "0.0%".to_owned()),
        Cell::Length(seconds) => (seconds / SECONDS_OF_DAY, "[h]:mm:ss".to_owned()),
        Cell::Date(day) | Cell::Day(day) => (days(*day), "dd/mm/yyyy".to_owned()),
        Cell::Minute(time) => (part_of_day(*time), "hh:mm".to_owned()),
        Cell::Second(time) => (part_of_day(*time), "hh:mm:ss".to_owned()),
        Cell::Stamp(at) => (days(at.date()) + part_of_day(at.time()), "dd/mm/yyyy hh:mm:ss".to_owned()),
    };
    Some((value, shown))
}

/// Days since 30 December 1899, Excel's day 0 (right from March 1900 on).
fn days(day: Date) -> f64 {
    let since = day.since((jiff::Unit::Day, jiff::civil::date(1899, 12, 30)));
    f64::from(since.map_or(0, |span| span.get_days()))
}

fn part_of_day(time: Time) -> f64 {
    f64::from(crate::model::time::second_of_day(time)) / SECONDS_OF_DAY
}

/// The last line: formulas, each with the value that it has now, for readers that do not compute.
fn totals(page: &mut Worksheet, table: &Table, rows: (u32, u32), row: u32, lang: Lang) -> Result<(), ReportError> {
    for (column, (at, total)) in (0_u16..).zip(table.totals.iter().enumerate()) {
        let range = |column| format!("{}:{}", row_col_to_cell(rows.0, column), row_col_to_cell(rows.1, column));
        let here = |at: usize| row_col_to_cell(row, u16::try_from(at).unwrap_or(0));
        let align = table.columns.get(at).map_or(Align::Left, |c| c.align);
        let format = aligned(align).set_bold();
        let result = table.total(at);
        let formula = match total {
            Total::Label(_) | Total::Blank => None,
            // A sum over no rows is no formula that Excel takes.
            _ if table.rows.is_empty() => None,
            Total::Sum => Some(format!("=SUM({})", range(column))),
            Total::Rows(_) => Some(format!("=ROWS({})", range(column))),
            Total::Matching(text) => Some(format!("=COUNTIF({},\"{text}\")", range(column))),
            Total::Percent { part, whole } => Some(format!("=IF({1}=0,\"\",{0}/{1})", here(*part), here(*whole))),
        };
        let shown = match (total, value(&result)) {
            (Total::Matching(words) | Total::Rows(words), Some((number, _))) => {
                Some((number, format!("\"{words}: \"#,##0")))
            }
            (_, other) => other,
        };
        match (formula, shown) {
            (Some(formula), Some((number, shown))) => {
                let formula = Formula::new(formula).set_result(number.to_string());
                page.write_formula_with_format(row, column, formula, &format.set_num_format(shown))?;
            }
            (Some(formula), None) => {
                page.write_formula_with_format(row, column, Formula::new(formula).set_result(""), &format)?;
            }
            (None, Some((number, shown))) => {
                page.write_number_with_format(row, column, number, &format.set_num_format(shown))?;
            }
            (None, None) => {
                page.write_string_with_format(row, column, show::cell(&result, lang), &format)?;
            }
        }
    }
    Ok(())
}

fn signatures(page: &mut Worksheet, row: u32, document: &Document, columns: usize) -> Result<(), ReportError> {
    let third = u16::try_from(columns / 3).unwrap_or(0);
    page.write_string_with_format(row, third * 2, &document.dated, &plain().set_italic())?;
    for (at, [role, how]) in (0_u16..).zip(&document.signatures) {
        let column = at * third * 2;
        page.write_string_with_format(row + 1, column, role, &plain().set_bold())?;
        page.write_string_with_format(row + 2, column, how, &plain().set_italic())?;
    }
    page.write_string_with_format(row + 7, 0, &document.foot, &plain().set_font_size(9))?;
    Ok(())
}
