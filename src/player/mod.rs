//! Makes sound and tells the truth about it: supervisor, child process, outputs. Effects.
//!
//! ```text
//!   core                    │ child process: `loaphuong player`
//!                           │
//!   supervisor ── ToPlayer ─┼─► run ── orders ──► desk ──► feed ──► output: card, wav, null
//!       ▲                   │    ▲ ◄─ account ──── desk ◄─── │ ▲        (pulls, and says what it consumed)
//!       └───── FromPlayer ──┼────┘      meter ◄── tap ───────┘ │
//!                           │                        ring of two seconds
//!                           │                                  │
//!                           │ programme: file (or stream) → decode → gain → resample → fades → limiter
//! ```
//!
//! A hung sound server cannot be cancelled inside a thread, and a decoder may want all the memory there is: that is why
//! sound is made in a process of its own, which is killed when it does not behave and costs nothing while all is quiet.

pub mod child;
pub mod supervisor;

mod feed;
mod ledger;
mod listen;
mod meter;
mod output;
mod programme;
mod relay;
mod resample;
pub mod route;
mod run;
mod source;
mod wire;

use crate::clock::mono as now;
use crate::model::outcome::Reason;
use crate::model::playback::DeviceTrouble;
use crate::model::units::Hertz;

pub use self::supervisor::{Handle, Heard, Spare, spare, spawn};

/// The rate at which every output is driven. Cards that have another one are opened as `plughw`, which converts.
const RATE: Hertz = Hertz(48_000);
/// Every output is stereo; a mono clip goes to both sides.
const CHANNELS: usize = 2;
/// The same, as most libraries want it.
const CHANNEL_COUNT: u16 = 2;

/// Why a run cannot go on.
#[derive(Debug, Clone, PartialEq)]
struct Failure {
    reason: Reason,
    /// Which item of the job, if it is an item's fault.
    item: Option<usize>,
    /// What keeps us from the device, if it is the device's fault and more is known.
    trouble: Option<DeviceTrouble>,
    /// For engineers, in English.
    detail: String,
}

impl Failure {
    fn device(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, item: None, trouble: None, detail: detail.into() }
    }

    fn trouble(reason: Reason, trouble: DeviceTrouble, detail: impl Into<String>) -> Self {
        Self { trouble: Some(trouble), ..Self::device(reason, detail) }
    }

    fn item(item: usize, reason: Reason, detail: String) -> Self {
        Self { item: Some(item), ..Self::device(reason, detail) }
    }
}
