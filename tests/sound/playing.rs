//! A healthy device: on the second, whole, counted to the frame.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use loaphuong::model::playback::{End, FromPlayer, JobItem, Opened, ToPlayer};
use loaphuong::model::station::OutputKind;
use loaphuong::model::time::Mono;
use loaphuong::model::units::Decibel;

use crate::child::{CARD, Player, ended, item, job};
use crate::rig::{Recording, Rig, babble, cpu_time, matches, now, write_wav};

const PATIENCE: Duration = Duration::from_secs(15);

/// How much later `a` is than `b`, in seconds.
fn later(a: Mono, b: Mono) -> f64 {
    a.0.as_secs_f64() - b.0.as_secs_f64()
}

fn seconds(time: f64) -> Duration {
    Duration::from_secs_f64(time)
}

#[test]
fn a_clip_leaves_the_speaker_on_the_second_and_whole() {
    let rig = Rig::new();
    let file = rig.path("bai.wav");
    // 44.1 kHz, so that it is resampled on its way; compared with the same clip by ffmpeg's resampler.
    write_wav(&file, &babble(3.0, 44_100, 7), 44_100);
    let ear = rig.capture();
    let (mut player, device) = Player::ready(&rig, job(CARD, rig.path("heard.wav"), vec![item(&file)]));
    let used = cpu_time(player.pid());
    assert_eq!(device, Opened::Card { name: "default".to_owned() });
    let asked = now().plus(seconds(1.0));
    // Said twice: the second counts.
    player.tell(&ToPlayer::Begin { at: asked.plus(seconds(0.5)) });
    player.tell(&ToPlayer::Begin { at: asked });
    player.until(PATIENCE, |said| matches!(said, FromPlayer::Progress(progress) if progress.consumed.0 > 2 * 48_000));
    println!("processor time for three seconds: {:?}", cpu_time(player.pid()).saturating_sub(used));
    let (last, status) = player.last(PATIENCE);
    let ended_at = now();
    let (progress, items, end) = ended(last);
    thread::sleep(seconds(0.2));
    let heard = ear.stop();

    let off = later(heard.at(heard.onset(0.02).expect("sound")), asked);
    println!("the first frame left {:.1} ms after its time", off * 1e3);
    assert!(off.abs() <= 0.05, "{off} s off");
    let told =
        player.said.iter().find_map(|(_, said)| if let FromPlayer::Started { at } = said { Some(*at) } else { None });
    assert!(later(told.expect("Started"), asked).abs() <= 0.05, "{told:?} for {asked:?}");
    let wanted = convert(&rig, &file);
    let (score, at) = matches(&wanted.samples, &heard.samples, heard.rate);
    assert!(score >= 0.95, "heard with {score} at {at:?}");
    let length = later(heard.at(heard.last(0.002).unwrap()), asked);
    assert!((length - 3.0).abs() < 0.05, "the sound lasted {length} s");

    assert!(status.success() && end == End::Whole, "{status:?} {end:?}");
    assert_eq!((progress.consumed.0, &progress.played[..]), (144_000, &[seconds(3.0)][..]));
    assert!((later(progress.at, asked) - 3.0).abs() < 0.05, "over at {:?}", progress.at);
    assert!(later(ended_at, asked) > 2.99, "Ended before the last frame had left");
    assert!(
        items[0].fault.is_none() && items[0].loudness.is_some_and(|lufs| (-20.0..0.0).contains(&lufs)),
        "{items:?}"
    );
    counted_honestly(&player, asked);
}

/// Ten times a second, never backwards, never more than the time since the start allows.
fn counted_honestly(player: &Player, start: Mono) {
    let told = player.progress();
    let times: Vec<Mono> =
        player.said.iter().filter(|(_, said)| matches!(said, FromPlayer::Progress(_))).map(|(at, _)| *at).collect();
    assert!(times.len() >= 25, "{} times", times.len());
    for pair in times.windows(2) {
        assert!(pair[1].since(pair[0]) < seconds(0.5), "{pair:?}");
    }
    for pair in told.windows(2) {
        assert!(pair[0].consumed <= pair[1].consumed && pair[0].at <= pair[1].at, "{pair:?}");
    }
    for progress in told {
        let heard = progress.consumed.lasting(progress.rate).as_secs_f64();
        let time = later(progress.at, start);
        assert!(heard <= time.max(0.0) + 0.02 && heard >= time - 0.15, "{heard} s of sound in {time} s");
    }
}

