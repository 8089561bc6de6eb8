//! What the samples prove: accounts of the runs of one airing on one output, and the judgement over them. Pure.
//!
//! The rule (invariant I5): `aired` only if the device consumed what was planned, less 50 ms, at 0.98–1.02 of real
//! time, with no more than 5 s of gaps, and what was delivered was not silence. "The player finished" proves nothing:
//! a null device swallows a 20 s clip in less than one, a hung one never ends.
//!
//! The pace is asked of every stretch, not of the whole alone: what was swallowed does not become sound because the
//! device stood still as long before.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::airing::{PlannedItem, Role};
use crate::model::outcome::{Outcome, Reason};
use crate::model::playback::{Carrying, Delivered, Listened, Opened, Progress, Route};
use crate::model::seeded::{Bug, seeded};
use crate::model::time::Mono;
use crate::model::units::{Decibel, Frames, Hertz};

/// How much may be missing from a whole airing.
pub const TOLERANCE: Duration = Duration::from_millis(50);
/// How long all gaps together may last in a whole airing.
pub const GAPS: Duration = Duration::from_secs(5);
/// How long nothing may move before the device counts as stalled.
pub const STALL: Duration = Duration::from_secs(2);
/// How long silence may last on air before it is shown (peers.md: 5 s at −50 dBFS).
pub const QUIET: Duration = Duration::from_secs(5);
/// Slack for buffers in judging the pace of a short run.
const PACE_SLACK: f64 = 0.5;
/// The fastest that a device may be.
const FASTEST: f64 = 1.02;
/// By how much an account may be late, and the next one not: more than the buffers of any card, and than what a busy PC
/// needs to write one.
const JITTER: f64 = 0.25;

/// Who can have heard an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Proof {
    /// A device, or a file chosen on purpose.
    #[default]
    Device,
    /// A file in the place of a device, or nothing at all.
    Nobody,
}

/// How a run, or an airing on an output, came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself.
    Whole,
    /// Somebody or something of a higher priority ended it.
    Stopped(Reason),
    /// It could not begin or go on.
    GivenUp(Reason),
}

/// The run that is open at present.
#[derive(Debug, Clone)]
struct Part {
    started: Mono,
    last: Option<Progress>,
    moved: Mono,
    quiet_since: Option<Mono>,
    /// Seconds by which the device is ahead of the fastest that is possible: since it was least so, and the most of that.
    ahead: f64,
    rush: f64,
}

/// All that is known of one airing on one output.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The device as it was last opened.
    pub device: Option<Opened>,
    /// When the first frame left, by the wall clock.
    pub started_at: Option<Timestamp>,
    /// When the last frame left, by the wall clock.
    pub ended_at: Option<Timestamp>,
    /// Rate of the device.
    pub rate: Option<Hertz>,
    /// How often the device was opened afresh.
    pub reopened: u32,
    /// The reason of the first loss.
    pub loss: Option<Reason>,
    /// Gaps between the runs.
    pub gap: Duration,
    /// Nobody, if any run was heard by nobody.
    proof: Proof,
    part: Option<Part>,
    earlier: Vec<Duration>,
    earlier_frames: u64,
    earlier_xruns: u64,
    /// How long what runs consumed lasts, with the silence of a stream that was lost, and how long they took for it.
    consumed: Duration,
    sounded: Duration,
    /// Seconds that runs were shorter than what they consumed can have sounded, and the most in any stretch.
    swallowed: f64,
    rush: f64,
    /// For how long lost runs delivered nothing but silence in the end.
    hushed: Duration,
    lost_at: Option<Mono>,
    delivered: Vec<Option<Delivered>>,
    /// The device as the sound server or the card itself names it.
    pub identity: Option<String>,
    /// Where the sound goes, and since when that is known.
    route: Option<(Mono, Route)>,
    muted: Duration,
    rerouted: Duration,
    /// Why somebody may have heard less than the device consumed: it was muted, or another one.
    astray: Option<Reason>,
    /// What the capture device heard of the last run.
    pub listened: Option<Listened>,
}

impl Evidence {
    /// The device is open.
    pub fn opened(&mut self, device: Opened, rate: Hertz) {
        self.device = Some(device);
        self.rate = Some(rate);
    }

    /// Was a device ever open?
    pub(super) fn has_device(&self) -> bool {
        self.device.is_some()
    }

