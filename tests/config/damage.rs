//! Half-saved, mangled and hostile files: always diagnostics or a station, never a panic, never long.

use std::path::Path;

use loaphuong::config::{Color, Loaded, MAX_BYTES, SourceFile, parse, render};
use loaphuong::model::text::Lang;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest::{collection, sample};
use unicode_normalization::UnicodeNormalization as _;

use crate::{COMMUNE, STATION, parse_pair};

/// A station or errors, never both; diagnostics that can be shown and that point into the file.
fn sound(loaded: &Loaded, what: &str) {
    assert_eq!(loaded.station.is_some(), loaded.diagnostics.is_empty(), "{what}");
    for lang in [Lang::Vi, Lang::En] {
        let text = render(&loaded.diagnostics, lang, Color::Never);
        assert_eq!(text.is_empty(), loaded.diagnostics.is_empty(), "{what}");
    }
    for d in &loaded.diagnostics {
        assert!(d.column as usize <= d.source.chars().count() + 1 || d.source.is_empty(), "{what}: {d:?}");
        assert_eq!(d.line == 0, d.column == 0, "{what}: {d:?}");
        assert!(!d.message.vi.is_empty() && !d.remedy.en.is_empty() && !d.file.is_empty(), "{what}: {d:?}");
    }
}

#[test]
fn every_truncation_is_answered() {
    for end in 0..STATION.len() {
        sound(&parse_pair(&STATION.as_bytes()[..end], COMMUNE.as_bytes()), &format!("station cut at {end}"));
    }
    for end in 0..COMMUNE.len() {
        sound(&parse_pair(STATION.as_bytes(), &COMMUNE.as_bytes()[..end]), &format!("commune cut at {end}"));
    }
}

/// What mutations put into a file: what TOML, Vietnamese and Word are made of.
const PIECES: &[&str] = &[
    "\"",
    "'",
    "\"\"\"",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    ".",
    "#",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "\\",
    "\\u",
    "-",
    ":",
    "“",
    "”",
    "\u{a0}",
    "\u{feff}",
    "\u{200b}",
    "\u{301}",
    "ệ",
    "đ",
    "\0",
    "\u{1b}[31m",
    "😀",
    "0",
    "9",
    "99999999999999999999",
    "inf",
    "nan",
    "1e999",
    "0x",
    "true",
    "T2",
    "T2-CN",
    "05:30",
    "24:00",
    "2026-02-30",
    "1h",
    "id",
    "name",
    "slot",
    "quota",
    "[[slot]]\n",
    "[commune]\n",
    "[[quota]]\n",
    "[quota.make_good]\n",
    "[[campaign]]\n",
    "[[campaign.slot]]\n",
    "[holidays]\n",
    "at_least = {",
    "language:",
    "holiday = ",
    "-1",
    "topics = []\n",
    "a.b.c = 1\n",
    "slot = 5\n",
    "..",
    "/",
];

/// Whatever slips into the line of a password, what is said of it never holds the password.
#[test]
fn no_damage_shows_a_password() {
    const SECRET: &str = "Xuan-2026";
    let line = format!("password = \"{SECRET}\"");
    let head = "[station]\nid = \"x\"\nname = \"X\"\n\n[[output]]\nid = \"loa-phuong\"\nname = \"X\"\nkind = \"icecast\"\nurl = \"http://a/b\"\n";
    // Every third: the whole list takes a minute.
    let pieces = PIECES.iter().filter(|piece| !piece.contains(['\n', '\r'])).step_by(3);
    for piece in pieces {
        for at in 0..=line.len() {
            for removed in [0, 1] {
                let end = (at + removed).min(line.len());
                let damaged = format!("{head}{}{piece}{}\n", &line[..at], &line[end..]);
                let loaded = parse_pair(damaged.as_bytes(), COMMUNE.as_bytes());
                for lang in [Lang::Vi, Lang::En] {
                    let said = render(&loaded.diagnostics, lang, Color::Never);
                    assert!(!said.contains(SECRET), "{piece:?} at {at}, {removed} removed:\n{said}");
                }
                let outputs = loaded.station.map(|station| format!("{:?}", station.outputs)).unwrap_or_default();
                assert!(!outputs.contains(SECRET), "{outputs}");
            }
        }
    }
}

#[test]
fn ten_thousand_mutations_are_answered() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, b"loaphuong configuration damage 1");
    let config = Config { cases: 10_000, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let edit = (proptest::num::usize::ANY, 0_usize..30, sample::select(PIECES), proptest::bool::weighted(0.1));
    let edits = (proptest::bool::ANY, collection::vec(edit, 1..6));
    let done = runner.run(&edits, |(of_station, edits)| {
        let mut bytes = if of_station { STATION } else { COMMUNE }.as_bytes().to_vec();
        for (at, removed, piece, raw) in edits {
            let at = at % (bytes.len() + 1);
            let end = (at + removed).min(bytes.len());
            let piece = if raw { &[0xff, 0xc3][..] } else { piece.as_bytes() };
            bytes.splice(at..end, piece.iter().copied());
        }
        let loaded =
            if of_station { parse_pair(&bytes, COMMUNE.as_bytes()) } else { parse_pair(STATION.as_bytes(), &bytes) };
        sound(&loaded, &String::from_utf8_lossy(&bytes));
        Ok(())
    });
    done.unwrap();
}

