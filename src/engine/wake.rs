//! When the engine must be woken next. Pure.

use std::time::Duration;

use jiff::Timestamp;

use crate::engine::advance::{CHECKPOINT, DISK_GRACE, FADING, HUNG_DISK, LEAVING, OPENING, SILENT_CUE, SLOW_OPENING};
use crate::engine::live::{Intent, Live, Phase, Track};
use crate::engine::take::{earlier, later, prepare_lead};
use crate::engine::{Closing, Engine};
use crate::model::time::{Mono, Now};
use crate::plan;

/// When to wake the engine: whichever comes first. Nothing means: only when something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wake {
    /// By the clock on the wall.
    pub wall: Option<Timestamp>,
    /// By the monotonic clock.
    pub mono: Option<Mono>,
}

impl Wake {
    pub(super) fn wall(&mut self, now: Now, at: Timestamp) {
        if at > now.wall {
            self.wall = Some(self.wall.map_or(at, |w| w.min(at)));
        }
    }

    pub(super) fn mono(&mut self, now: Now, at: Mono) {
        if at > now.mono {
            self.mono = Some(self.mono.map_or(at, |m| m.min(at)));
        }
    }
}

impl Engine {
    /// When the next step is due. Times that have passed are none: the last step did what was due then.
    #[must_use]
    pub fn wake(&self, now: Now) -> Wake {
        let mut wake = Wake::default();
        if let Some(next) = &self.upcoming {
            wake.wall(now, earlier(next.at, self.lead()));
        }
        if let Some(next) = self.books.next_make_good() {
            wake.wall(now, earlier(next.at, self.lead()));
        }
        // A new day may be a new period.
        if let Some(midnight) = self.books.until() {
            wake.wall(now, midnight);
        }
        self.wake_for_the_clock(&mut wake, now);
        wake.wall(now, self.preflight_at);
        self.wake_for_tones(&mut wake, now);
        self.wake_for_probes(&mut wake, now);
        if self.library.scanned_at.is_none() {
            self.wake_without_clips(&mut wake, now);
        }
        for (_, since) in self.leaving.values() {
            wake.mono(now, since.plus(LEAVING));
        }
        if let Some(since) = self.unstored.values().next() {
            wake.mono(now, since.plus(HUNG_DISK));
        }
        if let Closing::Until(at) | Closing::Flushing(at) = self.closing {
            wake.mono(now, at);
        }
        for live in self.book.values() {
            for (n, track) in live.tracks.iter().enumerate() {
                self.wake_for(&mut wake, now, live, track, self.limit(live, n));
            }
        }
        wake
    }

    /// What waits for the audio folder to be read is lost at its time, if a disk never lets it be read.
    fn wake_without_clips(&self, wake: &mut Wake, now: Now) {
        let next = self.upcoming.iter().map(|o| (o.at, &o.commune, Some(&o.slot)));
        let open = self.left_open.iter().map(|o| (o.head.planned_at.at, &o.head.commune, o.head.slot.as_ref()));
        for (at, commune, slot) in next.chain(open) {
            let slot = slot.and_then(|id| self.station.commune(commune)?.slot(id));
            wake.wall(now, later(slot.map_or(at, |s| plan::latest_start(at, s)), Duration::from_millis(1)));
        }
    }

    fn wake_for(&self, wake: &mut Wake, now: Now, live: &Live, track: &Track, limit: Timestamp) {
        match track.phase {
            Phase::Waiting { retry_at } => {
                let lead = self.station.output(&track.output).map_or(Duration::ZERO, prepare_lead);
                wake.wall(now, earlier(live.due, lead));
                wake.wall(now, earlier(live.due, self.make_room_lead(&track.output)));
                wake.wall(now, live.due);
                wake.wall(now, later(limit, Duration::from_millis(1)));
                if let Some(at) = retry_at {
                    wake.mono(now, at);
                }
            }
            Phase::Preparing { since, .. } => {
                wake.mono(now, since.plus(SLOW_OPENING));
                wake.mono(now, since.plus(OPENING));
                wake.wall(now, later(limit, Duration::from_millis(1)));
            }
            Phase::Ready { since, .. } if live.intent != Intent::Durable => {
                wake.wall(now, later(live.due, DISK_GRACE));
                wake.mono(now, since.plus(DISK_GRACE));
            }
            Phase::Cued { at, since, .. } => {
                wake.mono(now, at.plus(SILENT_CUE));
                wake.mono(now, since.plus(SLOW_OPENING));
            }
            Phase::OnAir { .. } => {
                if let Some(at) = track.evidence.stall_at() {
                    wake.mono(now, at);
                }
                if let Some(at) = live.checkpointed {
                    wake.mono(now, at.plus(CHECKPOINT));
                }
            }
            Phase::Stopping { since, .. } => wake.mono(now, since.plus(FADING)),
            Phase::Ready { .. } | Phase::Done(_) => {}
        }
    }
}
