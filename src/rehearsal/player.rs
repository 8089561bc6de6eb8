//! A player in virtual time: opens its device, sounds, says so, and is stopped, killed or lost. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::clip::Library;
use crate::model::id::ClipPath;
use crate::model::outcome::Reason;
use crate::model::playback::{End, FromPlayer, Job, Opened, Programme, Progress, Repeat, Route};
use crate::model::station::OutputKind;
use crate::model::time::Mono;
use crate::rehearsal::account::{self, RATE, left_of};
use crate::rehearsal::card::{Card, Device, Line, Spoilt};

/// How long a probe lasts.
const PROBE: Duration = Duration::from_millis(500);

/// One run: a process that plays a programme on an output.
#[derive(Debug)]
pub(super) struct Player {
    pub(super) job: Job,
    /// Its place in the ear, once it was heard.
    pub(super) sound: Option<usize>,
    /// When its device is open, if it opens.
    pub(super) opens: Mono,
    /// How late its first frame is.
    pub(super) lag: Duration,
    /// It has said what it opened.
    pub(super) opened: Option<Device>,
    pub(super) begin: Option<Mono>,
    pub(super) started: Option<Mono>,
    /// When its fade is over.
    pub(super) stops: Option<Mono>,
    /// It was killed: it is silent, and known to be gone at this time.
    pub(super) dies: Option<Mono>,
    pub(super) played: Duration,
    /// For how long its card took nothing: what was not taken then is not made up for.
    held: Duration,
    /// How much of what was played stood in for a stream.
    pub(super) stood_in: Duration,
    /// Whether it carries sound.
    pub(super) carries: Carries,
    /// Harmless errors so far.
    pub(super) xruns: u64,
    /// By how many millionths the card's clock is too fast.
    crystal: i32,
    /// When it opened its device.
    ready: Mono,
    /// Where it last said that its sound goes.
    route: Option<Route>,
    /// How loud each item would be measured, in LUFS.
    pub(super) loudness: Vec<Option<f64>>,
    /// What has become of each item's file.
    pub(super) spoilt: Vec<Option<Spoilt>>,
    /// Since when its card does what nobody would hear, or not as they should.
    ill: Option<(Illness, Mono)>,
}

/// What a card does that it should not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Illness {
    /// The sound goes elsewhere, or is muted.
    Astray,
    /// It takes nothing, or everything at once, or silence.
    Odd,
}

/// Whether a run carries sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carries {
    Sound,
    Silence,
}

/// When and how a player begins.
pub(super) struct Birth {
    /// Its device is open then.
    pub(super) opens: Mono,
    /// So late is its first frame.
    pub(super) lag: Duration,
    /// So many millionths too fast is its card.
    pub(super) crystal: i32,
}

pub(super) fn failed(reason: Reason, progress: Option<Progress>) -> FromPlayer {
    FromPlayer::Failed { reason, item: None, trouble: None, detail: String::new(), progress }
}

impl Player {
    pub(super) fn new(job: Job, library: &Library, spoilt: &BTreeMap<ClipPath, Spoilt>, birth: &Birth) -> Self {
        Self {
            loudness: job.items.iter().map(|item| account::loudness(item, library)).collect(),
            spoilt: job.items.iter().map(|item| spoilt.get(&item.clip).copied()).collect(),
            job,
            sound: None,
            opens: birth.opens,
            lag: birth.lag,
            opened: None,
            begin: None,
            started: None,
            stops: None,
            dies: None,
            played: Duration::ZERO,
            held: Duration::ZERO,
            stood_in: Duration::ZERO,
            carries: Carries::Sound,
            xruns: 0,
            crystal: birth.crystal,
            ready: birth.opens,
            route: None,
            ill: None,
        }
    }

    /// Can what it plays be heard by somebody?
    pub(super) fn audible(&self, card: Card) -> bool {
        let proves = matches!(self.opened, Some(Device::Card | Device::File));
        let sounds = card != Card::Instant && self.carries == Carries::Sound;
        proves && sounds && card.route(self.opened, self.played) == Route::Right
    }

