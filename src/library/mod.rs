//! What the audio files are: probe, hash, duration, loudness, faults. Effects.
//!
//! Files come from chat apps and USB sticks, so nothing here decodes in the daemon's own process: a child does
//! ([`child`]), with limits on memory and time, and a file that ends it is damaged. What was measured once is kept in
//! `<state>/library.json` until the file changes.

mod cache;
pub mod child;
mod measure;
mod names;
mod scan;
mod walk;
mod worker;

pub use scan::{Progress, inspect, scan};
