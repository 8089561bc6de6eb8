//! Schedules that change while the station runs, for better and for worse. Effects: processes, files.

use std::fs;
use std::slice;
use std::thread::sleep;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::rig::{Daemon, PATIENCE, Station, said, together, wait};

const COMMUNE: &str = "config/communes/an-xuan.toml";

/// The ids that the plan of the next two days names.
fn plan(daemon: &Daemon<'_>) -> Vec<String> {
    let plan = daemon.get("/v1/plan?days=2").json();
    plan["occurrences"].as_array().unwrap().iter().map(|o| o["id"].as_str().unwrap().to_owned()).collect()
}

fn wait_plan(daemon: &Daemon<'_>, ids: &[&String]) {
    wait(&format!("a plan of {ids:?}"), PATIENCE, || plan(daemon).iter().eq(ids.iter().copied()).then_some(()));
}

/// The codes of what stands rejected.
fn rejected(status: &Value) -> Vec<&str> {
    let diagnostics = status["config"]["rejected"]["diagnostics"].as_array();
    diagnostics.map(|all| all.iter().map(|d| d["code"].as_str().unwrap()).collect()).unwrap_or_default()
}

#[test]
fn schedules_that_change() {
    together(&[
        ("every_way_to_reload", every_way_to_reload),
        (
            "a_slot_that_a_reload_brings_airs_and_one_that_it_takes_away_does_not",
            a_slot_that_a_reload_brings_airs_and_one_that_it_takes_away_does_not,
        ),
        ("a_half_saved_file_changes_nothing_and_is_shown", a_half_saved_file_changes_nothing_and_is_shown),
        (
            "a_restart_with_a_broken_schedule_uses_the_last_good_one",
            a_restart_with_a_broken_schedule_uses_the_last_good_one,
        ),
    ]);
}

fn every_way_to_reload() {
    let station = Station::new();
    station.clip("tin/a.wav", 1.0, 300.0);
    let topic = "topics = [\"tin\"]\n";
    let at = |minutes: i64| Station::in_seconds(3_600 + minutes * 60);
    let first = station.slot("mot", &at(0), topic);
    let daemon = station.start();
    daemon.wait_scanned();
    wait_plan(&daemon, &[&first]);
    let revision = daemon.status()["config"]["revision"].clone();

    // A file renamed over the old one, as editors save.
    let second = station.slot("hai", &at(1), topic);
    station.save();
    wait_plan(&daemon, &[&first, &second]);
    daemon.wait_status("the new revision", |s| s["config"]["revision"] != revision);

    // Asked for by a person, who hears what came of it.
    let third = station.slot("ba", &at(2), topic);
    station.save();
    assert!(station.ok(&["reload"]).contains("Đã nạp lại cấu hình."));
    assert_eq!(plan(&daemon), [&first, &second, &third].map(String::clone));

    // A link to a file elsewhere: nothing in the folder changes, so somebody has to say it.
    let elsewhere = station.path("noi-khac.toml");
    fs::write(&elsewhere, station.commune()).unwrap();
    fs::remove_file(station.path(COMMUNE)).unwrap();
    std::os::unix::fs::symlink(&elsewhere, station.path(COMMUNE)).unwrap();
    daemon.wait_status("the link to be no change", |s| s["config"]["rejected"].is_null());
    station.ok(&["reload"]);
    // The changes of the folder itself have settled, and are not what brings the next one.
    sleep(Duration::from_secs(1));
    let fourth = station.slot("bon", &at(3), topic);
    fs::write(&elsewhere, station.commune()).unwrap();
    daemon.signal(Signal::HUP);
    wait_plan(&daemon, &[&first, &second, &third, &fourth]);

    // An address cannot change while it is in use; everything else stays in force.
    let text = station.station();
    fs::write(station.path("config/station.toml"), text.replace(&station.addr.to_string(), "127.0.0.1:1")).unwrap();
    daemon.wait_status("the fault", |s| s["faults"][0]["code"] == "restart_needed");
    fs::write(station.path("config/station.toml"), text).unwrap();
    daemon.wait_status("no fault", |s| s["faults"] == json!([]));
    assert_eq!(plan(&daemon).len(), 4);
}

