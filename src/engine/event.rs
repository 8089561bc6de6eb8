//! What the engine is told, and what it orders. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::engine::emergency::Emergency;
use crate::model::clip::{Clip, Library};
use crate::model::diag::Diagnostic;
use crate::model::entry::Entry;
use crate::model::id::{AiringId, ClipPath, CommuneId, OutputId};
use crate::model::ledger::LedgerRow;
use crate::model::operator::Answer;
use crate::model::outcome::{Kind, Reason};
use crate::model::playback::{FromPlayer, RunId, ToPlayer};
use crate::model::recovery::Recovery;
use crate::model::station::Station;
use crate::model::text::Text;

/// Which batch of journal entries; acknowledgements carry it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// Which wish of a person; the answer carries it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AskId(pub u64);

/// What an engine needs to begin.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The configuration in force.
    pub station: Arc<Station>,
    /// The audio files; `scanned_at` may still be empty, and nothing is decided about clips until it is not.
    pub library: Arc<Library>,
    /// What the journal tells.
    pub recovery: Recovery,
    /// The kernel's id of this start of the PC.
    pub boot_id: String,
    /// Whether the clock follows a time server.
    pub synchronised: bool,
    /// Program version.
    pub version: String,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// Another configuration is good and comes into force.
    Configured(Arc<Station>),
    /// All final rows since the earliest day of a current period of a quota, as the journal has them: comes once after
    /// the start, after each `Configured` and after each [`Command::Learn`]. Until then there are no verdicts and no make-goods.
    Ledger(Vec<LedgerRow>),
    /// A newer configuration could not be used.
    Rejected(Vec<Diagnostic>),
    /// The newest text is the one in force again.
    Mended,
    /// The audio folder was read.
    Library(Arc<Library>),
    /// A player said something.
    Player {
        /// Which run.
        run: RunId,
        /// What.
        said: FromPlayer,
    },
    /// A player's process is gone. Comes exactly once for each prepared run, last.
    PlayerGone {
        /// Which run.
        run: RunId,
        /// How it went, for engineers.
        how: String,
    },
    /// A sound card was plugged in, or out.
    CardsChanged,
    /// A batch is on the disk.
    Stored(Ticket),
    /// Batches cannot be written at present; they are kept and tried again.
    StoreFailing {
        /// `disk_full` or `storage_fault`.
        reason: Reason,
        /// For engineers.
        detail: String,
    },
    /// A person wants something.
    Ask(AskId, Wish),
    /// Time passed; with it comes what the kernel says of the clock.
    Clock {
        /// It follows a time server.
        synchronised: bool,
    },
    /// A hand of the daemon found a fault that the engine cannot see.
    Trouble {
        /// Stable name.
        code: &'static str,
        /// What it concerns.
        subject: Option<String>,
        /// What is wrong.
        message: Text,
        /// What to do.
        remedy: Text,
    },
    /// That fault is over.
    TroubleOver {
        /// Stable name.
        code: &'static str,
        /// What it concerned.
        subject: Option<String>,
    },
    /// End what is on air and go.
    Shutdown,
}

/// What a person wants, with everything looked up.
#[derive(Debug, Clone)]
pub enum Wish {
    /// Air this clip now.
    Play {
        /// Whose outputs; nothing means the first commune.
        commune: Option<CommuneId>,
        /// The measured clip.
        clip: Box<Clip>,
        /// `manual` or `trial`.
        kind: Kind,
        /// Who asks.
        by: String,
    },
    /// Air this at once, over everything else.
    Emergency(Emergency),
    /// Air the clip that the next occurrence would take, as a trial.
    Trial,
    /// Sound the test tone on one output.
    Tone {
        /// Which.
        output: OutputId,
        /// The measured tone.
        clip: Box<Clip>,
    },
    /// Believe the clock.
    ConfirmClock {
        /// What a person's watch shows.
        seen: Timestamp,
        /// Who asks.
        by: String,
    },
    /// End what is on air.
    Stop {
        /// Whose; nothing means everything.
        commune: Option<CommuneId>,
        /// The emergency that shall end.
        confirm: Option<AiringId>,
        /// Who asks.
        by: String,
    },
}

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Write these entries, together, and say `Stored` with the ticket.
    Store(Ticket, Vec<Entry>),
    /// Start a player for this run. What is said to it follows.
    Spawn(RunId),
    /// Say this to a run's player.
    Tell(RunId, ToPlayer),
    /// Kill a run's player.
    Kill(RunId),
    /// Read these audio files again, whatever is known of them, and say `Library`.
    Recheck(BTreeSet<ClipPath>),
    /// Ask the journal for the current periods, and say `Ledger`.
    Learn,
    /// Look up the test tone, and wish for it on this output.
    TestTone(OutputId),
    /// Run the amplifier's command.
    Amplifier(OutputId, Switch),
    /// Answer a person.
    Answer(AskId, Answer),
    /// Everything is written down (or time is up): end the process.
    Exit,
}

/// Which way an amplifier is switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// Before the first sound.
    On,
    /// After the last sound, and at every start, in case the last stop was a crash.
    Off,
}