    /// Where the sound of the open device goes.
    pub fn routed(&mut self, at: Mono, route: Route, device: Option<String>) {
        self.count_route(at);
        self.route = Some((at, route));
        self.identity = device.or(self.identity.take());
        if self.part.is_some() {
            self.astray = self.astray.or(astray(route));
        }
    }

    /// Where the sound goes, as far as it can be asked.
    #[must_use]
    pub fn route(&self) -> Option<Route> {
        self.route.map(|(_, route)| route)
    }

    /// For how long the device was found muted, and the sound elsewhere, while it played.
    #[must_use]
    pub fn went_astray(&self) -> (Duration, Duration) {
        (self.muted, self.rerouted)
    }

    /// Counts the time since the route was found, or the run began, until `now`.
    fn count_route(&mut self, now: Mono) {
        let (Some((since, route)), Some(part)) = (self.route, &self.part) else { return };
        let time = now.since(since.max(part.started));
        match route {
            Route::Muted => self.muted += time,
            Route::Elsewhere => self.rerouted += time,
            Route::Right | Route::Unknown => {}
        }
        self.route = Some((now, route));
    }

    /// The first frame of a run has left. Returns whether it is the first of the airing.
    pub fn started(&mut self, at: Mono, wall: Timestamp) -> bool {
        if let Some(lost) = self.lost_at.take() {
            self.gap += at.since(lost);
        }
        if let Some(Opened::StandIn { .. } | Opened::Null) = self.device {
            self.proof = Proof::Nobody;
        }
        self.part = Some(Part { started: at, last: None, moved: at, quiet_since: None, ahead: 0.0, rush: 0.0 });
        self.astray = self.astray.or(self.route().and_then(astray));
        let first = self.started_at.is_none();
        if first {
            self.started_at = Some(wall);
        }
        first
    }

    /// An account of the device.
    pub fn progress(&mut self, progress: Progress) {
        let Some(part) = &mut self.part else { return };
        let before = part.last.as_ref().map_or(0, |p| p.consumed.0);
        if progress.consumed.0 > before {
            part.moved = progress.at;
        }
        part.quiet_since = match (progress.level.0 < Decibel::SILENCE.0, part.quiet_since) {
            (true, since) => since.or(Some(progress.at)),
            (false, _) => None,
        };
        let (since, had) =
            part.last.as_ref().map_or((part.started, Duration::ZERO), |p| (p.at, p.consumed.lasting(p.rate)));
        let gained = progress.consumed.lasting(progress.rate).saturating_sub(had).as_secs_f64();
        part.ahead = (part.ahead + gained - progress.at.since(since).as_secs_f64() * FASTEST).max(0.0);
        part.rush = part.rush.max(part.ahead);
        part.last = Some(progress);
    }

    /// Has nothing moved for too long?
    #[must_use]
    pub fn stalled(&self, now: Mono) -> bool {
        self.stall_at().is_some_and(|at| at <= now) && !seeded(Bug::StallUnnoticed)
    }

    /// When the run will count as stalled, if nothing moves until then.
    #[must_use]
    pub fn stall_at(&self) -> Option<Mono> {
        self.part.as_ref().map(|p| p.moved.plus(STALL))
    }

    /// Has only silence been delivered for too long?
    #[must_use]
    pub fn quiet(&self, now: Mono) -> bool {
        self.part.as_ref().and_then(|p| p.quiet_since).is_some_and(|since| now.since(since) >= QUIET)
    }

    /// Does the device swallow samples faster than time passes?
    #[must_use]
    pub fn swallows(&self) -> bool {
        self.part.as_ref().and_then(|p| p.last.as_ref().map(|last| (p.started, last))).is_some_and(|(started, last)| {
            let media = last.consumed.lasting(last.rate).as_secs_f64();
            media > last.at.since(started).as_secs_f64() * FASTEST + PACE_SLACK && !seeded(Bug::SwallowingBelieved)
        })
    }

