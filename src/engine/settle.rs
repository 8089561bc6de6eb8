//! The final row of an airing: one outcome from what its outputs did. Pure.

use std::time::Duration;

use crate::engine::Engine;
use crate::engine::evidence::{Ending, Evidence, Proof, TOLERANCE, judge};
use crate::engine::hear::device_name;
use crate::engine::live::{Live, Phase, Track};
use crate::model::airing::{Airing, Head, Item, OutputResult, PlannedItem};
use crate::model::entry::Entry;
use crate::model::id::OutputId;
use crate::model::outcome::{Kind, Outcome, Reason};
use crate::model::playback::Opened;
use crate::model::station::{Channel, Commune, Station};
use crate::model::time::{Moment, Now};
use crate::model::units::{Frames, Seconds};

impl Engine {
    /// An airing is over: its row goes to the journal, its clips into the history.
    pub(super) fn settle(&mut self, now: Now, live: &Live) {
        let airing = row_of(&self.station, live);
        self.remember(&airing);
        self.entries.push(Entry::Final { at: self.moment(now), airing: Box::new(airing) });
    }

    /// What a row means for the choice of clips and the day's limits: the same as the journal tells after a restart.
    pub(super) fn remember(&mut self, airing: &Airing) {
        self.books.enter(airing);
        if airing.head.kind != Kind::Trial {
            let at = airing.started_at.unwrap_or(airing.head.planned_at).at;
            let whole = airing.items.iter().filter(|i| i.outcome == Outcome::Aired);
            self.history.last_aired.extend(whole.map(|i| (i.plan.clip.clone(), at)));
        }
        if airing.started_at.is_some() && airing.head.kind.by_schedule() {
            let day = (airing.head.commune.clone(), airing.head.planned_at.local().date());
            let usage = self.history.usage.entry(day).or_default();
            usage.airings += 1;
            usage.seconds += airing.outputs.iter().map(|o| o.played_s.0).fold(0.0, f64::max);
        }
    }

    /// An occurrence that never came to an attempt.
    pub(super) fn settle_unaired(&mut self, now: Now, head: Head, commune: &Commune, outcome: Outcome, reason: Reason) {
        let outputs = commune.outputs.iter().map(|id| unused(&self.station, id, outcome, reason)).collect();
        let airing = Airing {
            head,
            started_at: None,
            ended_at: None,
            start_error_ms: None,
            outcome,
            reason: Some(reason),
            items: Vec::new(),
            outputs,
            preempted_by: None,
        };
        self.books.enter(&airing);
        self.entries.push(Entry::Final { at: self.moment(now), airing: Box::new(airing) });
    }
}

/// What an output shows that did nothing.
pub(super) fn unused(station: &Station, id: &OutputId, outcome: Outcome, reason: Reason) -> OutputResult {
    let (name, channel) = named(station, id);
    OutputResult {
        output: id.clone(),
        name,
        channel,
        device: None,
        outcome,
        reason: Some(reason),
        played_s: Seconds::default(),
        frames: Frames(0),
        rate: None,
        pace: None,
        xruns: 0,
        reopened: 0,
        gap_s: Seconds::default(),
        heard: None,
        identity: None,
        started_at: None,
        skew_ms: None,
        route: None,
        muted_s: Seconds::default(),
        rerouted_s: Seconds::default(),
        items: Vec::new(),
        confirmed: None,
    }
}

fn named(station: &Station, id: &OutputId) -> (String, Channel) {
    station.output(id).map_or_else(|| (id.to_string(), Channel::Commune), |o| (o.name.clone(), o.channel))
}

fn row_of(station: &Station, live: &Live) -> Airing {
    let judged: Vec<(Outcome, Option<Reason>)> = live.tracks.iter().map(|t| judgement(t, &live.items)).collect();
    let best = judged.iter().max_by_key(|(outcome, _)| outcome.rank()).copied();
    let (outcome, reason) = best.unwrap_or((Outcome::Missed, Some(Reason::DeviceAbsent)));
    let started = live.tracks.iter().filter_map(|t| t.evidence.started_at).min();
    let ended = live.tracks.iter().filter_map(|t| t.evidence.ended_at).max();
    let moment = |at| Moment::of(at, &station.zone);
    let results = live.tracks.iter().zip(&judged);
    Airing {
        started_at: started.map(moment),
        ended_at: started.and(ended).map(moment),
        start_error_ms: started.map(|at| moment(at).at.as_millisecond() - live.head.planned_at.at.as_millisecond()),
        outcome,
        reason,
        items: (0..live.items.len()).map(|n| item_of(live, n, &judged)).collect(),
        outputs: results.map(|(track, judged)| result_of(station, live, track, *judged)).collect(),
        head: live.head.clone(),
        preempted_by: None,
    }
}

