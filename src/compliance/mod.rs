//! Promised against aired: quotas, verdicts, forecast, make-good. Pure.
//!
//! Nothing is remembered here: every question carries all that its answer depends on. What counts is decided in
//! `tally.rs` alone, for what was aired and for what is foreseen alike.

mod advice;
mod assess;
mod desk;
mod forecast;
mod make_good;
mod owed;
mod period;
mod pick;
mod place;
mod taken;
mod tally;

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::clip::Library;
use crate::model::id::{AiringId, ClipPath, CommuneId, QuotaId};
use crate::model::ledger::{LedgerClip, LedgerRow};
use crate::model::recovery::History;
use crate::model::station::{Channel, Station};

pub use assess::{assess, ledger_since, ledger_span};
pub use forecast::{Drawn, Forecast, forecast};
pub use make_good::{PlannedMakeGood, make_goods};
pub use owed::owed;
pub use period::{Span, period_on, periods};

/// All that an answer depends on.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What is promised and planned.
    pub station: &'a Station,
    /// What there is to air. Before its first scan nothing can be foreseen: all that is planned counts as lacking.
    pub library: &'a Library,
    /// What aired before.
    pub history: &'a History,
    /// Final rows of all communes, by planned time: of [`ledger_span`] for [`assess`], else from [`ledger_since`] on.
    pub rows: &'a [LedgerRow],
    /// Make-goods that were taken and have no row yet.
    pub underway: &'a [Underway],
    /// The time.
    pub now: Timestamp,
}

impl Facts<'_> {
    /// The local day.
    fn today(&self) -> Date {
        self.station.zone.to_datetime(self.now).date()
    }

    /// When a local day begins.
    fn start_of(&self, date: Date) -> Timestamp {
        self.station.start_of(date)
    }

    /// When it ends.
    fn end_of(&self, date: Date) -> Timestamp {
        date.tomorrow().map_or(Timestamp::MAX, |next| self.start_of(next))
    }

    /// How long the programme is of what is under way.
    fn length_of_all(&self, airing: &Underway) -> Duration {
        airing.clips.iter().map(|clip| self.length_of(&clip.clip)).sum()
    }

    /// How long a clip is; no time if it may not air.
    fn length_of(&self, clip: &ClipPath) -> Duration {
        let sound = self.library.clips.get(clip).and_then(|clip| clip.airable().ok());
        sound.map_or(Duration::ZERO, |sound| sound.duration)
    }
}

/// An airing that was taken and has no row yet: it counts as planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Underway {
    /// Which.
    pub id: AiringId,
    /// Whose.
    pub commune: CommuneId,
    /// For which quota it makes good.
    pub quota: Option<QuotaId>,
    /// The lost airing that it replaces.
    pub makes_good_for: Option<AiringId>,
    /// The local day of `planned_at`.
    pub date: Date,
    /// When it is due.
    pub planned_at: Timestamp,
    /// Those of its outputs, each once.
    pub channels: Vec<Channel>,
    /// Its clips, jingles aside, each once.
    pub clips: Vec<LedgerClip>,
}
