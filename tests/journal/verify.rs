//! Every way to change a journal is found, and the first wrong entry named.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use loaphuong::journal::{self, COPY, FILE, VerifyError, verify};
use loaphuong::model::query::Records as _;

use crate::support::{Journal, copy_of, final_row, journal_of, missed, session, tamper};

/// The entry that `verify` names.
fn named(file: &Path) -> Option<u64> {
    match verify(file) {
        Ok(_) => None,
        Err(VerifyError::Broken(broken)) => Some(broken.seq),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_journal_as_it_was_written_verifies_and_is_left_alone() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 100);
    let copy = copy_of(state.path());
    let file = copy.path().join(FILE);
    let before = std::fs::read(&file).unwrap();
    let verified = verify(&file).unwrap();
    assert_eq!(verified.entries, 100);
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert_eq!(std::fs::read_dir(copy.path()).unwrap().count(), 1, "nothing beside it");
    let last = journal::Reader::open(copy.path()).unwrap().links(99, 10).unwrap();
    assert_eq!(last[0].hash, verified.head);
}

#[test]
fn a_journal_that_grows_meanwhile_verifies() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path());
    let grown = AtomicBool::new(false);
    journal.store(vec![session(0)]);
    std::thread::scope(|scope| {
        let looks = scope.spawn(|| {
            let mut looks = Vec::new();
            while !grown.load(Ordering::Relaxed) {
                looks.push(verify(&state.path().join(FILE)));
            }
            looks
        });
        for n in 1..=60 {
            journal.store(vec![final_row(n, missed(n))]);
        }
        grown.store(true, Ordering::Relaxed);
        for look in looks.join().unwrap() {
            assert!(look.is_ok(), "{look:?}");
        }
    });
    journal.close();
}

#[test]
fn every_deleted_edited_swapped_or_doubled_row_is_named() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 100);
    let check = |sql: String, expected: u64| {
        let copy = copy_of(state.path());
        tamper(copy.path(), &sql);
        assert_eq!(named(&copy.path().join(FILE)), Some(expected), "{sql}");
    };
    for n in 1..=99 {
        check(format!("DELETE FROM entry WHERE seq = {n}"), n);
        check(format!("DELETE FROM entry WHERE seq <= {n}"), 1);
    }
    for n in 1..=100 {
        check(format!("UPDATE entry SET entry = replace(entry, '2026', '2025') WHERE seq = {n}"), n);
        check(format!("UPDATE entry SET hash = prev WHERE seq = {n}"), n);
        check(format!("UPDATE entry SET prev = hash WHERE seq = {n}"), n);
    }
    for n in 1..=99 {
        let other = n + 1;
        let swap = format!(
            "UPDATE entry SET seq = 1000 WHERE seq = {n}; UPDATE entry SET seq = {n} WHERE seq = {other};
             UPDATE entry SET seq = {other} WHERE seq = 1000"
        );
        check(swap, n);
    }
    // A forger who makes the changed row's own hash right again is found one row on.
    let forged = copy_of(state.path());
    let link = journal::Reader::open(forged.path()).unwrap().links(41, 1).unwrap().remove(0);
    let entry = link.entry.replace("2026", "2025");
    let hash = sha256(&format!("{}{entry}", link.prev));
    tamper(forged.path(), &format!("UPDATE entry SET entry = '{entry}', hash = '{hash}' WHERE seq = 42"));
    assert_eq!(named(&forged.path().join(FILE)), Some(43));
}

fn sha256(text: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(text).iter().fold(String::new(), |hex, b| format!("{hex}{b:02x}"))
}

