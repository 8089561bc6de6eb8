//! A world in virtual time for the real engine: clocks, cards, disk and power that can fail as they do in a commune. Pure.
//!
//! Nothing here waits: time is a number that jumps to whatever happens next. So a year takes less than a second, and the
//! same seed gives the same entries, byte for byte. [`rehearse`] serves the command of that name; [`World`] serves the
//! tests too, which let more go wrong in it and hold the entries against what its [`Ear`] heard.

mod account;
mod card;
mod chance;
mod disk;
mod ear;
mod hands;
mod memory;
mod player;
mod power;
mod script;
mod world;

pub use card::{Card, Line, Spoilt};
pub use chance::{Dice, Pace, Spread};
pub use disk::{Disk, Writing};
pub use ear::{Ear, Sound, key};
pub use memory::Memory;
pub use power::{Crash, Rtc};
pub use script::{Outage, Rehearsed, Script, rehearse};
pub use world::World;
