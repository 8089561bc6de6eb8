//! What muted means, case by case.

use super::*;

fn control(name: &str, on: Option<bool>, volume: Option<Volume>) -> Control {
    Control { name: name.to_owned(), on, volume }
}

fn switch(name: &str, on: bool) -> Control {
    control(name, Some(on), None)
}

fn volume(name: &str, now: i64, lowest_db: f64) -> Control {
    control(name, None, Some(Volume { now, range: (0, 87), lowest_db: Some(lowest_db) }))
}

#[test]
fn a_card_is_muted_where_nothing_can_come_out() {
    let cases: &[(&str, &[Control], Option<bool>)] = &[
        ("no mixer", &[], None),
        ("a microphone only", &[switch("Mic", false), switch("IEC958", false)], None),
        ("all on", &[switch("Master", true), switch("Speaker", true), switch("Headphone", true)], Some(false)),
        ("master off", &[switch("Master", false), switch("Speaker", true)], Some(true)),
        ("HDA: headphone off, speaker on", &[switch("Headphone", false), switch("Speaker", true)], Some(false)),
        ("HDA: headphone plugged in, speaker off", &[switch("Headphone", true), switch("Speaker", false)], Some(false)),
        ("both off", &[switch("Headphone", false), switch("Speaker", false)], Some(true)),
        ("line out only, off", &[switch("Master", true), switch("Line Out", false)], Some(true)),
        ("volume at zero", &[volume("Master", 0, -65.25)], Some(true)),
        ("volume at one step", &[volume("Master", 1, -65.25)], Some(false)),
        ("lowest volume is heard", &[volume("PCM", 0, -28.0)], Some(false)),
        (
            "a socket's volume alone says nothing",
            &[volume("Headphone", 0, -65.0), switch("Speaker", true)],
            Some(false),
        ),
        ("digital: nothing said about it", &[switch("IEC958", false), switch("PCM", true)], Some(false)),
        ("PCM at zero behind a master that is on", &[switch("Master", true), volume("PCM", 0, -51.0)], Some(true)),
    ];
    for (name, controls, muted) in cases {
        assert_eq!(card_is_muted(controls), *muted, "{name}");
    }
    let unknown = Volume { now: 0, range: (0, 31), lowest_db: None };
    assert_eq!(card_is_muted(&[control("PCM", Some(true), Some(unknown))]), Some(true), "no scale in dB");
}

#[test]
fn a_stream_is_silent_when_all_its_channels_are() {
    let level = |muted, volumes: &[u32]| Level { muted, volumes: volumes.to_vec() };
    let cases = [
        (level(false, &[FULL, FULL]), false, Some(100)),
        (level(true, &[FULL, FULL]), true, Some(100)),
        (level(false, &[0, 0]), true, Some(0)),
        (level(false, &[0, FULL / 2]), false, Some(50)),
        (level(false, &[NOTHING, NOTHING]), true, Some(5)),
        (level(false, &[FULL / 10, 0]), false, Some(10)),
        (level(false, &[]), false, None),
        (level(false, &[FULL + FULL / 2]), false, Some(150)),
    ];
    for (level, silent, percent) in cases {
        assert_eq!((level.silent(), level.percent()), (silent, percent), "{level:?}");
    }
}

#[test]
fn only_the_right_device_is_right() {
    let place = |device: &str, muted| Place { device: device.to_owned(), muted };
    assert_eq!(place("speaker", false).route("speaker"), Route::Right);
    assert_eq!(place("speaker", true).route("speaker"), Route::Muted);
    assert_eq!(place("hdmi", false).route("speaker"), Route::Elsewhere);
    assert_eq!(place("hdmi", true).route("speaker"), Route::Elsewhere);
    for (sink, stand_in) in [("auto_null", true), ("auto_null.2", true), ("auto_nullify", false), ("speaker", false)] {
        assert_eq!(is_stand_in(sink), stand_in, "{sink}");
    }
}

#[test]
fn our_stream_is_the_newest_of_this_process() {
    let stream = |index, process| Stream {
        index,
        process,
        sink: index * 10,
        level: Level { muted: false, volumes: Vec::new() },
    };
    let streams =
        [stream(4, Some(77)), stream(9, Some(77)), stream(7, Some(77)), stream(12, Some(1)), stream(15, None)];
    assert_eq!(ours(&streams, 77).map(|stream| stream.sink), Some(90));
    assert_eq!(ours(&streams, 78), None);
}

#[test]
fn a_name_says_its_card_or_does_not() {
    let cases = [
        ("plughw:CARD=PCH,DEV=0", Some("hw:PCH")),
        ("hw:CARD=Device", Some("hw:Device")),
        ("front:CARD=U0x46d0x825,DEV=0", Some("hw:U0x46d0x825")),
        ("dmix:DEV=0,CARD=PCH", Some("hw:PCH")),
        ("hw:1,0", Some("hw:1")),
        ("plughw:PCH", Some("hw:PCH")),
        ("sysdefault:PCH", Some("hw:PCH")),
        ("default", None),
        ("pulse", None),
        ("pulse:loa", None),
        ("hw:", None),
        ("hw:DEV=0", None),
    ];
    for (name, mixer) in cases {
        assert_eq!(mixer_of(name).as_deref(), mixer, "{name}");
    }
}

#[test]
fn the_server_is_looked_for_where_its_library_looks() {
    let folder = |path: &str| Some(PathBuf::from(path));
    let with = |server: Option<&str>| Surroundings {
        server: server.map(str::to_owned),
        pulse_runtime: folder("/p"),
        runtime: folder("/r"),
    };
    let cases: [(Surroundings, &[&str]); 6] = [
        (with(None), &["/p/native", "/r/pulse/native", "/run/pulse/native"]),
        (Surroundings::default(), &["/run/pulse/native"]),
        (with(Some("unix:/s/native")), &["/s/native"]),
        (with(Some("{0123abc}unix:/s/native /t")), &["/s/native", "/t"]),
        (with(Some("tcp:10.0.0.7:4713")), &[]),
        (with(Some("tcp:10.0.0.7 unix:/s")), &["/s"]),
    ];
    for (around, paths) in cases {
        assert_eq!(sockets(&around), paths.iter().map(PathBuf::from).collect::<Vec<_>>(), "{around:?}");
    }
}
