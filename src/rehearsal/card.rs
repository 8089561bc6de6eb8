//! A player in virtual time, on a sound card that can misbehave in every way that was measured. Pure.

use std::time::Duration;

use crate::model::clip::Library;
use crate::model::outcome::Reason;
use crate::model::playback::{
    Carrying, Delivered, End, FromPlayer, Job, JobItem, Opened, Programme, Progress, Repeat, Route,
};
use crate::model::station::OutputKind;
use crate::model::time::Mono;
use crate::model::units::{Decibel, Hertz};

const RATE: Hertz = Hertz(48_000);
/// How long a probe lasts.
const PROBE: Duration = Duration::from_millis(500);

/// What the sound card does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Card {
    /// What it should.
    #[default]
    Healthy,
    /// It is not there. Files are written all the same.
    Absent,
    /// It is not there, and files that were asked for stand for cards too: they cannot be written.
    Gone,
    /// Swallows everything at once, as ALSA's null device.
    Instant,
    /// Takes nothing any more after this much of a run.
    Hangs(Duration),
    /// Is gone after this much of a run.
    Dies(Duration),
    /// The player's process is killed after this much of a run.
    Killed(Duration),
    /// Says after this much of a run that it is whole.
    EndsEarly(Duration),
    /// A run that begins now carries silence to its end.
    Silent,
    /// Never opens, and never says so.
    Stuck,
    /// Is muted after this much of a run.
    Muted(Duration),
    /// The sound goes to another device after this much of a run. A run that opens then finds it there.
    Elsewhere(Duration),
}

/// What the line to the streams does that are relayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Line {
    /// It carries them.
    #[default]
    Up,
    /// It is down.
    Down,
}

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
    /// How much of that stood in for a stream.
    stood_in: Duration,
    /// Whether it carries sound.
    carries: Carries,
    /// When it opened its device.
    ready: Mono,
    /// Where it last said that its sound goes.
    route: Option<Route>,
    /// How loud each item would be measured, in LUFS.
    loudness: Vec<Option<f64>>,
}

/// Whether a run carries sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carries {
    Sound,
    Silence,
}

/// What a player has open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Device {
    /// A card, which can be unplugged.
    Card,
    /// A file that was asked for.
    File,
    /// A file in the place of a card.
    StandIn,
    /// Nothing.
    Null,
}

pub(super) fn failed(reason: Reason, progress: Option<Progress>) -> FromPlayer {
    FromPlayer::Failed { reason, item: None, trouble: None, detail: String::new(), progress }
}

impl Player {
    pub(super) fn new(job: Job, library: &Library, opens: Mono, lag: Duration) -> Self {
        Self {
            loudness: job.items.iter().map(|item| loudness(item, library)).collect(),
            job,
            sound: None,
            opens,
            lag,
            opened: None,
            begin: None,
            started: None,
            stops: None,
            dies: None,
            played: Duration::ZERO,
            stood_in: Duration::ZERO,
            carries: Carries::Sound,
            ready: opens,
            route: None,
        }
    }

    /// Can what it plays be heard by somebody?
    pub(super) fn audible(&self, card: Card) -> bool {
        let proves = matches!(self.opened, Some(Device::Card | Device::File));
        let sounds = card != Card::Instant && self.carries == Carries::Sound;
        proves && sounds && self.route_now(card) == Route::Right
    }

    /// Where the sound goes.
    fn route_now(&self, card: Card) -> Route {
        match (self.opened, card) {
            (Some(Device::Card), Card::Muted(after)) if self.played >= after => Route::Muted,
            (Some(Device::Card), Card::Elsewhere(after)) if self.played >= after => Route::Elsewhere,
            _ => Route::Right,
        }
    }

    /// Is the process killed by now, by somebody else than the engine?
    pub(super) fn killed(&self, card: Card) -> bool {
        matches!(card, Card::Killed(after) if self.played >= after)
    }

    /// When it will have something to say, if nobody says anything to it.
    pub(super) fn next(&self, card: Card, now: Mono, report: Duration) -> Option<Mono> {
        match self.opened {
            _ if self.dies.is_some() => self.dies,
            None if card == Card::Stuck => None,
            None => Some(self.opens),
            Some(_) if self.job.programme == Programme::Probe => Some(self.ready.plus(PROBE)),
            Some(_) if self.unplugged(card) => Some(now),
            Some(_) => self.next_sound(card, now, report),
        }
    }

    fn next_sound(&self, card: Card, now: Mono, report: Duration) -> Option<Mono> {
        if self.stops.is_some() && self.hung(card) {
            return None;
        }
        let Some(started) = self.started else { return self.stops.or(self.begin) };
        let turn = match card {
            Card::Dies(after) | Card::Killed(after) | Card::EndsEarly(after) => after.min(self.length()),
            Card::Muted(after) | Card::Elsewhere(after) if self.played < after => after.min(self.length()),
            Card::Hangs(after) if after < self.length() => Duration::MAX,
            _ => self.length(),
        };
        Some(started.plus(turn).min(now.plus(report)).min(self.stops.unwrap_or(Mono(Duration::MAX))))
    }

