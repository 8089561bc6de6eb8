//! What follows from whether the clock can be trusted: who waits, from when on occurrences count, why some were lost. Pure.
//!
//! While it cannot be trusted nothing of the schedule begins and nothing of it is settled, so that no leap and no dead
//! battery costs an occurrence. What sounds goes on, and persons may call for what they want.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::engine::live::{Live, Phase};
use crate::engine::take::{LONGEST_LEAD, MEMORY, earlier, later};
use crate::engine::trust::{Trust, Why};
use crate::engine::{AskId, Command, Engine, Wake, words};
use crate::model::entry::Entry;
use crate::model::operator::Answer;
use crate::model::outcome::Reason;
use crate::model::recovery::LastSession;
use crate::model::time::{Moment, Mono, Now};
use crate::text;

/// What a session says of the past as long as no clock was ever trusted. What is said before 1971 says the same.
pub(super) const NEVER: Timestamp = Timestamp::UNIX_EPOCH;
const EVER: Timestamp = Timestamp::constant(365 * 86_400, 0);
/// A step that is larger is no drift.
const STEP: SignedDuration = SignedDuration::from_millis(500);
/// A watch that a person reads may be off by this much, and so may the reading.
const WATCH: SignedDuration = SignedDuration::from_mins(2);
/// How soon to look at a clock that was set.
const AT_ONCE: Duration = Duration::from_millis(1);
/// The fault that stands while everything to come is decided already, for the clock was ahead.
const WAS_AHEAD: &str = "clock_was_ahead";

/// The clock on the wall, and what it did.
#[derive(Debug)]
pub(super) struct Clock {
    pub(super) trust: Trust,
    /// Since when it cannot be trusted.
    doubted: Option<Mono>,
    /// How far it was set since it was last believed; nothing while it is.
    strayed: SignedDuration,
    /// No moment of this session could be trusted.
    unproven: bool,
    /// The last time in which it could not be, by the clock that was trusted then.
    doubt: Option<(Timestamp, Timestamp)>,
    /// The last time that it was set forward: from where to where.
    jump: Option<(Timestamp, Timestamp)>,
    /// The journal is being asked what is decided of the time to come.
    returning: bool,
    /// Up to when what is to come has its rows, for the clock was ahead.
    ahead_until: Timestamp,
}

impl Clock {
    pub(super) fn begin(now: Now, last: Option<&LastSession>, synchronised: bool) -> Self {
        let trust = Trust::begin(now, last.map(|s| s.last_entry), last.and_then(|s| s.in_doubt), synchronised);
        Self {
            unproven: !trust.trusted(now),
            trust,
            doubted: None,
            strayed: SignedDuration::ZERO,
            doubt: None,
            jump: None,
            returning: false,
            ahead_until: Timestamp::MIN,
        }
    }

    /// Was the clock set forward by this much, the last time that it was?
    pub(super) fn jumped(&self, far: SignedDuration) -> bool {
        self.jump.is_some_and(|(from, to)| to.duration_since(from) > far)
    }

    /// Why something due at this time was not begun, if the clock is the reason.
    pub(super) fn blame(&self, at: Timestamp) -> Option<Reason> {
        let within = |(from, to): (Timestamp, Timestamp)| from <= at && at <= to;
        if self.in_doubt(at) {
            return Some(Reason::ClockUntrusted);
        }
        self.jump.is_some_and(within).then_some(Reason::ClockJump)
    }

    /// Was the clock not to be trusted at this time?
    pub(super) fn in_doubt(&self, at: Timestamp) -> bool {
        self.doubt.is_some_and(|(from, to)| earlier(from, LONGEST_LEAD) <= at && at <= to)
    }
}

impl Engine {
    /// Can the clock be believed?
    pub(super) fn clock_trusted(&self, now: Now) -> bool {
        self.clock.trust.trusted(now)
    }

    /// A set clock is noticed by holding the two clocks against each other.
    pub(super) fn notice_step(&mut self, now: Now, synchronised: Option<bool>) {
        let expected = self.last.wall_at(now.mono);
        let off = now.wall.duration_since(expected);
        self.clock.trust.notice(now, expected, synchronised);
        self.clock.strayed =
            if self.clock_trusted(now) { SignedDuration::ZERO } else { self.clock.strayed.saturating_add(off) };
        if off > STEP {
            self.clock.jump = Some((expected, now.wall));
        }
        if off < -STEP && self.clock.jump.is_some_and(|(_, to)| to > now.wall) {
            self.clock.jump = None;
        }
        if off.abs() > STEP {
            self.move_along(off);
        }
        self.last = now;
        self.watch_clock(now);
    }

    /// What a person called for waits for no time of day: it keeps its distance from now.
    fn move_along(&mut self, off: SignedDuration) {
        let moved = |at: Timestamp| at.saturating_add(off).unwrap_or(at);
        for live in self.book.values_mut().filter(|live| !live.planned()) {
            (live.due, live.start_by, live.resume_by) = (moved(live.due), moved(live.start_by), moved(live.resume_by));
        }
    }

    /// What the clock would show at this time, for an airing that began while it was believed: such a one ends by the clock
    /// by which it began.
    pub(super) fn believed(&self, live: &Live, at: Timestamp) -> Timestamp {
        let begun = live.planned() && live.sounded();
        if begun { at.saturating_sub(self.clock.strayed).unwrap_or(at) } else { at }
    }

    /// The latest time, as the clock shows it now, at which a track may begin, or be taken up again.
    pub(super) fn limit(&self, live: &Live, n: usize) -> Timestamp {
        let begun = live.planned() && live.sounded();
        let strayed = if begun { self.clock.strayed } else { SignedDuration::ZERO };
        live.limit(n).saturating_add(strayed).unwrap_or(Timestamp::MAX)
    }

