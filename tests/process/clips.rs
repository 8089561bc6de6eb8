//! What lies in the audio folder: bad files never air, new ones do, and none airs under another's name. Effects: files.

use std::fs::{self, File, FileTimes};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::rig::{Daemon, PATIENCE, Station, heard, together, wait};
use crate::sound;

/// The clip of that path in `GET /v1/clips`.
fn clip(daemon: &Daemon<'_>, path: &str) -> Option<Value> {
    daemon.get("/v1/clips").json()["clips"].as_array().unwrap().iter().find(|c| c["clip"] == path).cloned()
}

#[test]
fn what_lies_in_the_audio_folder() {
    together(&[
        ("bad_files_are_named_and_never_air", bad_files_are_named_and_never_air),
        ("a_clip_that_comes_while_the_station_runs_is_found", a_clip_that_comes_while_the_station_runs_is_found),
        (
            "a_clip_replaced_behind_our_back_never_airs_as_the_old_one",
            a_clip_replaced_behind_our_back_never_airs_as_the_old_one,
        ),
        (
            "a_clip_overwritten_while_it_plays_is_not_a_whole_airing",
            a_clip_overwritten_while_it_plays_is_not_a_whole_airing,
        ),
        ("an_audio_folder_that_is_taken_away_and_brought_again", an_audio_folder_that_is_taken_away_and_brought_again),
    ]);
}

fn bad_files_are_named_and_never_air() {
    let station = Station::new();
    let audio = |below: &str| station.path("audio").join(below);
    station.clip("hong/cut.wav", 2.0, 300.0);
    let whole = fs::read(audio("hong/cut.wav")).unwrap();
    fs::write(audio("hong/cut.wav"), &whole[..60_000]).unwrap();
    fs::write(audio("hong/rong.mp3"), "").unwrap();
    fs::write(audio("hong/chu.mp3"), "Đây là văn bản, không phải âm thanh.\n".repeat(50)).unwrap();
    fs::create_dir(audio("hong/thu-muc.wav")).unwrap();
    fs::write(audio("hong/thu-muc.wav/doc.txt"), "x").unwrap();
    sound::write(&audio("hong/im.wav"), &vec![0; 96_000]);
    rustix::fs::mkfifoat(rustix::fs::CWD, audio("hong/ong.wav"), rustix::fs::Mode::RWXU).unwrap();
    station.clip("tin/a.wav", 1.0, 300.0);
    let bad = station.slot("hong", &Station::in_seconds(11), "topics = [\"hong\"]\n");
    let good = station.slot("tot", &Station::in_seconds(14), "topics = [\"tin\"]\n");
    let daemon = station.start();
    let clips = daemon.wait_scanned();
    let printed = station.ok(&["clips"]);
    for name in ["cut.wav", "rong.mp3", "chu.mp3", "im.wav", "ong.wav"] {
        let path = format!("hong/{name}");
        let clip = clip(&daemon, &path).unwrap_or_else(|| panic!("{path} is not named: {clips}"));
        assert_eq!(clip["airable"], false, "{path}: {clip}");
        let message = clip["faults"][0]["message"]["vi"].as_str().unwrap();
        println!("{path}: {} {message}", clip["faults"][0]["code"]);
        assert!(printed.contains(&path), "{path}: {printed}");
        assert_eq!(station.run(&["play", &path]).status.code(), Some(1), "{path} is not played by hand either");
    }
    let row = daemon.wait_row(&bad);
    assert_eq!(
        (&row["outcome"], &row["reason"], &row["started_at"]),
        (&json!("missed"), &json!("clip_corrupt"), &Value::Null)
    );
    let fault = daemon.status()["faults"][0].clone();
    assert_eq!((&fault["code"], &fault["subject"]), (&json!("nothing_to_play"), &json!("an-xuan/hong")));
    assert_eq!(daemon.wait_row(&good)["outcome"], "aired", "the next slot is not harmed");
    assert_eq!(fs::read_dir(station.path("state/heard")).unwrap().count(), 1, "nothing else was heard");
}

fn a_clip_that_comes_while_the_station_runs_is_found() {
    let station = Station::new();
    let at = Station::in_seconds(25);
    let id = station.slot("sang", &at, "topics = [\"tin\"]\n");
    let daemon = station.start();
    assert_eq!(daemon.wait_scanned()["clips"], json!([]));
    // As a copy over the network does: in pieces.
    let samples = sound::tune(2.0, 300.0);
    sound::write(&station.path("nguon.wav"), &samples);
    let bytes = fs::read(station.path("nguon.wav")).unwrap();
    let mut file = File::create(station.path("audio/tin/moi.wav")).unwrap();
    for piece in bytes.chunks(bytes.len() / 4) {
        file.write_all(piece).unwrap();
        sleep(Duration::from_millis(200));
    }
    drop(file);
    wait("the new clip", PATIENCE, || clip(&daemon, "tin/moi.wav").filter(|clip| clip["airable"] == true));
    let row = daemon.wait_row_for(&id, Duration::from_secs(40));
    assert_eq!((&row["outcome"], &row["items"][0]["clip"]), (&json!("aired"), &json!("tin/moi.wav")), "{row}");
    assert!(sound::distance(&sound::read(&heard(&station, &row)), &samples) < 1e-4);
}

