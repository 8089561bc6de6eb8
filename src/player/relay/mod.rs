//! A live stream into the chain, and clips in its place while it is silent or lost. Effects: the network, files, time.
//!
//! The ring in front of the output holds two seconds and paces everything here; what is decided is heard so much later.

mod address;
mod client;
mod live;
mod steer;

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::thread;
use std::time::Duration;

use self::live::Live;
use self::steer::{Steer, is_silent};
use super::feed::Desk;
use super::programme::chain::Chain;
use super::programme::clips::{Clips, Playing};
use super::programme::{Stop, Word, ratio};
use super::{CHANNELS, RATE, now};
use crate::model::playback::JobRelay;

/// How long the beginning waits for the stream.
const PATIENCE: Duration = Duration::from_secs(3);
/// Sound that must have come before the stream sounds: at the beginning, and when it is back.
const AHEAD: Duration = Duration::from_secs(2);
const RETURN: Duration = Duration::from_secs(3);
/// A stream that is not heard is kept so long; what is older is dropped, so that it comes back with its sound.
const KEPT: Duration = Duration::from_secs(3);
/// A pause longer than this is no stream that is back.
const PAUSE: Duration = Duration::from_secs(5);
/// How long before its time the programme goes into the ring: what is live shall not grow old there.
const EARLY: Duration = Duration::from_secs(1);
/// Where one gives way to the other, the first falls and the second rises in this time.
const SEAM: usize = RATE.0 as usize / 20;
/// With less than this in the ring, a stream that gives nothing is filled up with silence.
const LOW: usize = RATE.0 as usize / 2;
const NAP: Duration = Duration::from_millis(20);

fn frames(time: Duration) -> usize {
    usize::try_from(RATE.frames_in(time).0).unwrap_or(usize::MAX)
}

/// A relay on its way into the chain.
pub(super) struct Relay<'a> {
    job: &'a JobRelay,
    clips: Clips<'a>,
    desk: &'a Desk,
    stream: Stream,
    /// Which clip stands in next.
    next: usize,
}

/// What has come of the stream and was not put in yet.
struct Stream {
    heard: Option<Receiver<Live>>,
    queue: VecDeque<f32>,
    steer: Steer,
    there: bool,
    /// Frames of sound since it came (back), and of silence since the last of them.
    sound: usize,
    silence: usize,
    /// The last thing that was said of it.
    why: String,
}

impl Stream {
    /// Takes what has come, as far as so many frames may wait.
    fn take(&mut self, most: usize) {
        while self.queue.len() < most.saturating_mul(CHANNELS) {
            match self.heard.as_ref().map(Receiver::try_recv) {
                Some(Ok(live)) => self.hear(live),
                Some(Err(TryRecvError::Empty)) | None => return,
                Some(Err(TryRecvError::Disconnected)) => return self.lose("its thread is gone".to_owned()),
            }
        }
    }

    /// Waits a moment for more.
    fn wait(&mut self) {
        match self.heard.as_ref().map(|heard| heard.recv_timeout(NAP)) {
            Some(Ok(live)) => self.hear(live),
            Some(Err(RecvTimeoutError::Timeout)) => {}
            Some(Err(RecvTimeoutError::Disconnected)) | None => {
                self.lose("its thread is gone".to_owned());
                thread::sleep(NAP);
            }
        }
    }

    fn hear(&mut self, live: Live) {
        match live {
            Live::Lost(why) => self.lose(why),
            Live::Sound(mut samples) => {
                if is_silent(&samples) {
                    self.silence += samples.len() / CHANNELS;
                    self.sound = if self.silence > frames(PAUSE) { 0 } else { self.sound };
                } else {
                    self.sound += samples.len() / CHANNELS;
                    self.silence = 0;
                }
                self.there = true;
                self.steer.apply(&mut samples);
                self.queue.extend(samples);
            }
        }
    }

    fn lose(&mut self, why: String) {
        (self.there, self.sound) = (false, 0);
        // It is called every five seconds: what is always the same is said once.
        if why != self.why {
            eprintln!("the stream: {why}");
            self.why = why;
        }
    }

    /// Drops what is too old to be live.
    fn forget(&mut self) {
        let surplus = self.queue.len().saturating_sub(frames(KEPT) * CHANNELS);
        self.queue.drain(..surplus);
    }

    fn next(&mut self, frames: usize) -> Vec<f32> {
        let samples = (frames * CHANNELS).min(self.queue.len());
        self.queue.drain(..samples).collect()
    }
}

impl<'a> Relay<'a> {
    pub(super) fn new(job: &'a JobRelay, clips: Clips<'a>, desk: &'a Desk) -> Self {
        let heard = live::listen(job.url.clone()).map_err(|e| eprintln!("no thread for the stream: {e}")).ok();
        let steer = Steer::new(job.target);
        let queue = VecDeque::new();
        let stream = Stream { heard, queue, steer, there: false, sound: 0, silence: 0, why: String::new() };
        Self { job, clips, desk, stream, next: 0 }
    }

