//! What the core and the player say to each other: JSON, one message a line. Pure.
//!
//! Core → player on standard input: one [`ToPlayer::Prepare`], then `Begin`, then perhaps `Stop`.
//! Player → core on standard output: `Ready`, `Started`, `Progress` ten times a second, then one of `Ended` and
//! `Failed`, after which the process ends by itself.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::id::{ClipHash, ClipPath};
use crate::model::outcome::Reason;
use crate::model::station::{Listen, OutputKind};
use crate::model::time::Mono;
use crate::model::units::{Decibel, Frames, Hertz};

/// One run of the player: one output, one programme, one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunId(pub u64);

/// To the player.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum ToPlayer {
    /// Open the device, decode the beginning, play silence, answer `Ready`.
    Prepare(Box<Job>),
    /// Let the first frame of the programme leave the speaker at this time. May be said again with another time until
    /// the first frame has left; a time in the past means at once. May be said before `Ready`: then it is obeyed as soon
    /// as the beginning is decoded.
    Begin {
        /// On the clock that both processes share.
        at: Mono,
    },
    /// Fade out, drain, answer `Ended`, go.
    Stop {
        /// How long the fade lasts.
        fade: Duration,
    },
}

/// What a run is to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Which run.
    pub run: RunId,
    /// Where the samples go.
    pub output: OutputKind,
    /// The file to write for `wav`, and for `auto` without a card. Made anew, never overwritten.
    pub heard: PathBuf,
    /// The sink of a sound server that is the right one, if one was named or an earlier run of the same airing found it:
    /// any other is the wrong room.
    pub sink: Option<String>,
    /// The clips. Empty only where there is a relay or a probe.
    pub items: Vec<JobItem>,
    /// What is made of the clips.
    pub programme: Programme,
    /// How soon sound must follow.
    pub urgency: Urgency,
    /// How long the beginning of the programme rises from silence.
    pub fade_in: Duration,
    /// How long its end sinks to silence.
    pub fade_out: Duration,
    /// The capture device that hears the output.
    pub listen: Option<Listen>,
}

/// What a run makes of the clips of its job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Programme {
    /// One after the other, and over again as often as asked; `longest` ends it in any case, as its own end.
    Clips {
        /// How often.
        repeat: Repeat,
        /// The most that may sound in this run; nothing: no limit.
        longest: Option<Duration>,
    },
    /// A live stream. The clips are what airs in its place while it is silent or lost, over and over again.
    Relay(JobRelay),
    /// Nothing but silence, to find out whether the device is there, the right one and not muted. Ends by itself with
    /// [`End::Whole`] half a second after the device has taken its first sample, needs no `Begin`, and says no
    /// `Started` and no `Progress`.
    Probe,
}

/// How often a programme sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// So many times.
    Times(NonZeroU32),
    /// Until somebody stops it.
    UntilStopped,
}

impl Repeat {
    /// Once, as all that is scheduled.
    pub const ONCE: Self = Self::Times(NonZeroU32::MIN);
}

/// How soon sound must follow upon `Begin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// On the second: the device is opened before and takes silence until then; each file is checked before.
    InTime,
    /// Every millisecond counts: the first buffer that the device takes has the programme in it, and files are held
    /// against their hash while they sound.
    AtOnce,
}

/// A live stream to relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRelay {
    /// Where it is.
    pub url: String,
    /// How long it (or what airs in its place) sounds in this run.
    pub length: Duration,
    /// After so long a silence it counts as lost.
    pub silence: Duration,
}

/// One clip of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobItem {
    /// Its name.
    pub clip: ClipPath,
    /// The file to open.
    pub file: PathBuf,
    /// What the file is expected to be.
    pub hash: ClipHash,
    /// Its decoded length.
    pub duration: Duration,
    /// How much louder or softer to play it.
    pub gain: Decibel,
    /// Where to begin: more than zero when a run resumes.
    pub from: Duration,
}

