//! What the speaker plays is what was sent, as loud as was asked, and never too loud: for clips of all kinds and levels.
//!
//! What was sent is the clip behind the limiter. Held against the clip itself, three of the twenty (puffs 20 dB above a voice)
//! correlate by 0.86–0.89 only; no limiter can do better than 0.94 at that loudness, which is what a plain cut at the ceiling,
//! the sound below it that is nearest to the clip, comes to. A limiter that comes back more slowly does worse: it takes from the
//! voice, which must be made up for by more gain.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use loaphuong::level::Limiter;
use loaphuong::library::inspect;
use loaphuong::model::clip::CEILING;
use loaphuong::model::playback::{FromPlayer, JobItem, ToPlayer};
use loaphuong::model::units::{Decibel, Hertz, Lufs};

use crate::child::{CARD, PROGRAM, Player, ended, item, job};
use crate::rig::{Recording, Rig, now};

/// What all of them are brought to.
const TARGET: f64 = -16.0;
/// Players at a time, each with a sound server of its own, and clips that each of them plays.
const PLAYERS: usize = 4;
const CLIPS: usize = 5;

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {said}");
    said
}

/// Integrated loudness and true peak by ffmpeg.
pub(crate) fn ebur128(file: &Path) -> (f64, f64) {
    let command = &mut Command::new("ffmpeg");
    command.args(["-nostats", "-hide_banner", "-i"]).arg(file).args(["-af", "ebur128=peak=true", "-f", "null", "-"]);
    let said = run(command);
    let summary = said.rsplit_once("Summary:").expect("a summary").1;
    let value = |name: &str| -> f64 {
        let line = summary.lines().find(|line| line.trim_start().starts_with(name)).expect(name);
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    (value("I:"), value("Peak:"))
}

/// A clip of about three seconds, of this number: what it is, how it is stored and how loud it is all differ.
fn make(rig: &Rig, number: usize) -> PathBuf {
    let (raw, loud) = (rig.path(&format!("{number}.raw.wav")), rig.path(&format!("{number}.loud.wav")));
    let texts = [
        "Kính thưa bà con, chiều nay xã ta họp dân.",
        "Tiêm phòng dại cho chó mèo, thứ bảy tuần này.",
        "Bão số ba đang vào bờ.",
    ];
    match number % 4 {
        0 | 1 => {
            let pitch = (30 + number * 3).to_string();
            run(Command::new("espeak-ng").args(["-v", "vi", "-p", &pitch, "-w"]).arg(&raw).arg(texts[number % 3]));
        }
        // A phone close to the mouth: no bass, and puffs that peak high above the voice.
        2 => {
            let voice = rig.path(&format!("{number}.voice.wav"));
            run(Command::new("espeak-ng").args(["-v", "vi", "-w"]).arg(&voice).arg(texts[number % 3]));
            let puffs = "highpass=f=300,volume=0.25,aeval=val(0)+0.7*sin(2*PI*180*t)*lt(mod(t\\,0.9)\\,0.012):c=same";
            run(Command::new("ffmpeg").args(["-v", "error", "-y", "-i"]).arg(&voice).args(["-af", puffs]).arg(&raw));
        }
        // A tone that comes and goes.
        _ => {
            let tone = format!("sine=f={}:d=3:r=48000,tremolo=f=3:d=0.8", 200 + 130 * number);
            run(Command::new("ffmpeg").args(["-v", "error", "-y", "-f", "lavfi", "-i", &tone]).arg(&raw));
        }
    }
    // From −40 to −6 LUFS; what would exceed full scale there is pressed below it, as in a loud master.
    let wanted = -40.0 + 34.0 * f64::from(u32::try_from(number).unwrap()) / 19.0;
    let gain = format!("aresample=48000,volume={}dB,alimiter=limit=0.98:level=0,atrim=end=3", wanted - ebur128(&raw).0);
    run(Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-i"])
        .arg(&raw)
        .args(["-af", &gain, "-c:a", "pcm_f32le"])
        .arg(&loud));
    let stored: (&str, &[&str]) = [
        ("wav", &["-ar", "44100", "-ac", "1", "-c:a", "pcm_s16le"][..]),
        ("flac", &["-ar", "48000", "-ac", "2"]),
        ("mp3", &["-ar", "44100", "-b:a", "128k"]),
        ("ogg", &["-ar", "32000", "-ac", "2", "-c:a", "libvorbis", "-q:a", "5"]),
        ("m4a", &["-ar", "44100", "-c:a", "aac", "-b:a", "96k"]),
        ("wav", &["-ar", "16000", "-ac", "1", "-c:a", "pcm_s16le"]),
        ("mp3", &["-ar", "22050", "-ac", "1", "-q:a", "4"]),
    ][number % 7];
    let file = rig.path(&format!("{number}.{}", stored.0));
    run(Command::new("ffmpeg").args(["-v", "error", "-y", "-i"]).arg(&loud).args(stored.1).arg(&file));
    file
}

/// The clip at 48 kHz on both sides, as ffmpeg decodes it, one side of it.
fn decoded(file: &Path) -> Vec<f32> {
    let converted = file.with_extension("decoded.wav");
    run(Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-i"])
        .arg(file)
        .args(["-ar", "48000", "-af", "pan=mono|c0=c0", "-c:a", "pcm_f32le"])
        .arg(&converted));
    let mut reader = hound::WavReader::open(converted).unwrap();
    reader.samples::<f32>().map(Result::unwrap).collect()
}

/// What is sent of a clip with this gain, one side of it.
fn sent(clip: &[f32], gain: Decibel) -> Vec<f32> {
    #[expect(clippy::cast_possible_truncation, reason = "a factor")]
    let factor = gain.factor() as f32;
    let louder: Vec<f32> = clip.iter().map(|sample| sample * factor).collect();
    let mut limiter = Limiter::new(Hertz(48_000), 1, CEILING);
    let mut sent = limiter.push(&louder).to_vec();
    sent.extend_from_slice(limiter.finish());
    sent
}

/// The gain that the station gives the clip in this file to bring it to the target.
fn gain(rig: &Rig, file: &Path) -> Decibel {
    let target = Lufs(TARGET);
    let clip = inspect(file, &rig.path("state"), Path::new(PROGRAM), &[target]);
    clip.airable().unwrap_or_else(|fault| panic!("{}: {fault:?}", file.display())).gain(target)
}

/// Normalised correlation of two sounds, the second one from `lag` on.
fn correlation(one: &[f32], other: &[f32], lag: isize, step: usize) -> f64 {
    let (mut both, mut a, mut b) = (0.0, 0.0, 0.0);
    for n in (0..one.len()).step_by(step) {
        let other = n.checked_add_signed(lag).and_then(|n| other.get(n)).copied().unwrap_or(0.0);
        both += f64::from(one[n]) * f64::from(other);
        a += f64::from(one[n]).powi(2);
        b += f64::from(other).powi(2);
    }
    both / (a * b).sqrt().max(1e-12)
}

/// The best of them within the delay that decoders differ by.
fn best_correlation(one: &[f32], other: &[f32]) -> f64 {
    let best = |lags: &mut dyn Iterator<Item = isize>, step| {
        let scored = lags.map(|lag| (correlation(one, other, lag, step), lag));
        scored.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
    };
    let (_, near) = best(&mut (-2_500..=2_500), 101);
    best(&mut (near - 3..=near + 3), 1).0
}

/// What was heard of a clip, on both sides.
fn write_heard(path: &Path, samples: &[f32]) {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 48_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    for sample in samples {
        writer.write_sample(*sample).unwrap();
        writer.write_sample(*sample).unwrap();
    }
    writer.finalize().unwrap();
}

/// Plays some of the clips on a server of its own. Says of each the correlation and by how much its loudness was off; and
/// the highest true peak of all.
fn play(first: usize) -> (Vec<(f64, f64)>, f64) {
    let rig = Rig::new();
    let files: Vec<PathBuf> = (first..first + CLIPS).map(|number| make(&rig, number)).collect();
    let items: Vec<JobItem> = files.iter().map(|file| JobItem { gain: gain(&rig, file), ..item(file) }).collect();
    let sent: Vec<Vec<f32>> = items.iter().map(|item| sent(&decoded(&item.file), item.gain)).collect();
    let ear = rig.capture();
    let (mut player, _) = Player::ready(&rig, job(CARD, rig.path("heard.wav"), items.clone()));
    player.tell(&ToPlayer::Begin { at: now() });
    let (progress, delivered, _) = ended(player.last(Duration::from_mins(1)).0);
    thread::sleep(Duration::from_millis(200));
    let Recording { samples: heard, first_at, .. } = ear.stop();
    let frames = |time: Duration| usize::try_from(Hertz(48_000).frames_in(time + Duration::from_micros(10)).0).unwrap();
    // By the device's own account, to some milliseconds; the correlation looks around it.
    let started = player.said.iter().find_map(|(_, said)| match said {
        FromPlayer::Started { at } => Some(*at),
        _ => None,
    });
    let start = frames(started.expect("Started").since(first_at));
    write_heard(&rig.path("all.wav"), &heard);
    let peak = ebur128(&rig.path("all.wav")).1;
    let mut from = start;
    let each = sent.iter().zip(&items).zip(&delivered).map(|((sent, item), delivered)| {
        let to = (from + frames(delivered.played)).min(heard.len());
        let part = &heard[from..to];
        from = to;
        let file = item.file.with_extension("heard.wav");
        write_heard(&file, part);
        let off = ebur128(&file).0 - TARGET;
        let score = best_correlation(sent, part);
        println!(
            "{:>10}: gain {:6.2} dB, {off:+.2} LU, told {:+.2} LU and {:.2} dBTP, correlation {score:.4}",
            item.file.file_name().unwrap().to_string_lossy(),
            item.gain.0,
            delivered.loudness.unwrap() - TARGET,
            delivered.peak.0
        );
        (score, off)
    });
    let each = each.collect();
    println!("{} harmless errors of the device", progress.xruns);
    (each, peak)
}

#[test]
fn what_is_heard_is_what_was_sent_and_as_loud_as_was_asked() {
    let players: Vec<_> = (0..PLAYERS).map(|n| thread::spawn(move || play(n * CLIPS))).collect();
    for player in players {
        let (clips, peak) = player.join().unwrap();
        assert!(peak <= CEILING.0, "{peak} dBTP");
        for (score, off) in clips {
            assert!(score >= 0.98, "correlation {score}");
            assert!(off.abs() <= 0.5, "{off} LU off");
        }
    }
}
