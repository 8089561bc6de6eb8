//! Does what the log answers say what the entries say? Walked along with them. Effects: reads.

use rusqlite::{Connection, Row, Rows, Statement};

use super::{VerifyError, broken, words};
use crate::journal::ledger::Audit;
use crate::journal::projection::{self, AiringRow, seq_of};
use crate::model::airing::Airing;
use crate::model::ledger::LedgerRow;

const PROJECTED: &str = "SELECT seq, id, planned_at, commune, slot, outcome, kind, (
        SELECT group_concat(topic, ' ' ORDER BY topic) FROM airing_topic WHERE airing_topic.seq = airing.seq
    ) FROM airing ORDER BY seq";

/// The log's rows and the ledger's.
pub(super) struct Projected<'s> {
    rows: Rows<'s>,
    next: Option<(u64, AiringRow)>,
    /// Nothing in a journal that another version arranged: nobody is answered from its ledger, if it has one, and it is
    /// made anew when the journal is opened.
    ledger: Option<Audit<'s>>,
}

impl<'s> Projected<'s> {
    pub(super) fn prepare(conn: &Connection) -> rusqlite::Result<Statement<'_>> {
        conn.prepare(PROJECTED)
    }

    pub(super) fn begin(conn: &'s Connection, statement: &'s mut Statement<'_>) -> Result<Self, VerifyError> {
        let ledger = if projection::is_arranged(conn)? { Some(Audit::begin(conn)?) } else { None };
        let mut projected = Self { rows: statement.query([])?, next: None, ledger };
        projected.advance(1)?;
        Ok(projected)
    }

    fn advance(&mut self, seq: u64) -> Result<(), VerifyError> {
        let row = self.rows.next().map_err(|_| contradicted(seq))?;
        self.next = row.map(projected_row).transpose().map_err(|_| contradicted(seq))?;
        Ok(())
    }

    /// Do log and ledger say of the final entry `seq` what it says itself, and nothing of the entries since the last?
    pub(super) fn compare(&mut self, seq: u64, airing: &Airing) -> Result<(), VerifyError> {
        match &self.next {
            Some((at, row)) if *at == seq && *row == AiringRow::from(airing) => self.advance(seq)?,
            Some((at, _)) => return Err(contradicted(seq.min(*at))),
            None => return Err(contradicted(seq)),
        }
        let Some(ledger) = &mut self.ledger else { return Ok(()) };
        match ledger.agrees(seq, &LedgerRow::from(airing)) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(contradicted(seq)),
        }
    }

    /// After the last entry, `last`: is anything left for which there was none?
    pub(super) fn end(self, last: u64) -> Result<(), VerifyError> {
        if let Some((seq, _)) = self.next {
            return Err(contradicted(seq));
        }
        let left_over = self.ledger.map_or(Ok(None), |ledger| ledger.left_over());
        match left_over.map_err(|_| contradicted(last))? {
            None => Ok(()),
            Some(seq) => Err(contradicted(seq)),
        }
    }
}

fn contradicted(seq: u64) -> VerifyError {
    broken(seq, words::contradicted(seq))
}

fn projected_row(row: &Row<'_>) -> rusqlite::Result<(u64, AiringRow)> {
    let topics: Option<String> = row.get(7)?;
    let airing = AiringRow {
        id: row.get(1)?,
        planned_at: row.get(2)?,
        commune: row.get(3)?,
        slot: row.get(4)?,
        outcome: row.get(5)?,
        kind: row.get(6)?,
        topics: topics.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
    };
    Ok((seq_of(row.get(0)?), airing))
}
