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
pub(crate) const SAMPLE: &[&str] = &[
    "bhxh-tu-nguyen/loi-ich.mp3",
    "bhxh-tu-nguyen/luong-huu.flac",
    "bhyt-ho-gia-dinh/muc-dong.wav",
    "bhyt-ho-gia-dinh/quyen-loi.m4a",
    "nhac-hieu/mo-dau.ogg",
];

pub(crate) fn clip(path: &str, minutes: u64) -> Clip {
    let sound = Sound {
        silent_start: Duration::ZERO,
        silent_end: Duration::ZERO,
        levels: Vec::new(),
        copy: None,
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

pub(crate) fn library(clips: impl IntoIterator<Item = Clip>) -> Library {
    let clips: BTreeMap<_, _> = clips.into_iter().map(|clip| (clip.path.clone(), clip)).collect();
    Library { clips, scanned_at: Some(Timestamp::UNIX_EPOCH) }
}

pub(crate) fn sample() -> Library {
    library(SAMPLE.iter().map(|path| clip(path, 4)))
}

/// The warnings of a commune's file, as `code line`.
pub(crate) fn warnings(what: &str, commune: &str, library: &Library) -> Vec<String> {
    warnings_of(what, STATION, commune, library)
}

/// The warnings of a station and a commune.
pub(crate) fn warnings_of(what: &str, station: &str, commune: &str, library: &Library) -> Vec<String> {
    let loaded = parse_pair(station.as_bytes(), commune.as_bytes());
    assert_eq!(loaded.diagnostics, [], "{what}");
    let found = lint(&loaded.station.unwrap(), &loaded.places, library, "2026-11-23".parse().unwrap());
    assert!(render(&found, Lang::Vi, Color::Never).contains("cảnh báo: ") || found.is_empty());
    found.iter().map(|d| format!("{} {}", d.code, d.source)).collect()
}

/// The sample's commune with every `(from, to)` put in; `from` must be there.
pub(crate) fn changed(changes: &[(&str, &str)]) -> String {
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
    // 05:30 and 05:35, both communes at 17:00, both campaigns at 11:15.
    assert_eq!(found, [("overlap", "communes/b.toml"); 3]);
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
        (
            "topic empty",
            vec![],
            without("bhyt"),
            vec!["topic_empty topics", "clip_missing file", "clip_missing file", "topic_empty topics"],
        ),
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
            [vec!["topic_empty topics"; 3], vec!["clip_expired valid_until"; 2]].concat(),
        ),
        (
            "too long",
            vec![("max_length = \"15m\"", "max_length = \"3m\"")],
            sample(),
            vec!["clip_too_long max_length"; 3],
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

/// Warnings without the comments at the end of their lines.
fn short(what: &str, changes: &[(&str, &str)], library: &Library) -> Vec<String> {
    let found = warnings(what, &changed(changes), library);
    found.iter().map(|warning| warning.split('#').next().unwrap().trim().to_owned()).collect()
}

#[test]
fn campaigns_are_warned_of() {
    let dates = |dates: &'static str| ("from = 2026-11-16\nuntil = 2026-12-31", dates);
    let trua = |at: &'static str| ("at = \"11:15\"", at);
    let later = dates("from = 2027-06-01\nuntil = 2027-06-30");
    for (what, changes, expected) in [
        (
            "over, and its slot does not matter any more",
            vec![dates("from = 2026-11-16\nuntil = 2026-11-22"), trua("at = \"12:15\"")],
            vec!["campaign_over until = 2026-11-22"],
        ),
        ("its last day", vec![dates("from = 2026-11-16\nuntil = 2026-11-23")], vec![]),
        ("outside hours", vec![trua("at = \"19:00\"")], vec!["outside_hours at = \"19:00\""]),
        ("outside hours in half a year", vec![later, trua("at = \"19:00\"")], vec!["outside_hours at = \"19:00\""]),
        (
            "on days on which it never airs",
            vec![dates("from = 2026-11-28\nuntil = 2026-11-29")],
            vec!["never at = \"11:15\""],
        ),
        ("into a usual slot", vec![trua("at = \"17:05\"")], vec!["overlap at = \"17:05\""]),
        ("into a usual slot in half a year", vec![later, trua("at = \"17:05\"")], vec!["overlap at = \"17:05\""]),
        ("beyond a year", vec![dates("from = 2028-06-01\nuntil = 2028-06-30"), trua("at = \"19:00\"")], vec![]),
        (
            "beside a usual slot on the days that it has",
            vec![dates("from = 2026-11-25\nuntil = 2026-11-27"), trua("at = \"17:05\"")],
            vec![],
        ),
        (
            "in the place of a usual slot",
            vec![trua("at = \"17:05\""), ("# replaces = [\"chieu\"]", "replaces = [\"chieu\"]")],
            vec![],
        ),
        (
            "more than a day may have",
            vec![trua("at = [\"11:15\", \"11:35\", \"16:30\"]")],
            vec!["day_limit max_airings_per_day = 3"],
        ),
        (
            "a usual slot that never gets its turn",
            vec![
                dates("from = 2026-11-16\nuntil = 2028-12-31"),
                ("# replaces = [\"chieu\"]", "replaces = [\"chieu\"]"),
            ],
            vec!["never at = \"17:00\""],
        ),
        (
            "a slot of a holiday outside hours",
            vec![("at = \"16:45\"", "at = \"19:00\"")],
            vec!["outside_hours at = \"19:00\""],
        ),
        ("a holiday long ago", vec![("date = 2026-11-24", "date = 2020-11-24")], vec![]),
    ] {
        assert_eq!(short(what, &changes, &sample()), expected, "{what}");
    }
}

#[test]
fn quotas_are_warned_of() {
    let share = |share: &'static str| ("at_least = { bhxh-tu-nguyen = 2 }", share);
    let binding = |dates: &'static str| ("from = 2026-11-23\nuntil = 2030-12-31", dates);
    let unfit = "order_without_quota order = \"quota\"";
    let safety = || library(SAMPLE.iter().copied().chain(["an-toan/lua.mp3"]).map(|path| clip(path, 4)));
    let note = "title = \"Lương hưu";
    for (what, changes, library, expected) in [
        ("as it is", vec![], sample(), vec![]),
        (
            "over",
            vec![binding("from = 2026-01-01\nuntil = 2026-11-22")],
            sample(),
            vec!["quota_over until = 2026-11-22", unfit],
        ),
        ("its last day", vec![binding("from = 2026-01-01\nuntil = 2026-11-23")], sample(), vec![]),
        ("no parts", vec![share("")], sample(), vec![unfit]),
        (
            "a topic without a clip",
            vec![share("at_least = { an-toan = 1 }")],
            sample(),
            vec!["topic_empty at_least = { an-toan = 1 }"],
        ),
        (
            "a topic that no slot draws",
            vec![share("at_least = { an-toan = 1 }")],
            safety(),
            vec!["share_unplanned at_least = { an-toan = 1 }"],
        ),
        ("not scanned", vec![share("at_least = { an-toan = 1 }")], Library::default(), vec![]),
        ("a topic of a queue only", vec![share("at_least = { bhyt-ho-gia-dinh = 1 }")], sample(), vec![]),
        (
            "a topic by the schedule's word",
            vec![
                share("at_least = { huu-tri = 1 }"),
                (note, "topics = [\"huu-tri\", \"bhxh-tu-nguyen\"]\ntitle = \"Lương hưu"),
            ],
            sample(),
            vec![],
        ),
        (
            "a language that no clip has",
            vec![share("at_least = { \"language:hmn\" = 1 }")],
            sample(),
            vec!["share_unplanned at_least = { \"language:hmn\" = 1 }"],
        ),
        ("Vietnamese, which all clips have", vec![share("at_least = { \"language:vi\" = 1 }")], sample(), vec![]),
        (
            "a group that no clip has",
            vec![share("at_least = { \"audience:hssv\" = 1 }")],
            sample(),
            vec!["share_unplanned at_least = { \"audience:hssv\" = 1 }"],
        ),
        (
            "a group that a clip has",
            vec![share("at_least = { \"audience:hssv\" = 1 }"), (note, "audience = [\"hssv\"]\ntitle = \"Lương hưu")],
            sample(),
            vec![],
        ),
        (
            "made good at night",
            vec![("at = [\"17:30\", \"11:30\"]", "at = [\"17:30\", \"21:00\"]")],
            sample(),
            vec!["outside_hours at = [\"17:30\", \"21:00\"]"],
        ),
    ] {
        assert_eq!(short(what, &changes, &library), expected, "{what}");
    }
}

#[test]
fn warnings_of_a_quota_stand_at_their_own_place() {
    let text = changed(&[
        ("{ bhxh-tu-nguyen = 2 }", "{ bhxh-tu-nguyen = 2, bhxh-tu-nguyenn = 1 }"),
        ("[\"17:30\", \"11:30\"]", "[\"17:30\", \"21:00\"]"),
    ]);
    let loaded = parse_pair(STATION.as_bytes(), text.as_bytes());
    let found = lint(&loaded.station.unwrap(), &loaded.places, &sample(), "2026-11-23".parse().unwrap());
    let places: Vec<_> = found.iter().map(|d| (d.code.as_str(), d.column, d.width)).collect();
    assert_eq!(places, [("topic_empty", 34, 15), ("outside_hours", 16, 7)]);
    assert!(found[0].remedy.vi.contains("\"bhxh-tu-nguyen\""), "{found:?}");
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
