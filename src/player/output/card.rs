//! A sound card by its ALSA name, driven by a cpal stream of our own. Effects: the device, and threads of cpal.
//!
//! cpal and rodio are named here and in `source.rs` only. Nothing here ever falls back to another card.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use alsa::Ctl;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, DeviceId, ErrorKind, FromSample, HostId, OutputCallbackInfo, SizedSample, StreamConfig};

use super::super::feed::Account;
use super::super::{CHANNEL_COUNT, CHANNELS, Failure, RATE, now, route};
use super::{CardError, Output, SharedFeed, locked};
use crate::model::outcome::Reason;
use crate::model::playback::{DeviceTrouble, Opened};
use crate::model::time::Mono;
use crate::model::units::Frames;

/// ALSA's name for the card that the system prefers.
const DEFAULT: &str = "default";
/// Frames that the card asks for at a time: 40 ms, of which cpal lets it hold two. The delay is known and compensated, so
/// only a start or stop at once feels it; a busy old PC needs the slack.
const PERIOD: u32 = 1_920;
/// A device that answers nothing is looked at so often.
const POLL: Duration = Duration::from_millis(100);
/// So many errors in a row, and for so long no sound: the device is gone.
const GONE: (u64, Duration) = (4, Duration::from_millis(500));
/// An error that follows upon the filling of a buffer within this many nanoseconds came with its writing.
const AT_ONCE: u64 = 3_000_000;
/// A device that runs so far ahead of the clock is none, and may not eat the processor.
const AHEAD: Duration = Duration::from_secs(3);

fn nanos(at: Mono) -> u64 {
    u64::try_from(at.0.as_nanos()).unwrap_or(u64::MAX)
}

/// What the callbacks note.
#[derive(Debug, Default)]
struct Health {
    errors: AtomicU64,
    /// Errors since the device last asked for samples.
    in_a_row: AtomicU64,
    /// When it was last given some, in nanoseconds of the monotonic clock.
    given: AtomicU64,
    /// What it was given last did not reach it.
    lost: AtomicBool,
    gone: Mutex<Option<String>>,
    last: Mutex<String>,
}

impl Health {
    /// Notes an error of the stream. A dead sound server gives more than a million a second: the second of a row and all
    /// that follow are answered by sleeping, longer each time.
    fn error(&self, error: &cpal::Error) {
        let text = error.to_string();
        if self.errors.fetch_add(1, Ordering::Relaxed) == 0 {
            eprintln!("sound card: {text}");
        }
        if error.kind() == ErrorKind::DeviceNotAvailable {
            *self.gone.lock().unwrap_or_else(PoisonError::into_inner) = Some(text.clone());
        }
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = text;
        let before = self.in_a_row.fetch_add(1, Ordering::Relaxed);
        // cpal reports an underrun that it finds while it writes in the same way as one that it finds while it waits, but
        // at once; and then what it was about to write is gone.
        if error.kind() == ErrorKind::Xrun
            && before == 0
            && nanos(now()).saturating_sub(self.given.load(Ordering::Relaxed)) < AT_ONCE
        {
            self.lost.store(true, Ordering::Relaxed);
        }
        if before > 0 {
            thread::sleep(Duration::from_millis(5 << before.min(5)).min(POLL));
        }
    }
}

/// The open card.
pub(super) struct Card {
    name: String,
    health: Arc<Health>,
    /// Kept, so that it plays on. Whoever drops it waits for the device, so nobody does: see `run::leave`.
    _stream: cpal::Stream,
}

/// Opens the card of this ALSA name, else ALSA's default, and begins to pull from `feed`. May block for ever.
pub(super) fn open(name: Option<&str>, feed: &SharedFeed) -> Result<Card, CardError> {
    let name = name.unwrap_or(DEFAULT);
    let host = cpal::host_from_id(HostId::Alsa).map_err(|e| CardError::Absent(e.to_string()))?;
    let device = match name {
        DEFAULT => host.default_output_device(),
        name => host.device_by_id(&DeviceId::new(HostId::Alsa, name)),
    };
    let device = device.ok_or_else(|| CardError::Absent(format!("{name}: no such ALSA device")))?;
    let health = Arc::new(Health::default());
    // A period of our own keeps the delay short; a device that refuses it may choose.
    let attempts = [
        (start::<f32> as Start, BufferSize::Fixed(PERIOD)),
        (start::<i32>, BufferSize::Fixed(PERIOD)),
        (start::<i16>, BufferSize::Fixed(PERIOD)),
        (start::<f32>, BufferSize::Default),
        (start::<i16>, BufferSize::Default),
    ];
    let mut error = None;
    for (start, buffer_size) in attempts {
        let config = StreamConfig { channels: CHANNEL_COUNT, sample_rate: RATE.0, buffer_size };
        match start(&device, config, feed, &health) {
            Ok(stream) => return Ok(Card { name: name.to_owned(), health, _stream: stream }),
            Err(e) if e.kind() == ErrorKind::UnsupportedConfig => error = Some(e),
            Err(e) => {
                error = Some(e);
                break;
            }
        }
    }
    let kind = error.as_ref().map(cpal::Error::kind);
    let detail = format!("{name}: {}", error.map_or_else(String::new, |e| e.to_string()));
    Err(match kind {
        Some(ErrorKind::DeviceBusy) => CardError::Unusable(DeviceTrouble::Busy, detail),
        Some(ErrorKind::PermissionDenied) => CardError::Unusable(DeviceTrouble::NotPermitted, detail),
        Some(ErrorKind::UnsupportedConfig | ErrorKind::UnsupportedOperation) => {
            CardError::Unusable(DeviceTrouble::Unsuitable, detail)
        }
        _ => CardError::Absent(detail),
    })
}