#[test]
fn how_a_file_is_saved_does_not_matter() {
    let plain = parse_pair(STATION.as_bytes(), COMMUNE.as_bytes()).station.expect("a station");
    let crlf = COMMUNE.replace('\n', "\r\n");
    let bom = format!("\u{feff}{COMMUNE}");
    let nfd: String = COMMUNE.nfd().collect();
    for (how, text) in [("CRLF", crlf), ("BOM", bom), ("NFD", nfd)] {
        let loaded = parse_pair(STATION.as_bytes(), text.as_bytes());
        assert_eq!(loaded.diagnostics, [], "{how}");
        let mut station = loaded.station.expect(how);
        assert_ne!(station.revision, plain.revision, "{how}");
        station.revision = plain.revision.clone();
        assert_eq!(station, plain, "{how}");
    }
}

#[test]
fn files_that_are_no_text_are_named() {
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(COMMUNE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let old = COMMUNE.replace("Phường An Xuân", "Ph\u{1}ng").into_bytes();
    let old: Vec<u8> = old.into_iter().map(|b| if b == 1 { 0xb5 } else { b }).collect();
    let large = vec![b'#'; MAX_BYTES + 1];
    for (bytes, code, line, column) in [(utf16, "not_utf8", 0, 0), (old, "not_utf8", 6, 11), (large, "too_large", 0, 0)]
    {
        let loaded = parse_pair(STATION.as_bytes(), &bytes);
        let found: Vec<_> = loaded.diagnostics.iter().map(|d| (d.code.as_str(), d.line, d.column)).collect();
        assert_eq!(found, [(code, line, column)]);
        sound(&loaded, code);
    }
}

#[test]
fn hostile_files_end_soon() {
    let quotas = "[[quota]]\nid = \"a\"\nname = \"a\"\nperiod = \"day\"\nairings = 1\n";
    let shares = (0..40_000).map(|n| format!("a{n} = 1,")).collect::<Vec<_>>().concat();
    let slots = "[[slot]]\nid = \"a\"\nname = \"a\"\ndays = \"all\"\nat = \"05:30\"\ntopics = [\"a\"]\n";
    for (what, text) in [
        ("deep lists", format!("x = {}", "[".repeat(900_000))),
        ("deep tables", format!("x = {}", "{a=".repeat(300_000))),
        ("deep dotted key", format!("{}b = 1", "a.".repeat(400_000))),
        ("deep header", format!("[{}b]", "a.".repeat(400_000))),
        ("one long line of errors", "@ ".repeat(450_000)),
        ("a million wrong lines", "x\n".repeat(450_000)),
        ("many keys", (0..60_000).map(|n| format!("k{n} = {n}\n")).collect::<Vec<_>>().concat()),
        ("many slots", slots.repeat(9_000)),
        ("many quotas", quotas.repeat(9_000)),
        ("many parts", format!("{quotas}at_least = {{ {shares} }}")),
        ("many wrong parts", format!("{quotas}at_least = {{ {} }}", shares.replace('a', "a:"))),
        ("many campaigns", "[[campaign]]\nid = \"a\"\n[[campaign.slot]]\nid = \"a\"\n".repeat(9_000)),
        ("many holidays", format!("holidays.extra = [{}]", "{date=1},".repeat(1_999))),
        ("many wrong slots on one line", format!("slot = [{}]", "{id=1,at=2},".repeat(1_999))),
        ("many clips on one line", format!("clip = [{}]", "{file='a'},".repeat(1_999))),
        ("a long text", format!("[commune]\nid = \"{}\"", "ệ".repeat(300_000))),
        ("a long cron", format!("[[slot]]\ncron = \"{}\"", "* ".repeat(400_000))),
        ("long strings unclosed", "x = \"a\n".repeat(120_000)),
        ("brackets", "[[\n".repeat(300_000)),
        ("quotes", "\"\"\"".repeat(300_000)),
    ] {
        let loaded = parse_pair(STATION.as_bytes(), text.as_bytes());
        assert!(loaded.station.is_none(), "{what}");
        assert!(loaded.diagnostics.len() <= 102, "{what}: {}", loaded.diagnostics.len());
        let shown = render(&loaded.diagnostics, Lang::Vi, Color::Always).len();
        assert!(shown < 400_000, "{what}: {shown}");
        sound(&loaded, what);
    }
}

#[test]
fn carets_stand_under_what_is_wrong() {
    // Decomposed letters take two or three characters and one column on the screen.
    let line = "name = \"Bản tin buổi sáng\"  thừa".nfd().collect::<String>();
    let text = COMMUNE.replace("name = \"Bản tin sáng\"", &line);
    let loaded = parse_pair(STATION.as_bytes(), text.as_bytes());
    let shown = render(&loaded.diagnostics, Lang::Vi, Color::Never);
    let source = shown.lines().find(|l| l.contains("name = ")).unwrap();
    let caret = shown.lines().find(|l| l.contains('^')).unwrap();
    let before = source[..source.find("thu").unwrap()].nfc().count();
    assert_eq!(caret.find('^'), Some(before), "{shown}");
    assert_eq!(caret.matches('^').count(), "thừa".nfc().count(), "{shown}");
}

#[test]
fn several_communes() {
    let other = COMMUNE.replace("\"an-xuan\"", "\"truong-xuan\"");
    let file = |name: &str, text: &str| SourceFile::new(name, text);
    let (station, first) = (file("station.toml", STATION), file("communes/a.toml", COMMUNE));
    for (files, codes) in [
        (vec![station.clone(), first.clone(), file("communes/b.toml", &other)], vec![]),
        (vec![station.clone(), first.clone(), file("communes/b.toml", COMMUNE)], vec!["duplicate"]),
        (vec![station.clone()], vec!["no_communes"]),
        (vec![first.clone()], vec!["station_missing"]),
        (vec![], vec!["station_missing"]),
    ] {
        let loaded = parse(&files, Path::new("/"));
        let found: Vec<_> = loaded.diagnostics.iter().map(|d| d.code.as_str()).collect();
        assert_eq!(found, codes);
        sound(&loaded, "communes");
    }
}
