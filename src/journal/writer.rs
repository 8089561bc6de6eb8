//! One thread owns the writing connection: batches in, acknowledgements out, nothing lost in between. Effects.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use super::ballast::{Ballast, Held};
use super::copy::{Copy, Level};
use super::lock::Lock;
use super::mend::{self, Mend, Mender};
use super::store::{Appended, Store};
use super::words::{self, Notice};
use crate::model::entry::Entry;
use crate::model::id::AiringId;
use crate::model::text::Text;

/// The first wait before a batch is tried again; doubled each time up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Entries stored as one transaction. Only years of absence make longer batches: their rows are stored in their order,
/// and a start that is cut short goes on behind the last that is there.
const PART: usize = 1_000;

/// Between two steps of a second copy that is far behind: the disk is others' too.
const BREATH: Duration = Duration::from_millis(10);
/// How soon a second copy that could not be written is tried again, and a ballast for which there was no room.
const TROUBLE_WAIT: Duration = Duration::from_secs(3);

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// The number under which it was handed in.
    pub ticket: u64,
    /// What became of it.
    pub result: AckResult,
}

/// What became of a batch. `Failing` is said once for each change of cause, of the batch that stands first; every
/// batch is `Stored` in the end, in the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AckResult {
    /// On the disk.
    Stored {
        /// Number of the journal's last entry.
        last_seq: u64,
        /// Airings that had their final row already: the second one was left out, the rest of the batch was stored.
        refused: Vec<AiringId>,
    },
    /// Not yet: it is kept and tried again.
    Failing {
        /// Why.
        error: StoreError,
    },
}

/// Why a batch could not be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room.
    #[error("the disk is full")]
    DiskFull,
    /// The disk's or the database's words.
    #[error("{0}")]
    Other(String),
}

/// The writing thread is no more (it cannot end by itself but by a bug): end the process, recovery is designed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the journal's writing thread has ended")]
pub struct WriterGone;

/// Not everything was stored in the time given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the journal could not be written before the end")]
pub struct Unflushed;

/// Appends to the journal. Dropped without [`Writer::close`], it stores what it was given if the disk lets it at once.
#[derive(Debug)]
pub struct Writer {
    inbox: Sender<Message>,
}

pub(super) enum Message {
    Store { ticket: u64, entries: Vec<Entry> },
    Listen(Listener),
    Mend(Mend, Text),
    Close { done: Sender<()> },
    Abandon,
}

/// Whoever is told what is wrong beside the batches.
type Listener = Box<dyn Fn(Notice) + Send>;

impl Writer {
    pub(super) fn spawn(
        store: Store,
        copy: Copy,
        ballast: Ballast,
        files: Arc<AtomicU64>,
        lock: Lock,
        acks: Box<dyn Fn(Ack) + Send>,
    ) -> io::Result<Self> {
        let (inbox, messages) = channel();
        std::thread::Builder::new().name("journal".to_owned()).spawn(move || {
            let mut thread = Thread {
                store,
                copy,
                ballast,
                files,
                acks,
                messages,
                waiting: VecDeque::new(),
                told: None,
                copy_told: None,
                ballast_told: Held::Yes,
                listener: None,
                ending: Ending::NotYet,
            };
            let flushed = thread.run();
            let ending = std::mem::replace(&mut thread.ending, Ending::Dropped);
            // The journal is closed and the lock is free before anybody is told so.
            drop((thread, lock));
            if let (Ending::Asked(done), Flushed::Yes) = (ending, flushed)
                && done.send(()).is_err()
            {
                tracing::debug!("journal closed after nobody waited any more");
            }
        })?;
        Ok(Self { inbox })
    }

    /// Hands in a batch, in order; never blocks. One [`AckResult::Stored`] with this `ticket` follows when it is on
    /// the disk. Batches wait in memory while the disk refuses.
    ///
    /// # Errors
    /// The writing thread has ended.
    pub fn store(&self, ticket: u64, entries: Vec<Entry>) -> Result<(), WriterGone> {
        self.inbox.send(Message::Store { ticket, entries }).map_err(|_| WriterGone)
    }

