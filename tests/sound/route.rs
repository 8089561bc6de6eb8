//! Where the sound goes and whether anybody hears it: said before the run is ready, and whenever it changes.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use loaphuong::model::outcome::Reason;
use loaphuong::model::playback::{DeviceTrouble, End, FromPlayer, Job, Opened, Programme, Route, ToPlayer, Urgency};
use loaphuong::model::station::OutputKind;
use loaphuong::model::time::Mono;

use crate::child::{CARD, PROGRAM, Player, ended, item, job};
use crate::rig::{Rig, babble, now, write_wav};

const PATIENCE: Duration = Duration::from_secs(5);
/// By when a change must be said.
const TOLD: Duration = Duration::from_secs(2);

/// A job of one clip of so many seconds.
pub(crate) fn clip(rig: &Rig, seconds: f64) -> Job {
    let file = rig.path("bai.wav");
    write_wav(&file, &babble(seconds, 48_000, 5), 48_000);
    job(CARD, rig.path("heard.wav"), vec![item(&file)])
}

/// All that was said of the route so far.
fn routes(player: &Player) -> Vec<(Route, Option<String>)> {
    let said = player.said.iter().filter_map(|(_, said)| match said {
        FromPlayer::Route { route, device, .. } => Some((*route, device.clone())),
        _ => None,
    });
    said.collect()
}

/// The next thing that is said of the route: when it was found, and what.
fn next(player: &mut Player) -> (Mono, Route, Option<String>) {
    match player.until(PATIENCE, |said| matches!(said, FromPlayer::Route { .. })) {
        FromPlayer::Route { at, route, device } => (at, route, device),
        other => panic!("{other:?}"),
    }
}

