//! Picking up what the last session left: interrupted airings end, unbegun ones begin if there is time. Pure.

use std::sync::Arc;

use crate::engine::Engine;
use crate::engine::live::{Bill, Intent, Live, Source, Track};
use crate::engine::row::unused;
use crate::engine::take::{later, source_of, still_planned};
use crate::model::airing::{Airing, Item, OutputResult, PlannedItem};
use crate::model::clip::Library;
use crate::model::entry::Entry;
use crate::model::id::OutputId;
use crate::model::outcome::{Kind, Outcome, Reason};
use crate::model::recovery::{LastSession, Open, SessionEnd};
use crate::model::seeded::{Bug, seeded};
use crate::model::station::{Programme, Slot, Station};
use crate::model::time::{Moment, Now};
use crate::model::units::Seconds;
use crate::plan;

/// Why occurrences were lost while no session ran.
pub(super) fn absence(last: Option<&LastSession>, boot_id: &str) -> Reason {
    match last {
        Some(_) if seeded(Bug::EveryCrashIsTheProcess) => Reason::Process,
        Some(s) if s.boot_id == boot_id && s.end == SessionEnd::Clean => Reason::ByOperator,
        Some(s) if s.boot_id == boot_id => Reason::Process,
        _ => Reason::Power,
    }
}

impl Engine {
    /// Airings that had begun are over: nothing airs twice. What no slot planned is not begun late either: a lost
    /// make-good leaves its shortage, and another is planned.
    pub(super) fn close_interrupted(&mut self, now: Now) {
        let (over, waiting): (Vec<Open>, Vec<Open>) = std::mem::take(&mut self.left_open)
            .into_iter()
            .partition(|o| !o.started.is_empty() && !seeded(Bug::BeginsAnewAfterACrash) || o.head.slot.is_none());
        self.left_open = waiting;
        for open in over {
            self.close_open(now, &open, self.absence);
        }
    }

    /// Airings that were planned and had not begun: begun late if there is time, and lost if not.
    pub(super) fn reopen(&mut self, now: Now) {
        for open in std::mem::take(&mut self.left_open) {
            if seeded(Bug::ForgetsWhatWasOpen) {
                continue;
            }
            let station = Arc::clone(&self.station);
            let Some(slot) = slot_of(&station, &open).filter(|_| still_planned(&station, &open.head)) else {
                self.close_open(now, &open, self.absence);
                continue;
            };
            let due = open.head.planned_at.at;
            let untrusted = due >= self.since.at && self.clock.in_doubt(due);
            let why = if untrusted { Reason::ClockUntrusted } else { self.absence };
            if now.wall > plan::latest_start(due, slot) {
                self.close_open(now, &open, why);
            } else if let Some(bill) = self.bill_again(&open, slot) {
                let mut live = revive(open, bill, slot, self.rank());
                if now.wall > due && live.head.kind == Kind::Relay {
                    live.hindered(why);
                }
                self.book.insert(live.head.id.clone(), Box::new(live));
            } else if self.library.scanned_at.is_none() {
                self.left_open.push(open);
            } else {
                self.close_open(now, &open, Reason::ClipMissing);
            }
        }
    }

    /// What was planned, if its files are still what they were. A stream is asked for anew.
    fn bill_again(&self, open: &Open, slot: &Slot) -> Option<Bill> {
        if let Programme::Relay(relay) = &slot.programme {
            let commune = self.station.commune(&open.head.commune)?;
            return Some(self.relay_bill(commune, slot, relay, open.head.planned_at.local().date()));
        }
        let sources = sources_of(&self.library, &open.items)?;
        Some(Bill::once(open.items.clone(), sources, slot.level))
    }

    fn close_open(&mut self, now: Now, open: &Open, reason: Reason) {
        let at = self.moment(now);
        let airing = Box::new(row_of(&self.station, open, reason));
        self.remember(&airing);
        self.entries.push(Entry::Final { at, airing });
    }
}

