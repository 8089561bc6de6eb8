//! Five seconds after `run --trial` on a PC without a sound card. Effects: processes, files.

use std::time::Duration;

use serde_json::json;

use crate::rig::{PATIENCE, Station, heard, mono, wait};
use crate::sound;

#[test]
fn a_trial_without_a_card_can_be_listened_to_and_is_never_counted() {
    let station = Station::without_card();
    let clip = station.clip("tin/chao.wav", 2.0, 300.0);
    let far = Station::in_seconds(40 * 86_400);
    station.slot("xa", &far, "topics = [\"tin\"]\n");
    station.save();
    let daemon = station.start_with(&["--trial"]);
    let begun = mono();
    daemon.wait_status("the trial on air", |status| {
        status["on_air"].as_array().is_some_and(|on_air| on_air.iter().any(|o| !o["started_at"].is_null()))
    });
    let took = mono().since(begun);
    println!("the trial sounds {took:?} after ready");
    assert!(took < Duration::from_secs(15), "{took:?}");
    let row = wait("the trial's row", PATIENCE, || {
        daemon.get("/v1/airings").json()["airings"].as_array().unwrap().first().cloned()
    });
    assert_eq!((&row["kind"], &row["outcome"]), (&json!("trial"), &json!("unproven")), "{row}");
    assert_eq!((&row["reason"], &row["outputs"][0]["reason"]), (&json!("device_absent"), &json!("device_absent")));
    let recording = heard(&station, &row);
    assert!(sound::distance(&sound::read(&recording), &clip) < 1e-4, "what would have been heard");
    let status = daemon.status();
    let faults: Vec<&str> = status["faults"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
    assert_eq!(faults, ["device_absent"], "it stands after the airing: {status}");
    assert_eq!(status["faults"][0]["subject"], "loa");
    let printed =
        wait("the sentence", PATIENCE, || Some(station.printed("stdout")).filter(|text| text.contains("Phát thử")));
    assert!(printed.contains(recording.to_str().unwrap()), "{printed}");
    let (status, _) = daemon.stop();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_trial_with_nothing_to_play_says_so() {
    let station = Station::without_card();
    station.slot("xa", &Station::in_seconds(86_400), "topics = [\"tin\"]\n");
    station.save();
    let _daemon = station.start_with(&["--trial"]);
    wait("the sentence", PATIENCE, || {
        station.printed("stdout").contains("Chưa có bản tin nào phát được.").then_some(())
    });
}
