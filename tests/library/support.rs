//! Clips as officers have them, made by ffmpeg and espeak-ng, and the folders in which they lie.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jiff::Timestamp;
use loaphuong::library::{Progress, Wanted, scan};
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
        self.scan_watching(program).0
    }

    /// The library, and what was told of it on the way.
    pub(crate) fn scan_watching(&self, program: &Path) -> (Library, Vec<Library>) {
        self.scan_wanting(program, &Wanted::default())
    }

    /// The same if something is wanted of it.
    pub(crate) fn scan_wanting(&self, program: &Path, wanted: &Wanted) -> (Library, Vec<Library>) {
        let (mut last, mut on_the_way) = (None, Vec::new());
        let mut tell = |progress: Progress| match progress {
            Progress::Files { done, total } => {
                assert!(last.is_none_or(|(before, _)| done == before + 1));
                last = Some((done, total));
            }
            Progress::SoFar(library) => {
                assert_eq!(library.scanned_at, None, "files are missing in it");
                on_the_way.push(library);
            }
        };
        let library = scan(&self.audio(), &self.state(), program, wanted, Timestamp::UNIX_EPOCH, &mut tell);
        assert_eq!(library.scanned_at, Some(Timestamp::UNIX_EPOCH));
        assert!(last.is_none_or(|(done, total)| done == total && total == library.clips.len()));
        (library, on_the_way)
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

/// A second of a tone, another one for each name.
pub(crate) fn tone(to: &Path) {
    let name = to.file_name().unwrap().to_string_lossy();
    let pitch = name.bytes().fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 4_000);
    ffmpeg(&format!("sine=frequency={}:duration=1", 200 + pitch), "", to);
}

/// What ffmpeg decodes of a file, as floats at 48 kHz; one channel on both sides.
pub(crate) fn on_both_sides(file: &Path, channels: u16) -> Vec<f32> {
    let both = if channels == 1 { "pan=stereo|c0=c0|c1=c0" } else { "anull" };
    let arguments = ["-af", both, "-ar", "48000", "-f", "f32le", "-"];
    let output = Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(file).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", file.display());
    output.stdout.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect()
}

/// What sox makes of `from` with these effects.
pub(crate) fn sox(from: &Path, to: &Path, effects: &str) {
    let status = Command::new("sox").arg("-V1").arg(from).arg(to).args(effects.split_whitespace()).status();
    assert!(status.expect("sox must be installed").success(), "sox {effects}");
}

/// Speech, as WAV.
pub(crate) fn speech(words: &str, to: &Path) {
    let status = Command::new("espeak-ng").args(["-v", "vi", "-w"]).arg(to).arg(words).status();
    assert!(status.expect("espeak-ng must be installed").success());
}
