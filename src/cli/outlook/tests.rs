//! What a schedule says of coming periods, on stations written as officers write them.

use std::path::Path;
use std::time::Duration;

use jiff::civil::date;

use super::*;
use crate::config::{self, SourceFile};
use crate::model::clip::{Clip, Sound};
use crate::model::id::ClipHash;
use crate::model::units::{Decibel, Hertz, Lufs};

const STATION: &str = r#"
[station]
id = "tam-ky-01"
name = "Đài An Xuân"
[paths]
communes = "communes"
audio = "audio"
state = "state"
[[output]]
id = "loa"
name = "Loa"
channel = "commune"
kind = "wav"
"#;

/// Monday and Thursday on one topic, Tuesday and Saturday on the other; `more` is added.
fn station(more: &str) -> Station {
    let commune = format!(
        r#"
[commune]
id = "an-xuan"
name = "Phường An Xuân"
outputs = ["loa"]
[[slot]]
id = "sang"
name = "Sáng"
days = ["T2", "T5"]
at = "05:30"
topics = ["bhxh-tu-nguyen"]
[[slot]]
id = "chieu"
name = "Chiều"
days = ["T3", "T7"]
at = "17:00"
topics = ["bhyt-ho-gia-dinh"]
{more}
"#
    );
    let files = [SourceFile::new("station.toml", STATION), SourceFile::new("communes/an-xuan.toml", commune)];
    let loaded = config::parse(&files, Path::new("/srv"));
    loaded.station.unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics))
}

fn library(paths: &[&str]) -> Library {
    let clip = |path: &str| Clip {
        path: path.parse().unwrap(),
        file: format!("/srv/audio/{path}").into(),
        topic: path.split('/').next().and_then(|t| t.parse().ok()),
        size: 1_000_000,
        sound: Some(Sound {
            silent_start: Duration::ZERO,
            silent_end: Duration::ZERO,
            levels: Vec::new(),
            copy: None,
            hash: ClipHash("sha256:1".to_owned()),
            format: "MP3".to_owned(),
            duration: Duration::from_mins(5),
            rate: Hertz(44_100),
            channels: 1,
            loudness: Some(Lufs(-18.0)),
            peak: Decibel(-1.0),
        }),
        faults: Vec::new(),
    };
    let clips = paths.iter().map(|p| clip(p)).map(|c| (c.path.clone(), c)).collect();
    Library { clips, scanned_at: Some(Timestamp::UNIX_EPOCH) }
}

/// What is said of the only quota: periods looked at, and a line for each group of those that are short.
fn said(more: &str, clips: &[&str], today: Date) -> (usize, Vec<String>) {
    let station = station(more);
    let all = outlooks(&station, &library(clips), &History::default(), today);
    let [only] = all.as_slice() else { panic!("{all:?}") };
    let lines = groups(&only.short).into_iter().filter_map(|g| sentence(g, today)).map(|t| t.vi).collect();
    (only.periods, lines)
}

const CLIPS: [&str; 2] = ["bhxh-tu-nguyen/a.mp3", "bhyt-ho-gia-dinh/b.mp3"];

const WEEKLY: &str = r#"
[[quota]]
id = "q"
name = "Q"
period = "week"
airings = 4
at_least = { bhxh-tu-nguyen = 2 }
"#;

fn check(more: &str, today: Date, periods: usize, lines: &[&str]) {
    assert_eq!(said(more, &CLIPS, today), (periods, lines.iter().map(|l| (*l).to_owned()).collect()), "{more}");
}

#[test]
fn a_schedule_that_is_enough_says_nothing() {
    check(WEEKLY, date(2026, 11, 22), 14, &[]);
    check(WEEKLY, date(2026, 11, 23), 14, &[]);
}

#[test]
fn weeks_that_are_always_short_are_one_line() {
    let five = WEEKLY.replace("airings = 4", "airings = 5");
    check(&five, date(2026, 3, 4), 13, &["13 kỳ liền, 09/03 – 07/06: chỉ có 4/5 lượt"]);
    let three = WEEKLY.replace("tu-nguyen = 2", "tu-nguyen = 3");
    let whole = "13 kỳ liền, 09/03 – 07/06: đủ 4 lượt, riêng bhxh-tu-nguyen chỉ có 2/3";
    check(&three, date(2026, 3, 4), 13, &[whole]);
}

#[test]
fn the_week_of_tet_is_told_by_its_name_a_quarter_ahead() {
    let holidays = format!("[holidays]\n{WEEKLY}");
    let lines = [
        "Tuần 05/2027: 01/02/2027 – 07/02/2027: chỉ có 3/4 lượt, vì nghỉ Tết Nguyên đán",
        "Tuần 06/2027: 08/02/2027 – 14/02/2027: chỉ có 2/4 lượt, riêng bhxh-tu-nguyen chỉ có 1/2, vì nghỉ Tết Nguyên đán",
    ];
    check(&holidays, date(2026, 12, 21), 14, &lines);
}

#[test]
fn clips_that_run_out_are_told_from_their_last_day_on() {
    let expiring = format!("{WEEKLY}[[clip]]\nfile = \"bhxh-tu-nguyen/a.mp3\"\nvalid_until = 2026-05-24\n");
    let line = "2 kỳ liền, 25/05 – 07/06: chỉ có 2/4 lượt, riêng bhxh-tu-nguyen chỉ có 0/2, vì bản tin hết hạn sử dụng";
    check(&expiring, date(2026, 3, 4), 13, &[line]);
}

#[test]
fn how_far_is_looked_depends_on_the_rhythm() {
    let of = |period: &str, more: &str| {
        let text = format!("[[quota]]\nid = \"q\"\nname = \"Q\"\nperiod = \"{period}\"\nairings = 1\n{more}");
        said(&text, &CLIPS, date(2026, 3, 4)).0
    };
    assert_eq!(of("month", ""), 8);
    assert_eq!(of("quarter", ""), 8);
    assert_eq!(of("year", ""), 1);
    assert_eq!(of("plan", "from = 2026-01-01\nuntil = 2026-12-31"), 1);
    assert_eq!(of("week", "until = 2026-03-31"), 4, "or until it ends");
    assert_eq!(of("week", "from = 2026-03-09\nuntil = 2026-03-15"), 1, "one that has not begun");
    assert!(
        outlooks(
            &station(&WEEKLY.replace("airings", "until = 2026-03-03\nairings")),
            &library(&CLIPS),
            &History::default(),
            date(2026, 3, 4)
        )
        .is_empty(),
        "over"
    );
}

#[test]
fn a_plan_is_looked_at_as_a_whole() {
    let plan =
        "[[quota]]\nid = \"q\"\nname = \"Q\"\nperiod = \"plan\"\nfrom = 2023-06-01\nuntil = 2024-05-31\nairings = ";
    check(&format!("{plan}209"), date(2024, 5, 1), 1, &[]);
    check(&format!("{plan}210"), date(2024, 5, 1), 1, &["Cả kế hoạch: 01/06/2023 – 31/05/2024: chỉ có 209/210 lượt"]);
}
