//! A copy is whole, verified, one file, and never in the place of another.

use loaphuong::journal::{BackupError, FILE, backup, verify};

use crate::support::{Journal, journal_of, session, tamper};

#[test]
fn a_backup_is_made_while_the_daemon_writes() {
    let (state, stick) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let journal = Journal::open(state.path());
    journal.store((0..500).map(session).collect());
    for ticket in 0..200 {
        journal.opened.writer.store(ticket, vec![session(1)]).unwrap();
    }
    let to = stick.path().join("nhật ký.db");
    let copied = backup(state.path(), &to).unwrap();
    assert!((500..=700).contains(&copied.entries));
    assert_eq!(verify(&to).unwrap(), copied);
    assert_eq!(std::fs::read_dir(stick.path()).unwrap().count(), 1, "one file");
    journal.close();
    // It is a journal: a station can go on from it.
    let restored = tempfile::tempdir().unwrap();
    std::fs::copy(&to, restored.path().join(FILE)).unwrap();
    let journal = Journal::open(restored.path());
    assert_eq!(journal.store(vec![session(2)]), copied.entries + 1);
    journal.close();
}

#[test]
fn a_backup_that_cannot_be_right_leaves_nothing_behind() {
    let (state, stick) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    journal_of(state.path(), 20);
    let to = stick.path().join("a.db");
    std::fs::write(&to, "precious").unwrap();
    assert!(matches!(backup(state.path(), &to), Err(BackupError::Exists { .. })));
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "precious");
    let nowhere = stick.path().join("none/a.db");
    assert!(matches!(backup(state.path(), &nowhere), Err(BackupError::Write { .. })));
    tamper(state.path(), "UPDATE entry SET entry = '{}' WHERE seq = 7");
    let broken = backup(state.path(), &stick.path().join("b.db"));
    assert!(matches!(broken, Err(BackupError::Broken(b)) if b.seq == 7));
    assert!(matches!(backup(stick.path(), &stick.path().join("c.db")), Err(BackupError::Read { .. })));
    assert_eq!(std::fs::read_dir(stick.path()).unwrap().count(), 1);
}
