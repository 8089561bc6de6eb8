//! The clips of a run, one after the other and over again: decoded, amplified, resampled, marked. Effects: reads files.

use super::chain::Chain;
use super::fade::ratio;
use super::files::{self, Files};
use super::marks::Marks;
use super::{Stop, Word};
use crate::decode::Decoder;
use crate::model::outcome::Reason;
use crate::model::playback::{JobItem, Repeat};
use crate::player::Failure;
use crate::player::resample::Resampler;

use std::fs::File;
use std::time::Duration;

/// A clip that begins in its middle begins with a rise of this length, so that it does not click.
const RISE: Duration = Duration::from_millis(5);
/// How much of a clip may be missing without a word.
const MISSING: Duration = Duration::from_millis(50);

/// The clips of a job on their way into the chain.
pub(in crate::player) struct Clips<'a> {
    pub(in crate::player) items: &'a [JobItem],
    pub(in crate::player) files: Files,
    pub(in crate::player) marks: &'a Marks,
}

/// What is left to ask of an item when it is decoded.
struct Owed {
    at: usize,
    file: File,
}

impl Clips<'_> {
    /// All of it into the chain. Says `Failed` if not one frame came of the first clip; any other clip that fails in its
    /// middle plays until there and is marked, and the next one follows.
    pub(in crate::player) fn work(mut self, repeat: Repeat, chain: &mut Chain, say: impl Fn(Word)) {
        let mut owed = None;
        let mut pass = 0;
        let end = loop {
            let before = chain.entered();
            let end = self.pass(pass, chain, &mut owed);
            pass += 1;
            // A pass without one frame would be followed by others for ever.
            let over = matches!(repeat, Repeat::Times(times) if pass >= times.get()) || chain.entered() == before;
            if end.is_err() || over {
                break end;
            }
        };
        match end {
            Err(Stop::Unheard) => return,
            Err(Stop::Failed(failure)) => return say(Word::Failed(failure)),
            Ok(()) | Err(Stop::Enough | Stop::Clip { .. }) => {}
        }
        if chain.finish().is_ok() {
            // Only now: while this is asked, the end is on its way already.
            self.settle(owed);
            say(Word::Over);
        }
    }

    /// Each item once.
    fn pass(&mut self, pass: u32, chain: &mut Chain, owed: &mut Option<Owed>) -> Result<(), Stop> {
        for (at, item) in self.items.iter().enumerate() {
            self.settle(owed.take());
            self.marks.all().begin(at, chain.entered());
            // What an earlier run has played already is passed over once.
            let from = if pass == 0 { item.from } else { Duration::ZERO };
            let played = match self.files.open(at, item) {
                Ok((decoder, file)) => {
                    *owed = Some(Owed { at, file });
                    Playing::new(item, from, decoder).and_then(|clip| play(clip, chain))
                }
                Err(error) => Err(error.into()),
            };
            // Before the next item's first frame is put in, so that whoever hears it knows where it belongs.
            self.marks.all().end(chain.entered());
            match played {
                Err(Stop::Clip { reason, detail }) if chain.entered() == 0 => {
                    return Err(Stop::Failed(Failure::item(at, reason, detail)));
                }
                Err(Stop::Clip { reason, detail }) => self.note(at, at, reason, &detail),
                other => other?,
            }
        }
        Ok(())
    }

    /// Something is wrong with an item, which stands at this place among the marks. Told once, however often it is played.
    pub(in crate::player) fn note(&self, at: usize, mark: usize, reason: Reason, detail: &str) {
        if self.marks.all().items[mark].fault.replace(reason) != Some(reason) {
            eprintln!("{}: {detail}", self.items[at].clip);
        }
    }

    /// Was it the file that was measured?
    pub(in crate::player) fn verify(&mut self, at: usize, mark: usize, file: Option<File>) {
        let Some(file) = file else { return };
        match self.files.verify(at, file) {
            Ok(hash) => {
                if hash != self.items[at].hash {
                    let changed = files::changed();
                    self.note(at, mark, changed.reason(), &changed.to_string());
                }
                self.marks.all().items[mark].hash = Some(hash);
            }
            Err(error) => self.note(at, mark, error.reason(), &error.to_string()),
        }
    }

    fn settle(&mut self, owed: Option<Owed>) {
        if let Some(Owed { at, file }) = owed {
            self.verify(at, at, Some(file));
        }
    }
}

/// Samples of a clip, and how it ended if they were the last.
type Piece<'a> = (&'a [f32], Option<Result<(), Stop>>);

/// A clip that is decoded as it is asked for.
pub(in crate::player) struct Playing {
    decoder: Decoder,
    resampler: Resampler,
    channels: usize,
    gain: f32,
    rise: Rise,
    /// How long it was when it was measured.
    promised: Duration,
    block: Vec<f32>,
}

impl Playing {
    /// The clip from here on.
    pub(in crate::player) fn new(item: &JobItem, from: Duration, mut decoder: Decoder) -> Result<Self, Stop> {
        let resampler = Resampler::new(decoder.rate(), decoder.channels())?;
        let rise = Rise::new(from, &decoder);
        decoder.skip(from);
        #[expect(clippy::cast_possible_truncation, reason = "a factor needs no more digits than a sample")]
        let gain = item.gain.factor() as f32;
        let (channels, promised) = (decoder.channels().into(), item.duration);
        Ok(Self { resampler, channels, gain, rise, promised, block: Vec::new(), decoder })
    }

    /// The next of it, and how it ended if that was the last.
    pub(in crate::player) fn next(&mut self) -> Result<Piece<'_>, Stop> {
        match self.decoder.next() {
            Ok(Some(samples)) => {
                self.block.clear();
                self.block.extend(samples.iter().map(|sample| sample * self.gain));
                self.rise.apply(&mut self.block, self.channels);
                Ok((self.resampler.push(&self.block)?, None))
            }
            Ok(None) => {
                let end = self.end();
                Ok((self.resampler.finish()?, Some(end)))
            }
            // What was decoded before the damage is played to its last frame.
            Err(error) => Ok((self.resampler.finish()?, Some(Err(error.into())))),
        }
    }

    /// An MP3 may lose whole frames and decode without complaint; what is missing is seen by what was promised.
    fn end(&self) -> Result<(), Stop> {
        let lasted = self.decoder.decoded().lasting(self.decoder.rate());
        if lasted + MISSING >= self.promised {
            return Ok(());
        }
        Err(Stop::Clip { reason: Reason::ClipShort, detail: format!("{lasted:?} of {:?}", self.promised) })
    }
}

/// All of it into the chain.
fn play(mut clip: Playing, chain: &mut Chain) -> Result<(), Stop> {
    loop {
        let (samples, end) = clip.next()?;
        chain.push(samples)?;
        if let Some(end) = end {
            return end;
        }
    }
}

/// The rise at the beginning of a clip that does not begin at its beginning.
struct Rise {
    frames: usize,
    done: usize,
}

impl Rise {
    fn new(from: Duration, decoder: &Decoder) -> Self {
        let frames = if from.is_zero() { 0 } else { decoder.rate().frames_in(RISE).0 };
        Self { frames: usize::try_from(frames).unwrap_or(0), done: 0 }
    }

    fn apply(&mut self, samples: &mut [f32], channels: usize) {
        for frame in samples.chunks_exact_mut(channels).take(self.frames - self.done) {
            let gain = ratio(self.done, self.frames);
            for sample in frame {
                *sample *= gain;
            }
            self.done += 1;
        }
    }
}
