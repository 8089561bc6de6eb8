//! The nouns that every room speaks: station, clip, slot, occurrence, airing, outcome, time, units. Pure.
//!
//! Nothing here reads a clock, a file or a device. Types that end up in the journal or in an HTTP answer derive
//! `Serialize` here, so that a word is spelled once and reads the same in TOML, journal, API and screen.

pub mod airing;
pub mod approval;
pub mod calendar;
pub mod clip;
pub mod compliance;
pub mod cron;
pub mod diag;
pub mod entry;
pub mod fault;
pub mod id;
pub mod ledger;
pub mod occurrence;
pub mod operator;
pub mod outcome;
pub mod output;
pub mod plan_view;
pub mod playback;
pub mod query;
pub mod quota;
pub mod recovery;
pub mod seeded;
pub mod station;
pub mod status;
pub mod text;
pub mod time;
pub mod units;
