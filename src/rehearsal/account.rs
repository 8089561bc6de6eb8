//! What a player in virtual time tells of what it played: progress, and what was delivered of each item. Pure.

use std::time::Duration;

use crate::model::clip::Library;
use crate::model::outcome::Reason;
use crate::model::playback::{Carrying, Delivered, JobItem, Programme, Progress};
use crate::model::time::Mono;
use crate::model::units::{Decibel, Hertz};
use crate::rehearsal::card::{Line, Spoilt};
use crate::rehearsal::player::{Carries, Player};

pub(super) const RATE: Hertz = Hertz(48_000);

impl Player {
    /// Does something stand in for its stream?
    pub(super) fn stands_in(&self, line: Line) -> bool {
        self.carrying(line) == Carrying::Fallback
    }

    fn carrying(&self, line: Line) -> Carrying {
        match (&self.job.programme, line) {
            (Programme::Relay(_), Line::Down) => Carrying::Fallback,
            _ => Carrying::Programme,
        }
    }

    /// How much has sounded of each item. Of a relay: first the stream, then the clips; where none stands in for a lost
    /// stream, nothing sounds.
    pub(super) fn by_item(&self) -> Vec<Duration> {
        if let Programme::Relay(_) = self.job.programme {
            // All that stands in is told of the first clip: the world has no use for more.
            let first = (!self.job.items.is_empty()).then_some(self.stood_in);
            let others = self.job.items.iter().skip(1).map(|_| Duration::ZERO);
            return std::iter::once(self.played.saturating_sub(self.stood_in)).chain(first).chain(others).collect();
        }
        let once: Duration = self.job.items.iter().map(left_of).sum();
        let passes = u32::try_from(self.played.as_nanos() / once.as_nanos().max(1)).unwrap_or(u32::MAX);
        let mut left = self.played.saturating_sub(once * passes);
        let share = |item: &JobItem| {
            let part = left_of(item).min(left);
            left -= part;
            left_of(item) * passes + part
        };
        self.job.items.iter().map(share).collect()
    }

    fn decibel(&self, sounding: f64) -> Decibel {
        Decibel(if self.carries == Carries::Silence { -120.0 } else { sounding })
    }

    pub(super) fn progress(&self, line: Line, at: Mono) -> Progress {
        let level = self.decibel(-20.0);
        Progress {
            at,
            consumed: RATE.frames_in(self.played),
            rate: RATE,
            played: self.by_item(),
            xruns: self.xruns,
            level,
            carrying: self.carrying(line),
        }
    }

    pub(super) fn delivered(&self) -> Vec<Delivered> {
        let peak = self.decibel(-6.0);
        let played = self.by_item();
        if let Programme::Relay(_) = self.job.programme {
            let loudness = std::iter::once(Some(-18.0)).chain(self.loudness.iter().copied());
            let spoilt = std::iter::once(None).chain(self.spoilt.iter().copied());
            let each = played.into_iter().zip(loudness).zip(spoilt);
            return each.map(|((played, loudness), spoilt)| delivered(played, loudness, peak, spoilt)).collect();
        }
        let each = played.into_iter().zip(&self.loudness).zip(&self.spoilt);
        each.map(|((played, loudness), spoilt)| delivered(played, *loudness, peak, *spoilt)).collect()
    }

    /// Has anything sounded whose content is not what was measured?
    pub(super) fn sounds_spoilt(&self) -> bool {
        let played = self.by_item();
        let streams = played.len() - self.spoilt.len();
        played.iter().skip(streams).zip(&self.spoilt).any(|(played, spoilt)| spoilt.is_some() && !played.is_zero())
    }
}

fn delivered(played: Duration, loudness: Option<f64>, peak: Decibel, spoilt: Option<Spoilt>) -> Delivered {
    let fault = (spoilt == Some(Spoilt::Behind) && !played.is_zero()).then_some(Reason::ClipCorrupt);
    Delivered { played, loudness, peak, silent: Duration::ZERO, hash: None, fault }
}

/// What the loudness meter would show: the file's loudness and the gain. One channel sounds on both sides, with twice
/// the power that was measured in the file.
pub(super) fn loudness(item: &JobItem, library: &Library) -> Option<f64> {
    let sound = library.clips.get(&item.clip)?.sound.as_ref()?;
    let sides = if sound.channels == 1 { 10.0 * 2.0_f64.log10() } else { 0.0 };
    Some(sound.loudness?.0 + sides + item.gain.0)
}

/// How much of an item this run has to play.
pub(super) fn left_of(item: &JobItem) -> Duration {
    item.duration.saturating_sub(item.from)
}
