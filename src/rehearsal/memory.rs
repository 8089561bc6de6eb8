//! What a journal would tell after a restart, kept up to date with each entry. Pure.
//!
//! It tells what `journal::projection` and `journal::recovery` tell, to the letter: the cursor, the day's usage, the
//! clips that aired whole in an airing that did not. What it holds grows with the rows alone: a short one for each.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::airing::{Airing, Head, PlannedItem, Role};
use crate::model::entry::{Entry, Reached};
use crate::model::id::{AiringId, ClipPath, CommuneId, OutputId, QueueId};
use crate::model::ledger::LedgerRow;
use crate::model::outcome::{Kind, Outcome, Reason};
use crate::model::recovery::{History, LastSession, Open, Recovery, SessionEnd, Tied, Usage};
use crate::model::time::Moment;
use crate::model::units::Seconds;

/// What the entries told so far.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    session: Option<LastSession>,
    /// When the last entry was written.
    last: Option<Moment>,
    /// The same of the last that was written while the clock could be trusted.
    certain: Option<Moment>,
    in_doubt: bool,
    open: BTreeMap<AiringId, Open>,
    /// Ids of airings planned at or after the cursor.
    planned: BTreeMap<AiringId, Timestamp>,
    last_aired: BTreeMap<ClipPath, Timestamp>,
    last_drawn: BTreeMap<(CommuneId, QueueId), ClipPath>,
    approved: BTreeMap<(CommuneId, ClipPath), Tied>,
    /// Airings begun, and milliseconds on air.
    used: BTreeMap<(CommuneId, Date), (u32, u64)>,
    /// By planned time; of the same time in the order of the journal.
    ledger: Vec<LedgerRow>,
}

impl Memory {
    /// One entry more.
    pub fn add(&mut self, entry: &Entry) {
        self.session(entry);
        match entry {
            Entry::Planned { head, items, outputs, .. } => self.planned(head, items, outputs),
            Entry::Started { id, output, started_at, device, .. } => {
                if let Some(open) = self.open.get_mut(id) {
                    open.started.entry(output.clone()).or_insert((*started_at, device.clone()));
                }
            }
            Entry::Checkpoint { at, id, outputs } => self.reached(*at, id, outputs),
            Entry::Final { airing, .. } => self.ended(airing),
            Entry::Approved { commune, clip, hash, approval, .. } => {
                let tied = Tied { approval: approval.clone(), hash: hash.clone() };
                self.approved.insert((commune.clone(), clip.clone()), tied);
            }
            Entry::FaultRaised { fault, .. } if fault.code == Reason::ClockUntrusted.code() => {
                self.in_doubt = true;
            }
            Entry::Configured { from, .. } => self.looks_again(from.at),
            Entry::ClockTrusted { from, .. } => {
                self.in_doubt = false;
                self.looks_again(from.at);
            }
            _ => {}
        }
        self.last = Some(entry.at());
        if !self.in_doubt {
            self.certain = self.last;
        }
    }

    /// What a session that starts now is told.
    #[must_use]
    pub fn recovery(&self) -> Recovery {
        Recovery {
            last_session: self.session.clone().map(|session| LastSession {
                last_entry: self.certain.map_or(Timestamp::UNIX_EPOCH, |certain| certain.at),
                in_doubt: self.last.filter(|_| self.in_doubt).map(|last| last.at),
                ..session
            }),
            open: self.open.values().cloned().collect(),
            settled: self.planned.keys().cloned().collect(),
            history: self.history(),
        }
    }

    /// Final rows, shortened, of local days from `since` on, by planned time.
    #[must_use]
    pub fn ledger(&self, since: Date) -> Vec<LedgerRow> {
        self.ledger.iter().filter(|row| since <= row.date).cloned().collect()
    }

    /// Airings that have no final row yet.
    pub fn open(&self) -> impl Iterator<Item = &Head> {
        self.open.values().map(|open| &open.head)
    }

    fn history(&self) -> History {
        // The local day of the last trusted entry and its neighbours: all that a day's limit can still concern.
        let today = self.certain.map(|at| at.local().date());
        let near = |date: Date| {
            let around = today.map(|today| [today.yesterday().ok(), Some(today), today.tomorrow().ok()]);
            around.is_some_and(|days| days.contains(&Some(date)))
        };
        let used = self.used.iter().filter(|((_, date), _)| near(*date));
        let usage = |(airings, millis): (u32, u64)| Usage { airings, seconds: seconds(millis) };
        History {
            last_aired: self.last_aired.clone(),
            last_drawn: self.last_drawn.clone(),
            usage: used.map(|(day, used)| (day.clone(), usage(*used))).collect(),
            approved: self.approved.clone(),
        }
    }

