//! Rules about single files and lines: openings, sizes, words that may not stand there. Pure.

use crate::Violation;
use crate::rooms::{Purity, Rooms, room_of};
use crate::source::Source;

/// Lines of code that a file may have. Aim for 250.
const MOST_LINES: usize = 400;

/// Rooms that may write to standard output: the command line, and the children that answer their parent there.
const MAY_PRINT: [&str; 4] = ["main", "cli", "player", "library"];

/// Words that may stand nowhere, and what to do instead.
const NOWHERE: [(&str, &str); 4] = [
    ("[allow(", "write `#[expect(…, reason = \"…\")]`"),
    ("clippy::too_many_lines", "make the function shorter"),
    ("todo!", "finish it"),
    ("dbg!", "delete it"),
];

/// Words that may stand in tests only.
const TESTS_ONLY: [(&str, &str); 2] =
    [("let _ =", "handle the value, or say why not"), ("let _:", "handle the value, or say why not")];

/// Words that mean an effect, a clock, an order that changes from run to run, or logging.
const IMPURE: [&str; 14] = [
    "HashMap",
    "HashSet",
    "std::fs",
    "std::net::Tcp",
    "std::net::Udp",
    "std::env",
    "std::process",
    "std::thread",
    "std::io::stdin",
    "async fn",
    "tokio",
    "tracing",
    "getrandom",
    "rustix",
];

/// All rules for Rust source but the one on imports.
pub(crate) fn rust(rooms: &Rooms, source: &Source) -> Vec<Violation> {
    [opening(source), size(source), words(source), prints(source), pure(rooms, source)].concat()
}

fn opening(source: &Source) -> Vec<Violation> {
    if source.text.starts_with("//! ") {
        return Vec::new();
    }
    let what = "a file opens with one `//!` sentence: what for, and pure or effects".to_owned();
    vec![Violation::new(&source.path, 1, "opening", what)]
}

fn size(source: &Source) -> Vec<Violation> {
    let lines = source.lines().count();
    if lines <= MOST_LINES {
        return Vec::new();
    }
    let last = source.lines().last().map_or(1, |(n, _)| n);
    vec![Violation::new(&source.path, last, "size", format!("{lines} lines of code, {MOST_LINES} at most"))]
}

fn words(source: &Source) -> Vec<Violation> {
    let found = |(word, remedy): (&str, &str), tests: Tests| {
        let what = format!("`{word}`: {remedy}");
        hits(source, word, tests).into_iter().map(move |n| (n, what.clone())).collect::<Vec<_>>()
    };
    let nowhere = NOWHERE.into_iter().flat_map(|rule| found(rule, Tests::Held));
    let tests_only = TESTS_ONLY.into_iter().flat_map(|rule| found(rule, Tests::Exempt));
    nowhere.chain(tests_only).map(|(n, what)| Violation::new(&source.path, n, "word", what)).collect()
}

fn prints(source: &Source) -> Vec<Violation> {
    let Some(room) = room_of(&source.path).filter(|room| !MAY_PRINT.contains(room)) else { return Vec::new() };
    let printed = ["print!", "println!", "eprint!", "eprintln!"];
    let lines = printed.into_iter().flat_map(|word| hits(source, word, Tests::Exempt));
    let what = format!("`{room}` does not print: use tracing");
    lines.map(|n| Violation::new(&source.path, n, "print", what.clone())).collect()
}

fn pure(rooms: &Rooms, source: &Source) -> Vec<Violation> {
    let room = room_of(&source.path).and_then(|name| rooms.get(name));
    let Some(Purity::Pure { but }) = room.map(|room| &room.purity) else { return Vec::new() };
    if but.iter().any(|file| source.path.ends_with(&format!("/{file}"))) {
        return Vec::new();
    }
    let found =
        IMPURE.into_iter().flat_map(|word| hits(source, word, Tests::Exempt).into_iter().map(move |n| (n, word)));
    found.map(|(n, word)| Violation::new(&source.path, n, "purity", format!("`{word}` in a pure room"))).collect()
}

/// Whether a rule holds for test code too.
#[derive(Clone, Copy, PartialEq)]
enum Tests {
    Held,
    Exempt,
}

/// The lines on which `word` stands.
fn hits(source: &Source, word: &str, tests: Tests) -> Vec<usize> {
    let counts = |at: &usize| tests == Tests::Held || !source.in_test(*at);
    source.find(word).into_iter().filter(counts).map(|at| source.line_of(at)).collect()
}