/// The file at 48 kHz, as ffmpeg converts it.
fn convert(rig: &Rig, file: &Path) -> Recording {
    let converted = rig.path("converted.wav");
    let mut command = std::process::Command::new("ffmpeg");
    command.args(["-v", "error", "-y", "-i"]).arg(file).args(["-ar", "48000", "-ac", "1"]).arg(&converted);
    assert!(command.status().expect("ffmpeg must be installed").success());
    Recording::read(&converted)
}

/// An emergency says everything in one breath.
#[test]
fn in_a_hurry_it_sounds_at_once_and_from_the_first_frame() {
    let rig = Rig::new();
    let file = rig.path("khẩn.wav");
    let clip = babble(1.0, 48_000, 7);
    write_wav(&file, &clip, 48_000);
    let item = item(&file);
    let ear = rig.capture();
    let asked = now();
    let mut player = Player::start(&rig);
    player.tell(&ToPlayer::Prepare(Box::new(job(CARD, rig.path("heard.wav"), vec![item]))));
    player.tell(&ToPlayer::Begin { at: asked });
    ended(player.last(PATIENCE).0);
    thread::sleep(seconds(0.2));
    let heard = ear.stop();
    let took = later(heard.at(heard.onset(0.02).unwrap()), asked);
    println!("from the request to the first sample: {:.0} ms", took * 1e3);
    assert!(took < 1.0, "{took} s");
    let (score, _) = matches(&clip, &heard.samples, heard.rate);
    assert!(score >= 0.95, "{score}");
    let first = player.said.iter().find(|(_, said)| !matches!(said, FromPlayer::Route { .. }));
    assert!(matches!(first, Some((_, FromPlayer::Ready { .. }))), "{first:?}");
}

#[test]
fn stop_fades_out() {
    let rig = Rig::new();
    let file = rig.path("ton.wav");
    write_wav(&file, &vec![0.4; 4 * 48_000], 48_000);
    let ear = rig.capture();
    let (mut player, _) = Player::ready(&rig, job(CARD, rig.path("heard.wav"), vec![item(&file)]));
    player.tell(&ToPlayer::Begin { at: now() });
    thread::sleep(seconds(1.0));
    player.tell(&ToPlayer::Stop { fade: seconds(0.4) });
    let (progress, items, end) = ended(player.last(PATIENCE).0);
    let heard = ear.stop();
    assert_eq!(end, End::Stopped);
    let from = heard.onset(0.3).unwrap();
    let sound = &heard.samples[from..=heard.last(0.001).unwrap()];
    let length = later(heard.at(sound.len()), heard.first_at);
    assert!((1.2..2.2).contains(&length), "{length} s of sound");
    let consumed = progress.consumed.lasting(progress.rate).as_secs_f64();
    assert!((consumed - length).abs() < 0.05, "{consumed} s counted, {length} s heard");
    assert_eq!(items[0].played, progress.played[0]);
    // Falling in a straight line, without a step anywhere.
    let falling = &sound[sound.len() - 19_000..];
    assert!(
        (falling[0] - 0.4).abs() < 0.02 && (falling[9_500] - 0.2).abs() < 0.02,
        "{} {}",
        falling[0],
        falling[9_500]
    );
    assert!(falling.windows(2).all(|two| (two[0] - two[1]).abs() < 0.01), "a click");
}

#[test]
fn stop_before_the_time_is_an_end_without_sound() {
    let rig = Rig::new();
    let file = rig.path("bai.wav");
    write_wav(&file, &babble(1.0, 48_000, 1), 48_000);
    let (mut player, _) = Player::ready(&rig, job(CARD, rig.path("heard.wav"), vec![item(&file)]));
    player.tell(&ToPlayer::Begin { at: now().plus(seconds(60.0)) });
    player.tell(&ToPlayer::Stop { fade: seconds(1.0) });
    let (progress, _, end) = ended(player.last(seconds(2.0)).0);
    assert_eq!((progress.consumed.0, end), (0, End::Stopped));
}

#[test]
fn no_orphan_plays_on() {
    let rig = Rig::new();
    let file = rig.path("bai.wav");
    write_wav(&file, &babble(4.0, 48_000, 1), 48_000);
    let ear = rig.capture();
    let (mut player, _) = Player::ready(&rig, job(CARD, rig.path("heard.wav"), vec![item(&file)]));
    player.tell(&ToPlayer::Begin { at: now() });
    thread::sleep(seconds(0.8));
    player.hang_up();
    let hung_up = now();
    player.gone(seconds(1.5));
    thread::sleep(seconds(0.3));
    let heard = ear.stop();
    assert!(later(heard.at(heard.last(0.002).unwrap()), hung_up) < 0.6, "it played on");
}

