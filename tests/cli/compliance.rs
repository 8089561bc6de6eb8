//! `compliance` and the forecast of `check`, on a station that is a copy of the sample. Effects: processes, a journal.

use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

use loaphuong::journal;
use loaphuong::model::airing::Airing;
use loaphuong::model::entry::Entry;
use serde_json::{Value, json};

use crate::{loaphuong, said, station};

const COMMUNE: &str = r#"
[commune]
id = "an-xuan"
name = "Phường An Xuân"
outputs = ["loa-phuong"]
[[slot]]
id = "sang"
name = "Bản tin sáng"
days = ["T2", "T5"]
at = "05:30"
topics = ["bhxh-tu-nguyen"]
[[quota]]
id = "diem-sang"
name = "Điểm sáng"
from = 2024-01-01
period = "week"
airings = 2
at_least = { bhxh-tu-nguyen = 1 }
"#;

/// The station with this schedule and the sample's clips.
fn with_schedule(text: &str) -> tempfile::TempDir {
    let dir = station();
    let config = dir.path().join("config");
    let outputs = "[[output]]\nid = \"loa-phuong\"\nname = \"Loa\"\nchannel = \"commune\"\nkind = \"wav\"\n";
    let paths = "[paths]\ncommunes = \"communes\"\naudio = \"../audio\"\nstate = \"../state\"\n";
    let head = std::fs::read_to_string(config.join("station.toml")).unwrap();
    std::fs::write(config.join("station.toml"), format!("{head}{paths}{outputs}")).unwrap();
    std::fs::create_dir(config.join("communes")).unwrap();
    std::fs::write(config.join("communes/an-xuan.toml"), text).unwrap();
    let topic = dir.path().join("audio/bhxh-tu-nguyen");
    std::fs::create_dir_all(&topic).unwrap();
    let clip = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/bhxh-tu-nguyen/loi-ich.mp3");
    std::fs::copy(clip, topic.join("loi-ich.mp3")).unwrap();
    dir
}

/// A journal with these airings of the slot: local start and outcome.
fn aired(dir: &Path, airings: &[(&str, &str)]) {
    let template: Value = serde_json::from_str(include_str!("../http/data/airing.json")).unwrap();
    let entry = |(at, outcome): &(&str, &str)| {
        let mut airing = template.clone();
        airing["id"] = json!(format!("an-xuan/sang@{at}"));
        airing["commune"] = json!("an-xuan");
        airing["planned_at"] = json!(format!("{at}:00+07:00"));
        airing["outcome"] = json!(outcome);
        airing["outputs"][0]["outcome"] = json!(outcome);
        let airing: Airing = serde_json::from_value(airing).unwrap();
        Entry::Final { at: airing.head.planned_at, airing: Box::new(airing) }
    };
    let (tell, acks) = channel();
    let state = dir.join("state");
    std::fs::create_dir_all(&state).unwrap();
    let tell = Box::new(move |ack| tell.send(ack).unwrap_or_default());
    let opened = journal::open(&state, &"x".parse().unwrap(), tell).unwrap();
    opened.writer.store(1, airings.iter().map(entry).collect()).unwrap();
    let stored = acks.recv_timeout(Duration::from_mins(2)).unwrap();
    assert!(format!("{stored:?}").contains("Stored"), "{stored:?}");
    drop(opened.reader);
    opened.writer.close(Duration::from_mins(2)).unwrap();
}

