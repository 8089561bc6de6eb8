//! Lets ffmpeg, where it is installed, decode what nothing here decodes (voice notes of phones, films), into a copy that
//! is played in its place. Effects: starts a program, writes `<state>/decoded/`.
//!
//! It runs below the measuring process, inside whose limits on memory and processor it is, and may open that one file
//! only: no network, no playlists, no other demuxers than those for what was recognised.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use jiff::Timestamp;

use crate::decode::{self, DecodeError};
use crate::model::clip::ClipFault;
use crate::model::id::ClipHash;

/// The program, of Debian's package of the same name.
const PROGRAM: &str = "ffmpeg";
/// Formats that it may take a file for: no playlist, nothing that refers to other files.
const FORMATS: &str =
    "mov,matroska,asf,amr,aac,mp3,ogg,avi,flv,caf,wv,ape,tta,au,w64,wav,aiff,mpc,mpc8,dsf,mpeg,mpegts";
/// More than the longest clip, so that one that is too long is seen to be.
const LONGEST: &str = "7210";
/// Of what it complains, so much is looked at.
const COMPLAINTS: u64 = 4_096;
/// The signal that ends who writes a file larger than its limit (`RLIMIT_FSIZE`).
const XFSZ: i32 = 25;
/// How often it is asked whether it has ended.
const LOOK: Duration = Duration::from_millis(20);

/// Is it there?
pub(super) fn installed() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(PROGRAM).is_file())
}

/// The name of the copy of a file with this content.
pub(super) fn copy_of(decoded: &Path, hash: &ClipHash) -> PathBuf {
    decoded.join(hash.0.trim_start_matches("sha256:")).with_extension("flac")
}

/// Decodes `file`, whose content is of this kind and has this hash, to a copy in the folder `decoded`.
pub(super) fn decode(file: &Path, kind: &str, hash: &ClipHash, decoded: &Path) -> Result<PathBuf, DecodeError> {
    fs::create_dir_all(decoded)?;
    let copy = copy_of(decoded, hash);
    let draft = copy.with_extension("draft");
    let done = run(file, kind, &draft).and_then(|()| {
        if decode::hash(&mut decode::open(file)?)? != *hash {
            return Err(DecodeError::new(ClipFault::Damaged, "changed while it was decoded"));
        }
        File::open(&draft)?.sync_all()?;
        Ok(fs::rename(&draft, &copy)?)
    });
    match done {
        Ok(()) => Ok(copy),
        Err(error) => {
            // It may not have come to writing one.
            fs::remove_file(&draft).unwrap_or_default();
            Err(error)
        }
    }
}

fn run(file: &Path, kind: &str, to: &Path) -> Result<(), DecodeError> {
    let source = |prefix: &str| {
        let mut name = std::ffi::OsString::from(prefix);
        name.push(file);
        name
    };
    let size = fs::metadata(file)?.len();
    let mut child = Command::new(PROGRAM)
        .args(["-nostdin", "-v", "error", "-err_detect", "explode", "-threads", "1"])
        .args(["-protocol_whitelist", "file", "-format_whitelist", FORMATS, "-i"])
        .arg(source("file:"))
        .args(["-vn", "-sn", "-dn", "-map", "0:a:0", "-map_metadata", "-1", "-t", LONGEST])
        .args(if is_voice(kind) { PAUSES } else { &[] })
        .args(["-c:a", "flac", "-sample_fmt", "s16", "-threads", "1", "-f", "flac", "-y"])
        .arg(to)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| DecodeError::new(ClipFault::Unsupported, format!("{PROGRAM}: {error}")))?;
    let complaints = child.stderr.take();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        let read = complaints.map(|pipe| pipe.take(COMPLAINTS).read_to_string(&mut text));
        (text, read.is_some_and(|read| read.is_ok()))
    });
    let ended = wait(&mut child, Duration::from_secs(60 + size / 1_000_000))?;
    let (text, readable) = reader.join().unwrap_or_default();
    let text: String = text.lines().filter(|line| !(is_voice(kind) && is_of_pauses(line))).collect();
    match ended {
        // It ends well even where it had to leave something out; but it says so.
        Some(status) if status.success() && readable && text.trim().is_empty() => Ok(()),
        Some(status) if status.signal() == Some(XFSZ) => Err(DecodeError::new(ClipFault::TooLarge, "decoded")),
        Some(status) => Err(DecodeError::new(why(&text), format!("{PROGRAM}: {status}: {}", text.trim()))),
        None => Err(DecodeError::new(ClipFault::Damaged, format!("{PROGRAM} did not end"))),
    }
}

/// Phones send nothing in the pauses between words. ffmpeg knows no way to decode that, says so, and leaves it out; this lets
/// it put silence there.
const PAUSES: &[&str] = &["-af", "aresample=async=1:min_hard_comp=0.01:first_pts=0"];

fn is_voice(kind: &str) -> bool {
    matches!(kind, "AMR" | "3GP")
}

fn is_of_pauses(complaint: &str) -> bool {
    ["[amrnb @", "[amrwb @", "Error while decoding stream"].iter().any(|start| complaint.starts_with(start))
}

/// What it complains of, as a fault.
fn why(text: &str) -> ClipFault {
    let says = |any: &[&str]| any.iter().any(|words| text.contains(words));
    if says(&["matches no streams", "not currently supported", "Unknown format", "unknown codec", "Decoder (codec"]) {
        ClipFault::Unsupported
    } else if says(&["moov atom not found", "partial file", "runcat", "End of file", "prematurely"]) {
        ClipFault::CutShort
    } else {
        ClipFault::Damaged
    }
}

/// Waits until it ends; ends it if that takes too long.
fn wait(child: &mut Child, patience: Duration) -> io::Result<Option<ExitStatus>> {
    let looks = patience.as_millis() / LOOK.as_millis();
    for _ in 0..looks {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(LOOK);
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

/// Removes the copies that nobody needs: those `gone`, whose originals are no more, and what nobody knows. The latter stays
/// for a day, for it may be what somebody wants to hear just now.
pub(super) fn clean(decoded: &Path, now: Timestamp, gone: &BTreeSet<PathBuf>, is_kept: impl Fn(&Path) -> bool) {
    let Ok(entries) = fs::read_dir(decoded) else { return };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| !is_kept(path)) {
        if (gone.contains(&path) || is_old(&path, now))
            && let Err(error) = fs::remove_file(&path)
        {
            tracing::warn!(%error, path = %path.display(), "cannot remove a decoded copy");
        }
    }
}

fn is_old(path: &Path, now: Timestamp) -> bool {
    let written = fs::metadata(path).and_then(|about| about.modified()).ok();
    let written = written.and_then(|written| Timestamp::try_from(written).ok());
    written.is_some_and(|written| now.duration_since(written) > jiff::SignedDuration::from_hours(24))
}
