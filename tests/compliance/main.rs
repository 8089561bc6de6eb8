//! Promised against aired: cases in files, the calendar's periods, what holds for every station, what each answer costs.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up fails")]

mod case;
mod cases;
mod periods;
mod properties;
mod world;
