//! *Biểu tổng hợp lượt phát thanh BHXH*: a month, or any days, in figures. Pure.

mod content;
mod lost;
mod promised;
mod steps;
mod years;

use super::count::Counted;
use super::document::{Block, Rank};
use super::log_sheet;
use super::sheet::Sheet;
use super::show::say;
use steps::Step;

/// The parts of the sheet.
pub(super) fn blocks(sheet: &Sheet<'_>, rows: &[Counted<'_>]) -> Vec<Block> {
    let lang = sheet.lang;
    let heading = |vi: &str, en: &str| Block::Heading(say(lang, vi, en));
    let step = Step::of(sheet);
    let mut blocks = vec![heading("I. Thực hiện chỉ tiêu", "I. Promised and aired")];
    blocks.extend(promised::blocks(sheet, step));
    blocks.push(heading("II. Lượt phát trong kỳ", "II. Airings in these days"));
    let mut table = steps::table(sheet, rows, step);
    table.rank = Rank::Main;
    blocks.push(Block::Table(table));
    blocks.push(Block::Note(steps::note(lang)));
    blocks.push(Block::Table(years::table(sheet, rows)));
    blocks.push(heading("III. Nội dung của các lượt được tính", "III. What the counted airings were about"));
    blocks.extend(content::blocks(rows, lang));
    blocks.push(heading("IV. Lượt không được tính và lý do", "IV. Airings not counted, and why"));
    blocks.extend(lost::blocks(rows, lang));
    blocks
}

/// What only the workbook holds: every airing.
pub(super) fn annex(sheet: &Sheet<'_>, rows: &[Counted<'_>]) -> super::document::Table {
    log_sheet::table(rows, &sheet.names, sheet.lang)
}
