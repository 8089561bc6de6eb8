//! Make-goods: which lost airings are to be aired again before their period ends. Pure.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::Facts;
use super::desk::{Desk, lost};
use super::forecast::{Drawn, LONGEST, Simulation, books};
use super::place::Obstacle;
use super::tally::Book;
use crate::model::id::{AiringId, CommuneId, QuotaId};
use crate::model::occurrence::Placement;

/// A make-good to come.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedMakeGood {
    /// `<commune>/make-good:<quota>@<local>`.
    pub id: AiringId,
    /// Whose.
    pub commune: CommuneId,
    /// For which quota.
    pub quota: QuotaId,
    /// The airing that it replaces.
    pub makes_good_for: AiringId,
    /// The local time.
    pub local: DateTime,
    /// When that is.
    pub at: Timestamp,
    /// How the local time was placed.
    pub placement: Placement,
    /// Later than this it is too late.
    pub start_by: Timestamp,
    /// What it airs: one clip, no jingles.
    pub drawn: Drawn,
}

/// All make-goods to come in the current periods, by time. Quotas are served in the order of the file; what is planned
/// for one counts for those after it too.
#[must_use]
pub fn make_goods(facts: &Facts) -> Vec<PlannedMakeGood> {
    plan_all(facts).planned
}

/// The make-goods by time, and for quotas that lack something all the same, what stood in the way.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) planned: Vec<PlannedMakeGood>,
    pub(super) obstacles: Vec<(CommuneId, QuotaId, BTreeSet<Obstacle>)>,
}

impl Plan {
    pub(super) fn obstacles_of(&self, commune: &CommuneId, quota: &QuotaId) -> Option<&BTreeSet<Obstacle>> {
        self.obstacles.iter().find(|(c, q, _)| c == commune && q == quota).map(|(_, _, obstacles)| obstacles)
    }
}

pub(super) fn plan_all(facts: &Facts) -> Plan {
    let today = facts.today();
    let mut plan = Plan::default();
    let wanting: Vec<Book> = books(facts, today).filter(|book| may_lack(facts, book)).collect();
    let pages = wanting.iter().filter_map(|book| book.page(today));
    let Some(last) = pages.map(|page| page.span.last).max() else { return plan };

    // What airs in the night after the last day may be in the way too.
    let until = facts.end_of(last).saturating_add(LONGEST).unwrap_or(Timestamp::MAX);
    let lacks = |book: &Book| lacks(book, today) && wanting.iter().any(|other| std::ptr::eq(other.quota, book.quota));
    // What the schedule itself will reach needs no make-good, and mostly that is known after a few occurrences.
    let mut simulation = Simulation::new(facts, facts.now, last);
    simulation.run(until, &[], |books| !books.iter().any(lacks));
    for n in 0..simulation.books.len() {
        if lacks(&simulation.books[n]) {
            Desk::fill(&mut simulation, n, &mut plan);
        }
    }
    plan.planned.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    plan
}

/// Does the quota lack something in the period of that day that make-goods could bring?
pub(super) fn lacks(book: &Book, date: Date) -> bool {
    let page = book.page(date).filter(|_| book.reached && book.quota.make_good.is_some());
    page.is_some_and(|page| !page.lacking().is_none())
}

/// Does it lack something before the schedule is looked at, and is there anything that could be replaced?
fn may_lack(facts: &Facts, book: &Book) -> bool {
    let page = book.page(facts.today()).filter(|_| lacks(book, facts.today()));
    page.is_some_and(|page| {
        let poor = !page.counted.is_empty() && page.lacking().shares.iter().any(|share| *share > 0);
        poor || !lost(facts, book, page).is_empty()
    })
}
