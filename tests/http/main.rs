//! The HTTP service with its real accept loop on loopback, and everything behind it faked. Effects: sockets.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests: what cannot go on has failed")]

mod abuse;
mod answers;
mod auth;
mod client;
mod compliance;
mod operator;
mod page;
mod world;