    /// Raises the fault, or ends it.
    pub(super) fn watch_clock(&mut self, now: Now) {
        let code = Reason::ClockUntrusted.code();
        let Some(why) = self.clock.trust.why(now) else {
            self.clear(now, code, None);
            if let Some(since) = self.clock.doubted.take() {
                self.trust_again(now, since);
            }
            return;
        };
        self.clock.doubted.get_or_insert(now.mono);
        let words = match why {
            Why::Behind => words::of_clock_behind(),
            Why::Ahead => words::of_clock_ahead(),
        };
        self.raise(now, code, None, words);
    }

    /// What the session before left in doubt is certain now.
    pub(super) fn end_doubt(&mut self, now: Now, last_in_doubt: bool) {
        if last_in_doubt && self.clock_trusted(now) {
            let (at, from) = (self.moment(now), Moment::of(self.horizon, &self.station.zone));
            self.entries.push(Entry::ClockTrusted { at, from });
        }
    }

    /// From now on it can be trusted, as it could not be since then.
    fn trust_again(&mut self, now: Now, since: Mono) {
        let from = now.wall_at(since);
        self.clock.doubt = Some((from, now.wall));
        if std::mem::take(&mut self.clock.unproven) {
            self.since = Moment::of(from, &self.station.zone);
        }
        self.count_from(now);
        self.end_doubt(now, true);
        self.look_ahead(self.horizon);
        self.ask_the_journal();
        self.look_again();
    }

    /// The first trusted moment of all is the first start: nothing was due before.
    pub(super) fn count_from(&mut self, now: Now) {
        if self.horizon < EVER && self.clock_trusted(now) {
            (self.horizon, self.known_from) = (now.wall, now.wall);
        }
    }

    /// What was asked of the journal while the clock was wrong was the wrong question.
    fn ask_the_journal(&mut self) {
        self.books.forget_extent();
        self.order(Command::Learn);
    }

    /// Where the clock was once far ahead, and what it decided then is in the journal, what is still to come is sought
    /// again from now on. What has its row keeps it.
    pub(super) fn mind_the_horizon(&mut self, now: Now) {
        if self.horizon > later(now.wall, MEMORY) && !self.clock.returning {
            self.clock.returning = true;
            self.ask_the_journal();
        }
        if self.was_ahead(now) {
            let until = self.station.zone.to_datetime(self.decided_until());
            self.raise(now, WAS_AHEAD, None, words::of_clock_that_was_ahead(until));
        } else {
            self.clear(now, WAS_AHEAD, None);
        }
    }

    /// Is what comes next decided already?
    pub(super) fn was_ahead(&self, now: Now) -> bool {
        self.decided_until() > later(now.wall, self.lead() + LONGEST_LEAD)
    }

    fn decided_until(&self) -> Timestamp {
        self.horizon.max(self.clock.ahead_until)
    }

    /// The journal has told what is decided.
    pub(super) fn come_back(&mut self, now: Now) {
        // With their times: what lies far ahead is to be remembered until then.
        self.settled.extend(self.books.rows_since(earlier(now.wall, MEMORY)));
        if !std::mem::take(&mut self.clock.returning) || !self.clock_trusted(now) {
            return;
        }
        self.clock.ahead_until = self.clock.ahead_until.max(self.horizon);
        self.known_from = now.wall;
        self.look_ahead(now.wall);
        self.end_doubt(now, true);
        self.look_again();
    }

    /// Does this airing wait until the clock can be trusted? Its players are let go meanwhile.
    pub(super) fn waits_for_the_clock(&mut self, now: Now, live: &mut Live, n: usize) -> bool {
        if self.clock_trusted(now) || !live.planned() || live.sounded() {
            return false;
        }
        match live.tracks[n].phase {
            Phase::Waiting { .. } => true,
            Phase::Cued { at, .. } if at <= now.mono => false,
            Phase::Preparing { run, .. } | Phase::Ready { run, .. } | Phase::Cued { run, .. } => {
                self.dismiss(now, run, &live.tracks[n].output.clone());
                live.tracks[n].phase = Phase::Waiting { retry_at: None };
                true
            }
            Phase::OnAir { .. } | Phase::Stopping { .. } | Phase::Done(_) => false,
        }
    }

    /// A person says that the clock is right.
    pub(super) fn confirm_clock(&mut self, now: Now, ask: AskId, seen: Timestamp, by: String) {
        if now.wall.duration_since(seen).abs() > WATCH {
            let local = self.station.zone.to_datetime(now.wall).strftime("%H:%M %d/%m/%Y").to_string();
            let why = text!(
                "Máy đang là {local}, không khớp với giờ xác nhận. Hãy xem lại đồng hồ tay và lịch; nếu máy sai thì chỉnh giờ máy trước.",
                "The PC shows {local}, which is not the time that was confirmed. Look at a watch and a calendar; if the PC is wrong, set its clock first."
            );
            self.refuse(ask, why);
            return;
        }
        self.clock.trust.confirm(now);
        let at = self.moment(now);
        self.entries.push(Entry::ClockConfirmed { at, by });
        self.order(Command::Answer(ask, Answer::Accepted { airing: None }));
    }

    /// When to look at the clock again.
    pub(super) fn wake_for_the_clock(&self, wake: &mut Wake, now: Now) {
        // Not whether it looks well now: the doubt ends in a step.
        if self.clock.doubted.is_some() {
            wake.wall(now, self.clock.trust.earliest());
            wake.mono(now, self.clock.trust.ask_at(now.mono));
        }
        // It was set since the last step, and nobody has told yet.
        if now.wall.duration_since(self.last.wall_at(now.mono)).abs() > STEP || self.miscued(now) {
            wake.mono(now, now.mono.plus(AT_ONCE));
        }
    }
}
