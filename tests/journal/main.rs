//! The journal on a real disk: what is acknowledged stays, what is changed is named.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod backup;
mod ballast;
mod copy;
mod crash;
mod flips;
mod ledger;
mod mend;
mod open;
mod queries;
mod recovery;
mod rescue;
mod support;
mod verify;
mod writing;
