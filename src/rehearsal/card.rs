//! A player in virtual time, on a sound card that can misbehave in every way that was measured. Pure.

use std::time::Duration;

use crate::model::clip::Library;
use crate::model::outcome::Reason;
use crate::model::playback::{Carrying, Delivered, End, FromPlayer, Job, JobItem, Opened, Progress};
use crate::model::station::OutputKind;
use crate::model::time::Mono;
use crate::model::units::{Decibel, Hertz};

const RATE: Hertz = Hertz(48_000);

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
    /// Carries silence.
    Silent,
    /// Never opens, and never says so.
    Stuck,
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
    /// How loud each item would be measured, in LUFS.
    loudness: Vec<Option<f64>>,
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
        }
    }

    /// Can what it plays be heard by somebody?
    pub(super) fn audible(&self, card: Card) -> bool {
        let proves = matches!(self.opened, Some(Device::Card | Device::File));
        proves && !matches!(card, Card::Instant | Card::Silent)
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
            Card::Hangs(after) if after < self.length() => Duration::MAX,
            _ => self.length(),
        };
        Some(started.plus(turn).min(now.plus(report)).min(self.stops.unwrap_or(Mono(Duration::MAX))))
    }

    /// What it says now, if it has anything to say.
    pub(super) fn speak(&mut self, card: Card, now: Mono) -> Vec<FromPlayer> {
        if self.opened.is_none() {
            return if card == Card::Stuck || now < self.opens { Vec::new() } else { vec![self.open(card)] };
        }
        if self.unplugged(card) {
            let progress = self.started.map(|_| self.progress(card, now));
            return vec![failed(Reason::DeviceAbsent, progress)];
        }
        if let Some(stops) = self.stops {
            let over = stops <= now && !self.hung(card);
            return if over { self.stop(card, now) } else { Vec::new() };
        }
        let Some(begin) = self.begin.filter(|b| *b <= now) else { return Vec::new() };
        let mut said = Vec::new();
        let started = *self.started.get_or_insert_with(|| {
            said.push(FromPlayer::Started { at: begin });
            begin
        });
        self.move_on(card, now.since(started));
        said.push(self.account(card, now));
        said
    }

    fn account(&self, card: Card, now: Mono) -> FromPlayer {
        let progress = self.progress(card, now);
        if matches!(card, Card::Dies(after) if self.played >= after) {
            failed(Reason::DeviceAbsent, Some(progress))
        } else if self.played >= self.length() || matches!(card, Card::EndsEarly(after) if self.played >= after) {
            FromPlayer::Ended { progress, items: self.delivered(card), end: End::Whole, listened: None }
        } else {
            FromPlayer::Progress(progress)
        }
    }

    fn stop(&mut self, card: Card, now: Mono) -> Vec<FromPlayer> {
        if let Some(started) = self.started {
            self.move_on(card, now.since(started));
        }
        if matches!(card, Card::Dies(_)) {
            return vec![failed(Reason::DeviceAbsent, Some(self.progress(card, now)))];
        }
        let items = self.delivered(card);
        vec![FromPlayer::Ended { progress: self.progress(card, now), items, end: End::Stopped, listened: None }]
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
        self.job.items.iter().map(left_of).sum()
    }

    fn move_on(&mut self, card: Card, elapsed: Duration) {
        let played = match card {
            Card::Instant => self.length(),
            Card::Hangs(after) | Card::Dies(after) | Card::Killed(after) => elapsed.min(after),
            _ => elapsed,
        };
        self.played = played.min(self.length()).max(self.played);
    }

    fn by_item(&self) -> Vec<Duration> {
        let mut left = self.played;
        let share = |item: &JobItem| {
            let part = left_of(item).min(left);
            left -= part;
            part
        };
        self.job.items.iter().map(share).collect()
    }

    fn progress(&self, card: Card, at: Mono) -> Progress {
        let level = Decibel(if card == Card::Silent { -120.0 } else { -20.0 });
        Progress {
            at,
            consumed: RATE.frames_in(self.played),
            rate: RATE,
            played: self.by_item(),
            xruns: 0,
            level,
            carrying: Carrying::Programme,
        }
    }

    fn delivered(&self, card: Card) -> Vec<Delivered> {
        let peak = Decibel(if card == Card::Silent { -120.0 } else { -6.0 });
        let one =
            |(played, loudness)| Delivered { played, loudness, peak, silent: Duration::ZERO, hash: None, fault: None };
        self.by_item().into_iter().zip(self.loudness.iter().copied()).map(one).collect()
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