fn a_slot_that_a_reload_brings_airs_and_one_that_it_takes_away_does_not() {
    let station = Station::new();
    station.clip("tin/a.wav", 1.0, 300.0);
    let daemon = station.start();
    daemon.wait_scanned();
    let near = Station::in_seconds(14);
    let new = station.slot("moi", &near, "topics = [\"tin\"]\n");
    station.save();
    daemon.wait_status("the output to be opened", |s| s["outputs"][0]["state"] == "ready");
    let without = station.commune();
    let gone = station.slot("thoi", &Station::in_seconds(17), "topics = [\"tin\"]\n");
    station.save();
    wait("the second intention", PATIENCE, || daemon.get("/v1/journal").body.contains(&gone).then_some(()));
    fs::write(station.path(COMMUNE), without).unwrap();
    let row = daemon.wait_row(&gone);
    assert_eq!((&row["outcome"], &row["reason"]), (&json!("cancelled"), &json!("by_operator")), "{row}");
    let row = daemon.wait_row(&new);
    assert_eq!(row["outcome"], "aired", "{row}");
    assert!((-5..250).contains(&row["start_error_ms"].as_i64().unwrap()), "{row}");
}

fn a_half_saved_file_changes_nothing_and_is_shown() {
    let station = Station::new();
    let id = station.slot("sang", &Station::in_seconds(3_600), "topics = [\"tin\"]\n");
    let daemon = station.start();
    let revision = daemon.status()["config"]["revision"].clone();
    let whole = station.commune();
    for (cut, code) in [
        ("[commune]\nid = \"an", "unclosed_quote"),
        ("outputs = [", "unclosed_list"),
        ("[hours]\nallowed = [\"00:00-24:00\"]\nbasis", "missing_equals"),
        ("[[slot", "bad_header"),
        ("id = \"sang\"", "neither"),
        ("name = \"Khung sang\"\ncron", "missing_equals"),
        ("", "blank"),
    ] {
        let end = whole.find(cut).unwrap_or_else(|| panic!("{cut:?} is not in {whole}")) + cut.len();
        fs::write(station.path(COMMUNE), &whole[..end]).unwrap();
        let status = daemon.wait_status(&format!("the rejection of …{cut:?}"), |s| rejected(s).contains(&code));
        assert_eq!(status["config"]["revision"], revision, "{cut:?}");
        let first = &status["config"]["rejected"]["diagnostics"][0];
        assert!(first["file"].as_str().unwrap().ends_with("an-xuan.toml"), "{first}");
        assert!(first["line"].as_u64().is_some() && first["message"]["vi"].is_string(), "{first}");
        assert_eq!(plan(&daemon), slice::from_ref(&id), "the last good schedule stays in force");
        let asked = station.run(&["reload"]);
        assert_eq!(asked.status.code(), Some(1), "{}", said(&asked));
        assert!(said(&asked).contains("lịch cũ vẫn có hiệu lực"), "{}", said(&asked));
    }
    fs::remove_file(station.path(COMMUNE)).unwrap();
    daemon.wait_status("a rejection without any commune", |s| !rejected(s).is_empty());
    assert_eq!(plan(&daemon), slice::from_ref(&id));
    fs::write(station.path(COMMUNE), &whole).unwrap();
    let status = daemon.wait_status("the mended file", |s| s["config"]["rejected"].is_null());
    assert_eq!(status["config"]["revision"], revision);
    assert_eq!(daemon.get("/healthz").status, 200);
}

fn a_restart_with_a_broken_schedule_uses_the_last_good_one() {
    let station = Station::new();
    station.clip("tin/a.wav", 1.0, 300.0);
    let id = station.slot("sang", &Station::in_seconds(14), "topics = [\"tin\"]\n");
    let daemon = station.start();
    let revision = daemon.status()["config"]["revision"].clone();
    // Power fails some seconds later; nothing was changed or asked in between.
    wait("the last good text", PATIENCE, || station.path("state/last-good.json").exists().then_some(()));
    daemon.kill9();
    let whole = station.commune();
    fs::write(station.path(COMMUNE), whole.replace("topics = [", "topics = ")).unwrap();
    let daemon = station.start_with(&[]);
    assert!(station.printed("stdout").contains("đang dùng cấu hình tốt gần nhất"));
    assert!(station.printed("stderr").contains("an-xuan.toml:"), "and what is wrong with it");
    let status = daemon.status();
    assert_eq!(status["config"]["revision"], revision);
    assert!(!rejected(&status).is_empty(), "{status}");
    let row = daemon.wait_row(&id);
    assert_eq!((&row["outcome"], &row["revision"]), (&json!("aired"), &revision), "{row}");
    fs::write(station.path(COMMUNE), whole).unwrap();
    daemon.wait_status("the mended file", |s| s["config"]["rejected"].is_null());
    assert_eq!(rejected(&daemon.status()), Vec::<&str>::new());
}
