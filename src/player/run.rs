//! One run of the player: wires decoder, feed and output, obeys the core and tells it what the device did. Effects.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use super::feed::{self, Account, Desk, Feed, Orders, Supply};
use super::listen::Ear;
use super::meter::Meter;
use super::output::{self, Output};
use super::programme::{Marks, Source, Word};
use super::route::{Found, Way};
use super::wire::{Heard, Voice};
use super::{Failure, RATE, now};
use crate::model::outcome::Reason;
use crate::model::playback::{End, FromPlayer, Job, Programme, Progress, ToPlayer, Urgency};
use crate::model::time::Mono;
use crate::model::units::Frames;

/// How often the account is looked at.
const TICK: Duration = Duration::from_millis(20);
/// How often progress is told.
const PROGRESS: Duration = Duration::from_millis(100);
/// Opening a device takes milliseconds; after this it hangs.
const OPENING: Duration = Duration::from_secs(10);
/// After a stop, the fade and the device's buffer are through long before this.
const DRAIN: Duration = Duration::from_secs(3);
/// How the sound ends when the core is gone: nobody is left to account for it.
const ORPHAN_FADE: Duration = Duration::from_millis(100);
const ORPHAN_DRAIN: Duration = Duration::from_millis(500);
/// In a hurry the device takes nothing until there is something to play and the order to play it, so that its first buffer
/// has sound in it; a core that keeps its order back longer than this gets silence first.
const ORDER: Duration = Duration::from_millis(100);
/// How long a probe listens to the device taking silence.
const PROBE: Duration = Duration::from_millis(500);
/// What is in a hurry comes before all else that the PC does, if the system permits it.
const FIRST: i32 = -10;
/// A file that takes longer than this to be held against its hash, after its last frame has left, stays unproven.
const VERIFY: Duration = Duration::from_secs(3);

/// What a run waits for.
pub(super) enum Event {
    /// From the core.
    Core(Heard),
    /// From the decoding thread.
    Decoder(Word),
    /// From the thread that opens the output.
    Opened(Result<Box<dyn Output>, Failure>),
    /// From the thread that asks where the sound goes.
    Route(Found),
}

/// The state of a run.
struct Run {
    voice: Voice,
    desk: Arc<Desk>,
    marks: Arc<Marks>,
    meter: Meter,
    output: Option<Box<dyn Output>>,
    way: Way,
    ear: Option<Ear>,
    /// Since when nothing of ours keeps the output from taking samples.
    opening: Option<Mono>,
    /// Since when the beginning is decoded.
    primed: Option<Mono>,
    /// Whether all is decoded and known of every item.
    known: Said,
    /// Since when a probe has had its device.
    probed: Option<Mono>,
    probe: bool,
    ready: Said,
    started: Said,
    orders: Orders,
    /// When progress is due next, and what was consumed when it was last told.
    next_progress: Mono,
    told: u64,
    /// By when a stopped run must have drained.
    deadline: Option<Mono>,
    orphan: bool,
}

/// Whether something was said already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Not,
    Yes,
}

/// How a run ends.
enum Last {
    Ended(Progress, End),
    Failed(Failure),
    /// Nobody is there to tell.
    Orphaned,
}

/// Plays the job and says so; gives the exit code. Never waits for a device.
pub(super) fn run(job: Job, voice: Voice, tell: &Sender<Event>, events: &Receiver<Event>) -> ExitCode {
    let items = job.items.len() + usize::from(matches!(job.programme, Programme::Relay(_)));
    let (desk, supply, marks) = (Arc::new(Desk::default()), Arc::new(Supply::default()), Arc::new(Marks::new(items)));
    let (feed, ring, tap) = feed::feed(Arc::clone(&desk), Arc::clone(&supply));
    let probe = matches!(job.programme, Programme::Probe);
    let hurry = job.urgency == Urgency::AtOnce && !probe;
    let mut run = Run {
        meter: Meter::new(tap, items),
        output: None,
        way: Way::new(&job, tell),
        ear: job.listen.as_ref().map(Ear::open),
        opening: None,
        primed: probe.then(now),
        known: Said::Not,
        probed: None,
        ready: Said::Not,
        started: Said::Not,
        orders: Orders::default(),
        next_progress: Mono(Duration::ZERO),
        told: 0,
        deadline: None,
        orphan: false,
        probe,
        voice,
        desk,
        marks: Arc::clone(&marks),
    };
    run.meter.sent = run.ear.is_some().then(Ear::sent);
    if hurry {
        // This thread, and whatever it starts. Refused, it is as quick as the rest of the PC lets it be.
        rustix::process::setpriority_process(None, FIRST).unwrap_or_default();
    } else {
        run.let_go(now());
    }
    let last = match begin_threads(job, feed, Source { ring, supply, marks, desk: Arc::clone(&run.desk) }, tell) {
        Ok(()) => run.turn(events),
        Err(error) => Last::Failed(Failure::device(Reason::Process, error.to_string())),
    };
    run.leave(last)
}

