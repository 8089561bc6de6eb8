//! The player, and the whole station, against a real sound server: on the second, whole, and honest when the device is
//! not. Needs PulseAudio and Icecast.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod child;
mod doctor;
mod faults;
mod faults_table;
mod files;
#[path = "../common/harm.rs"]
mod harm;
mod icecast;
mod icecast_rig;
mod level;
mod listen;
mod mutants;
mod naive;
mod on_air;
mod playing;
mod programme;
mod relay;
mod rig;
mod route;
mod supervisor;
mod urgency;