#[test]
fn a_log_that_contradicts_its_entries_is_named() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 20);
    // With `n % 5` for entry n + 1: finals are 4, 5, 9, 10, 14, 15, 19, 20.
    let cases = [
        ("UPDATE airing SET outcome = 'aired' WHERE seq = 10", 10),
        ("UPDATE airing SET planned_at = planned_at + 1 WHERE seq = 4", 4),
        ("UPDATE airing SET slot = NULL WHERE seq = 4", 4),
        ("UPDATE airing SET commune = 'an-thu' WHERE seq = 15", 15),
        ("UPDATE airing SET kind = 'trial' WHERE seq = 20", 20),
        ("UPDATE airing SET id = id || 'x' WHERE seq = 5", 5),
        ("UPDATE airing SET seq = 3 WHERE seq = 4", 3),
        ("UPDATE airing SET seq = 21 WHERE seq = 20", 20),
        ("DELETE FROM airing WHERE seq = 9", 9),
        ("DELETE FROM airing_topic WHERE seq = 9", 9),
        ("INSERT INTO airing_topic VALUES ('y-te', 9)", 9),
        ("INSERT INTO airing SELECT 8, 'x', 0, 'an-xuan', NULL, 'aired', 'scheduled'", 8),
        ("INSERT INTO airing SELECT 30, 'x', 0, 'an-xuan', NULL, 'aired', 'scheduled'", 30),
        // The first of two, whichever it is.
        ("UPDATE airing SET kind = 'trial' WHERE seq = 10; UPDATE entry SET hash = prev WHERE seq = 13", 10),
        ("UPDATE airing SET kind = 'trial' WHERE seq = 14; UPDATE entry SET hash = prev WHERE seq = 13", 13),
    ];
    for (sql, expected) in cases {
        let copy = copy_of(state.path());
        tamper(copy.path(), sql);
        assert_eq!(named(&copy.path().join(FILE)), Some(expected), "{sql}");
    }
}

#[test]
fn a_ledger_that_contradicts_its_entries_is_named() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 100);
    // Finals as above; that many rows fill some pages.
    let move_page = |by: &str| format!("UPDATE ledger_page SET {by} WHERE page = 1");
    let second = first_of_page(state.path(), 1);
    let last = 100;
    let cases = [
        // The letter that tells one id from the other: 05:31 becomes 05:38.
        ("UPDATE ledger_page SET rows = CAST(replace(rows, '05:31', '05:38') AS BLOB) WHERE page = 0".to_owned(), 4),
        ("UPDATE ledger_word SET text = replace(text, 'aired', 'partial')".to_owned(), 4),
        ("UPDATE ledger_page SET month = 202612".to_owned(), 4),
        ("UPDATE ledger_page SET commune = 'an-thu'".to_owned(), 4),
        ("DELETE FROM ledger_page WHERE page = 0".to_owned(), 4),
        (move_page("month = 202612"), second),
        (move_page("page = 9"), second),
        ("DELETE FROM ledger_page WHERE page = 1".to_owned(), second),
        ("DELETE FROM ledger_word".to_owned(), 4),
        // What stands there without an entry: a page twice, in another month, of another commune, before the first.
        (
            "INSERT INTO ledger_page SELECT 202612, commune, page, rows FROM ledger_page WHERE page = 1".to_owned(),
            second,
        ),
        ("INSERT INTO ledger_page SELECT month, 'an-thu', page, rows FROM ledger_page WHERE page = 0".to_owned(), 4),
        ("INSERT INTO ledger_page SELECT month, commune, 50, rows FROM ledger_page WHERE page = 1".to_owned(), second),
        ("INSERT INTO ledger_page SELECT month, commune, -1, rows FROM ledger_page WHERE page = 0".to_owned(), 4),
        ("INSERT INTO ledger_page VALUES (202701, 'an-xuan', 0, x'ff')".to_owned(), last),
    ];
    for (sql, expected) in cases {
        let copy = copy_of(state.path());
        tamper(copy.path(), &sql);
        assert_eq!(named(&copy.path().join(FILE)), Some(expected), "{sql}");
    }
}

/// The number of the entry whose row comes first in a page of the ledger: below 128, it is the first byte.
fn first_of_page(state: &Path, page: i64) -> u64 {
    let conn = rusqlite::Connection::open(state.join(FILE)).unwrap();
    let rows = "SELECT rows FROM ledger_page WHERE page = ?1";
    let rows: Vec<u8> = conn.query_row(rows, [page], |row| row.get(0)).unwrap();
    u64::from(rows[0])
}

#[test]
fn every_flipped_bit_of_an_entry_is_found() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 10);
    let file = state.path().join(FILE);
    let texts = journal::Reader::open(state.path()).unwrap().links(0, 10).unwrap();
    let bytes = std::fs::read(&file).unwrap();
    let mut flipped = 0;
    for link in &texts {
        let text = link.entry.as_bytes();
        // Entries that fill more than a page lie in pieces; the others are enough.
        // SQLite may leave a dead copy behind where a page was split.
        let places: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(text)).collect();
        for offset in (0..text.len()).step_by(41).filter(|_| !places.is_empty()) {
            for bit in 0..8 {
                let mut spoiled = bytes.clone();
                for place in &places {
                    spoiled[place + offset] ^= 1 << bit;
                }
                std::fs::write(&file, &spoiled).unwrap();
                assert_eq!(named(&file), Some(link.seq), "byte {offset}, bit {bit}");
                flipped += 1;
            }
        }
    }
    assert!(flipped > 500, "{flipped}");
}

