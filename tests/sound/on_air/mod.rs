//! The whole station on the air: the daemon, its players and a sound server, judged by an ear at the speaker. Effects:
//! processes, loopback sockets, files, time.
//!
//! The ear is the judge: what the rows say is held against what was heard, never against what the program meant to do.

mod absent;
mod accuracy;
mod airing;
mod campaign;
mod ear;
mod emergency;
mod faults;
mod level;
mod outage;
mod spare;
mod station;
mod stream;
