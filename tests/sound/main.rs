//! The player, and the whole station, against a real sound server: on the second, whole, and honest when the device is
//! not. Needs PulseAudio.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod child;
mod faults;
mod files;
mod listen;
mod on_air;
mod playing;
mod rig;
mod route;
mod supervisor;
