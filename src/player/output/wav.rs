//! A WAV file of what would have been heard: 48 kHz, 16 bit, stereo, the programme only. Effects: writes a file.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::iter;
use std::path::{Path, PathBuf};

use hound::{SampleFormat, WavSpec, WavWriter};

use super::super::{CHANNEL_COUNT, CHANNELS, Failure, RATE};
use super::SharedFeed;
use super::paced::{self, Keeper, Paced};
use crate::model::outcome::Reason;
use crate::model::playback::Opened;

const SPEC: WavSpec =
    WavSpec { channels: CHANNEL_COUNT, sample_rate: RATE.0, bits_per_sample: 16, sample_format: SampleFormat::Int };
/// A WAV file counts its bytes in 32 bits: six hours.
const MOST_SAMPLES: u32 = 6 * 3600 * RATE.0 * CHANNEL_COUNT as u32;

/// So many recordings of one airing are looked for at the most.
const MOST_NAMES: u32 = 1000;

/// The file. Its header is brought up to date every second, so that it can be played whenever the process dies.
struct Recording {
    path: PathBuf,
    writer: WavWriter<BufWriter<File>>,
    file: File,
    since_flush: usize,
}

/// Makes the file, with its folder if need be. A file of that name is never overwritten, for it is somebody's proof: a run
/// that is prepared again (a restart just before its time, say) takes the next free name.
pub(super) fn open(path: &Path, opened: impl Fn(PathBuf) -> Opened, feed: SharedFeed) -> Result<Paced, Failure> {
    let create = || {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let (path, file) = create_new(path)?;
        Ok((path, file.try_clone()?, file))
    };
    let (path, file, copy) = create().map_err(|e: io::Error| failure(path, &e))?;
    let writer = WavWriter::new(BufWriter::new(copy), SPEC).map_err(|e| broken(&path, e))?;
    paced::start(opened(path.clone()), feed, Recording { path, writer, file, since_flush: 0 })
}

/// `a.wav`, or the first of `a.2.wav`, `a.3.wav` … that is free.
fn create_new(path: &Path) -> io::Result<(PathBuf, File)> {
    let others = (2..=MOST_NAMES).map(|n| path.with_extension(format!("{n}.wav")));
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for path in iter::once(path.to_owned()).chain(others) {
        match File::create_new(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

impl Keeper for Recording {
    fn keep(&mut self, samples: &[f32]) -> Result<(), Failure> {
        if self.writer.len() > MOST_SAMPLES {
            return Err(Failure::device(Reason::StorageFault, "the recording is six hours long"));
        }
        for sample in samples {
            #[expect(clippy::cast_possible_truncation, reason = "within the range of i16 by the clamp")]
            let sample = (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16;
            self.writer.write_sample(sample).map_err(|e| broken(&self.path, e))?;
        }
        self.since_flush += samples.len();
        if self.since_flush >= RATE.0 as usize * CHANNELS {
            self.since_flush = 0;
            self.writer.flush().map_err(|e| broken(&self.path, e))?;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Failure> {
        self.writer.flush().map_err(|e| broken(&self.path, e))?;
        self.file.sync_all().map_err(|e| failure(&self.path, &e))
    }
}

fn broken(path: &Path, error: hound::Error) -> Failure {
    match error {
        hound::Error::IoError(error) => failure(path, &error),
        error => Failure::device(Reason::StorageFault, error.to_string()),
    }
}

fn failure(path: &Path, error: &io::Error) -> Failure {
    let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    let reason = if full { Reason::DiskFull } else { Reason::StorageFault };
    Failure::device(reason, format!("{}: {error}", path.display()))
}
