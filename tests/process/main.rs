//! The whole program as residents, officers and power cuts meet it: the real binary, real files, real HTTP on loopback.
//! Effects: processes, files, time.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod airing;
mod amplifier;
mod clips;
mod clock;
mod crash;
mod http;
mod idle;
mod keeping;
mod operator;
mod reload;
mod report;
mod rig;
mod rows;
mod sound;
mod spare;
mod start;
mod systemd;
mod trial;
