//! Thousands of damaged clips: none takes the caller down, none hangs, and none that has lost something is said to be whole.
//!
//! `MUTANTS=5000 cargo test --release --test library mutants -- --nocapture` is the campaign; without the variable each
//! format has a few only.
//!
//! What "whole" can mean differs. A checksum over the sound itself (FLAC: of each frame and of the whole; Ogg: of each page)
//! finds every flipped bit. MP3, WAV and M4A have none: a bit that falls over inside their sound sounds different and
//! nobody can know, the frames are all there. What is held here, for every format: a clip that is said to be whole decodes
//! without complaint to exactly as many frames as were said, and these are no fewer than the undamaged clip had — but for what
//! [`Format::unseen`] allows: an MP3 that says nothing of its length, and has lost whole frames and nothing but them.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use loaphuong::decode::Decoder;
use serde_json::Value;

use crate::harm;
use crate::support::{PROGRAM, Place, ffmpeg, sox, speech};

/// Without a campaign.
const FEW: u32 = 40;
/// No file may keep the measuring process longer: a hundred times what it needs.
const PATIENCE: Duration = Duration::from_mins(1);

struct Format {
    name: &'static str,
    arguments: &'static str,
    /// By how many frames a clip may be shorter than it was and nobody can know.
    slack: u64,
    /// In how many of a thousand a loss beyond that is not to be seen.
    unseen: u32,
}

const FORMATS: [Format; 7] = [
    Format { name: "cbr.mp3", arguments: "-b:a 64k -write_xing 0", slack: 1152, unseen: 1 },
    Format { name: "vbr.mp3", arguments: "-q:a 5", slack: 2 * 1152, unseen: 0 },
    Format { name: "a.wav", arguments: "", slack: 0, unseen: 0 },
    Format { name: "a.flac", arguments: "", slack: 0, unseen: 0 },
    Format { name: "a.ogg", arguments: "-c:a libvorbis -page_duration 100000", slack: 64, unseen: 0 },
    Format { name: "a.m4a", arguments: "-c:a aac", slack: 1024, unseen: 0 },
    Format { name: "a.opus", arguments: "-c:a libopus -b:a 32k -page_duration 100000", slack: 64, unseen: 0 },
];

/// The measuring process.
struct Meter {
    child: Child,
    questions: ChildStdin,
    answers: Receiver<String>,
}

impl Meter {
    fn start() -> Self {
        let mut child = Command::new(PROGRAM)
            .arg("measure")
            // No helper: it is ours that is tried.
            .env("PATH", "/nowhere")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (questions, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (tell, answers) = channel();
        std::thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).all(|line| tell.send(line).is_ok());
        });
        Self { child, questions, answers }
    }

    /// What it says of a file; nothing if that has ended it.
    fn ask(&mut self, file: &Path) -> Option<Value> {
        let question = serde_json::json!({ "measure": { "file": file, "targets": [], "decoded": file.with_extension("decoded") } });
        writeln!(self.questions, "{question}").ok()?;
        match self.answers.recv_timeout(PATIENCE) {
            Ok(line) => Some(serde_json::from_str(&line).unwrap()),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => None,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("{} hangs the measuring process", file.display()),
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.child.kill().and_then(|()| self.child.wait()).unwrap();
    }
}

/// What became of a damaged clip.
#[derive(Debug, Default)]
struct Tally {
    refused: u32,
    /// Airable: the same samples, others, more of them, fewer, and fewer than can be explained.
    same: u32,
    other: u32,
    longer: u32,
    shorter: u32,
    lost: Vec<String>,
    /// It ended the measuring process.
    deadly: u32,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { refused, same, other, longer, shorter, lost, deadly } = self;
        write!(
            f,
            "refused {refused:4}, aired: same {same:4}, other {other:4}, longer {longer:3}, shorter {shorter:3}, lost {:3}; \
             deadly {deadly}",
            lost.len()
        )
    }
}

/// All samples of a clip, as the player decodes it.
fn samples(file: &Path) -> Result<Vec<f32>, String> {
    let mut decoder = Decoder::open(file).map_err(|error| error.to_string())?;
    let mut all = Vec::new();
    while let Some(samples) = decoder.next().map_err(|error| error.to_string())? {
        all.extend_from_slice(samples);
    }
    Ok(all)
}

