//! The program as people type it: help, mistakes, exit codes, tokens, what it writes about itself. Effects: processes.
#![expect(clippy::unwrap_used, reason = "helpers of tests: what cannot go on has failed")]

mod compliance;

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

fn loaphuong(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::cargo_bin("loaphuong").unwrap();
    command.current_dir(dir).env_remove("LOAPHUONG_LANG").env("NO_COLOR", "1").args(args).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A folder with a `config/station.toml` whose port nobody listens on.
fn station() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("config")).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = format!("[station]\nid = \"x\"\nname = \"X\"\n[http]\nlisten = \"127.0.0.1:{port}\"\n");
    std::fs::write(dir.path().join("config/station.toml"), text).unwrap();
    dir
}

#[test]
fn help_speaks_vietnamese_unless_english_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    for (args, words) in [
        (vec!["--help"], ["Cách dùng:", "Các lệnh", "Xem nhật ký phát", "Tùy chọn"].as_slice()),
        (vec!["log", "--help"], &["Chỉ kết quả này [giá trị: aired", "[mặc định: 100]", "In hướng dẫn này"]),
        (vec!["token", "add", "-h"], &["Tham số", "Mã cấp cho ai"]),
        (vec!["emergency", "-h"], &["ngắt mọi nội dung khác", "--repeat <SỐ>", "--why <LÝ_DO>"]),
        (vec!["stop", "-h"], &["--confirm <MÃ_LƯỢT>"]),
        (vec!["--lang", "en", "--help"], &["Usage:", "Commands:", "Show the airing log"]),
        (vec!["--lang=en", "play", "--help"], &["Usage: loaphuong play", "A clip of the library"]),
    ] {
        let output = loaphuong(dir.path(), &args);
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        for word in words {
            assert!(said(&output).contains(word), "{args:?}: {word}\n{}", said(&output));
        }
    }
    let vietnamese = said(&loaphuong(dir.path(), &["--help"]));
    for hidden in ["player", "measure", "Usage", "Print help", "Options", "OPTIONS", "COMMAND", "<DIR>"] {
        assert!(!vietnamese.contains(hidden), "{hidden}\n{vietnamese}");
    }
    let output = Command::cargo_bin("loaphuong").unwrap().env("LOAPHUONG_LANG", "en").arg("--help").output().unwrap();
    assert!(said(&output).contains("Commands:"));
    let version = loaphuong(dir.path(), &["--version"]);
    assert_eq!(said(&version).trim(), format!("loaphuong {}", env!("CARGO_PKG_VERSION")));
}

#[test]
fn mistakes_on_the_command_line_are_64_and_told_in_the_language() {
    let dir = station();
    for (args, vi) in [
        (vec![], "Các lệnh"),
        (vec!["statsu"], "Có phải ý là: status"),
        (vec!["status", "--farmat", "json"], "--format"),
        (vec!["status", "--format", "xml"], "Có thể dùng: table, json"),
        (vec!["log", "--outcome", "airred"], "aired"),
        (vec!["log", "--limit", "0"], "\"0\""),
        (vec!["log", "--commune", "An Xuân"], "An Xuân"),
        (vec!["log", "--from", "hôm qua"], "cần ngày dạng 2026-11-23"),
        (vec!["play"], "Thiếu <BÀI|TỆP>"),
        (vec!["emergency"], "Thiếu <BÀI|TỆP>"),
        (vec!["emergency", "a.mp3", "--repeat", "0"], "\"0\""),
        (vec!["emergency", "a.mp3", "--lý-do", "x"], "--lý-do"),
        (vec!["--lang", "fr", "status"], "vi, en"),
        (vec!["plan", "--days", "400"], "Số ngày, nhiều nhất 366"),
        (vec!["report"], "--week <TUẦN>"),
        (vec!["report", "--month", "2026-13"], "dạng 2026-11"),
        (vec!["report", "--week", "2025-W53"], "dạng 2026-W48"),
        (vec!["report", "--week", "2026-W48", "--until", "2026-11-29"], "không dùng chung"),
        (vec!["report", "--month", "2026-11", "--plain", "--format", "pdf"], "--plain chỉ dùng với --format csv"),
    ] {
        let output = loaphuong(dir.path(), &args);
        assert_eq!(output.status.code(), Some(64), "{args:?} {}", said(&output));
        assert!(said(&output).contains(vi), "{args:?}: {}", said(&output));
        assert!(output.stdout.is_empty(), "complaints go to standard error");
    }
    let english = loaphuong(dir.path(), &["--lang", "en", "statsu"]);
    assert_eq!(english.status.code(), Some(64));
    assert!(said(&english).contains("unrecognized subcommand"));
}

