//! The machine: `step(now, event) → commands`. No clock, no file, no thread, no network. Pure.
//!
//! The engine holds the airings in progress and nothing of the past but what the journal told it at the start. After
//! each step it says when it must be woken next; between two steps nothing happens in it.
//!
//! - `take` brings due occurrences into the book (and settles those that cannot air),
//! - `advance` moves each airing on as time passes: prepare, cue, give up,
//! - `hear` takes what players say,
//! - `books` holds promised against aired, and takes make-goods,
//! - `settle` writes final rows,
//! - `recover` picks up what the last session left open,
//! - `operate` does what persons ask,
//! - `standing` ends the faults whose cause is gone,
//! - `trust` judges the clock, `clock` draws the consequences.

mod advance;
mod approvals;
mod books;
mod clock;
mod emergency;
pub mod event;
pub mod evidence;
mod faults;
mod hear;
mod job;
mod live;
mod operate;
mod preflight;
mod probe;
mod recover;
mod relay;
mod replace;
mod row;
mod settle;
mod standing;
mod status;
mod take;
mod test_before;
mod trust;
mod wake;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use self::advance::HUNG_DISK;
use self::books::Books;
use self::clock::{Clock, NEVER};
pub use self::emergency::Emergency;
pub use self::event::{AskId, Command, Event, Setup, Switch, Ticket, Wish};
use self::faults::{Board, Words};
use self::live::{Intent, Live};
use self::probe::Probes;
pub use self::wake::Wake;
use crate::model::clip::Library;
use crate::model::entry::Entry;
use crate::model::id::{AiringId, OutputId};
use crate::model::occurrence::Occurrence;
use crate::model::operator::Answer;
use crate::model::outcome::Reason;
use crate::model::playback::RunId;
use crate::model::recovery::{History, Open};
use crate::model::seeded::{Bug, seeded};
use crate::model::station::Station;
use crate::model::status::Rejected;
use crate::model::text::Text;
use crate::model::time::{Moment, Mono, Now};

/// The machine. One for each daemon, from its start to its end.
#[derive(Debug)]
pub struct Engine {
    station: Arc<Station>,
    library: Arc<Library>,
    version: String,
    since: Moment,
    loaded_at: Moment,
    rejected: Option<Rejected>,
    clock: Clock,
    /// Why occurrences were lost while no session ran.
    absence: Reason,
    /// Airings in progress, by id; boxed, for each is taken out and put back whenever it is advanced.
    book: BTreeMap<AiringId, Box<Live>>,
    /// Airings that the last session left unbegun, until the library is known.
    left_open: Vec<Open>,
    /// Every occurrence before this is in the book or has its row.
    horizon: Timestamp,
    /// Ids that are in the book or have their row, from a day before the horizon on.
    settled: BTreeMap<AiringId, Timestamp>,
    /// Nothing before this is decided anew; from here on `settled` knows every id.
    known_from: Timestamp,
    /// The occurrence that comes first at or after the horizon.
    upcoming: Option<Occurrence>,
    /// The first of them that no rule forbids.
    promising: Option<Occurrence>,
    history: History,
    board: Board,
    books: Books,
    /// Since when each amplifier is on.
    amplifiers: BTreeMap<OutputId, Mono>,
    /// Runs that were killed or have ended, and their output, until their process is gone.
    leaving: BTreeMap<RunId, (OutputId, Mono)>,
    last: Now,
    next_ticket: Ticket,
    next_run: RunId,
    next_rank: u64,
    /// Batches that are not on the disk yet, and since when they are under way.
    unstored: BTreeMap<Ticket, Mono>,
    /// What idle outputs are being asked.
    probes: Probes,
    /// Test tones to come.
    tones: BTreeSet<(Timestamp, OutputId)>,
    /// When the coming day is looked at next; the earliest time of all: now, as something has changed.
    preflight_at: Timestamp,
    closing: Closing,
    entries: Vec<Entry>,
    commands: Vec<Command>,
}

/// Whether the daemon is going.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    /// It stays.
    No,
    /// Everything is being stopped; at this time it goes, whatever is left.
    Until(Mono),
    /// The last entries are on their way to the disk.
    Flushing(Mono),
    /// It has gone.
    Gone,
}

impl Engine {
    /// Takes up the station where the last session left it. The commands write that session's missing rows first.
    #[must_use]
    pub fn new(now: Now, setup: Setup) -> (Self, Vec<Command>) {
        let at = Moment::of(now.wall, &setup.station.zone);
        let last = setup.recovery.last_session.as_ref();
        let horizon = last.map_or(NEVER, |s| s.cursor);
        let horizon = if seeded(Bug::PassesOverTheOutage) { horizon.max(now.wall) } else { horizon };
        let in_doubt = last.is_some_and(|s| s.in_doubt.is_some());
        let mut engine = Self {
            version: setup.version.clone(),
            since: at,
            loaded_at: at,
            rejected: None,
            clock: Clock::begin(now, last, setup.synchronised),
            absence: recover::absence(last, &setup.boot_id),
            book: BTreeMap::new(),
            left_open: setup.recovery.open,
            horizon,
            settled: setup.recovery.settled.into_iter().map(|id| (id, horizon.max(now.wall))).collect(),
            known_from: horizon,
            upcoming: None,
            promising: None,
            history: setup.recovery.history,
            board: Board::default(),
            books: Books::default(),
            amplifiers: BTreeMap::new(),
            leaving: BTreeMap::new(),
            last: now,
            next_ticket: Ticket(1),
            next_run: RunId(1),
            next_rank: 0,
            unstored: BTreeMap::new(),
            probes: Probes::default(),
            tones: BTreeSet::new(),
            preflight_at: Timestamp::MIN,
            closing: Closing::No,
            entries: Vec::new(),
            commands: Vec::new(),
            station: setup.station,
            library: setup.library,
        };
        engine.begin(now, setup.boot_id, in_doubt);
        let commands = engine.flush();
        (engine, commands)
    }

