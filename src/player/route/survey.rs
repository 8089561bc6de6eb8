//! What there is to play on, and whether it is muted, for somebody who looks for it. Effects: asks the sound server and mixers.

use std::time::Duration;

use super::judge;
use super::mixer;
use super::server::Server;

/// A sound server that answers no sooner hangs.
const PATIENCE: Duration = Duration::from_secs(2);

/// Something that a sound server plays on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sink {
    /// As it stands in `station.toml`.
    pub name: String,
    /// As people read it.
    pub description: String,
    /// Muted, or its volume is at zero.
    pub muted: bool,
    /// Volume of its loudest channel, in hundredths.
    pub percent: Option<u32>,
    /// No device, but what the server has in place of one.
    pub stand_in: bool,
}

/// What the sound server of this session plays on; nothing if no server answers within two seconds.
#[must_use]
pub fn sinks() -> Vec<Sink> {
    let sinks = Server::find(Some(PATIENCE)).and_then(|mut server| server.sinks().ok());
    let each = sinks.unwrap_or_default().into_iter().map(|sink| Sink {
        description: sink.description.unwrap_or_else(|| sink.name.clone()),
        muted: sink.level.silent(),
        percent: sink.level.percent(),
        stand_in: judge::is_stand_in(&sink.name),
        name: sink.name,
    });
    each.collect()
}

/// Is the card that this ALSA name opens muted, by its own mixer? Nothing if that cannot be told.
#[must_use]
pub fn card_is_muted(name: &str) -> Option<bool> {
    let _quiet = mixer::quiet();
    let place = mixer::Card::open(&judge::mixer_of(name)?).and_then(|card| card.place()).ok()??;
    Some(place.muted)
}
