//! The text of one file: bytes to UTF-8, and byte positions to lines and columns. Pure.

use std::ops::Range;

use crate::config::findings::file_error;
use crate::config::suggest;
use crate::model::diag::Diagnostic;
use crate::text;

/// A range of bytes in a file's text.
pub(crate) type Span = Range<usize>;

/// A configuration file is never larger than this, in bytes.
pub const MAX_BYTES: usize = 1_000_000;

/// Longer lines are not shown with their diagnostics, in bytes.
const MAX_SHOWN_LINE: usize = 1_000;

/// One file as it lies on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Relative to the configuration folder, with `/`: `station.toml`, `communes/an-xuan.toml`.
    pub name: String,
    /// The bytes; whether they are text is for `parse` to say.
    pub bytes: Vec<u8>,
}

impl SourceFile {
    /// A file from its name and content.
    pub fn new(name: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), bytes: content.into() }
    }
}

/// A file that is text.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
    /// Where each line begins.
    starts: Vec<usize>,
}

/// Where a span is, as people count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) width: u32,
    pub(crate) source: String,
}

impl Source {
    /// The file's text without its byte order mark, or what is wrong with the bytes.
    pub(crate) fn decode(file: &SourceFile) -> Result<Self, Box<Diagnostic>> {
        if file.bytes.len() > MAX_BYTES {
            return Err(Box::new(too_large(&file.name)));
        }
        match std::str::from_utf8(&file.bytes) {
            Ok(text) if text.trim_start_matches('\u{feff}').trim().is_empty() => Err(Box::new(blank(&file.name))),
            Ok(text) => Ok(Self::new(&file.name, text.strip_prefix('\u{feff}').unwrap_or(text))),
            Err(error) => Err(Box::new(not_utf8(file, error.valid_up_to()))),
        }
    }

    fn new(name: &str, text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { name: name.to_owned(), text: text.to_owned(), starts }
    }

    /// The number of the line (from 0) that holds this byte.
    pub(crate) fn line_at(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// Where a line (from 0) lies, without its line end.
    pub(crate) fn line_span(&self, line: usize) -> Span {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let shown = self.text[start..end].trim_end_matches('\r');
        start..start + shown.len()
    }

    /// A line (from 0) without its line end.
    pub(crate) fn line(&self, line: usize) -> &str {
        &self.text[self.line_span(line)]
    }

    /// Line, column and width of a span; what lies on later lines is left out.
    pub(crate) fn place(&self, span: &Span) -> Place {
        let start = self.text.floor_char_boundary(span.start.min(self.text.len()));
        let number = self.line_at(start);
        let line = self.line_span(number);
        let start = start.min(line.end);
        let end = self.text.ceil_char_boundary(span.end.clamp(start, line.end));
        let count = |from: usize, to: usize| u32::try_from(self.text[from..to].chars().count()).unwrap_or(u32::MAX);
        let shown = &self.text[line.clone()];
        let shown = if line.len() <= MAX_SHOWN_LINE && !holds_secret(shown) { shown } else { "" };
        Place {
            line: u32::try_from(number + 1).unwrap_or(u32::MAX),
            column: count(line.start, start) + 1,
            width: count(start, end).max(1),
            source: shown.to_owned(),
        }
    }
}

/// Is there a password in this line, or what may be meant as one? Such lines are shown nowhere.
pub(crate) fn holds_secret(line: &str) -> bool {
    let line = &line[..line.floor_char_boundary(MAX_SHOWN_LINE)];
    let authority =
        |rest: &str| rest.split(['/', '"', '\'', ' ']).next().is_some_and(|authority| authority.contains('@'));
    let keys = line.rfind(['=', ':']).map_or_else(|| line.split_whitespace().next(), |at| line.get(..at));
    line.split("://").skip(1).any(authority) || keys.is_some_and(names_secret)
}

/// Is a password named in this text, or what is left of such a name? Characters that slipped in do not matter.
fn names_secret(text: &str) -> bool {
    let letters: String = suggest::fold(text).chars().filter(char::is_ascii_alphabetic).collect();
    ["pass", "word", "matkhau", "secret"].iter().any(|part| letters.contains(part))
}

fn too_large(name: &str) -> Diagnostic {
    file_error(
        name,
        "too_large",
        text!(
            "Tệp lớn quá 1 MB, không thể là tệp cấu hình.",
            "The file is larger than 1 MB: this cannot be a configuration."
        ),
        text!(
            "Hãy chép lại đúng tệp, hoặc khôi phục từ bản sao lưu.",
            "Copy the right file, or restore it from a backup."
        ),
    )
}

/// Somebody deleted everything, or the disk was full while it was saved.
fn blank(name: &str) -> Diagnostic {
    file_error(
        name,
        "blank",
        text!("Tệp này trống, không có chữ nào.", "This file is empty."),
        text!(
            "Chép lại nội dung từ bản sao lưu; nếu không có, lấy tệp mẫu bằng lệnh loaphuong init rồi sửa lại.",
            "Restore it from a backup; if there is none, `loaphuong init` writes a sample to edit."
        ),
    )
}

fn not_utf8(file: &SourceFile, good: usize) -> Diagnostic {
    if file.bytes.starts_with(&[0xff, 0xfe]) || file.bytes.starts_with(&[0xfe, 0xff]) {
        return file_error(
            &file.name,
            "not_utf8",
            text!("Tệp được lưu theo bảng mã UTF-16 (\"Unicode\").", "The file is saved as UTF-16 (\"Unicode\")."),
            text!(
                "Hãy lưu lại: trong Notepad chọn File, Save as; ở ô Encoding chọn UTF-8; bấm Save.",
                "Save it again: in Notepad, File, Save as, Encoding UTF-8, Save."
            ),
        );
    }
    let before = String::from_utf8_lossy(&file.bytes[..good]);
    let rest = file.bytes[good..].split(|b| *b == b'\n').next().unwrap_or_default();
    let shown = format!("{before}{}", String::from_utf8_lossy(rest));
    let place = Source::new(&file.name, &shown).place(&(good..good + 1));
    let mut diagnostic = file_error(
        &file.name,
        "not_utf8",
        text!(
            "Có chữ không thuộc bảng mã UTF-8 (có thể là TCVN3, VNI hoặc Windows-1258).",
            "There are characters that are not UTF-8 (perhaps TCVN3, VNI or Windows-1258)."
        ),
        text!(
            "Hãy gõ lại chữ ở chỗ này bằng bảng mã Unicode, rồi lưu tệp theo UTF-8.",
            "Type the text here again in Unicode, then save the file as UTF-8."
        ),
    );
    (diagnostic.line, diagnostic.column, diagnostic.width) = (place.line, place.column, 1);
    diagnostic.source = place.source;
    diagnostic
}
