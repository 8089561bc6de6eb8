//! What a journal would tell after a restart, worked out from the entries the slow and plain way.
//!
//! It must tell what `journal::projection` and `journal::recovery` tell, to the letter: the cursor, the day's usage, the
//! clips that aired whole in an airing that did not.

use std::collections::BTreeMap;

use jiff::Timestamp;
use loaphuong::model::airing::{Airing, Head, PlannedItem, Role};
use loaphuong::model::entry::Entry;
use loaphuong::model::id::AiringId;
use loaphuong::model::outcome::{Kind, Outcome};
use loaphuong::model::recovery::{LastSession, Open, Recovery, SessionEnd};
use loaphuong::model::time::Moment;

pub(crate) fn recovery(entries: &[Entry]) -> Recovery {
    let mut recovery = Recovery::default();
    let mut open: BTreeMap<AiringId, Open> = BTreeMap::new();
    let mut planned: BTreeMap<AiringId, Timestamp> = BTreeMap::new();
    for entry in entries {
        session(&mut recovery, entry);
        match entry {
            Entry::Planned { head, items, outputs, .. } => {
                planned.insert(head.id.clone(), head.planned_at.at);
                drawn(&mut recovery, head, items.iter());
                let (head, items, outputs) = (*head.clone(), items.clone(), outputs.clone());
                let id = head.id.clone();
                let fresh =
                    Open { head, items, outputs, started: BTreeMap::new(), reached: Vec::new(), last_seen: None };
                open.insert(id, fresh);
            }
            Entry::Started { id, output, started_at, device, .. } => {
                let airing = open.get_mut(id).expect("planned before it started");
                airing.started.entry(output.clone()).or_insert((*started_at, device.clone()));
            }
            Entry::Checkpoint { at, id, outputs } => {
                let airing = open.get_mut(id).expect("planned before it came to a checkpoint");
                for reached in outputs {
                    airing.reached.retain(|r| r.output != reached.output);
                    airing.reached.push(reached.clone());
                }
                airing.last_seen = Some(*at);
            }
            Entry::Final { airing, .. } => {
                planned.insert(airing.head.id.clone(), airing.head.planned_at.at);
                if open.remove(&airing.head.id).is_none() {
                    drawn(&mut recovery, &airing.head, airing.items.iter().map(|i| &i.plan));
                }
                ended(&mut recovery, airing);
            }
            _ => {}
        }
    }
    let cursor = recovery.last_session.as_ref().map_or(Timestamp::MIN, |s| s.cursor);
    recovery.settled = planned.into_iter().filter(|(_, at)| *at >= cursor).map(|(id, _)| id).collect();
    recovery.open = open.into_values().collect();
    recovery
}

fn drawn<'a>(recovery: &mut Recovery, head: &Head, mut items: impl Iterator<Item = &'a PlannedItem>) {
    if let (Some(queue), Some(item)) = (&head.queue, items.find(|i| i.role == Role::Clip)) {
        recovery.history.last_drawn.insert((head.commune.clone(), queue.clone()), item.clip.clone());
    }
}

fn ended(recovery: &mut Recovery, airing: &Airing) {
    let head = &airing.head;
    if head.kind != Kind::Trial {
        let at = airing.started_at.unwrap_or(head.planned_at).at;
        let whole = airing.items.iter().filter(|i| i.outcome == Outcome::Aired);
        recovery.history.last_aired.extend(whole.map(|i| (i.plan.clip.clone(), at)));
    }
    if head.kind.by_schedule() && airing.started_at.is_some() {
        let usage = recovery.history.usage.entry((head.commune.clone(), head.planned_at.local().date())).or_default();
        usage.airings += 1;
        usage.seconds += airing.outputs.iter().map(|o| o.played_s.0).fold(0.0, f64::max);
    }
}

fn session(recovery: &mut Recovery, entry: &Entry) {
    if let Entry::SessionStarted { boot_id, .. } = entry {
        recovery.last_session = Some(LastSession {
            boot_id: boot_id.clone(),
            end: SessionEnd::Abrupt,
            last_entry: Timestamp::MIN,
            cursor: recovery.last_session.as_ref().map_or(Timestamp::MIN, |s| s.cursor),
        });
    }
    let Some(last) = &mut recovery.last_session else { return };
    last.last_entry = entry.at().at;
    let decided = |at: &Moment, head: &Head| {
        let scheduled = head.slot.is_some();
        if scheduled { at.at.min(head.planned_at.at) } else { Timestamp::MIN }
    };
    let cursor = match entry {
        Entry::SessionStarted { from, .. } | Entry::Configured { from, .. } => from.at,
        Entry::Planned { at, head, .. } => decided(at, head),
        Entry::Final { at, airing } => decided(at, &airing.head),
        _ => Timestamp::MIN,
    };
    last.cursor = last.cursor.max(cursor);
    if matches!(entry, Entry::SessionEnded { .. }) {
        last.end = SessionEnd::Clean;
    }
}
