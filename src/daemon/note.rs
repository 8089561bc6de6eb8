//! What the journal is told is also what the log and the terminal are told. Effects: logs.

use std::sync::Arc;

use super::turn::Turn;
use super::{Announcement, Options, heard};
use crate::model::airing::Airing;
use crate::model::entry::Entry;
use crate::model::outcome::{Kind, Reason};
use crate::model::station::Station;

/// More rows at once than this are an outage: a line for each would bury what matters.
const MANY: usize = 20;

impl Turn {
    /// Passes a batch on.
    pub(super) fn note(&mut self, entries: &[Entry], station: &Station, options: &Options<'_>) {
        let ended = entries.iter().filter(|e| matches!(e, Entry::Final { .. })).count();
        let remembered = |e: &Entry| matches!(e, Entry::Final { .. } | Entry::Approved { .. });
        if entries.iter().any(remembered) {
            self.publish.history.send_replace(Arc::new(self.engine.history().clone()));
        }
        if ended > MANY {
            tracing::warn!(airings = ended, "rows for all that was due while the station was not running");
            return;
        }
        for entry in entries {
            note_one(entry, station, options);
        }
    }
}

fn note_one(entry: &Entry, station: &Station, options: &Options<'_>) {
    match entry {
        Entry::Final { airing, .. } => {
            log_airing(airing);
            thin_out(airing, station);
            if airing.head.kind == Kind::Trial {
                let state = station.paths.state.clone();
                (options.announce)(&Announcement::Tried { airing: airing.clone(), state });
            }
        }
        Entry::FaultRaised { fault, .. } => {
            tracing::error!(code = fault.code, subject = fault.subject, "fault: {}", fault.message.en);
        }
        Entry::ClockConfirmed { by, .. } => tracing::info!(by, "the clock is confirmed"),
        Entry::FaultCleared { code, subject, .. } => tracing::info!(code, subject, "fault over"),
        Entry::Started { id, output, device, .. } => tracing::info!(%id, %output, device, "on air"),
        _ => {}
    }
}

/// On a thread that may wait.
fn thin_out(airing: &Airing, station: &Station) {
    let outputs = heard::stand_ins(airing, station);
    if outputs.is_empty() {
        return;
    }
    let folder = station.paths.state.join("heard");
    tokio::task::spawn_blocking(move || outputs.iter().for_each(|output| heard::thin_out(&folder, output)));
}

fn log_airing(airing: &Airing) {
    let (id, outcome) = (&airing.head.id, airing.outcome);
    let reason = airing.reason.map(Reason::code);
    let played = airing.items.iter().fold(0.0, |sum, i| sum + i.played_s.0);
    tracing::info!(%id, %outcome, reason, played_s = played, start_error_ms = airing.start_error_ms, "airing over");
}
