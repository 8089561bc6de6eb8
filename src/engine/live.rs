//! An airing in progress: what is planned, and where each of its outputs stands. Pure.

use std::cmp::Reverse;
use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::engine::event::Ticket;
use crate::engine::evidence::{Ending, Evidence};
use crate::model::airing::{Head, PlannedItem, Preemption};
use crate::model::clip::Sound;
use crate::model::id::{ClipHash, OutputId};
use crate::model::outcome::{Kind, Priority, Reason};
use crate::model::playback::{Repeat, RunId};
use crate::model::station::{Level, Relay};
use crate::model::time::{Mono, Now};

/// A start that is off by less is on its second: between cue and start no clock that runs on its own, and none that a time
/// server draws along, drifts by a quarter of it.
const OFF: SignedDuration = SignedDuration::from_millis(50);

/// An airing in progress.
#[derive(Debug, Clone)]
pub(super) struct Live {
    pub(super) head: Head,
    pub(super) bill: Bill,
    /// When it is due.
    pub(super) due: Timestamp,
    /// The latest time at which it may begin.
    pub(super) start_by: Timestamp,
    /// The latest time at which it may be taken up again after a loss.
    pub(super) resume_by: Timestamp,
    pub(super) intent: Intent,
    pub(super) tracks: Vec<Track>,
    pub(super) checkpointed: Option<Mono>,
    /// Which came first, among airings due at the same time: the order of the file.
    pub(super) rank: u64,
    /// What took an output away from it.
    pub(super) preempted: Option<Preemption>,
}

/// What an airing consists of.
#[derive(Debug, Clone)]
pub(super) struct Bill {
    /// As planned. Of a relay: first the stream, then what may stand in for it.
    pub(super) items: Vec<PlannedItem>,
    /// The files of the items that have one, in the same order.
    pub(super) sources: Vec<Source>,
    /// What is made of them.
    pub(super) show: Show,
    /// How its sound is shaped.
    pub(super) level: Level,
}

/// What is made of an airing's items.
#[derive(Debug, Clone)]
pub(super) enum Show {
    /// One after the other, so often.
    Clips(Repeat),
    /// The first is a stream.
    Relay(Relay),
}

impl Bill {
    /// Clips that air once.
    pub(super) fn once(items: Vec<PlannedItem>, sources: Vec<Source>, level: Level) -> Self {
        Self { items, sources, show: Show::Clips(Repeat::ONCE), level }
    }

    /// How long it sounds once.
    pub(super) fn length(&self) -> Duration {
        match &self.show {
            Show::Clips(_) => self.sources.iter().map(|s| s.sound.duration).sum(),
            Show::Relay(relay) => relay.length,
        }
    }

    /// How much must have sounded for a whole airing.
    pub(super) fn required(&self) -> Duration {
        match &self.show {
            Show::Clips(Repeat::Times(times)) => self.length().saturating_mul(times.get()),
            Show::Clips(Repeat::UntilStopped) | Show::Relay(_) => self.length(),
        }
    }
}

/// Whether the intention to air is on the disk: it must be before there is sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    /// On its way, in this batch.
    Pending(Ticket),
    /// On the disk.
    Durable,
}

/// What a player needs to know of an item's file.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// The file to open, which may be the decoded copy of the clip's own.
    pub(super) file: PathBuf,
    /// What that file is expected to be.
    pub(super) hash: ClipHash,
    pub(super) sound: Sound,
}

/// One output of an airing.
#[derive(Debug, Clone)]
pub(super) struct Track {
    pub(super) output: OutputId,
    pub(super) phase: Phase,
    pub(super) evidence: Evidence,
    /// Losses so far: decides how long to wait before the next try.
    pub(super) losses: u32,
    /// How often a player was started for it.
    pub(super) tries: u32,
    /// What kept it from beginning, or going on, until now.
    pub(super) hindrance: Option<Reason>,
}

