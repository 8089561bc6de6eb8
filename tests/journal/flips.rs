//! Single bits of a journal of 1,000 entries are flipped: whatever holds an entry names it, and nothing that verifies
//! answers otherwise than before. `FLIPS=20000` flips so many of each file, evenly spread (`all`:
//! every one, which takes three hours); else some hundreds.
//!
//! Bits that hold nothing (free space of a page, the counters of the database's header that nobody reads) cannot be
//! told from sound ones by what is read; there the test asks for every answer, and each must be the same.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use loaphuong::journal::{COPY, FILE, Reader, VerifyError, verify};
use loaphuong::model::entry::Entry;
use loaphuong::model::outcome::{Kind, Outcome};
use loaphuong::model::query::{AiringQuery, Link, Records as _, Row};

use crate::support::{Journal, even, final_row, missed, moment, session};

const ROWS: u64 = 1_000;

/// Flips of each file that go with all tests.
const SAMPLES: usize = 600;

/// 1,000 entries, most of them short: one in ten is a final row.
fn journal(state: &Path) {
    let journal = Journal::open(state);
    let entry = |n: i64| match n {
        0 => session(0),
        n if n % 10 == 3 => final_row(n, missed(n)),
        n => Entry::FaultCleared { at: moment(n), code: format!("code-{n}"), subject: Some("đầu ra".to_owned()) },
    };
    assert_eq!(journal.store((0..i64::try_from(ROWS).unwrap()).map(entry).collect()), ROWS);
    even(state, ROWS);
    journal.close();
}

/// The places to flip: byte and bit.
fn places(bytes: usize) -> impl Iterator<Item = (usize, u8)> {
    let flips = match std::env::var("FLIPS").ok().as_deref() {
        Some("all") => bytes * 8,
        Some(number) => number.parse().unwrap(),
        None => SAMPLES,
    };
    // Odd, so that all bits of a byte have their turn.
    let step = (bytes * 8 / flips) | 1;
    (0..bytes * 8).step_by(step).map(|at| (at / 8, 1 << (at % 8)))
}

/// Everything that is asked of a journal.
fn answers(state: &Path) -> Option<(Vec<Link>, Vec<Vec<Row>>)> {
    let reader = Reader::open(state).ok()?;
    let every = AiringQuery { limit: 1_000, ..AiringQuery::default() };
    let questions = [
        every.clone(),
        AiringQuery { commune: Some("an-xuan".parse().unwrap()), ..every.clone() },
        AiringQuery { slot: Some("sang".parse().unwrap()), ..every.clone() },
        AiringQuery { outcome: Some(Outcome::Missed), ..every.clone() },
        AiringQuery { kind: Some(Kind::Scheduled), ..every.clone() },
        AiringQuery { topic: Some("bhxh-tu-nguyen".parse().unwrap()), ..every.clone() },
        AiringQuery { from: Some(moment(0).at), until: Some(moment(500).at), ..every },
    ];
    let rows = questions.iter().map(|q| reader.airings(q).map(|page| page.rows).ok()).collect::<Option<_>>()?;
    Some((reader.links(0, 10_000).ok()?, rows))
}

#[test]
fn every_bit_of_an_exported_line_is_found_and_its_row_named() {
    let state = tempfile::tempdir().unwrap();
    journal(state.path());
    let path = state.path().join(COPY);
    let text = fs::read(&path).unwrap();
    let file = File::options().write(true).open(&path).unwrap();
    let mut row = 1;
    let mut counted = 0;
    for (at, bit) in places(text.len()) {
        row += text[counted..at].iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        counted = at;
        file.write_all_at(&[text[at] ^ bit], at as u64).unwrap();
        match verify(&path) {
            Err(VerifyError::Broken(broken)) if broken.seq == row => {}
            // Of a file whose very first line is none, nothing is said but that.
            Err(VerifyError::Unreadable { .. }) if row == 1 => {}
            other => panic!("byte {at}, bit {bit}, row {row}: {other:?}"),
        }
        file.write_all_at(&text[at..=at], at as u64).unwrap();
    }
    assert_eq!(verify(&path).unwrap().entries, ROWS);
}

#[test]
fn a_flipped_bit_of_the_journals_file_is_found_or_changes_no_answer() {
    let state = tempfile::tempdir().unwrap();
    journal(state.path());
    let path = state.path().join(FILE);
    let (bytes, right) = (fs::read(&path).unwrap(), answers(state.path()).unwrap());
    let file = File::options().write(true).open(&path).unwrap();
    let (mut named, mut refused, mut nothing) = (0, 0, 0);
    for (at, bit) in places(bytes.len()) {
        file.write_all_at(&[bytes[at] ^ bit], at as u64).unwrap();
        match verify(&path) {
            Err(VerifyError::Broken(_)) => named += 1,
            Err(VerifyError::Unreadable { .. }) => refused += 1,
            Ok(whole) => {
                assert_eq!(whole.entries, ROWS);
                assert!(
                    answers(state.path()).is_none_or(|found| found == right),
                    "byte {at}, bit {bit}: another answer"
                );
                nothing += 1;
            }
        }
        file.write_all_at(&bytes[at..=at], at as u64).unwrap();
    }
    println!("{named} named an entry, {refused} made the file unreadable, {nothing} changed nothing");
    assert!(named > refused && named > nothing, "{named} {refused} {nothing}");
}
