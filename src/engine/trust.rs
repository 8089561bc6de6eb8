//! Whether the clock on the wall can be believed: a value that is told what the clocks show, and asked. Pure.
//!
//! A clock that follows a time server is right, and so is one that a person has confirmed. Any other is believed as long
//! as nothing speaks against it: it shows no time before the last one that was certain, it has not leapt, and it does not
//! claim that the station was gone for longer than a PC in use ever is.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::engine::take::{earlier, later};
use crate::model::seeded::{Bug, seeded};
use crate::model::time::{Mono, NO_EARLIER, Now};

/// A leap forward by more than this explains itself by nothing that a PC does.
const LEAP: SignedDuration = SignedDuration::from_hours(1);
/// The longest time for which a station may be gone without anybody having to say that it was.
const ABSENCE: Duration = Duration::from_hours(31 * 24);
/// A clock that runs on its own may be behind by this much: its battery keeps whole seconds, and drifts.
const SLACK: Duration = Duration::from_mins(3);
/// How often it is asked, while the clock cannot be trusted, whether it follows a time server by now: who sets a clock says
/// so a moment later.
const LOOK: Duration = Duration::from_secs(4);
/// The same once nobody has set it for [`AWHILE`]. A time server that finds it right is told of by a file that is watched.
const LONG_LOOK: Duration = Duration::from_mins(1);
const AWHILE: Duration = Duration::from_mins(1);
/// A clock that moves by less was not set.
const SET: SignedDuration = SignedDuration::from_secs(1);
/// Not in the very moment of something else.
const BREATH: Duration = Duration::from_millis(50);

/// What speaks against the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// It shows a time that is over.
    Behind,
    /// It has leapt ahead, or the station would have been gone for too long.
    Ahead,
}

/// What is known of the clock.
#[derive(Debug, Clone)]
pub(super) struct Trust {
    synchronised: bool,
    /// When that was asked last.
    asked: Mono,
    /// When the clock was set, or the session began.
    set: Mono,
    /// The last time that was certain; nothing on the first day.
    certain: Option<Timestamp>,
    /// While a leap is not explained: the latest time that it can be.
    latest: Option<Now>,
}

impl Trust {
    /// At the start of a session. `certain` is the last trusted time in the journal, `doubtful` what the clock showed at
    /// the end of a session that did not trust it.
    pub(super) fn begin(now: Now, certain: Option<Timestamp>, doubtful: Option<Timestamp>, synchronised: bool) -> Self {
        let certain = certain.filter(|at| *at >= NO_EARLIER);
        let mut trust = Self { synchronised, asked: now.mono, set: now.mono, certain, latest: None };
        trust.judge_absence(now);
        trust.remember_leap(now, doubtful);
        trust.follow(now);
        trust
    }

    /// The clocks were read. `expected` is what the wall would show if nobody had set it; `synchronised` is what the
    /// kernel says now, if it was asked.
    pub(super) fn notice(&mut self, now: Now, expected: Timestamp, synchronised: Option<bool>) {
        let leap = now.wall.duration_since(expected);
        if leap.abs() > SET {
            self.set = now.mono;
        }
        if let Some(synchronised) = synchronised {
            (self.synchronised, self.asked) = (synchronised, now.mono);
        } else if leap.abs() > LEAP {
            // What was said before says nothing of this clock.
            self.synchronised = false;
        }
        if leap > LEAP && !seeded(Bug::LeapBelieved) {
            if expected < self.earliest() {
                // It could not be believed before: it is judged as at a start.
                self.judge_absence(now);
            } else if self.latest.is_none() {
                self.latest =
                    Some(Now { wall: expected.saturating_add(LEAP).unwrap_or(Timestamp::MAX), mono: now.mono });
            }
        }
        if self.latest.is_some_and(|latest| now.wall <= latest.wall_at(now.mono)) {
            self.latest = None;
        }
        self.follow(now);
    }

    /// A person has held it against a watch.
    pub(super) fn confirm(&mut self, now: Now) {
        (self.certain, self.latest) = (Some(now.wall), None);
    }

    /// Something is written down with this time.
    pub(super) fn wrote(&mut self, now: Now) {
        if self.trusted(now) {
            self.certain = self.certain.max(Some(now.wall));
        }
    }

    /// Can it be believed?
    pub(super) fn trusted(&self, now: Now) -> bool {
        self.why(now).is_none()
    }

    /// What speaks against it.
    pub(super) fn why(&self, now: Now) -> Option<Why> {
        if self.synchronised {
            return None;
        }
        if now.wall < self.earliest() {
            return Some(Why::Behind);
        }
        self.latest.map(|_| Why::Ahead)
    }

    pub(super) fn synchronised(&self) -> bool {
        self.synchronised
    }

