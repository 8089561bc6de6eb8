//! Whether the loop makes progress: what `/healthz` and the watchdog go by. Effects: shared between threads.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::model::time::Mono;

/// How long one turn of the loop may take, and how late it may be for what is due.
const PATIENCE: Duration = Duration::from_secs(5);

/// The loop's pulse.
#[derive(Debug, Default)]
pub(super) struct Pulse(Mutex<Beat>);

#[derive(Debug, Default, Clone, Copy)]
struct Beat {
    /// Since when a turn is under way.
    busy: Option<Mono>,
    /// When the next turn is due.
    due: Option<Mono>,
}

impl Pulse {
    /// A turn begins.
    pub(super) fn begin(&self, now: Mono) {
        self.set(Beat { busy: Some(now), due: None });
    }

    /// A turn has ended; the next is due then.
    pub(super) fn rest(&self, due: Option<Mono>) {
        self.set(Beat { busy: None, due });
    }

    /// Does the loop make progress?
    pub(super) fn beats(&self, now: Mono) -> bool {
        let beat = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let overdue = |since: Option<Mono>| since.is_some_and(|at| now.since(at) > PATIENCE);
        !overdue(beat.busy) && !overdue(beat.due)
    }

    fn set(&self, beat: Beat) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = beat;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pulse;
    use crate::model::time::Mono;

    #[test]
    fn a_turn_that_does_not_end_and_a_wake_that_is_missed_stop_the_pulse() {
        let at = |s| Mono(Duration::from_secs(s));
        let pulse = Pulse::default();
        assert!(pulse.beats(at(1)));
        pulse.begin(at(10));
        assert!(pulse.beats(at(14)) && !pulse.beats(at(16)));
        pulse.rest(Some(at(100)));
        assert!(pulse.beats(at(104)) && !pulse.beats(at(106)));
        pulse.rest(None);
        assert!(pulse.beats(at(1_000_000)));
    }
}
