//! What measuring a clip costs: our scan (hash, duration, loudness, true peak, silence, the gain for one target) against
//! ffmpeg's loudness alone, on the same files in the same run. `cargo bench --bench loudness`; fails where we are slower, or
//! disagree by more than 0.1 LU. Runs the program, ffmpeg, sox and espeak-ng.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use loaphuong::library::inspect;
use loaphuong::model::units::Lufs;

/// The best of so many runs is taken, of ours and of theirs in turn.
const RUNS: usize = 5;
const TARGET: Lufs = Lufs(-16.0);

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Name, and what ffmpeg makes it of: speech, or a source of its own.
const FILES: [(&str, &str, &str); 9] = [
    ("speech.wav", "speech", ""),
    ("speech.mp3", "speech", "-ar 44100 -ac 2 -b:a 128k"),
    ("speech.ogg", "speech", "-ar 44100 -c:a libvorbis"),
    ("speech.opus", "speech", "-c:a libopus -b:a 32k"),
    ("speech.m4a", "speech", "-ar 44100 -c:a aac"),
    ("phone.wav", "speech", "-ar 8000 -c:a pcm_mulaw"),
    ("noise.flac", "anoisesrc=d=70:a=0.3:c=pink:r=48000", "-ac 2"),
    ("tone.wav", "sine=frequency=997:duration=70:sample_rate=48000", "-ac 2"),
    ("loud.mp3", "anoisesrc=d=70:a=0.9:c=brown:r=44100", "-af volume=6dB -ac 2 -q:a 2"),
];

fn main() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let speech = speech(folder.path())?;
    println!("{:<12} {:>9} {:>9} {:>7} {:>9} {:>9}", "", "ours s", "ffmpeg s", "ratio", "ours", "ffmpeg");
    let (mut slower, mut apart) = (Vec::new(), Vec::new());
    for (name, source, arguments) in FILES {
        let file = folder.path().join(name);
        make(&speech, source, arguments, &file)?;
        let (mut best, mut best_of_theirs) = (Duration::MAX, Duration::MAX);
        let (mut loudness, mut theirs) = (0.0, 0.0);
        for _ in 0..RUNS {
            let time;
            (loudness, time) = ours(&file, folder.path())?;
            best = best.min(time);
            let time;
            (theirs, time) = by_ffmpeg(&file)?;
            best_of_theirs = best_of_theirs.min(time);
        }
        let ratio = best.as_secs_f64() / best_of_theirs.as_secs_f64();
        let seconds = (best.as_secs_f64(), best_of_theirs.as_secs_f64());
        println!("{name:<12} {:>9.3} {:>9.3} {ratio:>7.2} {loudness:>9.2} {theirs:>9.2}", seconds.0, seconds.1);
        if ratio > 1.0 {
            slower.push(name);
        }
        if (loudness - theirs).abs() > 0.1 {
            apart.push(name);
        }
    }
    if slower.is_empty() && apart.is_empty() {
        Ok(())
    } else {
        Err(format!("slower: {slower:?}, apart: {apart:?}").into())
    }
}

/// Loudness, and how long it took to find out.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn ours(file: &Path, state: &Path) -> Outcome<(f64, Duration)> {
    let begun = Instant::now();
    let clip = inspect(file, state, Path::new(env!("CARGO_BIN_EXE_loaphuong")), &[TARGET]);
    let time = begun.elapsed();
    let sound = clip.airable().map_err(|fault| format!("{}: {fault:?}", file.display()))?;
    Ok((sound.loudness.ok_or("no loudness")?.0, time))
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn by_ffmpeg(file: &Path) -> Outcome<(f64, Duration)> {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-nostats", "-i"]).arg(file).args(["-af", "ebur128=peak=true", "-f", "null", "-"]);
    let begun = Instant::now();
    let output = ffmpeg.stdin(Stdio::null()).output()?;
    let time = begun.elapsed();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let summary = text.rsplit_once("Summary:").ok_or("no summary")?.1;
    let line = summary.lines().find_map(|line| line.trim().strip_prefix("I:")).ok_or("no loudness")?;
    Ok((line.split_whitespace().next().ok_or("no number")?.parse()?, time))
}

/// More than a minute of speech.
fn speech(folder: &Path) -> Outcome<PathBuf> {
    let words =
        "Kính mời bà con nghe bản tin của phường An Xuân về bảo hiểm xã hội tự nguyện và bảo hiểm y tế hộ gia đình. ";
    let file = folder.join("words.wav");
    run(Command::new("espeak-ng").args(["-v", "vi", "-w"]).arg(&file).arg(words.repeat(12)))?;
    Ok(file)
}

fn make(speech: &Path, source: &str, arguments: &str, to: &Path) -> Outcome<()> {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-y"]);
    match source {
        "speech" => ffmpeg.arg("-i").arg(speech),
        source => ffmpeg.args(["-f", "lavfi", "-i", source]),
    };
    run(ffmpeg.args(arguments.split_whitespace()).arg(to))
}

fn run(command: &mut Command) -> Outcome<()> {
    let status = command.stdin(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}
