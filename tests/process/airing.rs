//! A slot from TOML to WAV, and every door through which one can ask about it. Effects: processes, files.

use serde_json::{Value, json};

use crate::rig::{Station, heard, said};
use crate::{rows, sound};

#[test]
fn a_slot_airs_and_every_answer_agrees() {
    let station = Station::new();
    let clip = station.clip("tin/chao.wav", 2.0, 300.0);
    let at = Station::in_seconds(10);
    let id = station.slot("sang", &at, "topics = [\"tin\"]\n");
    let daemon = station.start();
    daemon.wait_scanned();

    let waiting = daemon.status();
    assert_eq!((&waiting["station"], &waiting["next"]["id"]), (&json!("thu"), &json!(id)));
    let plan = || station.json(&["plan", "--days", "2", "--format", "json"])["occurrences"].clone();
    assert_eq!((&plan()[0]["id"], plan().as_array().unwrap().len()), (&json!(id), 1));
    daemon.wait_sounding(&id, 0.2);

    let row = daemon.wait_row(&id);
    assert_eq!((&row["outcome"], &row["reason"], &row["kind"]), (&json!("aired"), &Value::Null, &json!("scheduled")));
    let error = row["start_error_ms"].as_i64().unwrap();
    assert!((-5..250).contains(&error), "started {error} ms after its second");
    let planned: jiff::Timestamp = row["planned_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(planned, at.timestamp());
    let item = &row["items"][0];
    assert_eq!(
        (&item["clip"], &item["planned_s"], &item["played_s"]),
        (&json!("tin/chao.wav"), &json!(2.0), &json!(2.0))
    );

    let recording = sound::read(&heard(&station, &row));
    assert_eq!(recording.len(), clip.len(), "every frame, and no other");
    let distance = sound::distance(&recording, &clip);
    assert!(distance < 1e-4, "not the clip: {distance}");
    let other = sound::distance(&recording, &sound::tune(2.0, 320.0));
    assert!(other > 0.5, "this measure hears every difference: {other}");

    answers(&station, &daemon, &id, &row);
    let running: Vec<Value> = QUESTIONS.iter().map(|args| station.json(args)).collect();
    commands(&station, "running");
    let (status, _) = daemon.stop();
    assert_eq!(status.code(), Some(0));
    for (args, before) in QUESTIONS.iter().zip(running) {
        assert_eq!(station.json(args), before, "{args:?} says the same with the program stopped");
    }
    commands(&station, "stopped");
    let stopped = station.run(&["status", "--format", "json"]);
    let last: Value = serde_json::from_slice(&stopped.stdout).unwrap();
    assert_eq!((stopped.status.code(), &last["running"]), (Some(1), &json!(false)), "{}", said(&stopped));
    assert_eq!(last["last_airing"]["id"], id);
}

const QUESTIONS: [&[&str]; 3] =
    [&["log", "--format", "json"], &["plan", "--days", "2", "--format", "json"], &["clips", "--format", "json"]];

/// What HTTP says of the one airing.
fn answers(station: &Station, daemon: &crate::rig::Daemon<'_>, id: &str, row: &Value) {
    assert_eq!((daemon.get("/healthz").status, daemon.get("/").status), (200, 200));
    let list = daemon.get("/v1/airings").json();
    assert_eq!(list["airings"], json!([row]), "the list holds the very row");
    assert_eq!(list["next"], Value::Null);
    assert_eq!(daemon.get("/v1/airings/an-xuan/khong-co@2026-01-01T00:00").status, 404);
    let status = daemon.status();
    assert_eq!((&status["on_air"], &status["faults"]), (&json!([]), &json!([])));
    assert_eq!((&status["outputs"][0]["state"], &status["config"]["rejected"]), (&json!("idle"), &Value::Null));
    assert_eq!(status["config"]["revision"], row["revision"]);
    let clips = daemon.get("/v1/clips").json();
    assert_eq!((&clips["clips"][0]["hash"], &clips["clips"][0]["airable"]), (&row["items"][0]["hash"], &json!(true)));
    let day = &row["planned_at"].as_str().unwrap()[..10];
    let plan = daemon.get(&format!("/v1/plan?from={day}&days=1")).json();
    assert_eq!(plan["occurrences"], json!([]), "what has its row is not to come: {id}");

    let links = rows::chain(&daemon.get("/v1/journal").body);
    let kinds: Vec<&str> = links.iter().map(|l| l.entry["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["session_started", "planned", "started", "final"]);
    let stored = &rows::of(&links, "final", id)[0]["airing"];
    let same = stored.as_object().unwrap().iter().all(|(key, value)| row[key] == *value);
    assert!(same && row["seq"] == json!(links[3].seq), "the row is what is stored: {stored}\n{row}");
    let later = daemon.get("/v1/journal?after=2&limit=1").body;
    assert_eq!(later.lines().count(), 1);
    assert!(later.starts_with("{\"seq\":3,"), "{later}");

    assert_eq!(station.json(&["log", "--format", "json"]), list);
    let mut told = station.json(&["status", "--format", "json"]);
    let mut status = daemon.status();
    told["now"] = Value::Null;
    status["now"] = Value::Null;
    assert_eq!(told, status);
    assert_eq!(station.json(&["clips", "--format", "json"])["clips"], clips["clips"]);
}

/// `verify` and `backup`, whose copy verifies too.
fn commands(station: &Station, when: &str) {
    assert!(station.ok(&["verify"]).contains("nguyên vẹn"));
    let copy = station.path(&format!("{when}.db"));
    let copy = copy.to_str().unwrap();
    station.ok(&["backup", copy]);
    assert!(station.ok(&["verify", copy]).contains("nguyên vẹn"));
    assert_ne!(station.run(&["backup", copy]).status.code(), Some(0), "a backup is never overwritten");
}