    /// The last time that was certain: it has passed, whatever the clock shows.
    pub(super) fn passed(&self) -> Timestamp {
        self.certain.unwrap_or(Timestamp::MIN)
    }

    /// Before this it cannot be right, unless somebody says so.
    pub(super) fn earliest(&self) -> Timestamp {
        self.certain.map_or(NO_EARLIER, |at| earlier(at, SLACK))
    }

    /// When to ask again whether it follows a time server: soon, if that is overdue.
    pub(super) fn ask_at(&self, now: Mono) -> Mono {
        let look = if now.since(self.set) < AWHILE { LOOK } else { LONG_LOOK };
        self.asked.plus(look).max(now.plus(BREATH))
    }

    fn follow(&mut self, now: Now) {
        if self.synchronised {
            self.confirm(now);
        }
    }

    /// A clock that had leapt ahead and has gone on from there is no better for a start of the PC.
    fn remember_leap(&mut self, now: Now, doubtful: Option<Timestamp>) {
        let leap = self.certain.zip(doubtful).filter(|(certain, doubtful)| doubtful.duration_since(*certain) > LEAP);
        if let Some((certain, _)) = leap.filter(|(_, doubtful)| *doubtful <= now.wall) {
            self.latest = Some(Now { wall: certain.saturating_add(LEAP).unwrap_or(certain), mono: now.mono });
        }
    }

