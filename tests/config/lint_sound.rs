//! Warnings of outputs, relays and approvals.

use loaphuong::config::lint;
use loaphuong::model::clip::Library;

use crate::lint::{SAMPLE, changed, clip, library, sample, warnings, warnings_of};
use crate::{COMMUNE, STATION, parse_pair};

/// What is replaced by what.
type Changes = Vec<(&'static str, &'static str)>;

fn line(text: &'static str) -> (&'static str, &'static str) {
    ("kind = \"auto\"", text)
}

fn check(what: &str, changes: &Changes, of_commune: &Changes, expected: &[&str]) {
    let put = |text: &str, changes: &Changes| {
        changes.iter().fold(text.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{what}: {from}");
            text.replace(from, to)
        })
    };
    let found = warnings_of(what, &put(STATION, changes), &put(COMMUNE, of_commune), &Library::default());
    let found: Vec<_> = found.iter().map(|w| w.split('#').next().unwrap().trim()).collect();
    assert_eq!(found, expected, "{what}");
}

#[test]
fn devices_by_number_are_warned_of() {
    let kind = ("kind = \"auto\"", "kind = \"device\"");
    let cases: [(&str, Changes, Changes, Vec<&str>); 6] = [
        ("by name", vec![kind, ("# device = \"plughw:CARD=Device", "device = \"plughw:CARD=Device")], vec![], vec![]),
        (
            "by number",
            vec![line("kind = \"device\"\ndevice = \"plughw:1,0\"")],
            vec![],
            vec!["device_number device = \"plughw:1,0\""],
        ),
        (
            "by number, in words",
            vec![line("kind = \"device\"\ndevice = \"hw:CARD=0,DEV=1\"")],
            vec![],
            vec!["device_number device = \"hw:CARD=0,DEV=1\""],
        ),
        (
            "by number alone",
            vec![line("kind = \"device\"\ndevice = \"hw:0\"")],
            vec![],
            vec!["device_number device = \"hw:0\""],
        ),
        ("the default card", vec![line("kind = \"device\"\ndevice = \"default\"")], vec![], vec![]),
        (
            "one that listens, by number",
            vec![line("listen = { device = \"hw:2,0\" }")],
            vec![],
            vec!["device_number listen = { device = \"hw:2,0\" }"],
        ),
    ];
    for (what, changes, of_commune, expected) in cases {
        check(what, &changes, &of_commune, &expected);
    }
}

#[test]
fn loudness_and_tests_are_warned_of() {
    let volume = |text: &'static str| ("volume_lufs = -16.0", text);
    let cases: [(&str, Changes, Changes, Vec<&str>); 9] = [
        ("softer at night", vec![line("night_volume_lufs = -24")], vec![], vec![]),
        (
            "as loud at night",
            vec![line("night_volume_lufs = -16")],
            vec![],
            vec!["night_without_effect night_volume_lufs = -16"],
        ),
        (
            "as loud at night, but a slot is louder",
            vec![line("night_volume_lufs = -16")],
            vec![("at = \"05:30\"  ", "at = \"05:30\"\nvolume_db = 2\n")],
            vec![],
        ),
        ("a test in time", vec![line("test_before = \"15m\"")], vec![], vec![]),
        (
            "a test before the hours",
            vec![line("test_before = \"31m\"")],
            vec![],
            vec!["test_outside_hours test_before = \"31m\""],
        ),
        (
            "only the first of a day is tested",
            vec![line("test_before = \"20m\"")],
            vec![
                ("at = \"11:15\"", "at = \"11:15\"\nmax_length = \"10m\"\n"),
                ("max_length = \"15m\"\n\n# Ngày", "\n\n# Ngày"),
            ],
            vec!["test_outside_hours test_before = \"20m\""],
        ),
        (
            "softer by too much",
            vec![volume("volume_lufs = -39")],
            vec![("at = \"05:30\"  ", "at = \"05:30\"\nvolume_db = -2\n")],
            vec!["volume_out_of_range volume_db = -2"],
        ),
        (
            "louder by too much",
            vec![volume("volume_lufs = -11")],
            vec![("at = \"05:30\"  ", "at = \"05:30\"\nvolume_db = 5.1\n")],
            vec!["volume_out_of_range volume_db = 5.1"],
        ),
        (
            "to the limit",
            vec![volume("volume_lufs = -11")],
            vec![("at = \"05:30\"  ", "at = \"05:30\"\nvolume_db = 5\n")],
            vec![],
        ),
    ];
    for (what, changes, of_commune, expected) in cases {
        check(what, &changes, &of_commune, &expected);
    }
}

