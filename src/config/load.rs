//! Reads the configuration folder from disk; all that is decided is decided in `parse`. Effects.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use crate::config::findings::file_error;
use crate::config::lower::station::resolve;
use crate::config::parse::{Loaded, MAX_COMMUNES, STATION_FILE, communes_folder, parse_with};
use crate::config::source::{MAX_BYTES, SourceFile};
use crate::model::diag::Diagnostic;
use crate::text;

/// Reads `station.toml` in `dir` and every commune's file beside it. Blocks on the disk; reads at most 1 MB a file.
#[must_use]
pub fn load(dir: &Path) -> Loaded {
    let mut problems = Vec::new();
    let mut files = Vec::new();
    let base = match std::fs::canonicalize(dir) {
        Ok(base) => base,
        Err(error) => {
            problems.push(unreadable(&dir.display().to_string(), &error));
            return Loaded {
                station: None,
                diagnostics: problems,
                places: crate::config::Places::default(),
                files: Vec::new(),
            };
        }
    };
    match read(&base.join(STATION_FILE), STATION_FILE) {
        Ok(file) => {
            read_communes(&base, &communes_folder(&file), &mut files, &mut problems);
            files.insert(0, file);
        }
        Err(Unread::Error(error)) if error.kind() == io::ErrorKind::NotFound => {}
        Err(Unread::Error(error)) => return only(unreadable(STATION_FILE, &error)),
        Err(Unread::NotAFile) => return only(not_a_file(STATION_FILE)),
    }
    parse_with(&files, &base, problems)
}

/// Why a file was not read.
enum Unread {
    Error(io::Error),
    NotAFile,
}

fn only(problem: Diagnostic) -> Loaded {
    Loaded { station: None, diagnostics: vec![problem], places: crate::config::Places::default(), files: Vec::new() }
}

fn read_communes(base: &Path, folder: &str, files: &mut Vec<SourceFile>, problems: &mut Vec<Diagnostic>) {
    let path = resolve(base, folder);
    let names = match names(&path) {
        Ok(names) => names,
        Err(error) => {
            problems.push(unreadable(folder, &error));
            return;
        }
    };
    let shown = folder.trim_end_matches('/');
    for name in names.into_iter().take(MAX_COMMUNES + 1) {
        let shown = format!("{shown}/{name}");
        match read(&path.join(&name), &shown) {
            Ok(file) => files.push(file),
            Err(Unread::Error(error)) => problems.push(unreadable(&shown, &error)),
            Err(Unread::NotAFile) => problems.push(not_a_file(&shown)),
        }
    }
}

/// The names of the communes' files, in order; what editors leave beside them is passed over.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if is_commune_file(&name) {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// `*.toml`, but no hidden file (`.x.toml`, `.#x.toml`), no backup (`x.toml~`, `#x.toml#`, `~$x.toml`).
fn is_commune_file(name: &str) -> bool {
    let toml = Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    toml && !name.starts_with(['.', '#', '~'])
}

/// Reads one regular file (or a link to one), and never more than one byte too many of it.
fn read(path: &Path, name: &str) -> Result<SourceFile, Unread> {
    // Asked before opening: opening a pipe would wait for somebody to write into it.
    if !std::fs::metadata(path).map_err(Unread::Error)?.is_file() {
        return Err(Unread::NotAFile);
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_BYTES + 1).unwrap_or(u64::MAX);
    File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(Unread::Error)?;
    Ok(SourceFile { name: name.to_owned(), bytes })
}

fn unreadable(name: &str, error: &io::Error) -> Diagnostic {
    let (cause, remedy) = match error.kind() {
        io::ErrorKind::NotFound => (
            text!("Không thấy \"{name}\".", "There is no \"{name}\"."),
            text!(
                "Chỉ đúng thư mục cấu hình bằng --config, hoặc chạy \"loaphuong init\" để tạo tệp mẫu.",
                "Name the right folder with --config, or run \"loaphuong init\" for a sample."
            ),
        ),
        io::ErrorKind::PermissionDenied => (
            text!("Không có quyền đọc \"{name}\".", "No permission to read \"{name}\"."),
            text!(
                "Nhờ kỹ thuật viên cấp quyền đọc: chmod a+rX \"{name}\"",
                "Grant the permission: chmod a+rX \"{name}\""
            ),
        ),
        _ => (
            text!("Không đọc được \"{name}\".", "\"{name}\" cannot be read: {error}."),
            text!("Kiểm tra ổ đĩa, rồi chép lại từ bản sao lưu.", "Check the disk, then restore from a backup."),
        ),
    };
    file_error(name, "unreadable", cause, remedy)
}

fn not_a_file(name: &str) -> Diagnostic {
    file_error(
        name,
        "not_a_file",
        text!("\"{name}\" không phải là tệp thông thường.", "\"{name}\" is not a regular file."),
        text!("Bỏ nó ra khỏi thư mục cấu hình.", "Take it out of the configuration folder."),
    )
}
