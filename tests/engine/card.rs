//! A player in virtual time, on a sound card that can misbehave in every way that was measured.

use std::time::Duration;

use loaphuong::model::outcome::Reason;
use loaphuong::model::playback::{Delivered, End, FromPlayer, Job, Opened, Progress};
use loaphuong::model::station::OutputKind;
use loaphuong::model::time::Mono;
use loaphuong::model::units::{Decibel, Hertz};

const RATE: Hertz = Hertz(48_000);

/// What the sound card does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Card {
    Healthy,
    Absent,
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

pub(crate) struct Player {
    pub(crate) job: Job,
    pub(crate) sound: Option<usize>,
    /// It writes a file because there is no card.
    pub(crate) stands_in: bool,
    pub(crate) ready: bool,
    pub(crate) begin: Option<Mono>,
    pub(crate) started: Option<Mono>,
    pub(crate) stopping: bool,
    pub(crate) played: Duration,
}

pub(crate) fn failed(reason: Reason, progress: Option<Progress>) -> FromPlayer {
    FromPlayer::Failed { reason, item: None, detail: String::new(), progress }
}

impl Player {
    /// Does it do anything before its time has come?
    pub(crate) fn busy(&self, now: Mono) -> bool {
        !self.ready || self.stopping || self.begin.is_some_and(|b| b <= now)
    }

    pub(crate) fn slice(&mut self, card: Card, now: Mono) -> Vec<FromPlayer> {
        if !self.ready {
            if card == Card::Stuck {
                return Vec::new();
            }
            self.ready = true;
            self.stands_in = self.job.output == OutputKind::Auto && card == Card::Absent;
            return vec![self.open(card)];
        }
        let hung = matches!(card, Card::Hangs(after) if self.played >= after);
        let dead = card == Card::Absent || matches!(card, Card::Dies(_));
        if self.stopping && hung {
            return Vec::new();
        }
        if self.stopping && dead && matches!(self.job.output, OutputKind::Device { .. }) {
            return vec![failed(Reason::DeviceAbsent, Some(self.progress(card, now)))];
        }
        if self.stopping {
            let items = self.delivered(card);
            return vec![FromPlayer::Ended { progress: self.progress(card, now), items, end: End::Stopped }];
        }
        let Some(begin) = self.begin.filter(|b| *b <= now) else { return Vec::new() };
        let mut said = Vec::new();
        if self.started.is_none() {
            self.started = Some(begin);
            said.push(FromPlayer::Started { at: begin });
        }
        let unplugged = card == Card::Absent && matches!(self.job.output, OutputKind::Device { .. });
        if !unplugged {
            self.move_on(card, now.since(begin));
        }
        if unplugged || matches!(card, Card::Dies(after) if self.played >= after) {
            let progress = Some(self.progress(card, now));
            said.push(failed(Reason::DeviceAbsent, progress));
        } else if self.played >= self.length() || matches!(card, Card::EndsEarly(after) if self.played >= after) {
            let items = self.delivered(card);
            said.push(FromPlayer::Ended { progress: self.progress(card, now), items, end: End::Whole });
        } else {
            said.push(FromPlayer::Progress(self.progress(card, now)));
        }
        said
    }

    fn open(&self, card: Card) -> FromPlayer {
        let device = match (&self.job.output, card) {
            (OutputKind::Null, _) => Opened::Null,
            (OutputKind::Wav, _) => Opened::File { path: self.job.heard.clone() },
            (OutputKind::Auto, Card::Absent) => Opened::StandIn { path: self.job.heard.clone(), why: "none".into() },
            (OutputKind::Device { .. }, Card::Absent) => {
                return failed(Reason::DeviceAbsent, None);
            }
            _ => Opened::Card { name: "default".into() },
        };
        FromPlayer::Ready { device, rate: RATE }
    }

    fn length(&self) -> Duration {
        self.job.items.iter().map(|i| i.duration.saturating_sub(i.from)).sum()
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
        let share = |item: &loaphuong::model::playback::JobItem| {
            let part = item.duration.saturating_sub(item.from).min(left);
            left -= part;
            part
        };
        self.job.items.iter().map(share).collect()
    }

    fn progress(&self, card: Card, at: Mono) -> Progress {
        let level = Decibel(if card == Card::Silent { -120.0 } else { -20.0 });
        Progress { at, consumed: RATE.frames_in(self.played), rate: RATE, played: self.by_item(), xruns: 0, level }
    }

    fn delivered(&self, card: Card) -> Vec<Delivered> {
        let peak = Decibel(if card == Card::Silent { -120.0 } else { -6.0 });
        let one = |played| Delivered { played, loudness: Some(-16.04), peak, fault: None };
        self.by_item().into_iter().map(one).collect()
    }
}
