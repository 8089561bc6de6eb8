//! Diagnostics as people read them on a terminal: place, the line itself, a caret, cause, remedy. Pure.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::model::diag::{Diagnostic, Severity};
use crate::model::text::Lang;

/// Whether to colour what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// For files, pipes and tests.
    Never,
    /// For terminals.
    Always,
}

/// All diagnostics, one after the other, with an empty line between; ends with a line end if there is any.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], lang: Lang, color: Color) -> String {
    let renderer = match color {
        Color::Never => Renderer::plain(),
        Color::Always => Renderer::styled(),
    };
    let mut text = String::new();
    for diagnostic in diagnostics {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&renderer.render(&[group(diagnostic, lang)]));
        text.push('\n');
    }
    text
}

fn group(diagnostic: &Diagnostic, lang: Lang) -> Group<'_> {
    let (level, help) = match (diagnostic.severity, lang) {
        (Severity::Error, Lang::Vi) => (Level::ERROR.with_name("lỗi"), "cách sửa"),
        (Severity::Error, Lang::En) => (Level::ERROR, "remedy"),
        (Severity::Warning, Lang::Vi) => (Level::WARNING.with_name("cảnh báo"), "nên làm"),
        (Severity::Warning, Lang::En) => (Level::WARNING, "remedy"),
    };
    let group = Group::with_title(level.primary_title(diagnostic.message.get(lang)));
    let help = Level::HELP.with_name(help).message(diagnostic.remedy.get(lang));
    let file = diagnostic.file.as_str();
    if file.is_empty() {
        return group.element(help);
    }
    if diagnostic.line == 0 {
        return group.element(Origin::path(file)).element(help);
    }
    let line = usize::try_from(diagnostic.line).unwrap_or(usize::MAX);
    let column = usize::try_from(diagnostic.column).unwrap_or(usize::MAX);
    if diagnostic.source.is_empty() {
        return group.element(Origin::path(file).line(line).char_column(column)).element(help);
    }
    let caret = AnnotationKind::Primary.span(bytes(diagnostic));
    group.element(Snippet::source(&diagnostic.source).line_start(line).path(file).annotation(caret)).element(help)
}

/// The bytes of the line that are wrong.
fn bytes(diagnostic: &Diagnostic) -> std::ops::Range<usize> {
    let line = &diagnostic.source;
    let at = |characters: u32| {
        let n = usize::try_from(characters).unwrap_or(usize::MAX);
        line.char_indices().nth(n).map_or(line.len(), |(byte, _)| byte)
    };
    let first = diagnostic.column.saturating_sub(1);
    at(first)..at(first.saturating_add(diagnostic.width))
}
