//! A full disk: the journal is written all the same for a while, from room that was kept for it.
//!
//! The disk is a small one in memory, in a name space of its own that `unshare` makes; where that is not permitted, the
//! test says so and ends.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};

use loaphuong::journal::{AckResult, FILE, Notice, StoreError, verify};

use crate::support::{Journal, LONG, even, session};

const CHILD: &str = "LOAPHUONG_TEST_SMALL_DISK";
const BALLAST: u64 = 16 << 20;

/// Runs the case that is named on a disk of that size.
fn on_a_disk(megabytes: u32, case: &str) {
    let mount = tempfile::tempdir().unwrap();
    let child = std::env::current_exe().unwrap();
    let (child, folder) = (child.to_str().unwrap(), mount.path().to_str().unwrap());
    let script = format!(
        "mount -t tmpfs -o size={megabytes}m none {folder} || exit 77; {CHILD}={folder} exec {child} --exact \
         ballast::{case} --include-ignored --nocapture"
    );
    let ended = Command::new("unshare").args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]).status();
    match ended.map(|status| status.code()) {
        Ok(Some(0)) => {}
        Err(_) | Ok(Some(1 | 77))
            if Command::new("unshare").args(["-Urm", "true"]).status().is_ok_and(|s| !s.success()) =>
        {
            eprintln!("not tried: no name space of one's own is permitted here");
        }
        other => panic!("{case}: {other:?}"),
    }
}

/// The small disk, in the process that has it.
fn disk() -> Option<std::path::PathBuf> {
    std::env::var_os(CHILD).map(Into::into)
}

fn there(state: &Path) -> bool {
    fs::metadata(state.join("ballast")).is_ok_and(|about| about.len() == BALLAST && about.blocks() * 512 >= BALLAST)
}

/// Fills the disk to the last byte.
fn fill(disk: &Path) -> std::path::PathBuf {
    use std::io::Write as _;
    let path = disk.join("filler");
    let mut file = fs::File::create(&path).unwrap();
    for size in [1 << 20, 4096, 1] {
        while file.write_all(&vec![1; size]).is_ok() {}
    }
    path
}

fn open(state: &Path) -> (Journal, Receiver<Notice>) {
    let journal = Journal::open(state);
    let (tell, told) = channel();
    journal.opened.writer.listen(Box::new(move |notice| tell.send(notice).unwrap_or_default())).unwrap();
    (journal, told)
}

/// Waits for the ballast to be missed, or to be there again. The second copy is not of interest here.
fn wait(told: &Receiver<Notice>, missed: bool) {
    loop {
        match told.recv_timeout(LONG).unwrap() {
            Notice::Fault { code: "disk_full", subject: Some("ballast"), .. } if missed => return,
            Notice::Over { code: "disk_full", subject: Some("ballast") } if !missed => return,
            Notice::Fault { code: "copy_failing", .. } | Notice::Over { code: "copy_failing", .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn outcomes_are_written_on_a_full_disk() {
    on_a_disk(100, "full_disk_child");
}

#[test]
#[ignore = "run by `outcomes_are_written_on_a_full_disk`, on a small disk"]
fn full_disk_child() {
    let Some(disk) = disk() else { return };
    let state = disk.join("state");
    let (journal, told) = open(&state);
    journal.store(vec![session(0)]);
    even(&state, 1);
    assert!(there(&state));
    let filler = fill(&disk);
    // More than what is left in the pages at hand.
    for n in 1..=200 {
        assert_eq!(journal.store(vec![session(n)]), u64::try_from(n).unwrap() + 1);
    }
    assert!(!there(&state));
    wait(&told, true);
    // A start on a full disk, once it has no ballast left, and one that finds it.
    journal.close();
    let (journal, told) = open(&state);
    wait(&told, true);
    assert_eq!(journal.store(vec![session(500)]), 202);
    fs::remove_file(filler).unwrap();
    wait(&told, false);
    assert!(there(&state));
    even(&state, 202);
    journal.close();
    assert_eq!(verify(&state.join(FILE)).unwrap().entries, 202);
    fill(&disk);
    let (journal, _told) = open(&state);
    assert_eq!(journal.store((0..50).map(|n| session(600 + n)).collect()), 252);
    journal.close();
}

#[test]
fn a_small_disk_has_no_ballast_and_no_fault() {
    on_a_disk(40, "small_disk_child");
}

#[test]
#[ignore = "run by `a_small_disk_has_no_ballast_and_no_fault`, on a small disk"]
fn small_disk_child() {
    let Some(disk) = disk() else { return };
    let state = disk.join("state");
    let (journal, told) = open(&state);
    journal.store(vec![session(0)]);
    even(&state, 1);
    assert!(!there(&state) && told.try_recv().is_err());
    let filler = fill(&disk);
    journal.opened.writer.store(9, (0..2_000).map(session).collect()).unwrap();
    let failing = journal.acks.recv_timeout(LONG).unwrap().result;
    assert_eq!(failing, AckResult::Failing { error: StoreError::DiskFull });
    fs::remove_file(filler).unwrap();
    assert!(matches!(journal.acks.recv_timeout(LONG).unwrap().result, AckResult::Stored { last_seq: 2_001, .. }));
    journal.close();
}