#[test]
fn relays_are_warned_of() {
    let relay = |more: &str| {
        format!(
            "{COMMUNE}\n[[slot]]\nid = \"tiep-am\"\nname = \"Tiếp âm\"\ndays = \"CN\"\n{more}\nrelay = \"http://127.0.0.1/dai.mp3\"\n"
        )
    };
    for (what, more, expected) in [
        ("with a queue in reserve", "at = \"17:00\"\nlength = \"1h\"\nfallback_queue = \"bhyt\"", vec![]),
        (
            "with nothing in reserve",
            "at = \"17:00\"\nlength = \"1h\"",
            vec!["relay_without_fallback relay = \"http://127.0.0.1/dai.mp3\""],
        ),
        (
            "past the hours",
            "at = \"17:31\"\nlength = \"1h\"\nfallback_queue = \"bhyt\"",
            vec!["runs_past_hours length = \"1h\""],
        ),
    ] {
        assert_eq!(warnings(what, &relay(more), &sample()), expected, "{what}");
    }
    let reserve = relay("at = \"17:00\"\nlength = \"1h\"\nfallback_queue = \"bhyt\"")
        .replace("queue = \"bhyt\"                        # lấy", "topics = [\"bhyt-ho-gia-dinh\"] # lấy");
    assert_eq!(warnings("a queue that only stands in is used", &reserve, &sample()), [""; 0]);
}

#[test]
fn approvals_are_warned_of() {
    let required = ("# mã đầu ra trong station.toml", "\napproval = \"required\"");
    let bare = |count: usize| {
        library(
            SAMPLE
                .iter()
                .copied()
                .chain(
                    ["bhxh-tu-nguyen/1.mp3", "bhxh-tu-nguyen/2.mp3", "bhxh-tu-nguyen/3.mp3", "bhxh-tu-nguyen/4.mp3"]
                        .into_iter()
                        .take(count),
                )
                .map(|path| clip(path, 4)),
        )
    };
    for (what, changes, library, expected) in [
        ("all approved; a jingle needs none", vec![required], sample(), vec![]),
        ("not asked for", vec![], bare(4), vec![]),
        ("one", vec![required], bare(1), vec!["Có 1 bài chưa ghi duyệt nên sẽ không phát: bhxh-tu-nguyen/1.mp3."]),
        (
            "more than are named",
            vec![required],
            bare(4),
            vec![
                "Có 4 bài chưa ghi duyệt nên sẽ không phát: bhxh-tu-nguyen/1.mp3, bhxh-tu-nguyen/2.mp3, bhxh-tu-nguyen/3.mp3, ….",
            ],
        ),
        (
            "withdrawn, and nothing else about the topic",
            vec![
                ("valid_until = 2027-12-31", "withdrawn = 2026-11-23"),
                ("title = \"Lương hưu", "withdrawn = 2026-01-01\ntitle = \"Lương hưu"),
            ],
            sample(),
            vec![
                "Chuyên đề \"bhxh-tu-nguyen\" có 2 bài nhưng không bài nào phát được: hỏng, ngoài thời hạn, đã thu hồi hoặc chưa duyệt.";
                3
            ],
        ),
        ("withdrawn tomorrow", vec![("valid_until = 2027-12-31", "withdrawn = 2026-11-24")], sample(), vec![]),
        (
            "a clip in reserve",
            vec![required, ("order = \"quota\"", "fallback = \"nhac-hieu/mo-dau.ogg\"\norder = \"quota\"")],
            sample(),
            vec!["Có 1 bài chưa ghi duyệt nên sẽ không phát: nhac-hieu/mo-dau.ogg."],
        ),
        (
            "a clip in reserve that is not there",
            vec![("order = \"quota\"", "fallback = \"nhac-hieu/mo-dao.ogg\"\norder = \"quota\"")],
            sample(),
            vec!["Không thấy tệp \"nhac-hieu/mo-dao.ogg\" trong thư mục âm thanh."],
        ),
    ] {
        let loaded = parse_pair(STATION.as_bytes(), changed(&changes).as_bytes());
        assert_eq!(loaded.diagnostics, [], "{what}");
        let found = lint(&loaded.station.unwrap(), &loaded.places, &library, "2026-11-23".parse().unwrap());
        let found: Vec<_> = found.iter().map(|d| d.message.vi.as_str()).collect();
        assert_eq!(found, expected, "{what}");
    }
}
