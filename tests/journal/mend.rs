//! Damage that is found while the station is on air: put right from the second copy, without a restart.

use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use loaphuong::journal::{self, Ack, AckResult, COPY, FILE, Notice, Verified, VerifyError, look_over, verify};
use loaphuong::model::query::Records as _;

use crate::support::{Journal, LONG, even, journal_of, session, station, tamper};

/// A journal in use, with 300 entries.
struct InUse {
    state: tempfile::TempDir,
    journal: Journal,
    told: Receiver<Notice>,
}

impl InUse {
    fn begin() -> Self {
        let state = tempfile::tempdir().unwrap();
        journal_of(state.path(), 300);
        let journal = Journal::open(state.path());
        let (tell, told) = channel();
        journal.opened.writer.listen(Box::new(move |notice| tell.send(notice).unwrap_or_default())).unwrap();
        Self { state, journal, told }
    }

    fn state(&self) -> &Path {
        self.state.path()
    }

    fn look_over(&self) -> Result<Verified, VerifyError> {
        look_over(self.state(), &station(), &self.journal.opened.writer.mender())
    }

    fn replaced(&self) {
        let told = self.told.recv_timeout(LONG).unwrap();
        assert!(matches!(told, Notice::Replaced { .. }), "{told:?}");
    }

    /// Everything is right again, and goes on.
    fn end(self, entries: u64) {
        assert_eq!(self.look_over().unwrap().entries, entries);
        assert_eq!(self.journal.store(vec![session(900)]), entries + 1);
        even(self.state(), entries + 1);
        self.journal.close();
        assert_eq!(verify(&self.state.path().join(FILE)), verify(&self.state.path().join(COPY)));
        assert_eq!(journal::set_aside_in(self.state.path()).len(), 1);
    }
}

#[test]
fn a_whole_journal_is_left_alone() {
    let station = InUse::begin();
    assert_eq!(station.look_over().unwrap().entries, 300);
    assert_eq!(journal::set_aside_in(station.state()), Vec::<String>::new());
    station.journal.close();
}

#[test]
fn an_entry_that_was_changed_is_named_and_put_right() {
    let station = InUse::begin();
    let asked = |station: &InUse| station.journal.opened.reader.links(99, 1).unwrap().remove(0).entry;
    let right = asked(&station);
    tamper(station.state(), "UPDATE entry SET entry = '?' WHERE seq = 100");
    assert_eq!(asked(&station), "?");
    let Err(VerifyError::Broken(broken)) = station.look_over() else { panic!("not found") };
    assert_eq!(broken.seq, 100);
    station.replaced();
    assert_eq!(asked(&station), right, "readers see the new journal");
    station.end(300);
}

#[test]
fn a_log_that_was_changed_is_put_right() {
    let station = InUse::begin();
    tamper(station.state(), "UPDATE airing SET outcome = 'missed' WHERE outcome = 'aired'");
    assert!(station.look_over().is_err());
    station.replaced();
    station.end(300);
}

#[test]
fn what_was_stored_since_the_damage_is_kept() {
    let station = InUse::begin();
    tamper(station.state(), "UPDATE entry SET entry = '?' WHERE seq = 100");
    // The trigger that numbers entries went with the tampering.
    for n in 1..=20 {
        assert_eq!(station.journal.store(vec![session(1_000 + n)]), 300 + u64::try_from(n).unwrap());
    }
    assert!(station.look_over().is_err());
    station.replaced();
    station.end(320);
}

#[test]
fn a_tail_that_is_cut_off_under_the_daemon_is_put_right() {
    let station = InUse::begin();
    let conn = rusqlite::Connection::open(station.state().join(FILE)).unwrap();
    conn.execute_batch("DROP TRIGGER entry_never_goes; DELETE FROM entry WHERE seq > 290").unwrap();
    conn.close().unwrap();
    station.journal.opened.writer.store(8, vec![session(900)]).unwrap();
    let failing = station.journal.acks.recv_timeout(LONG).unwrap();
    assert!(matches!(failing.result, AckResult::Failing { .. }), "nothing is appended to it: {failing:?}");
    let Err(VerifyError::Broken(broken)) = station.look_over() else { panic!("not found") };
    assert_eq!(broken.seq, 291);
    station.replaced();
    let stored = loop {
        // Said again with another cause, if it was tried in between.
        match station.journal.acks.recv_timeout(LONG).unwrap() {
            Ack { ticket: 8, result: AckResult::Stored { last_seq, .. } } => break last_seq,
            other => assert!(matches!(other.result, AckResult::Failing { .. }), "{other:?}"),
        }
    };
    assert_eq!(stored, 301);
    station.end(301);
}

#[test]
fn a_copy_that_was_changed_in_its_middle_is_written_anew() {
    let station = InUse::begin();
    let path = station.state().join(COPY);
    let text = fs::read_to_string(&path).unwrap();
    // Of the same length, in the same file: only reading it all shows it.
    let changed = text.replacen("2026", "2025", 200).into_bytes();
    std::os::unix::fs::FileExt::write_all_at(&fs::File::options().write(true).open(&path).unwrap(), &changed, 0)
        .unwrap();
    assert_eq!(station.look_over().unwrap().entries, 300, "the journal itself is whole");
    station.replaced();
    even(station.state(), 300);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    station.end(300);
}

#[test]
fn nothing_is_put_right_from_a_copy_that_is_damaged_too() {
    let station = InUse::begin();
    tamper(station.state(), "UPDATE entry SET entry = '?' WHERE seq = 100");
    let text = fs::read_to_string(station.state().join(COPY)).unwrap();
    fs::write(station.state().join(COPY), text.replacen("2026", "2025", 1)).unwrap();
    assert!(station.look_over().is_err());
    assert_eq!(station.journal.store(vec![session(900)]), 301, "and it goes on");
    assert!(station.told.try_recv().is_err());
    station.journal.close();
}
