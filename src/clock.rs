//! The only door for time: reads both clocks, sleeps until one of them shows a time, notices that a clock was set. Effects.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rustix::time::{
    ClockId, Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, clock_gettime, timerfd_create,
    timerfd_settime,
};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::model::time::{Mono, Now};

/// The trace of a clock that follows a time server.
pub const SYNCHRONISED: &str = "/run/systemd/timesync/synchronized";
/// For how long that is true; one answer of the server may be lost.
const FRESH: SignedDuration = SignedDuration::from_mins(75);

/// How often both clocks are read until they were read close to each other.
const TRIES: usize = 5;
/// This is close: a hundredth of what a start may be off by.
const CLOSE: Duration = Duration::from_micros(200);

/// With nothing to wait for, the alarm is set this far ahead: only to be told when somebody sets the clock.
const FAR: i64 = 366 * 86_400;

/// Both clocks, now.
#[must_use]
pub fn now() -> Now {
    closest(std::iter::repeat_with(|| (mono(), wall(), mono())).take(TRIES))
}

/// Who is put to sleep between the two readings reads a pair that never was, and starts late by as much: of a few readings,
/// each of the wall's clock between two of the other, the first that is close is taken, or else the closest.
fn closest(readings: impl Iterator<Item = (Mono, Timestamp, Mono)>) -> Now {
    let mut best = (Duration::MAX, Now { wall: Timestamp::UNIX_EPOCH, mono: Mono(Duration::ZERO) });
    for (before, wall, after) in readings {
        let apart = after.since(before);
        if apart < best.0 {
            best = (apart, Now { wall, mono: before.plus(apart / 2) });
        }
        if apart <= CLOSE {
            break;
        }
    }
    best.1
}

#[expect(clippy::disallowed_methods, reason = "this is the door")]
fn wall() -> Timestamp {
    Timestamp::now()
}

/// The monotonic clock, now.
#[must_use]
pub fn mono() -> Mono {
    let time = clock_gettime(ClockId::Monotonic);
    let secs = u64::try_from(time.tv_sec).unwrap_or_default();
    Mono(Duration::new(secs, u32::try_from(time.tv_nsec).unwrap_or_default()))
}

/// The kernel's id of this start of the PC. `unknown` where the kernel does not say.
#[must_use]
pub fn boot_id() -> String {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    id.map_or_else(|_| "unknown".to_owned(), |id| id.trim().to_owned())
}

/// Does the PC's clock follow a time server? Debian's systemd-timesyncd touches a file each time that it has asked one, at
/// least every 34 minutes. What it says of the clock is over when the clock was set by hand since: the file is then of another
/// time.
#[must_use]
pub fn synchronised() -> bool {
    let touched = std::fs::metadata(SYNCHRONISED).and_then(|file| file.modified());
    touched.ok().and_then(|at| Timestamp::try_from(at).ok()).is_some_and(|at| is_fresh(at, wall()))
}

fn is_fresh(touched: Timestamp, now: Timestamp) -> bool {
    now.duration_since(touched).abs() <= FRESH
}

/// Why an alarm woke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rang {
    /// The time has come.
    Due,
    /// Somebody set the clock.
    ClockSet,
}

/// An alarm on the wall clock. It costs nothing while it waits: the kernel keeps the time.
#[derive(Debug)]
pub struct Alarm {
    timer: AsyncFd<OwnedFd>,
}

