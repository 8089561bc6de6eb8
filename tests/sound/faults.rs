//! Devices that are absent, die, hang or lie: told within two seconds, without a flood, and never as a success.

use std::thread;
use std::time::Duration;

use loaphuong::model::outcome::Reason;
use loaphuong::model::playback::{End, FromPlayer, Opened, Progress, ToPlayer};
use loaphuong::model::station::OutputKind;

use crate::child::{CARD, Player, ended, item, job};
use crate::rig::{Recording, Rig, babble, cpu_time, matches, now, wait_until, write_wav};

/// A player that is one second into a clip of four.
fn on_air(rig: &Rig) -> Player {
    let file = rig.path("bai.wav");
    write_wav(&file, &babble(4.0, 48_000, 5), 48_000);
    let (mut player, _) = Player::ready(rig, job(CARD, rig.path("heard.wav"), vec![item(&file)]));
    player.tell(&ToPlayer::Begin { at: now() });
    let second = |said: &FromPlayer| matches!(said, FromPlayer::Progress(progress) if progress.consumed.0 > 48_000);
    player.until(Duration::from_secs(5), second);
    player
}

/// The reason and the last account of a failure.
fn failed(said: FromPlayer) -> (Reason, Option<Progress>) {
    match said {
        FromPlayer::Failed { reason, progress, .. } => (reason, progress),
        other => panic!("{other:?}"),
    }
}

/// The device is gone: said within two seconds, with a count that the time allows, without eating the processor.
fn gone_is_said(mut player: Player) {
    let (begun, used) = (now(), cpu_time(player.pid()));
    let before = player.progress().last().unwrap().consumed;
    let mut most = used;
    let last = loop {
        most = most.max(cpu_time(player.pid()));
        match player.next(Duration::from_millis(20)) {
            Some(last @ (FromPlayer::Ended { .. } | FromPlayer::Failed { .. })) => break last,
            _ => assert!(now().since(begun) < Duration::from_secs(2), "silent about it for two seconds"),
        }
    };
    let took = now().since(begun);
    let (reason, progress) = failed(last);
    assert_eq!(reason, Reason::DeviceAbsent);
    let consumed = progress.expect("sound had begun").consumed;
    assert!(before <= consumed && consumed.0 < 3 * 48_000, "{consumed:?}");
    // One core at 5 %, and 30 ms for counting in hundredths of a second and for saying goodbye.
    let spent = most.saturating_sub(used);
    assert!(spent <= took / 20 + Duration::from_millis(30), "{spent:?} of processor time in {took:?}");
    assert!(!player.gone(Duration::from_secs(2)).success());
    println!("said after {took:?}, processor {spent:?}");
}

#[test]
fn the_sound_server_dies() {
    let mut rig = Rig::new();
    let player = on_air(&rig);
    rig.kill();
    gone_is_said(player);
    // A fresh player on a fresh server works at once.
    rig.start();
    on_air(&rig);
}

#[test]
fn the_speaker_goes_away() {
    let rig = Rig::new();
    let player = on_air(&rig);
    rig.unload_speaker();
    gone_is_said(player);
}

#[test]
fn a_hung_device_is_seen_and_holds_nobody() {
    let rig = Rig::new();
    let mut player = on_air(&rig);
    let used = cpu_time(player.pid());
    rig.hang();
    thread::sleep(Duration::from_millis(300));
    let still = player.progress().len();
    thread::sleep(Duration::from_millis(1_200));
    while player.next(Duration::ZERO).is_some() {}
    let told = player.progress();
    assert!(told.len() >= still + 10, "progress is told also when nothing moves");
    let last = &told[told.len() - 8..];
    assert!(last.iter().all(|progress| progress.consumed == last[0].consumed), "{last:?}");
    assert!(last[0].at < last[7].at, "it says until when nothing has moved");
    assert!(cpu_time(player.pid()).saturating_sub(used) <= Duration::from_millis(105), "busy");
    player.hang_up();
    player.gone(Duration::from_secs(2));
    rig.unhang();
}

#[test]
fn a_hung_device_does_not_drain() {
    let rig = Rig::new();
    let mut player = on_air(&rig);
    rig.hang();
    player.tell(&ToPlayer::Stop { fade: Duration::from_millis(100) });
    let (last, _) = player.last(Duration::from_secs(5));
    assert_eq!(failed(last).0, Reason::DeviceStalled);
    rig.unhang();
}

