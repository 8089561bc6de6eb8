//! A run that only finds out whether the device is there: when it is over. Pure.

use std::time::Duration;

use crate::model::playback::{Job, Programme};
use crate::model::time::Mono;

/// How long the device takes silence.
const LENGTH: Duration = Duration::from_millis(500);

/// Whether a run is a probe, and since when the device has taken samples.
#[derive(Debug, Clone, Copy)]
pub(super) struct Probe {
    wanted: bool,
    since: Option<Mono>,
}

impl Probe {
    pub(super) fn new(job: &Job) -> Self {
        Self { wanted: job.programme == Programme::Probe, since: None }
    }

    /// The device has last asked for samples at `asked`. Is the probe over?
    pub(super) fn is_over(&mut self, asked: Option<Mono>) -> bool {
        self.since = self.since.or(asked);
        let lasted = self.since.zip(asked).map(|(since, asked)| asked.since(since));
        self.wanted && lasted.is_some_and(|lasted| lasted >= LENGTH)
    }
}