/// From the player.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum FromPlayer {
    /// The device is open and takes silence; the beginning is decoded.
    Ready {
        /// What was opened.
        device: Opened,
        /// Its rate.
        rate: Hertz,
    },
    /// The first frame of the programme has left, at this time by the device's own account.
    Started {
        /// When it left.
        at: Mono,
    },
    /// Where the sound goes has become known, or has changed: asked at least every half second while the device is open.
    Route {
        /// When this was found.
        at: Mono,
        /// What was found.
        route: Route,
        /// The device as the sound server or the card itself names it: `alsa_output.usb-…`, `PCH: HDA Intel PCH`.
        device: Option<String>,
    },
    /// How far the device has come. Ten times a second from `Begin`'s time on, and also when nothing moves: so a device
    /// that never starts is seen too.
    Progress(Progress),
    /// The programme is over (or was stopped) and the device is drained.
    Ended {
        /// The last account.
        progress: Progress,
        /// What was delivered of each item.
        items: Vec<Delivered>,
        /// Whether it came to its own end.
        end: End,
        /// What the capture device heard, where there is one.
        listened: Option<Listened>,
    },
    /// It cannot go on.
    Failed {
        /// Why.
        reason: Reason,
        /// Which item, if it is an item's fault.
        item: Option<usize>,
        /// What keeps us from the device, if it is the device's fault and more is known.
        trouble: Option<DeviceTrouble>,
        /// For engineers, in English.
        detail: String,
        /// The last account, if sound had begun.
        progress: Option<Progress>,
    },
}

/// Where the sound of an open device goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// To the right device, which is not muted.
    Right,
    /// To the right device, and it is muted or its volume is at zero.
    Muted,
    /// To another device.
    Elsewhere,
    /// Nobody can be asked: a device without a mixer or a sound server.
    Unknown,
}

/// What keeps us from a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceTrouble {
    /// There is no such device.
    Absent,
    /// Another program has it.
    Busy,
    /// We may not open it.
    NotPermitted,
    /// It takes no sound of ours: wrong rate, no channels.
    Unsuitable,
    /// The server of a stream refuses us, or is not there.
    Unreachable,
}

/// What a capture device heard of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listened {
    /// Normalised cross-correlation of the loudness envelopes (20 ms RMS) at the best lag, −1…1; nothing if there was
    /// too little to compare: less than a second, or no change of level.
    pub score: Option<f64>,
    /// By how much it was heard after it left.
    pub lag: Duration,
    /// Level (RMS) of what was heard while the programme sounded.
    pub level: Decibel,
    /// Why there is nothing to compare, for engineers: the capture device could not be opened, or gave nothing.
    pub trouble: Option<String>,
}

/// What an output opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "opened", rename_all = "snake_case")]
pub enum Opened {
    /// A sound card, or what ALSA says is one.
    Card {
        /// The name under which it was opened.
        name: String,
    },
    /// A WAV file, chosen on purpose.
    File {
        /// Which.
        path: PathBuf,
    },
    /// A WAV file because there is no card: nobody hears it.
    StandIn {
        /// Which.
        path: PathBuf,
        /// Why there is no card, for engineers.
        why: String,
    },
    /// Paced silence.
    Null,
    /// A mount of an Icecast server.
    Stream {
        /// Where, without the password.
        url: String,
    },
}

/// How far the device has come: what it consumed, not what was handed to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// When this was true.
    pub at: Mono,
    /// Frames of the programme consumed in this run.
    pub consumed: Frames,
    /// Their rate.
    pub rate: Hertz,
    /// How much of each item was consumed in this run, repetitions included, in the order of the job (without what `from`
    /// passed over). Of a relay: first the stream, then the clips.
    pub played: Vec<Duration>,
    /// Buffer underruns and other harmless errors since the device was opened.
    pub xruns: u64,
    /// Level (RMS) of the last 100 ms of the programme that were delivered.
    pub level: Decibel,
    /// What sounds.
    pub carrying: Carrying,
}

/// What a run sounds at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carrying {
    /// What was asked for.
    #[default]
    Programme,
    /// What stands in for a stream that is lost or silent.
    Fallback,
}

/// What was delivered of one item, or of the stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivered {
    /// How much of it the device consumed in this run.
    pub played: Duration,
    /// Integrated loudness of it, in LUFS; nothing if too short or silent.
    pub loudness: Option<f64>,
    /// Highest true peak.
    pub peak: Decibel,
    /// How much of what was delivered was softer than [`Decibel::SILENCE`].
    pub silent: Duration,
    /// SHA-256 of the file as it was decoded; nothing for a stream.
    pub hash: Option<ClipHash>,
    /// What was wrong with the clip, found while decoding it: `clip_corrupt`, `clip_short`.
    pub fault: Option<Reason>,
}

impl Delivered {
    /// One run more of the same item: the longer part speaks for its loudness.
    pub fn join(&mut self, more: Self) {
        if more.played > self.played {
            self.loudness = more.loudness.or(self.loudness);
        } else {
            self.loudness = self.loudness.or(more.loudness);
        }
        self.played += more.played;
        self.peak = if more.peak > self.peak { more.peak } else { self.peak };
        self.silent += more.silent;
        self.hash = more.hash.or(self.hash.take());
        self.fault = self.fault.or(more.fault);
    }
}

/// How a run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// All of it.
    Whole,
    /// `Stop` was said.
    Stopped,
}