    /// Has `listener` told what is wrong with the files beside the journal, now and whenever that changes. It is called on the
    /// writing thread: it must not block.
    ///
    /// # Errors
    /// The writing thread has ended.
    pub fn listen(&self, listener: Box<dyn Fn(Notice) + Send>) -> Result<(), WriterGone> {
        self.inbox.send(Message::Listen(listener)).map_err(|_| WriterGone)
    }

    /// For whoever looks the journal over.
    #[must_use]
    pub fn mender(&self) -> Mender {
        Mender(self.inbox.clone())
    }

    /// Stores what is waiting, closes the journal and frees the lock; waits for that up to `timeout`.
    ///
    /// # Errors
    /// Something is still waiting, and is given up.
    pub fn close(self, timeout: Duration) -> Result<(), Unflushed> {
        let (done, closed) = channel();
        self.inbox.send(Message::Close { done }).map_err(|_| Unflushed)?;
        closed.recv_timeout(timeout).map_err(|_| {
            if self.inbox.send(Message::Abandon).is_err() {
                tracing::error!("the journal's writing thread ended with work undone");
            }
            Unflushed
        })
    }
}

struct Thread {
    store: Store,
    copy: Copy,
    ballast: Ballast,
    files: Arc<AtomicU64>,
    acks: Box<dyn Fn(Ack) + Send>,
    messages: Receiver<Message>,
    waiting: VecDeque<Batch>,
    /// The failure that was reported last; nothing while all is well.
    told: Option<StoreError>,
    /// What is wrong with the second copy; nothing while all is well.
    copy_told: Option<String>,
    /// Whether the ballast is there, as far as it was told.
    ballast_told: Held,
    listener: Option<Listener>,
    ending: Ending,
}

/// What was handed in, and how much of it is stored.
struct Batch {
    ticket: u64,
    entries: Vec<Entry>,
    stored: usize,
    refused: Vec<AiringId>,
}

enum Ending {
    NotYet,
    /// Store what waits, then end.
    Asked(Sender<()>),
    /// Nobody is left to hand anything in: end, at the first failure if need be.
    Dropped,
    /// End at once.
    Abandoned,
}

enum Flushed {
    Yes,
    No,
}