/// Every paced output gives the same account as a card, and the file is the programme and nothing else.
#[test]
fn a_wav_holds_the_programme_to_the_frame() {
    let rig = Rig::without_server();
    let (first, second) = (rig.path("một.wav"), rig.path("hai.wav"));
    write_wav(&first, &babble(1.0, 22_050, 3), 22_050);
    let clip = babble(1.5, 48_000, 4);
    write_wav(&second, &clip, 48_000);
    let heard = rig.path("heard/2026/bai.wav");
    // Half as loud, and from its second second on.
    let resumed = JobItem { gain: Decibel(-6.0206), from: seconds(1.0), ..item(&second) };
    let (mut player, device) = Player::ready(&rig, job(OutputKind::Wav, heard.clone(), vec![item(&first), resumed]));
    assert_eq!(device, Opened::File { path: heard.clone() });
    let asked = now().plus(seconds(0.3));
    player.tell(&ToPlayer::Begin { at: asked });
    let (progress, items, _) = ended(player.last(PATIENCE).0);
    assert!(later(now(), asked) > 1.49, "not paced");
    assert_eq!(progress.played, [seconds(1.0), seconds(0.5)]);
    assert_eq!(progress.consumed.0, 72_000);
    assert!((items[0].peak.0 - items[1].peak.0) > 3.0, "{items:?}");
    let recording = Recording::read(&heard);
    assert_eq!(recording.samples.len(), 72_000);
    for (n, (got, want)) in recording.samples[48_000..].iter().zip(&clip[48_000..]).enumerate().skip(240) {
        assert!((got - want / 2.0).abs() < 1e-3, "sample {n} of the second item: {got}, not {}", want / 2.0);
    }
    assert!(recording.samples[48_000..48_010].iter().all(|sample| sample.abs() < 0.02), "it begins with a click");
}

#[test]
fn a_proof_is_never_overwritten() {
    let rig = Rig::without_server();
    let (file, heard) = (rig.path("bai.wav"), rig.path("heard.wav"));
    write_wav(&file, &babble(0.5, 48_000, 3), 48_000);
    fs::write(&heard, "yesterday's").unwrap();
    fs::write(rig.path("heard.2.wav"), "and another").unwrap();
    let (mut player, device) = Player::ready(&rig, job(OutputKind::Wav, heard.clone(), vec![item(&file)]));
    assert_eq!(device, Opened::File { path: rig.path("heard.3.wav") });
    player.tell(&ToPlayer::Begin { at: now() });
    ended(player.last(PATIENCE).0);
    assert_eq!(Recording::read(&rig.path("heard.3.wav")).samples.len(), 24_000);
    assert_eq!(fs::read_to_string(heard).unwrap(), "yesterday's");
}

#[test]
fn a_recording_survives_the_player() {
    let rig = Rig::without_server();
    let (file, heard) = (rig.path("bai.wav"), rig.path("heard.wav"));
    write_wav(&file, &babble(4.0, 48_000, 3), 48_000);
    let (mut player, _) = Player::ready(&rig, job(OutputKind::Wav, heard.clone(), vec![item(&file)]));
    player.tell(&ToPlayer::Begin { at: now() });
    let two = |said: &FromPlayer| matches!(said, FromPlayer::Progress(progress) if progress.consumed.0 > 2 * 48_000);
    player.until(PATIENCE, two);
    drop(player);
    let length = Recording::read(&heard).samples.len();
    assert!((48_000..=3 * 48_000).contains(&length), "{length} frames");
}

#[test]
fn null_is_paced() {
    let rig = Rig::without_server();
    let file = rig.path("bai.wav");
    write_wav(&file, &babble(1.0, 48_000, 7), 48_000);
    let (mut player, device) = Player::ready(&rig, job(OutputKind::Null, rig.path("heard.wav"), vec![item(&file)]));
    assert_eq!(device, Opened::Null);
    let begun = now();
    player.tell(&ToPlayer::Begin { at: begun });
    assert_eq!(ended(player.last(PATIENCE).0).0.consumed.0, 48_000);
    assert!(now().since(begun) >= seconds(1.0));
    assert!(!rig.path("heard.wav").exists());
}