    /// What it says now, if it has anything to say.
    pub(super) fn speak(&mut self, card: Card, line: Line, now: Mono) -> Vec<FromPlayer> {
        if self.opened.is_none() {
            if card == Card::Stuck || now < self.opens {
                return Vec::new();
            }
            self.ready = now;
            let opened = self.open(card);
            return std::iter::once(opened).chain(self.told_route(card, now)).collect();
        }
        if self.job.programme == Programme::Probe && now >= self.ready.plus(PROBE) {
            let progress = self.progress(line, now);
            return vec![FromPlayer::Ended { progress, items: Vec::new(), end: End::Whole, listened: None }];
        }
        if self.unplugged(card) {
            let progress = self.started.map(|_| self.progress(line, now));
            return vec![failed(Reason::DeviceAbsent, progress)];
        }
        if let Some(stops) = self.stops {
            let over = stops <= now && !self.hung(card);
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
        said.extend(self.told_route(card, now));
        said.push(self.account(card, line, now));
        said
    }

    /// Where the sound goes, if that is news.
    fn told_route(&mut self, card: Card, at: Mono) -> Option<FromPlayer> {
        let route = self.route_now(card);
        let news = self.opened == Some(Device::Card) && self.route != Some(route);
        self.route = Some(route);
        news.then(|| FromPlayer::Route { at, route, device: Some("speaker".to_owned()) })
    }

    fn account(&self, card: Card, line: Line, now: Mono) -> FromPlayer {
        let progress = self.progress(line, now);
        if matches!(card, Card::Dies(after) if self.played >= after) {
            failed(Reason::DeviceAbsent, Some(progress))
        } else if self.played >= self.length() || matches!(card, Card::EndsEarly(after) if self.played >= after) {
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

    fn hung(&self, card: Card) -> bool {
        matches!(card, Card::Hangs(after) if self.played >= after)
    }

    fn unplugged(&self, card: Card) -> bool {
        match self.opened {
            Some(Device::Card) => matches!(card, Card::Absent | Card::Gone),
            Some(Device::File) => card == Card::Gone,
            Some(Device::StandIn | Device::Null) | None => false,
        }
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
        let played = match card {
            Card::Instant => self.length(),
            Card::Hangs(after) | Card::Dies(after) | Card::Killed(after) => elapsed.min(after),
            _ => elapsed,
        };
        self.played = played.min(self.length()).max(self.played);
        if self.carrying(line) == Carrying::Fallback {
            self.stood_in += self.played.saturating_sub(before);
        }
    }

    fn carrying(&self, line: Line) -> Carrying {
        match (&self.job.programme, line) {
            (Programme::Relay(_), Line::Down) => Carrying::Fallback,
            _ => Carrying::Programme,
        }
    }

    fn by_item(&self) -> Vec<Duration> {
        if let Programme::Relay(_) = self.job.programme {
            // All that stands in is told of the first clip: the world has no use for more.
            let first = (!self.job.items.is_empty()).then_some(self.stood_in);
            let others = self.job.items.iter().skip(1).map(|_| Duration::ZERO);
            return std::iter::once(self.played.saturating_sub(self.stood_in)).chain(first).chain(others).collect();
        }
        let once: Duration = self.job.items.iter().map(left_of).sum();
        let passes = u32::try_from(self.played.as_nanos() / once.as_nanos().max(1)).unwrap_or(u32::MAX);
        let mut left = self.played.saturating_sub(once * passes);
        let share = |item: &JobItem| {
            let part = left_of(item).min(left);
            left -= part;
            left_of(item) * passes + part
        };
        self.job.items.iter().map(share).collect()
    }

    fn decibel(&self, sounding: f64) -> Decibel {
        Decibel(if self.carries == Carries::Silence { -120.0 } else { sounding })
    }

    fn progress(&self, line: Line, at: Mono) -> Progress {
        let level = self.decibel(-20.0);
        Progress {
            at,
            consumed: RATE.frames_in(self.played),
            rate: RATE,
            played: self.by_item(),
            xruns: 0,
            level,
            carrying: self.carrying(line),
        }
    }

    fn delivered(&self) -> Vec<Delivered> {
        let peak = self.decibel(-6.0);
        let one =
            |(played, loudness)| Delivered { played, loudness, peak, silent: Duration::ZERO, hash: None, fault: None };
        let stream = matches!(self.job.programme, Programme::Relay(_)).then_some(Some(-18.0));
        self.by_item().into_iter().zip(stream.into_iter().chain(self.loudness.iter().copied())).map(one).collect()
    }
}

/// What the loudness meter would show: the file's loudness and the gain. One channel sounds on both sides, with twice
/// the power that was measured in the file.
fn loudness(item: &JobItem, library: &Library) -> Option<f64> {
    let sound = library.clips.get(&item.clip)?.sound.as_ref()?;
    let sides = if sound.channels == 1 { 10.0 * 2.0_f64.log10() } else { 0.0 };
    Some(sound.loudness?.0 + sides + item.gain.0)
}

/// How much of an item this run has to play.
fn left_of(item: &JobItem) -> Duration {
    item.duration.saturating_sub(item.from)
}
