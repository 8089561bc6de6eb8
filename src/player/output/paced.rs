//! An output without a device: the clock takes twenty milliseconds at a time. Effects: sleeps on a thread of its own.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::super::feed::Account;
use super::super::{CHANNELS, Failure, RATE, now};
use super::{Output, SharedFeed, locked};
use crate::model::outcome::Reason;
use crate::model::playback::Opened;
use crate::model::time::Mono;

const BLOCK: Duration = Duration::from_millis(20);
/// How long to wait for the keeper to finish: a disk may hang.
const PATIENCE: Duration = Duration::from_secs(2);

/// What becomes of the samples.
pub(super) trait Keeper: Send {
    /// Takes samples, interleaved stereo: those of the programme, and the silence around it too if they are passed on.
    fn keep(&mut self, samples: &[f32]) -> Result<(), Failure>;
    /// If it passes on what it takes: how much of that has not come through yet. Nothing: it keeps it all.
    fn passing(&self) -> Option<Duration> {
        None
    }
    /// Nothing more will come.
    fn close(&mut self) -> Result<(), Failure>;
}

/// The open output.
pub(super) struct Paced {
    opened: Opened,
    trouble: Arc<Mutex<Option<Failure>>>,
    stop: Sender<()>,
    closed: Receiver<Result<(), Failure>>,
}

/// Begins to pull from `feed` and to give to `keeper`.
pub(super) fn start(opened: Opened, feed: SharedFeed, mut keeper: impl Keeper + 'static) -> Result<Paced, Failure> {
    let trouble = Arc::new(Mutex::new(None));
    let (stop, stopped) = channel();
    let (close, closed) = channel();
    let failed = Arc::clone(&trouble);
    let run = move || {
        if let Err(failure) = pull(&feed, &mut keeper, &stopped) {
            *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
        }
        // Nobody waits for it if the run has failed.
        close.send(keeper.close()).ok();
    };
    let spawned = thread::Builder::new().name("paced".to_owned()).spawn(run);
    spawned.map_err(|e| Failure::device(Reason::Process, e.to_string()))?;
    Ok(Paced { opened, trouble, stop, closed })
}

/// Until told to stop. A block that is late (the PC was busy) is followed by the next one at once: its place in a
/// recording is that of its own time. Nothing is taken from the feed, and nothing accounted for, while the keeper is stuck.
fn pull(feed: &SharedFeed, keeper: &mut impl Keeper, stopped: &Receiver<()>) -> Result<(), Failure> {
    let mut block = vec![0.0; usize::try_from(RATE.frames_in(BLOCK).0).unwrap_or(0) * CHANNELS];
    let mut due = now();
    loop {
        match stopped.recv_timeout(due.since(now())) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        match keeper.passing() {
            None => {
                let on = locked(feed).fill(&mut block, due, Duration::ZERO);
                keeper.keep(&block[on.start * CHANNELS..on.end * CHANNELS])?;
            }
            Some(waiting) => {
                locked(feed).fill(&mut block, now(), waiting);
                keeper.keep(&block)?;
            }
        }
        due = due.plus(BLOCK);
    }
}

impl Output for Paced {
    fn opened(&self) -> Opened {
        self.opened.clone()
    }

    fn xruns(&self) -> u64 {
        0
    }

    fn trouble(&self, _: &Account, _: Mono) -> Option<Failure> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn finish(&mut self) -> Result<(), Failure> {
        // Fails only if the thread has ended already; then the answer is there.
        self.stop.send(()).ok();
        let reason =
            if matches!(self.opened, Opened::Stream { .. }) { Reason::DeviceStalled } else { Reason::StorageFault };
        let late = || Failure::device(reason, "what was played could not be finished in two seconds");
        self.closed.recv_timeout(PATIENCE).map_err(|_| late())?
    }
}
