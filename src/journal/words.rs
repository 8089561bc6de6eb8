//! What the journal's keeper says to people: causes and remedies. Pure.

use super::ballast::Held;
use super::error::OpenError;
use super::survey::End;
use super::verify::VerifyError;
use crate::model::text::Text;
use crate::text;

/// Something to be said of the journal while the daemon runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// A fault has begun.
    Fault {
        /// Stable name.
        code: &'static str,
        /// What it concerns.
        subject: Option<&'static str>,
        /// What is wrong.
        message: Text,
        /// What to do.
        remedy: Text,
    },
    /// That fault is over.
    Over {
        /// Stable name.
        code: &'static str,
        /// What it concerned.
        subject: Option<&'static str>,
    },
    /// The journal's or the copy's file was set aside, and another goes on in its place.
    Replaced {
        /// Why.
        cause: Text,
    },
}

/// The second copy cannot be written.
const COPY_FAILING: &str = "copy_failing";
/// The disk is full, or nearly.
const DISK_FULL: &str = "disk_full";
/// What the disk is too full for: the other fault of that name is that the journal itself cannot be written.
const BALLAST: Option<&str> = Some("ballast");
/// A journal or a copy was set aside and lies there still.
const REPLACED: &str = "journal_replaced";

pub(super) fn copy_failing(detail: Option<&str>) -> Notice {
    let Some(detail) = detail else { return Notice::Over { code: COPY_FAILING, subject: None } };
    Notice::Fault {
        code: COPY_FAILING,
        subject: None,
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

/// There is no room for the ballast, or there is again.
pub(super) fn ballast(held: Held) -> Notice {
    if held == Held::Yes {
        return Notice::Over { code: DISK_FULL, subject: BALLAST };
    }
    Notice::Fault {
        code: DISK_FULL,
        subject: BALLAST,
        message: text!(
            "Ổ đĩa sắp đầy: không còn chỗ dự trữ 16 MB cho nhật ký.",
            "The disk is nearly full: there is no room for the 16 MB that are kept for the log."
        ),
        remedy: text!(
            "Hãy xóa bớt tệp không dùng cho đến khi ổ đĩa còn trống ít nhất 48 MB. Không xóa gì trong thư mục của nhật ký.",
            "Delete files that are not needed until 48 MB of the disk are free. Delete nothing in the log's folder."
        ),
    }
}

/// Files were set aside: `cause` is known in the session in which it happened. Nothing if there are none and were none.
#[must_use]
pub fn replaced(set_aside: &[String], cause: Option<&Text>) -> Notice {
    if set_aside.is_empty() && cause.is_none() {
        return Notice::Over { code: REPLACED, subject: None };
    }
    let names = if set_aside.is_empty() { "–".to_owned() } else { set_aside.join(", ") };
    let (vi, en) = cause.map_or((String::new(), String::new()), |c| (format!(" {}", c.vi), format!(" {}", c.en)));
    Notice::Fault {
        code: REPLACED,
        subject: None,
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
        End::Nothing | End::Broken => copy_damaged(),
    }
}

pub(super) fn copy_damaged() -> Text {
    text!("Bản ghi thứ hai bị hỏng.", "The second copy was damaged.")
}

/// What `verify` says of a journal.
pub(super) fn not_whole(error: &VerifyError) -> Text {
    match error {
        VerifyError::Broken(broken) => broken.why.clone(),
        VerifyError::Unreadable { why, .. } => why.clone(),
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
