//! The documents against the program: every command, every block of TOML, every word of the manual. Runs the program.
// Helpers are test code too: clippy.toml lets those unwrap.
#![cfg(test)]

mod markdown;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use loaphuong::model::clip::ClipFault;
use loaphuong::model::outcome::{Kind, Outcome, Reason};
use tempfile::TempDir;

const MANUAL: &str = "docs/so-tay.md";

/// What a station needs beside the part that a document shows.
const STATION: [(&str, &str); 3] = [
    ("station", "[station]\nid = \"thu\"\nname = \"Đài thử\"\ntimezone = \"Asia/Ho_Chi_Minh\"\n"),
    ("paths", "[paths]\ncommunes = \"communes\"\naudio = \"audio\"\nstate = \"state\"\n"),
    ("output", "[[output]]\nid = \"loa-phuong\"\nname = \"Loa phường\"\nchannel = \"commune\"\nkind = \"null\"\n"),
];

/// The same for a commune.
const COMMUNE: [(&str, &str); 2] = [
    ("commune", "[commune]\nid = \"an-xuan\"\nname = \"Phường An Xuân\"\noutputs = [\"loa-phuong\"]\n"),
    ("slot", "[[slot]]\nid = \"thu\"\nname = \"Thử\"\ndays = [\"T2\"]\nat = \"05:30\"\ntopics = [\"thong-bao\"]\n"),
];

/// Tables that belong into `station.toml`.
const STATION_TABLES: [&str; 5] = ["station", "paths", "http", "emergency", "output"];

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every document for people, with its name.
fn documents() -> Vec<(String, String)> {
    let listed = fs::read_dir(top().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = listed.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let all = ["README.md", "README.vi.md"].map(|name| top().join(name)).into_iter().chain(pages);
    all.map(|path| (path.strip_prefix(top()).unwrap().display().to_string(), fs::read_to_string(path).unwrap()))
        .collect()
}

fn loaphuong(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_loaphuong")).args(arguments).output().unwrap()
}

/// `loaphuong check` on a folder that holds `block` and what a configuration needs beside it.
fn check(block: &str) -> Output {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        let path: PathBuf = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let tables: toml::Table = block.parse().unwrap();
    let completed = |base: &[(&str, &str)], block: &str| {
        let missing = base.iter().filter(|(table, _)| !tables.contains_key(*table)).map(|(_, text)| *text);
        format!("{}{block}", missing.collect::<String>())
    };
    let of_station = tables.keys().any(|table| STATION_TABLES.contains(&table.as_str()));
    let (station, commune) = if of_station { (block, "") } else { ("", block) };
    write("station.toml", &completed(&STATION, station));
    write("communes/an-xuan.toml", &completed(&COMMUNE, commune));
    fs::create_dir_all(folder.path().join("audio/thong-bao")).unwrap();
    loaphuong(&["--config", folder.path().to_str().unwrap(), "check"])
}

#[test]
fn every_block_of_toml_is_a_configuration() {
    for (name, text) in documents() {
        for block in markdown::blocks(&text).into_iter().filter(|block| block.language == "toml") {
            let answer = check(&block.body);
            let said = String::from_utf8_lossy(&answer.stdout) + String::from_utf8_lossy(&answer.stderr);
            assert!(answer.status.success(), "{name}:{}: {}\n{said}", block.line, answer.status);
        }
    }
}

#[test]
fn a_block_with_a_mistake_is_refused() {
    let good = COMMUNE[1].1;
    assert_eq!(check(good).status.code(), Some(0));
    assert_eq!(check(&good.replace("05:30", "25:30")).status.code(), Some(78));
    assert_eq!(check("[http]\nlisten = \"nowhere\"\n").status.code(), Some(78));
}

/// What is wrong with a command as a document shows it.
fn fault_of(arguments: &[String]) -> Option<String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut at = 0;
    while let Some("--config" | "--lang") = words.get(at).copied() {
        at += 2;
    }
    let Some(command) = words.get(at) else { return Some("no command".to_owned()) };
    let help = loaphuong(&[command, "--help"]);
    if !help.status.success() {
        return Some(format!("`{command} --help` ends with {}", help.status));
    }
    let help = String::from_utf8(help.stdout).unwrap();
    let option = |word: &&str| word.starts_with("--");
    let unknown = words[at..].iter().copied().filter(option).find(|word| !help.contains(word));
    unknown.map(|word| format!("`{command}` has no `{word}`"))
}

