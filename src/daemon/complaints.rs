//! Players' complaints, without the repetitions: a device that is gone is complained of at every try. Effects: logs.

use crate::model::playback::RunId;

/// Whose complaints the log shows to everybody.
#[derive(Debug, Default)]
pub(super) struct Complaints {
    /// The first run that complained since there was sound.
    first: Option<RunId>,
}

impl Complaints {
    /// A player complained. What later tries say of the same outage is only there for those who ask for it.
    pub(super) fn note(&mut self, run: RunId, line: &str) {
        if *self.first.get_or_insert(run) == run {
            tracing::warn!(run = run.0, "player: {line}");
        } else {
            tracing::debug!(run = run.0, "player: {line}");
        }
    }

    /// There is sound again.
    pub(super) fn forget(&mut self) {
        self.first = None;
    }
}
