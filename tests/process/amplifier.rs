//! The amplifier's commands: on before, off after, and off after a crash. Effects: processes, files.

use std::fs;
use std::time::Duration;

use serde_json::json;

use crate::rig::{PATIENCE, Station, together, wait};

/// The words that the amplifier has heard so far, in order.
fn heard(station: &Station) -> Vec<String> {
    let log = fs::read_to_string(station.path("amplifier.log")).unwrap_or_default();
    log.lines().map(str::to_owned).collect()
}

#[test]
fn the_amplifier() {
    together(&[
        ("the_amplifier_is_on_for_as_long_as_needed", the_amplifier_is_on_for_as_long_as_needed),
        (
            "an_amplifier_that_a_reload_takes_away_is_switched_off",
            an_amplifier_that_a_reload_takes_away_is_switched_off,
        ),
        ("an_amplifier_that_fails_is_a_fault_and_the_clip_airs", an_amplifier_that_fails_is_a_fault_and_the_clip_airs),
    ]);
}

fn the_amplifier_is_on_for_as_long_as_needed() {
    let mut station = Station::new();
    let log = station.path("amplifier.log");
    let log = log.to_str().unwrap();
    let command = |word: &str| format!("[\"/bin/sh\", \"-c\", \"echo {word} >> '{log}'\"]");
    station.output =
        format!("[output.amplifier]\non = {}\noff = {}\nwarm_up = \"1s\"\n", command("on"), command("off"));
    station.clip("tin/a.wav", 4.0, 300.0);
    station.clip("dai/a.wav", 6.0, 300.0);
    let first = station.slot("mot", &Station::in_seconds(9), "topics = [\"tin\"]\n");
    let second = station.slot("hai", &Station::in_seconds(30), "topics = [\"dai\"]\n");
    let daemon = station.start();
    let until = |words: &[&str]| wait(&format!("{words:?}"), PATIENCE, || (heard(&station) == words).then_some(()));
    // At every start, in case the last stop was a crash.
    until(&["off", "on"]);
    daemon.wait_sounding(&first, 0.1);
    assert_eq!(heard(&station), ["off", "on"], "on before, and still on");
    let row = daemon.wait_row(&first);
    assert_eq!((&row["outcome"], &row["reason"]), (&json!("aired"), &json!(null)));
    until(&["off", "on", "off"]);
    daemon.wait_sounding(&second, 0.5);
    assert_eq!(heard(&station), ["off", "on", "off", "on"]);
    daemon.kill9();
    let daemon = station.start_with(&[]);
    until(&["off", "on", "off", "on", "off"]);
    let (status, took) = daemon.stop();
    assert!(status.success() && took < Duration::from_secs(5), "{status} {took:?}");
    until(&["off", "on", "off", "on", "off", "off"]);
}

fn an_amplifier_that_a_reload_takes_away_is_switched_off() {
    let mut station = Station::new();
    let log = station.path("amplifier.log");
    let command = |word: &str| format!("[\"/bin/sh\", \"-c\", \"echo {word} >> '{}'\"]", log.display());
    station.output =
        format!("[output.amplifier]\non = {}\noff = {}\nwarm_up = \"1s\"\n", command("on"), command("off"));
    station.clip("tin/a.wav", 6.0, 300.0);
    let id = station.slot("mot", &Station::in_seconds(9), "topics = [\"tin\"]\n");
    station.save();
    let with = station.station();
    let daemon = station.start();
    daemon.wait_sounding(&id, 0.1);
    let revision = daemon.status()["config"]["revision"].clone();
    let without = with.split("[output.amplifier]").next().unwrap();
    fs::write(station.path("config/station.toml"), without).unwrap();
    daemon.wait_status("the new schedule", |s| s["config"]["revision"] != revision);
    assert_eq!(heard(&station), ["off", "on"], "what sounds is not cut");
    assert_eq!(daemon.wait_row(&id)["outcome"], "aired");
    wait("the old command", PATIENCE, || (heard(&station) == ["off", "on", "off"]).then_some(()));
}

fn an_amplifier_that_fails_is_a_fault_and_the_clip_airs() {
    let mut station = Station::new();
    station.output += "[output.amplifier]\non = [\"/bin/false\"]\noff = [\"/bin/true\"]\nwarm_up = \"1s\"\n";
    station.clip("tin/a.wav", 1.0, 300.0);
    let id = station.slot("mot", &Station::in_seconds(10), "topics = [\"tin\"]\n");
    let daemon = station.start();
    let status = daemon.wait_status("a fault", |s| s["faults"][0]["code"] == "amplifier");
    assert_eq!(status["faults"][0]["subject"], "loa");
    assert_eq!(daemon.wait_row(&id)["outcome"], "aired");
}
