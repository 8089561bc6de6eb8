//! Room on the disk that is kept for the journal: given back when the disk is full, so that what airs is still written
//! down. Effects.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, fallocate, statvfs};

/// The ballast's name in the state folder.
const BALLAST: &str = "ballast";

/// Bytes: some tens of thousands of entries.
const SIZE: u64 = 16 << 20;

/// It is made again once this much is free: more than itself, so that it does not come and go.
const ROOM: u64 = 3 * SIZE;

/// On a disk smaller than this it would be in the way.
const SMALL: u64 = 4 * SIZE;

/// The ballast of a state folder.
#[derive(Debug)]
pub(super) struct Ballast {
    path: PathBuf,
    held: Held,
}

/// Whether it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// It is, or the disk is too small for one.
    Yes,
    /// There is no room for it.
    No,
}

impl Ballast {
    /// That of `state`, as it is.
    pub(super) fn of(state: &Path) -> Self {
        let path = state.join(BALLAST);
        let held = if is_whole(&path) { Held::Yes } else { Held::No };
        Self { path, held }
    }

    /// Makes it if there is room.
    pub(super) fn keep(&mut self) -> Held {
        if self.held == Held::No {
            self.held = self.make().unwrap_or_else(|error| {
                tracing::debug!(%error, "no ballast can be made");
                self.release();
                Held::No
            });
        }
        self.held
    }

    /// Gives its room back; says whether there was any.
    pub(super) fn release(&mut self) -> bool {
        self.held = Held::No;
        let had = fs::metadata(&self.path).is_ok_and(|about| about.len() > 0);
        match fs::remove_file(&self.path).and_then(|()| sync_folder(&self.path)) {
            Ok(()) => had,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::error!(%error, "the ballast cannot be given back");
                }
                false
            }
        }
    }

    fn make(&self) -> io::Result<Held> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let disk = statvfs(folder)?;
        if disk.f_blocks.saturating_mul(disk.f_frsize) < SMALL {
            return Ok(Held::Yes);
        }
        if disk.f_bavail.saturating_mul(disk.f_frsize) < ROOM {
            return Ok(Held::No);
        }
        let file = File::options().write(true).create(true).truncate(true).open(&self.path)?;
        match fallocate(&file, FallocateFlags::empty(), 0, SIZE) {
            // Not every file system can: then it is filled.
            Err(rustix::io::Errno::OPNOTSUPP) => fill(&file)?,
            done => done?,
        }
        file.sync_all()?;
        sync_folder(&self.path)?;
        Ok(Held::Yes)
    }
}

/// What lies there and takes its room: a file with a hole is no ballast.
fn is_whole(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).is_ok_and(|about| about.len() == SIZE && about.blocks().saturating_mul(512) >= SIZE)
}

fn fill(mut file: &File) -> io::Result<()> {
    let block = vec![0_u8; 1 << 16];
    (0..SIZE / (1 << 16)).try_for_each(|_| file.write_all(&block))
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}
