//! The file of tokens on disk: read whole, written whole, private, never half. Effects.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::http::tokens::Token;
use crate::model::text::Text;
use crate::text;

/// More than a thousand tokens: somebody else's file.
const MAX_BYTES: u64 = 1 << 20;

/// Why the tokens cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TokenFileError {
    /// The disk's words.
    #[error("{}: {}", .0.display(), .1)]
    Io(PathBuf, #[source] io::Error),
    /// Not what this program writes.
    #[error("{}: {}", .0.display(), .1)]
    Spoilt(PathBuf, String),
    /// There is a token of this name.
    #[error("the name {0} is taken")]
    Taken(String),
}

impl TokenFileError {
    /// Cause and remedy.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Io(path, cause) => {
                let path = path.display();
                text!(
                    "Không đọc hoặc ghi được tệp mã truy cập {path} ({cause}). Hãy kiểm tra quyền của thư mục dữ liệu, \
                     hoặc chạy lệnh bằng tài khoản của dịch vụ.",
                    "Cannot read or write the token file {path} ({cause}). Check the permissions of the state folder, or \
                     run the command as the service's user."
                )
            }
            Self::Spoilt(path, cause) => {
                let path = path.display();
                text!(
                    "Tệp mã truy cập {path} bị hỏng ({cause}). Hãy xóa tệp này rồi tạo lại các mã bằng `loaphuong token \
                     add`.",
                    "The token file {path} is spoilt ({cause}). Remove it and make the tokens anew with `loaphuong token \
                     add`."
                )
            }
            Self::Taken(name) => text!(
                "Đã có mã truy cập tên \"{name}\". Hãy chọn tên khác, hoặc thu hồi mã cũ bằng `loaphuong token revoke \
                 {name}`.",
                "There is a token named \"{name}\". Choose another name, or revoke it with `loaphuong token revoke {name}`."
            ),
        }
    }
}

/// What tells one version of a file from the next without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// The stamp of `path`; nothing if there is no such file.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let meta = fs::metadata(path).ok()?;
        Some(Self {
            inode: meta.ino(),
            size: meta.size(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
        })
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    #[serde(default)]
    token: Vec<Token>,
}

/// All tokens; none if there is no file.
pub(super) fn read(path: &Path) -> Result<Vec<Token>, TokenFileError> {
    let io = |e| TokenFileError::Io(path.to_owned(), e);
    let spoilt = |what: String| TokenFileError::Spoilt(path.to_owned(), what);
    match fs::metadata(path) {
        Ok(meta) if !meta.is_file() => return Err(spoilt("not a file".to_owned())),
        Ok(meta) if meta.len() > MAX_BYTES => return Err(spoilt("larger than 1 MiB".to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io(error)),
        Ok(_) => {}
    }
    let text = fs::read_to_string(path).map_err(io)?;
    let whole: Whole = toml::from_str(&text).map_err(|e| spoilt(e.message().to_owned()))?;
    let is_hash = |t: &Token| t.sha256.len() == 64 && t.sha256.bytes().all(|b| b.is_ascii_hexdigit());
    match whole.token.iter().find(|t| !is_hash(t)) {
        Some(odd) => Err(spoilt(format!("sha256 of {} is not a hash", odd.name))),
        None => Ok(whole.token),
    }
}

/// Replaces the file.
pub(super) fn write(path: &Path, tokens: &[Token]) -> Result<(), TokenFileError> {
    let whole = Whole { token: tokens.to_vec() };
    let body = toml::to_string(&whole).map_err(|e| TokenFileError::Spoilt(path.to_owned(), e.to_string()))?;
    let head = "# Mã truy cập HTTP. Dùng lệnh `loaphuong token`; không cần sửa tay.\n\n";
    write_private(path, &format!("{head}{body}")).map_err(|e| TokenFileError::Io(path.to_owned(), e))
}

/// Writes a file that only its owner may read: all of it or nothing, durable when this returns.
pub(super) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let fresh = path.with_extension("new");
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    File::open(folder)?.sync_all()
}
