//! Wires the hands and turns the one loop. Effects.
//!
//! ```text
//!   players ──┐                              ┌─► journal (its own thread)
//!   journal ──┤                              ├─► players (a process each)
//!   files   ──┼─► inputs ─► Engine::step ─► hands ─► amplifiers
//!   persons ──┤         (one at a time)      ├─► answers
//!   clock   ──┘                              └─► status ─► http
//! ```
//!
//! The loop is the only place where the engine is called. It never waits for a disk, a device or a network: those
//! have threads, processes and tasks of their own and report through the inputs.

mod amplifier;
pub mod answers;
mod boot;
mod check;
mod complaints;
mod files;
mod follow;
mod hands;
mod heard;
mod input;
mod keeping;
mod learn;
mod note;
mod orders;
mod plan_view;
mod pulse;
mod reading;
mod spare;
mod systemd;
mod turn;
mod wishes;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::model::airing::Airing;
use crate::model::diag::Diagnostic;
use crate::model::text::Text;

/// The binary that runs now, for the processes that it starts, even if a newer one was installed over it.
pub const MYSELF: &str = "/proc/self/exe";

/// How to run.
pub struct Options<'a> {
    /// The configuration folder.
    pub config: &'a Path,
    /// Whether to air a trial at once.
    pub trial: Trial,
    /// Told what a person at the terminal should see.
    pub announce: &'a dyn Fn(&Announcement),
}

/// Whether to air a trial at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trial {
    /// So that one hears that sound works.
    Yes,
    /// Only what the schedule says.
    No,
}

/// What a person at the terminal should see.
#[derive(Debug, Clone, PartialEq)]
pub enum Announcement {
    /// The configuration can be used, but somebody should look.
    Warnings(Vec<Diagnostic>),
    /// The newest configuration cannot be used; the last good one is in force instead.
    Fallback(Vec<Diagnostic>),
    /// Questions are answered here.
    Ready(SocketAddr),
    /// A trial has ended; its sound may lie in a file.
    Tried {
        /// Its row.
        airing: Box<Airing>,
        /// The folder below which [`crate::model::airing::OutputResult::heard`] lies.
        state: PathBuf,
    },
    /// A trial cannot air.
    Untried(Text),
}

/// Why the daemon did not run, or does not run any more.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration cannot be used, and there is no last good one: exit 78.
    #[error("the configuration cannot be used")]
    Config(Vec<Diagnostic>),
    /// The port cannot be opened: exit 78.
    #[error("{}", .0.en)]
    Port(Text),
    /// Journal or disk: exit 74.
    #[error("{}", .0.en)]
    Storage(Text),
    /// The operating system refuses something basic, or a thread has died: exit 70.
    #[error("{0}")]
    System(String),
}

/// Runs until it is asked to stop.
///
/// # Errors
/// See [`RunError`].
pub fn run(options: &Options<'_>) -> Result<(), RunError> {
    let system = |e: std::io::Error| RunError::System(format!("cannot start: {e}"));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("loaphuong-io")
        .enable_all()
        .build()
        .map_err(system)?;
    let outcome = runtime.block_on(boot::boot(options));
    // Whatever still hangs in a thread (a disk, a name look-up) must not hold up the end.
    runtime.shutdown_timeout(std::time::Duration::from_millis(100));
    outcome
}
