//! Ends that nobody ordered: of the daemon, of a player, and the end that somebody did order. Effects: processes.

use std::time::Duration;

use jiff::Timestamp;
use rustix::process::{Signal, kill_process};
use serde_json::{Value, json};

use crate::rig::{PATIENCE, Station, alive, heard, mono, sleep_until, together, wait};
use crate::{rows, sound};

const TOPIC: &str = "topics = [\"tin\"]\n";

fn seconds(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap_or_else(|| panic!("no time: {value}")).parse().unwrap()
}

#[test]
fn unordered_ends_and_ordered_ones() {
    together(&[
        ("kill_9_of_the_daemon_mid_clip", kill_9_of_the_daemon_mid_clip),
        ("kill_9_of_the_daemon_just_before_the_second", kill_9_of_the_daemon_just_before_the_second),
        ("a_restart_just_before_the_second", a_restart_just_before_the_second),
        ("kill_9_of_the_player", kill_9_of_the_player),
        ("sigterm_mid_clip", sigterm_mid_clip),
    ]);
}

fn kill_9_of_the_daemon_mid_clip() {
    let station = Station::new();
    let clip = station.clip("tin/dai.wav", 9.0, 300.0);
    station.clip("ngan/a.wav", 1.0, 500.0);
    let at = |seconds: i64| Station::in_seconds(9 + seconds);
    let (first, lost, late, far, after) = (at(0), at(7), at(8), at(15), at(20));
    let interrupted = station.slot("dang-phat", &first, TOPIC);
    let lost = station.slot("lo", &lost, "topics = [\"ngan\"]\nstart_within = \"1s\"\n");
    let late = station.slot("muon", &late, "topics = [\"ngan\"]\nstart_within = \"5m\"\n");
    let unplanned = station.slot("xa", &far, "topics = [\"ngan\"]\nstart_within = \"1s\"\n");
    let next = station.slot("sau", &after, "topics = [\"ngan\"]\n");
    let daemon = station.start();
    let orphan = daemon.wait_player();
    let links = wait("a checkpoint", Duration::from_secs(30), || {
        let links = rows::chain(&daemon.get("/v1/journal").body);
        (!rows::of(&links, "checkpoint", &interrupted).is_empty()).then_some(links)
    });
    let checkpointed = seconds(&rows::of(&links, "checkpoint", &interrupted)[0]["outputs"][0]["played_s"][0]);
    let killed = (mono(), Station::in_seconds(0).timestamp());
    daemon.kill9();
    wait("the orphan's end", Duration::from_secs(6), || (!alive(orphan)).then_some(()));
    println!("the orphaned player ended {:?} after its daemon", mono().since(killed.0));

    sleep_until(&(&far + Duration::from_millis(2_300)));
    let begun = mono();
    let daemon = station.start_with(&[]);
    let back = mono().since(begun);
    println!("healthy {back:?} after the start");
    assert!(back < Duration::from_secs(15), "back after {back:?}");

    let row = daemon.wait_row(&interrupted);
    assert_eq!((&row["outcome"], &row["reason"]), (&json!("partial"), &json!("process")));
    let played = seconds(&row["items"][0]["played_s"]);
    let real = killed.1.duration_since(time(&row["started_at"])).as_secs_f64();
    assert!(checkpointed > 3.0 && played >= checkpointed && played <= real, "{checkpointed} {played} {real}");
    let recording = sound::read(&heard(&station, &row));
    assert!(sound::seconds(&recording) >= played - 1.0, "the recording can be played: {}", recording.len());
    let before_the_fade = recording.len() - 9_600;
    assert!(sound::distance(&recording[..before_the_fade], &clip) < 1e-4);
    for id in [&lost, &unplanned] {
        let row = daemon.wait_row(id);
        assert_eq!((&row["outcome"], &row["reason"]), (&json!("missed"), &json!("process")), "{id}");
    }
    for id in [&late, &next] {
        let row = daemon.wait_row_for(id, Duration::from_secs(30));
        assert_eq!((&row["outcome"], &row["items"][0]["played_s"]), (&json!("aired"), &json!(1.0)), "{id}: {row}");
    }
    let links = rows::chain(&daemon.get("/v1/journal").body);
    for (id, started) in [(&interrupted, 1), (&lost, 0), (&late, 1), (&unplanned, 0), (&next, 1)] {
        assert_eq!(rows::of(&links, "final", id).len(), 1, "{id}: one row");
        assert_eq!(rows::of(&links, "started", id).len(), started, "{id}: nothing airs twice");
    }
    let (status, _) = daemon.stop();
    assert_eq!(status.code(), Some(0));
    station.verify();
}

