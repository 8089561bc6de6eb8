//! One daemon for each state folder: an exclusive lock on `<state>/lock`, held as long as the writer lives. Effects.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};

use super::error::OpenError;

/// How often a held lock is asked for again before it is somebody's, and how long between.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(20);

/// The lock; gone when dropped, and when the process ends however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Takes the lock, making the folder where there is none.
pub(super) fn take(state_dir: &Path) -> Result<Lock, OpenError> {
    let folder = |source| OpenError::Folder { path: state_dir.to_owned(), source };
    make_folder(state_dir).map_err(folder)?;
    let path = state_dir.join("lock");
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(folder)?;
    match hold(&file) {
        Ok(()) => {}
        Err(rustix::io::Errno::WOULDBLOCK) => return Err(OpenError::Locked { pid: read_pid(&mut file) }),
        Err(errno) => return Err(folder(errno.into())),
    }
    write_pid(&mut file).map_err(folder)?;
    Ok(Lock { _file: file })
}

/// A process that is just being started carries its parent's open files until it runs its own program: a lock that was
/// let go may seem held for that moment, and a daemon that comes back must not be refused for it.
fn hold(file: &File) -> rustix::io::Result<()> {
    for _ in 0..TRIES {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Err(rustix::io::Errno::WOULDBLOCK) => std::thread::sleep(PAUSE),
            answer => return answer,
        }
    }
    flock(file, FlockOperation::NonBlockingLockExclusive)
}

/// Makes the folder so that a power cut does not take it away again, and all that was written into it.
fn make_folder(state_dir: &Path) -> io::Result<()> {
    if !state_dir.is_dir() {
        fs::create_dir_all(state_dir)?;
        for folder in state_dir.ancestors().skip(1).filter(|f| !f.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
    }
    File::open(state_dir)?.sync_all()
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

/// For the message of the one that comes second; the lock itself is the kernel's.
fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}
