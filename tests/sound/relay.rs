//! A live stream from a real Icecast server: it sounds, gives way to clips when it is lost or silent, and comes back.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread;
use std::time::Duration;

use loaphuong::model::playback::{
    Carrying, Delivered, End, FromPlayer, Job, JobItem, JobRelay, Programme, Progress, ToPlayer,
};
use loaphuong::model::station::OutputKind;
use loaphuong::model::units::Lufs;

use crate::child::{Player, ended, item, job};
use crate::icecast_rig::Icecast;
use crate::rig::{Recording, Rig, now, write_wav};

const PATIENCE: Duration = Duration::from_mins(1);
const MP3: &[&str] = &["-c:a", "libmp3lame", "-b:a", "128k", "-content_type", "audio/mpeg", "-f", "mp3"];
/// What the stream and the clips in its place sound like, in hertz.
const STREAM: u32 = 440;
const CLIP: u32 = 1_000;

fn secs(time: f64) -> Duration {
    Duration::from_secs_f64(time)
}

/// A file with so many seconds of a tone, then so many of silence.
fn tone(rig: &Rig, name: &str, hertz: u32, sound: f64, silence: f64) -> std::path::PathBuf {
    let file = rig.path(name);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some seconds")]
    let frames = |time: f64| (time * 48_000.0) as u32;
    #[expect(clippy::cast_possible_truncation, reason = "a sample")]
    let sample = |n: u32| ((f64::from(n) * f64::from(hertz) * std::f64::consts::TAU / 48_000.0).sin() * 0.2) as f32;
    let mut samples: Vec<f32> = (0..frames(sound)).map(sample).collect();
    samples.resize(samples.len() + frames(silence) as usize, 0.0);
    write_wav(&file, &samples, 48_000);
    file
}

fn relay(rig: &Rig, name: &str, url: &str, (length, silence): (f64, f64), items: Vec<JobItem>) -> Job {
    let relay = JobRelay { url: url.to_owned(), length: secs(length), silence: secs(silence), target: Lufs(-16.0) };
    Job { programme: Programme::Relay(relay), ..job(OutputKind::Wav, rig.path(name), items) }
}

/// What is heard in each tenth of a second: the tone's frequency, or 0 for silence.
fn tones(recording: &Recording) -> Vec<u32> {
    let heard = recording.samples.chunks_exact(4_800).map(|tenth| {
        let loud = tenth.iter().any(|sample| sample.abs() > 0.003);
        let turns = tenth.windows(2).filter(|two| (two[0] < 0.0) != (two[1] < 0.0)).count();
        if loud { u32::try_from(turns).unwrap() * 5 } else { 0 }
    });
    heard.collect()
}

fn is(tone: u32, wanted: u32) -> bool {
    tone.abs_diff(wanted) <= 30
}

/// The tenths in which each of the stretches of tones begins: `(what, from)`.
fn stretches(tones: &[u32]) -> Vec<(u32, usize)> {
    let mut stretches: Vec<(u32, usize)> = Vec::new();
    for (n, heard) in tones.iter().enumerate() {
        let Some(what) = [0, STREAM, CLIP].into_iter().find(|what| is(*heard, *what)) else { continue };
        // What lasts a tenth of a second only is a seam.
        let lasts = tones.get(n + 1).is_some_and(|next| is(*next, what));
        if stretches.last().is_none_or(|(last, _)| *last != what) && lasts {
            stretches.push((what, n));
        }
    }
    stretches
}

/// Runs the job from here on; gives the last account and what was heard.
fn through(rig: &Rig, job: Job) -> (Player, Progress, Vec<Delivered>, Recording) {
    let heard = job.heard.clone();
    let mut player = Player::start(rig);
    player.tell(&ToPlayer::Prepare(Box::new(job)));
    player.tell(&ToPlayer::Begin { at: now() });
    let (progress, items, end) = ended(player.last(PATIENCE).0);
    assert_eq!(end, End::Whole);
    (player, progress, items, Recording::read(&heard))
}

/// A server that answers every question with this text.
fn answers(mime: &'static str, text: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/nghe", listener.local_addr().unwrap());
    thread::spawn(move || {
        // Until the test's process ends.
        for socket in listener.incoming().take(100) {
            let Ok(mut socket) = socket else { continue };
            // The question is short and comes in one piece; what it says does not matter.
            let asked = socket.read(&mut [0; 4096]).unwrap_or(0);
            assert!(asked > 0, "a question");
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {mime}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                text.len()
            );
            socket.write_all(head.as_bytes()).and_then(|()| socket.write_all(text.as_bytes())).ok();
        }
    });
    url
}

