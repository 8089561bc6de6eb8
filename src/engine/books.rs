//! The books: what was aired in the current periods, what is owed, what is made good and when. Pure.
//!
//! Everything here but the ledger is worked out anew whenever something changes on which it depends; nothing is
//! remembered that could be out of step with the rows.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::compliance::{self, Facts, PlannedMakeGood, Underway};
use crate::engine::faults::Words;
use crate::engine::live::Live;
use crate::engine::take::{earlier, item_of, later};
use crate::engine::{Engine, words};
use crate::model::airing::{Airing, Head, Role};
use crate::model::compliance::{Assessment, ComplianceQuery, Verdict};
use crate::model::fault::Fault;
use crate::model::id::AiringId;
use crate::model::ledger::{LedgerClip, LedgerRow};
use crate::model::occurrence::Placement;
use crate::model::outcome::{Kind, Outcome, Priority};
use crate::model::quota::Share;
use crate::model::station::{Commune, Station};
use crate::model::time::{Moment, Now};

/// The fault that stands while a quota cannot be met by what is planned.
const AT_RISK: &str = "quota_at_risk";

/// The books of the current periods.
#[derive(Debug, Default)]
pub(super) struct Books {
    /// Final rows since the earliest of the current periods began, by planned time.
    ledger: Vec<LedgerRow>,
    /// Make-goods to come, by time.
    make_goods: Vec<PlannedMakeGood>,
    /// Each quota in its current period.
    assessments: Vec<Assessment>,
    /// The local day of which all this holds; nothing once something has changed.
    day: Option<Date>,
}

impl Books {
    pub(super) fn new(ledger: Vec<LedgerRow>) -> Self {
        Self { ledger, ..Self::default() }
    }

    pub(super) fn assessments(&self) -> &[Assessment] {
        &self.assessments
    }

    /// Something has changed that is not a row.
    pub(super) fn outdated(&mut self) {
        self.day = None;
    }

    /// A row more.
    pub(super) fn enter(&mut self, airing: &Airing) {
        self.add(LedgerRow::from(airing));
    }

    /// Rows of the past that are not known yet: another configuration looks further back.
    pub(super) fn merge(&mut self, rows: Vec<LedgerRow>) {
        let known: std::collections::BTreeSet<AiringId> = self.ledger.iter().map(|r| r.id.clone()).collect();
        for row in rows.into_iter().filter(|r| !known.contains(&r.id)) {
            self.add(row);
        }
    }

    fn add(&mut self, row: LedgerRow) {
        let place = self.ledger.partition_point(|r| r.planned_at <= row.planned_at);
        self.ledger.insert(place, row);
        self.outdated();
    }
}
