//! Why a journal cannot be opened or copied, for people: cause and remedy. Pure.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;

use super::verify::{Broken, VerifyError};
use crate::model::id::StationId;
use crate::model::text::Text;
use crate::text;

/// Why the journal cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text().en)]
pub enum OpenError {
    /// The state folder, or a file in it, cannot be made or read.
    Folder {
        /// Which.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// Another daemon works on this journal.
    Locked {
        /// Which, where it left its number.
        pid: Option<u32>,
    },
    /// Written by a newer program.
    Newer {
        /// The journal's version.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// Written by an older program and not yet brought up to date; only the daemon may do that.
    Outdated,
    /// An SQLite database, and not a journal.
    NotAJournal {
        /// Which file.
        path: PathBuf,
    },
    /// The journal of another station.
    OtherStation {
        /// Whose it is.
        journal: StationId,
        /// Who asked.
        configured: StationId,
    },
    /// The file is damaged.
    Damaged {
        /// The database's words.
        detail: String,
    },
    /// No room on the disk.
    DiskFull,
    /// SQLite refuses.
    Database {
        /// Its words.
        detail: String,
    },
}

impl OpenError {
    /// What the program exits with.
    pub const EXIT_CODE: u8 = 74;

    /// Cause and remedy.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Folder { path, source } => folder_text(path, source),
            Self::Locked { pid } => locked_text(*pid),
            Self::Newer { found, known } => text!(
                "Nhật ký do phiên bản chương trình mới hơn ghi (bản {found}; chương trình này đọc được đến bản {known}). \
                 Hãy cài phiên bản chương trình mới nhất.",
                "A newer program wrote this journal (version {found}; this program knows up to {known}). \
                 Install the newest program."
            ),
            Self::Outdated => text!(
                "Nhật ký do phiên bản cũ ghi, chưa được nâng cấp. Hãy khởi động chương trình một lần: \
                 systemctl start loaphuong.",
                "An older program wrote this journal and it has not been brought up to date. Start the daemon once: \
                 systemctl start loaphuong."
            ),
            Self::NotAJournal { path } => {
                let path = path.display();
                text!(
                    "Tệp {path} không phải là nhật ký của loaphuong. Hãy chuyển tệp này đi chỗ khác rồi khởi động lại.",
                    "The file {path} is not a loaphuong journal. Move it elsewhere and start again."
                )
            }
            Self::OtherStation { journal, configured } => text!(
                "Nhật ký này của đài “{journal}”, còn tệp station.toml ghi đài “{configured}”. \
                 Hãy sửa mục id trong station.toml, hoặc dùng thư mục dữ liệu (state) khác.",
                "This is the journal of station \"{journal}\", and station.toml says \"{configured}\". \
                 Correct the id in station.toml, or use another state folder."
            ),
            Self::Damaged { detail } => text!(
                "Tệp nhật ký bị hỏng ({detail}). Hãy giữ nguyên tệp này ở chỗ khác làm bằng chứng, \
                 chép bản sao lưu gần nhất vào thay rồi khởi động lại.",
                "The journal file is damaged ({detail}). Keep it elsewhere as evidence, \
                 put the latest backup in its place and start again."
            ),
            Self::DiskFull => text!(
                "Ổ đĩa đã đầy, không mở được nhật ký. Hãy xóa bớt tệp không cần thiết rồi khởi động lại.",
                "The disk is full and the journal cannot be opened. Free some space and start again."
            ),
            Self::Database { detail } => text!(
                "Không mở được nhật ký ({detail}). Hãy kiểm tra ổ đĩa và quyền ghi của thư mục dữ liệu.",
                "The journal cannot be opened ({detail}). Check the disk, and that the state folder can be written."
            ),
        }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        let detail = error.to_string();
        match error.sqlite_error_code() {
            _ if is_disk_full(&error) => Self::DiskFull,
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Damaged { detail },
            _ => Self::Database { detail },
        }
    }
}

/// Is there no room? SQLite has a word of its own for its shared memory, which is a file as well.
pub(super) fn is_disk_full(error: &rusqlite::Error) -> bool {
    let shm = |e: &rusqlite::ffi::Error| e.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE;
    error.sqlite_error_code() == Some(ErrorCode::DiskFull) || error.sqlite_error().is_some_and(shm)
}

fn folder_text(path: &std::path::Path, source: &io::Error) -> Text {
    let path = path.display();
    text!(
        "Không dùng được thư mục dữ liệu {path} ({source}). Hãy kiểm tra đường dẫn, quyền ghi và dung lượng ổ đĩa.",
        "The state folder {path} cannot be used ({source}). Check the path, its permissions and the room on the disk."
    )
}

fn locked_text(pid: Option<u32>) -> Text {
    let (vi, en) = match pid {
        Some(pid) => (format!(" (tiến trình số {pid})"), format!(" (process {pid})")),
        None => (String::new(), String::new()),
    };
    text!(
        "Một chương trình loaphuong khác{vi} đang chạy và dùng nhật ký này. \
         Hãy dừng chương trình đó trước: systemctl stop loaphuong.",
        "Another loaphuong{en} is running on this journal. Stop it first: systemctl stop loaphuong."
    )
}

/// Why a backup was not made. Nothing is left behind under the wanted name.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text().en)]
pub enum BackupError {
    /// There is something of that name.
    Exists {
        /// Which name.
        path: PathBuf,
    },
    /// The copy cannot be written.
    Write {
        /// Where.
        path: PathBuf,
        /// The system's words.
        detail: String,
    },
    /// The journal cannot be read.
    Read {
        /// The database's words.
        detail: String,
    },
    /// The copy does not verify.
    Broken(Broken),
}

impl BackupError {
    /// Cause and remedy.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Exists { path } => {
                let path = path.display();
                text!(
                    "Đã có tệp {path}. Hãy chọn tên khác; bản sao lưu không ghi đè lên tệp cũ.",
                    "The file {path} exists. Choose another name; a backup never overwrites."
                )
            }
            Self::Write { path, detail } => {
                let path = path.display();
                text!(
                    "Không ghi được bản sao lưu {path} ({detail}). Hãy kiểm tra ổ đĩa hoặc USB còn chỗ và cho phép ghi.",
                    "The backup {path} cannot be written ({detail}). Check that the disk has room and can be written."
                )
            }
            Self::Read { detail } => text!(
                "Không đọc được nhật ký ({detail}). Hãy kiểm tra thư mục dữ liệu và chạy loaphuong verify.",
                "The journal cannot be read ({detail}). Check the state folder, and run loaphuong verify."
            ),
            Self::Broken(broken) => broken.why.clone(),
        }
    }
}

impl From<VerifyError> for BackupError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Broken(broken) => Self::Broken(broken),
            VerifyError::Unreadable { detail, .. } => Self::Read { detail },
        }
    }
}
