//! The library on real files: every fault is made and named, loudness agrees with ffmpeg, nothing is measured twice.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod faults;
mod formats;
#[path = "../common/harm.rs"]
mod harm;
mod keeping;
mod levels;
mod mp3;
mod mutants;
mod sound;
mod support;
