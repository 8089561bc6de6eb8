//! The station as configured: outputs, communes, slots, queues. Everything in it has been checked. Pure.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::model::calendar::{Campaign, Holiday, Holidays, OnHoliday};
use crate::model::cron::CronRule;
use crate::model::id::{Audience, ClipPath, CommuneId, OutputId, QueueId, QuotaId, Revision, SlotId, StationId, Topic};
use crate::model::outcome::Priority;
pub use crate::model::output::{Amplifier, Channel, Listen, Mount, Night, Output, OutputKind, Secret};
use crate::model::quota::Quota;
use crate::model::seeded::{Bug, seeded};
use crate::model::time::{DaySpan, Days};
use crate::model::units::{Decibel, Lufs};

/// One PC with its communes: what `station.toml` and `communes/*.toml` say together.
#[derive(Debug, Clone, PartialEq)]
pub struct Station {
    /// Never changes once something has aired.
    pub id: StationId,
    /// As people read it.
    pub name: String,
    /// IANA name of the zone that decides days, weeks and slots. Resolve it daily: rules change.
    pub zone_name: String,
    /// The zone, as resolved when the configuration was read.
    pub zone: TimeZone,
    /// Where things lie.
    pub paths: Paths,
    /// Where questions are answered.
    pub http: Http,
    /// Ways that sound leaves the PC, in the order of the file. At least one.
    pub outputs: Vec<Output>,
    /// In the order of the file names.
    pub communes: Vec<Commune>,
    /// What holds for emergency messages.
    pub emergency: EmergencyRules,
    /// Hash of the text that was read.
    pub revision: Revision,
}

impl Station {
    /// The output with this id.
    #[must_use]
    pub fn output(&self, id: &OutputId) -> Option<&Output> {
        self.outputs.iter().find(|o| &o.id == id)
    }

    /// When a local day begins; the end of all time where the calendar has none.
    #[must_use]
    pub fn start_of(&self, date: Date) -> Timestamp {
        date.to_zoned(self.zone.clone()).map_or(Timestamp::MAX, |start| start.timestamp())
    }

    /// Every loudness to which a clip may be brought, each once: what the library works out beforehand.
    #[must_use]
    pub fn targets(&self) -> Vec<Lufs> {
        let slots = self.communes.iter().flat_map(Commune::all_slots).map(|(slot, _)| slot.level.volume);
        let volumes: Vec<Decibel> = std::iter::once(Decibel(0.0)).chain(slots).collect();
        let all = self.outputs.iter().flat_map(|o| volumes.iter().flat_map(|v| o.targets(*v)));
        let mut targets: Vec<Lufs> = all.collect();
        targets.sort_by(|a, b| a.0.total_cmp(&b.0));
        targets.dedup_by(|a, b| (a.0 - b.0).abs() < 1e-6);
        targets
    }

    /// The commune with this id.
    #[must_use]
    pub fn commune(&self, id: &CommuneId) -> Option<&Commune> {
        self.communes.iter().find(|c| &c.id == id)
    }
}

/// What holds for emergency messages (`[emergency]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmergencyRules {
    /// A message that nobody stops ends by itself after this: 10 s–6 h, 30 min unless said otherwise.
    pub longest: Duration,
}

impl Default for EmergencyRules {
    fn default() -> Self {
        Self { longest: Duration::from_mins(30) }
    }
}

/// Absolute folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// `*.toml`, one a commune.
    pub communes: PathBuf,
    /// `<topic>/…`.
    pub audio: PathBuf,
    /// Journal, cache, `heard/`.
    pub state: PathBuf,
}

/// The HTTP service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Http {
    /// Address and port; 127.0.0.1:8080 unless said otherwise.
    pub listen: SocketAddr,
    /// Who may read on loopback.
    pub loopback: LoopbackReading,
}

/// Whether a question from this PC itself needs a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LoopbackReading {
    /// Anybody at the PC may read (operators' actions need a token all the same).
    #[default]
    Open,
    /// A token always (`loopback = "token"`).
    Token,
}

