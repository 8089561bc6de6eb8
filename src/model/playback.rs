//! What the core and the player say to each other: JSON, one message a line. Pure.
//!
//! Core → player on standard input: one [`ToPlayer::Prepare`], then `Begin`, then perhaps `Stop`.
//! Player → core on standard output: `Ready`, `Started`, `Progress` ten times a second, then one of `Ended` and
//! `Failed`, after which the process ends by itself.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::id::{ClipHash, ClipPath};
use crate::model::outcome::Reason;
use crate::model::station::OutputKind;
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
    Prepare(Job),
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
    /// The programme. Never empty.
    pub items: Vec<JobItem>,
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
    },
    /// It cannot go on.
    Failed {
        /// Why.
        reason: Reason,
        /// Which item, if it is an item's fault.
        item: Option<usize>,
        /// For engineers, in English.
        detail: String,
        /// The last account, if sound had begun.
        progress: Option<Progress>,
    },
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
    /// How much of each item was consumed in this run, in the order of the job (without what `from` passed over).
    pub played: Vec<Duration>,
    /// Buffer underruns and other harmless errors since the device was opened.
    pub xruns: u64,
    /// Level (RMS) of the last 100 ms of the programme that were delivered.
    pub level: Decibel,
}

/// What was delivered of one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivered {
    /// How much of it the device consumed in this run.
    pub played: Duration,
    /// Integrated loudness of it, in LUFS; nothing if too short or silent.
    pub loudness: Option<f64>,
    /// Highest sample.
    pub peak: Decibel,
    /// What was wrong with the clip, found while decoding it: `clip_corrupt`, `clip_short`.
    pub fault: Option<Reason>,
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
