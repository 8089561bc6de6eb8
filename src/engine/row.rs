//! The final row of an airing: one outcome from what its outputs did, and the evidence for it. Pure.

use std::time::Duration;

use jiff::Timestamp;

use crate::engine::evidence::{Ending, Evidence, Promise, Proof, TOLERANCE, judge};
use crate::engine::hear::device_name;
use crate::engine::live::{Live, Phase, Show, Track};
use crate::model::airing::{Airing, Confirmation, Confirmed, Item, ItemEvidence, OutputResult, PlannedItem, Role};
use crate::model::id::OutputId;
use crate::model::outcome::{Kind, Outcome, Reason};
use crate::model::playback::{Listened, Opened};
use crate::model::station::{Channel, Station};
use crate::model::time::Moment;
use crate::model::units::{Frames, Seconds};

/// How an output ended, and why not whole.
type Judgement = (Outcome, Option<Reason>);

/// What an output shows that did nothing.
pub(super) fn unused(station: &Station, id: &OutputId, outcome: Outcome, reason: Reason) -> OutputResult {
    let (name, channel) = named(station, id);
    OutputResult {
        output: id.clone(),
        name,
        channel,
        device: None,
        identity: None,
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

/// The row of an airing whose outputs are all done.
pub(super) fn row_of(station: &Station, live: &Live) -> Airing {
    let judged: Vec<Judgement> = live.tracks.iter().map(|t| judgement(station, live, t)).collect();
    let best = judged.iter().max_by_key(|(outcome, _)| outcome.rank()).copied();
    let (outcome, reason) = best.unwrap_or((Outcome::Missed, Some(Reason::DeviceAbsent)));
    let started = live.tracks.iter().filter_map(|t| t.evidence.started_at).min();
    let ended = live.tracks.iter().filter_map(|t| t.evidence.ended_at).max();
    let moment = |at| Moment::of(at, &station.zone);
    let results = live.tracks.iter().zip(&judged);
    let items = (0..live.bill.items.len()).map(|n| item_of(live, n, &judged));
    // What might have stood in for a stream and was not needed is no part of what aired.
    let unneeded = |item: &Item| item.plan.role == Role::Fallback && item.played_s.0 <= 0.0;
    Airing {
        started_at: started.map(moment),
        ended_at: started.and(ended).map(moment),
        start_error_ms: started.map(|at| moment(at).at.as_millisecond() - live.head.planned_at.at.as_millisecond()),
        outcome,
        reason,
        items: items.filter(|item| !unneeded(item)).collect(),
        outputs: results.map(|(track, judged)| result_of(station, live, track, *judged, started)).collect(),
        head: live.head.clone(),
        preempted_by: live.preempted.clone(),
    }
}

fn judgement(station: &Station, live: &Live, track: &Track) -> Judgement {
    let ending = match track.phase {
        Phase::Done(ending) => ending,
        _ => Ending::GivenUp(Reason::Process),
    };
    let promise = Promise { items: &live.bill.items, required: required(station, live, track) };
    // An emergency that was heard whole and is stopped then has done what it was for.
    let played: Duration = track.evidence.played(live.bill.items.len()).iter().sum();
    let stopped = ending == Ending::Stopped(Reason::ByOperator) && live.bill.passes(played) > 0;
    if live.head.kind == Kind::Emergency && stopped {
        let once = Promise { required: live.bill.length(), ..promise };
        return judge(&track.evidence, &once, Ending::Whole);
    }
    judge(&track.evidence, &promise, ending)
}

/// How much must have sounded: of a stream that was joined late what was left of it, of an emergency no more than one
/// may last.
fn required(station: &Station, live: &Live, track: &Track) -> Duration {
    let required = live.bill.required();
    match (&live.bill.show, track.evidence.started_at) {
        (Show::Relay(_), Some(started)) => {
            required.saturating_sub(Duration::try_from(started.duration_since(live.due)).unwrap_or_default())
        }
        _ if live.urgent() => required.min(station.emergency.longest),
        _ => required,
    }
}

fn item_of(live: &Live, n: usize, judged: &[Judgement]) -> Item {
    let plan = live.bill.items[n].clone();
    let of_track = |(track, judged): (&Track, &Judgement)| item_evidence(live, n, track, *judged);
    let best = live.tracks.iter().zip(judged).map(of_track).max_by(|a, b| {
        (a.outcome.rank(), a.played_s.0)
            .partial_cmp(&(b.outcome.rank(), b.played_s.0))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    match best {
        Some(best) => Item {
            plan,
            played_s: best.played_s,
            loudness_lufs: best.loudness_lufs,
            peak_dbtp: best.peak_dbtp,
            outcome: best.outcome,
            reason: best.reason,
        },
        None => Item {
            plan,
            played_s: Seconds::default(),
            loudness_lufs: None,
            peak_dbtp: None,
            outcome: Outcome::Missed,
            reason: Some(Reason::DeviceAbsent),
        },
    }
}

fn item_evidence(live: &Live, n: usize, track: &Track, judged: Judgement) -> ItemEvidence {
    let played = track.evidence.played(live.bill.items.len())[n];
    let (outcome, reason) = item_outcome(played, &live.bill.items[n], &track.evidence, n, judged);
    let delivered = track.evidence.delivered(n);
    ItemEvidence {
        played_s: played.into(),
        loudness_lufs: delivered.and_then(|d| d.loudness).map(tenths),
        peak_dbtp: delivered.filter(|d| !d.played.is_zero()).map(|d| tenths(d.peak.0)),
        silent_s: delivered.map_or(Duration::ZERO, |d| d.silent).into(),
        decoded: delivered.and_then(|d| d.hash.clone()),
        outcome,
        reason,
    }
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// An item may be whole in an airing that is not, and counts towards its topic then.
fn item_outcome(played: Duration, plan: &PlannedItem, evidence: &Evidence, n: usize, judged: Judgement) -> Judgement {
    let (outcome, reason) = judged;
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

fn result_of(
    station: &Station,
    live: &Live,
    track: &Track,
    judged: Judgement,
    first: Option<Timestamp>,
) -> OutputResult {
    let (name, channel) = named(station, &track.output);
    let evidence = &track.evidence;
    let played: Duration = evidence.played(live.bill.items.len()).iter().sum();
    let device = evidence.device.as_ref();
    let (muted, rerouted) = evidence.went_astray();
    let started = evidence.started_at;
    let listen = station.output(&track.output).and_then(|o| o.listen.as_ref());
    OutputResult {
        output: track.output.clone(),
        name,
        channel,
        device: device.map(device_name),
        identity: evidence.identity.clone(),
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
        started_at: started.map(|at| Moment::of(at, &station.zone)),
        skew_ms: started.zip(first).map(|(at, first)| at.as_millisecond() - first.as_millisecond()),
        route: evidence.route(),
        muted_s: muted.into(),
        rerouted_s: rerouted.into(),
        items: (0..live.bill.items.len()).map(|n| item_evidence(live, n, track, judged)).collect(),
        confirmed: evidence.listened.as_ref().zip(listen).map(|(heard, listen)| confirmed(heard, listen.at_least)),
    }
}

fn confirmed(heard: &Listened, at_least: f64) -> Confirmed {
    let verdict = match heard.score {
        Some(score) if score >= at_least => Confirmation::Heard,
        Some(_) => Confirmation::NotHeard,
        None => Confirmation::Unclear,
    };
    Confirmed {
        verdict,
        score: heard.score.map(|score| (score * 1000.0).round() / 1000.0),
        lag_ms: heard.score.and(u64::try_from(heard.lag.as_millis()).ok()),
        level_db: heard.trouble.is_none().then(|| tenths(heard.level.0)),
    }
}