/// What `pactl` answers.
fn answer(rig: &Rig, arguments: &[&str]) -> String {
    let output = Command::new("pactl").args(arguments).envs(rig.env()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The number of the only stream that plays.
pub(crate) fn stream(rig: &Rig) -> String {
    stream_if_any(rig).expect("a stream")
}

/// The number of the stream that plays, if one does.
pub(crate) fn stream_if_any(rig: &Rig) -> Option<String> {
    answer(rig, &["list", "short", "sink-inputs"]).split_whitespace().next().map(str::to_owned)
}

/// Gives the server what a desktop has: streams are saved from a sink that goes away, onto a stand-in if need be.
pub(crate) fn as_on_a_desktop(rig: &Rig) {
    for module in ["module-always-sink", "module-rescue-streams"] {
        rig.control(&["load-module", module]);
    }
}

#[test]
fn the_right_device_is_said_before_the_run_is_ready() {
    let rig = Rig::new();
    let (player, device) = Player::ready(&rig, clip(&rig, 1.0));
    assert_eq!(device, Opened::Card { name: "default".to_owned() });
    assert_eq!(routes(&player), [(Route::Right, Some("speaker".to_owned()))], "{:?}", player.said);
    let took = player.said.last().unwrap().0.since(player.said[0].0);
    println!("ready {took:?} after the route");
}

#[test]
fn in_a_hurry_nobody_waits_for_the_route() {
    let rig = Rig::new();
    let mut player = Player::start(&rig);
    player.tell(&ToPlayer::Prepare(Box::new(Job { urgency: Urgency::AtOnce, ..clip(&rig, 2.0) })));
    player.tell(&ToPlayer::Begin { at: now() });
    assert_eq!(ended(player.last(PATIENCE).0).2, End::Whole);
    assert_eq!(routes(&player), [(Route::Right, Some("speaker".to_owned()))]);
}

/// A thing done to the server, what undoes it, and what is said then.
type Change<'a> = (&'a str, &'a dyn Fn(&Rig), &'a dyn Fn(&Rig), Route);

#[test]
fn what_changes_while_it_sounds_is_said_within_two_seconds() {
    let rig = Rig::new();
    rig.control(&["load-module", "module-null-sink", "sink_name=other", "rate=48000"]);
    let set = |what: &'static str, value: &'static str| move |rig: &Rig| rig.control(&[what, "speaker", value]);
    let to_stream =
        |what: &'static str, value: &'static str| move |rig: &Rig| rig.control(&[what, &stream(rig), value]);
    let changes: [Change<'_>; 5] = [
        ("sink muted", &set("set-sink-mute", "1"), &set("set-sink-mute", "0"), Route::Muted),
        ("sink at volume 0", &set("set-sink-volume", "0"), &set("set-sink-volume", "60%"), Route::Muted),
        ("stream muted", &to_stream("set-sink-input-mute", "1"), &to_stream("set-sink-input-mute", "0"), Route::Muted),
        (
            "stream at volume 0",
            &to_stream("set-sink-input-volume", "0"),
            &to_stream("set-sink-input-volume", "100%"),
            Route::Muted,
        ),
        ("moved", &to_stream("move-sink-input", "other"), &to_stream("move-sink-input", "speaker"), Route::Elsewhere),
    ];
    let (mut player, _) = Player::ready(&rig, clip(&rig, 10.0));
    player.tell(&ToPlayer::Begin { at: now() });
    for (name, change, back, expected) in changes {
        for (act, expected) in [(change, expected), (back, Route::Right)] {
            thread::sleep(Duration::from_millis(120));
            let begun = now();
            act(&rig);
            let (at, route, device) = next(&mut player);
            println!("{name}: {route:?} on {device:?} after {:?}", at.since(begun));
            assert_eq!(route, expected, "{name}");
            assert_eq!(device, Some(if route == Route::Elsewhere { "other" } else { "speaker" }.to_owned()), "{name}");
            assert!(at >= begun && at.since(begun) <= TOLD, "{name}: found {:?} after it was done", at.since(begun));
        }
    }
    // A stream that is moved may run dry for a moment.
    assert!(player.complaints() <= 1);
}

#[test]
fn a_muted_speaker_is_seen_before_the_slot() {
    let rig = Rig::new();
    rig.control(&["set-sink-mute", "speaker", "1"]);
    let (player, _) = Player::ready(&rig, clip(&rig, 1.0));
    assert_eq!(routes(&player), [(Route::Muted, Some("speaker".to_owned()))]);
}

#[test]
fn the_named_sink_is_the_right_one() {
    let rig = Rig::new();
    rig.load_speaker("other");
    for (sink, expected) in [("speaker", Route::Right), ("other", Route::Elsewhere), ("unplugged", Route::Elsewhere)] {
        let (player, _) = Player::ready(&rig, Job { sink: Some(sink.to_owned()), ..clip(&rig, 1.0) });
        assert_eq!(routes(&player), [(expected, Some("speaker".to_owned()))], "{sink}");
    }
}

#[test]
fn a_rescued_stream_is_elsewhere() {
    let rig = Rig::new();
    as_on_a_desktop(&rig);
    let (mut player, _) = Player::ready(&rig, clip(&rig, 5.0));
    player.tell(&ToPlayer::Begin { at: now() });
    thread::sleep(Duration::from_millis(500));
    let begun = now();
    rig.unload_speaker();
    let (at, route, device) = next(&mut player);
    assert_eq!((route, device), (Route::Elsewhere, Some("auto_null".to_owned())));
    assert!(at.since(begun) <= TOLD);
}

#[test]
fn a_stand_in_is_no_device() {
    let rig = Rig::new();
    as_on_a_desktop(&rig);
    rig.unload_speaker();
    let fails = |output: OutputKind| {
        let mut player = Player::start(&rig);
        player.tell(&ToPlayer::Prepare(Box::new(Job { output, ..clip(&rig, 1.0) })));
        player.last(PATIENCE).0
    };
    let FromPlayer::Failed { reason, trouble, detail, .. } = fails(CARD) else { panic!("a stand-in is believed") };
    assert_eq!((reason, trouble), (Reason::DeviceAbsent, Some(DeviceTrouble::Absent)), "{detail}");
    // `auto` writes what nobody hears, as it does where there is no sound server.
    let (_player, device) = Player::ready(&rig, Job { output: OutputKind::Auto, ..clip(&rig, 1.0) });
    assert!(matches!(&device, Opened::StandIn { .. }), "{device:?}");
}

#[test]
fn where_nobody_can_be_asked_nobody_is_believed() {
    let rig = Rig::with_alsa_null();
    let (player, _) = Player::ready(&rig, clip(&rig, 3.0));
    assert_eq!(routes(&player), [(Route::Unknown, None)]);
}

/// Without a sound server that answers us, the mixer of the card is asked: here ALSA's own way to the same server.
#[test]
fn the_mixer_of_the_card_is_asked_where_no_sound_server_is() {
    let rig = Rig::new();
    let server = format!("unix:{}", rig.path("pulse/native").display());
    let through = format!("{{ type pulse server \"{server}\" }}");
    let text = format!("</usr/share/alsa/alsa.conf>\npcm.!default {through}\nctl.!default {through}\n");
    fs::write(rig.path("asound.conf"), text).unwrap();
    // Two connections to one sound server share more memory with it than a player is allowed.
    fs::write(rig.path("client.conf"), "autospawn = no\nenable-shm = no\n").unwrap();
    let kept = ["PULSE_CLIENTCONFIG", "ALSA_CONFIG_PATH"];
    let mut env: Vec<_> = rig.env().into_iter().filter(|(name, _)| kept.contains(&name.as_str())).collect();
    env.push(("XDG_RUNTIME_DIR".to_owned(), "/nonexistent".to_owned()));
    for (mute, expected) in [("0", Route::Right), ("1", Route::Muted)] {
        rig.control(&["set-sink-mute", "speaker", mute]);
        let mut player = Player::start_by(&mut Command::new(PROGRAM), env.clone());
        player.tell(&ToPlayer::Prepare(Box::new(clip(&rig, 2.0))));
        let (_, route, device) = next(&mut player);
        assert_eq!((route, device), (expected, Some("pulse: PulseAudio".to_owned())));
        rig.control(&["set-sink-mute", "speaker", if mute == "0" { "1" } else { "0" }]);
        let begun = now();
        let (at, route, _) = next(&mut player);
        assert_ne!(route, expected);
        assert!(at.since(begun) <= TOLD);
    }
}

#[test]
fn a_probe_says_where_the_device_is_and_ends() {
    let rig = Rig::new();
    let probe = || Job { programme: Programme::Probe, items: Vec::new(), ..clip(&rig, 1.0) };
    for (mute, expected) in [("0", Route::Right), ("1", Route::Muted)] {
        rig.control(&["set-sink-mute", "speaker", mute]);
        let begun = now();
        let (mut player, _) = Player::ready(&rig, probe());
        assert_eq!(routes(&player), [(expected, Some("speaker".to_owned()))]);
        let (progress, items, end) = ended(player.last(PATIENCE).0);
        let took = now().since(begun);
        println!("probe took {took:?}");
        assert_eq!((progress.consumed.0, items.len(), end), (0, 0, End::Whole));
        assert!(player.progress().is_empty(), "{:?}", player.said);
        assert!((0.5..2.0).contains(&took.as_secs_f64()), "{took:?}");
    }
    rig.unload_speaker();
    let mut player = Player::start(&rig);
    player.tell(&ToPlayer::Prepare(Box::new(probe())));
    assert!(matches!(player.last(PATIENCE).0, FromPlayer::Failed { reason: Reason::DeviceAbsent, .. }));
}

/// A terminal that a process keeps to itself until it is ended.
struct Kept {
    keeper: Child,
    path: String,
}

impl Kept {
    fn new() -> Self {
        let words = "import fcntl, os, pty, sys, termios\n\
                     _, mine = pty.openpty()\n\
                     fcntl.ioctl(mine, termios.TIOCEXCL)\n\
                     print(os.ttyname(mine), flush=True)\n\
                     sys.stdin.read()\n";
        let mut command = Command::new("python3");
        let command = command.args(["-c", words]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut keeper = command.spawn().expect("python3 must be installed");
        let mut path = String::new();
        BufReader::new(keeper.stdout.as_mut().unwrap()).read_line(&mut path).unwrap();
        Self { keeper, path: path.trim().to_owned() }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.keeper.kill().ok();
        self.keeper.wait().ok();
    }
}

/// The program, without the power to open what others keep to themselves.
fn without_powers() -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new(PROGRAM);
    }
    let mut command = Command::new("setpriv");
    command.args(["--bounding-set", "-sys_admin", PROGRAM]);
    command
}