impl Alarm {
    /// An alarm that is not set yet. Call it inside a tokio runtime.
    ///
    /// # Errors
    /// The kernel gives no timer.
    pub fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Realtime, flags)?;
        #[expect(
            deprecated,
            reason = "its successor is unsafe; an `OwnedFd` keeps its descriptor open, as asked there"
        )]
        let timer = AsyncFd::with_interest(timer, Interest::READABLE)?;
        Ok(Self { timer })
    }

    /// Sleeps until the wall clock shows `at` (nothing: for ever), or until somebody sets the clock.
    ///
    /// # Errors
    /// The kernel refuses the time.
    pub async fn until(&self, at: Option<Timestamp>) -> io::Result<Rang> {
        if self.set(at.unwrap_or_else(|| far(wall())))? == Rang::ClockSet {
            return Ok(Rang::ClockSet);
        }
        loop {
            let mut guard = self.timer.readable().await?;
            let mut ticks = [0_u8; 8];
            match guard.try_io(|fd| rustix::io::read(fd.get_ref(), &mut ticks).map_err(io::Error::from)) {
                Ok(Ok(_)) => return Ok(Rang::Due),
                // ECANCELED is how a timer tells that the clock was set.
                Ok(Err(e)) if e.raw_os_error() == Some(rustix::io::Errno::CANCELED.raw_os_error()) => {
                    return Ok(Rang::ClockSet);
                }
                Ok(Err(e)) => return Err(e),
                Err(_would_block) => {}
            }
        }
    }

    /// Sets the timer. Says whether somebody has set the clock since the last time that we looked; it is set all the same.
    fn set(&self, at: Timestamp) -> io::Result<Rang> {
        // A time of zero would switch the timer off instead of ringing at once.
        let value = Timespec { tv_sec: at.as_second().max(1), tv_nsec: i64::from(at.subsec_nanosecond().max(0)) };
        let timer = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
        match timerfd_settime(self.timer.get_ref(), flags, &timer) {
            Ok(_) => Ok(Rang::Due),
            Err(rustix::io::Errno::CANCELED) => Ok(Rang::ClockSet),
            Err(e) => Err(e.into()),
        }
    }
}

fn far(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second().saturating_add(FAR)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{Alarm, Rang, closest, is_fresh, mono, now};
    use crate::model::time::Mono;

    #[test]
    fn of_readings_that_were_torn_apart_the_closest_is_taken() {
        let ms = |n| Mono(Duration::from_millis(n));
        let at = |n| Timestamp::from_millisecond(n).unwrap();
        // Asleep for 80 ms behind the wall's clock, then for 2 ms before it, and for 30 ms.
        let torn =
            [(ms(1_000), at(5_000), ms(1_080)), (ms(1_080), at(5_082), ms(1_082)), (ms(1_082), at(5_082), ms(1_112))];
        let found = closest(torn.into_iter());
        assert_eq!((found.mono, found.wall), (ms(1_081), at(5_082)));
        // One that is close is enough.
        let close = (ms(1_112), at(5_112), ms(1_112));
        let found = closest([close, (ms(9_999), at(0), ms(9_999))].into_iter());
        assert_eq!((found.mono, found.wall), (ms(1_112), at(5_112)));
    }

    #[test]
    fn what_a_time_server_said_of_another_time_says_nothing_of_this_one() {
        let touched = now().wall;
        let after = |minutes| is_fresh(touched, touched + jiff::SignedDuration::from_mins(minutes));
        assert!(after(0) && after(70) && after(-5));
        assert!(!after(80) && !after(2 * 1440) && !after(-2 * 1440));
    }

    #[tokio::test]
    async fn the_alarm_rings_at_its_time_and_not_before() {
        let alarm = Alarm::new().unwrap();
        let begun = now();
        let at = begun.wall + jiff::SignedDuration::from_millis(120);
        assert_eq!(alarm.until(Some(at)).await.unwrap(), Rang::Due);
        assert!(mono().since(begun.mono) >= Duration::from_millis(119));
        let past = begun.wall - jiff::SignedDuration::from_secs(5);
        assert_eq!(alarm.until(Some(past)).await.unwrap(), Rang::Due);
    }

    #[tokio::test]
    async fn with_nothing_to_wait_for_it_sleeps() {
        let alarm = Alarm::new().unwrap();
        let woken = tokio::time::timeout(Duration::from_millis(100), alarm.until(None)).await;
        assert!(woken.is_err());
    }
}