    /// Since when its card does not do what it should, and would have to be noticed.
    pub(super) fn ill_since(&self, card: Card, now: Mono) -> Option<Mono> {
        let never_opens = self.opened.is_none() && card == Card::Stuck && self.opens <= now;
        if self.dies.is_some() || self.stops.is_some() {
            return None;
        }
        self.ill.map(|(_, since)| since).or(never_opens.then_some(self.opens))
    }

    fn illness(&self, card: Card) -> Option<Illness> {
        let astray = card.route(self.opened, self.played) != Route::Right;
        let sounding = self.started.is_some() && self.opened == Some(Device::Card);
        let odd = card.hangs(self.played) || card == Card::Instant || self.carries == Carries::Silence;
        if astray { Some(Illness::Astray) } else { (sounding && odd).then_some(Illness::Odd) }
    }

    /// When it will have something to say, if nobody says anything to it.
    pub(super) fn next(&self, card: Card, now: Mono, report: Duration) -> Option<Mono> {
        match self.opened {
            _ if self.dies.is_some() => self.dies,
            None if card == Card::Stuck => None,
            None => Some(self.opens),
            Some(_) if self.job.programme == Programme::Probe => Some(self.ready.plus(PROBE)),
            Some(_) if card.unplugged(self.opened) => Some(now),
            Some(_) => self.next_sound(card, now, card.report(report)),
        }
    }

    fn next_sound(&self, card: Card, now: Mono, report: Duration) -> Option<Mono> {
        if self.stops.is_some() && card.hangs(self.played) {
            return None;
        }
        let Some(started) = self.started else { return self.stops.or(self.begin) };
        let turn =
            paced(card.turn(self.played, self.length()), -self.crystal).saturating_add(Duration::from_nanos(999));
        Some(started.plus(self.held).plus(turn).min(now.plus(report)).min(self.stops.unwrap_or(Mono(Duration::MAX))))
    }

    /// What it says now, if it has anything to say.
    pub(super) fn speak(&mut self, card: Card, line: Line, now: Mono) -> Vec<FromPlayer> {
        let said = self.say(card, line, now);
        // What follows another illness at once is noticed by itself.
        self.ill = self.illness(card).map(|what| self.ill.filter(|(before, _)| *before == what).unwrap_or((what, now)));
        said
    }

    fn say(&mut self, card: Card, line: Line, now: Mono) -> Vec<FromPlayer> {
        if self.opened.is_none() {
            return if card == Card::Stuck || now < self.opens { Vec::new() } else { self.say_ready(card, now) };
        }
        if self.job.programme == Programme::Probe && now >= self.ready.plus(PROBE) {
            let progress = self.progress(line, now);
            return vec![FromPlayer::Ended { progress, items: Vec::new(), end: End::Whole, listened: None }];
        }
        if card.unplugged(self.opened) {
            let progress = self.started.map(|_| self.progress(line, now));
            return vec![failed(Reason::DeviceAbsent, progress)];
        }
        if let Some(stops) = self.stops {
            let over = stops <= now && !card.hangs(self.played);
            return if over { self.stop(card, line, now) } else { Vec::new() };
        }
        let Some(begin) = self.begin.filter(|b| *b <= now) else { return Vec::new() };
        let mut said = Vec::new();
        let (at, is_first) = (begin.max(self.ready), self.started.is_none());
        let started = *self.started.get_or_insert(at);
        if is_first {
            self.carries = if card == Card::Silent { Carries::Silence } else { Carries::Sound };
            said.push(FromPlayer::Started { at });
        }
        self.move_on(card, line, now.since(started));
        self.xruns += u64::from(card == Card::Floods);
        said.extend(self.told_route(card, now));
        said.push(self.account(card, line, now));
        said
    }

    fn say_ready(&mut self, card: Card, now: Mono) -> Vec<FromPlayer> {
        self.ready = now;
        let found = self.spoilt.iter().position(|s| matches!(s, Some(Spoilt::Missing | Spoilt::Before)));
        if let Some(n) = found {
            let missing = self.spoilt[n] == Some(Spoilt::Missing);
            let reason = if missing { Reason::ClipMissing } else { Reason::ClipCorrupt };
            let (item, detail) = (Some(n), String::new());
            return vec![FromPlayer::Failed { reason, item, trouble: None, detail, progress: None }];
        }
        let opened = self.open(card);
        std::iter::once(opened).chain(self.told_route(card, now)).collect()
    }

