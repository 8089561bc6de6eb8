//! What the journal is told is also what the log and the terminal are told. Effects: logs.

use std::sync::Arc;

use super::turn::Turn;
use super::{Announcement, Options};
use crate::model::airing::Airing;
use crate::model::entry::Entry;
use crate::model::outcome::{Kind, Reason};
use crate::model::station::Station;

impl Turn {
    /// Passes an entry on.
    pub(super) fn note(&mut self, entry: &Entry, station: &Station, options: &Options<'_>) {
        match entry {
            Entry::Final { airing, .. } => {
                self.publish.history.send_replace(Arc::new(self.engine.history().clone()));
                log_airing(airing);
                if airing.head.kind == Kind::Trial {
                    let state = station.paths.state.clone();
                    (options.announce)(&Announcement::Tried { airing: airing.clone(), state });
                }
            }
            Entry::FaultRaised { fault, .. } => {
                tracing::error!(code = fault.code, subject = fault.subject, "fault: {}", fault.message.en);
            }
            Entry::FaultCleared { code, subject, .. } => tracing::info!(code, subject, "fault over"),
            Entry::Started { id, output, device, .. } => tracing::info!(%id, %output, device, "on air"),
            _ => {}
        }
    }
}

fn log_airing(airing: &Airing) {
    let (id, outcome) = (&airing.head.id, airing.outcome);
    let reason = airing.reason.map(Reason::code);
    let played = airing.items.iter().fold(0.0, |sum, i| sum + i.played_s.0);
    tracing::info!(%id, %outcome, reason, played_s = played, start_error_ms = airing.start_error_ms, "airing over");
}
