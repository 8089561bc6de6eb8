//! What reaches the loop from outside. Pure.

use tokio::sync::oneshot;

use crate::config::Loaded;
use crate::engine::{AskId, Wish};
use crate::journal::{Ack, Notice, Verified, VerifyError};
use crate::model::clip::Library;
use crate::model::ledger::LedgerRow;
use crate::model::operator::{Action, Answer};
use crate::model::query::RecordsError;
use crate::model::text::Text;

/// What reaches the loop from outside, players aside.
pub(super) enum Input {
    /// The journal's thread says what became of a batch.
    Ack(Ack),
    /// The journal's thread says what is wrong beside the batches.
    Journal(Notice),
    /// The journal was verified.
    Checked(Result<Verified, VerifyError>),
    /// It is time to verify it again.
    CheckDue,
    /// Files have changed.
    Changed(Folder),
    /// The configuration was read.
    Loaded(Box<Loaded>),
    /// The audio folder was read.
    Scanned(Library),
    /// The journal said what it knows of the current periods.
    Learned(Result<Vec<LedgerRow>, RecordsError>),
    /// A person asks.
    Asked(Action, oneshot::Sender<Answer>),
    /// What a person asked for was looked up.
    Resolved(AskId, Result<Wish, Text>),
    /// An amplifier's command has ended.
    Amplifier {
        /// Which output.
        output: String,
        /// What went wrong, for engineers.
        trouble: Option<String>,
    },
    /// The players kept ready for emergencies.
    Spare(SpareNews),
    /// The HTTP service has ended by itself.
    HttpGone(String),
    /// SIGTERM or SIGINT.
    Terminate,
    /// SIGHUP.
    Hangup,
}

/// What concerns the players kept ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SpareNews {
    /// One could be started now.
    Due,
    /// One has gone before it was needed.
    Lost,
}

/// Which files have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folder {
    /// Configuration and schedules.
    Config,
    /// Audio.
    Audio,
    /// The devices of sound cards: they come and go with the cards.
    Cards,
    /// What was set aside in the state folder, until somebody takes it away.
    Aside,
    /// What says that the clock follows a time server.
    Clock,
}
