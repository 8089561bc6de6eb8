//! Sets lines, rules and boxes on pages from top to bottom, in points. Pure.

use super::face::{Faces, Weight};
use super::wrap;
use crate::report::document::Align;

/// A4 across.
pub(super) const WIDTH: f32 = 841.89;
/// A4 across.
pub(super) const HEIGHT: f32 = 595.28;
/// Room to bind at the left; elsewhere what printers need.
pub(super) const LEFT: f32 = 51.0;
const RIGHT: f32 = 34.0;
const TOP: f32 = 40.0;
pub(super) const BOTTOM: f32 = 42.0;
/// Between the margins.
pub(super) const INNER: f32 = WIDTH - LEFT - RIGHT;
/// A line's height, of its letters'.
pub(super) const LEADING: f32 = 1.22;

/// How letters look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// In points.
    pub(super) size: f32,
    pub(super) weight: Weight,
}

/// Something drawn. `y` grows downwards.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    /// A line of text whose letters stand on `y`.
    Text { x: f32, y: f32, size: f32, weight: Weight, text: String },
    /// A rule.
    Rule { x1: f32, y1: f32, x2: f32, y2: f32 },
    /// A box in light grey.
    Shade { x: f32, y: f32, width: f32, height: f32 },
}

/// Pages, and where the next line goes.
pub(super) struct Flow<'a> {
    pub(super) faces: &'a Faces,
    pub(super) pages: Vec<Vec<Mark>>,
    pub(super) y: f32,
}

impl<'a> Flow<'a> {
    /// One empty page.
    pub(super) fn new(faces: &'a Faces) -> Self {
        Self { faces, pages: vec![Vec::new()], y: TOP }
    }

    /// How much room is left on this page.
    pub(super) fn room(&self) -> f32 {
        HEIGHT - BOTTOM - self.y
    }

    /// How much room a whole page has.
    pub(super) fn page_room() -> f32 {
        HEIGHT - BOTTOM - TOP
    }

    /// Goes on to a new page.
    pub(super) fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    /// Goes on to a new page if so much does not fit here.
    pub(super) fn need(&mut self, height: f32) {
        if self.room() < height {
            self.turn();
        }
    }

    /// Draws on this page.
    pub(super) fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Text as lines of this width.
    pub(super) fn lines(&self, text: &str, style: Style, width: f32) -> Vec<String> {
        let face = self.faces.get(style.weight);
        wrap::lines(&face.writable(text), face, style.size, width)
    }

    /// Sets one line into a span of the page: its letters hang from `top`.
    pub(super) fn set(&mut self, line: &str, style: Style, (x, width): (f32, f32), top: f32, align: Align) {
        let free = width - self.faces.get(style.weight).width(line, style.size);
        let x = x + match align {
            Align::Left => 0.0,
            Align::Centre => free / 2.0,
            Align::Right => free,
        };
        if !line.is_empty() {
            let (size, weight) = (style.size, style.weight);
            self.mark(Mark::Text { x, y: top + size * 0.95, size, weight, text: line.to_owned() });
        }
    }

    /// Sets text over the whole width, over pages if need be.
    pub(super) fn paragraph(&mut self, text: &str, style: Style, align: Align, after: f32) {
        for line in self.lines(text, style, INNER) {
            self.need(style.size * LEADING);
            self.set(&line, style, (LEFT, INNER), self.y, align);
            self.y += style.size * LEADING;
        }
        self.y += after;
    }
}