/// Opens ALSA's default, unless that is a sound server without any device: what it has in place of one is no card.
pub(super) fn open_real(feed: &SharedFeed) -> Result<Card, CardError> {
    if route::only_a_stand_in() {
        return Err(CardError::Absent(format!("{DEFAULT}: the sound server has no device")));
    }
    open(None, feed)
}

/// Loads what ALSA's default needs, so that opening it later is quick. No device is opened but the card's controls, and
/// nothing stays open: what is read of ALSA's configuration is forgotten, since it says whether a sound server runs. What
/// stays is libraries in memory. May block for ever.
pub(in crate::player) fn load() {
    let _quiet = route::quiet();
    // Whether there is one now does not matter; asking has loaded what is asked.
    drop(Ctl::new(DEFAULT, true));
    if let Err(error) = alsa::config::update_free_global() {
        eprintln!("ALSA keeps its configuration: {error}");
    }
}

type Start = fn(&cpal::Device, StreamConfig, &SharedFeed, &Arc<Health>) -> Result<cpal::Stream, cpal::Error>;

fn start<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    feed: &SharedFeed,
    health: &Arc<Health>,
) -> Result<cpal::Stream, cpal::Error> {
    let mut pull =
        Pull { feed: Arc::clone(feed), health: Arc::clone(health), begun: None, handed: 0, block: Vec::new() };
    let fill = move |out: &mut [T], info: &OutputCallbackInfo| {
        let block = pull.block(out.len(), info);
        for (to, from) in out.iter_mut().zip(block) {
            *to = T::from_sample(*from);
        }
    };
    let health = Arc::clone(health);
    let stream = device.build_output_stream(config, fill, move |e| health.error(&e), Some(POLL))?;
    // The device is open and takes nothing yet: what it is given first shall be the programme, if that is in a hurry.
    let desk = locked(feed).desk();
    desk.wait();
    stream.play()?;
    Ok(stream)
}

/// The state of the data callback.
struct Pull {
    feed: SharedFeed,
    health: Arc<Health>,
    begun: Option<Mono>,
    handed: u64,
    block: Vec<f32>,
}

impl Pull {
    /// The next samples, and how long until they are heard by the device's account: cpal asks the device how many frames
    /// it holds just before it asks us for more, and gives the answer as the distance of the two timestamps.
    fn block(&mut self, samples: usize, info: &OutputCallbackInfo) -> &[f32] {
        let now = now();
        let stamps = info.timestamp();
        let delay = stamps.playback.saturating_duration_since(stamps.callback);
        self.health.in_a_row.store(0, Ordering::Relaxed);
        self.block.resize(samples, 0.0);
        let mut feed = locked(&self.feed);
        if self.health.lost.swap(false, Ordering::Relaxed) {
            feed.lost();
        }
        feed.fill(&mut self.block, now, delay);
        drop(feed);
        self.health.given.store(nanos(super::super::now()), Ordering::Relaxed);
        let begun = *self.begun.get_or_insert(now);
        self.handed += (samples / CHANNELS) as u64;
        if Frames(self.handed).lasting(RATE) > now.since(begun) + AHEAD {
            thread::sleep(Duration::from_millis(2));
        }
        &self.block
    }
}

impl Output for Card {
    fn opened(&self) -> Opened {
        Opened::Card { name: self.name.clone() }
    }

    fn xruns(&self) -> u64 {
        self.health.errors.load(Ordering::Relaxed)
    }

    fn trouble(&self, account: &Account, now: Mono) -> Option<Failure> {
        if let Some(text) = &*self.health.gone.lock().unwrap_or_else(PoisonError::into_inner) {
            let detail = format!("{}: {text}", self.name);
            return Some(Failure::trouble(Reason::DeviceAbsent, DeviceTrouble::Absent, detail));
        }
        let (errors, time) = GONE;
        let silent = account.at.is_none_or(|at| now.since(at) > time);
        if silent && self.health.in_a_row.load(Ordering::Relaxed) >= errors {
            let last = self.health.last.lock().unwrap_or_else(PoisonError::into_inner);
            let detail = format!("{}: gone: {last}", self.name);
            return Some(Failure::trouble(Reason::DeviceAbsent, DeviceTrouble::Absent, detail));
        }
        None
    }

    fn finish(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}
