//! `loaphuong`: the broadcast scheduler of a commune's loudspeaker station.
//!
//! ```text
//! TOML ─► config ─► model::Station ─► plan ─► engine ─► commands ─► player ─► sound card
//!                                      ▲        │  ▲                   │
//!                               history│        │  └──── events ◄──────┘
//!                                      └─ journal ◄┘ ─► compliance ─► http, report, cli
//! ```
//!
//! Decide in pure functions, act in thin hands: see `ARCHITECTURE.md`.
#![forbid(unsafe_code)]

pub mod cli;
pub mod clock;
pub mod compliance;
pub mod config;
pub mod daemon;
pub mod decode;
pub mod engine;
pub mod http;
pub mod journal;
pub mod level;
pub mod library;
pub mod model;
pub mod plan;
pub mod player;
pub mod rehearsal;
pub mod report;
