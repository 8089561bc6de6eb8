//! What the audio files are: probe, hash, duration, loudness, faults. Effects.
//!
//! Files come from chat apps and USB sticks, so nothing here decodes in the daemon's own process: a child does
//! ([`child`]), with limits on memory and time, and a file that ends it is damaged. What was measured once is kept in
//! `<state>/library.json` for as long as a file has that content.

mod as_aired;
mod cache;
pub mod child;
mod helper;
mod levels;
mod measure;
mod names;
mod outline;
mod reader;
mod scan;
mod tape;
mod walk;
mod worker;

pub use scan::{Haste, Progress, Wanted, inspect, scan};
