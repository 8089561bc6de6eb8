//! What was measured once is not measured again, until the file changes or the cache is lost.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use loaphuong::model::clip::ClipFault;

use crate::support::{PROGRAM, Place, clip, faults, tone};

/// The program, and a list of what it was asked.
struct Spy {
    place: Place,
    program: PathBuf,
    asked: PathBuf,
}

impl Spy {
    fn new() -> Self {
        let place = Place::new();
        let (program, asked) = (place.at("../program"), place.at("../asked"));
        fs::write(&program, format!("#!/bin/sh\ntee -a '{}' | '{PROGRAM}' \"$@\"\n", asked.display())).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Self { place, program, asked }
    }

    /// Scans; gives the names of the files that were measured.
    fn scan(&self) -> Vec<String> {
        self.place.scan_with(&self.program);
        let asked = fs::read_to_string(&self.asked).unwrap_or_default();
        fs::write(&self.asked, "").unwrap();
        let name = |line: &str| line.rsplit_once('/').unwrap().1.trim_end_matches("\"}").to_owned();
        asked.lines().map(name).collect()
    }
}

#[test]
fn only_what_is_new_or_changed_is_measured() {
    let spy = Spy::new();
    for name in ["y-te/a.wav", "y-te/b.wav"] {
        tone(&spy.place.at(name));
    }
    assert_eq!(spy.scan(), ["a.wav", "b.wav"]);
    let first = spy.place.scan();
    assert_eq!(spy.scan(), [""; 0]);
    assert_eq!(spy.place.scan(), first, "what is kept is what was measured");

    let changed = fs::read(spy.place.at("y-te/a.wav")).unwrap();
    fs::write(spy.place.at("y-te/b.wav"), &changed[..changed.len() / 2]).unwrap();
    tone(&spy.place.at("y-te/c.wav"));
    assert_eq!(spy.scan(), ["b.wav", "c.wav"]);
    assert_eq!(faults(&spy.place.scan(), "y-te/b.wav"), [ClipFault::CutShort]);

    // Another file under the old name, of the same size and time, as a copying program would leave it.
    let (old, new) = (spy.place.at("y-te/c.wav"), spy.place.at("y-te/c2.wav"));
    let mtime = old.metadata().unwrap().modified().unwrap();
    fs::copy(&old, &new).unwrap();
    fs::File::options().write(true).open(&new).unwrap().set_modified(mtime).unwrap();
    fs::rename(&new, &old).unwrap();
    assert_eq!(spy.scan(), ["c.wav"]);

    fs::remove_file(&old).unwrap();
    assert_eq!(spy.scan(), [""; 0]);
    let kept = fs::read_to_string(spy.place.state().join("library.json")).unwrap();
    assert!(!kept.contains("c.wav") && kept.contains("b.wav"), "what is gone is forgotten");
}

#[test]
fn a_broken_cache_is_made_anew() {
    let spy = Spy::new();
    tone(&spy.place.at("y-te/a.wav"));
    spy.scan();
    let file = spy.place.state().join("library.json");
    let whole = fs::read_to_string(&file).unwrap();
    for broken in ["", "{", "[]", "\u{0}", &whole[..whole.len() / 2], &whole.replacen("by\":\"", "by\":\"x", 1)] {
        fs::write(&file, broken).unwrap();
        assert_eq!(spy.scan(), ["a.wav"], "{broken}");
        assert_eq!(fs::read_to_string(&file).unwrap(), whole);
    }
    assert_eq!(fs::read_dir(spy.place.state()).unwrap().count(), 1, "no draft left behind");
}

#[test]
fn a_large_new_folder_keeps_no_slot_waiting() {
    let spy = Spy::new();
    (0..21).for_each(|n| tone(&spy.place.at(format!("y-te/{n:02}.wav"))));
    let (whole, on_the_way) = spy.place.scan_watching(Path::new(PROGRAM));
    let sizes: Vec<usize> = on_the_way.iter().map(|library| library.clips.len()).collect();
    assert_eq!(sizes, [10, 20], "every ten files");
    // After an update of the program, what the old one measured serves until the new one has measured it.
    let file = spy.place.state().join("library.json");
    let old = fs::read_to_string(&file).unwrap().replace("by\":\"", "by\":\"x");
    fs::write(&file, old).unwrap();
    let (again, on_the_way) = spy.place.scan_watching(Path::new(PROGRAM));
    assert_eq!(on_the_way[0].clips, whole.clips);
    assert_eq!(again, whole);
    assert_eq!(spy.place.scan_watching(Path::new(PROGRAM)).1, [], "nothing new, nothing to tell");
}

/// The process that measures dies on one file, as it would on an allocation beyond its limit.
#[test]
fn a_file_that_kills_the_measuring_process_is_damaged_and_the_others_are_measured() {
    let place = Place::new();
    for name in ["y-te/a.wav", "y-te/deadly.wav", "y-te/z.wav"] {
        tone(&place.at(name));
    }
    let program = place.at("../program");
    let script = format!(
        "#!/bin/sh\nwhile read -r line; do case $line in *deadly*) kill -9 $$;; \
         *) echo \"$line\" | '{PROGRAM}' \"$@\";; esac; done\n"
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let library = place.scan_with(&program);
    assert_eq!(faults(&library, "y-te/deadly.wav"), [ClipFault::Damaged]);
    assert!(clip(&library, "y-te/a.wav").airable().is_ok() && clip(&library, "y-te/z.wav").airable().is_ok());
    // It may have been the process that was at fault: a good one measures it at the next scan.
    assert!(clip(&place.scan(), "y-te/deadly.wav").airable().is_ok());
}

#[test]
fn a_program_that_cannot_be_started_condemns_no_file_for_good() {
    let place = Place::new();
    tone(&place.at("y-te/a.wav"));
    assert_eq!(faults(&place.scan_with("/nowhere".as_ref()), "y-te/a.wav"), [ClipFault::Unreadable]);
    assert_eq!(faults(&place.scan(), "y-te/a.wav"), []);
}

/// The measuring process keeps out of the way, and cannot take the station's memory.
#[test]
fn the_measuring_process_is_limited() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::{Command, Stdio};
    let mut child = Command::new(PROGRAM).arg("measure").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut questions = child.stdin.take().unwrap();
    questions.write_all(b"{\"file\":\"/nowhere\"}\n").unwrap();
    let mut answer = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut answer).unwrap();
    assert_eq!(answer, "{\"sound\":null,\"faults\":[\"unreadable\"]}\n");
    let about = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", child.id())).unwrap();
    let limits = about("limits");
    let memory: Vec<_> = limits.lines().find(|l| l.starts_with("Max address")).unwrap().split_whitespace().collect();
    assert_eq!(memory[3], (512 << 20).to_string());
    // The 19th field is the niceness; the 2nd, in parentheses, has no blanks here.
    assert_eq!(about("stat").split(' ').nth(18), Some("19"));
    drop(questions);
    assert!(child.wait().unwrap().success());
}
