//! The plan against other means: Python's zones, a matcher of cron fields written anew, cases in files, chance.

mod choice;
mod cron;
mod properties;
mod rules;
mod stations;
mod vietnam;
mod zones;