    fn session(&mut self, entry: &Entry) {
        let before = self.cursor();
        if let Entry::SessionStarted { boot_id, .. } = entry {
            let (boot_id, end) = (boot_id.clone(), SessionEnd::Abrupt);
            let last_entry = Timestamp::UNIX_EPOCH;
            self.session = Some(LastSession { boot_id, end, last_entry, in_doubt: None, cursor: before });
        }
        let Some(session) = &mut self.session else { return };
        session.cursor = session.cursor.max(decided(entry));
        if matches!(entry, Entry::SessionEnded { .. }) {
            session.end = SessionEnd::Clean;
        }
        let cursor = session.cursor;
        if cursor > before {
            self.planned.retain(|_, at| *at >= cursor);
        }
    }

    /// The clock can be trusted again, and may be earlier than the journal's latest times; or there is another schedule, also
    /// for what was taken ahead of its time.
    fn looks_again(&mut self, from: Timestamp) {
        if let Some(session) = &mut self.session {
            session.cursor = from;
        }
        let ended = self.ledger.iter().map(|row| (&row.id, row.planned_at));
        let open = self.open.values().map(|open| (&open.head.id, open.head.planned_at.at));
        self.planned = ended.chain(open).filter(|(_, at)| *at >= from).map(|(id, at)| (id.clone(), at)).collect();
    }

    /// Every occurrence before this is decided.
    fn cursor(&self) -> Timestamp {
        self.session.as_ref().map_or(Timestamp::MIN, |s| s.cursor)
    }

    fn settled(&mut self, head: &Head) {
        let at = head.planned_at.at;
        if at >= self.cursor() {
            self.planned.insert(head.id.clone(), at);
        }
    }

    fn planned(&mut self, head: &Head, items: &[PlannedItem], outputs: &[OutputId]) {
        self.settled(head);
        self.drawn(head, items.iter());
        let open = Open {
            head: head.clone(),
            items: items.to_vec(),
            outputs: outputs.to_vec(),
            started: BTreeMap::new(),
            reached: Vec::new(),
            last_seen: None,
        };
        self.open.insert(head.id.clone(), open);
    }

    fn reached(&mut self, at: Moment, id: &AiringId, outputs: &[Reached]) {
        let Some(open) = self.open.get_mut(id) else { return };
        for reached in outputs {
            open.reached.retain(|r| r.output != reached.output);
            open.reached.push(reached.clone());
        }
        let planned = &open.outputs;
        open.reached.sort_by_key(|r| planned.iter().position(|o| *o == r.output));
        open.last_seen = Some(at);
    }

    fn ended(&mut self, airing: &Airing) {
        let head = &airing.head;
        self.settled(head);
        if self.open.remove(&head.id).is_none() {
            self.drawn(head, airing.items.iter().map(|i| &i.plan));
        }
        if head.kind != Kind::Trial {
            let at = airing.started_at.unwrap_or(head.planned_at).at;
            let whole = airing.items.iter().filter(|i| i.outcome == Outcome::Aired);
            self.last_aired.extend(whole.map(|i| (i.plan.clip.clone(), at)));
        }
        if head.kind.by_schedule() && airing.started_at.is_some() {
            let longest = airing.outputs.iter().map(|o| o.played_s.0).fold(0.0, f64::max);
            let millis = u64::try_from(Seconds(longest).duration().as_millis()).unwrap_or(u64::MAX);
            let day = (head.commune.clone(), head.planned_at.local().date());
            let used = self.used.entry(day).or_default();
            *used = (used.0 + 1, used.1.saturating_add(millis));
        }
        let row = LedgerRow::from(airing);
        let place = self.ledger.partition_point(|r| r.planned_at <= row.planned_at);
        self.ledger.insert(place, row);
    }

    fn drawn<'a>(&mut self, head: &Head, mut items: impl Iterator<Item = &'a PlannedItem>) {
        if let (Some(queue), Some(item)) = (&head.queue, items.find(|i| i.role == Role::Clip)) {
            self.last_drawn.insert((head.commune.clone(), queue.clone()), item.clip.clone());
        }
    }
}

/// Up to when an entry says that everything is decided. Planned ahead of its time, an airing says nothing of what is
/// due in between; what a person started says nothing of the schedule.
fn decided(entry: &Entry) -> Timestamp {
    let of_slot = |at: &Moment, head: &Head| {
        if head.slot.is_some() { at.at.min(head.planned_at.at) } else { Timestamp::MIN }
    };
    match entry {
        Entry::SessionStarted { from, .. } => from.at,
        Entry::Planned { at, head, .. } => of_slot(at, head),
        Entry::Final { at, airing } => of_slot(at, &airing.head),
        _ => Timestamp::MIN,
    }
}

/// The same division as the journal's, to the last bit.
fn seconds(millis: u64) -> f64 {
    f64::from(u32::try_from(millis).unwrap_or(u32::MAX)) / 1000.0
}