fn slot_of<'a>(station: &'a Station, open: &Open) -> Option<&'a Slot> {
    station.commune(&open.head.commune)?.slot(open.head.slot.as_ref()?)
}

/// The files of a programme, if all of them are still what they were.
fn sources_of(library: &Library, items: &[PlannedItem]) -> Option<Vec<Source>> {
    let source = |item: &PlannedItem| {
        let clip = library.clips.get(&item.clip)?;
        let sound = clip.airable().ok().filter(|s| s.hash == item.hash)?;
        Some(source_of(clip, sound))
    };
    items.iter().map(source).collect()
}

fn revive(open: Open, bill: Bill, slot: &Slot, rank: u64) -> Live {
    let due = open.head.planned_at.at;
    let length = bill.length();
    let by = plan::latest_start(due, slot);
    Live {
        due,
        start_by: by,
        resume_by: later(by, length),
        intent: Intent::Durable,
        // The session before may have left a file of its sound.
        tracks: open.outputs.into_iter().map(|o| Track { tries: 1, ..Track::new(o) }).collect(),
        checkpointed: None,
        rank,
        head: open.head,
        bill,
        preempted: None,
    }
}

/// The row of an airing that the last session did not bring to its end.
fn row_of(station: &Station, open: &Open, reason: Reason) -> Airing {
    let outcome = if open.started.is_empty() { Outcome::Missed } else { Outcome::Partial };
    let started_at = open.started.values().map(|(at, _)| *at).min_by_key(|m| m.at);
    let items: Vec<Item> =
        open.items.iter().enumerate().map(|(n, plan)| item_of(open, plan, n, outcome, reason)).collect();
    Airing {
        started_at,
        ended_at: started_at.map(|started| ended_at(station, open, started)),
        start_error_ms: started_at.map(|s| s.at.as_millisecond() - open.head.planned_at.at.as_millisecond()),
        outcome,
        reason: Some(reason),
        items,
        outputs: open.outputs.iter().map(|id| output_of(station, open, id, reason)).collect(),
        head: open.head.clone(),
        preempted_by: None,
    }
}

/// It sounded at least until its last checkpoint.
fn ended_at(station: &Station, open: &Open, started: Moment) -> Moment {
    let longest = open.reached.iter().map(|r| r.played_s.iter().map(|s| s.0).sum::<f64>()).fold(0.0, f64::max);
    Moment::of(later(started.at, Seconds(longest).duration()), &station.zone)
}

fn item_of(open: &Open, plan: &PlannedItem, n: usize, outcome: Outcome, reason: Reason) -> Item {
    let played = open.reached.iter().filter_map(|r| r.played_s.get(n)).map(|s| s.0).fold(0.0, f64::max);
    let whole = played > 0.0 && played + 0.05 >= plan.planned_s.0;
    let (outcome, reason) = match outcome {
        _ if whole => (Outcome::Aired, None),
        Outcome::Partial if played > 0.0 || n == 0 => (Outcome::Partial, Some(reason)),
        _ => (Outcome::Missed, Some(reason)),
    };
    Item { plan: plan.clone(), played_s: Seconds(played), loudness_lufs: None, peak_dbtp: None, outcome, reason }
}

fn output_of(station: &Station, open: &Open, id: &OutputId, reason: Reason) -> OutputResult {
    let Some((_, device)) = open.started.get(id) else {
        return unused(station, id, Outcome::Missed, reason);
    };
    let reached = open.reached.iter().find(|r| &r.output == id);
    let played = reached.map_or(0.0, |r| r.played_s.iter().map(|s| s.0).sum());
    let heard = device.starts_with("heard/").then(|| device.clone());
    OutputResult {
        device: Some(device.clone()),
        played_s: Seconds(played),
        heard,
        ..unused(station, id, Outcome::Partial, reason)
    }
}
