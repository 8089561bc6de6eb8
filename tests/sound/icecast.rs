//! The player as the source of a real Icecast server: heard whole, and honest when the server is not. Needs Icecast.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread;
use std::time::Duration;

use loaphuong::model::outcome::Reason;
use loaphuong::model::playback::{DeviceTrouble, End, FromPlayer, Opened, Progress, ToPlayer};
use loaphuong::model::station::{Mount, OutputKind, Secret};
use loaphuong::model::time::Mono;

use crate::child::{Player, ended, item, job};
use crate::icecast_rig::{CLOSED, Heard, Icecast};
use crate::rig::{Recording, Rig, babble, cpu_time, matches, now, write_wav};

const MOUNT: &str = "/xa.opus";
const PATIENCE: Duration = Duration::from_secs(10);
/// What a server answers that takes the stream.
const GO: &str = "HTTP/1.1 100 Continue\r\n\r\n";
/// The length of a page, which is counted when all of it has been heard.
const PAGE: f64 = 0.1;
/// How far a busy PC may be behind.
const BUSY: f64 = 0.1;

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// A player that is the source of a mount, with a clip of so many seconds, and the clip.
fn source(rig: &Rig, output: OutputKind, length: f64) -> (Player, Vec<f32>, Opened) {
    let file = rig.path("bai.wav");
    let clip = babble(length, 48_000, 61);
    write_wav(&file, &clip, 48_000);
    let (player, device) = Player::ready(rig, job(output, rig.path("heard.wav"), vec![item(&file)]));
    (player, clip, device)
}

/// Lets it play until it says that so much was consumed.
fn play(player: &mut Player, until: f64) {
    player.tell(&ToPlayer::Begin { at: now() });
    let enough = |said: &FromPlayer| {
        matches!(said, FromPlayer::Progress(progress)
            if progress.consumed.lasting(progress.rate).as_secs_f64() > until)
    };
    player.until(PATIENCE, enough);
}

/// How much of a clip that begins with its sound a listener got, in seconds.
fn got(heard: &Recording) -> f64 {
    let first = heard.onset(0.02).expect("sound");
    heard.at(heard.samples.len()).since(heard.at(first)).as_secs_f64()
}

fn consumed(progress: &Progress) -> f64 {
    progress.consumed.lasting(progress.rate).as_secs_f64()
}

/// No more was claimed than a listener got, and not much less. The server gives to one listener after the other, so it may
/// have died in between.
fn honest(claimed: f64, got: f64) {
    assert!((got - 2.0 * PAGE - BUSY..=got + PAGE).contains(&claimed), "{claimed} s claimed, {got} s heard");
}

/// What a failure says.
struct Failed {
    reason: Reason,
    trouble: Option<DeviceTrouble>,
    detail: String,
    progress: Option<Progress>,
}

fn failed(said: FromPlayer) -> Failed {
    match said {
        FromPlayer::Failed { reason, trouble, detail, progress, .. } => Failed { reason, trouble, detail, progress },
        other => panic!("{other:?}"),
    }
}

/// The failure of an output that cannot be opened.
fn refused(rig: &Rig, output: OutputKind) -> Failed {
    let file = rig.path("khac.wav");
    write_wav(&file, &babble(0.5, 48_000, 62), 48_000);
    let mut player = Player::start(rig);
    player.tell(&ToPlayer::Prepare(Box::new(job(output, rig.path("heard.wav"), vec![item(&file)]))));
    let (last, status) = player.last(PATIENCE);
    assert!(!status.success());
    let failed = failed(last);
    assert_eq!(failed.progress, None);
    failed
}

#[test]
fn a_listener_hears_the_clip_whole_and_the_silence_around_it() {
    let (rig, icecast) = (Rig::without_server(), Icecast::new());
    let (mut player, clip, device) = source(&rig, icecast.output(MOUNT), 4.0);
    assert_eq!(device, Opened::Stream { url: icecast.url(MOUNT) });
    let listener = icecast.listen(MOUNT);
    let asked = now().plus(seconds(0.6));
    player.tell(&ToPlayer::Begin { at: asked });
    let (progress, items, end) = ended(player.last(PATIENCE).0);
    let heard = listener.until_the_end();
    assert_eq!((end, progress.consumed.0, progress.xruns), (End::Whole, 4 * 48_000, 0));
    assert_eq!(items[0].played, seconds(4.0));
    let score = heard.score(&clip, &rig.path(""));
    let sound = heard.sound(&rig.path(""));
    let place = sound.at(sound.onset(0.02).unwrap()).since(sound.first_at);
    let started = started(&player);
    let late = progress.at.since(asked).as_secs_f64();
    assert!(score >= 0.98, "{score}");
    assert!(place >= seconds(0.5), "the stream goes on in silence before the clip: {place:?}");
    let start = started.0.as_secs_f64() - asked.0.as_secs_f64();
    println!("score {score:.4} at {place:?}; began {start:.3} s, was over {late:.3} s after the time asked for");
    assert!((-0.02..BUSY).contains(&start), "{start} s after the time asked for");
    assert!((4.0 - 0.02..4.0 + BUSY).contains(&late), "{late} s");
    ends_properly(&rig, &heard);
}

