//! One syntax error: which of the usual slips it is, and what to type instead. Pure.

use crate::config::findings::{Finding, quoted};
use crate::config::read::day::meant_date;
use crate::config::read::raw::TABLES;
use crate::config::read::when::meant_time;
use crate::config::source::{Source, Span, holds_secret};
use crate::config::suggest;
use crate::config::syntax::{odd, values};
use crate::model::text::Text;
use crate::text;

/// What there is to judge by.
pub(super) struct Slip<'a> {
    /// The line without the comment at its end.
    pub(super) line: &'a str,
    /// Where the line begins in the text.
    pub(super) start: usize,
    /// What the parser could not read.
    pub(super) span: &'a Span,
    /// The characters of `span`.
    pub(super) word: &'a str,
    /// The parser's own words.
    pub(super) said: &'a str,
}

/// The keys whose value is `true` or `false`.
const YES_OR_NO: [&str; 2] = ["enabled", "empty"];

/// Code, place, message, remedy.
pub(super) type Answer = (&'static str, Span, Text, Text);

/// The finding for one error of the parser.
pub(super) fn classify(source: &Source, span: &Span, said: &str) -> Finding {
    let number = source.line_at(span.start);
    let slip = Slip {
        line: odd::statement(source.line(number)),
        start: source.line_span(number).start,
        span,
        word: source.text.get(span.clone()).unwrap_or_default(),
        said,
    };
    if holds_secret(slip.line) {
        let (code, span, message, remedy) = secret(&slip);
        return Finding { code, span, message, remedy };
    }
    let (code, span, message, remedy) = odd_character(&slip)
        .or_else(|| header(&slip))
        .or_else(|| assignment(&slip))
        .or_else(|| quoting(&slip))
        .or_else(|| values::value(&slip))
        .unwrap_or_else(|| other(&slip));
    Finding { code, span, message, remedy }
}

/// What is wrong in a line with a password is not quoted.
fn secret(slip: &Slip<'_>) -> Answer {
    (
        "syntax",
        slip.span.clone(),
        text!("Dòng có mật khẩu viết chưa đúng.", "The line with the password is not written right."),
        text!("Viết như ví dụ này: password = \"…\"", "Write it like this example: password = \"…\""),
    )
}

fn odd_character(slip: &Slip<'_>) -> Option<Answer> {
    let unclosed = slip.said.contains("expected `\"`");
    let found = odd::find(slip.line, false).or_else(|| odd::find(slip.line, true).filter(|_| unclosed))?;
    let (at, c, mended) = found;
    let start = slip.start + at;
    let code = u32::from(c);
    let hidden = code == 0xad || matches!(code, 0x200b..=0x200f | 0x2060 | 0xfeff);
    let [vi, en] = if c.is_whitespace() {
        ["Dấu cách đặc biệt".to_owned(), "The special space".to_owned()]
    } else if hidden {
        ["Ký tự ẩn".to_owned(), "The hidden character".to_owned()]
    } else {
        [format!("Ký tự \"{c}\""), format!("The character \"{c}\"")]
    };
    let mended = quoted(&mended);
    Some((
        "odd_character",
        start..start + c.len_utf8(),
        text!(
            "{vi} do Word hoặc bộ gõ tự chèn vào, ở đây không dùng được.",
            "{en} comes from a word processor or input method and cannot be used here."
        ),
        text!("Gõ lại bằng ký tự thường: {mended}", "Type plain characters: {mended}"),
    ))
}

fn header(slip: &Slip<'_>) -> Option<Answer> {
    let line = slip.line.trim();
    let starts = line.starts_with('[');
    if slip.said.starts_with("duplicate key") {
        let (word, whole) = (quoted(slip.word), slip.span.clone());
        let repeats = TABLES.iter().any(|(header, _)| *header == format!("[[{}]]", slip.word));
        let remedy = if repeats {
            text!("Mọi chỗ đều phải viết hai ngoặc vuông: [[{word}]]", "Write two brackets everywhere: [[{word}]]")
        } else {
            text!("Gộp hai mục làm một.", "Merge the two.")
        };
        return Some(if starts {
            (
                "duplicate_key",
                whole,
                text!("Mục \"{word}\" đã có ở phía trên.", "The table \"{word}\" is already above."),
                remedy,
            )
        } else {
            (
                "duplicate_key",
                whole,
                text!("Dòng \"{word}\" bị ghi hai lần trong cùng một mục.", "The key \"{word}\" is there twice."),
                text!(
                    "Xóa một trong hai dòng, hoặc thêm dòng đầu mục như [[slot]] ở giữa nếu là hai mục khác nhau.",
                    "Remove one of the two lines, or put a header such as [[slot]] between if they belong to two."
                ),
            )
        });
    }
    let broken = slip.said.starts_with("unclosed table")
        || slip.said.starts_with("unclosed array table")
        || (starts
            && (slip.said.starts_with("unquoted keys cannot be empty")
                || slip.said.starts_with("invalid unquoted key")));
    if !(broken && starts) {
        return None;
    }
    let name = suggest::fold(line.split('#').next().unwrap_or_default().trim_matches(['[', ']', ' ']));
    let headers = || TABLES.iter().map(|(header, _)| *header).filter(|header| header.starts_with('['));
    let names: Vec<_> = headers().map(|header| header.trim_matches(['[', ']'])).collect();
    let meant = suggest::key(&name, &names).and_then(|name| headers().find(|h| h.trim_matches(['[', ']']) == name));
    let mended = match meant {
        Some(header) => header.to_owned(),
        None => headers().collect::<Vec<_>>().join(", "),
    };
    let end = slip.start + slip.line.len();
    Some((
        "bad_header",
        slip.start..end,
        text!("Dòng đầu mục viết chưa đúng.", "This header is not written right."),
        text!("Viết đủ ngoặc vuông ở hai đầu: {mended}", "Write it with all its brackets: {mended}"),
    ))
}

fn assignment(slip: &Slip<'_>) -> Option<Answer> {
    let line = slip.line.trim();
    let no_value = slip.said.starts_with("key with no value");
    let bad_key =
        slip.said.starts_with("invalid unquoted key") || slip.said.starts_with("unquoted keys cannot be empty");
    if !no_value && !bad_key {
        return None;
    }
    let whole = slip.start..slip.start + slip.line.len();
    if line.starts_with("//") || line.starts_with(';') || line.starts_with("--") || line.starts_with("/*") {
        let remedy = text!("Viết ghi chú sau dấu #.", "Begin a comment with #.");
        return Some((
            "bad_comment",
            whole,
            text!("Ghi chú phải bắt đầu bằng dấu #.", "A comment begins with #."),
            remedy,
        ));
    }
    let (key, rest) = line.split_once(['=', ':']).unwrap_or((line, ""));
    let equals = line.contains('=') && !key.contains(':');
    let key = key.trim();
    let colon = line.split_once(':').filter(|(before, _)| !equals && !before.contains(['"', '\'', '[']));
    if let Some((key, rest)) = colon {
        let mended = quoted(&format!("{} = {}", key.trim(), rest.trim()));
        let message = text!(
            "Sau tên ở đầu dòng phải là dấu = chứ không phải dấu hai chấm.",
            "After the key comes = and not a colon."
        );
        return Some(("missing_equals", whole, message, text!("Viết là: {mended}", "Write: {mended}")));
    }
    if !equals {
        let (key, value) = line.split_once(char::is_whitespace).unwrap_or((line, "\"…\""));
        let mended = quoted(&format!("{key} = {}", value.trim()));
        let message = text!("Dòng này thiếu dấu = sau tên ở đầu dòng.", "There is no = after the key.");
        return Some((
            "missing_equals",
            whole,
            message,
            text!(
                "Viết là: {mended}. Nếu là ghi chú thì thêm # ở đầu dòng.",
                "Write: {mended}. If it is a comment, begin it with #."
            ),
        ));
    }
    let known: Vec<_> = TABLES.iter().flat_map(|(_, keys)| keys.iter().copied()).collect();
    let plain = suggest::key(key, &known).map_or_else(|| suggest::fold(key).replace('-', "_"), str::to_owned);
    let mended = quoted(&format!("{plain} = {}", rest.trim()));
    let message = text!(
        "Tên ở đầu dòng chỉ được gồm chữ không dấu, số, - và _.",
        "Keys have only letters without marks, digits, - and _."
    );
    Some(("bad_key", slip.span.clone(), message, text!("Viết là: {mended}", "Write: {mended}")))
}

fn quoting(slip: &Slip<'_>) -> Option<Answer> {
    let said = slip.said;
    if said.starts_with("missing escaped value") || said.starts_with("too few unicode") || said.contains("unicode") {
        let message = text!(
            "Dấu \\ trong dấu nháy kép có nghĩa riêng, ở đây không dùng được.",
            "A \\ inside double quotes has a meaning of its own."
        );
        let remedy =
            text!("Thay \\ bằng /, hoặc dùng dấu nháy đơn: '…'", "Write / in its place, or use single quotes: '…'");
        return Some(("backslash", slip.span.clone(), message, remedy));
    }
    if (said.starts_with("invalid basic string") || said.starts_with("invalid literal string")) && slip.word.is_empty()
    {
        let quote = if said.contains("basic") { '"' } else { '\'' };
        let code = slip.line.trim_end();
        let message = text!("Thiếu dấu nháy đóng {quote} ở cuối.", "The closing quote {quote} is missing.");
        let end = slip.start + code.len();
        return Some((
            "unclosed_quote",
            end..end + 1,
            message,
            text!("Thêm dấu {quote} vào cuối chữ.", "Add a {quote} at the end of the text."),
        ));
    }
    if said.starts_with("invalid basic string")
        || said.starts_with("invalid literal string")
        || said.starts_with("invalid comment character")
    {
        let message =
            text!("Ở đây có ký tự ẩn không dùng được.", "There is a hidden character here that cannot be used.");
        return Some((
            "control_character",
            slip.span.clone(),
            message,
            text!("Xóa cả dòng rồi gõ lại.", "Delete the line and type it again."),
        ));
    }
    if !said.starts_with("string values must be quoted") && !said.starts_with("missing opening quote") {
        return None;
    }
    Some(unquoted(slip))
}

fn unquoted(slip: &Slip<'_>) -> Answer {
    let key = quoted(slip.line.split('=').next().unwrap_or_default().trim());
    let word = slip.word.trim();
    let value = slip.line.split_once('=').map_or(word, |(_, value)| value.trim());
    if word.is_empty() && value.trim_matches(['"', '\'']).is_empty() {
        let message = text!("Sau dấu = chưa ghi gì.", "There is nothing after the =.");
        return (
            "missing_value",
            slip.span.clone(),
            message,
            text!("Viết: {key} = \"…\", hoặc xóa dòng này.", "Write: {key} = \"…\", or remove the line."),
        );
    }
    if let Some(date) = meant_date(word) {
        let message = text!("Ngày phải viết theo thứ tự năm-tháng-ngày.", "A date is year-month-day.");
        return ("bad_date", slip.span.clone(), message, text!("Viết là: {key} = {date}", "Write: {key} = {date}"));
    }
    let time = meant_time(word).filter(|_| key == "at" && word.contains(|c: char| c.is_ascii_digit()));
    if let Some(time) = time {
        let message = text!("Giờ phải viết trong dấu nháy kép.", "A time must be in double quotes.");
        return ("bad_time", slip.span.clone(), message, text!("Viết là \"{time}\".", "Write \"{time}\"."));
    }
    if YES_OR_NO.contains(&key.as_str()) {
        return values::boolean(slip);
    }
    let shown = quoted(if value.starts_with('[') { word } else { value }.trim_matches(['"', '\'']));
    let message = text!("Chữ phải nằm trong dấu nháy kép.", "Text must be in double quotes.");
    ("missing_quotes", slip.span.clone(), message, text!("Viết là: \"{shown}\"", "Write: \"{shown}\""))
}

fn other(slip: &Slip<'_>) -> Answer {
    let said = quoted(slip.said);
    (
        "syntax",
        slip.span.clone(),
        text!("Dòng này viết không đúng quy tắc của tệp lịch.", "This is not valid TOML: {said}."),
        text!("So với tệp mẫu rồi viết lại dòng này.", "Compare it with the sample and write the line again."),
    )
}