/// Rules for every text file: no tabs, no trailing blanks, an end of line at the end, no path of one's own machine.
pub(crate) fn text(path: &str, text: &str) -> Vec<Violation> {
    // Put together here, so that this file obeys its own rule.
    let homes = [concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/ro", "ot/"), concat!("/wo", "rk/")];
    let fault = |line: &str| {
        if line.contains('\t') {
            return Some("a tab: use blanks".to_owned());
        }
        if line.ends_with([' ', '\r']) {
            return Some("a blank or a carriage return at the end".to_owned());
        }
        homes.iter().find(|home| line.contains(**home)).map(|home| format!("`{home}` is a path of somebody's machine"))
    };
    let lines = text.split('\n').enumerate();
    let mut found: Vec<Violation> =
        lines.filter_map(|(n, line)| Some(Violation::new(path, n + 1, "text", fault(line)?))).collect();
    if !text.is_empty() && !text.ends_with('\n') {
        found.push(Violation::new(path, text.lines().count(), "text", "no end of line at the end".to_owned()));
    }
    found
}

/// Scripts begin with `#!` and may be executed.
pub(crate) fn script(path: &str, text: &str, executable: bool) -> Vec<Violation> {
    let shebang = (!text.starts_with("#!")).then_some("no `#!` line");
    let mode = (!executable).then_some("not executable: `chmod +x`");
    let found = shebang.into_iter().chain(mode);
    found.map(|what| Violation::new(path, 1, "script", what.to_owned())).collect()
}

/// Paths of this repository that a document names between back-quotes or links to, and that are not there.
pub(crate) fn references(path: &str, text: &str, exists: impl Fn(&str) -> bool) -> Vec<Violation> {
    const TOPS: [&str; 9] = ["src/", "tests/", "script/", "docs/", "systemd/", "benches/", "config/", "audio/", ".ci/"];
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut found = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let quoted = line.split('`').skip(1).step_by(2).filter(|word| TOPS.iter().any(|top| word.starts_with(top)));
        let plain = quoted.filter(|word| !word.contains(['*', '<', ' ', '…'])).map(str::to_owned);
        let linked = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let near = linked.filter(|to| !to.contains("://") && !to.starts_with('#'));
        let near = near.map(|to| join(folder, to.split('#').next().unwrap_or(to)));
        let missing = plain.chain(near).filter(|word| !exists(word));
        found.extend(missing.map(|word| Violation::new(path, n + 1, "reference", format!("`{word}` is not there"))));
    }
    found
}

/// `to` as seen from the top of the repository, when said in a file of `folder`.
fn join(folder: &str, to: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in to.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rooms::read_table;

    fn lines(found: &[Violation]) -> Vec<(&str, usize)> {
        found.iter().map(|v| (v.rule, v.line)).collect()
    }

    #[test]
    fn bad_source_is_seen() {
        let rooms = read_table(
            "| room | one line | purity | may import |\n|-|-|-|-|\n| `plan/` | . | pure but `load.rs` | `model` |\n\
             | `http/` | . | effects | `model` |\n",
        );
        let check = |path: &str, body: &str, expected: &[(&str, usize)]| {
            let found = rust(&rooms, &Source::new(path, body));
            assert_eq!(lines(&found), expected, "{path}: {body}\n{found:#?}");
        };
        check("src/plan/a.rs", "//! Fine. Pure.\nfn a() {}\n", &[]);
        check("src/plan/a.rs", "fn a() {}\n", &[("opening", 1)]);
        check("src/plan/a.rs", "//! A.\n#[allow(dead_code)]\nfn a() {}\n", &[("word", 2)]);
        check("src/plan/a.rs", "//! A.\n#![allow(dead_code)]\n", &[("word", 2)]);
        check("tests/a.rs", "//! A.\n#[expect(clippy::too_many_lines, reason = \"\")]\nfn a() {}\n", &[("word", 2)]);
        check("src/plan/a.rs", "//! A.\nfn a() { let _ = b(); }\n", &[("word", 2)]);
        check("src/plan/a.rs", "//! A.\n#[cfg(test)]\nmod t { fn a() { let _ = b(); } }\n", &[]);
        check("src/plan/a.rs", "//! A.\nuse std::collections::HashMap;\n", &[("purity", 2)]);
        check("src/plan/a.rs", "//! A.\nfn a() { tracing::info!(\"\"); }\n", &[("purity", 2)]);
        check("src/plan/a.rs", "//! A. A HashMap would do.\n", &[]);
        check("src/plan/load.rs", "//! A.\nuse std::fs;\n", &[]);
        check("src/http/a.rs", "//! A.\nuse std::collections::HashMap;\n", &[]);
        check("src/http/a.rs", "//! A.\nfn a() { println!(\"\"); }\n", &[("print", 2)]);
        check("src/cli/a.rs", "//! A.\nfn a() { println!(\"\"); }\n", &[]);
        let long = format!("//! A.\n{}", "fn a() {}\n// a remark\n\n".repeat(MOST_LINES + 1));
        check("src/http/a.rs", &long, &[("size", 1 + 3 * MOST_LINES + 1)]);
        check("src/http/a.rs", &format!("//! A.\n{}", "fn a() {}\n".repeat(MOST_LINES)), &[]);
    }

    #[test]
    fn bad_text_is_seen() {
        let check = |body: &str, expected: &[usize]| {
            let found = text("a.md", body);
            assert_eq!(found.iter().map(|v| v.line).collect::<Vec<_>>(), expected, "{body:?}");
        };
        check("a\nb\n", &[]);
        check("", &[]);
        check("a\n\tb\n", &[2]);
        check("a \nb\r\nc", &[1, 2, 3]);
        check(&format!("see {}someone/notes\n", concat!("/ho", "me/")), &[1]);
    }

    #[test]
    fn bad_scripts_are_seen() {
        assert_eq!(script("script/a", "#!/bin/sh\n", true), []);
        assert_eq!(script("script/a", "echo\n", false).len(), 2);
    }

    #[test]
    fn dangling_references_are_seen() {
        let there = |path: &str| ["src/model", "src/model/", "docs/a.md", "README.md"].contains(&path);
        let check = |line: &str, expected: usize| {
            assert_eq!(references("docs/b.md", line, there).len(), expected, "{line}");
        };
        check("`src/model/` and [a](a.md#part), [up](../README.md), [web](https://a.b/c), [here](#x)", 0);
        check("`src/attic/`", 1);
        check("[a](gone.md)", 1);
        check("`audio/<topic>/` and `config/communes/*.toml`", 0);
    }
}
