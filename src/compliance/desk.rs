//! One quota being made good: what is replaced next, at which of its times, until nothing is lacking. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use super::forecast::{Drawn, Simulation};
use super::make_good::{Plan, PlannedMakeGood};
use super::pick::{self, Wish};
use super::place::{Obstacle, Place, free, places};
use super::tally::{Book, Page, has};
use super::{Facts, Underway};
use crate::model::id::AiringId;
use crate::model::ledger::LedgerRow;
use crate::model::outcome::Kind;
use crate::model::quota::{MakeGood, Share};
use crate::model::recovery::History;

/// Lost airings that no make-good of the quota replaces yet, the oldest first.
pub(super) fn lost<'a>(facts: &Facts, book: &Book, page: &Page<'a>) -> Vec<&'a LedgerRow> {
    let concerns = |row: &LedgerRow| row.channels.iter().any(|(channel, _)| *channel == book.quota.channel);
    let rows = page.not_counted.iter().map(|(row, _)| *row).filter(|row| row.kind.by_schedule() && concerns(row));
    let replaced = replaced(facts, book, page);
    rows.filter(|row| !replaced.contains(&row.id)).collect()
}

/// What the quota's make-goods replace that count or are under way.
fn replaced<'r>(facts: &Facts<'r>, book: &'r Book, page: &Page<'r>) -> BTreeSet<&'r AiringId> {
    let counted = page.counted.iter().filter_map(|row| row.makes_good.as_ref());
    let counted = counted.filter(|(quota, _)| *quota == book.quota.id).filter_map(|(_, lost)| lost.as_ref());
    counted.chain(taken(facts, book).filter_map(|airing| airing.makes_good_for.as_ref())).collect()
}

/// The quota's make-goods that are under way.
fn taken<'r>(facts: &Facts<'r>, book: &'r Book) -> impl Iterator<Item = &'r Underway> {
    let (commune, quota) = (&book.commune.id, &book.quota.id);
    facts.underway.iter().filter(move |airing| airing.commune == *commune && airing.quota.as_ref() == Some(quota))
}

/// How many make-goods of the quota each day has, whatever became of them.
fn used(facts: &Facts, book: &Book, page: &Page) -> BTreeMap<Date, u32> {
    let own = |row: &&LedgerRow| {
        row.kind == Kind::MakeGood && row.makes_good.as_ref().is_some_and(|(quota, _)| *quota == book.quota.id)
    };
    let rows = page.counted.iter().copied().chain(page.not_counted.iter().map(|(row, _)| *row)).filter(own);
    let mut used = BTreeMap::new();
    for date in rows.map(|row| row.date).chain(taken(facts, book).map(|airing| airing.date)) {
        *used.entry(date).or_default() += 1;
    }
    used
}

/// One quota being made good.
pub(super) struct Desk<'s, 'a> {
    simulation: &'s mut Simulation<'a>,
    /// Which of the simulation's books.
    n: usize,
    plan: &'s mut Plan,
    /// Lost airings, the oldest first, and airings that count but may lack a share, the newest first.
    lost: Vec<&'a LedgerRow>,
    poor: Vec<&'a LedgerRow>,
    /// How many make-goods of the quota each day has.
    used: BTreeMap<Date, u32>,
}

impl<'s, 'a> Desk<'s, 'a> {
    /// Plans until nothing is lacking, or nothing more can be done.
    pub(super) fn fill(simulation: &'s mut Simulation<'a>, n: usize, plan: &'s mut Plan) {
        let facts = simulation.facts;
        let book = &simulation.books[n];
        let (commune, quota) = (book.commune, book.quota);
        let (Some(page), Some(rule)) = (book.page(facts.today()), &quota.make_good) else { return };
        let replaced = replaced(facts, book, page);
        let poor = page.counted.iter().rev().copied().filter(|row| !replaced.contains(&row.id)).collect();
        let lost = lost(facts, book, page);
        let (span, used) = (page.span.clone(), used(facts, book, page));
        let mut desk = Desk { simulation, n, plan, lost, poor, used };
        let mut obstacles = BTreeSet::new();
        for place in places(facts, rule, &span) {
            if !desk.wants() {
                break;
            }
            obstacles.extend(desk.fill_place(rule, &place).err());
        }
        if !desk.simulation.books[n].page(facts.today()).is_none_or(|page| page.lacking().is_none()) {
            if desk.wants() && obstacles.is_empty() {
                obstacles.insert(Obstacle::NoTimeLeft);
            }
            desk.plan.obstacles.push((commune.id.clone(), quota.id.clone(), obstacles));
        }
    }

