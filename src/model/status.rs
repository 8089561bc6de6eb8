//! What the station says of itself: derived from samples, not from process state. Pure.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::model::airing::Asked;
use crate::model::compliance::Assessment;
use crate::model::diag::Diagnostic;
use crate::model::fault::Fault;
use crate::model::id::{AiringId, CommuneId, OutputId, Revision, StationId};
use crate::model::outcome::Kind;
use crate::model::station::Channel;
use crate::model::time::Moment;
use crate::model::units::Seconds;

/// The answer of `GET /v1/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Which station.
    pub station: StationId,
    /// Its name.
    pub name: String,
    /// Program version.
    pub version: String,
    /// The station's time when this was said.
    pub now: Moment,
    /// Since when the daemon runs.
    pub since: Moment,
    /// Whether the clock can be believed.
    pub clock: ClockStatus,
    /// What is on air, by airing and output.
    pub on_air: Vec<OnAir>,
    /// The next occurrence that will air.
    pub next: Option<Next>,
    /// Each output's state.
    pub outputs: Vec<OutputStatus>,
    /// What somebody should mend, oldest first.
    pub faults: Vec<Fault>,
    /// Which configuration is in force.
    pub config: ConfigStatus,
    /// Each quota in its current period.
    pub quotas: Vec<Assessment>,
}

/// Whether the clock can be believed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClockStatus {
    /// It can.
    pub trusted: bool,
    /// The kernel says that it follows a time server.
    pub synchronised: bool,
}

/// An airing that sounds now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OnAir {
    /// Which.
    pub id: AiringId,
    /// Whose.
    pub commune: CommuneId,
    /// Its commune's name.
    pub commune_name: String,
    /// The rule's name.
    pub slot_name: String,
    /// What called for it.
    pub kind: Kind,
    /// Where.
    pub output: OutputId,
    /// The title that sounds.
    pub title: String,
    /// When the first frame left.
    pub started_at: Option<Moment>,
    /// Seconds that the device consumed.
    pub played_s: Seconds,
    /// Seconds in all.
    pub planned_s: Seconds,
    /// What the samples say.
    pub sound: SoundState,
    /// The person who called for it, and why.
    #[serde(default)]
    pub asked: Option<Asked>,
}

/// What the samples say of an output that is on air.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoundState {
    /// Not begun.
    Preparing,
    /// The device consumes sound.
    Sounding,
    /// The device consumes silence.
    Silent,
    /// The device is muted.
    Muted,
    /// The sound goes to another device.
    Elsewhere,
    /// The device consumes nothing.
    Stalled,
    /// Opened afresh after a loss.
    Recovering,
}

/// An occurrence to come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Next {
    /// Which.
    pub id: AiringId,
    /// Whose.
    pub commune: CommuneId,
    /// Its commune's name.
    pub commune_name: String,
    /// The rule's name.
    pub slot_name: String,
    /// When.
    pub planned_at: Moment,
    /// The local time that the rule asks for.
    pub local: DateTime,
}

/// An output's state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputStatus {
    /// Which.
    pub output: OutputId,
    /// Its name.
    pub name: String,
    /// Whose counter it feeds.
    pub channel: Channel,
    /// `auto`, `device`, `wav`, `null`, `icecast`.
    pub kind: String,
    /// The device as it was last opened.
    pub device: Option<String>,
    /// The same as the sound server or the card itself names it, where it can be asked.
    #[serde(default)]
    pub identity: Option<String>,
    /// What it does.
    pub state: OutputState,
}

/// What an output does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputState {
    /// Nothing is due: the device is closed, and nothing is known of it beyond its last use.
    Idle,
    /// Open, and the beginning is decoded.
    Ready,
    /// On air.
    OnAir,
    /// Its last use ended in a fault that still stands.
    Faulty,
}

/// Which configuration is in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfigStatus {
    /// Which.
    pub revision: Revision,
    /// Since when.
    pub loaded_at: Moment,
    /// A newer text that could not be used; nothing if the newest is in force.
    pub rejected: Option<Rejected>,
}

/// A text that could not be used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rejected {
    /// When it was read.
    pub at: Moment,
    /// Why.
    pub diagnostics: Vec<Diagnostic>,
}