#[test]
fn an_export_is_checked_like_the_journal() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 30);
    let links = journal::Reader::open(state.path()).unwrap().links(0, 1000).unwrap();
    let export: Vec<String> = links.iter().map(|l| serde_json::to_string(l).unwrap()).collect();
    let file = state.path().join("export.ndjson");
    let check = |export: &[String], expected: Option<u64>| {
        std::fs::write(&file, export.join("\n") + "\n").unwrap();
        assert_eq!(named(&file), expected);
    };
    check(&export, None);
    for n in 0..29 {
        let (mut without, mut swapped, mut edited) = (export.clone(), export.clone(), export.clone());
        let seq = u64::try_from(n).unwrap() + 1;
        without.remove(n);
        check(&without, Some(seq));
        swapped.swap(n, n + 1);
        check(&swapped, Some(seq));
        edited[n] = edited[n].replace("2026", "2025");
        check(&edited, Some(seq));
    }
    let mut doubled = export.clone();
    doubled.insert(4, export[4].clone());
    doubled.remove(5);
    check(&doubled, None);
    doubled.insert(6, export[4].clone());
    check(&doubled, Some(5));
    let mut cut = export.clone();
    let half = cut[29].len() / 2;
    cut[29].truncate(half);
    check(&cut, Some(30));
}

#[test]
fn a_second_final_row_is_named_even_in_a_whole_chain() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 5);
    let reader = journal::Reader::open(state.path()).unwrap();
    let links = reader.links(0, 10).unwrap();
    drop(reader);
    let (last, again) = (&links[4], &links[3].entry);
    let hash = sha256(&format!("{}{again}", last.hash));
    let row = format!("INSERT INTO entry VALUES (6, '{}', '{hash}', '{again}')", last.hash);
    tamper(state.path(), &row);
    assert_eq!(named(&state.path().join(FILE)), Some(6));
    let line = |l| serde_json::to_string(l).unwrap();
    let sixth = serde_json::json!({"seq": 6, "prev": last.hash, "hash": hash, "entry": again});
    let export: Vec<String> = links.iter().map(line).chain([sixth.to_string()]).collect();
    let file = state.path().join("export.ndjson");
    std::fs::write(&file, export.join("\n")).unwrap();
    assert_eq!(named(&file), Some(6));
}

#[test]
fn what_is_no_journal_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let song = folder.path().join("song.mp3");
    std::fs::write(&song, b"ID3 and more").unwrap();
    for file in [other, song, folder.path().join("none"), folder.path().to_owned()] {
        assert!(matches!(verify(&file), Err(VerifyError::Unreadable { .. })), "{}", file.display());
    }
}

#[test]
fn a_tail_that_was_cut_off_is_named_by_the_copy() {
    let state = tempfile::tempdir().unwrap();
    journal_of(state.path(), 100);
    let file = state.path().join(FILE);
    assert_eq!(named(&file), None);
    let cut = |from: u64| {
        let log = "DELETE FROM airing_topic WHERE seq NOT IN (SELECT seq FROM airing)";
        tamper(
            state.path(),
            &format!("DELETE FROM entry WHERE seq >= {from}; DELETE FROM airing WHERE seq >= {from}; {log}"),
        );
        // As a forger would who knows how: the rest of the log is made anew.
        tamper(state.path(), "UPDATE mark SET value = 0 WHERE name = 'version'");
    };
    for from in [100, 99, 60, 2, 1] {
        cut(from);
        assert_eq!(named(&file), Some(from));
    }
    let links = std::fs::read_to_string(state.path().join(COPY)).unwrap();
    std::fs::write(state.path().join(COPY), &links[..links.len() / 2]).unwrap();
    assert!(named(&file).is_some(), "half of a copy is enough");
    // A copy that is behind says nothing against the journal; one that says something else does.
    journal_of_other(state.path());
    assert_eq!(named(&file), Some(100));
}

/// A whole journal of as many entries that are others.
fn journal_of_other(state: &Path) {
    let other = tempfile::tempdir().unwrap();
    journal_of(other.path(), 99);
    let journal = crate::support::Journal::open(other.path());
    journal.store(vec![crate::support::session(7)]);
    journal.close();
    let original = tempfile::tempdir().unwrap();
    journal_of(original.path(), 100);
    std::fs::copy(other.path().join(FILE), state.join(FILE)).unwrap();
    std::fs::copy(original.path().join(COPY), state.join(COPY)).unwrap();
}
