//! What the TOML parser could not read, in words that say what to type instead. Pure.

mod classes;
mod odd;
mod values;

use toml::de::Error;

use crate::config::findings::{Finding, Findings};
use crate::config::source::{Source, Span};
use crate::text;

/// Reports the parser's errors, one a line at the most, and remembers what they leave in doubt.
pub(super) fn explain(errors: &[Error], to: &mut Findings<'_>) {
    let source = to.source;
    let mut errors: Vec<_> = errors.iter().map(|e| (e.span().unwrap_or(0..0), e.message())).collect();
    errors.sort_by_key(|(span, _)| span.start);
    for (number, (span, message)) in errors.iter().enumerate() {
        let line = source.line_span(source.line_at(span.start));
        if to.damage.holds(span.start) {
            continue;
        }
        if to.is_full() {
            // Nobody reads on from here; to judge the rest of a file of junk would take long.
            to.damage.regions.push(span.start..usize::MAX);
            to.leave_out(errors.len() - number);
            break;
        }
        if let Some(finding) = unclosed(source, &errors, span, message) {
            to.damage.regions.push(finding.span.start..usize::MAX);
            to.add_syntax(finding);
            continue;
        }
        let finding = classes::classify(source, span, message);
        // What stands below a broken header belongs to nothing that is known.
        let end = if finding.code == "bad_header" { next_header(source, line.end) } else { line.end + 1 };
        to.damage.regions.push(line.start..end);
        to.add_syntax(finding);
    }
}

/// Where the next line begins that is a header, or the end of the text.
fn next_header(source: &Source, from: usize) -> usize {
    let rest = source.text.get(from..).unwrap_or_default();
    rest.find("\n[").map_or(source.text.len(), |at| from + at + 1)
}

/// A list or a text of several lines that nobody closed: it swallows all that follows, so it is the last error said.
fn unclosed(source: &Source, errors: &[(Span, &str)], span: &Span, message: &str) -> Option<Finding> {
    if message.starts_with("invalid multi-line") {
        let quotes = if message.contains("literal") { "'''" } else { "\"\"\"" };
        let at = source.text[..span.start.min(source.text.len())].rfind(quotes)?;
        return Some(Finding {
            code: "unclosed_text",
            span: at..at + quotes.len(),
            message: text!(
                "Đoạn chữ mở bằng {quotes} ở đây chưa được đóng.",
                "The text that begins here with {quotes} is not closed."
            ),
            remedy: text!(
                "Dùng một dấu nháy kép ở mỗi đầu, trên cùng một dòng: \"…\"",
                "Use one double quote at each end, on one line: \"…\""
            ),
        });
    }
    let in_list = message.starts_with("missing comma between array") || message.starts_with("unclosed array, ");
    let key_follows = || {
        let later = errors.iter().filter(|(s, _)| s.start >= span.start);
        later.take(3).any(|(_, m)| m.starts_with("unexpected `=` in array") || m.starts_with("unclosed array, "))
    };
    if !in_list || !key_follows() {
        return None;
    }
    // The parser stumbles at the next word; the bracket is missing at the end of what stands before it.
    let before = source.text[..span.start.min(source.text.len())].trim_end();
    let end = without_comments(source, before);
    Some(Finding {
        code: "unclosed_list",
        span: end..end + 1,
        message: text!("Danh sách ở đây chưa được đóng: thiếu dấu ].", "The list is not closed here: a ] is missing."),
        remedy: text!("Thêm dấu ] vào cuối danh sách.", "Add a ] at the end of the list."),
    })
}

/// The end of the last line of `before` that is more than a comment.
fn without_comments(source: &Source, before: &str) -> usize {
    let mut line = source.line_at(before.len());
    loop {
        let span = source.line_span(line);
        let shown = odd::statement(&source.text[span.start..span.end.min(before.len()).max(span.start)]);
        if line == 0 || !shown.is_empty() {
            return span.start + shown.len();
        }
        line -= 1;
    }
}