fn judgement(track: &Track, items: &[PlannedItem]) -> (Outcome, Option<Reason>) {
    match track.phase {
        Phase::Done(ending) => judge(&track.evidence, items, ending),
        _ => judge(&track.evidence, items, Ending::GivenUp(Reason::Process)),
    }
}

fn item_of(live: &Live, n: usize, judged: &[(Outcome, Option<Reason>)]) -> Item {
    let plan = live.items[n].clone();
    let of_track = |(track, (outcome, reason)): (&Track, &(Outcome, Option<Reason>))| {
        let played = track.evidence.played(live.items.len())[n];
        let (outcome, reason) = item_outcome(played, &plan, &track.evidence, n, *outcome, *reason);
        let loudness = track.evidence.delivered(n).and_then(|d| d.loudness);
        (outcome.rank(), played, outcome, reason, loudness)
    };
    let best = live.tracks.iter().zip(judged).map(of_track).max_by_key(|(rank, played, ..)| (*rank, *played));
    let (_, played, outcome, reason, loudness) =
        best.unwrap_or((0, Duration::ZERO, Outcome::Missed, Some(Reason::DeviceAbsent), None));
    Item {
        plan,
        played_s: played.into(),
        loudness_lufs: loudness.map(|l| (l * 10.0).round() / 10.0),
        peak_dbtp: None,
        outcome,
        reason,
    }
}

/// An item may be whole in an airing that is not, and counts towards its topic then.
fn item_outcome(
    played: Duration,
    plan: &PlannedItem,
    evidence: &Evidence,
    n: usize,
    outcome: Outcome,
    reason: Option<Reason>,
) -> (Outcome, Option<Reason>) {
    let whole = !played.is_zero() && played + TOLERANCE >= plan.planned_s.duration();
    let fault = evidence.delivered(n).and_then(|d| d.fault);
    match (outcome, fault) {
        (Outcome::Unproven, _) => (Outcome::Unproven, reason),
        (_, Some(fault)) if !played.is_zero() => (Outcome::Partial, Some(fault)),
        _ if whole && evidence.proof() == Proof::Nobody => (Outcome::Unproven, Some(Reason::DeviceAbsent)),
        _ if whole => (Outcome::Aired, None),
        _ if !played.is_zero() => (Outcome::Partial, reason.or(Some(Reason::ClipShort))),
        (Outcome::Cancelled | Outcome::Skipped, _) => (outcome, reason),
        _ => (Outcome::Missed, reason),
    }
}

fn result_of(station: &Station, live: &Live, track: &Track, judged: (Outcome, Option<Reason>)) -> OutputResult {
    let (name, channel) = named(station, &track.output);
    let evidence = &track.evidence;
    let played: Duration = evidence.played(live.items.len()).iter().sum();
    let device = evidence.device.as_ref();
    OutputResult {
        output: track.output.clone(),
        name,
        channel,
        device: device.map(device_name),
        outcome: judged.0,
        reason: judged.1,
        played_s: played.into(),
        frames: evidence.frames(),
        rate: evidence.rate,
        pace: evidence.pace().map(|p| (p * 10_000.0).round() / 10_000.0),
        xruns: evidence.xruns(),
        reopened: evidence.reopened,
        gap_s: evidence.gap.into(),
        heard: device.and_then(|d| match d {
            Opened::File { .. } | Opened::StandIn { .. } => Some(device_name(d)),
            Opened::Card { .. } | Opened::Null | Opened::Stream { .. } => None,
        }),
        identity: None,
        started_at: evidence.started_at.map(|at| Moment::of(at, &station.zone)),
        skew_ms: None,
        route: None,
        muted_s: Seconds::default(),
        rerouted_s: Seconds::default(),
        items: Vec::new(),
        confirmed: None,
    }
}