struct Trial<'t> {
    format: &'t Format,
    whole: Vec<f32>,
    file: PathBuf,
    tallies: BTreeMap<&'static str, Tally>,
}

impl Trial<'_> {
    /// Holds what was said of the mutant against what the player decodes of it.
    fn weigh(&mut self, what: &str, way: &'static str, answer: Option<&Value>) {
        let tally = self.tallies.entry(way).or_default();
        let Some(answer) = answer else {
            tally.deadly += 1;
            return;
        };
        let (sound, faults) = (&answer["sound"], answer["faults"].as_array().unwrap());
        if sound.is_null() || !faults.is_empty() {
            tally.refused += 1;
            return;
        }
        let decoded = samples(&self.file).unwrap_or_else(|error| panic!("{what} is said to be whole: {error}"));
        let channels = sound["channels"].as_u64().unwrap();
        let (frames, whole) = (decoded.len() as u64 / channels, self.whole.len() as u64);
        let rate = sound["rate"].as_u64().unwrap();
        let said = &sound["duration"];
        let said =
            Duration::new(said["secs"].as_u64().unwrap(), u32::try_from(said["nanos"].as_u64().unwrap()).unwrap());
        let played = Duration::from_nanos(frames * 1_000_000_000 / rate);
        assert!(played >= said, "{what}: {played:?} is played, {said:?} was said");
        assert_eq!(played, said, "{what}");
        if frames + self.format.slack < whole {
            tally.lost.push(format!("{what}: {frames} of {whole} frames"));
        } else if frames < whole {
            tally.shorter += 1;
        } else if frames > whole {
            tally.longer += 1;
        } else if decoded == self.whole {
            tally.same += 1;
        } else {
            tally.other += 1;
        }
    }
}

fn try_out(format: &Format) {
    let count: u32 = std::env::var("MUTANTS").map_or(FEW, |count| count.parse().unwrap());
    let place = Place::new();
    let voice = place.at("voice.wav");
    speech("Kính mời bà con", &voice);
    sox(&voice, &place.at("short.wav"), "rate 44100 gain -3 trim 0 0.8");
    let good = place.at(format.name);
    let short = place.at("short.wav");
    ffmpeg(&format!("amovie={}", short.display()), format.arguments, &good);
    let bytes = fs::read(&good).unwrap();
    let mutant = place.at(format!("mutant.{}", good.extension().unwrap().to_str().unwrap()));
    let mut trial = Trial { format, whole: samples(&good).unwrap(), file: mutant.clone(), tallies: BTreeMap::new() };
    assert!(trial.whole.len() > 20_000, "mono, most of a second");
    let mut meter = Meter::start();
    for seed in 0..count {
        let (harmed, way) = harm::mutant(&bytes, seed);
        fs::write(&mutant, &harmed).unwrap();
        let answer = meter.ask(&mutant);
        if answer.is_none() {
            meter = Meter::start();
        }
        trial.weigh(&format!("{} {seed} ({way})", format.name), way, answer.as_ref());
    }
    let mut lost = Vec::new();
    for (way, tally) in &trial.tallies {
        println!("{:8} {way:12} {tally}", format.name);
        lost.extend(tally.lost.iter().cloned());
    }
    for lost in &lost {
        println!("{lost}");
    }
    let most = (count * format.unseen).div_ceil(1000);
    assert!(lost.len() <= most as usize, "said to be whole: {lost:#?}");
}

#[test]
fn mp3_of_one_rate() {
    try_out(&FORMATS[0]);
}

#[test]
fn mp3_of_changing_rate() {
    try_out(&FORMATS[1]);
}

#[test]
fn wav() {
    try_out(&FORMATS[2]);
}

#[test]
fn flac() {
    try_out(&FORMATS[3]);
}

#[test]
fn ogg_vorbis() {
    try_out(&FORMATS[4]);
}

#[test]
fn m4a() {
    try_out(&FORMATS[5]);
}

#[test]
fn ogg_opus() {
    try_out(&FORMATS[6]);
}