fn started(player: &Player) -> Mono {
    let started = player.said.iter().find_map(|(_, said)| match said {
        FromPlayer::Started { at } => Some(*at),
        _ => None,
    });
    started.expect("it started")
}

/// What judges files of the kind finds nothing wrong: headers, sequence, positions, end.
fn ends_properly(rig: &Rig, heard: &Heard) {
    let file = rig.path("nghe.opus");
    std::fs::write(&file, &heard.0).unwrap();
    let output = Command::new("opusinfo").arg(&file).output().expect("opusinfo must be installed (package opus-tools)");
    let words = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    println!("{words}");
    // A listener who comes late misses pages; he is told so by their numbers, and that is no fault of ours.
    let faults: Vec<&str> = words.lines().filter(|line| line.contains("WARNING") && !line.contains("Hole")).collect();
    assert!(output.status.success() && faults.is_empty() && words.contains("Logical stream 1 ended"), "{words}");
}

#[test]
fn a_wrong_password_is_told() {
    let (rig, icecast) = (Rig::without_server(), Icecast::new());
    let Failed { reason, trouble, detail, .. } = refused(&rig, icecast.output_as(MOUNT, "sai"));
    assert_eq!((reason, trouble), (Reason::DeviceAbsent, Some(DeviceTrouble::NotPermitted)));
    assert!(detail.starts_with("http://127.0.0.1:") && detail.contains("401"), "{detail}");
    assert!(!detail.contains("sai"), "{detail}");
}

#[test]
fn a_mount_that_is_taken_is_told_and_its_source_plays_on() {
    let (rig, icecast) = (Rig::without_server(), Icecast::new());
    let (mut player, ..) = source(&rig, icecast.output(MOUNT), 1.5);
    play(&mut player, 0.2);
    let Failed { reason, trouble, detail, .. } = refused(&rig, icecast.output(MOUNT));
    assert_eq!((reason, trouble), (Reason::DeviceAbsent, Some(DeviceTrouble::Busy)));
    assert!(detail.contains("in use"), "{detail}");
    assert_eq!(ended(player.last(PATIENCE).0).0.consumed.0, 72_000);
}

#[test]
fn a_server_that_is_away_or_is_none_is_told_at_once() {
    let (rig, mut icecast) = (Rig::without_server(), Icecast::new());
    icecast.kill();
    let asked = now();
    let Failed { reason, trouble, .. } = refused(&rig, icecast.output(MOUNT));
    assert_eq!((reason, trouble), (Reason::DeviceAbsent, Some(DeviceTrouble::Unreachable)));
    assert!(now().since(asked) < seconds(2.0));
    let (absent, unreachable) = (Reason::DeviceAbsent, Some(DeviceTrouble::Unreachable));
    // (what it answers to the first question, to the second; reason, trouble, words)
    let cases = [
        ("", "", absent, unreachable, ""),
        ("SSH-2.0-OpenSSH\r\n\r\n", "", absent, unreachable, "no HTTP"),
        ("HTTP/1.1 405 No\r\n\r\n", "", absent, Some(DeviceTrouble::Unsuitable), "405"),
        (GO, "", Reason::DeviceStalled, None, "gives out nothing"),
        (GO, "HTTP/1.0 200 OK\r\n\r\n<html></html>", absent, unreachable, "something else than Ogg"),
    ];
    for (first, second, reason, trouble, words) in cases {
        let output = impostor(first, second);
        let asked = now();
        let told = refused(&rig, output);
        assert_eq!((told.reason, told.trouble), (reason, trouble), "{first:?}, {second:?}: {}", told.detail);
        assert!(told.detail.contains(words), "{first:?}, {second:?}: {}", told.detail);
        assert!(now().since(asked) < seconds(6.0), "{first:?}");
    }
}

/// An output on something that is no Icecast server: answers two connections in its way and then only takes.
fn impostor(first: &'static str, second: &'static str) -> OutputKind {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}{MOUNT}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for answer in [first, second] {
            let (mut socket, _) = listener.accept().unwrap();
            thread::spawn(move || {
                // The client may be gone; that is its affair.
                socket.write_all(answer.as_bytes()).ok();
                std::io::copy(&mut (&mut socket).take(1 << 20), &mut std::io::sink()).ok();
            });
        }
    });
    OutputKind::Icecast(Mount { url, user: "source".to_owned(), password: Secret("x".to_owned()), bitrate: 64 })
}

