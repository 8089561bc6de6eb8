//! What was acknowledged survives the sudden end of the process, at any moment.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use loaphuong::journal::{self, AckResult, FILE, verify};

use crate::support::{Journal, airing, final_row, planned, session, station};

const CHILD: &str = "LOAPHUONG_TEST_JOURNAL";

/// Not a test by itself: the process that is killed. Writes for ever, and says what was acknowledged.
#[test]
fn writing_child() {
    let Some(state) = std::env::var_os(CHILD) else { return };
    let said = |ack: journal::Ack| {
        if let AckResult::Stored { last_seq, .. } = ack.result {
            let mut out = std::io::stdout().lock();
            writeln!(out, "\nacked {last_seq}").and_then(|()| out.flush()).unwrap();
        }
    };
    let opened = journal::open(state.as_ref(), &station(), Box::new(said)).unwrap();
    let first = i64::try_from(opened.recovery.settled.len()).unwrap();
    let past = opened.recovery.last_session.map_or(0, |s| s.last_entry.as_second() / 60 - 29_000_000);
    for n in (past + first..).step_by(3) {
        let batch = vec![session(n), planned(n, "a/b.mp3"), final_row(n, airing(n, "a/b.mp3"))];
        opened.writer.store(1, batch).unwrap();
        std::thread::sleep(Duration::from_micros(u64::try_from(n % 5).unwrap() * 300));
    }
}

#[test]
fn no_acknowledged_entry_is_lost_by_kill() {
    let state = tempfile::tempdir().unwrap();
    let mut stored = 0;
    for round in 0..20_usize {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::writing_child", "--nocapture"])
            .env(CHILD, state.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let acked = |line: String| line.strip_prefix("acked ").and_then(|n| n.parse::<u64>().ok());
        let mut last = lines.by_ref().filter_map(acked).nth(round * 7 % 13).unwrap();
        std::thread::sleep(Duration::from_micros(u64::try_from(round).unwrap() * 997 % 4000));
        child.kill().unwrap();
        // What it said before it died, and was still in the pipe. Its last line may be cut: then it is a smaller number.
        last = lines.filter_map(acked).max().unwrap_or(last).max(last);
        child.wait().unwrap();
        let verified = verify(&state.path().join(FILE)).unwrap();
        assert!(verified.entries >= last && last > stored, "{last} of {}", verified.entries);
        stored = verified.entries;
    }
    let journal = Journal::open(state.path());
    assert_eq!(journal.store(vec![session(0)]), stored + 1);
    journal.close();
}
