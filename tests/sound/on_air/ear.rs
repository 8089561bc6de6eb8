//! What the ear makes of a recording: stretches of sound, their place in a clip, their loudness. Effects: processes.

use std::fs::{self, File};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ebur128::{EbuR128, Mode};

use crate::rig::{RATE, Recording, Rig, babble, matches, write_wav};

/// Below this there is silence: three steps of 16 bits.
const SILENCE: f32 = 1e-4;
/// A shorter pause belongs to the sound.
const PAUSE: usize = RATE as usize * 3 / 100;

/// A clip as it should be heard: mono, 48 kHz.
pub(crate) type Clip = Vec<f32>;

/// Seconds of so many samples.
pub(crate) fn seconds(samples: usize) -> f64 {
    Duration::from_secs(samples as u64).as_secs_f64() / f64::from(RATE)
}

/// A clip without pauses, written into the folder. It begins at its first sample and ends at its last one.
pub(crate) fn babble_in(folder: &Path, name: &str, length: f64, seed: u32) -> Clip {
    let clip = babble(length, RATE, seed);
    write_wav(&folder.join(name), &clip, RATE);
    clip
}

/// Spoken words, written into the folder as they come from the speaker's program (22,050 Hz, mono), without the silence
/// before and behind them.
pub(crate) fn speech_in(folder: &Path, name: &str, words: &str) -> Clip {
    let path = folder.join(name);
    let spoken = Command::new("espeak-ng").args(["-v", "vi", "-w"]).arg(&path).arg(words).status();
    assert!(spoken.expect("espeak-ng must be installed: script/test does it").success());
    let Recording { samples, rate, .. } = Recording::read(&path);
    let loud = |sample: &f32| sample.abs() > 0.02;
    let (first, last) = (samples.iter().position(loud).unwrap(), samples.iter().rposition(loud).unwrap());
    let words = &samples[first..=last];
    write_wav(&path, words, rate);
    to_ear_rate(words, rate)
}

/// Good enough for envelopes: straight lines between the samples.
fn to_ear_rate(samples: &[f32], rate: u32) -> Clip {
    let count = samples.len() as u64 * u64::from(RATE) / u64::from(rate);
    let at = |n: u64| samples.get(usize::try_from(n).unwrap()).copied().unwrap_or(0.0);
    let each = (0..count).map(|n| {
        let (whole, rest) = (n * u64::from(rate) / u64::from(RATE), n * u64::from(rate) % u64::from(RATE));
        let rest = Duration::from_secs(rest).as_secs_f32() / 48_000.0;
        at(whole) * (1.0 - rest) + at(whole + 1) * rest
    });
    each.collect()
}

/// The stretches of sound in a recording. Pauses of less than 30 ms belong to them.
pub(crate) fn stretches(recording: &Recording) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for (n, sample) in recording.samples.iter().enumerate() {
        if sample.abs() <= SILENCE {
            continue;
        }
        match stretches.last_mut() {
            Some(last) if n < last.end + PAUSE => last.end = n + 1,
            _ => stretches.push(n..n + 1),
        }
    }
    stretches
}

/// How well these samples are the clip from its first to its last: 1 is the same.
pub(crate) fn same(clip: &[f32], heard: &[f32]) -> f64 {
    matches(clip, heard, RATE).0
}

/// Where in the clip a part of it lies, in seconds, and how sure that is.
pub(crate) fn place(part: &[f32], clip: &[f32]) -> (f64, f64) {
    let (score, at) = matches(part, clip, RATE);
    (at.as_secs_f64(), score)
}

/// The same to the sample, for noise that came through at its own rate: where the middle of the part stands in the clip.
/// Nothing if it stands nowhere.
pub(crate) fn place_of_samples(part: &[f32], clip: &[f32]) -> Option<f64> {
    /// So much noise is like no other; more of it would only take time.
    const PROBE: usize = 600;
    let middle = part.len().checked_sub(PROBE)? / 2;
    let probe = &part[middle..middle + PROBE];
    let power = |samples: &[f32]| samples.iter().map(|sample| sample * sample).sum::<f32>();
    let likeness = |here: &[f32]| {
        let both: f32 = here.iter().zip(probe).map(|(a, b)| a * b).sum();
        both / (power(here) * power(probe)).sqrt().max(1e-12)
    };
    let each = clip.windows(PROBE).map(likeness).enumerate();
    let (at, likeness) = each.max_by(|one, other| one.1.total_cmp(&other.1))?;
    (likeness > 0.5).then(|| seconds(at.saturating_sub(middle)))
}

/// An ear with two sides, for loudness. It keeps no time.
pub(crate) struct Stereo {
    child: Child,
    path: PathBuf,
}

impl Stereo {
    /// Begins to listen.
    pub(crate) fn listen(rig: &Rig) -> Self {
        let path = rig.path("stereo.raw");
        let child = Command::new("parec")
            .args(["-d", "speaker.monitor", "--raw", "--format=s16le", "--rate=48000", "--channels=2"])
            .envs(rig.env())
            .stdin(Stdio::null())
            .stdout(File::create(&path).unwrap())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, path }
    }

    /// What was heard: interleaved.
    pub(crate) fn stop(mut self) -> Vec<f32> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let bytes = fs::read(&self.path).unwrap();
        bytes.chunks_exact(2).map(|two| f32::from(i16::from_le_bytes([two[0], two[1]])) / 32768.0).collect()
    }
}

/// Integrated loudness of interleaved stereo, in LUFS.
pub(crate) fn loudness(samples: &[f32]) -> f64 {
    let mut meter = EbuR128::new(2, RATE, Mode::I).unwrap();
    meter.add_frames_f32(samples).unwrap();
    meter.loudness_global().unwrap()
}
