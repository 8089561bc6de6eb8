//! A copy of the journal while the daemon goes on writing: one file, verified before it gets its name. Effects.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::error::BackupError;
use super::verify::{Verified, verify};
use super::{FILE, schema};

/// Copies the journal of `state_dir` to `to`, as it stands at one moment, and verifies the copy.
///
/// # Errors
/// Nothing is left under the name `to` then; an existing file is never touched.
pub fn backup(state_dir: &Path, to: &Path) -> Result<Verified, BackupError> {
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists { path: to.to_owned() });
    }
    let draft = Draft::beside(to);
    copy(&state_dir.join(FILE), &draft.path)?;
    let verified = verify(&draft.path)?;
    let write = |e: io::Error| BackupError::Write { path: to.to_owned(), detail: e.to_string() };
    File::open(&draft.path).and_then(|file| file.sync_all()).map_err(write)?;
    draft.rename(to).map_err(|e| match e.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists { path: to.to_owned() },
        _ => write(e),
    })?;
    Ok(verified)
}

/// The copy before it has its name; removed unless it gets one.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn beside(to: &Path) -> Self {
        let mut name = to.as_os_str().to_owned();
        name.push(format!(".{}.tmp", std::process::id()));
        Self { path: PathBuf::from(name) }
    }

    fn rename(&self, to: &Path) -> io::Result<()> {
        match renameat_with(CWD, &self.path, CWD, to, RenameFlags::NOREPLACE) {
            // Some network file systems do not know the flag; that nothing has the name was looked up before.
            Err(rustix::io::Errno::INVAL) => fs::rename(&self.path, to)?,
            result => result?,
        }
        let folder = to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        match fs::remove_file(&self.path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(path = %self.path.display(), %error, "unfinished backup left behind"),
        }
    }
}

/// All pages in one step: the source's readers and writer go on, and the copy is of one moment.
fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    let read = |e: rusqlite::Error| BackupError::Read { detail: e.to_string() };
    let write = |e: rusqlite::Error| BackupError::Write { path: to.to_owned(), detail: e.to_string() };
    let source = schema::connect_looking(from).map_err(read)?;
    schema::recognise(&source, from).map_err(|e| BackupError::Read { detail: e.to_string() })?;
    let mut target = Connection::open(to).map_err(write)?;
    let step = Backup::new(&source, &mut target).and_then(|backup| backup.step(-1)).map_err(write)?;
    if step != StepResult::Done {
        return Err(BackupError::Read { detail: format!("{step:?}") });
    }
    // A copy is one file: no write-ahead log beside it.
    schema::set(&target, "journal_mode", &"delete".to_owned().into()).map_err(write)?;
    target.close().map_err(|(_, e)| write(e))
}
