//! What was found wrong in one file, before positions become lines and columns. Pure.

use crate::config::source::{Source, Span};
use crate::model::diag::{Diagnostic, Severity};
use crate::model::text::Text;
use crate::text;

/// More findings than this are counted, not shown: after so many, people mend and look again.
const MAX_SHOWN: usize = 100;

/// Values quoted in messages are cut after this many characters.
const MAX_QUOTED: usize = 60;

/// One thing wrong, at a span of the text.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) code: &'static str,
    pub(crate) span: Span,
    pub(crate) message: Text,
    pub(crate) remedy: Text,
}

/// What the syntax errors of a file leave uncertain about the rest of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Damage {
    /// The parts that were not understood; empty if all was.
    pub(crate) regions: Vec<Span>,
}

impl Damage {
    /// Was something not understood?
    pub(crate) fn any(&self) -> bool {
        !self.regions.is_empty()
    }

    /// Is this byte in a part that was not understood?
    pub(crate) fn holds(&self, at: usize) -> bool {
        self.regions.iter().any(|region| region.contains(&at))
    }
}

/// Collects the errors of one file.
#[derive(Debug)]
pub(crate) struct Findings<'s> {
    pub(crate) source: &'s Source,
    pub(crate) damage: Damage,
    /// Keys that were meant by a misspelled one, with the table that has it.
    meant: Vec<(Span, &'static str)>,
    list: Vec<Finding>,
    unshown: usize,
}

impl<'s> Findings<'s> {
    pub(crate) fn new(source: &'s Source) -> Self {
        Self { source, damage: Damage::default(), meant: Vec::new(), list: Vec::new(), unshown: 0 }
    }

    /// Notes an error.
    pub(crate) fn add(&mut self, code: &'static str, span: &Span, message: Text, remedy: Text) {
        if self.doubtful(code, span) {
            return;
        }
        if self.is_full() {
            self.unshown += 1;
        } else {
            self.list.push(Finding { code, span: span.clone(), message, remedy });
        }
    }

    /// Notes a syntax error: these come first and are never in doubt.
    pub(crate) fn add_syntax(&mut self, finding: Finding) {
        self.list.push(finding);
    }

    /// Are there as many as are shown?
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= MAX_SHOWN
    }

    /// Counts findings that are not shown.
    pub(crate) fn leave_out(&mut self, count: usize) {
        self.unshown += count;
    }

    /// Could this be a consequence of a syntax error, and no mistake of its own?
    fn doubtful(&self, code: &str, span: &Span) -> bool {
        let absence = matches!(
            code,
            "missing"
                | "neither"
                | "unknown_reference"
                | "no_slots"
                | "no_outputs"
                | "open_plan"
                | "no_holiday"
                | "no_relay"
        );
        self.damage.any() && (absence || self.damage.holds(span.start))
    }

    /// Notes that a misspelled key of this table means `key`, so that nobody says that `key` is missing.
    pub(crate) fn mean(&mut self, table: &Span, key: &'static str) {
        self.meant.push((table.clone(), key));
    }

    /// Does a misspelled key of this table mean one of these?
    pub(crate) fn is_meant(&self, table: &Span, keys: &[&str]) -> bool {
        self.meant.iter().any(|(of, key)| of == table && keys.contains(key))
    }

    /// The diagnostics in the order of the text.
    pub(crate) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|f| (f.span.start, f.span.end));
        let mut all: Vec<_> = self.list.into_iter().map(|f| diagnostic(self.source, Severity::Error, f)).collect();
        if self.unshown > 0 {
            let n = self.unshown;
            all.push(file_error(
                &self.source.name,
                "more",
                text!("Còn {n} lỗi nữa trong tệp này, chưa hiện ra.", "{n} more errors in this file are not shown."),
                text!("Hãy sửa các lỗi trên rồi kiểm tra lại.", "Mend the errors above and check again."),
            ));
        }
        all
    }
}

/// A diagnostic at a span of a source; `0..0` stands for the file as a whole.
pub(crate) fn diagnostic(source: &Source, severity: Severity, finding: Finding) -> Diagnostic {
    if finding.span == (0..0) {
        return Diagnostic { severity, ..file_error(&source.name, finding.code, finding.message, finding.remedy) };
    }
    let place = source.place(&finding.span);
    Diagnostic {
        severity,
        code: finding.code.to_owned(),
        file: source.name.clone(),
        line: place.line,
        column: place.column,
        width: place.width,
        source: place.source,
        message: finding.message,
        remedy: finding.remedy,
    }
}

/// An error of a file as a whole.
pub(crate) fn file_error(file: &str, code: &str, message: Text, remedy: Text) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code: code.to_owned(),
        file: file.to_owned(),
        line: 0,
        column: 0,
        width: 0,
        source: String::new(),
        message,
        remedy,
    }
}

/// A value as it stands in a sentence: short, and without control characters.
pub(crate) fn quoted(value: &str) -> String {
    let clean = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut short: String = value.chars().take(MAX_QUOTED).map(clean).collect();
    if value.chars().nth(MAX_QUOTED).is_some() {
        short.push('…');
    }
    short
}
