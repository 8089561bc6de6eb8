//! From typed tables to the model: presence, references, duplicates, either-or. Pure.

pub(crate) mod campaign;
pub(crate) mod commune;
pub(crate) mod holidays;
pub(crate) mod output;
pub(crate) mod queue;
pub(crate) mod quota;
pub(crate) mod slot;
pub(crate) mod station;
pub(crate) mod what;
pub(crate) mod when;

use std::collections::BTreeMap;
use std::fmt::Display;

use jiff::civil::Date;

use crate::config::findings::Findings;
use crate::config::places::Places;
use crate::config::read::{At, FromToml};
use crate::config::source::Span;
use crate::config::suggest;
use crate::model::id::OutputId;
use crate::model::station::Channel;
use crate::text;

/// What lowering one file works with.
pub(crate) struct Desk<'a, 's> {
    pub(crate) to: &'a mut Findings<'s>,
    pub(crate) places: &'a mut Places,
    /// The number of the file among the sources.
    pub(crate) file: usize,
}

/// The outputs that a commune can name.
#[derive(Debug, Clone)]
pub(crate) enum KnownOutputs {
    /// These, each with its channel if that is known.
    These(Vec<(OutputId, Option<Channel>)>),
    /// `station.toml` could not be read: whatever a commune names may be right.
    Nobody,
}

/// The value of a key that must be there.
pub(crate) fn need<T: FromToml>(
    field: Option<At<T>>,
    key: &str,
    table: (&Span, &str),
    to: &mut Findings<'_>,
) -> Option<T> {
    let (span, header) = table;
    if let Some(at) = field {
        return at.value;
    }
    if to.is_meant(span, &[key]) {
        return None;
    }
    let (example, is_table) = (T::example(), !T::HEADER.is_empty());
    let message = if header.is_empty() {
        text!("Thiếu mục [{key}].", "The table [{key}] is missing.")
    } else {
        text!("Mục {header} này thiếu \"{key}\".", "This {header} has no \"{key}\".")
    };
    let remedy = if is_table {
        text!("Thêm mục này vào tệp, bắt đầu bằng dòng: {example}", "Add it, beginning with the line: {example}")
    } else {
        text!("Thêm dòng: {key} = {example}", "Add the line: {key} = {example}")
    };
    to.add("missing", span, message, remedy);
    None
}

/// The value of a key, or what holds where it is not written. Nothing if it was wrong.
#[expect(clippy::option_option, reason = "written or not, right or wrong: two questions")]
pub(crate) fn optional<T>(field: Option<At<T>>) -> Option<Option<T>> {
    match field {
        None => Some(None),
        Some(At { value: Some(value), .. }) => Some(Some(value)),
        Some(At { value: None, .. }) => None,
    }
}

/// All values of a list. Nothing if one was wrong.
pub(crate) fn all<T>(list: Vec<At<T>>) -> Option<Vec<T>> {
    list.into_iter().map(|at| at.value).collect()
}

/// Refuses a list with nothing in it.
pub(crate) fn not_empty<T: FromToml>(field: Option<&At<Vec<At<T>>>>, key: &str, to: &mut Findings<'_>) {
    if let Some(At { span, value: Some(list) }) = field
        && list.is_empty()
    {
        let example = T::example();
        let message = text!("Danh sách \"{key}\" đang để trống.", "The list \"{key}\" is empty.");
        to.add(
            "empty_list",
            span,
            message,
            text!("Viết như ví dụ này: {key} = [{example}]", "Write it like this example: {key} = [{example}]"),
        );
    }
}

/// Refuses a last day before the first.
pub(crate) fn in_order(from: Option<&At<Date>>, until: Option<&At<Date>>, to: &mut Findings<'_>) {
    if let (Some(At { value: Some(from), .. }), Some(At { span, value: Some(until) })) = (from, until)
        && until < from
    {
        let message = text!(
            "Ngày cuối {until} lại trước ngày đầu {from}.",
            "The last day {until} is before the first day {from}."
        );
        to.add("bad_range", span, message, text!("Sửa lại một trong hai ngày.", "Mend one of the two dates."));
    }
}

/// Refuses a list that is longer than anybody needs.
pub(crate) fn not_too_many<T>(list: &[T], most: usize, span: &Span, to: &mut Findings<'_>) -> Option<()> {
    if list.len() <= most {
        return Some(());
    }
    let n = list.len();
    to.add(
        "too_many",
        span,
        text!("Có {n} mục, nhiều quá mức ({most}).", "{n} entries, more than {most}."),
        text!("Hãy bỏ bớt.", "Remove some."),
    );
    None
}

/// Who uses which id, to refuse the second.
#[derive(Debug)]
pub(crate) struct Seen<T>(BTreeMap<T, u32>);

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Ord + Clone + Display> Seen<T> {
    /// Notes an id, or reports that it is taken.
    pub(crate) fn note(&mut self, id: &T, span: &Span, to: &mut Findings<'_>) {
        let line = to.source.place(span).line;
        if let Some(first) = self.0.insert(id.clone(), line) {
            self.0.insert(id.clone(), first);
            let message = text!("\"{id}\" đã được dùng ở dòng {first}.", "\"{id}\" is already used on line {first}.");
            to.add(
                "duplicate",
                span,
                message,
                text!("Sửa thành tên khác, hoặc xóa một trong hai chỗ.", "Change it, or remove one of the two."),
            );
        }
    }
}

/// Reports a name that nothing has.
pub(crate) fn unknown_reference(name: &str, span: &Span, what: (&str, &str), known: &[&str], to: &mut Findings<'_>) {
    let (header, file) = what;
    let message = text!(
        "Không có mục {header} nào mã là \"{name}\" trong {file}.",
        "No {header} in {file} has the id \"{name}\"."
    );
    let remedy = match suggest::nearest(name, known.iter().copied()) {
        Some(near) => text!("Có phải ý là \"{near}\"?", "Did you mean \"{near}\"?"),
        None if known.is_empty() => {
            text!("Thêm một mục {header} có id = \"{name}\".", "Add a {header} with id = \"{name}\".")
        }
        None => {
            let all = known.iter().take(20).map(|k| format!("\"{k}\"")).collect::<Vec<_>>().join(", ");
            text!("Các mã đang có: {all}.", "The ids there are: {all}.")
        }
    };
    to.add("unknown_reference", span, message, remedy);
}
