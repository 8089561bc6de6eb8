//! The second copy follows the journal line by line, and catches up whatever happened to it.

use std::fs;
use std::path::Path;
use std::sync::mpsc::channel;

use loaphuong::journal::{self, COPY, FILE, Notice, Reader, verify};
use loaphuong::model::query::Records as _;

use crate::support::{Journal, LONG, even, journal_of, session};

/// The lines that the copy must have: those of `/v1/journal`.
fn lines(state: &Path) -> String {
    let links = Reader::open(state).unwrap().links(0, 10_000).unwrap();
    links.iter().map(|link| serde_json::to_string(link).unwrap() + "\n").collect()
}

#[test]
fn the_copy_has_the_journals_lines() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 1_000);
    let copy = fs::read_to_string(state.path().join(COPY)).unwrap();
    assert_eq!(copy, lines(state.path()));
    assert_eq!(verify(&state.path().join(COPY)), verify(&state.path().join(FILE)));
}

#[test]
fn a_copy_that_is_behind_torn_or_gone_catches_up() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 300);
    let path = state.path().join(COPY);
    let whole = fs::read(&path).unwrap();
    let first = whole.iter().position(|b| *b == b'\n').unwrap() + 1;
    let spoil: [&dyn Fn(); 6] = [
        &|| fs::remove_file(&path).unwrap(),
        &|| fs::write(&path, "").unwrap(),
        &|| fs::write(&path, &whole[..first - 1]).unwrap(),
        &|| fs::write(&path, &whole[..first]).unwrap(),
        &|| fs::write(&path, &whole[..whole.len() - 1]).unwrap(),
        &|| fs::write(&path, [&whole[..], b"{\"seq\":301,"].concat()).unwrap(),
    ];
    for (n, spoil) in spoil.iter().enumerate() {
        spoil();
        let journal = Journal::open(state.path());
        assert_eq!(journal.opened.replaced, None, "{n}");
        even(state.path(), 300);
        journal.close();
        assert!(fs::read(&path).unwrap() == whole, "{n}");
    }
    assert_eq!(journal::set_aside_in(state.path()), Vec::<String>::new());
}

#[test]
fn a_copy_that_cannot_be_written_is_a_fault_and_the_journal_goes_on() {
    let state = tempfile::tempdir().unwrap();
    let path = state.path().join(COPY);
    std::os::unix::fs::symlink("/dev/full", &path).unwrap();
    let journal = Journal::open(state.path());
    let (tell, told) = channel();
    journal.opened.writer.listen(Box::new(move |notice| tell.send(notice).unwrap())).unwrap();
    assert_eq!(journal.store(vec![session(0), session(1)]), 2);
    let Notice::Fault { code: "copy_failing", message, .. } = told.recv_timeout(LONG).unwrap() else { panic!() };
    assert!(message.vi.contains(COPY), "{message:?}");
    assert_eq!(journal.store(vec![session(2)]), 3);
    fs::remove_file(&path).unwrap();
    // Nobody has to hand in anything.
    let over = Notice::Over { code: "copy_failing", subject: None };
    assert_eq!(told.recv_timeout(LONG).unwrap(), over);
    even(state.path(), 3);
    journal.close();
}

#[test]
fn a_copy_that_is_changed_under_the_daemon_is_set_aside_and_written_anew() {
    let state = tempfile::tempdir().unwrap();
    let path = state.path().join(COPY);
    let journal = Journal::open(state.path());
    journal.store(vec![session(0)]);
    even(state.path(), 1);
    let spoil: [&dyn Fn(); 4] = [
        &|| fs::write(&path, "somebody was here\n").unwrap(),
        &|| fs::rename(&path, state.path().join("elsewhere")).unwrap(),
        &|| fs::write(&path, "").unwrap(),
        &|| fs::write(&path, lines(state.path()) + "somebody\nwas here\n").unwrap(),
    ];
    for (n, spoil) in (1_u64..).zip(spoil) {
        spoil();
        journal.store(vec![session(i64::try_from(n).unwrap())]);
        even(state.path(), n + 1);
        assert_eq!(fs::read_to_string(&path).unwrap(), lines(state.path()), "{n}");
    }
    journal.close();
    assert_eq!(journal::set_aside_in(state.path()).len(), 3);
}
