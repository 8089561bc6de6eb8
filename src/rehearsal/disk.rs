//! The journal's disk: batches on their way to it, what has come there, what a crash lost. Pure.

use std::collections::VecDeque;
use std::ops::Range;

use crate::engine::Ticket;
use crate::model::entry::Entry;
use crate::model::outcome::Reason;
use crate::model::time::Mono;
use crate::rehearsal::memory::Memory;

/// Does the disk write?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Writing {
    /// It does.
    #[default]
    Works,
    /// It takes everything and finishes nothing.
    Hangs,
    /// It refuses, and says why: full, or broken.
    Refuses(Reason),
}

/// What the engine ordered to be written down.
#[derive(Debug, Default)]
pub struct Disk {
    /// Does it write?
    pub writing: Writing,
    /// In the order of the orders, those on their way included; without what [`Disk::take`] took.
    pub entries: Vec<Entry>,
    /// Entries that never came to the disk.
    pub lost: Vec<Entry>,
    /// How many were taken.
    taken: usize,
    underway: VecDeque<Batch>,
    /// Why it refuses, once it was said.
    told: Option<Reason>,
    memory: Memory,
}

#[derive(Debug)]
struct Batch {
    ticket: Ticket,
    /// Numbers of its entries, from 0.
    numbers: Range<usize>,
    /// When it is on the disk.
    due: Mono,
}

impl Disk {
    /// How many entries were ordered to be written, and not lost.
    #[must_use]
    pub fn ordered(&self) -> usize {
        self.taken + self.entries.len()
    }

    /// How many of them are on the disk.
    #[must_use]
    pub fn durable(&self) -> usize {
        self.underway.front().map_or(self.ordered(), |batch| batch.numbers.start)
    }

    /// How many batches are on their way.
    #[must_use]
    pub fn underway(&self) -> usize {
        self.underway.len()
    }

    /// Why it refuses what is on its way, as it has said.
    #[must_use]
    pub fn said(&self) -> Option<Reason> {
        self.told
    }

    /// What a session that starts now would read.
    #[must_use]
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Takes out the entries that are on the disk, in the order of the journal: who runs for years needs not keep them.
    pub fn take(&mut self) -> Vec<Entry> {
        let durable = self.durable() - self.taken;
        self.taken += durable;
        self.entries.drain(..durable).collect()
    }

    /// A batch sets out, and is there at `due`.
    pub(super) fn store(&mut self, ticket: Ticket, entries: Vec<Entry>, due: Mono) {
        let begin = self.ordered();
        self.entries.extend(entries);
        self.underway.push_back(Batch { ticket, numbers: begin..self.ordered(), due });
    }

    /// When the next batch is on the disk, or is refused.
    pub(super) fn next(&self) -> Option<Mono> {
        let says = match self.writing {
            Writing::Works => true,
            Writing::Hangs => false,
            Writing::Refuses(why) => self.told != Some(why),
        };
        self.underway.front().filter(|_| says).map(|batch| batch.due)
    }

    /// Why it refuses the batch that is due now, if that is news.
    pub(super) fn refused(&mut self, now: Mono) -> Option<Reason> {
        let Writing::Refuses(why) = self.writing else { return None };
        let news = self.next().is_some_and(|due| due <= now);
        news.then(|| *self.told.insert(why))
    }

    /// The next batch that has come to the disk by now.
    pub(super) fn written(&mut self, now: Mono) -> Option<Ticket> {
        let came = self.writing == Writing::Works && self.next().is_some_and(|due| due <= now);
        came.then(|| self.write_first()).flatten()
    }

    /// The program or the PC is gone: of the batches on their way the first `kept` came to the disk.
    pub(super) fn crash(&mut self, kept: usize) {
        for _ in 0..kept.min(self.underway.len()) {
            self.write_first();
        }
        let durable = self.durable() - self.taken;
        self.lost.extend(self.entries.drain(durable..));
        self.underway.clear();
        self.told = None;
    }

    /// All that is on its way comes to the disk.
    pub(super) fn flush(&mut self) {
        while self.write_first().is_some() {}
    }

    fn write_first(&mut self) -> Option<Ticket> {
        let batch = self.underway.pop_front()?;
        self.told = None;
        for number in batch.numbers {
            if let Some(entry) = self.entries.get(number - self.taken) {
                self.memory.add(entry);
            }
        }
        Some(batch.ticket)
    }
}
