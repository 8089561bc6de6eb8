//! Clips as officers have them, made by ffmpeg and espeak-ng, and the folders in which they lie.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jiff::Timestamp;
use loaphuong::library::{Progress, scan};
use loaphuong::model::clip::{Clip, ClipFault, Library};

/// The program that measures.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_loaphuong");

/// An audio folder and a state folder, both empty.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(place.audio()).unwrap();
        place
    }

    pub(crate) fn audio(&self) -> PathBuf {
        self.folder.path().join("audio")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// The place of a file below the audio folder; its folder is made.
    pub(crate) fn at(&self, below: impl AsRef<Path>) -> PathBuf {
        let path = self.audio().join(below);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    pub(crate) fn scan(&self) -> Library {
        self.scan_with(Path::new(PROGRAM))
    }

    pub(crate) fn scan_with(&self, program: &Path) -> Library {
        let mut last = None;
        let mut tell = |progress: Progress| {
            assert_eq!(progress.done, last.map_or(1, |p: Progress| p.done + 1));
            last = Some(progress);
        };
        let library = scan(&self.audio(), &self.state(), program, Timestamp::UNIX_EPOCH, &mut tell);
        assert_eq!(library.scanned_at, Some(Timestamp::UNIX_EPOCH));
        assert!(last.is_none_or(|p| p.done == p.total && p.total == library.clips.len()));
        library
    }
}

/// The clip of that name.
pub(crate) fn clip<'l>(library: &'l Library, path: &str) -> &'l Clip {
    let names: Vec<_> = library.clips.keys().collect();
    library.clips.get(&path.parse().unwrap()).unwrap_or_else(|| panic!("no {path} in {names:?}"))
}

/// The faults of the clip of that name.
pub(crate) fn faults<'l>(library: &'l Library, path: &str) -> &'l [ClipFault] {
    &clip(library, path).faults
}

/// What ffmpeg makes of `source` (a filter such as `sine=440`) with these arguments.
pub(crate) fn ffmpeg(source: &str, arguments: &str, to: &Path) {
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", source])
        .args(arguments.split_whitespace())
        .arg(to)
        .stdin(Stdio::null())
        .status()
        .expect("ffmpeg must be installed");
    assert!(status.success(), "ffmpeg {source} {arguments}");
}

/// A second of a tone.
pub(crate) fn tone(to: &Path) {
    ffmpeg("sine=frequency=440:duration=1", "", to);
}

/// Speech, as WAV.
pub(crate) fn speech(words: &str, to: &Path) {
    let status = Command::new("espeak-ng").args(["-v", "vi", "-w"]).arg(to).arg(words).status();
    assert!(status.expect("espeak-ng must be installed").success());
}
