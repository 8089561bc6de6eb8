//! What persons order while the station runs, and what the schedule says to it. Effects: processes, files.

use serde_json::{Value, json};

use crate::rig::{Daemon, Station, heard, said, together, wait};
use crate::sound;

/// The id that a command has printed on its second line.
fn airing(printed: &str) -> String {
    printed.lines().nth(1).unwrap_or_else(|| panic!("no id: {printed}")).to_owned()
}

/// The id of a trial, which the command waits for.
fn tried(station: &Station, daemon: &Daemon<'_>) -> String {
    let printed = station.ok(&["test-sound"]);
    assert!(printed.contains("Kết quả: Đã phát."), "{printed}");
    daemon.get("/v1/airings?limit=1").json()["airings"][0]["id"].as_str().unwrap().to_owned()
}

/// Outcome and reason of a row.
fn end(row: &Value) -> (&str, Option<&str>) {
    (row["outcome"].as_str().unwrap(), row["reason"].as_str())
}

/// A command that must be refused, with this sentence.
fn refused(station: &Station, args: &[&str], sentence: &str) {
    let output = station.run(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {}", said(&output));
    assert!(said(&output).contains(sentence), "{args:?}: {}", said(&output));
}

fn wait_free(daemon: &Daemon<'_>) {
    daemon.wait_status("a free output", |s| s["outputs"][0]["state"] == "idle");
}

#[test]
fn what_persons_order() {
    together(&[
        ("play_stop_and_test_sound", play_stop_and_test_sound),
        ("outside_the_permitted_hours_only_a_trial_sounds", outside_the_permitted_hours_only_a_trial_sounds),
        ("the_schedule_takes_the_output_from_a_person", the_schedule_takes_the_output_from_a_person),
        (
            "two_slots_at_one_time_air_one_after_the_other_or_say_why_not",
            two_slots_at_one_time_air_one_after_the_other_or_say_why_not,
        ),
    ]);
}

fn play_stop_and_test_sound() {
    let station = Station::new();
    let clip = station.clip("tin/a.wav", 1.0, 300.0);
    station.clip("tin/dai.wav", 9.0, 300.0);
    let outside = sound::tune(1.0, 450.0);
    let file = station.path("thông báo.wav");
    sound::write(&file, &outside);
    station.save();
    refused(&station, &["stop"], "không chạy");
    let daemon = station.start();
    daemon.wait_scanned();

    refused(&station, &["stop"], "Hiện không có gì đang phát.");
    refused(&station, &["play", "tin/khong-co.wav"], "Không có bản tin tin/khong-co.wav");
    refused(&station, &["play", "/khong/co.wav"], "Không mở được tệp");
    assert_eq!(daemon.get("/v1/airings").json()["airings"], json!([]));

    for (what, samples) in [("tin/a.wav", &clip), (file.to_str().unwrap(), &outside)] {
        let row = daemon.wait_row(&airing(&station.ok(&["play", what])));
        assert_eq!((end(&row), &row["kind"]), (("aired", None), &json!("manual")), "{what}");
        assert_eq!(row["choice"], "asked for by local");
        let distance = sound::distance(&sound::read(&heard(&station, &row)), samples);
        assert!(distance < 1e-4, "{what}: {distance}");
        wait_free(&daemon);
    }
    let row = daemon.wait_row(&tried(&station, &daemon));
    assert_eq!((end(&row), &row["kind"]), (("aired", None), &json!("trial")));
    wait_free(&daemon);

    let id = airing(&station.ok(&["play", "tin/dai.wav"]));
    daemon.wait_sounding(&id, 0.5);
    refused(&station, &["play", "tin/a.wav"], "Hãy dừng trước rồi phát lại.");
    assert_eq!(airing(&station.ok(&["stop"])), id);
    let row = daemon.wait_row(&id);
    assert_eq!(end(&row), ("partial", Some("by_operator")));
    let played = sound::seconds(&sound::read(&heard(&station, &row)));
    assert!((0.5..8.0).contains(&played), "{played}");
    refused(&station, &["stop"], "Hiện không có gì đang phát.");
    assert_eq!(daemon.post("/v1/stop", "{}").status, 409);
    let unknown = crate::http::post(station.addr, "/v1/play", "lp_none", "{\"test_sound\":true}").unwrap();
    assert_eq!(unknown.status, 401);
    station.verify();
}

fn outside_the_permitted_hours_only_a_trial_sounds() {
    let station = Station::new();
    station.clip("tin/a.wav", 1.0, 300.0);
    station.save();
    // An hour that is far away from now, whatever the time is.
    let hour = (Station::in_seconds(0).hour() + 12) % 23;
    let hours = format!("\"{hour:02}:00-{:02}:00\"", hour + 1);
    let commune = station.commune().replace("\"00:00-24:00\"", &hours);
    std::fs::write(station.path("config/communes/an-xuan.toml"), commune).unwrap();
    let daemon = station.start_with(&[]);
    daemon.wait_scanned();
    refused(&station, &["play", "tin/a.wav"], "Ngoài giờ được phép phát.");
    let row = daemon.wait_row(&tried(&station, &daemon));
    assert_eq!(end(&row), ("aired", None));
}

fn the_schedule_takes_the_output_from_a_person() {
    let station = Station::new();
    station.clip("tin/a.wav", 1.0, 300.0);
    let long = station.path("dài.wav");
    sound::write(&long, &sound::tune(40.0, 450.0));
    let at = Station::in_seconds(24);
    let id = station.slot("sang", &at, "topics = [\"tin\"]\n");
    let daemon = station.start();
    let manual = airing(&station.ok(&["play", long.to_str().unwrap()]));
    daemon.wait_sounding(&manual, 0.5);
    let row = daemon.wait_row(&manual);
    assert_eq!(end(&row), ("partial", Some("preempted")), "{row}");
    // While the slot is near, a person waits.
    refused(&station, &["play", "tin/a.wav"], "Sắp đến giờ phát “Khung sang”.");
    let row = daemon.wait_row(&id);
    assert_eq!(end(&row), ("aired", None), "{row}");
    let error = row["start_error_ms"].as_i64().unwrap();
    assert!((-5..250).contains(&error), "on its second all the same: {error} ms");
}

fn two_slots_at_one_time_air_one_after_the_other_or_say_why_not() {
    let station = Station::new();
    station.clip("tin/a.wav", 3.0, 300.0);
    station.clip("ngan/a.wav", 1.0, 450.0);
    let at = Station::in_seconds(10);
    let first = station.slot("mot", &at, "topics = [\"tin\"]\n");
    let patient = station.slot("hai", &at, "topics = [\"ngan\"]\nstart_within = \"1m\"\n");
    let hurried = station.slot("ba", &at, "topics = [\"ngan\"]\nstart_within = \"1s\"\n");
    let daemon = station.start();
    let row = daemon.wait_row(&first);
    assert_eq!(end(&row), ("aired", None));
    let over: jiff::Timestamp = row["ended_at"].as_str().unwrap().parse().unwrap();
    let row = daemon.wait_row(&patient);
    assert_eq!(end(&row), ("aired", None), "{row}");
    let begun: jiff::Timestamp = row["started_at"].as_str().unwrap().parse().unwrap();
    assert!(begun >= over, "never two at once: {begun} before {over}");
    assert!(row["start_error_ms"].as_i64().unwrap() >= 3_000, "the delay is said");
    let row = daemon.wait_row(&hurried);
    assert_eq!(end(&row), ("missed", Some("overlap")), "{row}");
    wait("three rows", crate::rig::PATIENCE, || {
        (daemon.get("/v1/airings").json()["airings"].as_array().unwrap().len() == 3).then_some(())
    });
}