    fn page(&self) -> Option<&Page<'a>> {
        self.simulation.books[self.n].page(self.simulation.facts.today())
    }

    /// The shares that are lacking.
    fn owed(&self) -> Vec<&'a Share> {
        let quota = self.simulation.books[self.n].quota;
        let lacking = self.page().map(|page| page.lacking().shares).unwrap_or_default();
        quota.at_least.iter().zip(lacking).filter(|(_, lacking)| *lacking > 0).map(|(part, _)| &part.share).collect()
    }

    /// Are only shares lacking?
    fn lacks_shares_alone(&self) -> bool {
        self.page().is_some_and(|page| page.lacking().total == 0)
    }

    /// Is something lacking, and something left to replace?
    fn wants(&self) -> bool {
        !self.page().is_none_or(|page| page.lacking().is_none()) && self.next().is_some()
    }

    /// What is to be replaced next.
    fn next(&self) -> Option<&'a LedgerRow> {
        let lost = self.lost.first();
        let owed = self.owed();
        let lacks = |row: &&&LedgerRow| owed.iter().any(|share| !row.clips.iter().any(|clip| has(clip, share)));
        let poor = || self.poor.iter().find(lacks).filter(|_| self.lacks_shares_alone());
        lost.or_else(poor).copied()
    }

    /// It is not to be replaced any more.
    fn drop(&mut self, row: &LedgerRow) {
        self.lost.retain(|other| other.id != row.id);
        self.poor.retain(|other| other.id != row.id);
    }

    fn fill_place(&mut self, rule: &MakeGood, place: &Place) -> Result<(), Obstacle> {
        let facts = self.simulation.facts;
        let (commune, quota) = (self.simulation.books[self.n].commune, self.simulation.books[self.n].quota);
        let date = place.local.date();
        if self.used.get(&date).is_some_and(|used| *used >= rule.max_per_day) {
            return Err(Obstacle::EnoughThatDay);
        }
        // Before anything is chosen: most places that are no good are so for any clip.
        free(self.simulation, commune, &self.plan.planned, place, Duration::ZERO)?;
        let history = self.history_at(place.at);
        let (row, choice) = loop {
            let row = self.next().ok_or(Obstacle::NoClip)?;
            let owed = self.owed();
            let wish = if self.lacks_shares_alone() { Wish::Only(&owed) } else { Wish::Better(&owed) };
            match pick::clip(facts, commune, row, &wish, date, &history) {
                Some(choice) => break (row, choice),
                None => self.drop(row),
            }
        };
        let length = facts.length_of(&choice.clip);
        free(self.simulation, commune, &self.plan.planned, place, length)?;
        self.drop(row);
        *self.used.entry(date).or_default() += 1;
        let drawn = Drawn { choice, clip_length: length, length };
        self.simulation.aired(&commune.id, place.at, &drawn);
        self.plan.planned.push(PlannedMakeGood {
            id: place.id(&commune.id, &quota.id),
            commune: commune.id.clone(),
            quota: quota.id.clone(),
            makes_good_for: row.id.clone(),
            local: place.local,
            at: place.at,
            placement: place.placement,
            start_by: place.at.saturating_add(pick::START_WITHIN).unwrap_or(Timestamp::MAX),
            drawn,
        });
        Ok(())
    }

    /// What will have aired by then, make-goods of other times included.
    fn history_at(&self, at: Timestamp) -> History {
        let facts = self.simulation.facts;
        let mut last_aired = facts.history.last_aired.clone();
        let schedule = self.simulation.to_come.iter().take_while(|airing| airing.at < at);
        let drawn = schedule.filter_map(|airing| Some((&airing.draw.as_ref().ok()?.choice.clip, airing.at)));
        let taken = facts.underway.iter().flat_map(|a| a.clips.iter().map(|clip| (&clip.clip, a.planned_at)));
        let planned = self.plan.planned.iter().map(|p| (&p.drawn.choice.clip, p.at));
        for (clip, at) in drawn.chain(taken).chain(planned) {
            let last = last_aired.entry(clip.clone()).or_insert(at);
            *last = at.max(*last);
        }
        History {
            last_aired,
            last_drawn: facts.history.last_drawn.clone(),
            usage: BTreeMap::new(),
            approved: facts.history.approved.clone(),
        }
    }
}
