//! Sessions that die and begin, clocks that are set, stand still or are lost: what befalls the PC itself. Pure.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::engine::{Engine, Setup};
use crate::model::clip::Library;
use crate::model::station::Station;
use crate::rehearsal::chance::Spread;
use crate::rehearsal::disk::Disk;
use crate::rehearsal::world::{Session, World};

/// How a session ends that nobody asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// The program is gone, the PC stays.
    Process,
    /// The PC is without power, and starts anew.
    Power,
}

/// What the battery-powered clock of the PC does while there is no power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rtc {
    /// It goes on.
    #[default]
    Runs,
    /// There is none; the system remembers the time at which it went down, and begins there.
    Stands,
    /// Its battery is empty: it begins in 1970, and the PC takes some seconds to start.
    Dead,
}

/// How long a PC takes to start.
const STARTING: Spread = Spread { least: Duration::from_secs(10), most: Duration::from_mins(1) };

impl World {
    /// The session dies now, and another begins after `gone`. Of the batches on their way to the disk the first `kept`
    /// came there.
    pub fn crash(&mut self, how: Crash, gone: Duration, kept: usize) {
        let went = self.now.wall;
        self.players.clear();
        self.disk.crash(kept);
        self.pass(gone);
        if how == Crash::Power {
            self.boot += 1;
            match self.rtc {
                Rtc::Runs => {}
                Rtc::Stands => self.now.wall = went,
                Rtc::Dead => {
                    let started = self.dice.within(STARTING);
                    self.now.wall = Timestamp::UNIX_EPOCH.saturating_add(started).unwrap_or(Timestamp::UNIX_EPOCH);
                }
            }
        }
        let setup = setup(&self.station, &self.library, &self.disk, self.boot, self.synchronised);
        let (engine, commands) = Engine::new(self.now, setup);
        self.engine = engine;
        self.session = Session::Runs;
        for command in commands {
            self.obey(command);
        }
        self.tell_ledger();
    }

    /// Somebody sets the clock.
    pub fn set_clock(&mut self, by: SignedDuration) {
        self.now.wall = self.now.wall.saturating_add(by).unwrap_or(Timestamp::MAX);
        self.wake_up();
    }

    /// The PC sleeps for so long. As on Linux the monotonic clock stands still meanwhile, and so does what plays.
    pub fn suspend(&mut self, time: Duration) {
        self.lived += time;
        self.now.wall = self.now.wall.saturating_add(time).unwrap_or(Timestamp::MAX);
        self.wake_up();
    }

    /// Time passes.
    pub(super) fn pass(&mut self, time: Duration) {
        self.lived += time;
        self.now.mono = self.now.mono.plus(time);
        self.now.wall = self.now.wall.saturating_add(time).unwrap_or(Timestamp::MAX);
    }
}

/// What a session is told at its start.
pub(super) fn setup(
    station: &Arc<Station>,
    library: &Arc<Library>,
    disk: &Disk,
    boot: u32,
    synchronised: bool,
) -> Setup {
    Setup {
        station: Arc::clone(station),
        library: Arc::clone(library),
        recovery: disk.memory().recovery(),
        boot_id: boot.to_string(),
        synchronised,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}
