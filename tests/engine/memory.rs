//! What a journal would tell after a restart, worked out from the entries the slow and plain way.

use std::collections::BTreeMap;

use jiff::Timestamp;
use loaphuong::model::entry::Entry;
use loaphuong::model::id::AiringId;
use loaphuong::model::outcome::{Kind, Outcome};
use loaphuong::model::recovery::{LastSession, Open, Recovery, SessionEnd};

pub(crate) fn recovery(entries: &[Entry]) -> Recovery {
    let mut recovery = Recovery::default();
    let mut open: BTreeMap<AiringId, Open> = BTreeMap::new();
    for entry in entries {
        session(&mut recovery, entry);
        match entry {
            Entry::Planned { head, items, outputs, .. } => {
                recovery.settled.insert(head.id.clone());
                let (head, items, outputs) = (head.clone(), items.clone(), outputs.clone());
                let id = head.id.clone();
                let fresh =
                    Open { head, items, outputs, started: BTreeMap::new(), reached: Vec::new(), last_seen: None };
                open.insert(id, fresh);
            }
            Entry::Started { id, output, started_at, device, .. } => {
                let airing = open.get_mut(id).expect("planned before it started");
                airing.started.insert(output.clone(), (*started_at, device.clone()));
            }
            Entry::Checkpoint { at, id, outputs } => {
                let airing = open.get_mut(id).expect("planned before it came to a checkpoint");
                airing.reached.clone_from(outputs);
                airing.last_seen = Some(*at);
            }
            Entry::Final { airing, .. } => {
                recovery.settled.insert(airing.head.id.clone());
                open.remove(&airing.head.id);
                if airing.outcome == Outcome::Aired && airing.head.kind != Kind::Trial {
                    let at = airing.started_at.map_or(airing.head.planned_at.at, |m| m.at);
                    recovery.history.last_aired.extend(airing.items.iter().map(|i| (i.plan.clip.clone(), at)));
                }
            }
            _ => {}
        }
    }
    recovery.open = open.into_values().collect();
    recovery
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
    last.last_entry = last.last_entry.max(entry.at().at);
    let cursor = match entry {
        Entry::SessionStarted { from, .. } | Entry::Configured { from, .. } => from.at,
        Entry::Planned { head, .. } => head.planned_at.at,
        Entry::Final { airing, .. } => airing.head.planned_at.at,
        _ => Timestamp::MIN,
    };
    last.cursor = last.cursor.max(cursor);
    if matches!(entry, Entry::SessionEnded { .. }) {
        last.end = SessionEnd::Clean;
    }
}
