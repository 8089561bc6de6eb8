//! An airing is over: its row goes to the journal, and what it means for the next ones is remembered. Pure.

use crate::engine::Engine;
use crate::engine::live::Live;
use crate::engine::row::{row_of, unused};
use crate::model::airing::{Airing, Head};
use crate::model::entry::Entry;
use crate::model::outcome::{Kind, Outcome, Reason};
use crate::model::station::Commune;
use crate::model::time::Now;

impl Engine {
    /// An airing is over: its row goes to the journal, its clips into the history.
    pub(super) fn settle(&mut self, now: Now, live: &Live) {
        let airing = row_of(&self.station, live);
        self.remember(&airing);
        self.entries.push(Entry::Final { at: self.moment(now), airing: Box::new(airing) });
    }

    /// What a row means for the choice of clips and the day's limits: the same as the journal tells after a restart.
    pub(super) fn remember(&mut self, airing: &Airing) {
        self.books.enter(airing);
        if airing.head.kind != Kind::Trial {
            let at = airing.started_at.unwrap_or(airing.head.planned_at).at;
            let whole = airing.items.iter().filter(|i| i.outcome == Outcome::Aired);
            self.history.last_aired.extend(whole.map(|i| (i.plan.clip.clone(), at)));
        }
        if airing.started_at.is_some() && airing.head.kind.by_schedule() {
            let day = (airing.head.commune.clone(), airing.head.planned_at.local().date());
            let usage = self.history.usage.entry(day).or_default();
            usage.airings += 1;
            usage.seconds += airing.outputs.iter().map(|o| o.played_s.0).fold(0.0, f64::max);
        }
    }

    /// An occurrence that never came to an attempt.
    pub(super) fn settle_unaired(&mut self, now: Now, head: Head, commune: &Commune, outcome: Outcome, reason: Reason) {
        let outputs = commune.outputs.iter().map(|id| unused(&self.station, id, outcome, reason)).collect();
        let airing = Airing {
            head,
            started_at: None,
            ended_at: None,
            start_error_ms: None,
            outcome,
            reason: Some(reason),
            items: Vec::new(),
            outputs,
            preempted_by: None,
        };
        self.books.enter(&airing);
        self.entries.push(Entry::Final { at: self.moment(now), airing: Box::new(airing) });
    }
}
