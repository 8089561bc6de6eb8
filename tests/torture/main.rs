//! The real program under faults that no test bench of a committee would allow: thousands of kills, power cuts, failing
//! system calls, disks that are full, hung or read-only. Effects: processes, files, mounts.
//!
//! `cargo test` does a little of each. The long campaigns are the same code: `KILLS=10000`, `CUTS=500`, `CALLS=all`, each with
//! `cargo test --test torture NAME -- --nocapture`; `TORTURE_SEED` makes another one.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

use std::sync::{Mutex, MutexGuard, PoisonError};

mod calls;
mod disks;
mod kills;
mod plate;
mod power;
mod record;
mod supervisor;
mod yard;

#[path = "../process/http.rs"]
mod http;
#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../process/rig.rs"]
mod rig;
#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../process/sound.rs"]
mod sound;

/// A number that the caller may choose.
fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

/// One torture at a time: each makes enough work for all cores, and some look at what happens on the second.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}