    /// One thing happened: what is to be done?
    #[must_use]
    pub fn step(&mut self, now: Now, event: Event) -> Vec<Command> {
        let synchronised = match &event {
            Event::Clock { synchronised } => Some(*synchronised),
            _ => None,
        };
        self.notice_step(now, synchronised);
        match event {
            Event::Ledger(rows) => self.learned(now, rows),
            // Who goes decides nothing any more: the next session begins with it.
            Event::Configured(_) if self.closing != Closing::No => {}
            Event::Configured(station) => self.configured(now, &station),
            Event::Rejected(_) if seeded(Bug::RejectionUnshown) => {}
            Event::Rejected(diagnostics) => self.rejected = Some(Rejected { at: self.moment(now), diagnostics }),
            Event::Mended => self.rejected = None,
            Event::Library(library) => {
                let same = self.library.clips == library.clips && self.library.scanned_at.is_some();
                self.library = library;
                // What was read again and is as it was changes nothing.
                if !same {
                    self.books.outdated();
                    self.tie_approvals(now);
                    self.review_faults(now);
                    self.look_again();
                }
            }
            Event::Player { run, said } => self.heard(now, run, said),
            Event::PlayerGone { run, how } => self.player_gone(now, run, &how),
            Event::CardsChanged if seeded(Bug::CardsChangedIgnored) => {}
            Event::CardsChanged => {
                self.probe_all(now);
                self.try_again(now);
            }
            Event::Stored(ticket) => self.stored(now, ticket),
            Event::StoreFailing { .. } if seeded(Bug::DiskFaultUnsaid) => {}
            Event::StoreFailing { reason, detail: _ } => {
                self.raise(now, reason.code(), None, words::of_storage(reason));
            }
            Event::Ask(ask, wish) => self.asked(now, ask, wish),
            Event::Clock { .. } => {}
            Event::Trouble { code, subject, message, remedy } => {
                self.raise(now, code, subject.as_deref(), Words { message, remedy });
            }
            Event::TroubleOver { code, subject } => self.clear(now, code, subject.as_deref()),
            Event::Shutdown => self.close(now),
        }
        self.advance(now);
        self.flush()
    }

    /// What aired before, as far as it decides what airs next.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    fn begin(&mut self, now: Now, boot_id: String, in_doubt: bool) {
        let at = self.moment(now);
        self.amplifiers_off();
        // First of all: what comes behind it in the journal is in doubt too.
        self.watch_clock(now);
        self.count_from(now);
        self.close_interrupted(now);
        self.tie_approvals(now);
        // Not with the look at the coming day alone: that waits until the audio folder is read.
        self.probe_all(now);
        self.advance(now);
        self.entries.push(Entry::SessionStarted {
            at,
            station: self.station.id.clone(),
            version: self.version.clone(),
            boot_id,
            revision: self.station.revision.clone(),
            from: Moment::of(self.horizon, &self.station.zone),
        });
        self.end_doubt(now, in_doubt);
    }

    fn stored(&mut self, now: Now, ticket: Ticket) {
        self.unstored.remove(&ticket);
        for live in
            self.book.values_mut().filter(|l| l.intent == Intent::Pending(ticket) || seeded(Bug::AnyTicketIsDurable))
        {
            live.intent = Intent::Durable;
        }
        // What hangs for others too is not over.
        let oldest = self.unstored.values().next();
        if oldest.is_none_or(|since| now.mono.since(*since) < HUNG_DISK / 2) {
            for reason in [Reason::DiskFull, Reason::StorageFault] {
                self.clear(now, reason.code(), None);
            }
        }
    }

    fn moment(&self, now: Now) -> Moment {
        Moment::of(now.wall, &self.station.zone)
    }

    fn raise(&mut self, now: Now, code: &str, subject: Option<&str>, words: Words) {
        let at = self.moment(now);
        self.entries.extend(self.board.raise(at, code, subject, words));
    }

    fn clear(&mut self, now: Now, code: &str, subject: Option<&str>) {
        // Asked at every step: mostly there is nothing, and a local time is dear.
        if !self.board.stands(code, subject) {
            return;
        }
        let at = self.moment(now);
        self.entries.extend(self.board.clear(at, code, subject));
    }

    fn order(&mut self, command: Command) {
        self.commands.push(command);
    }

    fn refuse(&mut self, ask: AskId, why: Text) {
        self.order(Command::Answer(ask, Answer::Refused { why }));
    }

    /// The batch on which a new airing's intention travels.
    fn pending(&self) -> Intent {
        Intent::Pending(self.next_ticket)
    }

    /// Everything that this step wants written travels together, and before anything else.
    fn flush(&mut self) -> Vec<Command> {
        let mut commands = Vec::with_capacity(self.commands.len() + 1);
        let entries = std::mem::take(&mut self.entries);
        if !entries.is_empty() {
            self.clock.trust.wrote(self.last);
            let ticket = self.next_ticket;
            self.next_ticket = Ticket(ticket.0 + 1);
            self.unstored.insert(ticket, self.last.mono);
            commands.push(Command::Store(ticket, entries));
        }
        commands.append(&mut self.commands);
        commands
    }
}
