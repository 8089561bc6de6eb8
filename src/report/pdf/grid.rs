//! Sets a table: cells wrap, rows stay whole, the head comes again on every page. Pure.

use super::face::Weight;
use super::flow::{Flow, INNER, LEADING, LEFT, Mark, Style};
use crate::model::text::Lang;
use crate::report::document::{Align, Table};
use crate::report::show;

const BODY: Style = Style { size: 9.5, weight: Weight::Regular };
const STRONG: Style = Style { size: 9.5, weight: Weight::Bold };
/// Between a rule and the letters.
const PAD: f32 = 2.6;

/// A row, broken into lines.
struct Laid {
    cells: Vec<Vec<String>>,
    height: f32,
}

/// Sets the table at the flow's place.
pub(super) fn table(flow: &mut Flow<'_>, table: &Table, lang: Lang) {
    let all: f32 = table.columns.iter().map(|c| c.width).sum();
    let widths: Vec<f32> = table.columns.iter().map(|c| c.width / all * INNER).collect();
    let aligns: Vec<Align> = table.columns.iter().map(|c| c.align).collect();
    let headings = table.columns.iter().map(|c| c.heading.clone()).collect();
    let most = Flow::page_room() / 2.0;
    let head = laid(flow, headings, &widths, STRONG, most);
    let mut rows: Vec<(Laid, Style)> = Vec::new();
    for row in &table.rows {
        let cells = row.iter().map(|cell| show::cell(cell, lang)).collect();
        rows.push((laid(flow, cells, &widths, BODY, Flow::page_room() - head.height), BODY));
    }
    if !table.totals.is_empty() {
        let cells = (0..table.columns.len()).map(|at| show::total(table, at, lang)).collect();
        rows.push((laid(flow, cells, &widths, STRONG, most), STRONG));
    }
    flow.need(head.height + rows.first().map_or(0.0, |(row, _)| row.height));
    heading(flow, &head, &widths);
    for (row, style) in &rows {
        if flow.room() < row.height {
            flow.turn();
            heading(flow, &head, &widths);
        }
        set(flow, row, *style, &widths, &aligns);
    }
    flow.y += 6.0;
}

/// Breaks cells into lines. A row that no page could hold is cut, and says so.
fn laid(flow: &Flow<'_>, cells: Vec<String>, widths: &[f32], style: Style, most: f32) -> Laid {
    let line = style.size * LEADING;
    let mut cells: Vec<Vec<String>> =
        cells.iter().zip(widths).map(|(text, width)| flow.lines(text, style, width - 2.0 * PAD)).collect();
    let mut deepest = 1;
    for lines in &mut cells {
        while line_height(lines.len(), line) > most {
            lines.pop();
            if let Some(last) = lines.last_mut() {
                *last = "…".to_owned();
            }
        }
        deepest = deepest.max(lines.len());
    }
    Laid { cells, height: line_height(deepest, line) }
}

#[expect(clippy::cast_precision_loss, reason = "a cell has some hundred lines at most")]
fn line_height(lines: usize, line: f32) -> f32 {
    lines as f32 * line + 2.0 * PAD
}

fn heading(flow: &mut Flow<'_>, head: &Laid, widths: &[f32]) {
    flow.mark(Mark::Shade { x: LEFT, y: flow.y, width: INNER, height: head.height });
    set(flow, head, STRONG, widths, &vec![Align::Centre; widths.len()]);
}

fn set(flow: &mut Flow<'_>, row: &Laid, style: Style, widths: &[f32], aligns: &[Align]) {
    let (top, bottom) = (flow.y, flow.y + row.height);
    let mut x = LEFT;
    for ((lines, width), align) in row.cells.iter().zip(widths).zip(aligns) {
        let mut y = top + PAD;
        for line in lines {
            flow.set(line, style, (x + PAD, width - 2.0 * PAD), y, *align);
            y += style.size * LEADING;
        }
        flow.mark(Mark::Rule { x1: x, y1: top, x2: x, y2: bottom });
        x += width;
    }
    flow.mark(Mark::Rule { x1: x, y1: top, x2: x, y2: bottom });
    flow.mark(Mark::Rule { x1: LEFT, y1: top, x2: x, y2: top });
    flow.mark(Mark::Rule { x1: LEFT, y1: bottom, x2: x, y2: bottom });
    flow.y = bottom;
}
