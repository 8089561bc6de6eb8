//! `loaphuong rehearse` as people and scripts call it, on a copy of the sample. Effects: processes, files.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use loaphuong::model::compliance::Assessment;
use loaphuong::model::query::{Link, Row};
use serde::Deserialize;
use serde_json::Value;

const QUOTA: &str = "\n[[quota]]\nid = \"tong-duyet\"\nname = \"Tổng duyệt\"\nperiod = \"week\"\nairings = 4\n\
                     at_least = { bhxh-tu-nguyen = 2 }\nchannel = \"commune\"\n";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    airings: Vec<Row>,
    compliance: Vec<Assessment>,
}

/// A copy of the sample, with one quota more.
fn sample() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["config", "config/communes", "audio/bhxh-tu-nguyen", "audio/bhyt-ho-gia-dinh", "audio/nhac-hieu"] {
        fs::create_dir_all(dir.path().join(folder)).unwrap();
        for entry in fs::read_dir(top.join(folder)).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), dir.path().join(folder).join(entry.file_name())).unwrap();
            }
        }
    }
    let commune = dir.path().join("config/communes/an-xuan.toml");
    let text = fs::read_to_string(&commune).unwrap();
    // Up to its own quota: what the sample adds to the weekly slots is not looked at here.
    let (head, rest) = text.split_once("[[quota]]").unwrap();
    let slots = &rest[rest.find("[[slot]]").unwrap()..rest.find("[[campaign]]").unwrap()];
    fs::write(&commune, format!("{head}{slots}{QUOTA}")).unwrap();
    dir
}

fn rehearse(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loaphuong"));
    let all = ["rehearse", "--from", "2026-11-23", "--days", "7"].iter().chain(args);
    command.current_dir(dir).env_remove("LOAPHUONG_LANG").env("NO_COLOR", "1").args(all).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn scripts_get_rows_verdicts_and_a_journal_that_verifies() {
    let dir = sample();
    let cut = ["--power-cut", "2026-11-24T05:00/24h", "--format", "json", "--journal", "export.ndjson"];
    let output = rehearse(dir.path(), &cut);
    let answer: Answer = serde_json::from_slice(&output.stdout).unwrap();
    let missed = answer.airings.iter().find(|row| row.airing.head.id.as_str() == "an-xuan/chieu@2026-11-24T17:00");
    assert_eq!(missed.unwrap().airing.outcome.code(), "missed");
    let verdict = answer.compliance.iter().find(|a| a.quota.as_str() == "tong-duyet").unwrap();
    assert_eq!((verdict.period.as_str(), verdict.required, verdict.missing), ("2026-W48", 4, 4 - verdict.aired));
    let failed = answer.compliance.iter().any(|a| a.verdict.code() == "failed");
    assert_eq!(output.status.code(), Some(i32::from(failed)));
    // Each row stands in the journal under its number, as it was given.
    let export = fs::read_to_string(dir.path().join("export.ndjson")).unwrap();
    let links: Vec<Link> = export.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let values: Value = serde_json::from_slice(&output.stdout).unwrap();
    for row in values["airings"].as_array().unwrap() {
        let link = &links[usize::try_from(row["seq"].as_u64().unwrap()).unwrap() - 1];
        let mut entry: Value = serde_json::from_str(&link.entry).unwrap();
        entry["airing"]["seq"] = link.seq.into();
        assert_eq!(entry["airing"], *row);
    }
    let program = env!("CARGO_BIN_EXE_loaphuong");
    let verify =
        |dir: &Path| Command::new(program).current_dir(dir).args(["verify", "export.ndjson"]).output().unwrap();
    assert_eq!(verify(dir.path()).status.code(), Some(0), "{}", said(&verify(dir.path())));
    // What is there is not written over.
    let again = rehearse(dir.path(), &cut);
    assert_eq!(again.status.code(), Some(74), "{}", said(&again));
    assert_eq!(fs::read_to_string(dir.path().join("export.ndjson")).unwrap(), export);
    assert!(!dir.path().join("state/journal.db").exists(), "the station's own journal is left alone");
}

#[test]
fn people_get_the_log_and_the_verdicts() {
    let dir = sample();
    let good = rehearse(dir.path(), &[]);
    assert_eq!(good.status.code(), Some(0), "{}", said(&good));
    for word in ["T2 23/11/2026 05:30", "Bản tin sáng", "Đã phát", "Tổng duyệt", "4/4", "Đạt"] {
        assert!(said(&good).contains(word), "{word}\n{}", said(&good));
    }
    let lost = ["--device-loss", "2026-11-23T00:00/120h", "--lang", "en"];
    let bad = rehearse(dir.path(), &lost);
    assert_eq!(bad.status.code(), Some(1), "{}", said(&bad));
    for word in ["Unproven: no sound card", "Failed"] {
        assert!(said(&bad).contains(word), "{word}\n{}", said(&bad));
    }
}

#[test]
fn outages_are_local_or_exact_times_and_mistakes_are_64() {
    let dir = sample();
    let rows = |cut: &str| rehearse(dir.path(), &["--power-cut", cut, "--format", "json"]).stdout;
    assert_eq!(rows("2026-11-24T05:00/24h"), rows("2026-11-23T22:00:00Z/1440m"));
    assert_ne!(rows("2026-11-24T05:00/24h"), rows("2026-11-24T05:00/11h"));
    for (args, word) in [
        (vec!["--power-cut", "2026-11-24T05:00"], "Mất điện từ giờ này"),
        (vec!["--power-cut", "2026-11-24T05:00/một ngày"], "Mất điện từ giờ này"),
        (vec!["--device-loss", "2026-11-24T05:00/0s"], "Mất card âm thanh từ giờ này"),
        (vec!["--power-cut", "2026-12-24T05:00/24h"], "nằm ngoài những ngày tổng duyệt"),
    ] {
        let output = rehearse(dir.path(), &args);
        assert_eq!(output.status.code(), Some(64), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(word), "{args:?}: {}", said(&output));
    }
}