/// One commune's schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Commune {
    /// Unique in the station.
    pub id: CommuneId,
    /// The name today; rows keep the name of their day.
    pub name: String,
    /// The unit above.
    pub belongs_to: Option<String>,
    /// On which outputs its airings sound. At least one, all of them known.
    pub outputs: Vec<OutputId>,
    /// When it may air.
    pub hours: Hours,
    /// In the order of the file.
    pub slots: Vec<Slot>,
    /// In the order of the file.
    pub queues: Vec<Queue>,
    /// What is known of clips beyond their files.
    pub clips: Vec<ClipNote>,
    /// Whether a clip needs a leader's approval to air.
    pub approval: ApprovalRule,
    /// What is promised, in the order of the file.
    pub quotas: Vec<Quota>,
    /// Dated overlays, in the order of the file.
    pub campaigns: Vec<Campaign>,
    /// Days on which the usual schedule does not hold.
    pub holidays: Holidays,
}

impl Commune {
    /// The slot with this id, a campaign's included.
    #[must_use]
    pub fn slot(&self, id: &SlotId) -> Option<&Slot> {
        self.all_slots().map(|(slot, _)| slot).find(|s| &s.id == id)
    }

    /// All slots, each with the campaign that it belongs to: the usual ones first, in the order of the file.
    pub fn all_slots(&self) -> impl Iterator<Item = (&Slot, Option<&Campaign>)> {
        let usual = self.slots.iter().map(|slot| (slot, None));
        usual.chain(self.campaigns.iter().flat_map(|c| c.slots.iter().map(move |slot| (slot, Some(c)))))
    }

    /// The quota with this id.
    #[must_use]
    pub fn quota(&self, id: &QuotaId) -> Option<&Quota> {
        self.quotas.iter().find(|q| &q.id == id)
    }

    /// The queue with this id.
    #[must_use]
    pub fn queue(&self, id: &QueueId) -> Option<&Queue> {
        self.queues.iter().find(|q| &q.id == id)
    }

    /// What the schedule says of this clip.
    #[must_use]
    pub fn note(&self, path: &ClipPath) -> Option<&ClipNote> {
        self.clips.iter().find(|c| &c.file == path)
    }
}

/// When a commune may air, and by which document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// Spans of the local day; a start outside all of them is `skipped{quiet_hours}`.
    pub allowed: Vec<DaySpan>,
    /// The document that says so; nothing for the shipped default (05:00–21:30).
    pub basis: Option<String>,
    /// Scheduled airings a day at the most.
    pub max_airings_per_day: Option<u32>,
    /// Minutes on air a day at the most.
    pub max_minutes_per_day: Option<u32>,
}

impl Hours {
    /// May something begin at this local time?
    #[must_use]
    pub fn permit(&self, time: Time) -> bool {
        seeded(Bug::HoursIgnored) || self.allowed.iter().any(|span| span.contains(time))
    }
}

/// Whether a clip needs approval to air (`[commune] approval`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ApprovalRule {
    /// Who put the file into the folder answers for it.
    #[default]
    Optional,
    /// Only what is approved airs; a file that was changed afterwards is not approved any more.
    Required,
}

/// A recurring rule in the schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Unique in the commune.
    pub id: SlotId,
    /// As people read it.
    pub name: String,
    /// When.
    pub recurrence: Recurrence,
    /// What.
    pub programme: Programme,
    /// How late it may begin (0 s–24 h); later is `missed{too_late}`. 15 min unless said otherwise.
    pub start_within: Duration,
    /// Clips longer than this are passed over. Nothing: any length up to two hours.
    pub max_length: Option<Duration>,
    /// A jingle before.
    pub intro: Option<ClipPath>,
    /// A jingle after.
    pub outro: Option<ClipPath>,
    /// Whether it airs at present.
    pub state: SlotState,
    /// What happens on holidays; nothing: as the commune says.
    pub on_holiday: Option<OnHoliday>,
    /// Who goes first where several wait for an output: `normal` or `priority`.
    pub priority: Priority,
    /// How its sound is shaped.
    pub level: Level,
}

