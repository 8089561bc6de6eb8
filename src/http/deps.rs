//! What the HTTP service is given: the whole of its view of the daemon. Pure.

use std::sync::Arc;

use jiff::civil::Date;
use tokio::sync::{mpsc, oneshot, watch};

use crate::http::tokens::TokenStore;
use crate::model::clip::Library;
use crate::model::compliance::{Assessment, ComplianceQuery};
use crate::model::operator::{Action, Answer};
use crate::model::plan_view::PlanView;
use crate::model::query::{Records, RecordsError};
use crate::model::recovery::History;
use crate::model::station::Station;
use crate::model::status::Status;
use crate::model::time::Moment;

/// The occurrences of so many days from a local date on, with the clip that each would take, in order of time.
/// Called on a thread that may compute for a while.
pub type PlanSource = Arc<dyn Fn(Date, u32) -> Vec<PlanView> + Send + Sync>;

/// The verdicts that a question is about. Called on a thread that may wait for the disk and compute for a while.
pub type ComplianceSource = Arc<dyn Fn(ComplianceQuery) -> Result<Vec<Assessment>, RecordsError> + Send + Sync>;

/// What the HTTP service is given.
#[derive(Clone)]
pub struct Deps {
    /// What the station says of itself, renewed by the engine loop.
    pub status: watch::Receiver<Arc<Status>>,
    /// The configuration in force.
    pub station: watch::Receiver<Arc<Station>>,
    /// The audio files as last read.
    pub library: watch::Receiver<Arc<Library>>,
    /// What aired before, and which contents were approved.
    pub history: watch::Receiver<Arc<History>>,
    /// The journal's readers.
    pub records: Arc<dyn Records>,
    /// What is to come.
    pub plan: PlanSource,
    /// Promised against aired.
    pub compliance: ComplianceSource,
    /// The station's time.
    pub now: Arc<dyn Fn() -> Moment + Send + Sync>,
    /// The way to the engine. When it is full, the operator is told to try again.
    pub operator: mpsc::Sender<(Action, oneshot::Sender<Answer>)>,
    /// Whether the engine loop makes progress.
    pub health: Arc<dyn Fn() -> Health + Send + Sync>,
    /// Who may ask.
    pub tokens: Arc<TokenStore>,
}

/// Whether the engine loop makes progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It does.
    Alive,
    /// It does not.
    Stuck,
}
