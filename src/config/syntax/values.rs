//! Syntax errors in a value and after it: dates, numbers, lists, braces, what is left over. Pure.

use toml::de::DeTable;

use crate::config::findings::quoted;
use crate::config::read::when::meant_time;
use crate::config::syntax::classes::{Answer, Slip};
use crate::model::text::Text;
use crate::text;

/// What the parser says first; code; message and remedy, in Vietnamese and English. `{}` stands for the word.
type Class = (&'static [&'static str], &'static str, [&'static str; 2], [&'static str; 2]);

const CLASSES: &[Class] = &[
    (
        &["invalid time", "invalid date"],
        "bad_date",
        ["\"{}\" không có trong lịch, hoặc viết chưa đúng.", "\"{}\" is not in the calendar, or is not written right."],
        [
            "Ngày viết năm-tháng-ngày, không có dấu nháy: 2026-12-31. Giờ viết trong dấu nháy: \"05:30\".",
            "Dates are year-month-day without quotes: 2026-12-31. Times are in quotes: \"05:30\".",
        ],
    ),
    (
        &["invalid boolean"],
        "bad_boolean",
        ["Chỗ này chỉ ghi true hoặc false, viết thường.", "This is true or false, in small letters."],
        ["Ghi true (có) hoặc false (không).", "Write true or false."],
    ),
    (
        &["missing comma between array"],
        "missing_comma",
        ["Giữa hai mục của danh sách thiếu dấu phẩy.", "A comma is missing between two entries of the list."],
        ["Viết như ví dụ này: [\"T2\", \"T5\"]", "Write it like this example: [\"T2\", \"T5\"]"],
    ),
    (
        &["extra comma"],
        "extra_comma",
        ["Thừa dấu phẩy.", "There is a comma too many."],
        ["Xóa bớt dấu phẩy.", "Remove it."],
    ),
    (
        &["extra `=`", "extra assignment"],
        "extra_equals",
        ["Thừa dấu =.", "There is a = too many."],
        ["Chỉ giữ một dấu =.", "Keep one."],
    ),
    (
        &["cannot recurse further"],
        "too_deep",
        ["Quá nhiều ngoặc lồng nhau.", "Too many brackets inside each other."],
        ["Chép lại tệp từ bản sao lưu.", "Restore the file from a backup."],
    ),
    (
        &["unclosed inline table", "missing comma between key-value", "missing key for inline", "invalid inline table"],
        "bad_inline_table",
        ["Phần trong ngoặc nhọn viết chưa đúng.", "What stands in braces is not written right."],
        [
            "Viết như ví dụ này: approval = { by = \"…\", on = 2026-11-02 }",
            "Write it like this example: approval = { by = \"…\", on = 2026-11-02 }",
        ],
    ),
    (
        &[
            "unexpected leading zero",
            "invalid float",
            "invalid fraction",
            "invalid integer",
            "`_` may only",
            "unexpected sign",
            "redundant",
            "integers with",
            "radix",
        ],
        "bad_number",
        ["Số \"{}\" viết chưa đúng.", "The number \"{}\" is not written right."],
        [
            "Số viết liền, phần lẻ sau dấu chấm (-16.0); giờ và thời lượng thì để trong dấu nháy kép.",
            "Write digits and a decimal point (-16.0); times and durations go in double quotes.",
        ],
    ),
    (
        &["cannot extend value"],
        "duplicate_key",
        ["Chỗ này đã có giá trị khác ở phía trên.", "This has another value above."],
        ["Xóa một trong hai chỗ.", "Remove one of the two."],
    ),
];

/// The answer, if the slip is in a value.
pub(super) fn value(slip: &Slip<'_>) -> Option<Answer> {
    let span = slip.span.clone();
    if let Some(time) = meant_time(slip.word).filter(|_| slip.word.contains(':')) {
        let message = text!("Giờ phải viết trong dấu nháy kép.", "A time must be in double quotes.");
        return Some(("bad_time", span, message, text!("Viết là \"{time}\".", "Write \"{time}\".")));
    }
    if slip.said.starts_with("unexpected key or value") || slip.said.starts_with("unexpected content") {
        return Some(trailing(slip));
    }
    let (_, code, message, remedy) =
        CLASSES.iter().find(|(said, ..)| said.iter().any(|said| slip.said.starts_with(said)))?;
    let word = quoted(slip.word.trim());
    let message = Text::new(message[0].replace("{}", &word), message[1].replace("{}", &word));
    Some((code, span, message, Text::new(remedy[0], remedy[1])))
}

/// A word where only `true` or `false` can stand.
pub(super) fn boolean(slip: &Slip<'_>) -> Answer {
    let message =
        text!("Chỗ này chỉ ghi true hoặc false, không có dấu nháy.", "This is true or false, without quotes.");
    let remedy = text!("Ghi true (có) hoặc false (không).", "Write true or false.");
    ("bad_boolean", slip.span.clone(), message, remedy)
}

/// Something more stands on the line than one key and one value.
fn trailing(slip: &Slip<'_>) -> Answer {
    let (key, value) = slip.line.split_once('=').unwrap_or((slip.line, ""));
    let (key, value) = (key.trim(), value.split('#').next().unwrap_or_default().trim());
    let rest = slip.span.start..(slip.start + slip.line.len()).max(slip.span.start);
    let listed = format!("{key} = [{value}]");
    if value.contains(',') && DeTable::parse(&listed).is_ok() {
        let listed = quoted(&listed);
        let message = text!("Nhiều giá trị phải đặt trong ngoặc vuông [ ].", "Several values need brackets [ ].");
        return ("missing_brackets", rest, message, text!("Viết là: {listed}", "Write: {listed}"));
    }
    let message = text!("Sau giá trị còn thừa chữ.", "There is something left after the value.");
    (
        "trailing",
        rest,
        message,
        text!(
            "Mỗi dòng chỉ ghi một tên, dấu = và một giá trị; ghi chú đặt sau dấu #.",
            "One key and one value a line; comments come after #."
        ),
    )
}