    /// Where the sound goes, if that is news.
    fn told_route(&mut self, card: Card, at: Mono) -> Option<FromPlayer> {
        let route = card.route(self.opened, self.played);
        let news = self.opened == Some(Device::Card) && (self.route != Some(route) || card == Card::Floods);
        self.route = Some(route);
        news.then(|| FromPlayer::Route { at, route, device: Some("speaker".to_owned()) })
    }

    fn account(&self, card: Card, line: Line, now: Mono) -> FromPlayer {
        let progress = self.progress(line, now);
        if card.died(self.played) {
            failed(Reason::DeviceAbsent, Some(progress))
        } else if self.played >= self.length() || card.ends(self.played) {
            FromPlayer::Ended { progress, items: self.delivered(), end: End::Whole, listened: None }
        } else {
            FromPlayer::Progress(progress)
        }
    }

    fn stop(&mut self, card: Card, line: Line, now: Mono) -> Vec<FromPlayer> {
        if let Some(started) = self.started {
            self.move_on(card, line, now.since(started));
        }
        if matches!(card, Card::Dies(_)) {
            return vec![failed(Reason::DeviceAbsent, Some(self.progress(line, now)))];
        }
        let items = self.delivered();
        vec![FromPlayer::Ended { progress: self.progress(line, now), items, end: End::Stopped, listened: None }]
    }

    fn open(&mut self, card: Card) -> FromPlayer {
        let path = self.job.heard.clone();
        let (device, opened) = match (&self.job.output, card) {
            (OutputKind::Null, _) => (Device::Null, Opened::Null),
            (OutputKind::Auto, Card::Absent | Card::Gone) => {
                (Device::StandIn, Opened::StandIn { path, why: "none".to_owned() })
            }
            (OutputKind::Device { .. }, Card::Absent) | (OutputKind::Device { .. } | OutputKind::Wav, Card::Gone) => {
                return failed(Reason::DeviceAbsent, None);
            }
            (OutputKind::Wav, _) => (Device::File, Opened::File { path }),
            (OutputKind::Device { name: Some(name) }, _) => (Device::Card, Opened::Card { name: name.clone() }),
            _ => (Device::Card, Opened::Card { name: "default".to_owned() }),
        };
        self.opened = Some(device);
        FromPlayer::Ready { device: opened, rate: RATE }
    }

    fn length(&self) -> Duration {
        let once: Duration = self.job.items.iter().map(left_of).sum();
        match &self.job.programme {
            Programme::Relay(relay) => relay.length,
            Programme::Probe => Duration::ZERO,
            Programme::Clips { repeat, longest } => {
                let all = match repeat {
                    Repeat::Times(times) => once.saturating_mul(times.get()),
                    Repeat::UntilStopped => Duration::MAX,
                };
                all.min(longest.unwrap_or(Duration::MAX))
            }
        }
    }

    fn move_on(&mut self, card: Card, line: Line, elapsed: Duration) {
        let before = self.played;
        let played = card.taken(paced(elapsed.saturating_sub(self.held), self.crystal), self.length());
        self.played = played.min(self.length()).max(self.played);
        if card.hangs(self.played) {
            self.held = elapsed.saturating_sub(self.played).max(self.held);
        }
        if self.stands_in(line) {
            self.stood_in += self.played.saturating_sub(before);
        }
    }
}

/// A time by a clock that is so many millionths too fast.
fn paced(time: Duration, millionths: i32) -> Duration {
    if millionths == 0 || time > Duration::from_hours(100) {
        return time;
    }
    let nanos = i128::try_from(time.as_nanos()).unwrap_or(i128::MAX);
    let paced = nanos + nanos * i128::from(millionths) / 1_000_000;
    Duration::from_nanos(u64::try_from(paced).unwrap_or(u64::MAX))
}