/// How the sound of a slot is shaped (`volume_db`, `fade_in`, `fade_out`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Louder or softer than the output's volume, −30…+6 dB.
    pub volume: Decibel,
    /// How long the beginning rises from silence, 0–10 s.
    pub fade_in: Duration,
    /// How long the end sinks to silence, 0–10 s.
    pub fade_out: Duration,
}

impl Default for Level {
    fn default() -> Self {
        Self { volume: Decibel(0.0), fade_in: Duration::ZERO, fade_out: Duration::ZERO }
    }
}

/// Whether a slot airs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SlotState {
    /// It does.
    #[default]
    Enabled,
    /// Switched off (`enabled = false`): its occurrences are `skipped{disabled}`.
    Disabled,
}

/// When a slot recurs.
#[derive(Debug, Clone, PartialEq)]
pub enum Recurrence {
    /// `days` and `at`. Neither is empty; `at` is in ascending order.
    Weekly {
        /// On these days.
        days: Days,
        /// At these local times.
        at: Vec<Time>,
    },
    /// `cron`.
    Cron(CronRule),
    /// `holiday`, `day_offset` and `at`: bound to a holiday of Vietnam, and airs on it whatever holidays do to others.
    OnHoliday {
        /// Which.
        holiday: Holiday,
        /// So many days after its day (before, if below 0); −60…60.
        day_offset: i32,
        /// At these local times: not empty, in ascending order.
        at: Vec<Time>,
    },
}

/// Where a slot's clip comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Programme {
    /// The least recently aired clip of these topics.
    Topics(Vec<Topic>),
    /// The next clip of a queue of the same commune.
    Queue(QueueId),
    /// A live stream.
    Relay(Relay),
}

/// A live stream that a slot relays (*tiếp âm*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// `http://` or `https://`: MP3, AAC or Ogg as Icecast sends it, or a playlist (m3u, pls) that names it.
    pub url: String,
    /// How long it is relayed, 10 s–6 h.
    pub length: Duration,
    /// What airs while the stream is silent or lost; nothing: silence.
    pub fallback: Option<QueueId>,
    /// How long the stream may be silent before it counts as lost, 3 s–5 min; 15 s unless said otherwise.
    pub silence: Duration,
}

impl Relay {
    /// What stands in the place of a clip's path: `relay/<host>`, for an address is no path.
    #[must_use]
    pub fn place(&self) -> ClipPath {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        ClipPath::relay(host.rsplit('@').next().unwrap_or_default())
    }
}

/// Clips from which slots draw. `topics` and `clips` are never both empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Unique in the commune.
    pub id: QueueId,
    /// All clips of these topics (after `clips`).
    pub topics: Vec<Topic>,
    /// These clips, in this order.
    pub clips: Vec<ClipPath>,
    /// Which one is next.
    pub order: Order,
    /// What airs where none of them can.
    pub fallback: Option<ClipPath>,
}

/// Which clip of a queue is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The topic still owed this period first; with nothing owed, as `LeastRecent`.
    Quota,
    /// The clip that has not aired for the longest time.
    #[default]
    LeastRecent,
    /// One after the other, from the beginning again after the last.
    InOrder,
}

/// What the schedule says of a clip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClipNote {
    /// Which clip.
    pub file: ClipPath,
    /// As people read it.
    pub title: Option<String>,
    /// Its topics; the folder's name where nothing is said.
    pub topics: Option<Vec<Topic>>,
    /// BCP 47 tag: `vi`, `hmn`.
    pub language: Option<String>,
    /// For whom.
    pub audience: Vec<Audience>,
    /// First day on which it may air.
    pub valid_from: Option<Date>,
    /// Last day on which it may air.
    pub valid_until: Option<Date>,
    /// Who approved it.
    pub approval: Option<Approval>,
    /// From this day on it does not air any more, whatever was approved.
    pub withdrawn: Option<Date>,
}

/// A leader's approval of a clip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub by: String,
    /// When.
    pub on: Date,
    /// Number of the document.
    pub document: Option<String>,
}
