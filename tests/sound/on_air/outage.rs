//! What an outage costs the station: processor time, and lines of its log.

use std::time::Duration;

use loaphuong::model::time::Mono;

use super::station::Station;
use crate::rig::now;

/// What an outage cost: processor time, and lines of the log.
pub(crate) struct Outage {
    /// When it began.
    pub(crate) from: Mono,
    cpu: Duration,
}

impl Outage {
    /// The outage begins now.
    pub(crate) fn begin(station: &Station) -> Self {
        Self { from: now(), cpu: station.cpu() }
    }

    /// The station has neither spun nor filled the disk since: at most 5 % of a core, and what counting in hundredths of a
    /// second may add, and three lines.
    pub(crate) fn calm(&self, station: &Station) {
        let (took, cpu) = (now().since(self.from), station.cpu().saturating_sub(self.cpu));
        let complaints = station.complaints(self.from);
        println!("outage of {took:?}: processor {cpu:?}, {} lines of log\n{}", complaints.len(), complaints.join("\n"));
        assert!(cpu.as_secs_f64() <= took.as_secs_f64() * 0.05 + 0.05, "{cpu:?} of processor time in {took:?}");
        assert!(complaints.len() <= 3, "{} lines for one fault", complaints.len());
    }
}
