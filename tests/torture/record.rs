//! What a collector has been told, link by link, and what must hold of it whatever happened. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// What was told so far.
pub(crate) struct Record {
    /// The lines, as they came.
    pub(crate) lines: Vec<String>,
    head: String,
}

/// What a whole record says of itself.
#[derive(Debug, Default)]
pub(crate) struct Sum {
    pub(crate) sessions: usize,
    pub(crate) rows: usize,
    /// Airings that an end interrupted, by the reason in their row.
    pub(crate) partial: BTreeMap<String, usize>,
    pub(crate) outcomes: BTreeMap<String, usize>,
}

impl Record {
    pub(crate) fn new() -> Self {
        Self { lines: Vec::new(), head: "0".repeat(64) }
    }

    /// The number of the last link.
    pub(crate) fn last(&self) -> usize {
        self.lines.len()
    }

    /// Takes an answer of `GET /v1/journal?after=…`; says how many links were new. Each must continue what was told before.
    pub(crate) fn take(&mut self, body: &str) -> usize {
        let before = self.lines.len();
        for line in body.lines() {
            let link: Value = serde_json::from_str(line).unwrap();
            assert_eq!(link["seq"].as_u64(), Some(self.lines.len() as u64 + 1), "a gap, or a link twice: {line}");
            assert_eq!(link["prev"], self.head.as_str(), "what was told before has changed: {line}");
            let hash = hash(&self.head, link["entry"].as_str().unwrap());
            assert_eq!(link["hash"], hash.as_str(), "the hash is wrong: {line}");
            self.head = hash;
            self.lines.push(line.to_owned());
        }
        self.lines.len() - before
    }

    /// The entries, from a number on.
    pub(crate) fn entries(&self, from: usize) -> impl Iterator<Item = Value> {
        self.lines[from..].iter().map(|line| {
            let link: Value = serde_json::from_str(line).unwrap();
            serde_json::from_str(link["entry"].as_str().unwrap()).unwrap()
        })
    }

    /// Holds the record of a station that airs every `every` seconds of each minute against what must be true of it.
    /// `quiet` before its last word is not judged: it may be under way.
    pub(crate) fn judge(&self, every: i64, quiet: SignedDuration) -> Sum {
        let mut sum = Sum::default();
        let (mut planned, mut started) = (BTreeSet::new(), BTreeSet::new());
        let mut finals: BTreeMap<String, Value> = BTreeMap::new();
        let (mut first, mut last) = (None, Timestamp::MIN);
        for entry in self.entries(0) {
            let id = || entry["id"].as_str().unwrap().to_owned();
            let at: Timestamp = entry["at"].as_str().unwrap().parse().unwrap();
            first.get_or_insert(at);
            last = last.max(at);
            match entry["type"].as_str().unwrap() {
                "session_started" => {
                    sum.sessions += 1;
                    // What the session before had begun is over.
                    let open: Vec<&String> = started.iter().filter(|id| !finals.contains_key(*id)).collect();
                    assert!(open.is_empty(), "begun and never ended: {open:?}");
                }
                "planned" => assert!(planned.insert(id()), "planned twice: {entry}"),
                "started" => {
                    assert!(planned.contains(&id()), "sound before the plan: {entry}");
                    assert!(!finals.contains_key(&id()), "sound after the end: {entry}");
                    assert!(started.insert(id()), "I11: it sounds twice: {entry}");
                }
                "final" => {
                    let row = &entry["airing"];
                    let id = row["id"].as_str().unwrap().to_owned();
                    assert_eq!(started.contains(&id), !row["started_at"].is_null(), "{row}");
                    assert!(finals.insert(id, row.clone()).is_none(), "I1: two rows: {row}");
                }
                _ => {}
            }
        }
        for row in finals.values() {
            sum.rows += 1;
            let word = |key: &str| row[key].as_str().unwrap_or("").to_owned();
            *sum.outcomes.entry(word("outcome")).or_default() += 1;
            if row["outcome"] == "partial" {
                *sum.partial.entry(word("reason")).or_default() += 1;
            }
        }
        let due = occurrences(first.unwrap(), last.saturating_sub(quiet).unwrap(), every);
        for id in due {
            assert!(finals.contains_key(&id), "I1: no row: {id}");
        }
        sum
    }
}

/// What a rule for every so many seconds calls for after one time and before another, by hand.
fn occurrences(after: Timestamp, before: Timestamp, every: i64) -> impl Iterator<Item = String> {
    let first = after.as_second() / every * every + every;
    (first..before.as_second()).step_by(usize::try_from(every).unwrap()).map(move |second| {
        let local = Timestamp::from_second(second).unwrap().in_tz("Asia/Ho_Chi_Minh").unwrap();
        let form = if local.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" };
        format!("an-xuan/k{:02}@{}", local.second(), local.strftime(form))
    })
}

fn hash(prev: &str, entry: &str) -> String {
    let digest = Sha256::new().chain_update(prev).chain_update(entry).finalize();
    digest.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
