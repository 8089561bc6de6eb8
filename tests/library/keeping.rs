//! What was measured once is not measured again, until the file changes or the cache is lost.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use loaphuong::library::Wanted;
use loaphuong::model::clip::ClipFault;
use loaphuong::model::units::Lufs;

use crate::support::{PROGRAM, Place, clip, faults, sox, speech, tone};

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
        self.scan_wanting(&Wanted::default())
    }

    fn scan_wanting(&self, wanted: &Wanted) -> Vec<String> {
        fs::write(&self.asked, "").unwrap();
        self.place.scan_wanting(&self.program, wanted);
        self.asked("measure")
    }

    /// The names of the files whose hash was asked for in the last scan.
    fn hashed(&self) -> Vec<String> {
        self.asked("hash")
    }

    fn asked(&self, what: &str) -> Vec<String> {
        let asked = fs::read_to_string(&self.asked).unwrap_or_default();
        let name = |line: &str| line.split('"').nth(5).unwrap().rsplit_once('/').unwrap().1.to_owned();
        asked.lines().filter(|line| line.starts_with(&format!("{{\"{what}\""))).map(name).collect()
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

    // Another sound under the old name, of the same size and time, as a copying program would leave it.
    let (old, new) = (spy.place.at("y-te/c.wav"), spy.place.at("y-te/c2.wav"));
    let mtime = old.metadata().unwrap().modified().unwrap();
    tone(&new);
    fs::File::options().write(true).open(&new).unwrap().set_modified(mtime).unwrap();
    assert_eq!(old.metadata().unwrap().len(), new.metadata().unwrap().len());
    fs::rename(&new, &old).unwrap();
    assert_eq!(spy.scan(), ["c.wav"]);

    fs::remove_file(&old).unwrap();
    assert_eq!(spy.scan(), [""; 0]);
    let kept = fs::read_to_string(spy.place.state().join("library.json")).unwrap();
    assert!(!kept.contains("c.wav") && kept.contains("b.wav"), "what is gone is forgotten");
}

#[test]
fn what_is_renamed_copied_or_touched_is_not_decoded_again() {
    let spy = Spy::new();
    let [first, second, third] = ["y-te/a.wav", "y-te/b.wav", "bhxh/c.mp3"].map(|name| spy.place.at(name));
    tone(&first);
    assert_eq!(spy.scan(), ["a.wav"]);
    fs::copy(&first, &second).unwrap();
    fs::rename(&first, &third).unwrap();
    fs::File::options().write(true).open(&second).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(spy.scan(), [""; 0]);
    let library = spy.place.scan();
    assert_eq!(library.clips.len(), 2);
    assert!(library.clips.values().all(|clip| clip.airable().is_ok()));
    assert_eq!(faults(&library, "bhxh/c.mp3"), [ClipFault::WrongEnding], "the name is looked at all the same");
    assert_eq!(faults(&library, "y-te/b.wav"), []);
}

#[test]
fn what_is_wanted_in_addition_is_measured_again_once() {
    let spy = Spy::new();
    speech("Kính mời bà con nghe bản tin", &spy.place.at("README.wav"));
    sox(&spy.place.at("README.wav"), &spy.place.at("y-te/a.wav"), "gain -2 rate 48000");
    assert_eq!(spy.scan(), ["a.wav"]);
    let louder = |targets: &[f64]| Wanted { targets: targets.iter().copied().map(Lufs).collect(), ..Wanted::default() };
    // A voice needs no limiter to be soft, and needs it to be loud.
    for (targets, expected) in [(vec![-30.0], vec![]), (vec![-9.0], vec!["a.wav"]), (vec![-30.0, -9.0], vec![])] {
        assert_eq!(spy.scan_wanting(&louder(&targets)), expected, "{targets:?}");
    }
    assert_eq!(spy.scan_wanting(&louder(&[-11.0])), ["a.wav"]);
    assert_eq!(spy.scan_wanting(&louder(&[-9.0, -11.0])), [""; 0], "what was worked out before is kept");
}

#[test]
fn a_file_is_read_again_if_that_is_wanted() {
    let spy = Spy::new();
    for name in ["y-te/a.wav", "y-te/b.wav"] {
        tone(&spy.place.at(name));
    }
    spy.scan();
    let wanted = Wanted { recheck: ["y-te/b.wav".parse().unwrap()].into(), ..Wanted::default() };
    assert_eq!(spy.scan_wanting(&wanted), [""; 0]);
    assert_eq!(spy.hashed(), ["b.wav"]);
    // A bit that has fallen over on the disk leaves no trace but another hash: here, in what is remembered.
    let file = spy.place.state().join("library.json");
    let before = fs::read_to_string(&file).unwrap();
    let hash = before.split("\"hash\":\"sha256:").nth(1).unwrap().split('"').next().unwrap();
    fs::write(&file, before.replace(hash, &hash.chars().rev().collect::<String>())).unwrap();
    let wanted = Wanted { recheck: ["y-te/a.wav", "y-te/b.wav"].map(|name| name.parse().unwrap()).into(), ..wanted };
    let asked = spy.scan_wanting(&wanted);
    assert_eq!(asked.len(), 1, "what is another content is measured: {asked:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
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
    questions.write_all(b"{\"hash\":{\"file\":\"/nowhere/at/all\"}}\n").unwrap();
    let mut answer = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut answer).unwrap();
    assert_eq!(answer, "{\"hash\":null,\"sound\":null,\"faults\":[\"unreadable\"],\"helper\":\"absent\"}\n");
    let about = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", child.id())).unwrap();
    let limits = about("limits");
    let memory: Vec<_> = limits.lines().find(|l| l.starts_with("Max address")).unwrap().split_whitespace().collect();
    assert_eq!(memory[3], (512 << 20).to_string());
    // The 19th field is the niceness; the 2nd, in parentheses, has no blanks here.
    assert_eq!(about("stat").split(' ').nth(18), Some("19"));
    drop(questions);
    assert!(child.wait().unwrap().success());
}
