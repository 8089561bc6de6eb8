//! What the journal's keeper says to people: causes and remedies. Pure.

use super::error::OpenError;
use super::survey::End;
use crate::model::text::Text;
use crate::text;

/// Something to be said of the journal while the daemon runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// A fault has begun.
    Fault {
        /// Stable name.
        code: &'static str,
        /// What is wrong.
        message: Text,
        /// What to do.
        remedy: Text,
    },
    /// That fault is over.
    Over {
        /// Stable name.
        code: &'static str,
    },
}

/// The second copy cannot be written.
pub(super) const COPY_FAILING: &str = "copy_failing";
/// A journal or a copy was set aside and lies there still.
const REPLACED: &str = "journal_replaced";

pub(super) fn copy_failing(detail: &str) -> Notice {
    Notice::Fault {
        code: COPY_FAILING,
        message: text!(
            "Không ghi được bản ghi thứ hai as-run.jsonl ({detail}). Nhật ký chính vẫn được ghi.",
            "The second copy as-run.jsonl cannot be written ({detail}). The journal itself is written all the same."
        ),
        remedy: text!(
            "Hãy kiểm tra dung lượng ổ đĩa và quyền ghi của thư mục dữ liệu. Ghi được lại thì chương trình tự ghi bù.",
            "Check the room on the disk, and that the state folder can be written. What is missing is written then."
        ),
    }
}

/// Files were set aside: `cause` is known in the session in which it happened. Nothing if there are none and were none.
#[must_use]
pub fn replaced(set_aside: &[String], cause: Option<&Text>) -> Notice {
    if set_aside.is_empty() && cause.is_none() {
        return Notice::Over { code: REPLACED };
    }
    let names = if set_aside.is_empty() { "–".to_owned() } else { set_aside.join(", ") };
    let (vi, en) = cause.map_or((String::new(), String::new()), |c| (format!(" {}", c.vi), format!(" {}", c.en)));
    Notice::Fault {
        code: REPLACED,
        message: text!(
            "Nhật ký hoặc bản ghi thứ hai từng bị thay, bị cắt hoặc bị hỏng; tệp cũ để riêng: {names}.{vi}",
            "The journal or its second copy was replaced, cut or damaged; the old file was set aside: {names}.{en}"
        ),
        remedy: text!(
            "Đài vẫn phát, nhật ký mới đã có đủ những dòng còn đọc được. Hãy chuyển tệp để riêng sang nơi khác giữ làm \
             bằng chứng, rồi báo kỹ thuật viên.",
            "The station airs, and the new journal has every entry that could be read. Move what was set aside to \
             another place, keep it as evidence, and tell the technician."
        ),
    }
}

/// Why journal and copy do not agree, if they do not; `journal` is the number of the journal's last entry.
pub(super) fn disagreement(journal: u64, end: &End) -> Text {
    match end {
        End::At(theirs, _) if theirs.seq > journal => {
            let copy = theirs.seq;
            text!(
                "Nhật ký chỉ còn đến mục {journal}, bản ghi thứ hai có đến mục {copy}.",
                "The journal ended at entry {journal}, the second copy goes on to entry {copy}."
            )
        }
        End::At(theirs, _) => {
            let copy = theirs.seq;
            text!(
                "Mục {copy} của nhật ký khác với bản ghi thứ hai.",
                "Entry {copy} of the journal was not that of the second copy."
            )
        }
        End::Nothing | End::Broken => {
            text!("Bản ghi thứ hai bị hỏng.", "The second copy was damaged.")
        }
    }
}

pub(super) fn gone() -> Text {
    text!("Tệp nhật ký bị mất.", "The journal's file was gone.")
}

pub(super) fn unusable(error: &OpenError) -> Text {
    match error {
        OpenError::Damaged { detail } => {
            text!("Tệp nhật ký bị hỏng ({detail}).", "The journal's file was damaged ({detail}).")
        }
        _ => text!("Tệp nhật ký không phải của loaphuong.", "The journal's file was none of loaphuong's."),
    }
}
