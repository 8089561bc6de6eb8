//! Players kept ready for emergencies: how many, and when the next one is started. Effects: processes; never waits.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::input::{Input, SpareNews};
use super::turn::send;
use crate::clock;
use crate::model::playback::RunId;
use crate::model::station::{OutputKind, Station};
use crate::model::time::Mono;
use crate::player::{self, Handle, Heard, Spare};

/// How long after the start, and after one was taken, the next is started: it must not compete with the emergency.
const PAUSE: Duration = Duration::from_secs(1);
/// How long at most where they go by themselves, one after the other. One that has lived so long had no lasting reason.
const LONGEST: Duration = Duration::from_mins(10);
/// Never more than this, however many cards there are: each takes some megabytes.
const MOST: usize = 4;

/// So many shall be ready: an emergency takes all its outputs at once. Only cards are worth it, since nothing else has a
/// sound system to load.
pub(super) fn wanted(station: &Station) -> usize {
    let card = |kind: &OutputKind| matches!(kind, OutputKind::Device { .. } | OutputKind::Auto);
    station.outputs.iter().filter(|output| card(&output.kind)).count().min(MOST)
}

/// How long until the next try, after one has gone that had lived so long.
fn longer(pause: Duration, lived: Duration) -> Duration {
    if lived >= LONGEST { PAUSE } else { (pause * 2).min(LONGEST) }
}

/// The players kept ready.
pub(super) struct Spares {
    /// This program: the player is a child of the same binary.
    program: PathBuf,
    tell: UnboundedSender<(RunId, Heard)>,
    inputs: UnboundedSender<Input>,
    /// With the time when each was started.
    ready: Vec<(Spare, Mono)>,
    wanted: usize,
    pause: Duration,
    /// [`SpareNews::Due`] is on its way.
    waiting: bool,
}

impl Spares {
    pub(super) fn new(program: PathBuf, tell: UnboundedSender<(RunId, Heard)>, inputs: UnboundedSender<Input>) -> Self {
        Self { program, tell, inputs, ready: Vec::new(), wanted: 0, pause: PAUSE, waiting: false }
    }

    /// So many shall be ready from now on.
    pub(super) fn keep(&mut self, wanted: usize) {
        self.wanted = wanted;
        self.ready.truncate(wanted);
        self.wait();
    }

    /// One of them as the player of this run, if there is one.
    pub(super) fn take(&mut self, run: RunId) -> Option<Handle> {
        let taken = std::iter::from_fn(|| self.ready.pop()).find_map(|(spare, _)| spare.take(run))?;
        self.pause = PAUSE;
        self.wait();
        Some(taken)
    }

    /// One has gone by itself. Nobody is told: without it an emergency is some milliseconds slower, and that is all.
    pub(super) fn lost(&mut self) {
        let now = clock::mono();
        for (_, since) in self.ready.extract_if(.., |(spare, _)| !spare.lives()) {
            self.pause = longer(self.pause, now.since(since));
            tracing::debug!(again_in = ?self.pause, "a spare player has gone");
        }
        self.wait();
    }

    /// Starts what is missing.
    pub(super) fn fill(&mut self) {
        self.waiting = false;
        while self.ready.len() < self.wanted {
            let inputs = self.inputs.clone();
            let lost = move |how: String| {
                tracing::debug!(how, "a spare player went");
                send(&inputs, Input::Spare(SpareNews::Lost));
            };
            match player::spare(&self.program, self.tell.clone(), lost) {
                Ok(spare) => self.ready.push((spare, clock::mono())),
                Err(error) => {
                    tracing::debug!(%error, "no spare player");
                    self.pause = longer(self.pause, Duration::ZERO);
                    return self.wait();
                }
            }
        }
    }

    /// Something is being armed: another time.
    pub(super) fn put_off(&mut self) {
        self.waiting = false;
        self.wait();
    }

    /// Asks to be called after the pause, if something is missing.
    fn wait(&mut self) {
        if self.ready.len() >= self.wanted || self.waiting {
            return;
        }
        self.waiting = true;
        let (pause, inputs) = (self.pause, self.inputs.clone());
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            send(&inputs, Input::Spare(SpareNews::Due));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_put_off_comes_again() {
        let (tell, _heard) = tokio::sync::mpsc::unbounded_channel();
        let (inputs, mut arriving) = tokio::sync::mpsc::unbounded_channel();
        let mut spares = Spares::new(PathBuf::from("/none"), tell, inputs);
        spares.keep(1);
        for _ in 0..2 {
            let came = tokio::time::timeout(PAUSE * 20, arriving.recv()).await;
            assert!(matches!(came, Ok(Some(Input::Spare(SpareNews::Due)))));
            spares.put_off();
        }
    }

    #[test]
    fn what_goes_again_and_again_is_started_ever_more_rarely() {
        let pauses: Vec<u64> = std::iter::successors(Some(PAUSE), |pause| Some(longer(*pause, Duration::ZERO)))
            .map(|pause| pause.as_secs())
            .take(12)
            .collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
        assert_eq!(longer(LONGEST, LONGEST), PAUSE, "it lived for ten minutes");
    }
}
