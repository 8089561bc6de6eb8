//! Names of files as people see them: which are clips, what they are called here, what their topic is. Pure.

use std::ffi::OsStr;
use std::path::Path;

use crate::model::id::{ClipPath, Topic};

/// Is this no clip, and nothing to complain about? Hidden files, notes, and what Windows leaves behind.
pub(super) fn is_ignored(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    let note = matches!(Path::new(&name).extension().and_then(OsStr::to_str), Some("txt" | "md"));
    name.starts_with('.') || name.starts_with("readme") || note || matches!(name.as_str(), "thumbs.db" | "desktop.ini")
}

/// Whether a name can be typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// It can.
    Plain,
    /// It holds bytes that are no text, or a character that no clip path has; they are shown as `�`.
    Odd,
}

/// The clip's name here for its path below the audio folder.
pub(super) fn clip_path(below: &Path) -> (ClipPath, Name) {
    if let Some(path) = below.to_str().and_then(|text| text.parse().ok()) {
        return (path, Name::Plain);
    }
    let shown = below.to_string_lossy().replace(['\\', '\0'], "\u{fffd}");
    let part = |part: &&str| !matches!(*part, "" | "." | "..");
    let shown = shown.split('/').filter(part).collect::<Vec<_>>().join("/");
    match shown.parse() {
        Ok(path) => (path, Name::Odd),
        Err(_) => clip_path(Path::new("\u{fffd}")),
    }
}

/// The topic of a clip: its first folder, if that is the name of one.
pub(super) fn topic(path: &ClipPath) -> Option<Topic> {
    path.folder()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_and_leavings_are_no_clips() {
        for name in [".x.mp3", "README", "readme.vi.html", "Ghi chú.TXT", "a.md", "Thumbs.db", "desktop.ini"] {
            assert!(is_ignored(OsStr::new(name)), "{name}");
        }
        for name in ["a.mp3", "txt", "a.txt.mp3", "bản tin số 3", "a.jpg"] {
            assert!(!is_ignored(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn names_are_composed_and_odd_ones_shown() {
        use std::os::unix::ffi::OsStrExt as _;
        let check = |bytes: &[u8], expected: &str, name: Name| {
            let (path, found) = clip_path(Path::new(OsStr::from_bytes(bytes)));
            assert_eq!((path.as_str(), found), (expected, name));
        };
        check("bhxh/bản tin.mp3".as_bytes(), "bhxh/bản tin.mp3", Name::Plain);
        check("bhxh/ba\u{309}n tin.mp3".as_bytes(), "bhxh/b\u{1ea3}n tin.mp3", Name::Plain);
        check(b"bhxh/b\xe3n.mp3", "bhxh/b\u{fffd}n.mp3", Name::Odd);
        check(b"a\\b.mp3", "a\u{fffd}b.mp3", Name::Odd);
        check(b"", "\u{fffd}", Name::Plain);
        check(b"/", "\u{fffd}", Name::Plain);
        let topic_of = |path: &str| topic(&path.parse().unwrap()).map(String::from);
        assert_eq!(topic_of("bhxh-tu-nguyen/x/y.mp3").as_deref(), Some("bhxh-tu-nguyen"));
        assert_eq!((topic_of("Bản tin/y.mp3"), topic_of("y.mp3")), (None, None));
    }
}
