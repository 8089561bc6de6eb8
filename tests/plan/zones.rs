//! A year in each of eight zones, against files that Python made (`zones/oracle.py`).

use std::fmt::Write as _;
use std::path::Path;

use loaphuong::model::occurrence::Placement;
use loaphuong::plan;

use crate::stations::{commune, names, slot, station, time, weekly};

/// What the plan makes of a golden file's questions, in the form of its answers.
fn answers(golden: &str) -> String {
    let line = |key: &str| golden.lines().find_map(|l| l.strip_prefix(key)).unwrap();
    let slots = golden.lines().filter_map(|l| l.strip_prefix("slot ")).map(|line| {
        let words: Vec<_> = line.split(' ').collect();
        slot(words[0], weekly(words[1], &words[2..]))
    });
    let station = station(line("zone "), vec![commune("an-xuan", slots.collect())]);
    let found = plan::occurrences(&station, time(line("from ")), time(line("until ")));

    let sum: i64 = found.iter().map(|o| o.at.as_second()).sum();
    let mut text = format!("count {}\nsum {sum}\n", found.len());
    for o in &found {
        let how = match o.placement {
            Placement::Exact => "exact",
            Placement::AfterGap => "after_gap",
            Placement::FirstOfFold => "first_of_fold",
        };
        let name = o.id.as_str().strip_prefix("an-xuan/").unwrap();
        let near = golden.lines().any(|l| l.contains(&format!("@{}T", o.local.date())));
        if near || o.placement != Placement::Exact {
            writeln!(text, "{name} {} {how}", o.at).unwrap();
        }
    }
    text
}

#[test]
fn a_year_in_each_zone_is_as_python_has_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plan/zones");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "txt") {
            let golden = std::fs::read_to_string(&path).unwrap();
            let expected = &golden[golden.find("count ").unwrap()..];
            assert_eq!(answers(&golden), expected, "{}", path.display());
            files += 1;
        }
    }
    assert_eq!(files, 8);
}

#[test]
fn two_times_moved_to_one_moment_are_two_occurrences() {
    let slots = vec![slot("dem", weekly("sun", &["02:00", "02:30", "03:00"])), slot("sau", weekly("all", &["03:00"]))];
    let station = station("America/New_York", vec![commune("a", slots)]);
    let found = plan::occurrences(&station, time("2025-03-09T07:00:00Z"), time("2025-03-09T07:00:01Z"));
    let ids: Vec<_> = found.iter().map(|o| (o.id.as_str(), o.at.to_string())).collect();
    let at = "2025-03-09T07:00:00Z".to_owned();
    let expected =
        ["a/dem@2025-03-09T02:00", "a/dem@2025-03-09T02:30", "a/dem@2025-03-09T03:00", "a/sau@2025-03-09T03:00"];
    assert_eq!(ids, expected.map(|id| (id, at.clone())));
}

#[test]
fn a_day_that_was_left_out_airs_at_the_first_moment_of_the_next() {
    let station = station("Pacific/Apia", vec![commune("a", vec![slot("s", weekly("all", &["05:30"]))])]);
    // 30 December 2011 did not exist: midnight of the 31st was 10:00 UTC on the 30th.
    let all = ["s@2011-12-29T05:30", "s@2011-12-30T05:30", "s@2011-12-31T05:30"];
    assert_eq!(names(&station, "2011-12-29T12:00:00Z", "2011-12-30T16:00:00Z"), all);
    assert_eq!(names(&station, "2011-12-30T10:00:00Z", "2011-12-30T10:00:01Z"), all[1..2]);
}
