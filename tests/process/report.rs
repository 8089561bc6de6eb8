//! The printed sheets of a real journal, with the daemon and without. Effects: processes, files.

use crate::rig::{PATIENCE, Station, wait};

#[test]
fn the_journal_is_printed_while_the_daemon_runs_and_afterwards() {
    let station = Station::without_card();
    station.clip("tin/chao.wav", 1.0, 300.0);
    station.slot("xa", &Station::in_seconds(40 * 86_400), "topics = [\"tin\"]\n");
    station.save();
    let daemon = station.start_with(&["--trial"]);
    let row = wait("the trial's row", PATIENCE, || {
        daemon.get("/v1/airings").json()["airings"].as_array().unwrap().first().cloned()
    });
    let day = row["planned_at"].as_str().unwrap().split('T').next().unwrap();
    let args = ["report", "--from", day, "--until", day, "--format", "csv", "--plain"];
    let running = station.ok(&args);
    // A trial is a row that does not count.
    assert!(running.contains(&format!(",{day},{day},0,0,0,0,0,0.000,0,0,1,1")), "{running}");
    for (ending, begins) in [("pdf", b"%PDF-1.7"), ("xlsx", b"PK\x03\x04\x14\0\0\0"), ("html", b"<!DOCTYP")] {
        let file = station.path(&format!("sheet.{ending}"));
        station.ok(&["report", "--from", day, "--output", file.to_str().unwrap()]);
        assert_eq!(&std::fs::read(&file).unwrap()[..4], &begins[..4], "{ending}");
    }
    daemon.stop();
    assert_eq!(station.ok(&args), running);
}