/// By each codec and by each way to the stream: it sounds from the beginning to the end, at the loudness that was asked.
#[test]
fn a_stream_sounds_in_every_form() {
    let icecast = Icecast::new();
    let rig = Rig::without_server();
    let file = tone(&rig, "tiếng.wav", STREAM, 5.0, 0.0);
    let forms: [(&str, &[&str]); 4] = [
        ("/a.mp3", MP3),
        ("/a.aac", &["-c:a", "aac", "-b:a", "96k", "-ar", "44100", "-content_type", "audio/aac", "-f", "adts"]),
        ("/a.ogg", &["-c:a", "libvorbis", "-ac", "2", "-content_type", "application/ogg", "-f", "ogg"]),
        ("/a.opus", &["-c:a", "libopus", "-b:a", "64k", "-content_type", "audio/ogg", "-f", "ogg"]),
    ];
    let sources: Vec<_> = forms.iter().map(|(mount, form)| icecast.source(mount, &file, form)).collect();
    let list = |n: usize| icecast.url(forms[n].0);
    let urls = [
        icecast.url(forms[0].0),
        answers("audio/x-mpegurl", format!("#EXTM3U\r\n#EXTINF:-1,Đài\r\n{}\r\n", list(1))),
        answers("audio/x-scpls", format!("[playlist]\nNumberOfEntries=1\nFile1={}\n", list(2))),
        icecast.url(forms[3].0),
    ];
    thread::sleep(secs(4.0));
    thread::scope(|scope| {
        for (n, url) in urls.iter().enumerate() {
            let rig = &rig;
            scope.spawn(move || {
                let (_, progress, items, heard) =
                    through(rig, relay(rig, &format!("{n}.wav"), url, (5.0, 3.0), vec![]));
                assert_eq!((progress.consumed.0, heard.samples.len()), (240_000, 240_000), "{url}");
                assert_eq!(progress.carrying, Carrying::Programme, "{url}");
                assert!(items[0].played >= secs(4.99) && items[0].hash.is_none(), "{url}: {items:?}");
                let tones = tones(&heard);
                let right = tones.iter().filter(|tone| is(**tone, STREAM)).count();
                println!("{url}: {right} of {} tenths, {:?} LUFS", tones.len(), items[0].loudness);
                assert!(right >= 47, "{url}: {tones:?}");
                assert!((items[0].loudness.unwrap() + 16.0).abs() < 1.0, "{url}: {items:?}");
            });
        }
    });
    drop(sources);
}

#[test]
fn a_lost_stream_gives_way_and_comes_back() {
    let icecast = Icecast::new();
    let rig = Rig::without_server();
    let (live, clip) = (tone(&rig, "sống.wav", STREAM, 60.0, 0.0), tone(&rig, "thay.wav", CLIP, 1.5, 0.0));
    let source = icecast.source("/a.mp3", &live, MP3);
    thread::sleep(secs(3.0));
    let job = relay(&rig, "a.wav", &icecast.url("/a.mp3"), (26.0, 5.0), vec![item(&clip), item(&clip)]);
    let mut player = Player::start(&rig);
    player.tell(&ToPlayer::Prepare(Box::new(job)));
    player.tell(&ToPlayer::Begin { at: now() });
    let second = |said: &FromPlayer| matches!(said, FromPlayer::Progress(progress) if progress.consumed.0 > 3 * 48_000);
    player.until(PATIENCE, second);
    let started = player.progress().last().unwrap().consumed.0;
    drop(source);
    let stands_in = |said: &FromPlayer| matches!(said, FromPlayer::Progress(p) if p.carrying == Carrying::Fallback);
    player.until(PATIENCE, stands_in);
    thread::sleep(secs(1.0));
    let again = player.progress().last().unwrap().consumed.0 + 48_000;
    let _source = icecast.source("/a.mp3", &live, MP3);
    let (progress, items, end) = ended(player.last(PATIENCE).0);
    assert_eq!((end, progress.consumed.0), (End::Whole, 26 * 48_000));
    let heard = stretches(&tones(&Recording::read(&rig.path("a.wav"))));
    #[expect(clippy::cast_precision_loss, reason = "tenths of a second")]
    let after = |stretch: usize, frames: u64| heard[stretch].1 as f64 / 10.0 - frames as f64 / 48_000.0;
    println!(
        "{heard:?}: gave way {:.1} s after the loss, back {:.1} s after the return",
        after(1, started),
        after(2, again)
    );
    assert_eq!(heard.iter().map(|(what, _)| *what).collect::<Vec<_>>(), [STREAM, CLIP, STREAM]);
    assert!((0.0..8.0).contains(&after(1, started)) && (0.0..13.0).contains(&after(2, again)));
    let sum: Duration = progress.played.iter().sum();
    assert!(sum.abs_diff(secs(26.0)) < Duration::from_millis(1), "{progress:?}");
    assert!(progress.played[1] >= secs(1.4) && items.iter().all(|item| item.fault.is_none()), "{progress:?} {items:?}");
    assert_eq!(items[1].hash, Some(item(&clip).hash));
    let carried: Vec<Carrying> = player.progress().iter().map(|progress| progress.carrying).collect();
    assert!(carried.contains(&Carrying::Fallback) && progress.carrying == Carrying::Programme);
}