/// There is no card here that another program could hold, so other devices take its place behind ALSA's plugin for OSS: a
/// terminal that somebody keeps to himself answers as a busy card does, a file of the kernel's that nobody may write to
/// as a card of somebody else's.
#[test]
fn what_keeps_us_from_a_device_is_said() {
    let rig = Rig::without_server();
    let kept = Kept::new();
    let cases = [
        (kept.path.as_str(), DeviceTrouble::Busy),
        ("/sys/kernel/uevent_seqnum", DeviceTrouble::NotPermitted),
        ("/nonexistent/dsp", DeviceTrouble::Absent),
        ("/dev/null", DeviceTrouble::Unsuitable),
    ];
    for (path, expected) in cases {
        let text = format!("</usr/share/alsa/alsa.conf>\npcm.!default {{ type oss device \"{path}\" }}\n");
        fs::write(rig.path("asound.conf"), text).unwrap();
        let mut player = Player::start_by(&mut without_powers(), rig.env());
        player.tell(&ToPlayer::Prepare(Box::new(clip(&rig, 1.0))));
        let FromPlayer::Failed { reason, trouble, detail, .. } = player.last(PATIENCE).0 else {
            panic!("{path} opens")
        };
        println!("{path}: {trouble:?}: {detail}");
        assert_eq!((reason, trouble), (Reason::DeviceAbsent, Some(expected)), "{detail}");
    }
}