    fn judge_absence(&mut self, now: Now) {
        let latest = self.certain.map(|at| later(at, ABSENCE));
        self.latest = latest.filter(|at| now.wall > *at).map(|wall| Now { wall, mono: now.mono });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What befalls the clock: it is set to a time, or asked (`true`: it follows a time server), or confirmed, or time
    /// passes, or something is written.
    enum Do {
        Set(&'static str),
        Asked(bool),
        Confirmed,
        Pass(u64),
        Wrote,
    }
    use Do::{Asked, Confirmed, Pass, Set, Wrote};

    const BEHIND: Option<Why> = Some(Why::Behind);
    const AHEAD: Option<Why> = Some(Why::Ahead);

    fn at(text: &str) -> Timestamp {
        format!("{text}:00Z").parse().unwrap()
    }

    /// Certain until, in doubt then, starts at, follows a server; then what befalls it; then what speaks against it.
    type Case = (Option<&'static str>, Option<&'static str>, &'static str, bool, &'static [Do], Option<Why>);

    const CASES: &[Case] = &[
        // Starts.
        (None, None, "2026-11-23T05:00", false, &[], None),
        (None, None, "1970-01-01T00:01", false, &[], BEHIND),
        (None, None, "1970-01-01T00:01", true, &[], None),
        (Some("1970-01-01T00:00"), None, "2026-11-23T05:00", false, &[], None),
        (Some("2026-11-23T05:00"), None, "2026-11-23T05:00", false, &[], None),
        (Some("2026-11-23T05:00"), None, "2026-11-23T04:58", false, &[], None),
        (Some("2026-11-23T05:00"), None, "2026-11-23T04:56", false, &[], BEHIND),
        (Some("2026-11-23T05:00"), None, "2026-11-23T04:56", true, &[], None),
        (Some("2026-11-23T05:00"), None, "2026-12-23T05:00", false, &[], None),
        (Some("2026-11-23T05:00"), None, "2026-12-25T05:00", false, &[], AHEAD),
        (Some("2026-11-23T05:00"), None, "2026-12-25T05:00", true, &[], None),
        // It had leapt, and goes on from there; or it was behind, and is not.
        (Some("2026-11-23T05:00"), Some("2026-11-25T05:00"), "2026-11-25T05:01", false, &[], AHEAD),
        (Some("2026-11-23T05:00"), Some("2026-11-25T05:00"), "2026-11-25T05:01", true, &[], None),
        (Some("2026-11-23T05:00"), Some("2026-11-25T05:00"), "2026-11-23T05:01", false, &[], None),
        (
            Some("2026-11-23T05:00"),
            Some("2026-11-25T05:00"),
            "2026-11-25T05:01",
            false,
            &[Set("2026-11-23T05:30")],
            None,
        ),
        (Some("2026-11-23T05:00"), Some("1970-01-01T00:10"), "2026-11-25T05:01", false, &[], None),
        // Behind: it catches up, it is set, it is confirmed, it follows.
        (Some("2026-11-23T05:00"), None, "2026-11-23T04:50", false, &[Pass(6)], BEHIND),
        (Some("2026-11-23T05:00"), None, "2026-11-23T04:50", false, &[Pass(7)], None),
        (None, None, "1970-01-01T00:01", false, &[Set("2026-11-23T05:00")], None),
        (Some("2026-11-20T05:00"), None, "1970-01-01T00:01", false, &[Set("2026-11-23T05:00")], None),
        (Some("2026-11-20T05:00"), None, "1970-01-01T00:01", false, &[Set("2027-11-23T05:00")], AHEAD),
        (Some("2030-11-20T05:00"), None, "2026-11-23T05:00", false, &[Confirmed], None),
        (Some("2030-11-20T05:00"), None, "2026-11-23T05:00", false, &[Asked(true)], None),
        (
            Some("2030-11-20T05:00"),
            None,
            "2026-11-23T05:00",
            false,
            &[Confirmed, Pass(60), Set("2026-11-23T05:59")],
            None,
        ),
        (Some("2030-11-20T05:00"), None, "2026-11-23T05:00", true, &[Asked(false), Pass(60)], None),
        (Some("2030-11-20T05:00"), None, "2026-11-23T05:00", false, &[Confirmed, Set("2026-11-23T04:50")], BEHIND),
        // A leap.
        (None, None, "2026-11-23T05:00", false, &[Set("2026-11-23T06:00")], None),
        (None, None, "2026-11-23T05:00", false, &[Set("2026-11-23T06:01")], AHEAD),
        (None, None, "2026-11-23T05:00", false, &[Set("2026-11-25T05:00"), Pass(600)], AHEAD),
        (None, None, "2026-11-23T05:00", false, &[Set("2026-11-25T05:00"), Set("2026-11-23T05:00")], None),
        (None, None, "2026-11-23T05:00", false, &[Set("2026-11-25T05:00"), Pass(600), Set("2026-11-23T15:30")], None),
        (None, None, "2026-11-23T05:00", false, &[Set("2026-11-25T05:00"), Set("2026-11-24T05:00")], AHEAD),
        (None, None, "2026-11-23T05:00", false, &[Set("2026-11-25T05:00"), Set("2030-11-25T05:00")], AHEAD),
        (None, None, "2026-11-23T05:00", false, &[Set("2026-11-25T05:00"), Confirmed], None),
        (None, None, "2026-11-23T05:00", false, &[Set("2026-11-25T05:00"), Asked(true)], None),
        (None, None, "2026-11-23T05:00", false, &[Set("2026-11-25T05:00"), Asked(true), Asked(false)], None),
        (None, None, "2026-11-23T05:00", false, &[Set("2026-11-25T05:00"), Confirmed, Set("2026-11-27T05:00")], AHEAD),
        // What followed a server before the leap says nothing of the clock after it; less than a leap is no matter.
        (None, None, "2026-11-23T05:00", true, &[Set("2026-11-25T05:00")], AHEAD),
        (None, None, "2026-11-23T05:00", true, &[Set("2026-11-22T05:00")], BEHIND),
        (None, None, "2026-11-23T05:00", true, &[Set("2026-11-22T05:00"), Asked(true)], None),
        (None, None, "2026-11-23T05:00", true, &[Set("2026-11-23T04:30")], None),
        // Set back: what was written down is over. What was not written is not.
        (None, None, "2026-11-23T05:00", false, &[Set("2026-11-23T04:50")], None),
        (None, None, "2026-11-23T05:00", false, &[Wrote, Set("2026-11-23T04:50")], BEHIND),
        (None, None, "2026-11-23T05:00", false, &[Wrote, Set("2026-11-23T04:50"), Confirmed], None),
        // What is written in doubt makes nothing certain.
        (None, None, "2026-11-23T05:00", false, &[Set("2030-11-25T05:00"), Wrote, Set("2026-11-23T05:00")], None),
    ];

    #[test]
    fn it_is_believed_as_the_table_says() {
        for (n, (certain, doubtful, start, synchronised, story, why)) in CASES.iter().enumerate() {
            let mut now = Now { wall: at(start), mono: Mono(Duration::from_secs(1000)) };
            let mut trust = Trust::begin(now, certain.map(at), doubtful.map(at), *synchronised);
            for event in *story {
                let expected = now.wall;
                match event {
                    Set(to) => {
                        now.wall = at(to);
                        trust.notice(now, expected, None);
                    }
                    Asked(synchronised) => trust.notice(now, expected, Some(*synchronised)),
                    Confirmed => trust.confirm(now),
                    Wrote => trust.wrote(now),
                    Pass(minutes) => {
                        let time = Duration::from_mins(*minutes);
                        now = Now { wall: later(now.wall, time), mono: now.mono.plus(time) };
                        trust.notice(now, now.wall, None);
                    }
                }
            }
            assert_eq!(trust.why(now), *why, "case {n}: {certain:?} {start}");
            assert_eq!(trust.trusted(now), why.is_none());
        }
    }
}