    /// All of it into the chain, until it has lasted as long as it may.
    pub(super) fn work(mut self, chain: &mut Chain, say: impl Fn(Word)) {
        let begun = now();
        while self.stream.sound < frames(AHEAD) && now().since(begun) < PATIENCE {
            self.stream.wait();
        }
        chain.say_primed();
        while self.desk.begin().is_none_or(|at| at.since(now()) > EARLY) {
            self.stream.wait();
            self.stream.forget();
        }
        let mut back = self.stream.there && self.stream.sound > 0;
        let end = loop {
            let end = if back { self.relay(chain) } else { self.stand_in(chain) };
            back = !back;
            if let Err(end) = end {
                break end;
            }
        };
        if matches!(end, Stop::Enough) && chain.finish().is_ok() {
            say(Word::Over);
        }
    }

    /// The stream, until it is lost or was silent for too long.
    fn relay(&mut self, chain: &mut Chain) -> Result<(), Stop> {
        self.clips.marks.all().begin(0, chain.entered());
        let (mut rise, mut silence) = (Seam::new(SEAM), 0);
        loop {
            self.stream.take(frames(KEPT));
            // The last moment is held back: should it be the last of all, it falls.
            let ready = (self.stream.queue.len() / CHANNELS).saturating_sub(SEAM);
            let mut block = if ready > 0 { self.stream.next(ready.min(SEAM)) } else { Vec::new() };
            let over = block.is_empty() && !self.stream.there || silence >= frames(self.job.silence);
            if over {
                let mut last = self.stream.next(SEAM);
                self.stream.queue.clear();
                self.stream.sound = 0;
                rise.rise(&mut last);
                fall(&mut last);
                return chain.push(&last);
            }
            if block.is_empty() {
                self.stream.wait();
                if chain.waiting() > LOW {
                    continue;
                }
                block = vec![0.0; SEAM * CHANNELS];
            }
            silence = if is_silent(&block) { silence + block.len() / CHANNELS } else { 0 };
            rise.rise(&mut block);
            chain.push(&block)?;
        }
    }

    /// Clips, one after the other and each from its beginning, until the stream is back.
    fn stand_in(&mut self, chain: &mut Chain) -> Result<(), Stop> {
        let mut broken = 0;
        while !self.is_back() {
            let count = self.clips.items.len();
            if broken >= count {
                // Nothing that could sound: silence.
                self.clips.marks.all().stand_in(usize::MAX, chain.entered());
                while !self.is_back() {
                    chain.push(&vec![0.0; SEAM * CHANNELS])?;
                }
                return Ok(());
            }
            let (at, before) = (self.next % count, chain.entered());
            self.next = at + 1;
            self.clips.marks.all().stand_in(at + 1, before);
            let (played, file) = match self.clips.files.open(at, &self.clips.items[at]) {
                Ok((decoder, file)) => {
                    let clip = Playing::new(&self.clips.items[at], Duration::ZERO, decoder);
                    (clip.and_then(|clip| self.clip(clip, chain)), Some(file))
                }
                Err(error) => (Err(error.into()), None),
            };
            match played {
                Err(Stop::Clip { reason, detail }) => self.clips.note(at, at + 1, reason, &detail),
                other => other?,
            }
            self.clips.verify(at, at + 1, file);
            broken = if chain.entered() > before { 0 } else { broken + 1 };
        }
        Ok(())
    }

    /// One of them; leaves it when the stream is back.
    fn clip(&mut self, mut clip: Playing, chain: &mut Chain) -> Result<(), Stop> {
        let mut rise = Seam::new(SEAM);
        loop {
            let back = self.is_back();
            let (samples, end) = clip.next()?;
            let mut block = samples.to_vec();
            rise.rise(&mut block);
            if back {
                fall(&mut block);
            }
            chain.push(&block)?;
            match end {
                Some(end) => return end,
                None if back => return Ok(()),
                None => {}
            }
        }
    }

    fn is_back(&mut self) -> bool {
        self.stream.take(usize::MAX);
        self.stream.forget();
        self.stream.there && self.stream.sound >= frames(RETURN)
    }
}

/// The rise of what gives way to nothing that went before.
struct Seam {
    whole: usize,
    done: usize,
}

impl Seam {
    fn new(whole: usize) -> Self {
        Self { whole, done: 0 }
    }

    fn rise(&mut self, samples: &mut [f32]) {
        for frame in samples.chunks_exact_mut(CHANNELS).take(self.whole - self.done) {
            let gain = ratio(self.done, self.whole);
            for sample in frame {
                *sample *= gain;
            }
            self.done += 1;
        }
    }
}

/// All of it sinks to silence.
fn fall(samples: &mut [f32]) {
    let whole = samples.len() / CHANNELS;
    for (n, frame) in samples.chunks_exact_mut(CHANNELS).enumerate() {
        let gain = ratio(whole - 1 - n, whole);
        for sample in frame {
            *sample *= gain;
        }
    }
}
