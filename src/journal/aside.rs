//! Files that are no longer written to and stay as evidence, beside what goes on without them. Effects.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::clock;

/// What every name of such a file contains.
const MARK: &str = ".set-aside.";

/// What SQLite keeps beside a database.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// The names of the files that were set aside in a state folder, sorted.
#[must_use]
pub fn set_aside_in(state_dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(state_dir).map_or(Vec::new(), |entries| entries.flatten().collect());
    let names = entries.iter().filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| name.contains(MARK) && !beside(name)).collect();
    names.sort();
    names
}

fn beside(name: &str) -> bool {
    BESIDE.iter().any(|suffix| name.ends_with(suffix))
}

/// Renames a file that goes no further, if it is there.
pub(super) fn set_aside(path: &Path) -> io::Result<()> {
    if path.symlink_metadata().is_ok() {
        let to = name_for(path);
        tracing::warn!(from = %path.display(), to = %to.display(), "set aside");
        fs::rename(path, to)?;
        sync_folder(path)?;
    }
    Ok(())
}

/// Puts `draft` in the place of the journal at `path`, which is set aside with what lies beside it. At no moment is
/// there a journal with the log of another beside it.
pub(super) fn replace(path: &Path, draft: &Path) -> io::Result<()> {
    let to = name_for(path);
    for suffix in BESIDE {
        if let Err(error) = fs::rename(with(path, suffix), with(&to, suffix))
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
    }
    if path.symlink_metadata().is_ok() {
        tracing::warn!(from = %path.display(), to = %to.display(), "set aside");
        // Two names for a moment: the journal's own is never without a file. Some file systems cannot.
        if fs::hard_link(path, &to).is_err() {
            fs::rename(path, &to)?;
        }
    }
    fs::rename(draft, path)?;
    sync_folder(path)
}

/// Removes a database that was never used, and what lies beside it.
pub(super) fn discard(draft: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(with(draft, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// `journal-20261122T223000Z.set-aside.db`: free, and what it was can be read off it.
fn name_for(path: &Path) -> PathBuf {
    let part = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let (stem, ending) = (part(path.file_stem()), part(path.extension()));
    let now = clock::now().wall.strftime("%Y%m%dT%H%M%SZ").to_string();
    let numbers = std::iter::once(String::new()).chain((2_u32..).map(|n| format!("-{n}")));
    let mut names = numbers.map(|n| path.with_file_name(format!("{stem}-{now}{n}{MARK}{ending}")));
    let free = |name: &PathBuf| name.symlink_metadata().is_err();
    names.find(free).unwrap_or_else(|| path.with_extension("set-aside"))
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}