#[test]
fn a_configuration_that_is_not_there_is_78() {
    let dir = tempfile::tempdir().unwrap();
    for args in [
        vec!["--config", "nowhere", "status"],
        vec!["--config", "nowhere", "log"],
        vec!["--config", "nowhere", "plan"],
        vec!["--config", "nowhere", "clips"],
        vec!["--config", "nowhere", "check"],
        vec!["--config", "nowhere", "stop"],
        vec!["--config", "nowhere", "token", "list"],
        vec!["--config", "nowhere", "verify"],
        vec!["--config", "nowhere", "report", "--month", "2026-11"],
    ] {
        let output = loaphuong(dir.path(), &args);
        assert_eq!(output.status.code(), Some(78), "{args:?}: {}", said(&output));
    }
    let output = loaphuong(dir.path(), &["--config", "nowhere", "status"]);
    assert!(said(&output).contains("nowhere/station.toml") && said(&output).contains("loaphuong init"));
}

#[test]
fn without_the_daemon_actions_and_status_are_no() {
    let dir = station();
    for args in [
        vec!["status"],
        vec!["stop"],
        vec!["reload"],
        vec!["test-sound"],
        vec!["play", "a/b.mp3"],
        vec!["emergency", "a/b.mp3"],
    ] {
        let output = loaphuong(dir.path(), &args);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {}", said(&output));
        assert!(said(&output).contains("Chương trình đang không chạy"), "{args:?}: {}", said(&output));
    }
    let json = loaphuong(dir.path(), &["status", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((json.status.code(), &value["running"]), (Some(1), &serde_json::json!(false)));
}

#[test]
fn without_a_journal_it_is_said_that_the_station_never_ran() {
    let dir = station();
    for args in [vec!["log"], vec!["verify"], vec!["backup", "copy.db"]] {
        let output = loaphuong(dir.path(), &args);
        assert_eq!(output.status.code(), Some(74), "{args:?}: {}", said(&output));
        assert!(said(&output).contains("đài chưa chạy lần nào ở đây"), "{args:?}: {}", said(&output));
        for jargon in ["os error", "..", "No such file"] {
            assert!(!said(&output).contains(jargon), "{args:?}: {}", said(&output));
        }
    }
}

#[test]
fn a_usage_line_has_no_english_word() {
    let dir = tempfile::tempdir().unwrap();
    for (args, usage) in [
        (vec!["--help"], "loaphuong [TÙY CHỌN] <LỆNH>"),
        (vec!["backup", "--help"], "loaphuong backup [TÙY CHỌN] <TỆP>"),
        (vec!["verify", "--help"], "loaphuong verify [TÙY CHỌN] [TỆP]"),
        (vec!["token", "add", "--help"], "loaphuong token add [TÙY CHỌN] <TÊN>"),
    ] {
        let output = said(&loaphuong(dir.path(), &args));
        assert!(output.contains(usage), "{args:?}: {output}");
    }
}

#[test]
fn a_token_is_made_listed_and_revoked() {
    let dir = station();
    let made = loaphuong(dir.path(), &["token", "add", "BHXH cơ sở", "--role", "reader", "--commune", "an-xuan"]);
    let token = String::from_utf8(made.stdout.clone()).unwrap();
    assert_eq!(made.status.code(), Some(0), "{}", said(&made));
    assert!(token.starts_with("lp_") && token.trim().len() == 67, "the token alone: {token}");
    assert_eq!(loaphuong(dir.path(), &["token", "add", "BHXH cơ sở"]).status.code(), Some(1));
    let list = loaphuong(dir.path(), &["token", "list", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    assert_eq!(value["tokens"][0]["name"], "BHXH cơ sở");
    assert_eq!(value["tokens"][0]["communes"][0], "an-xuan");
    assert!(!said(&list).contains(token.trim()) && !said(&list).contains("sha256"));
    assert!(said(&loaphuong(dir.path(), &["token", "list"])).contains("reader"));
    assert_eq!(loaphuong(dir.path(), &["token", "revoke", "BHXH cơ sở"]).status.code(), Some(0));
    assert_eq!(loaphuong(dir.path(), &["token", "revoke", "BHXH cơ sở"]).status.code(), Some(1));
    assert_eq!(loaphuong(dir.path(), &["token", "add", "\u{7}"]).status.code(), Some(64));
}

#[test]
fn init_writes_once_and_never_over_anything() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(loaphuong(dir.path(), &["init", "mau"]).status.code(), Some(0));
    assert!(dir.path().join("mau/station.toml").is_file() && dir.path().join("mau/communes/an-xuan.toml").is_file());
    std::fs::remove_file(dir.path().join("mau/station.toml")).unwrap();
    std::fs::write(dir.path().join("mau/communes/an-xuan.toml"), "của tôi").unwrap();
    assert_eq!(loaphuong(dir.path(), &["init", "mau"]).status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(dir.path().join("mau/communes/an-xuan.toml")).unwrap(), "của tôi");
    assert!(!dir.path().join("mau/station.toml").exists(), "nothing half written");
}

#[test]
fn completions_and_manual_pages_come_from_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    for (shell, word) in
        [("bash", "complete -F _loaphuong"), ("zsh", "#compdef loaphuong"), ("fish", "complete -c loaphuong")]
    {
        let output = loaphuong(dir.path(), &["completions", shell]);
        assert!(output.status.success() && said(&output).contains(word), "{shell}");
    }
    let page = said(&loaphuong(dir.path(), &["man"]));
    assert!(page.contains(".TH loaphuong 1") && page.contains("Chương trình phát thanh theo lịch"), "{page}");
    assert!(said(&loaphuong(dir.path(), &["--lang", "en", "man", "log"])).contains("Show the airing log"));
    assert_eq!(loaphuong(dir.path(), &["man", "nothing"]).status.code(), Some(64));
    assert_eq!(loaphuong(dir.path(), &["man", "--dir", "pages"]).status.code(), Some(0));
    assert!(dir.path().join("pages/loaphuong.1").is_file() && dir.path().join("pages/loaphuong-log.1").is_file());
}

#[test]
fn a_reader_who_leaves_ends_it_quietly() {
    for args in [["completions", "bash"], ["man", "log"], ["log", "--help"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("loaphuong"));
        let output = command.args(args).stdout(writer).stderr(std::process::Stdio::piped()).spawn().unwrap();
        let output = output.wait_with_output().unwrap();
        assert_eq!((output.status.code(), said(&output).as_str()), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn doctor_names_what_is_wrong_with_a_remedy() {
    let dir = station();
    let output = loaphuong(dir.path(), &["doctor", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = value["findings"].as_array().unwrap();
    for finding in findings {
        let right = finding["mark"] == "good";
        assert_eq!(finding["remedy"].is_null(), right, "{finding}");
    }
    let bad = findings.iter().any(|f| f["mark"] == "bad");
    assert_eq!((output.status.code(), &value["healthy"]), (Some(i32::from(bad)), &serde_json::json!(!bad)));
}
