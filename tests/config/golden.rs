//! Officers' mistakes: `cases/NAME.toml` in, `cases/NAME.txt` out, in both languages. `UPDATE=1` writes the answers anew.
//!
//! A case whose name begins with `station-` is a `station.toml` beside the sample's commune; all others are a
//! commune's file beside the sample's station. A file without mistakes is answered by what was understood.

use std::fmt::Write as _;
use std::path::Path;

use loaphuong::config::{Color, SourceFile, describe, parse, render};
use loaphuong::model::text::Lang;

use crate::{COMMUNE, STATION};

#[test]
fn every_case_is_answered_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config/cases");
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    names.sort();
    assert!(names.len() >= 50, "cases are missing: {}", names.len());
    let mut wrong = Vec::new();
    for path in names {
        let answer = answer(&path);
        let golden = path.with_extension("txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&golden, &answer).unwrap();
        }
        if std::fs::read_to_string(&golden).unwrap_or_default() != answer {
            wrong.push(format!("── {} ──\n{answer}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} answers changed (UPDATE=1 accepts them):\n{}", wrong.len(), wrong.join("\n"));
}

fn answer(path: &Path) -> String {
    let text = std::fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let (station, commune) = match name.strip_prefix("station-") {
        Some(_) => (text, COMMUNE.as_bytes().to_vec()),
        None => (STATION.as_bytes().to_vec(), text),
    };
    let files = [SourceFile::new("station.toml", station), SourceFile::new("communes/an-xuan.toml", commune)];
    let loaded = parse(&files, Path::new("/srv/loaphuong/config"));
    assert_eq!(loaded.station.is_none(), !loaded.diagnostics.is_empty(), "{name}");
    let mut answer = String::new();
    for lang in [Lang::Vi, Lang::En] {
        writeln!(answer, "{}", render(&loaded.diagnostics, lang, Color::Never)).unwrap();
        answer.extend(loaded.station.iter().map(|station| describe(station, lang)));
    }
    assert!(!answer.contains("Xuan-2026"), "a password is shown: {answer}");
    for d in &loaded.diagnostics {
        writeln!(answer, "{} {}:{}:{}+{}", d.code, d.file, d.line, d.column, d.width).unwrap();
    }
    answer
}
