//! The program's own commands against a running service: what they print, and what the engine hears. Effects: processes.

use std::process::Output;

use assert_cmd::Command;
use loaphuong::model::operator::{Action, PlayWhat};
use loaphuong::model::playback::Repeat;
use loaphuong::model::station::{ApprovalRule, LoopbackReading, Station};
use serde_json::{Value, json};

use crate::world::World;

/// A configuration folder that leads to the service.
fn config(world: &World) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let text = format!(
        "[station]\nid = \"x\"\nname = \"X\"\n[paths]\nstate = \"{}\"\n[http]\nlisten = \"{}\"\n",
        world.state.path().display(),
        world.addr
    );
    std::fs::write(dir.path().join("station.toml"), text).unwrap();
    // An error in the schedule keeps nobody from asking.
    std::fs::create_dir(dir.path().join("communes")).unwrap();
    std::fs::write(dir.path().join("communes/a.toml"), "[[[").unwrap();
    dir
}

fn loaphuong(config: &tempfile::TempDir, args: &[&str]) -> Output {
    let mut command = Command::cargo_bin("loaphuong").unwrap();
    command.current_dir(config.path()).env_remove("LOAPHUONG_LANG").env("NO_COLOR", "1");
    command.arg("--config").arg(config.path()).args(args).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn questions_are_answered_by_the_running_program() {
    let world = World::new();
    let config = config(&world);
    for loopback in [LoopbackReading::Open, LoopbackReading::Token] {
        world.set_loopback(loopback);
        for (args, words) in [
            (
                ["status", "--format", "table"].as_slice(),
                ["Chờ phát", "T2 23/11/2026 17:00 – Bản tin chiều"].as_slice(),
            ),
            (&["log"], &["Đã phát", "Bỏ lỡ", "mất điện", "23/11/2026 05:30"]),
            (&["log", "--format", "csv"], &["\u{feff}Mã lượt phát;", "aired"]),
            (&["plan", "--from", "2026-11-23"], &["Bản tin chiều", "3:04"]),
            (&["plan", "--format", "ics"], &["BEGIN:VCALENDAR\r\n", "DTSTART:20261123T100000Z\r\n"]),
            (&["clips"], &["bhxh-tu-nguyen/loi-ich.mp3", "-18.2", "Tệp bị hỏng bên trong"]),
            (&["clips", "--format", "csv"], &["loi ich;bhxh-tu-nguyen;1:02;-18,2;0,0;0,0;;Dùng được\r\n"]),
        ] {
            let output = loaphuong(&config, args);
            assert_eq!(output.status.code(), Some(0), "{args:?}: {}", said(&output));
            for word in words {
                assert!(said(&output).contains(word), "{args:?}: {word}\n{}", said(&output));
            }
            assert!(output.stderr.is_empty(), "{}", said(&output));
        }
    }
    world.stop();
}

#[test]
fn json_is_what_the_service_says() {
    let world = World::new();
    let config = config(&world);
    for (args, target) in [
        (["status", "--format", "json"].as_slice(), "/v1/status"),
        (&["log", "--format", "json"], "/v1/airings"),
        (&["log", "--limit", "1", "--outcome", "missed", "--format", "json"], "/v1/airings?outcome=missed"),
        (&["plan", "--from", "2026-11-23", "--format", "json"], "/v1/plan?from=2026-11-23"),
    ] {
        let output = loaphuong(&config, args);
        let value: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(value, world.get(target).json(), "{args:?}");
    }
    world.stop();
}

#[test]
fn what_an_operator_types_reaches_the_engine() {
    let world = World::new();
    let config = config(&world);
    let file = config.path().join("chào.mp3");
    std::fs::write(&file, "x").unwrap();
    let by = || "local".to_owned();
    let play = |what| Action::Play { commune: None, what, by: by() };
    for (args, expected) in [
        (["play", "a/b.mp3"].as_slice(), play(PlayWhat::Clip("a/b.mp3".parse().unwrap()))),
        (&["play", "chào.mp3"], play(PlayWhat::File(file.canonicalize().unwrap()))),
        (&["test-sound"], play(PlayWhat::TestSound)),
        (
            &["stop", "--commune", "an-xuan"],
            Action::Stop { commune: Some("an-xuan".parse().unwrap()), confirm: None, by: by() },
        ),
        (&["reload"], Action::Reload { by: by() }),
        (
            &["clock", "--confirm", "05:30", "23/11/2026"],
            Action::ConfirmClock { seen: "2026-11-22T22:30:00Z".parse().unwrap(), by: by() },
        ),
        (
            &["emergency", "a/b.mp3"],
            Action::Emergency {
                commune: None,
                what: PlayWhat::Clip("a/b.mp3".parse().unwrap()),
                repeat: Repeat::UntilStopped,
                why: None,
                by: by(),
            },
        ),
        (
            &["emergency", "chào.mp3", "--repeat", "2", "--commune", "an-xuan", "--why", "Bão số 12"],
            Action::Emergency {
                commune: Some("an-xuan".parse().unwrap()),
                what: PlayWhat::File(file.canonicalize().unwrap()),
                repeat: Repeat::Times(2.try_into().unwrap()),
                why: Some("Bão số 12".to_owned()),
                by: by(),
            },
        ),
    ] {
        let output = loaphuong(&config, args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", said(&output));
        assert_eq!(world.asked.lock().unwrap().pop(), Some(expected), "{args:?}");
    }
    let trial = said(&loaphuong(&config, &["test-sound"]));
    assert!(trial.contains("Kết quả: Đã phát."), "{trial}");
    let refused = loaphuong(&config, &["play", "khong-co.mp3"]);
    assert_eq!((refused.status.code(), said(&refused).trim()), (Some(1), "Không có bài này."));
    assert_eq!(loaphuong(&config, &["stop", "--commune", "xa-la"]).status.code(), Some(64));
    assert_eq!(loaphuong(&config, &["play", "/khong/co.mp3"]).status.code(), Some(1));
    world.stop();
}

#[test]
fn stopping_an_emergency_takes_two_steps() {
    let world = World::new();
    let config = config(&world);
    let id = "an-xuan/emergency@2026-11-23T05:31";
    *world.emergency.lock().unwrap() = Some(id.to_owned());
    for (args, command) in [
        (["stop"].as_slice(), format!("loaphuong stop --confirm {id}")),
        (&["stop", "--commune", "an-xuan"], format!("loaphuong stop --commune an-xuan --confirm {id}")),
        (&["stop", "--confirm", "an-xuan/emergency@2026-11-22T05:31"], format!("loaphuong stop --confirm {id}")),
    ] {
        let output = loaphuong(&config, args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let told = said(&output);
        assert!(told.contains(&command) && told.contains("chưa dừng"), "{args:?}: {told}");
    }
    assert!(world.emergency.lock().unwrap().is_some(), "nobody has confirmed");
    let confirmed = loaphuong(&config, &["stop", "--confirm", id]);
    assert_eq!((confirmed.status.code(), said(&confirmed)), (Some(0), format!("Đã dừng.\n{id}\n")));
    assert!(world.emergency.lock().unwrap().is_none());
    world.stop();
}

#[test]
fn status_tells_of_emergencies_and_of_loudspeakers_that_nobody_hears() {
    let world = World::new();
    let config = config(&world);
    let mut status = serde_json::to_value(crate::world::status()).unwrap();
    status["on_air"] = json!([{
        "id": "an-xuan/emergency@2026-11-23T05:31", "commune": "an-xuan", "commune_name": "Phường An Xuân",
        "slot_name": "Khẩn cấp", "kind": "emergency", "output": "loa-phuong", "title": "Sơ tán",
        "started_at": "2026-11-23T05:31:00+07:00", "played_s": 31.0, "planned_s": 62.1, "sound": "muted",
        "asked": {"by": "Văn thư", "why": "bão số 12"}
    }]);
    status["outputs"][0]["identity"] = json!("alsa_output.usb-Loa");
    status["faults"] = json!([{
        "code": "device_muted", "subject": "loa-phuong", "since": "2026-11-23T05:29:00+07:00",
        "message": {"vi": "Loa phường: âm lượng đang tắt, không ai nghe được.", "en": "muted"},
        "remedy": {"vi": "Hãy bật lại âm lượng.", "en": "Unmute."}
    }]);
    world.status.send(std::sync::Arc::new(serde_json::from_value(status).unwrap())).unwrap();
    let told = said(&loaphuong(&config, &["status"]));
    for words in [
        "Không có âm thanh",
        "KHẨN CẤP: Sơ tán – Phường An Xuân",
        "Người phát: Văn thư. Lý do: bão số 12",
        "gõ \"dừng\"",
        "Loa phường: Đang tắt tiếng – plughw:CARD=Device,DEV=0 – alsa_output.usb-Loa",
        "âm lượng đang tắt, không ai nghe được",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
    world.stop();
}

#[test]
fn clips_show_approval_and_silence() {
    let world = World::new();
    let config = config(&world);
    let mut station = Station::clone(&world.station.borrow());
    station.communes[0].approval = ApprovalRule::Required;
    world.station.send(std::sync::Arc::new(station.clone())).unwrap();
    let table = said(&loaphuong(&config, &["clips"]));
    assert!(table.contains("Chưa duyệt") && !table.contains("an-xuan:"), "{table}");
    station.communes[1].approval = ApprovalRule::Required;
    world.station.send(std::sync::Arc::new(station)).unwrap();
    let both = said(&loaphuong(&config, &["clips", "--format", "csv"]));
    assert!(both.contains(";0,0;0,0;\"an-xuan: Chưa duyệt, truong-xuan: Chưa duyệt\";Dùng được"), "{both}");
    world.stop();
}

#[test]
fn another_program_on_the_port_is_not_taken_for_ours() {
    let foreign = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let text = format!("[http]\nlisten = \"{}\"\n", foreign.local_addr().unwrap());
    std::fs::write(dir.path().join("station.toml"), text).unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = foreign.accept().unwrap();
        std::io::Read::read(&mut stream, &mut [0; 4096]).unwrap();
        std::io::Write::write_all(&mut stream, b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello").unwrap();
    });
    let output = loaphuong(&dir, &["status"]);
    server.join().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("có chương trình khác trả lời"), "{}", said(&output));
}
