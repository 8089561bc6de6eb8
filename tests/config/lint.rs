//! Warnings over the next four weeks and over the audio folder.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use loaphuong::config::{Color, lint, render};
use loaphuong::model::clip::{Clip, ClipFault, Library, Sound};
use loaphuong::model::id::ClipHash;
use loaphuong::model::text::Lang;
use loaphuong::model::units::{Decibel, Hertz, Lufs};

use crate::{COMMUNE, STATION, parse_pair};

/// What lies in the sample's audio folder, each four minutes long.
const SAMPLE: &[&str] = &[
    "bhxh-tu-nguyen/loi-ich.mp3",
    "bhxh-tu-nguyen/luong-huu.flac",
    "bhyt-ho-gia-dinh/muc-dong.wav",
    "bhyt-ho-gia-dinh/quyen-loi.m4a",
    "nhac-hieu/mo-dau.ogg",
];

fn clip(path: &str, minutes: u64) -> Clip {
    let sound = Sound {
        hash: ClipHash(format!("sha256:{}", "0".repeat(64))),
        format: "MP3".to_owned(),
        duration: Duration::from_mins(minutes),
        rate: Hertz(44_100),
        channels: 2,
        loudness: Some(Lufs(-16.0)),
        peak: Decibel(-3.0),
    };
    let topic = path.split_once('/').and_then(|(folder, _)| folder.parse().ok());
    Clip { path: path.parse().unwrap(), file: PathBuf::from(path), topic, size: 1, sound: Some(sound), faults: vec![] }
}

fn library(clips: impl IntoIterator<Item = Clip>) -> Library {
    let clips: BTreeMap<_, _> = clips.into_iter().map(|clip| (clip.path.clone(), clip)).collect();
    Library { clips, scanned_at: Some(Timestamp::UNIX_EPOCH) }
}

fn sample() -> Library {
    library(SAMPLE.iter().map(|path| clip(path, 4)))
}

/// The warnings of a commune's file, as `code line`.
fn warnings(what: &str, commune: &str, library: &Library) -> Vec<String> {
    let loaded = parse_pair(STATION.as_bytes(), commune.as_bytes());
    assert_eq!(loaded.diagnostics, [], "{what}");
    let found = lint(&loaded.station.unwrap(), &loaded.places, library, "2026-11-23".parse().unwrap());
    assert!(render(&found, Lang::Vi, Color::Never).contains("cảnh báo: ") || found.is_empty());
    found.iter().map(|d| format!("{} {}", d.code, d.source)).collect()
}

