//! The rehearsal's world as cases write it: times as text, rows as text.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use loaphuong::model::airing::Airing;
use loaphuong::model::clip::Library;
use loaphuong::model::entry::Entry;
use loaphuong::model::outcome::Reason;
use loaphuong::model::station::Station;
use loaphuong::rehearsal::{self, Crash, Dice, Pace};

pub(crate) use loaphuong::rehearsal::{Card, Writing};

/// How often players report, how long devices take to open and entries to be written.
const SLICE: Duration = Duration::from_millis(100);

pub(crate) struct World(rehearsal::World);

impl Deref for World {
    type Target = rehearsal::World;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl World {
    pub(crate) fn new(station: Station, library: Library, at: &str) -> Self {
        let (station, library) = (Arc::new(station), Arc::new(library));
        Self(rehearsal::World::new(station, library, at.parse().unwrap(), Pace::even(SLICE), Dice::new(0)))
    }

    /// The same with a clock that runs on its own.
    pub(crate) fn alone(station: Station, library: Library, at: &str) -> Self {
        let (station, library) = (Arc::new(station), Arc::new(library));
        let (at, pace) = (at.parse().unwrap(), Pace::even(SLICE));
        Self(rehearsal::World::begin(station, library, at, false, pace, Dice::new(0)))
    }

    /// The PC is started anew after `gone`, and its clock shows `at`.
    pub(crate) fn reboot_at(&mut self, gone: Duration, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        self.0.now.wall = at - gone;
        self.0.crash(Crash::Power, gone, usize::MAX);
    }

    /// Somebody sets the clock to this.
    pub(crate) fn set_to(&mut self, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        let by = at.duration_since(self.now.wall);
        self.set_clock(by);
    }

    /// Runs until the wall clock shows `at`.
    pub(crate) fn until(&mut self, at: &str) {
        self.0.until(at.parse().unwrap());
    }

    /// The session dies now, and another begins after `gone`; all that was on its way to the disk came there.
    pub(crate) fn crash(&mut self, gone: Duration, how: Crash) {
        self.0.crash(how, gone, usize::MAX);
    }

    /// The final rows, as `id outcome reason`.
    pub(crate) fn rows(&self) -> Vec<String> {
        self.airings().map(|a| format!("{} {} {}", a.head.id, a.outcome, a.reason.map_or("-", Reason::code))).collect()
    }

    pub(crate) fn airings(&self) -> impl Iterator<Item = &Airing> {
        self.disk.entries.iter().filter_map(|e| match e {
            Entry::Final { airing, .. } => Some(&**airing),
            _ => None,
        })
    }

    /// The codes of the faults that stand.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.engine.status(self.now).faults.into_iter().map(|f| f.code).collect()
    }
}