/// Where an output of an airing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Not begun, or lost: waits for its time, for the output to be free, or for the next try.
    Waiting { retry_at: Option<Mono> },
    /// A player opens the device.
    Preparing { run: RunId, since: Mono },
    /// The device is open and takes silence.
    Ready { run: RunId, since: Mono },
    /// The player knows when to begin, and what the clock will show then, if nobody sets it. In a hurry it may be told so before
    /// its device is open.
    Cued { run: RunId, since: Mono, at: Mono, shows: Timestamp },
    /// Sound.
    OnAir { run: RunId },
    /// Fading out.
    Stopping { run: RunId, since: Mono, why: Reason },
    /// Over, and how.
    Done(Ending),
}

impl Phase {
    /// The player that serves this track now.
    pub(super) fn run(self) -> Option<RunId> {
        match self {
            Self::Preparing { run, .. }
            | Self::Ready { run, .. }
            | Self::Cued { run, .. }
            | Self::OnAir { run }
            | Self::Stopping { run, .. } => Some(run),
            Self::Waiting { .. } | Self::Done(_) => None,
        }
    }

    /// Does the track hold its output?
    pub(super) fn holds(self) -> bool {
        self.run().is_some()
    }
}

impl Track {
    pub(super) fn new(output: OutputId) -> Self {
        let phase = Phase::Waiting { retry_at: None };
        Self { output, phase, evidence: Evidence::default(), losses: 0, tries: 0, hindrance: None }
    }

    /// How long to wait after the n-th loss: at once, then 0.5, 1, 2, 4, 4 … s, so that with the time that opening takes a
    /// device is back in five.
    pub(super) fn back_off(&self) -> Duration {
        match self.losses {
            0 | 1 => Duration::ZERO,
            n => Duration::from_millis(250 << (n - 1).min(4)),
        }
    }

    pub(super) fn done(&self) -> bool {
        matches!(self.phase, Phase::Done(_))
    }
}

impl Live {
    pub(super) fn done(&self) -> bool {
        self.tracks.iter().all(Track::done)
    }

    /// It begins late: what is lost of it until then is lost for this reason, and the row says so.
    pub(super) fn hindered(&mut self, why: Reason) {
        self.tracks.iter_mut().for_each(|track| track.hindrance = Some(why));
    }

    /// Did the schedule call for it, or what is owed, and no person?
    pub(super) fn planned(&self) -> bool {
        self.head.slot.is_some() || self.head.kind == Kind::MakeGood
    }

    /// Was the clock set since this track was cued, so that it would begin at another second than its own? What a person
    /// called for has none.
    pub(super) fn miscued(&self, n: usize, now: Now) -> bool {
        let Phase::Cued { at, shows, .. } = self.tracks[n].phase else { return false };
        let waits = self.planned() && !self.sounded() && at > now.mono;
        waits && now.wall_at(at).duration_since(shows).abs() > OFF
    }

    /// May a scheduled airing take the output away from this one?
    pub(super) fn yields(&self) -> bool {
        matches!(self.head.kind, Kind::Manual | Kind::Trial)
    }

    /// Does it take every output that it wants, at once?
    pub(super) fn urgent(&self) -> bool {
        self.head.kind == Kind::Emergency
    }

    /// Who goes first where several wait for an output: the more important, then the earlier, then the first in the file.
    pub(super) fn turn(&self) -> (Reverse<Priority>, Timestamp, u64) {
        (Reverse(self.head.priority), self.due, self.rank)
    }

    /// The latest time at which a track may begin, or be taken up again.
    pub(super) fn limit(&self, n: usize) -> Timestamp {
        let begun = self.tracks[n].evidence.started_at.is_some();
        if begun { self.resume_by } else { self.start_by }
    }

    /// Has any output carried a frame of it?
    pub(super) fn sounded(&self) -> bool {
        self.tracks.iter().any(|t| t.evidence.started_at.is_some())
    }

    /// Length of the programme.
    pub(super) fn length(&self) -> Duration {
        self.bill.length()
    }
}