impl Thread {
    fn run(&mut self) -> Flushed {
        let mut wait = FIRST_WAIT;
        loop {
            match (&self.ending, self.waiting.pop_front()) {
                (Ending::NotYet, None) => self.rest(),
                (_, None) => {
                    // Mostly the last lines; whatever is left of a long copy follows after the next start.
                    self.follow();
                    return Flushed::Yes;
                }
                (Ending::Abandoned, Some(_)) => return Flushed::No,
                (_, Some(mut batch)) => {
                    let stored = self.attempt(&mut batch);
                    if stored.is_none_or(|last_seq| !self.acknowledge(&mut batch, last_seq)) {
                        self.waiting.push_front(batch);
                    }
                    if stored.is_some() {
                        wait = FIRST_WAIT;
                        self.accept_all();
                        continue;
                    }
                    if matches!(self.ending, Ending::Dropped) {
                        return Flushed::No;
                    }
                    // What is stored already must not stand in one file alone for as long as this takes.
                    self.follow();
                    self.pause(wait);
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    /// Everything is stored: the second copy follows, the ballast is made again, and work is waited for.
    fn rest(&mut self) {
        match (self.follow(), self.keep_ballast()) {
            (Some(Level::Behind), _) => self.pause(BREATH),
            (Some(Level::Even), Held::Yes) => match self.messages.recv() {
                Ok(message) => self.accept(message),
                Err(_) => self.ending = Ending::Dropped,
            },
            (None, _) | (_, Held::No) => self.pause(TROUBLE_WAIT),
        }
    }

    fn keep_ballast(&mut self) -> Held {
        let held = self.ballast.keep();
        if held != self.ballast_told {
            tracing::warn!(?held, "ballast");
            self.ballast_told = held;
            self.say(words::ballast(held));
        }
        held
    }

    /// Writes some of what the second copy lacks; nothing if it cannot be written. Tells what changed.
    fn follow(&mut self) -> Option<Level> {
        let (level, trouble) = match self.copy.follow(&self.store) {
            Ok(level) => (Some(level), None),
            Err(error) => (None, Some(error.to_string())),
        };
        if trouble != self.copy_told {
            if let Some(detail) = &trouble {
                tracing::error!(detail, "the second copy cannot be written; trying again");
            } else {
                tracing::info!("the second copy can be written again");
            }
            self.copy_told = trouble;
            self.say(words::copy_failing(self.copy_told.as_deref()));
        }
        level
    }

    fn say(&self, notice: Notice) {
        if let Some(listener) = &self.listener {
            listener(notice);
        }
    }

    /// Puts another file in the place of a damaged one, between two batches.
    fn mend(&mut self, what: &Mend, cause: Text) {
        let mended = match what {
            Mend::Journal(draft) => {
                mend::put_in_place(&mut self.store, &mut self.copy, draft).map_err(|e| e.to_string())
            }
            Mend::Copy => self.copy.renew().map_err(|e| e.to_string()),
        };
        self.files.fetch_add(1, Ordering::AcqRel);
        match mended {
            Ok(()) => {
                tracing::warn!(?what, "mended: {}", cause.en);
                self.say(Notice::Replaced { cause });
            }
            Err(error) => tracing::error!(?what, error, "it cannot be mended"),
        }
    }

    /// Waits a while; anything handed in meanwhile is reason enough to go on at once.
    fn pause(&mut self, wait: Duration) {
        match self.messages.recv_timeout(wait) {
            Ok(message) => self.accept(message),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => self.ending = Ending::Dropped,
        }
    }

    /// Takes in what was said meanwhile: a long batch must not keep anybody from ending.
    fn accept_all(&mut self) {
        while let Ok(message) = self.messages.try_recv() {
            self.accept(message);
        }
    }

    fn accept(&mut self, message: Message) {
        match message {
            Message::Store { ticket, entries } => {
                self.waiting.push_back(Batch { ticket, entries, stored: 0, refused: Vec::new() });
            }
            Message::Listen(listener) => {
                self.listener = Some(listener);
                if self.copy_told.is_some() {
                    self.say(words::copy_failing(self.copy_told.as_deref()));
                }
                if self.ballast_told == Held::No {
                    self.say(words::ballast(Held::No));
                }
            }
            Message::Mend(what, cause) => self.mend(&what, cause),
            Message::Close { done } => self.ending = Ending::Asked(done),
            Message::Abandon => self.ending = Ending::Abandoned,
        }
    }

    /// Appends a batch. If there is no room for it, there is once the ballast is given back.
    fn append(&mut self, entries: &[Entry]) -> Result<Appended, StoreError> {
        match self.store.append(entries) {
            Err(StoreError::DiskFull) if self.ballast.release() => {
                tracing::error!("the disk is full: the ballast is given back");
                self.store.reopen()?;
                self.store.append(entries)
            }
            result => result,
        }
    }

    /// Tries to store the next part of a batch and reports what changed; the journal's last number if it is stored.
    fn attempt(&mut self, batch: &mut Batch) -> Option<u64> {
        let reopened = if self.told.is_some() { self.store.reopen() } else { Ok(()) };
        let end = batch.entries.len().min(batch.stored + PART);
        match reopened.and_then(|()| self.append(&batch.entries[batch.stored..end])) {
            Ok(appended) => {
                if self.told.take().is_some() {
                    tracing::info!("the journal can be written again");
                }
                for id in &appended.refused {
                    tracing::error!(%id, "second final row of an airing refused");
                }
                batch.stored = end;
                batch.refused.extend(appended.refused);
                Some(appended.tip.seq)
            }
            Err(error) => {
                if self.told.as_ref() != Some(&error) {
                    tracing::error!(%error, "the journal cannot be written; trying again");
                    (self.acks)(Ack { ticket: batch.ticket, result: AckResult::Failing { error: error.clone() } });
                    self.told = Some(error);
                }
                None
            }
        }
    }

    /// Acknowledges a batch of which everything is stored; says whether that is so.
    fn acknowledge(&self, batch: &mut Batch, last_seq: u64) -> bool {
        let whole = batch.stored == batch.entries.len();
        if whole {
            let refused = std::mem::take(&mut batch.refused);
            (self.acks)(Ack { ticket: batch.ticket, result: AckResult::Stored { last_seq, refused } });
        }
        whole
    }
}