/// Two threads that nobody waits for: a device that hangs while it is opened, a disk that hangs while it is read.
fn begin_threads(job: Job, feed: Feed, source: Source, tell: &Sender<Event>) -> io::Result<()> {
    let (programme, decoder, opener) = (job.clone(), tell.clone(), tell.clone());
    // A run that is over listens no longer; there is nothing to do about it.
    let say = move |word| decoder.send(Event::Decoder(word)).unwrap_or(());
    let dead = say.clone();
    let decode = move || {
        let work = AssertUnwindSafe(|| source.work(&programme, say));
        if catch_unwind(work).is_err() {
            dead(Word::Failed(Failure::device(Reason::Process, "the decoder panicked")));
        }
    };
    thread::Builder::new().name("decoder".to_owned()).spawn(decode)?;
    let open = move || opener.send(Event::Opened(output::open(&job, feed))).unwrap_or(());
    thread::Builder::new().name("opener".to_owned()).spawn(open)?;
    Ok(())
}

impl Run {
    /// Until the run is over.
    fn turn(&mut self, events: &Receiver<Event>) -> Last {
        loop {
            let last = match events.recv_timeout(TICK) {
                Ok(event) => self.hear(event),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => Some(Last::Orphaned),
            };
            if let Some(last) = last.or_else(|| self.look(now())) {
                return last;
            }
        }
    }

    fn hear(&mut self, event: Event) -> Option<Last> {
        match event {
            Event::Core(Heard::Said(ToPlayer::Begin { at })) => {
                self.orders.begin = Some(at);
                self.give_orders();
            }
            Event::Core(Heard::Said(ToPlayer::Stop { fade })) => return self.stop(fade, DRAIN),
            Event::Core(Heard::Gone) => {
                self.orphan = true;
                return self.stop(ORPHAN_FADE, ORPHAN_DRAIN);
            }
            Event::Core(Heard::Said(ToPlayer::Prepare(_))) => eprintln!("one job a process: the second is ignored"),
            Event::Core(Heard::Nonsense(error)) => eprintln!("not a message: {error}"),
            Event::Decoder(Word::Primed) => {
                self.primed = Some(now());
                self.give_orders();
            }
            Event::Decoder(Word::Over) => self.known = Said::Yes,
            Event::Decoder(Word::Failed(failure)) | Event::Opened(Err(failure)) => return Some(Last::Failed(failure)),
            Event::Opened(Ok(output)) => {
                self.way.open(&*output);
                self.output = Some(output);
            }
            Event::Route(found) => match self.way.hear(found) {
                Ok(route) => self.voice.say(route),
                Err(failure) => return Some(Last::Failed(failure)),
            },
        }
        None
    }

    /// A core in a hurry says `Begin` before the beginning is decoded; the feed hears of it when it is.
    fn give_orders(&self) {
        let begin = self.orders.begin.filter(|_| self.primed.is_some());
        self.desk.order(Orders { begin, ..self.orders });
    }

    /// The output may take samples.
    fn let_go(&mut self, now: Mono) {
        if !self.orders.go {
            self.opening = Some(now);
            self.orders.go = true;
            self.give_orders();
        }
    }

    fn stop(&mut self, fade: Duration, drain: Duration) -> Option<Last> {
        self.orders.stop = self.orders.stop.or(Some(fade));
        self.give_orders();
        let deadline = now().plus(fade).plus(drain);
        self.deadline = Some(self.deadline.map_or(deadline, |before| before.min(deadline)));
        let account = self.desk.account();
        // No device has asked for samples yet: there is nothing to fade and nothing to drain.
        account.at.is_none().then(|| Last::Ended(self.progress(&account, now()), End::Stopped))
    }

