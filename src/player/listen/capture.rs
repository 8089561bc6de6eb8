//! A capture device by its ALSA name, through a cpal stream of our own. Effects: the device, and threads of cpal.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, DeviceId, ErrorKind, FromSample, HostId, InputCallbackInfo, SizedSample, StreamConfig};

use super::super::{RATE, now};
use super::envelope::Envelope;
use crate::model::time::Mono;
use crate::model::units::Frames;

/// ALSA's name for what the system prefers.
const DEFAULT: &str = "default";
/// Frames that the device gives at a time: 100 ms, for nobody waits for them, and what a busy PC fetches too late is lost.
const PERIOD: u32 = 4_800;
/// A device that gives nothing is looked at so often, and one that fails is answered by sleeping so long.
const POLL: Duration = Duration::from_millis(100);

/// Longest gap that is believed.
const LONGEST: Duration = Duration::from_mins(10);

/// What has been heard so far.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) envelope: Option<Envelope>,
    /// When the first of it was heard.
    pub(super) from: Option<Mono>,
    /// Why nothing is heard, or nothing any more.
    pub(super) trouble: Option<String>,
    /// Samples were lost before the next ones.
    lost: bool,
    /// How much later the last ones came than their number says.
    late: Duration,
}

/// The device, from its opening to the end of the process.
pub(super) struct Capture(Arc<Mutex<Heard>>);

fn locked(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Capture {
    /// Opens the device of this name, else ALSA's default, on a thread of its own.
    pub(super) fn start(name: Option<String>) -> Self {
        let heard = Arc::new(Mutex::new(Heard::default()));
        let shared = Arc::clone(&heard);
        let open = move || match open(name.as_deref().unwrap_or(DEFAULT), &shared) {
            // Whoever drops it waits for the device: the end of the process closes it.
            Ok(stream) => std::mem::forget(stream),
            Err(trouble) => locked(&shared).trouble = Some(trouble),
        };
        if let Err(error) = thread::Builder::new().name("ear".to_owned()).spawn(open) {
            locked(&heard).trouble = Some(error.to_string());
        }
        Self(heard)
    }

    /// Shows what was heard.
    pub(super) fn look<T>(&self, see: impl FnOnce(&Heard) -> T) -> T {
        see(&locked(&self.0))
    }
}

fn open(name: &str, heard: &Arc<Mutex<Heard>>) -> Result<cpal::Stream, String> {
    let told = |error: cpal::Error| format!("{name}: {error}");
    let host = cpal::host_from_id(HostId::Alsa).map_err(told)?;
    let device = match name {
        DEFAULT => host.default_input_device(),
        name => host.device_by_id(&DeviceId::new(HostId::Alsa, name)),
    };
    let device = device.ok_or_else(|| format!("{name}: no such ALSA device"))?;
    let attempts = [
        (start::<f32> as Start, 1, BufferSize::Fixed(PERIOD)),
        (start::<i16>, 1, BufferSize::Fixed(PERIOD)),
        (start::<i16>, 2, BufferSize::Fixed(PERIOD)),
        (start::<i32>, 2, BufferSize::Fixed(PERIOD)),
        (start::<i16>, 1, BufferSize::Default),
        (start::<i16>, 2, BufferSize::Default),
    ];
    let mut last = None;
    for (start, channels, buffer_size) in attempts {
        match start(&device, StreamConfig { channels, sample_rate: RATE.0, buffer_size }, heard) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Some(error),
        }
    }
    Err(last.map_or_else(|| format!("{name}: no way to open it"), told))
}

type Start = fn(&cpal::Device, StreamConfig, &Arc<Mutex<Heard>>) -> Result<cpal::Stream, cpal::Error>;

fn start<T: SizedSample>(
    device: &cpal::Device,
    config: StreamConfig,
    heard: &Arc<Mutex<Heard>>,
) -> Result<cpal::Stream, cpal::Error>
where
    f32: FromSample<T>,
{
    let (data, errors) = (Arc::clone(heard), Arc::clone(heard));
    let mut block = Vec::new();
    let take = move |input: &[T], info: &InputCallbackInfo| {
        let stamps = info.timestamp();
        let age = stamps.callback.saturating_duration_since(stamps.capture);
        block.clear();
        block.extend(input.iter().map(|sample| f32::from_sample_(*sample)));
        locked(&data).hear(&block, config.channels, now().minus(age));
    };
    let fail = move |error: cpal::Error| {
        let mut heard = locked(&errors);
        if error.kind() == ErrorKind::Xrun {
            heard.lost = true;
            return;
        }
        // A device that comes back by itself is heard again; a dead one fails a million times a second.
        heard.trouble.get_or_insert_with(|| error.to_string());
        drop(heard);
        thread::sleep(POLL);
    };
    let stream = device.build_input_stream(config, take, fail, Some(POLL))?;
    stream.play()?;
    Ok(stream)
}

impl Heard {
    /// Samples, the first of which was heard at `at`. Where none were lost they are taken as one without a gap, whatever
    /// time they claim: how old a block is, a sound server guesses while its latency changes.
    fn hear(&mut self, samples: &[f32], channels: u16, at: Mono) {
        self.trouble = None;
        let from = *self.from.get_or_insert(at);
        let envelope = self.envelope.get_or_insert_with(|| Envelope::new(RATE, channels));
        let due = |envelope: &Envelope| from.plus(Frames(envelope.frames()).lasting(RATE));
        let late = at.since(due(envelope));
        if std::mem::take(&mut self.lost) {
            envelope.miss(RATE.frames_in(late.saturating_sub(self.late).min(LONGEST)).0);
        }
        self.late = at.since(due(envelope));
        envelope.add(samples);
    }
}
