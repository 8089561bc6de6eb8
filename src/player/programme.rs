//! The clips of a run → samples in the ring: checks every file, decodes, applies gain, resamples. Effects: reads files.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rtrb::Producer;

use super::feed::Supply;
use super::resample::Resampler;
use super::{CHANNELS, Failure, RATE};
use crate::decode::{self, Decoder};
use crate::model::outcome::Reason;
use crate::model::playback::JobItem;

/// So much decoded sound makes the run ready.
const PRIMED: Duration = Duration::from_millis(500);
/// How long to wait when the ring is full.
const NAP: Duration = Duration::from_millis(100);
/// A clip that begins in its middle begins with a rise of this length, so that it does not click.
const RISE: Duration = Duration::from_millis(5);

/// What is known of one item.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    /// Where it ends, in frames from the programme's beginning, once it was decoded.
    pub(super) end: Option<u64>,
    /// What was wrong with it.
    pub(super) fault: Option<Reason>,
}

/// The marks of all items, in the order of the job.
#[derive(Debug)]
pub(super) struct Marks(Mutex<Vec<Mark>>);

impl Marks {
    pub(super) fn new(items: usize) -> Self {
        Self(Mutex::new(vec![Mark::default(); items]))
    }

    pub(super) fn all(&self) -> MutexGuard<'_, Vec<Mark>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the decoding thread has to say.
#[derive(Debug)]
pub(super) enum Word {
    /// The beginning is decoded.
    Primed,
    /// There is nothing to play, for this reason.
    Failed(Failure),
}

/// The decoder's side of a run.
pub(super) struct Programme {
    ring: Producer<f32>,
    supply: Arc<Supply>,
    marks: Arc<Marks>,
    pushed: u64,
}

/// Why decoding goes no further.
enum Stop {
    /// The file has no more, for this reason.
    Clip { reason: Reason, detail: String },
    /// Nobody listens any more.
    Unheard,
}

impl From<decode::DecodeError> for Stop {
    fn from(error: decode::DecodeError) -> Self {
        Self::Clip { reason: error.reason(), detail: error.to_string() }
    }
}

impl From<String> for Stop {
    fn from(detail: String) -> Self {
        Self::Clip { reason: Reason::ClipCorrupt, detail }
    }
}

impl Programme {
    pub(super) fn new(ring: Producer<f32>, supply: Arc<Supply>, marks: Arc<Marks>) -> Self {
        Self { ring, supply, marks, pushed: 0 }
    }

    /// Puts the whole programme into the ring, as fast as the ring takes it. Says at most once `Primed`, at most once
    /// `Failed`, and returns when all was put in or nobody listens.
    ///
    /// A clip that fails in its middle plays until there and is marked; the next one follows.
    pub(super) fn work(mut self, items: &[JobItem], say: impl Fn(Word)) {
        let clips = match arm(items) {
            Ok(clips) => clips,
            Err(failure) => return say(Word::Failed(failure)),
        };
        let mut say_primed = Some(|| say(Word::Primed));
        for (at, (item, (decoder, witness))) in items.iter().zip(clips).enumerate() {
            let played = self.play(item, decoder, &mut say_primed);
            let fault = match played.and_then(|()| witness.unchanged(item)) {
                Ok(()) => None,
                Err(Stop::Unheard) => return,
                Err(Stop::Clip { reason, detail }) if self.pushed == 0 => {
                    return say(Word::Failed(Failure { reason, item: Some(at), detail }));
                }
                Err(Stop::Clip { reason, detail }) => {
                    eprintln!("{}: {detail}", item.clip);
                    Some(reason)
                }
            };
            // Before the next item's first frame is pushed, so that whoever hears it knows where it belongs.
            self.marks.all()[at] = Mark { end: Some(self.pushed), fault };
        }
        self.supply.done();
        if let Some(say) = say_primed {
            say();
        }
    }

