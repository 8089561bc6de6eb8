//! How a sound card can misbehave, in every way that was measured. Pure.

use std::time::Duration;

use crate::model::playback::Route;

/// What the sound card does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Card {
    /// What it should.
    #[default]
    Healthy,
    /// It is not there. Files are written all the same.
    Absent,
    /// It is not there, and files that were asked for stand for cards too: they cannot be written.
    Gone,
    /// Swallows everything at once, as ALSA's null device.
    Instant,
    /// Takes nothing any more after this much of a run.
    Hangs(Duration),
    /// Is gone after this much of a run.
    Dies(Duration),
    /// The player's process is killed after this much of a run.
    Killed(Duration),
    /// Says after this much of a run that it is whole.
    EndsEarly(Duration),
    /// A run that begins now carries silence to its end.
    Silent,
    /// Never opens, and never says so.
    Stuck,
    /// Opens this much later than others.
    Slow(Duration),
    /// Says everything twenty times as often, and each time that something was amiss.
    Floods,
    /// Is muted after this much of a run.
    Muted(Duration),
    /// The sound goes to another device after this much of a run. A run that opens then finds it there.
    Elsewhere(Duration),
}

/// What the line to the streams does that are relayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Line {
    /// It carries them.
    #[default]
    Up,
    /// It is down.
    Down,
}

/// What has become of a file since it was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoilt {
    /// It is not there any more.
    Missing,
    /// It is another one, and the player finds that before the first frame.
    Before,
    /// The same, found behind the last frame.
    Behind,
}

/// What a player has open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Device {
    /// A card, which can be unplugged.
    Card,
    /// A file that was asked for.
    File,
    /// A file in the place of a card.
    StandIn,
    /// Nothing.
    Null,
}

impl Card {
    /// Is the process killed by now, by somebody else than the engine?
    pub(super) fn kills(self, played: Duration) -> bool {
        matches!(self, Self::Killed(after) if played >= after)
    }

    /// Does it take nothing any more?
    pub(super) fn hangs(self, played: Duration) -> bool {
        matches!(self, Self::Hangs(after) if played >= after)
    }

    /// Is it gone in the middle of a run?
    pub(super) fn died(self, played: Duration) -> bool {
        matches!(self, Self::Dies(after) if played >= after)
    }

    /// Does it say that all is over?
    pub(super) fn ends(self, played: Duration) -> bool {
        matches!(self, Self::EndsEarly(after) if played >= after)
    }

    /// Is what was opened not there any more?
    pub(super) fn unplugged(self, device: Option<Device>) -> bool {
        match device {
            Some(Device::Card) => matches!(self, Self::Absent | Self::Gone),
            Some(Device::File) => self == Self::Gone,
            Some(Device::StandIn | Device::Null) | None => false,
        }
    }

    /// Where the sound goes of a run that has come so far.
    pub(super) fn route(self, device: Option<Device>, played: Duration) -> Route {
        match (device, self) {
            (Some(Device::Card), Self::Muted(after)) if played >= after => Route::Muted,
            (Some(Device::Card), Self::Elsewhere(after)) if played >= after => Route::Elsewhere,
            _ => Route::Right,
        }
    }

    /// How much of a programme of this length it will have taken when it does something of itself.
    pub(super) fn turn(self, played: Duration, length: Duration) -> Duration {
        match self {
            Self::Dies(after) | Self::Killed(after) | Self::EndsEarly(after) => after.min(length),
            Self::Muted(after) | Self::Elsewhere(after) if played < after => after.min(length),
            Self::Hangs(after) if after < length => Duration::MAX,
            // It has taken everything already, and its player says so as soon as any.
            Self::Instant => Duration::ZERO,
            _ => length,
        }
    }

    /// How much it has taken after so much time.
    pub(super) fn taken(self, elapsed: Duration, length: Duration) -> Duration {
        match self {
            Self::Instant => length,
            Self::Hangs(after) | Self::Dies(after) | Self::Killed(after) => elapsed.min(after),
            _ => elapsed,
        }
    }

    /// How often its player reports, where others do so after `report`.
    pub(super) fn report(self, report: Duration) -> Duration {
        if self == Self::Floods { report / 20 } else { report }
    }
}
