//! What systemd is told: ready, alive, what it does, stopping. Effects; silent where there is no systemd.

use std::time::Duration;

use sd_notify::NotifyState;

/// Tells systemd something. It is told for its own sake: a failure changes nothing for the station.
fn tell(state: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "systemd does not listen");
    }
}

/// Everything is open.
pub(super) fn ready(line: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(line)]);
}

/// The loop has turned.
pub(super) fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// On the way out.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// How often the loop must say that it is alive: half of what the unit allows. Nothing where nobody asks.
pub(super) fn watchdog_pause() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|limit| limit / 2)
}