fn kill_9_of_the_daemon_just_before_the_second() {
    let station = Station::new();
    station.clip("tin/a.wav", 1.0, 300.0);
    let id = station.slot("sang", &Station::in_seconds(11), TOPIC);
    let daemon = station.start();
    daemon.wait_status("an open output", |s| s["outputs"][0]["state"] == "ready");
    daemon.kill9();
    let daemon = station.start_with(&[]);
    let row = daemon.wait_row(&id);
    assert_eq!((&row["outcome"], &row["items"][0]["played_s"]), (&json!("aired"), &json!(1.0)), "{row}");
    assert!(sound::read(&heard(&station, &row)).len() == 48_000);
}

fn a_restart_just_before_the_second() {
    let station = Station::new();
    station.clip("tin/a.wav", 1.0, 300.0);
    let id = station.slot("sang", &Station::in_seconds(12), TOPIC);
    let daemon = station.start();
    daemon.wait_status("an open output", |s| s["outputs"][0]["state"] == "ready");
    let (status, took) = daemon.stop();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");
    let daemon = station.start_with(&[]);
    let row = daemon.wait_row(&id);
    assert_eq!((&row["outcome"], &row["items"][0]["played_s"]), (&json!("aired"), &json!(1.0)), "{row}");
}

fn kill_9_of_the_player() {
    let station = Station::new();
    let clip = station.clip("tin/a.wav", 8.0, 300.0);
    station.clip("ngan/a.wav", 1.0, 500.0);
    let short = "topics = [\"ngan\"]\n";
    let early = station.slot("truoc", &Station::in_seconds(10), short);
    let id = station.slot("sang", &Station::in_seconds(13), TOPIC);
    let next = station.slot("sau", &Station::in_seconds(26), short);
    let daemon = station.start();

    daemon.wait_status("an open output", |s| s["outputs"][0]["state"] == "ready");
    kill_process(daemon.wait_player(), Signal::KILL).unwrap();
    let row = daemon.wait_row(&early);
    assert_eq!((&row["outcome"], &row["items"][0]["played_s"]), (&json!("aired"), &json!(1.0)), "{row}");

    let reached = daemon.wait_sounding(&id, 1.0);
    kill_process(daemon.wait_player(), Signal::KILL).unwrap();
    let row = daemon.wait_row(&id);
    let output = &row["outputs"][0];
    assert_eq!((&row["outcome"], &output["reopened"]), (&json!("aired"), &json!(1)), "{row}");
    let gap = seconds(&output["gap_s"]);
    assert!(gap > 0.0 && gap < 5.0, "{row}");
    let rest = sound::read(&heard(&station, &row));
    let from = clip.len() - rest.len();
    println!("killed after {reached} s of sound; the rest began {gap} s later");
    assert!(from >= 48_000, "resumed where it had come to, not at the beginning");
    // The first milliseconds rise from silence, so that the ear hears no click.
    assert!(sound::distance(&rest[480..], &clip[from + 480..]) < 1e-3, "the rest of the same clip");

    let row = daemon.wait_row(&next);
    assert_eq!(row["outcome"], "aired", "{row}");
    assert_eq!(daemon.status()["faults"], json!([]), "the fault is over");
}

fn sigterm_mid_clip() {
    let station = Station::new();
    let clip = station.clip("tin/a.wav", 5.0, 300.0);
    let id = station.slot("sang", &Station::in_seconds(9), TOPIC);
    let daemon = station.start();
    let orphan = daemon.wait_player();
    daemon.wait_sounding(&id, 1.0);
    let (status, took) = daemon.stop();
    println!("ended {took:?} after SIGTERM");
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(!alive(orphan));
    let log = station.json(&["log", "--format", "json"]);
    let row = &log["airings"][0];
    assert_eq!((&row["id"], &row["outcome"], &row["reason"]), (&json!(id), &json!("partial"), &json!("by_operator")));
    let recording = sound::read(&heard(&station, row));
    let played = seconds(&row["items"][0]["played_s"]);
    assert!((1.0..5.0).contains(&played), "{played}");
    assert!((sound::seconds(&recording) - played).abs() < 0.05, "{played} against {}", recording.len());
    assert!(sound::distance(&recording[..43_200], &clip) < 1e-4);
    let daemon = station.start_with(&[]);
    let links = wait("the next session", PATIENCE, || {
        let links = rows::chain(&daemon.get("/v1/journal").body);
        (links.len() == 6).then_some(links)
    });
    let kinds: Vec<&str> = links.iter().map(|l| l.entry["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["session_started", "planned", "started", "final", "session_ended", "session_started"]);
    station.verify();
}
