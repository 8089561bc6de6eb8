//! Tells the engine what the journal knows of the current periods of all quotas. Effects: reads the journal.

use std::sync::Arc;

use jiff::civil::Date;

use super::input::Input;
use super::turn::{Again, Knowledge, Turn, send};
use super::{Options, RunError};
use crate::engine::Event;
use crate::model::ledger::LedgerRow;
use crate::model::query::RecordsError;
use crate::{clock, compliance};

impl Turn {
    /// Asks the journal, on a thread that may wait; one question at a time.
    pub(super) fn learn(&mut self) {
        if self.learning.is_some() {
            self.learning = Some(Again::Yes);
            return;
        }
        self.learning = Some(Again::No);
        self.knowledge = Knowledge::Asked;
        let station = Arc::clone(&self.publish.station.borrow());
        let (records, inputs) = (Arc::clone(&self.records), self.inputs.clone());
        tokio::task::spawn_blocking(move || {
            let today = station.zone.to_datetime(clock::now().wall).date();
            let rows = records.ledger(None, compliance::ledger_since(&station, today), Date::MAX);
            send(&inputs, Input::Learned(rows));
        });
    }

    pub(super) fn learned(
        &mut self,
        rows: Result<Vec<LedgerRow>, RecordsError>,
        options: &Options<'_>,
    ) -> Result<(), RunError> {
        if self.learning.take() == Some(Again::Yes) {
            self.learn();
            return Ok(());
        }
        match rows {
            Ok(rows) => self.step(Event::Ledger(rows), options),
            Err(error) => {
                // The station airs all the same; what it owes is asked again when something else wakes the loop.
                tracing::error!(%error, "the journal does not tell what was aired in the current periods");
                self.knowledge = Knowledge::Wanted;
                Ok(())
            }
        }
    }
}