    fn play(&mut self, item: &JobItem, mut decoder: Decoder, primed: &mut Option<impl Fn()>) -> Result<(), Stop> {
        let mut resampler = Resampler::new(decoder.rate(), decoder.channels())?;
        let channels = usize::from(decoder.channels());
        #[expect(clippy::cast_possible_truncation, reason = "a factor needs no more digits than a sample")]
        let gain = item.gain.factor() as f32;
        let mut rise = Rise::new(item, &decoder);
        decoder.skip(item.from);
        let mut block = Vec::new();
        loop {
            let (samples, end) = match decoder.next() {
                Ok(Some(samples)) => {
                    block.clear();
                    block.extend(samples.iter().map(|sample| sample * gain));
                    rise.apply(&mut block, channels);
                    (resampler.push(&block)?, None)
                }
                // What was decoded before the damage is played to its last frame.
                Ok(None) => (resampler.finish()?, Some(Ok(()))),
                Err(error) => (resampler.finish()?, Some(Err(error))),
            };
            self.push(samples, primed)?;
            if let Some(end) = end {
                return Ok(end?);
            }
        }
    }

    /// Puts whole frames into the ring; waits while it is full.
    fn push(&mut self, mut samples: &[f32], primed: &mut Option<impl Fn()>) -> Result<(), Stop> {
        while !samples.is_empty() {
            let room = self.ring.slots() / CHANNELS * CHANNELS;
            let (now, later) = samples.split_at(samples.len().min(room));
            // Full scale is the end: a gain that asks for more is cut here, not folded over by a card.
            let pushed = now.iter().try_for_each(|sample| self.ring.push(sample.clamp(-1.0, 1.0)));
            let frames = (now.len() / CHANNELS) as u64;
            self.supply.add(frames);
            self.pushed += frames;
            samples = later;
            if self.pushed >= RATE.frames_in(PRIMED).0
                && let Some(say) = primed.take()
            {
                say();
            }
            if self.ring.is_abandoned() || pushed.is_err() {
                return Err(Stop::Unheard);
            }
            if !samples.is_empty() {
                thread::sleep(NAP);
            }
        }
        Ok(())
    }
}

/// Opens every file of the job, holds it open, and sees that each is still the one that was measured. What happens to the
/// names afterwards (a file renamed over another, say) no longer matters; what happens to the bytes is seen at the end.
fn arm(items: &[JobItem]) -> Result<Vec<(Decoder, Witness)>, Failure> {
    let each = items.iter().enumerate().map(|(at, item)| {
        let failed = |reason, detail| Failure { reason, item: Some(at), detail };
        let open = || {
            let mut file = decode::open(&item.file)?;
            let witness = Witness::of(&file)?;
            Ok((decode::hash(&mut file)?, file, witness))
        };
        let (hash, file, witness) = open().map_err(|e: decode::DecodeError| failed(e.reason(), e.to_string()))?;
        if hash != item.hash {
            return Err(failed(Reason::ClipCorrupt, "changed since it was measured".to_owned()));
        }
        let decoder = Decoder::read(file).map_err(|e| failed(e.reason(), e.to_string()))?;
        Ok((decoder, witness))
    });
    each.collect()
}

/// The file of a clip, to be asked afterwards whether somebody wrote into it while it was played.
struct Witness {
    file: File,
    changed: (i64, i64),
}

impl Witness {
    fn of(file: &File) -> io::Result<Self> {
        let about = file.metadata()?;
        Ok(Self { file: file.try_clone()?, changed: (about.ctime(), about.ctime_nsec()) })
    }

    /// Are its bytes those that were measured? Only looked at if the kernel says that something about it has changed. Call
    /// it when nothing is read from the file any more.
    fn unchanged(mut self, item: &JobItem) -> Result<(), Stop> {
        let about = self.file.metadata().map_err(decode::DecodeError::from)?;
        if (about.ctime(), about.ctime_nsec()) == self.changed || decode::hash(&mut self.file)? == item.hash {
            return Ok(());
        }
        Err(Stop::Clip { reason: Reason::ClipCorrupt, detail: "changed while it was played".to_owned() })
    }
}

/// The rise at the beginning of a clip that does not begin at its beginning.
struct Rise {
    frames: usize,
    done: usize,
}

impl Rise {
    fn new(item: &JobItem, decoder: &Decoder) -> Self {
        let frames = if item.from.is_zero() { 0 } else { decoder.rate().frames_in(RISE).0 };
        Self { frames: usize::try_from(frames).unwrap_or(0), done: 0 }
    }

    fn apply(&mut self, samples: &mut [f32], channels: usize) {
        let left = self.frames - self.done;
        for frame in samples.chunks_exact_mut(channels).take(left) {
            #[expect(clippy::cast_precision_loss, reason = "at most a thousand frames")]
            let gain = self.done as f32 / self.frames as f32;
            for sample in frame {
                *sample *= gain;
            }
            self.done += 1;
        }
    }
}