#[test]
fn a_server_that_dies_is_told_and_a_fresh_one_works_at_once() {
    let (rig, mut icecast) = (Rig::without_server(), Icecast::new());
    let (mut player, ..) = source(&rig, icecast.output(MOUNT), 4.0);
    let listener = icecast.listen(MOUNT);
    play(&mut player, 1.0);
    icecast.kill();
    let killed = now();
    let (last, status) = player.last(seconds(2.0));
    println!("said after {:?}", now().since(killed));
    let Failed { reason, trouble, detail, progress } = failed(last);
    assert!(!status.success() && !detail.is_empty());
    assert_eq!((reason, trouble), (Reason::DeviceAbsent, Some(DeviceTrouble::Unreachable)), "{detail}");
    let got = got(&listener.until_the_end().sound(&rig.path("")));
    let consumed = consumed(&progress.expect("sound had begun"));
    println!("consumed {consumed:.3} s, a listener got {got:.3} s: {detail}");
    honest(consumed, got);
    icecast.start();
    let back = now();
    let (mut player, clip, _) = source(&rig, icecast.output(MOUNT), 1.0);
    let listener = icecast.listen(MOUNT);
    assert!(now().since(back) < seconds(5.0));
    player.tell(&ToPlayer::Begin { at: now() });
    assert_eq!(ended(player.last(PATIENCE).0).0.consumed.0, 48_000);
    let score = listener.until_the_end().score(&clip, &rig.path(""));
    assert!(score >= 0.98, "{score}");
}

#[test]
fn a_server_that_hangs_stops_the_account() {
    let (rig, icecast) = (Rig::without_server(), Icecast::new());
    let (mut player, ..) = source(&rig, icecast.output(MOUNT), 6.0);
    let listener = icecast.listen(MOUNT);
    play(&mut player, 1.0);
    icecast.hang();
    let hung = now();
    let mut told = Vec::new();
    while now().since(hung) < seconds(3.0) {
        match player.next(seconds(0.2)) {
            Some(FromPlayer::Progress(progress)) => told.push(progress),
            other => panic!("{other:?}"),
        }
    }
    let last = told.last().unwrap();
    let moved = told.iter().rfind(|progress| progress.consumed < last.consumed).map(|progress| progress.at);
    let stood = moved.map_or(Duration::ZERO, |at| at.since(hung));
    assert!(stood < seconds(0.3), "it counted on for {stood:?}");
    assert!(last.at.since(hung) > seconds(2.5), "it says until when nothing has moved");
    // The core kills a player that stands still for two seconds; what it said must be true then.
    drop(player);
    let claimed = consumed(last);
    let got = got(&listener.stop().sound(&rig.path("")));
    println!("claimed {claimed:.3} s, a listener got {got:.3} s");
    honest(claimed, got);
    icecast.unhang();
    let (mut player, ..) = source(&rig, icecast.output(MOUNT), 0.5);
    player.tell(&ToPlayer::Begin { at: now() });
    assert_eq!(ended(player.last(PATIENCE).0).0.consumed.0, 24_000);
}

#[test]
fn a_stop_beside_a_server_that_hangs_is_no_success() {
    let (rig, icecast) = (Rig::without_server(), Icecast::new());
    let (mut player, ..) = source(&rig, icecast.output(MOUNT), 4.0);
    play(&mut player, 0.5);
    icecast.hang();
    player.tell(&ToPlayer::Stop { fade: seconds(0.1) });
    assert_eq!(failed(player.last(seconds(6.0)).0).reason, Reason::DeviceStalled);
    icecast.unhang();
}

/// Without an ear, what is counted has at least left this PC: later than with one, and never too early.
#[test]
fn a_mount_that_nobody_may_hear_is_played_to_its_end() {
    let (rig, icecast) = (Rig::without_server(), Icecast::new());
    let (mut player, ..) = source(&rig, icecast.output(CLOSED), 2.0);
    let begun = now();
    player.tell(&ToPlayer::Begin { at: begun });
    let (progress, _, end) = ended(player.last(PATIENCE).0);
    assert_eq!((end, progress.consumed.0), (End::Whole, 96_000));
    for progress in player.progress() {
        let time = progress.at.since(begun).as_secs_f64();
        assert!(consumed(progress) <= time + PAGE, "{} s after {time} s", consumed(progress));
    }
}

#[test]
fn idling_and_encoding_cost_little() {
    let (rig, icecast) = (Rig::without_server(), Icecast::new());
    let (mut player, ..) = source(&rig, icecast.output(MOUNT), 3.0);
    let (begun, used) = (now(), cpu_time(player.pid()));
    play(&mut player, 2.5);
    let share = cpu_time(player.pid()).saturating_sub(used).as_secs_f64() / now().since(begun).as_secs_f64();
    println!("{:.1} % of a core", share * 100.0);
    // Five for a release build; this one decodes and measures unoptimised.
    assert!(share < 0.3, "{share}");
}

/// The rig can be a studio, too: for whoever relays.
#[test]
fn another_source_is_heard() {
    let (rig, icecast) = (Rig::without_server(), Icecast::new());
    let file = rig.path("đài.wav");
    let clip = babble(1.0, 48_000, 63);
    write_wav(&file, &clip, 48_000);
    let studio =
        icecast.source("/song.mp3", &file, &["-c:a", "libmp3lame", "-content_type", "audio/mpeg", "-f", "mp3"]);
    let listener = icecast.listen("/song.mp3");
    thread::sleep(seconds(2.0));
    drop(studio);
    let (score, _) = matches(&clip, &listener.until_the_end().sound(&rig.path("")).samples, 48_000);
    assert!(score >= 0.95, "{score}");
    assert_eq!(icecast.listeners("/song.mp3"), None);
}
