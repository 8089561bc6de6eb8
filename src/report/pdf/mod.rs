//! A sheet as PDF/A-2u: A4 across, the font embedded, text that can be searched and copied. Pure.

mod draw;
mod face;
mod flow;
mod grid;
mod wrap;

use super::document::{Align, Block, Document};
use super::sheet::ReportError;
use crate::model::text::Lang;
use crate::model::time::Moment;
use face::{Faces, Weight};
use flow::{Flow, INNER, LEADING, LEFT, Mark, Style};

const TEXT: Style = Style { size: 11.0, weight: Weight::Regular };
const STRONG: Style = Style { size: 11.0, weight: Weight::Bold };
const HEADING: Style = Style { size: 12.0, weight: Weight::Bold };
const TITLE: Style = Style { size: 15.0, weight: Weight::Bold };
const SMALL: Style = Style { size: 9.5, weight: Weight::Regular };
/// Under a heading there is room for a table's head and a row, or it goes to the next page.
const WITH_HEADING: f32 = 90.0;
/// Date, functions and room to sign.
const SIGNED: f32 = 130.0;

/// The file.
pub(super) fn document(document: &Document, printed_at: Moment, lang: Lang) -> Result<Vec<u8>, ReportError> {
    let faces = Faces::load()?;
    let mut flow = Flow::new(&faces);
    top(&mut flow, document);
    for block in &document.blocks {
        match block {
            Block::Heading(text) => {
                flow.need(WITH_HEADING);
                flow.y += 4.0;
                flow.paragraph(text, HEADING, Align::Left, 3.0);
            }
            Block::Text(text) => flow.paragraph(text, TEXT, Align::Left, 3.0),
            Block::Note(text) => flow.paragraph(text, SMALL, Align::Left, 4.0),
            Block::Table(table) => {
                if let Some(lead) = &table.lead {
                    flow.need(WITH_HEADING);
                    flow.paragraph(lead, TEXT, Align::Left, 3.0);
                }
                grid::table(&mut flow, table, lang);
            }
        }
    }
    signatures(&mut flow, document);
    draw::file(&faces, flow.pages, document, printed_at, lang)
}

/// Issuer at the left, state and motto at the right, then what it is and for which days.
fn top(flow: &mut Flow<'_>, document: &Document) {
    let (half, begin) = (INNER / 2.0, flow.y);
    let unit = document.issuer.len().saturating_sub(2);
    let mut left = begin;
    for (at, text) in document.issuer.iter().enumerate() {
        let style = if at == unit { STRONG } else { TEXT };
        for line in flow.lines(text, style, half - 20.0) {
            flow.set(&line, style, (LEFT, half), left, Align::Centre);
            left += style.size * LEADING;
        }
    }
    let mut right = begin;
    for text in &document.motto {
        let line = flow.faces.get(Weight::Bold).writable(text);
        flow.set(&line, STRONG, (LEFT + half, half), right, Align::Centre);
        right += STRONG.size * LEADING;
    }
    let width = flow.faces.get(Weight::Bold).width(&document.motto[1], STRONG.size);
    let from = LEFT + half + (half - width) / 2.0;
    flow.mark(Mark::Rule { x1: from, y1: right + 2.0, x2: from + width, y2: right + 2.0 });
    flow.y = left.max(right + 4.0) + 10.0;
    flow.paragraph(&document.title, TITLE, Align::Centre, 1.0);
    flow.paragraph(&document.period, TEXT, Align::Centre, 8.0);
}

fn signatures(flow: &mut Flow<'_>, document: &Document) {
    flow.need(SIGNED);
    flow.y += 8.0;
    let (half, top) = (INNER / 2.0, flow.y);
    flow.set(&flow.faces.get(Weight::Regular).writable(&document.dated), TEXT, (LEFT + half, half), top, Align::Centre);
    let mut x = LEFT;
    for [role, how] in &document.signatures {
        let below = top + TEXT.size * LEADING + 3.0;
        flow.set(&role.to_uppercase(), STRONG, (x, half), below, Align::Centre);
        flow.set(how, SMALL, (x, half), below + STRONG.size * LEADING, Align::Centre);
        x += half;
    }
    flow.y = top + SIGNED - 8.0;
}