/// Other samples in the place of a clip's, in the same file, of the same size, with the same time: what no look at the
/// folder shows.
fn replace_unseen(station: &Station, below: &str, samples: &[i16]) {
    let other = station.path("khac.wav");
    sound::write(&other, samples);
    let path = station.path("audio").join(below);
    let before = fs::metadata(&path).unwrap();
    let file = File::options().write(true).open(&path).unwrap();
    file.write_all_at(&fs::read(other).unwrap(), 0).unwrap();
    file.set_times(FileTimes::new().set_modified(before.modified().unwrap())).unwrap();
    let after = fs::metadata(&path).unwrap();
    assert_eq!((before.len(), before.modified().unwrap()), (after.len(), after.modified().unwrap()));
}

/// A row must say what was heard: either nothing, or the clip whose hash it names.
fn honest(station: &Station, row: &Value, known: [(&str, &[i16]); 2]) -> Option<String> {
    if row["outcome"] != "aired" {
        assert_eq!((&row["outcome"], &row["reason"]), (&json!("missed"), &json!("clip_corrupt")), "{row}");
        return None;
    }
    let recording = sound::read(&heard(station, row));
    let named = row["items"][0]["hash"].as_str().unwrap();
    for (hash, samples) in known {
        let same = sound::distance(&recording, samples) < 1e-4;
        assert_eq!(same, hash == named, "heard one clip, wrote another: {row}");
    }
    Some(named.to_owned())
}

fn hash_of(path: &std::path::Path) -> String {
    let mut file = File::open(path).unwrap();
    loaphuong::decode::hash(&mut file).unwrap().0
}

fn a_clip_replaced_behind_our_back_never_airs_as_the_old_one() {
    let station = Station::new();
    let old = station.clip("tin/a.wav", 1.0, 300.0);
    let path = station.path("audio/tin/a.wav");
    let old_hash = hash_of(&path);
    let (soon, later) = (Station::in_seconds(17), Station::in_seconds(22));
    let first = station.slot("mot", &soon, "topics = [\"tin\"]\n");
    let second = station.slot("hai", &later, "topics = [\"tin\"]\n");
    let daemon = station.start();
    daemon.wait_scanned();
    // Taken into the book two seconds before the device is opened: the clip is chosen, and not yet looked at again.
    wait("the first slot's intention", PATIENCE, || daemon.get("/v1/journal").body.contains("planned").then_some(()));
    let new = sound::tune(1.0, 450.0);
    replace_unseen(&station, "tin/a.wav", &new);
    let new_hash = hash_of(&path);
    assert_ne!(old_hash, new_hash);
    let known = || [(old_hash.as_str(), &old[..]), (new_hash.as_str(), &new[..])];
    let aired = honest(&station, &daemon.wait_row(&first), known());
    println!("replaced before it was opened: {}", aired.as_deref().unwrap_or("not aired"));
    let row = daemon.wait_row(&second);
    let aired = honest(&station, &row, known());
    assert_eq!(aired, Some(new_hash), "once the folder was read again, the new clip airs: {row}");
}

fn a_clip_overwritten_while_it_plays_is_not_a_whole_airing() {
    let station = Station::new();
    let old = station.clip("tin/a.wav", 7.0, 300.0);
    let id = station.slot("mot", &Station::in_seconds(9), "topics = [\"tin\"]\n");
    let daemon = station.start();
    daemon.wait_sounding(&id, 0.5);
    replace_unseen(&station, "tin/a.wav", &sound::tune(7.0, 450.0));
    let row = daemon.wait_row(&id);
    let recording = sound::read(&heard(&station, &row));
    let distance = sound::distance(&recording, &old);
    println!("{} {} {distance}", row["outcome"], row["reason"]);
    assert!(distance < 1e-4 || row["outcome"] != "aired", "aired, and it was not the clip: {distance} {row}");
}

fn an_audio_folder_that_is_taken_away_and_brought_again() {
    let station = Station::new();
    station.clip("tin/a.wav", 1.0, 300.0);
    let lost = station.slot("mot", &Station::in_seconds(13), "topics = [\"tin\"]\n");
    let later = station.slot("hai", &Station::in_seconds(28), "topics = [\"tin\"]\n");
    let audio = station.path("audio");
    fs::rename(&audio, station.path("mat")).unwrap();
    let daemon = station.start();
    assert_eq!(daemon.wait_scanned()["clips"], json!([]));
    let row = daemon.wait_row(&lost);
    assert_eq!((&row["outcome"], &row["reason"]), (&json!("missed"), &json!("nothing_to_play")), "{row}");

    // The slot that is still to come is shown beforehand.
    let faults = daemon.status()["faults"].clone();
    let subjects: Vec<_> = faults.as_array().unwrap().iter().map(|f| f["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["an-xuan/hai", "an-xuan/mot"]);

    // Mounted at last; then another folder in its place, as who sorts files does; then a file in the new one.
    fs::rename(station.path("mat"), &audio).unwrap();
    wait("the folder that came", PATIENCE, || clip(&daemon, "tin/a.wav"));
    daemon.wait_status("the end of the fault", |s| s["faults"] == json!([]));
    fs::rename(&audio, station.path("cu")).unwrap();
    station.clip("tin/b.wav", 1.0, 450.0);
    wait("the other folder", PATIENCE, || clip(&daemon, "tin/b.wav"));
    assert_eq!(clip(&daemon, "tin/a.wav"), None);
    station.clip("tin/c.wav", 1.0, 500.0);
    wait("the file in it", PATIENCE, || clip(&daemon, "tin/c.wav"));
    let row = daemon.wait_row_for(&later, Duration::from_secs(40));
    assert_eq!(row["outcome"], "aired", "{row}");
}