    /// The run is over; what it reached is kept. `lost` says when and why, if it did not end by itself: before the first
    /// frame of all nothing was lost of what sounds.
    pub fn closed(&mut self, delivered: Vec<Delivered>, lost: Option<(Mono, Reason)>) {
        if let Some(at) = self.part.as_ref().map(|p| lost.map_or(p.moved, |(at, _)| at)) {
            self.count_route(at);
        }
        // Of the next run nothing is known yet.
        self.route = self.route.filter(|_| lost.is_none());
        if let Some(part) = self.part.take() {
            if let Some(last) = &part.last {
                self.keep(last, &part);
                // A run that was lost gives no account of what it delivered.
                let quiet = part.quiet_since.filter(|_| lost.is_some());
                self.hushed += quiet.map_or(Duration::ZERO, |since| last.at.since(since));
            }
            if let Some((at, reason)) = lost {
                self.loss = self.loss.or(Some(reason));
                self.lost_at = Some(at.min(part.moved));
            }
        } else if let Some((_, reason)) = lost.filter(|_| self.started_at.is_some()) {
            self.loss = self.loss.or(Some(reason));
        }
        if self.delivered.len() < delivered.len() {
            self.delivered.resize(delivered.len(), None);
        }
        for (mine, new) in self.delivered.iter_mut().zip(delivered) {
            let heard_nothing = new.played.is_zero() && new.fault.is_none();
            match mine {
                Some(_) if heard_nothing => {}
                Some(before) => before.join(new),
                None => *mine = Some(new),
            }
        }
    }

    /// What sounds at present.
    #[must_use]
    pub fn carrying(&self) -> Option<Carrying> {
        self.part.as_ref().and_then(|p| p.last.as_ref()).map(|last| last.carrying)
    }

    fn keep(&mut self, last: &Progress, part: &Part) {
        if self.earlier.len() < last.played.len() {
            self.earlier.resize(last.played.len(), Duration::ZERO);
        }
        for (sum, played) in self.earlier.iter_mut().zip(&last.played) {
            *sum += *played;
        }
        self.earlier_frames += last.consumed.0;
        self.earlier_xruns += last.xruns;
        let sounded = part.moved.since(part.started);
        self.sounded += sounded;
        let consumed = last.consumed.lasting(last.rate);
        self.consumed += consumed;
        self.swallowed += (consumed.as_secs_f64() - sounded.as_secs_f64() * FASTEST).max(0.0);
        self.rush = self.rush.max(part.rush);
        self.rate = Some(last.rate);
    }

    /// How much of each of `count` items the device consumed, over all runs.
    #[must_use]
    pub fn played(&self, count: usize) -> Vec<Duration> {
        let current = self.part.as_ref().and_then(|p| p.last.as_ref());
        (0..count)
            .map(|n| {
                let earlier = self.earlier.get(n).copied().unwrap_or_default();
                earlier + current.and_then(|p| p.played.get(n).copied()).unwrap_or_default()
            })
            .collect()
    }

    /// Frames consumed, over all runs.
    #[must_use]
    pub fn frames(&self) -> Frames {
        let current = self.part.as_ref().and_then(|p| p.last.as_ref()).map_or(0, |p| p.consumed.0);
        Frames(self.earlier_frames + current)
    }

    /// Buffer underruns, over all runs.
    #[must_use]
    pub fn xruns(&self) -> u64 {
        self.earlier_xruns + self.part.as_ref().and_then(|p| p.last.as_ref()).map_or(0, |p| p.xruns)
    }

    /// What was delivered of item `n`, if its run came to an account.
    #[must_use]
    pub fn delivered(&self, n: usize) -> Option<&Delivered> {
        self.delivered.get(n).and_then(Option::as_ref)
    }

    /// Media time over monotonic time, over all closed runs; nothing where nothing sounded.
    #[must_use]
    pub fn pace(&self) -> Option<f64> {
        let media = self.consumed.as_secs_f64();
        let real = self.sounded.as_secs_f64();
        (media > 0.0 && real > 0.0).then(|| media / real)
    }

    /// Who can have heard it.
    #[must_use]
    pub fn proof(&self) -> Proof {
        self.proof
    }

    /// Never faster than sound can be, and on the whole not slower. A stream goes out in bursts, as servers take it.
    fn plausible(&self) -> bool {
        let media = self.consumed.as_secs_f64();
        let real = self.sounded.as_secs_f64();
        let in_bursts = matches!(self.device, Some(Opened::Stream { .. }));
        let (slack, jitter) = if in_bursts { (PACE_SLACK, f64::MAX) } else { (TOLERANCE.as_secs_f64(), JITTER) };
        let slow = real - media > (real * 0.02).max(PACE_SLACK.min(media * 0.5));
        !slow && self.swallowed <= slack && self.rush <= jitter
    }

