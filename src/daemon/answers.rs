//! Answers that need the rows of the current periods: what is to come, and promised against aired. Effects: reads the
//! journal.

use jiff::Timestamp;
use jiff::civil::Date;

use super::plan_view;
use crate::compliance::{self, Facts, Underway};
use crate::model::clip::Library;
use crate::model::compliance::{Assessment, ComplianceQuery};
use crate::model::ledger::LedgerRow;
use crate::model::plan_view::PlanView;
use crate::model::query::{Records, RecordsError};
use crate::model::recovery::History;
use crate::model::station::Station;

/// What an answer depends on beside the rows.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// What is promised and planned.
    pub station: &'a Station,
    /// What there is to air.
    pub library: &'a Library,
    /// What aired before.
    pub history: &'a History,
    /// What was taken and has no row yet.
    pub underway: &'a [Underway],
    /// The time.
    pub now: Timestamp,
}

impl<'a> Known<'a> {
    fn today(&self) -> Date {
        self.station.zone.to_datetime(self.now).date()
    }

    fn with(self, rows: &'a [LedgerRow]) -> Facts<'a> {
        let Self { station, library, history, underway, now } = self;
        Facts { station, library, history, rows, underway, now }
    }
}

/// The verdicts that `query` is about. Waits for the disk.
///
/// # Errors
/// The journal does not answer.
pub fn verdicts(
    known: &Known<'_>,
    records: &dyn Records,
    query: &ComplianceQuery,
) -> Result<Vec<Assessment>, RecordsError> {
    let Some((first, last)) = compliance::ledger_span(known.station, query, known.today()) else {
        return Ok(Vec::new());
    };
    let rows = records.ledger(None, first, last)?;
    Ok(compliance::assess(&known.with(&rows), query))
}

/// What `days` local days from `from` on bring, make-goods included. Waits for the disk.
///
/// # Errors
/// The journal does not answer.
pub fn to_come(known: &Known<'_>, records: &dyn Records, from: Date, days: u32) -> Result<Vec<PlanView>, RecordsError> {
    let rows = records.ledger(None, compliance::ledger_since(known.station, known.today()), Date::MAX)?;
    Ok(plan_view::views(&known.with(&rows), from, days))
}

/// The same without the journal: the schedule alone, nothing being made good.
#[must_use]
pub fn scheduled(known: &Known<'_>, from: Date, days: u32) -> Vec<PlanView> {
    plan_view::views(&known.with(&[]), from, days)
}