#[test]
fn a_device_that_hangs_from_the_start_holds_nobody() {
    let rig = Rig::new();
    rig.hang();
    let file = rig.path("bai.wav");
    write_wav(&file, &babble(1.0, 48_000, 5), 48_000);
    let mut player = Player::start(&rig);
    player.tell(&ToPlayer::Prepare(Box::new(job(CARD, rig.path("heard.wav"), vec![item(&file)]))));
    assert_eq!(player.next(Duration::from_millis(700)), None);
    player.tell(&ToPlayer::Stop { fade: Duration::ZERO });
    let (progress, _, end) = ended(player.last(Duration::from_secs(2)).0);
    assert_eq!((progress.consumed.0, end), (0, End::Stopped));
    rig.unhang();
}

#[test]
fn nothing_to_play_on() {
    let rig = Rig::without_server();
    let file = rig.path("bai.wav");
    write_wav(&file, &babble(1.0, 48_000, 5), 48_000);
    for name in [None, Some("plughw:CARD=Nowhere,DEV=0"), Some("không có")] {
        let mut player = Player::start(&rig);
        let output = OutputKind::Device { name: name.map(str::to_owned) };
        player.tell(&ToPlayer::Prepare(Box::new(job(output, rig.path("heard.wav"), vec![item(&file)]))));
        let (last, status) = player.last(Duration::from_secs(5));
        assert_eq!(failed(last), (Reason::DeviceAbsent, None), "{name:?}");
        assert!(!status.success() && !rig.path("heard.wav").exists(), "{name:?}");
    }
}

#[test]
fn auto_without_a_card_writes_what_nobody_heard() {
    let rig = Rig::without_server();
    let (file, heard) = (rig.path("bai.wav"), rig.path("heard.wav"));
    let clip = babble(1.0, 48_000, 5);
    write_wav(&file, &clip, 48_000);
    let (mut player, device) = Player::ready(&rig, job(OutputKind::Auto, heard.clone(), vec![item(&file)]));
    assert!(
        matches!(&device, Opened::StandIn { path, why } if *path == heard && why.starts_with("default: ")),
        "{device:?}"
    );
    player.tell(&ToPlayer::Begin { at: now() });
    ended(player.last(Duration::from_secs(5)).0);
    let (score, _) = matches(&clip, &Recording::read(&heard).samples, 48_000);
    assert!(score > 0.999, "{score}");
}

#[test]
fn auto_with_a_card_plays_on_it() {
    let rig = Rig::new();
    let file = rig.path("bai.wav");
    write_wav(&file, &babble(1.0, 48_000, 5), 48_000);
    let (_player, device) = Player::ready(&rig, job(OutputKind::Auto, rig.path("heard.wav"), vec![item(&file)]));
    assert_eq!(device, Opened::Card { name: "default".to_owned() });
    assert!(!rig.path("heard.wav").exists());
}

/// ALSA's `null` takes everything at once and reports no error: only the pace gives it away, and the pace is told.
#[test]
fn a_device_that_swallows_is_told_by_its_pace() {
    let rig = Rig::with_alsa_null();
    let file = rig.path("bai.wav");
    write_wav(&file, &babble(4.0, 48_000, 5), 48_000);
    let (mut player, _) = Player::ready(&rig, job(CARD, rig.path("heard.wav"), vec![item(&file)]));
    let used = cpu_time(player.pid());
    thread::sleep(Duration::from_secs(1));
    let idle = cpu_time(player.pid()).saturating_sub(used);
    assert!(idle < Duration::from_millis(300), "{idle:?} of processor time in a second of silence");
    let begun = now();
    player.tell(&ToPlayer::Begin { at: begun });
    let (progress, _, end) = ended(player.last(Duration::from_secs(5)).0);
    assert_eq!((progress.consumed.0, end), (4 * 48_000, End::Whole));
    let took = progress.at.since(begun).as_secs_f64();
    assert!(4.0 / took > 1.5, "four seconds of sound in {took} s would pass for a device");
}

#[test]
fn a_rig_restarts() {
    let mut rig = Rig::new();
    rig.kill();
    rig.start();
    rig.load_speaker("other");
    wait_until("sound", Duration::from_secs(5), || rig.capture().stop().rate == 48_000);
}
