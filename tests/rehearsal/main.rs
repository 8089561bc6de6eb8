//! Rehearsals: what they show of the sample station, what the command answers, what they cost.
#![expect(clippy::unwrap_used, reason = "helpers of tests: what cannot go on has failed")]

mod answers;
mod command;
mod cost;
mod memory;
mod sample;
mod week;