/// The sample's commune with every `(from, to)` put in; `from` must be there.
fn changed(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(COMMUNE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

#[test]
fn times_are_warned_of() {
    let sang = |at: &'static str| ("at = \"05:30\"  ", at);
    for (what, changes, expected) in [
        ("nothing", vec![], vec![]),
        ("outside", vec![sang("at = \"04:30\"")], vec!["outside_hours at = \"04:30\""]),
        (
            "one of two outside",
            vec![sang("at = [\"05:30\", \"19:00\"]")],
            vec!["outside_hours at = [\"05:30\", \"19:00\"]"],
        ),
        ("first second outside", vec![sang("at = \"06:30\"")], vec!["outside_hours at = \"06:30\""]),
        ("runs past", vec![sang("at = \"06:16\"")], vec!["runs_past_hours max_length = \"15m\""]),
        ("ends in time", vec![sang("at = \"06:15\"")], vec![]),
        (
            "spans that touch are one",
            vec![sang("at = \"06:16\""), ("\"05:00-06:30\"", "\"05:00-06:30\", \"06:30-07:00\"")],
            vec![],
        ),
        ("dawn", vec![sang("at = \"05:29:59\"")], vec!["hours_of_rest at = \"05:29:59\""]),
        (
            "midnight is no end",
            vec![sang("at = \"23:55\""), ("\"05:00-06:30\"", "\"22:00-24:00\", \"00:00-01:00\"")],
            vec![],
        ),
        (
            "past midnight is an end",
            vec![sang("at = \"23:55\""), ("\"05:00-06:30\"", "\"22:00-24:00\"")],
            vec!["runs_past_hours max_length = \"15m\""],
        ),
        ("paused", vec![sang("at = \"04:30\"\nenabled = false")], vec![]),
        (
            "more than a day may have",
            vec![sang("at = [\"05:30\", \"06:00\", \"11:00\", \"11:30\"]")],
            vec!["day_limit max_airings_per_day = 3"],
        ),
    ] {
        let found = warnings(what, &changed(&changes), &Library::default());
        let found: Vec<_> = found.iter().map(|w| w.split('#').next().unwrap().trim()).collect();
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn overlaps_are_warned_of() {
    let third = |days: &str, at: &str, more: &str| {
        format!(
            "{COMMUNE}\n[[slot]]\nid = \"them\"\nname = \"Bản tin thêm\"\ndays = \"{days}\"\nat = \"{at}\"\ntopics = [\"bhxh-tu-nguyen\"]\n{more}\n"
        )
    };
    let none = Library::default();
    for (what, text, library, expected) in [
        ("inside the other", third("T2", "05:44:59", ""), &none, 1),
        ("when the other has ended", third("T2", "05:45", ""), &none, 0),
        ("on another day", third("T3", "05:40", ""), &none, 0),
        ("before the other, without limit: a quarter of an hour", third("T2", "05:29", ""), &none, 1),
        ("before the other, with clips of four minutes", third("T2", "05:26", ""), &sample(), 0),
        ("before the other, into it by its clips", third("T2", "05:27", ""), &sample(), 1),
        ("paused", third("T2", "05:40", "enabled = false"), &none, 0),
    ] {
        let found = warnings(what, &text, library);
        let overlaps = found.iter().filter(|w| w.starts_with("overlap at = ")).count();
        assert_eq!(overlaps, expected, "{what}: {found:?}");
    }
}

#[test]
fn communes_that_share_an_output_overlap() {
    let other = COMMUNE.replace("\"an-xuan\"", "\"truong-xuan\"").replace("at = \"05:30\"", "at = \"05:35\"");
    let files = [("station.toml", STATION), ("communes/a.toml", COMMUNE), ("communes/b.toml", &other)];
    let files = files.map(|(name, text)| loaphuong::config::SourceFile::new(name, text));
    let loaded = loaphuong::config::parse(&files, std::path::Path::new("/"));
    let found = lint(&loaded.station.unwrap(), &loaded.places, &sample(), "2026-11-23".parse().unwrap());
    let found: Vec<_> = found.iter().map(|d| (d.code.as_str(), d.file.as_str())).collect();
    // 05:30 and 05:35, and both communes at 17:00.
    assert_eq!(found, [("overlap", "communes/b.toml"); 2]);
}

#[test]
fn clips_are_warned_of() {
    let faulty = |fault| {
        library(SAMPLE.iter().map(|path| {
            let mut clip = clip(path, 4);
            clip.faults = if *path == "bhxh-tu-nguyen/loi-ich.mp3" { vec![fault] } else { vec![] };
            clip
        }))
    };
    let without = |gone: &str| library(SAMPLE.iter().filter(|path| !path.contains(gone)).map(|path| clip(path, 4)));
    let queue = "topics = [\"bhyt-ho-gia-dinh\", \"bhxh-tu-nguyen\"]";
    for (what, changes, library, expected) in [
        ("all there", vec![], sample(), vec![]),
        ("not scanned", vec![], Library::default(), vec![]),
        ("jingle missing", vec![], without("mo-dau"), vec!["clip_missing intro", "clip_missing intro"]),
        ("noted clip missing", vec![], without("quyen-loi"), vec!["clip_missing file"]),
        ("topic empty", vec![], without("bhyt"), vec!["topic_empty topics", "clip_missing file", "clip_missing file"]),
        ("damaged", vec![], faulty(ClipFault::Damaged), vec!["clip_faulty file"]),
        ("twin", vec![], faulty(ClipFault::Twin), vec!["clip_twin file"]),
        ("harmless", vec![], faulty(ClipFault::WrongEnding), vec![]),
        ("expired", vec![("2027-12-31", "2026-11-22")], sample(), vec!["clip_expired valid_until"]),
        ("last day", vec![("2027-12-31", "2026-11-23")], sample(), vec![]),
        (
            "all expired",
            vec![
                ("2027-12-31", "2026-11-22"),
                ("title = \"Lương hưu", "valid_until = 2026-01-01\ntitle = \"Lương hưu"),
            ],
            sample(),
            vec!["topic_empty topics", "topic_empty topics", "clip_expired valid_until", "clip_expired valid_until"],
        ),
        (
            "too long",
            vec![("max_length = \"15m\"", "max_length = \"3m\"")],
            sample(),
            vec!["clip_too_long max_length", "clip_too_long max_length"],
        ),
        (
            "named in a queue and missing",
            vec![(queue, "clips = [\"bhyt-ho-gia-dinh/muc-dong.wav\", \"bhyt-ho-gia-dinh/muc-dung.wav\"]")],
            sample(),
            vec!["clip_missing clips"],
        ),
        (
            "queue unused",
            vec![("queue = \"bhyt\"", "topics = [\"bhyt-ho-gia-dinh\"]")],
            sample(),
            vec!["unused_queue id"],
        ),
        (
            "topic by the schedule's word",
            vec![
                ("topics = [\"bhxh-tu-nguyen\"]", "topics = [\"gia-dinh\"]"),
                ("title = \"Mức", "topics = [\"gia-dinh\"]\ntitle = \"Mức"),
            ],
            sample(),
            vec![],
        ),
    ] {
        let found = warnings(what, &changed(&changes), &library);
        let found: Vec<_> = found.iter().map(|w| w.split(" =").next().unwrap()).collect();
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn near_names_are_proposed_at_their_own_place() {
    let named = "clips = [\"bhyt-ho-gia-dinh/muc-dong.wav\", \"bhyt-ho-gia-dinh/muc-dung.wav\"]";
    let text = changed(&[("topics = [\"bhyt-ho-gia-dinh\", \"bhxh-tu-nguyen\"]", named)]);
    let loaded = parse_pair(STATION.as_bytes(), text.as_bytes());
    let found = lint(&loaded.station.unwrap(), &loaded.places, &sample(), "2026-11-23".parse().unwrap());
    let [only] = found.as_slice() else { panic!("{found:?}") };
    let column = 1 + u32::try_from(named.find("\"bhyt-ho-gia-dinh/muc-dung").unwrap()).unwrap();
    assert_eq!((only.column, only.width), (column, 31));
    assert!(only.remedy.vi.contains("\"bhyt-ho-gia-dinh/muc-dong.wav\""), "{only:?}");
}
