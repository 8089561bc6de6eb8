//! The plan against other means: Python's zones, a matcher of cron fields written anew, cases in files, chance.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up fails")]

mod calendar;
mod choice;
mod cron;
mod lunar;
mod moved;
mod properties;
mod rules;
mod stations;
mod vietnam;
mod zones;