#[test]
fn every_command_exists() {
    let mut shown = 0;
    for (name, text) in documents() {
        for (line, arguments) in markdown::commands(&text) {
            assert_eq!(fault_of(&arguments), None, "{name}:{line}: loaphuong {}", arguments.join(" "));
            shown += 1;
        }
    }
    assert!(shown > 5, "the documents show only {shown} commands: are they still found?");
}

#[test]
fn a_command_that_does_not_exist_is_refused() {
    for wrong in [&["sing"][..], &["check", "--louder"], &["--lang", "en"]] {
        let arguments: Vec<String> = wrong.iter().map(|word| (*word).to_owned()).collect();
        assert!(fault_of(&arguments).is_some(), "{wrong:?}");
    }
}

#[test]
fn every_table_is_whole_and_commands_are_commands() {
    for (name, text) in documents() {
        let ragged = markdown::ragged(&text);
        assert!(ragged.is_empty(), "{name}: lines {ragged:?} have more or fewer cells than their table's head");
    }
    let text = fs::read_to_string(top().join("docs/reliability.md")).unwrap();
    let commands = markdown::table(&text, "| what | command |");
    assert!(commands.len() > 5, "{commands:?}");
    for (what, command) in commands {
        assert!(command.starts_with('`'), "docs/reliability.md: {what}: {command}");
    }
}

#[test]
fn the_manual_has_the_programs_words() {
    let manual = fs::read_to_string(top().join(MANUAL)).unwrap();
    let check = |header: &str, words: Vec<(&str, String)>| {
        let told: Vec<(&str, String)> =
            markdown::table(&manual, header).into_iter().map(|(code, label)| (code, label.to_owned())).collect();
        assert_eq!(told, words, "{MANUAL}: table {header}");
    };
    check("| kết quả |", Outcome::ALL.iter().map(|word| (word.code(), word.label().vi)).collect());
    check("| lý do |", Reason::ALL.iter().map(|word| (word.code(), word.label().vi)).collect());
    check("| loại |", Kind::ALL.iter().map(|word| (word.code(), word.label().vi)).collect());
}

/// Everything below `src/` as one text, strings that run over several lines joined, quotes inside them bare.
fn program() -> String {
    let mut text = String::new();
    let mut folders = vec![top().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|ending| ending != "ttf") {
                text += &fs::read_to_string(path).unwrap();
            }
        }
    }
    text.replace("\\\"", "\"").split("\\\n").map(str::trim_start).collect()
}

/// Does the program say this somewhere? `…` in a message stands for what is put in when it is said.
fn is_said(program: &str, message: &str) -> bool {
    let parts: Vec<&str> = message.split('…').map(str::trim).filter(|part| part.len() > 3).collect();
    let starts = program.match_indices(parts[0]).map(|(at, _)| at);
    starts.into_iter().any(|at| {
        let near = &program[at..program.floor_char_boundary(at + 500)];
        parts.iter().all(|part| near.contains(part))
    })
}

#[test]
fn the_manual_quotes_messages_that_the_program_says() {
    let (manual, program) = (fs::read_to_string(top().join(MANUAL)).unwrap(), program());
    let headings = manual.lines().filter_map(|line| line.strip_prefix("#### "));
    let unsaid: Vec<&str> = headings.filter(|heading| !is_said(&program, heading)).collect();
    assert!(unsaid.is_empty(), "{MANUAL}: the program says nothing like\n{}", unsaid.join("\n"));
    assert!(!is_said(&program, "Đây là câu mà chương trình … không nói."));
}

/// Every clip fault, from the words that the decoder offers when it is given a wrong one: this list cannot go stale.
fn clip_faults() -> Vec<ClipFault> {
    let offer = serde_json::from_str::<ClipFault>("\"?\"").unwrap_err().to_string();
    let codes = offer.split('`').skip(1).step_by(2).skip(1);
    codes.map(|code| serde_json::from_str(&format!("\"{code}\"")).unwrap()).collect()
}

#[test]
fn the_manual_explains_every_fault_of_a_clip() {
    let manual = fs::read_to_string(top().join(MANUAL)).unwrap();
    let headings: Vec<&str> = manual.lines().filter_map(|line| line.strip_prefix("#### ")).collect();
    let faults = clip_faults();
    assert!(faults.len() > 10, "{faults:?}");
    for fault in &faults {
        let message = fault.text().vi;
        let explained = headings.iter().any(|heading| message.starts_with(heading));
        assert!(explained, "{MANUAL}: no heading for {fault:?}: {message}");
    }
}