#[test]
fn a_silent_stream_gives_way_and_comes_back() {
    let icecast = Icecast::new();
    let rig = Rig::without_server();
    let (live, clip) = (tone(&rig, "sống.wav", STREAM, 8.0, 9.0), tone(&rig, "thay.wav", CLIP, 2.0, 0.0));
    let _source = icecast.source("/a.mp3", &live, MP3);
    thread::sleep(secs(3.0));
    let job = relay(&rig, "a.wav", &icecast.url("/a.mp3"), (24.0, 3.0), vec![item(&clip)]);
    let (_, _, items, heard) = through(&rig, job);
    let heard = stretches(&tones(&heard));
    println!("{heard:?}");
    let order: Vec<u32> = heard.iter().map(|(what, _)| *what).take(4).collect();
    assert_eq!(order, [STREAM, 0, CLIP, STREAM]);
    assert!((28..=33).contains(&(heard[2].1 - heard[1].1)), "three seconds of silence: {heard:?}");
    assert!((40..=130).contains(&(heard[3].1 - heard[2].1)), "{heard:?}");
    assert!(items[0].silent >= secs(2.8), "{items:?}");
}

#[test]
fn a_stream_that_is_not_there_holds_nobody_up() {
    let rig = Rig::without_server();
    let clip = tone(&rig, "thay.wav", CLIP, 0.7, 0.0);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // Listens and never answers.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let hls = answers(
        "application/vnd.apple.mpegurl",
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\nhttp://127.0.0.1:1/a.ts\n".to_owned(),
    );
    let urls = [format!("http://{nobody}/a"), format!("http://{}/a", mute.local_addr().unwrap()), hls];
    thread::scope(|scope| {
        for (n, url) in urls.iter().enumerate() {
            let (rig, clip): (&Rig, &Path) = (&rig, &clip);
            scope.spawn(move || {
                let asked = now();
                let mut player = Player::start(rig);
                player.tell(&ToPlayer::Prepare(Box::new(relay(
                    rig,
                    &format!("{n}.wav"),
                    url,
                    (2.0, 3.0),
                    vec![item(clip)],
                ))));
                let ready = player.until(PATIENCE, |said| matches!(said, FromPlayer::Ready { .. }));
                let took = now().since(asked);
                assert!(matches!(ready, FromPlayer::Ready { .. }) && took < secs(4.5), "{url}: {took:?}");
                player.tell(&ToPlayer::Begin { at: now() });
                let (progress, _, end) = ended(player.last(PATIENCE).0);
                assert_eq!((end, &progress.played[..]), (End::Whole, &[Duration::ZERO, secs(2.0)][..]), "{url}");
                let tones = tones(&Recording::read(&rig.path(&format!("{n}.wav"))));
                assert!(tones.iter().filter(|tone| is(**tone, CLIP)).count() >= 18, "{url}: {tones:?}");
                let nothing = relay(rig, &format!("{n}.b.wav"), url, (1.0, 3.0), vec![]);
                let (_, progress, items, heard) = through(rig, nothing);
                assert_eq!((progress.consumed.0, progress.carrying), (48_000, Carrying::Fallback), "{url}");
                assert!(
                    items[0].played.is_zero() && heard.samples.iter().all(|sample| sample.abs() < 1e-6),
                    "{items:?}"
                );
            });
        }
    });
}
