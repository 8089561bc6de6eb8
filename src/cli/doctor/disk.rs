//! The folders: there, permitted, and with room. Effects: reads.

use std::path::Path;

use rustix::fs::{Access, access, statvfs};

use crate::cli::doctor::Finding;
use crate::text;

/// Below this the journal and the heard files are in danger.
const LITTLE: u64 = 500 << 20;

/// What is to be said of the state folder.
pub(super) fn state(path: &Path) -> Vec<Finding> {
    let shown = path.display();
    if !path.is_dir() {
        let what = text!("Chưa có thư mục dữ liệu {shown}", "There is no state folder {shown} yet");
        let remedy = text!(
            "Chương trình tự tạo khi chạy lần đầu (loaphuong run).",
            "The program makes it when it first runs (loaphuong run)."
        );
        return vec![Finding::note(what, remedy)];
    }
    let writable = match access(path, Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) => Finding::good(text!("Thư mục dữ liệu {shown} ghi được", "The state folder {shown} can be written")),
        Err(error) => Finding::bad(
            text!(
                "Thư mục dữ liệu {shown} không ghi được ({error})",
                "The state folder {shown} cannot be written ({error})"
            ),
            text!(
                "Hãy chạy lại bằng sudo; nếu vẫn vậy, sửa quyền của thư mục hoặc kiểm tra ổ đĩa.",
                "Run this with sudo; if it stays so, mend the folder's permissions or check the disk."
            ),
        ),
    };
    vec![writable, room(path)]
}

fn room(path: &Path) -> Finding {
    let remedy = || text!("Hãy xóa bớt tệp cũ hoặc thay ổ lớn hơn.", "Remove old files, or use a larger disk.");
    match statvfs(path).map(|s| s.f_bavail.saturating_mul(s.f_frsize)) {
        Ok(free) => {
            let tenths = free / 100_000_000;
            let (whole, part) = (tenths / 10, tenths % 10);
            let what = text!("Ổ đĩa còn trống {whole},{part} GB", "{whole}.{part} GB of the disk are free");
            if free < LITTLE { Finding::bad(what, remedy()) } else { Finding::good(what) }
        }
        Err(error) => Finding::bad(
            text!("Không hỏi được dung lượng ổ đĩa ({error})", "The disk does not say how much is free ({error})"),
            remedy(),
        ),
    }
}

/// What is to be said of the audio folder.
pub(super) fn audio(path: &Path) -> Finding {
    let shown = path.display();
    let remedy = || {
        text!(
            "Hãy tạo thư mục này và cho tài khoản của dịch vụ quyền đọc.",
            "Make this folder, and let the service's user read it."
        )
    };
    match std::fs::read_dir(path) {
        Ok(entries) => {
            let topics = entries.flatten().filter(|e| e.path().is_dir()).count();
            let what = text!(
                "Thư mục âm thanh {shown}: {topics} thư mục chuyên đề",
                "Audio folder {shown}: {topics} topic folders"
            );
            if topics == 0 {
                let empty = text!(
                    "Hãy tạo thư mục con theo chuyên đề (ví dụ bhxh-tu-nguyen) rồi chép tệp âm thanh vào.",
                    "Make a folder for each topic (such as bhxh-tu-nguyen) and copy audio files into it."
                );
                return Finding::note(what, empty);
            }
            Finding::good(what)
        }
        Err(error) => Finding::bad(
            text!(
                "Không đọc được thư mục âm thanh {shown} ({error})",
                "Cannot read the audio folder {shown} ({error})"
            ),
            remedy(),
        ),
    }
}
