//! A disk of our own: an ext4 image on a loop mount, of which a power cut can be had, or a small tmpfs. Effects: mounts.
//!
//! What a program has written lies in the kernel's memory until it is synchronised; only then it is in the image. So a copy
//! of the image, taken while the program stands still, is what a power cut at that moment would leave.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::rig::wait;

/// A mounted disk; unmounted when dropped.
pub(crate) struct Plate {
    folder: tempfile::TempDir,
    image: Option<PathBuf>,
    cuts: u32,
}

/// Runs a command; what it complained of, if it failed.
fn run(program: &str, args: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(args).output().map_err(|e| format!("{program}: {e}"))?;
    let complaint = || format!("{program} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(()) } else { Err(complaint()) }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

impl Plate {
    /// An ext4 disk of 48 MB. Nothing, with a word about it, where nobody may mount: as in most containers.
    pub(crate) fn ext4() -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("plate").tempdir().unwrap();
        let image = folder.path().join("image-0");
        fs::File::create(&image).unwrap().set_len(48 << 20).unwrap();
        let plate = Self { folder, image: Some(image), cuts: 0 };
        plate.made(|plate| {
            run("mkfs.ext4", &["-q", "-F", text(plate.image.as_ref().unwrap())])?;
            plate.mount_image()
        })
    }

    /// A disk in memory of so many MB.
    pub(crate) fn tmpfs(megabytes: u32) -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("plate").tempdir().unwrap();
        let plate = Self { folder, image: None, cuts: 0 };
        let size = format!("size={megabytes}m");
        plate.made(|plate| run("mount", &["-t", "tmpfs", "-o", &size, "none", text(&plate.path())]))
    }

    fn made(self, mount: impl Fn(&Self) -> Result<(), String>) -> Option<Self> {
        fs::create_dir(self.path()).unwrap();
        match mount(&self) {
            Ok(()) => Some(self),
            Err(why) => {
                println!("skipped: this machine lets nobody mount a disk: {why}");
                None
            }
        }
    }

    /// Where it is mounted.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    fn mount_image(&self) -> Result<(), String> {
        let image = self.image.as_ref().unwrap();
        run("mount", &["-o", "loop,errors=remount-ro", text(image), text(&self.path())])
    }

    /// Keeps what a power cut now would leave. Whoever writes stands still.
    pub(crate) fn keep(&mut self) -> PathBuf {
        self.cuts += 1;
        let left = self.folder.path().join(format!("image-{}", self.cuts));
        run("cp", &["--sparse=always", text(self.image.as_ref().unwrap()), text(&left)]).unwrap();
        left
    }

    /// The disk as it comes back after the cut. Nobody uses the old one any more.
    pub(crate) fn come_back_as(&mut self, left: PathBuf) {
        self.unmount();
        fs::remove_file(self.image.replace(left).unwrap()).unwrap();
        self.mount_image().unwrap();
    }

    /// The file system meets an error of its own, and takes no more writes.
    pub(crate) fn break_down(&self) {
        let source = Command::new("findmnt").args(["-n", "-o", "SOURCE", text(&self.path())]).output().unwrap();
        let device = String::from_utf8(source.stdout).unwrap();
        let device = device.trim().trim_start_matches("/dev/");
        fs::write(format!("/sys/fs/ext4/{device}/trigger_fs_error"), "1").unwrap();
    }

    fn unmount(&self) {
        wait("nobody uses the disk", Duration::from_secs(10), || run("umount", &[text(&self.path())]).ok());
    }
}

impl Drop for Plate {
    fn drop(&mut self) {
        // Lazily: a test that fails may have left somebody on it.
        run("umount", &["-l", text(&self.path())]).unwrap_or_default();
    }
}