    /// Was all of it silence, or one of its clips from beginning to end? No clip of the library is.
    fn silent(&self, items: &[PlannedItem]) -> bool {
        let each = self.delivered.iter().zip(items).filter_map(|(d, item)| d.as_ref().map(|d| (d, item)));
        let sounding: Vec<(&Delivered, &PlannedItem)> = each.filter(|(d, _)| !d.played.is_zero()).collect();
        let is_silent = |d: &Delivered| d.peak.0 < Decibel::SILENCE.0;
        let whole = |d: &Delivered, item: &PlannedItem| d.played + TOLERANCE >= item.planned_s.duration();
        let all = !sounding.is_empty() && sounding.iter().all(|(d, _)| is_silent(d));
        all || sounding.iter().any(|(d, item)| is_silent(d) && whole(d, item))
    }
}

/// Why a route proves nothing.
fn astray(route: Route) -> Option<Reason> {
    match route {
        Route::Muted => Some(Reason::DeviceMuted),
        Route::Elsewhere => Some(Reason::DeviceRerouted),
        Route::Right | Route::Unknown => None,
    }
}

/// The judgement over an airing on one output.
#[must_use]
pub fn judge(evidence: &Evidence, promise: &Promise<'_>, ending: Ending) -> (Outcome, Option<Reason>) {
    if evidence.started_at.is_none() {
        return match ending {
            Ending::Stopped(reason) => (Outcome::Cancelled, Some(reason)),
            // A rule's refusal at the time of a late start is that rule's decision, not a failure.
            Ending::GivenUp(reason @ (Reason::QuietHours | Reason::DayLimit | Reason::Disabled)) => {
                (Outcome::Skipped, Some(reason))
            }
            Ending::GivenUp(reason) => (Outcome::Missed, Some(reason)),
            Ending::Whole => (Outcome::Unproven, Some(Reason::DeviceStalled)),
        };
    }
    if let Some(reason) = evidence.astray.filter(|_| !seeded(Bug::RouteBelieved)) {
        return (Outcome::Unproven, Some(reason));
    }
    if ending == Ending::GivenUp(Reason::DeviceImplausible) {
        return (Outcome::Unproven, Some(Reason::DeviceImplausible));
    }
    if let Ending::Stopped(reason) | Ending::GivenUp(reason) = ending {
        return (in_part(evidence, promise), Some(reason));
    }
    judge_whole(evidence, promise)
}

/// What is heard of an airing that began and is not whole. Of a stream that never came, with nothing to stand in for it,
/// nothing is: the device took silence.
fn in_part(evidence: &Evidence, promise: &Promise<'_>) -> Outcome {
    let nothing = evidence.played(promise.items.len()).iter().all(Duration::is_zero);
    if nothing { Outcome::Unproven } else { Outcome::Partial }
}

/// What an airing promised.
#[derive(Debug, Clone, Copy)]
pub struct Promise<'a> {
    /// Its items.
    pub items: &'a [PlannedItem],
    /// How much of them must have sounded in all.
    pub required: Duration,
}

fn judge_whole(evidence: &Evidence, promise: &Promise<'_>) -> (Outcome, Option<Reason>) {
    if evidence.proof() == Proof::Nobody && !seeded(Bug::StandInProves) {
        return (Outcome::Unproven, Some(Reason::DeviceAbsent));
    }
    if !evidence.plausible() && !seeded(Bug::SwallowingBelieved) {
        return (Outcome::Unproven, Some(Reason::DeviceImplausible));
    }
    let hushed = evidence.hushed > TOLERANCE + promise.required / 50;
    if (hushed || evidence.silent(promise.items)) && !seeded(Bug::SilenceBelieved) {
        return (Outcome::Unproven, Some(Reason::Silent));
    }
    if let Some(fault) =
        evidence.delivered.iter().flatten().find_map(|d| d.fault).filter(|_| !seeded(Bug::SpoiltIsWhole))
    {
        return (Outcome::Partial, Some(fault));
    }
    let each = evidence.played(promise.items.len());
    let played: Duration = each.iter().sum();
    let short = played + TOLERANCE < promise.required && !seeded(Bug::ShortIsWhole);
    if short || evidence.gap > GAPS && !seeded(Bug::GapsAreFine) {
        let of_stream = promise.items.first().is_some_and(|item| item.role == Role::Relay);
        let reason = evidence.loss.unwrap_or(if of_stream { Reason::RelayLost } else { Reason::ClipShort });
        return (in_part(evidence, promise), Some(reason));
    }
    let stood_in = promise.items.iter().zip(&each).filter(|(item, _)| item.role == Role::Fallback);
    if stood_in.map(|(_, played)| *played).sum::<Duration>() > TOLERANCE {
        return (Outcome::Partial, Some(Reason::RelayLost));
    }
    (Outcome::Aired, None)
}
