//! What is wrong with journal or second copy at the start: the station starts, nothing that can be read is lost, and
//! what was there stays as it was.

use std::fs;
use std::path::Path;

use loaphuong::journal::{self, COPY, FILE, OpenError, set_aside_in, verify};

use crate::support::{Journal, journal_of, journal_of_station, session, station, tamper};

/// Spoils a state folder of 60 entries.
type Spoil<'s> = &'s dyn Fn(&Path);

/// What must have come of it.
struct Expected<'e> {
    /// Entries that are there.
    entries: u64,
    /// How the names of what was set aside begin.
    aside: &'e [&'e str],
}

/// Each set-aside file has the bytes that the file had when the station started.
fn check(name: &str, state: &Path, spoil: Spoil<'_>, expected: &Expected<'_>) {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for file in [FILE, COPY] {
        fs::copy(state.join(file), at.join(file)).unwrap();
    }
    spoil(at);
    let before = [FILE, COPY].map(|file| fs::read(at.join(file)).unwrap_or_default());
    let journal = Journal::open(at);
    assert_eq!(journal.opened.replaced.is_some(), !expected.aside.is_empty() || before[0].is_empty(), "{name}");
    assert_eq!(journal.store(vec![session(900)]), expected.entries + 1, "{name}");
    crate::support::even(at, expected.entries + 1);
    journal.close();
    assert_eq!(verify(&at.join(FILE)).unwrap().entries, expected.entries + 1, "{name}");
    assert_eq!(verify(&at.join(COPY)), verify(&at.join(FILE)), "{name}");
    let aside = set_aside_in(at);
    let begins = |(name, begin): (&String, &&str)| name.starts_with(begin);
    assert!(aside.len() == expected.aside.len() && aside.iter().zip(expected.aside).all(begins), "{name}: {aside:?}");
    for file in aside {
        let was = if file.starts_with("journal-") { &before[0] } else { &before[1] };
        assert!(&fs::read(at.join(&file)).unwrap() == was, "{name}: {file} is not what it was");
    }
    // And once more, as if nothing had been.
    let journal = Journal::open(at);
    assert_eq!(journal.opened.replaced, None, "{name}");
    journal.close();
}

/// Cuts off the lines behind number `last`, or changes what a line says.
fn edit_copy(state: &Path, edit: &dyn Fn(&mut Vec<String>)) {
    let mut lines: Vec<String> = fs::read_to_string(state.join(COPY)).unwrap().lines().map(str::to_owned).collect();
    edit(&mut lines);
    fs::write(state.join(COPY), lines.join("\n") + "\n").unwrap();
}

fn garble(file: &Path, from: usize, count: usize) {
    let mut bytes = fs::read(file).unwrap();
    for (n, byte) in bytes[from..from + count].iter_mut().enumerate() {
        *byte = u8::try_from(n * 31 % 251).unwrap();
    }
    fs::write(file, bytes).unwrap();
}

fn middle(state: &Path) {
    let file = state.join(FILE);
    let half = usize::try_from(fs::metadata(&file).unwrap().len()).unwrap() / 8192 * 4096;
    garble(&file, half, 4096);
}

const JOURNAL: &[&str] = &["journal-"];
const BOTH: &[&str] = &["as-run-", "journal-"];

#[test]
fn a_journal_that_is_not_what_the_copy_says_is_set_aside_and_filled_from_the_copy() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 60);
    let older = tempfile::tempdir().unwrap();
    journal_of(older.path(), 30);
    let foreign = tempfile::tempdir().unwrap();
    journal_of_station(foreign.path(), 90, "dai-khac");
    let other = tempfile::tempdir().unwrap();
    journal_of(other.path(), 90);
    tamper(other.path(), "DELETE FROM entry; DELETE FROM airing; DELETE FROM mark");
    let restore = |from: &Path, to: &Path| assert!(fs::copy(from.join(FILE), to.join(FILE)).unwrap() > 0);
    let all = Expected { entries: 60, aside: JOURNAL };
    let check = |name: &str, spoil: Spoil<'_>| check(name, state.path(), spoil, &all);
    check("an old copy is restored", &|s| restore(older.path(), s));
    check("the tail is cut", &|s| tamper(s, "DELETE FROM entry WHERE seq > 58"));
    check("the last entry is cut, and the log with it", &|s| {
        tamper(s, "DELETE FROM entry WHERE seq = 60; DELETE FROM airing WHERE seq = 60");
    });
    check("emptied", &|s| restore(other.path(), s));
    check("another station's journal lies there", &|s| restore(foreign.path(), s));
    check("the last entry is another", &|s| tamper(s, "UPDATE entry SET hash = prev WHERE seq = 60"));
    check("not a journal", &|s| tamper(s, "PRAGMA application_id = 5"));
    check("the version is gone", &|s| tamper(s, "PRAGMA user_version = 0"));
    check("the header is destroyed", &|s| garble(&s.join(FILE), 0, 100));
    check("all of it is garbage", &|s| fs::write(s.join(FILE), "x".repeat(9000)).unwrap());
    check("the second half is gone", &|s| {
        let file = fs::File::options().write(true).open(s.join(FILE)).unwrap();
        file.set_len(file.metadata().unwrap().len() / 8192 * 4096).unwrap();
    });
    let gone = Expected { entries: 60, aside: &[] };
    super::rescue::check("gone", state.path(), &|s| fs::remove_file(s.join(FILE)).unwrap(), &gone);
}