#[test]
fn without_the_daemon_the_journal_answers_and_failed_is_no() {
    let dir = with_schedule(COMMUNE);
    let week = [("2024-03-04T05:30", "aired"), ("2024-03-07T05:30", "aired"), ("2024-03-11T05:30", "aired")];
    aired(dir.path(), &[&week[..], &[("2024-03-14T05:30", "partial")]].concat());
    let check = |args: &[&str], code: i32, words: &[&str]| {
        let output = loaphuong(dir.path(), &[&["compliance"], args].concat());
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", said(&output));
        for word in words {
            assert!(said(&output).contains(word), "{args:?}: {word}\n{}", said(&output));
        }
    };
    let words = ["Điểm sáng", "Tuần 10/2024", "04/03/2024 – 10/03/2024", "2/2", "bhxh-tu-nguyen 2/1", "Đạt"];
    check(&["--period", "2024-W10"], 0, &words);
    check(&["--period", "2024-W10"], 0, &["Chương trình đang không chạy"]);
    check(&["--period", "2024-W11"], 1, &["1/2", "Không đạt"]);
    check(&["--from", "2024-03-04", "--until", "2024-03-17"], 1, &["2/2", "1/2"]);
    check(&["--period", "2024-W10", "--format", "csv"], 0, &["\u{feff}Đơn vị;", ";diem-sang;2024-W10;met"]);
    check(&["--lang", "en", "--quota", "diem-sang", "--period", "2024-W11"], 1, &["Period", "Failed"]);
    check(&["--period", "2023-W50"], 0, &["Không có chỉ tiêu nào trong thời gian này"]);
    let json = loaphuong(dir.path(), &["compliance", "--period", "2024-W11", "--format", "json"]);
    let value: Value = serde_json::from_slice(&json.stdout).unwrap();
    let verdict = &value["compliance"][0];
    assert_eq!((&verdict["verdict"], &verdict["aired"], &verdict["missing"]), (&json!("failed"), &json!(1), &json!(1)));
    assert_eq!(verdict["counted"], json!(["an-xuan/sang@2024-03-11T05:30"]));
    assert_eq!(verdict["not_counted"], json!([{"airing": "an-xuan/sang@2024-03-14T05:30", "why": "partial"}]));
}

#[test]
fn a_question_that_is_wrong_is_64_with_the_remedy() {
    let dir = with_schedule(COMMUNE);
    for (args, words) in [
        (["--period", "tuần 48"].as_slice(), "tuần 2026-W48"),
        (&["--period", "2024-10"], "kỳ dạng: 2026-W48"),
        (&["--quota", "diem-san"], "Có phải ý là \"diem-sang\"?"),
        (&["--commune", "hoi-an"], "Có: an-xuan."),
        (&["--period", "2024-W10", "--from", "2024-03-04"], "không dùng chung"),
        (&["--until", "2024-03-04"], "Thiếu"),
        (&["--from", "2024-03-04", "--until", "2024-03-03"], "từ ngày 2024-03-04"),
        (&["--from", "1990-01-01", "--until", "2024-03-03"], "nhiều nhất 20 năm"),
    ] {
        let output = loaphuong(dir.path(), &[&["compliance"], args].concat());
        assert_eq!(output.status.code(), Some(64), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{args:?}: {}", said(&output));
    }
    let never = loaphuong(dir.path(), &["compliance"]);
    assert_eq!(never.status.code(), Some(74), "{}", said(&never));
    assert!(said(&never).contains("đài chưa chạy lần nào ở đây"), "{}", said(&never));
}

#[test]
fn check_ends_with_the_forecast_of_every_quota() {
    let enough = with_schedule(COMMUNE);
    let output = loaphuong(enough.path(), &["check"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let text = said(&output);
    let (before, forecast) = text.split_once("Chỉ tiêu trong thời gian tới:").unwrap();
    assert!(before.contains("Cấu hình dùng được.") && before.contains("Thứ Hai, Thứ Năm lúc 05:30"), "{text}");
    assert!(forecast.contains("✔ Điểm sáng: lịch đủ cho 1"), "{text}");
    assert!(!enough.path().join("state/journal.db").exists(), "no journal is made");

    let short = with_schedule(&COMMUNE.replace("airings = 2", "airings = 3"));
    let output = loaphuong(short.path(), &["check"]);
    assert_eq!(output.status.code(), Some(0), "a warning: {}", said(&output));
    for words in ["1 cảnh báo", "✘ Điểm sáng: lịch không đủ", "kỳ liền", "chỉ có 2/3 lượt"] {
        assert!(said(&output).contains(words), "{words}\n{}", said(&output));
    }
    let json = loaphuong(short.path(), &["check", "--format", "json"]);
    let value: Value = serde_json::from_slice(&json.stdout).unwrap();
    let first = &value["forecast"][0]["short"][0];
    assert_eq!((&first["planned"], &first["required"], &first["verdict"]), (&json!(2), &json!(3), &json!("at_risk")));

    let rests = "[[holidays.extra]]\nfrom = 2024-01-01\nuntil = 2099-12-31\nname = \"Sửa loa\"\naction = \"skip\"\n";
    let resting = with_schedule(&format!("{COMMUNE}{rests}"));
    let output = said(&loaphuong(resting.path(), &["check"]));
    assert!(output.contains("chỉ có 0/2 lượt") && output.contains("vì nghỉ Sửa loa"), "{output}");
}
