//! From what a sound server or a card's mixer says to where the sound goes and whether anybody hears it. Pure.

use std::path::PathBuf;

use crate::model::playback::Route;

/// The stand-in that a sound server puts up when its last device is gone: `auto_null`, or `auto_null.2` if that is taken.
const STAND_IN: &str = "auto_null";
/// Full volume as a sound server counts it. A twentieth of it is 78 dB below: no ear hears that.
const FULL: u32 = 0x10000;
const NOTHING: u32 = FULL / 20;
/// A volume at its lowest, which is also at least so far below full, is a volume of zero. Some cards are still heard there.
const LOWEST_HEARD: f64 = -40.0;
/// Controls of a card that everything goes through.
const FOR_ALL: [&str; 2] = ["Master", "PCM"];
/// Controls of a card's sockets: it is heard as long as one of them is on.
const SOCKETS: [&str; 4] = ["Speaker", "Headphone", "Front", "Line Out"];

/// Where our sound goes, as a witness names it, and whether it is heard there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) device: String,
    pub(super) muted: bool,
}

impl Place {
    /// Is this no device, but what a sound server has in place of one?
    pub(super) fn is_stand_in(&self) -> bool {
        is_stand_in(&self.device)
    }

    /// What that means, where `right` is the right device.
    pub(super) fn route(&self, right: &str) -> Route {
        match (self.device == right, self.muted) {
            (false, _) => Route::Elsewhere,
            (true, true) => Route::Muted,
            (true, false) => Route::Right,
        }
    }
}

/// Is a sink of this name no device, but what a sound server has in place of one?
pub(super) fn is_stand_in(sink: &str) -> bool {
    sink.strip_prefix(STAND_IN).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// A volume or a switch of a sound server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) muted: bool,
    /// Of each channel, as the server counts; empty where there is none.
    pub(super) volumes: Vec<u32>,
}

impl Level {
    /// Does nothing get through?
    pub(super) fn silent(&self) -> bool {
        self.muted || !self.volumes.is_empty() && self.volumes.iter().all(|volume| *volume <= NOTHING)
    }

    /// In hundredths of full volume, of the loudest channel.
    pub(super) fn percent(&self) -> Option<u32> {
        let loudest = self.volumes.iter().max()?;
        Some(u32::try_from((u64::from(*loudest) * 100 + u64::from(FULL) / 2) / u64::from(FULL)).unwrap_or(u32::MAX))
    }
}

/// A sound server's stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stream {
    pub(super) index: u32,
    /// Whose it is, by process; nothing if it does not say.
    pub(super) process: Option<u32>,
    pub(super) sink: u32,
    pub(super) level: Level,
}

/// Our stream: the newest one of this process.
pub(super) fn ours(streams: &[Stream], process: u32) -> Option<&Stream> {
    streams.iter().filter(|stream| stream.process == Some(process)).max_by_key(|stream| stream.index)
}

/// A control of a card's mixer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Control {
    pub(super) name: String,
    /// Whether any channel is switched on; nothing if it cannot be switched.
    pub(super) on: Option<bool>,
    /// Nothing if it has no volume.
    pub(super) volume: Option<Volume>,
}

/// The volume of a card's control.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Volume {
    /// Of the loudest channel, and the lowest and highest that there is.
    pub(super) now: i64,
    pub(super) range: (i64, i64),
    /// What the lowest means, in dB, if the card says so.
    pub(super) lowest_db: Option<f64>,
}

impl Volume {
    fn zero(self) -> bool {
        self.now <= self.range.0 && self.lowest_db.is_none_or(|db| db <= LOWEST_HEARD)
    }
}

impl Control {
    fn matters(&self) -> bool {
        FOR_ALL.contains(&self.name.as_str()) || SOCKETS.contains(&self.name.as_str())
    }
}

/// Does a card with these controls keep silent? Nothing if none of them says so.
pub(super) fn card_is_muted(controls: &[Control]) -> Option<bool> {
    let told: Vec<&Control> = controls.iter().filter(|control| control.matters()).collect();
    let for_all = told.iter().filter(|control| FOR_ALL.contains(&control.name.as_str()));
    let shut = for_all.into_iter().any(|c| c.on == Some(false) || c.volume.is_some_and(Volume::zero));
    let sockets = told.iter().filter(|control| SOCKETS.contains(&control.name.as_str()));
    let switches: Vec<bool> = sockets.filter_map(|control| control.on).collect();
    let no_socket = !switches.is_empty() && switches.iter().all(|on| !on);
    (!told.is_empty()).then_some(shut || no_socket)
}

/// The mixer of the card that an ALSA name opens; nothing if the name does not say which card it is.
pub(super) fn mixer_of(name: &str) -> Option<String> {
    let (kind, arguments) = name.split_once(':')?;
    let named = arguments.split(',').find_map(|argument| argument.trim().strip_prefix("CARD="));
    let by_place = || ["hw", "plughw", "sysdefault"].contains(&kind).then(|| arguments.split(',').next()).flatten();
    let card = named.or_else(by_place)?.trim();
    (!card.is_empty() && !card.contains('=')).then(|| format!("hw:{card}"))
}

/// What decides where a sound server listens.
#[derive(Debug, Clone, Default)]
pub(super) struct Surroundings {
    pub(super) server: Option<String>,
    pub(super) pulse_runtime: Option<PathBuf>,
    pub(super) runtime: Option<PathBuf>,
}

/// The sockets at which a sound server may listen, in the order in which its own library tries them. None for a server
/// on another PC.
pub(super) fn sockets(around: &Surroundings) -> Vec<PathBuf> {
    if let Some(servers) = &around.server {
        // `{machine}unix:/path`, more of them between blanks.
        let plain =
            |server: &str| server.strip_prefix('{').and_then(|s| s.split_once('}')).map_or(server, |s| s.1).to_owned();
        let local = servers.split_whitespace().map(plain);
        let path = |server: String| {
            let path = server.strip_prefix("unix:").unwrap_or(&server);
            path.starts_with('/').then(|| PathBuf::from(path))
        };
        return local.filter_map(path).collect();
    }
    let own = around.pulse_runtime.iter().map(|folder| folder.join("native"));
    let session = around.runtime.iter().map(|folder| folder.join("pulse/native"));
    own.chain(session).chain([PathBuf::from("/run/pulse/native")]).collect()
}

#[cfg(test)]
mod tests;