#[test]
fn a_journal_with_its_log_is_set_aside_with_it() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 60);
    // As after a kill: what was written last lies in the log.
    let older = tempfile::tempdir().unwrap();
    let running = Journal::open(older.path());
    running.store(vec![session(0), session(1)]);
    for file in ["journal.db", "journal.db-wal"] {
        fs::copy(older.path().join(file), state.path().join(file)).unwrap();
    }
    running.close();
    let wal = fs::read(state.path().join("journal.db-wal")).unwrap();
    let journal = Journal::open(state.path());
    assert_eq!(journal.store(vec![session(900)]), 61);
    journal.close();
    assert_eq!(verify(&state.path().join(FILE)).unwrap().entries, 61);
    let aside = state.path().join(&set_aside_in(state.path())[0]);
    assert_eq!(fs::read(aside.with_extension("db-wal")).unwrap(), wal);
    assert_eq!(verify(&aside).unwrap().entries, 2);
}

#[test]
fn a_copy_that_is_not_sound_is_set_aside_and_what_is_sound_of_both_is_kept() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 60);
    let foreign = tempfile::tempdir().unwrap();
    journal_of_station(foreign.path(), 90, "dai-khac");
    let check = |name: &str, entries: u64, aside: &[&str], spoil: Spoil<'_>| {
        check(name, state.path(), spoil, &Expected { entries, aside });
    };
    let wrong_at = |s: &Path, n: usize| edit_copy(s, &|lines| lines[n - 1] = lines[n - 1].replace("2026", "2025"));
    check("the copy's last line is wrong", 60, &["as-run-"], &|s| wrong_at(s, 60));
    check("the copy is garbage", 60, &["as-run-"], &|s| fs::write(s.join(COPY), "x\n".repeat(900)).unwrap());
    check("the copy is another station's", 60, &["as-run-"], &|s| {
        assert!(fs::copy(foreign.path().join(COPY), s.join(COPY)).unwrap() > 0);
    });
    check("cut, and the copy is wrong before", 40, BOTH, &|s| {
        tamper(s, "DELETE FROM entry WHERE seq > 38");
        wrong_at(s, 41);
    });
    check("cut, and the copy is wrong before the cut", 50, &["as-run-"], &|s| {
        tamper(s, "DELETE FROM entry WHERE seq > 50; DELETE FROM airing WHERE seq > 50");
        wrong_at(s, 41);
    });
    check("the journal is wrong behind the copy's end", 57, JOURNAL, &|s| {
        tamper(s, "UPDATE entry SET entry = '?' WHERE seq = 58; UPDATE entry SET entry = '!' WHERE seq = 60");
        edit_copy(s, &|lines| lines.truncate(20));
    });
    check("no copy, and the last entry is unreadable", 59, JOURNAL, &|s| {
        tamper(s, "UPDATE entry SET entry = '?' WHERE seq = 60");
        fs::remove_file(s.join(COPY)).unwrap();
    });
    check("both are garbage", 0, BOTH, &|s| {
        fs::write(s.join(COPY), "x\n".repeat(900)).unwrap();
        fs::write(s.join(FILE), "x\n".repeat(900)).unwrap();
    });
    check("a garbled page", 60, JOURNAL, &|s| {
        middle(s);
        tamper_nothing(s);
    });
}

/// So that the damage is met when the journal is opened, whatever lies in that page.
fn tamper_nothing(state: &Path) {
    edit_copy(state, &|lines| lines.push(lines[59].clone()));
    edit_copy(state, &|lines| lines.truncate(60));
    garble(&state.join(FILE), 4096, 50);
}

#[test]
fn what_is_another_stations_stays_as_it_is() {
    let foreign = tempfile::tempdir().unwrap();
    journal_of_station(foreign.path(), 20, "dai-khac");
    let refused = || journal::open(foreign.path(), &station(), Box::new(|_| {})).expect_err("must be refused");
    let files = || {
        let mut files: Vec<_> = fs::read_dir(foreign.path()).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        // The log's table may be arranged anew before its owner is known.
        let bytes = |file: &Path| if file.ends_with(FILE) { Vec::new() } else { fs::read(file).unwrap() };
        files.into_iter().map(|file| (bytes(&file), file)).collect::<Vec<_>>()
    };
    let untouched = |spoil: &dyn Fn()| {
        spoil();
        let before = files();
        let error = refused();
        assert!(matches!(error, OpenError::OtherStation { .. }), "{error:?}");
        assert!(files() == before);
    };
    untouched(&|| {});
    untouched(&|| tamper(foreign.path(), "DELETE FROM entry WHERE seq > 10"));
    untouched(&|| fs::remove_file(foreign.path().join(FILE)).unwrap());
}