    /// Looks at what the device has done since, tells it, and finds out whether the run is over.
    fn look(&mut self, now: Mono) -> Option<Last> {
        let account = self.desk.account();
        self.measure(&account);
        let in_order = |primed| self.orders.begin.is_some() || now.since(primed) > ORDER;
        if self.primed.is_some_and(in_order) {
            self.let_go(now);
        }
        let Some(output) = &self.output else {
            let failure = || Failure::device(Reason::DeviceStalled, "the device has not opened in ten seconds");
            return self.opening.is_some_and(|since| now.since(since) > OPENING).then(|| Last::Failed(failure()));
        };
        if let Some(failure) = output.trouble(&account, now) {
            return Some(Last::Failed(failure));
        }
        if self.ready == Said::Not && self.primed.is_some() && account.at.is_some() && self.way.is_clear(&account, now)
        {
            self.ready = Said::Yes;
            self.voice.say(FromPlayer::Ready { device: output.opened(), rate: RATE });
        }
        if let (Said::Yes, Said::Not, Some(at)) = (self.ready, self.started, account.started) {
            self.started = Said::Yes;
            self.voice.say(FromPlayer::Started { at });
        }
        if let Some((at, end)) = self.over(&account, now) {
            return Some(Last::Ended(self.progress(&account, at), end));
        }
        self.tell_progress(&account, now);
        let drained = || Failure::device(Reason::DeviceStalled, "the device does not drain");
        self.deadline.is_some_and(|deadline| now > deadline).then(|| Last::Failed(drained()))
    }

    /// When and how it came to its end: the last frame has left, and all is known of what was played.
    fn over(&mut self, account: &Account, now: Mono) -> Option<(Mono, End)> {
        if self.probe {
            let since = *self.probed.get_or_insert(account.at?);
            let over = self.ready == Said::Yes && now.since(since) >= PROBE;
            return over.then_some((now, End::Whole));
        }
        let known = |at| self.known == Said::Yes || now.since(at) > VERIFY;
        account.over.filter(|(at, end)| *end == End::Stopped || known(*at))
    }

    fn measure(&mut self, account: &Account) {
        let mut marks = self.marks.all();
        self.meter.read(&marks);
        // Both have passed it.
        marks.forget(account.consumed.min(self.meter.seen));
    }

    /// Ten times a second from the programme's time on, and also when nothing moves.
    fn tell_progress(&mut self, account: &Account, now: Mono) {
        let on_air = self.orders.begin.is_some_and(|begin| begin <= now) && !self.probe;
        if self.ready == Said::Not || !on_air || now < self.next_progress {
            return;
        }
        self.next_progress =
            if now.since(self.next_progress) < PROGRESS { self.next_progress } else { now }.plus(PROGRESS);
        // What stands still is as true now as it was when the device last asked.
        let at = account.at.filter(|_| account.consumed > self.told).unwrap_or(now);
        self.told = account.consumed;
        self.voice.say(FromPlayer::Progress(self.progress(account, at)));
    }

    fn progress(&self, account: &Account, at: Mono) -> Progress {
        let marks = self.marks.all();
        Progress {
            at,
            consumed: Frames(account.consumed),
            rate: RATE,
            played: marks.played(account.consumed),
            xruns: account.starved + self.output.as_ref().map_or(0, |output| output.xruns()),
            level: self.meter.level(),
            carrying: marks.carrying(account.consumed),
        }
    }

    /// Says the last words and goes.
    ///
    /// The output is forgotten, not dropped: dropping a cpal stream joins its thread, and that thread may hang in a dead
    /// sound server for ever. The end of the process closes the device.
    fn leave(mut self, last: Last) -> ExitCode {
        let account = self.desk.account();
        let finished = self.output.as_mut().map_or(Ok(()), |output| output.finish());
        std::mem::forget(self.output.take());
        let last = match (last, finished) {
            (Last::Ended(..), Err(failure)) => Last::Failed(failure),
            (last, _) => last,
        };
        self.measure(&account);
        let (code, words) = match last {
            _ if self.orphan => (ExitCode::FAILURE, None),
            Last::Orphaned => (ExitCode::FAILURE, None),
            Last::Ended(progress, end) => {
                let items = self.meter.delivered(&self.marks.all(), account.consumed);
                let heard = |(ear, sent): (&Ear, _)| ear.heard(sent, account.started);
                let listened = self.ear.as_ref().zip(self.meter.sent.as_ref()).map(heard);
                (ExitCode::SUCCESS, Some(FromPlayer::Ended { progress, items, end, listened }))
            }
            Last::Failed(Failure { reason, item, trouble, detail }) => {
                let progress = account.started.map(|_| self.progress(&account, account.at.unwrap_or_else(now)));
                (ExitCode::FAILURE, Some(FromPlayer::Failed { reason, item, trouble, detail, progress }))
            }
        };
        if let Some(words) = words {
            self.voice.say(words);
        }
        self.voice.finish();
        code
    }
}
