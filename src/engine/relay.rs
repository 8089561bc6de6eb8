//! Slots that relay a live stream: what airs, and what stands in for it. Pure.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::engine::live::{Bill, Live, Show, Source};
use crate::engine::standing::rule_of;
use crate::engine::take::{head_of, item_of};
use crate::engine::{Engine, words};
use crate::model::airing::{PlannedItem, Role};
use crate::model::id::ClipHash;
use crate::model::occurrence::Occurrence;
use crate::model::outcome::{Kind, Outcome, Reason};
use crate::model::playback::{Carrying, JobRelay};
use crate::model::recovery::Usage;
use crate::model::station::{Commune, Programme, Relay, Slot, Station};
use crate::model::time::Now;
use crate::model::units::Lufs;
use crate::plan;

/// More clips than this never stand in for one stream.
const MOST_FALLBACKS: usize = 20;

impl Engine {
    /// An occurrence that relays. It has no share in the day's limits: what it airs is not ours.
    pub(super) fn take_relay(
        &mut self,
        now: Now,
        station: &Station,
        commune: &Commune,
        slot: &Slot,
        relay: &Relay,
        occurrence: &Occurrence,
    ) {
        let head = head_of(station, commune, slot, occurrence);
        if let Err(reason) = plan::ruling(station, commune, slot, occurrence, &Usage::default(), Duration::ZERO) {
            self.settle_unaired(now, head, commune, Outcome::Skipped, reason);
            return;
        }
        let by = plan::latest_start(occurrence.at, slot);
        if now.wall > by {
            let reason = self.why_late(occurrence.at);
            self.settle_unaired(now, head, commune, Outcome::Missed, reason);
            return;
        }
        let bill = self.relay_bill(commune, slot, relay, occurrence.local.date());
        let (id, late) = (head.id.clone(), now.wall > occurrence.at);
        self.open_airing(now, head, bill, &commune.outputs, by);
        if late {
            let why = self.why_late(occurrence.at);
            if let Some(live) = self.book.get_mut(&id) {
                live.hindered(why);
            }
        }
    }

    /// The stream, and the clips of its fallback queue that may air.
    pub(super) fn relay_bill(&self, commune: &Commune, slot: &Slot, relay: &Relay, date: Date) -> Bill {
        let mut bill = Bill {
            items: vec![stream(slot, relay)],
            sources: Vec::new(),
            show: Show::Relay(relay.clone()),
            level: slot.level,
        };
        for (item, source) in self.fallback_clips(commune, slot, relay, date) {
            bill.items.push(item);
            bill.sources.push(source);
        }
        bill
    }

    fn fallback_clips(&self, commune: &Commune, slot: &Slot, relay: &Relay, date: Date) -> Vec<(PlannedItem, Source)> {
        let Some(queue) = &relay.fallback else { return Vec::new() };
        let slot = Slot { programme: Programme::Queue(queue.clone()), max_length: None, ..slot.clone() };
        let clips = plan::airable_in_turn(commune, &slot, &self.library, &self.history, date);
        let found = clips.into_iter().take(MOST_FALLBACKS).filter_map(|path| {
            let clip = self.library.clips.get(&path)?;
            let sound = clip.airable().ok()?;
            let about = plan::about(commune, &path, clip.topic.as_ref());
            let (item, source) = self.approved(commune, date, item_of(clip, sound, &about));
            Some((PlannedItem { role: Role::Fallback, planned_s: Duration::ZERO.into(), ..item }, source))
        });
        found.collect()
    }

    /// Whether the stream is there is shown while it is on air.
    pub(super) fn watch_relay(&mut self, now: Now, live: &Live, n: usize) {
        if live.head.kind != Kind::Relay {
            return;
        }
        let (code, rule) = (Reason::RelayLost.code(), rule_of(&live.head));
        match live.tracks[n].evidence.carrying() {
            Some(Carrying::Fallback) => self.raise(now, code, Some(&rule), words::of_relay(&live.head.slot_name)),
            Some(Carrying::Programme) => self.clear(now, code, Some(&rule)),
            None => {}
        }
    }
}

/// What a run that begins now is to relay: until the planned end, however late it begins; and never more in all than was
/// planned, even if the clock was set back in the meantime.
pub(super) fn job_of(relay: &Relay, live: &Live, played: Duration, now: Timestamp, target: Lufs) -> JobRelay {
    let late = now.duration_since(live.due);
    let gone = Duration::try_from(late).unwrap_or(Duration::ZERO).max(played);
    JobRelay { url: relay.url.clone(), length: relay.length.saturating_sub(gone), silence: relay.silence, target }
}

/// The stream as an item of the row: its address is its title, and its content is what nobody could know before.
fn stream(slot: &Slot, relay: &Relay) -> PlannedItem {
    PlannedItem {
        clip: relay.place(),
        role: Role::Relay,
        title: format!("{} ({})", slot.name, relay.url),
        topics: Vec::new(),
        language: None,
        audience: Vec::new(),
        hash: ClipHash(String::new()),
        planned_s: relay.length.into(),
        approval: None,
    }
}
