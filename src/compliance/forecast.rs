//! What is to come: the plan played through from now on, each occurrence drawn as if all before it had aired. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::owed::still_owed;
use super::tally::Book;
use super::{Facts, ledger_since};
use crate::model::id::{AiringId, CommuneId, QuotaId, SlotId};
use crate::model::ledger::LedgerClip;
use crate::model::occurrence::{Occurrence, Placement};
use crate::model::outcome::{Kind, Reason};
use crate::model::recovery::{History, Usage};
use crate::model::station::{Commune, Order, Programme, Slot};
use crate::plan::{self, About, Choice};

/// The longest clip that the library lets air.
const LONGEST: Duration = Duration::from_hours(2);

/// An airing to come, as things stand now.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// Its id to be.
    pub id: AiringId,
    /// Whose.
    pub commune: CommuneId,
    /// Which rule; nothing for a make-good.
    pub slot: Option<SlotId>,
    /// `scheduled`, `campaign` or `make_good`.
    pub kind: Kind,
    /// For which quota it makes good, and which lost airing; nothing for what the schedule plans.
    pub makes_good: Option<(QuotaId, AiringId)>,
    /// The local time asked for.
    pub local: DateTime,
    /// When that is.
    pub at: Timestamp,
    /// How the local time was placed.
    pub placement: Placement,
    /// The occurrence that a holiday moved here.
    pub moved_from: Option<AiringId>,
    /// What it would air, or why nothing.
    pub draw: Result<Drawn, Reason>,
}

/// What an airing to come would air.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The clip.
    pub choice: Choice,
    /// The clip's length.
    pub clip_length: Duration,
    /// The programme's length, jingles included.
    pub length: Duration,
}

/// Everything to come before `until`, by time; and, where `from` is in the past, what the plan had asked for since and
/// has no row.
#[must_use]
pub fn forecast(facts: &Facts, from: Timestamp, until: Timestamp) -> Vec<Forecast> {
    let today = facts.today();
    let last = facts.station.zone.to_datetime(until).date();
    let mut simulation = Simulation::new(facts, from, today.min(last), today.max(last));
    simulation.run(until);
    let mut to_come = simulation.to_come;
    to_come.retain(|airing| airing.at >= from);
    to_come
}

/// The plan, played through.
pub(super) struct Simulation<'a> {
    facts: &'a Facts<'a>,
    from: Timestamp,
    /// What has a row or is under way.
    known: BTreeSet<&'a AiringId>,
    /// As it would be by then; its `usage` stays as it is.
    history: History,
    usage: BTreeMap<(CommuneId, Date), Usage>,
    /// All quotas, each with all periods that are looked at.
    pub(super) books: Vec<Book<'a>>,
    pub(super) to_come: Vec<Forecast>,
}

impl<'a> Simulation<'a> {
    /// Nothing played yet. The books have the periods that the days from `first` to `last` touch.
    pub(super) fn new(facts: &'a Facts<'a>, from: Timestamp, first: Date, last: Date) -> Self {
        let station = facts.station;
        let quotas = station.communes.iter().flat_map(|c| c.quotas.iter().map(move |q| (c, q)));
        let open = |(commune, quota)| {
            let mut book = Book::open(station, commune, quota, super::periods(quota, first, last));
            book.enter(facts.rows);
            book.expect_all(facts.underway);
            book
        };
        let begun = facts.now.saturating_sub(lookback(facts)).unwrap_or(Timestamp::MIN).min(from);
        let recent = facts.rows.partition_point(|row| row.planned_at < begun);
        let rows = facts.rows.iter().skip(recent).map(|row| &row.id);
        let History { last_aired, last_drawn, .. } = facts.history;
        Self {
            facts,
            from,
            known: rows.chain(facts.underway.iter().map(|airing| &airing.id)).collect(),
            history: History { last_aired: last_aired.clone(), last_drawn: last_drawn.clone(), usage: BTreeMap::new() },
            usage: BTreeMap::new(),
            books: quotas.map(open).collect(),
            to_come: Vec::new(),
        }
    }

    /// Plays everything that is due before `until`.
    pub(super) fn run(&mut self, until: Timestamp) {
        let facts = self.facts;
        let since = ledger_since(facts.station, facts.today()).to_zoned(facts.station.zone.clone());
        let since = since.map_or(Timestamp::MIN, |start| start.timestamp());
        let begun = facts.now.saturating_sub(lookback(facts)).unwrap_or(Timestamp::MIN).max(since);
        for occurrence in plan::occurrences(facts.station, begun.min(self.from), until) {
            if self.known.contains(&occurrence.id) {
                continue;
            }
            let Some(commune) = facts.station.commune(&occurrence.commune) else { continue };
            let Some(slot) = commune.slot(&occurrence.slot) else { continue };
            self.play(commune, slot, &occurrence);
        }
    }

    fn play(&mut self, commune: &Commune, slot: &Slot, occurrence: &Occurrence) {
        let at = occurrence.at;
        let draw = self.draw(commune, slot, occurrence);
        let length = draw.as_ref().map_or(Duration::ZERO, |drawn| drawn.length);
        let ends = plan::latest_start(at, slot).saturating_add(length).unwrap_or(Timestamp::MAX);
        if at < self.from && ends < self.facts.now {
            return;
        }
        if let Ok(drawn) = &draw {
            let date = self.facts.station.zone.to_datetime(at).date();
            self.aired(commune, at, date, drawn);
            if let Programme::Queue(queue) = &slot.programme {
                self.history.last_drawn.insert((commune.id.clone(), queue.clone()), drawn.choice.clip.clone());
            }
        }
        self.to_come.push(Forecast {
            id: occurrence.id.clone(),
            commune: commune.id.clone(),
            slot: Some(slot.id.clone()),
            kind: if occurrence.campaign.is_some() { Kind::Campaign } else { Kind::Scheduled },
            makes_good: None,
            local: occurrence.local,
            at,
            placement: occurrence.placement,
            moved_from: occurrence.moved_from.clone(),
            draw,
        });
    }

    fn draw(&self, commune: &Commune, slot: &Slot, occurrence: &Occurrence) -> Result<Drawn, Reason> {
        let Facts { station, library, .. } = self.facts;
        let date = occurrence.local.date();
        let owed = if draws_what_is_owed(commune, slot) { self.owed(commune, date) } else { Vec::new() };
        let choice = plan::choose(commune, slot, library, &self.history, date, &owed);
        let clip_length = choice.as_ref().map_or(Duration::ZERO, |choice| self.length_of(&choice.clip));
        let usage = self.usage_on(commune, date);
        plan::ruling(station, commune, slot, occurrence.at, &usage, clip_length)?;
        let choice = choice.map_err(|none| none.reason)?;
        let jingles = [&slot.intro, &slot.outro].into_iter().flatten().map(|clip| self.length_of(clip));
        Ok(Drawn { choice, clip_length, length: clip_length + jingles.sum::<Duration>() })
    }

    fn owed(&self, commune: &Commune, date: Date) -> Vec<crate::model::quota::Share> {
        let own = self.books.iter().filter(|book| book.commune.id == commune.id);
        own.flat_map(|book| still_owed(book, date)).collect()
    }

    fn length_of(&self, clip: &crate::model::id::ClipPath) -> Duration {
        let found = self.facts.library.clips.get(clip).and_then(|clip| clip.airable().ok());
        found.map_or(Duration::ZERO, |sound| sound.duration)
    }

    /// What the commune will have used of a day by then.
    fn usage_on(&self, commune: &Commune, date: Date) -> Usage {
        let day = (commune.id.clone(), date);
        let begun = self.facts.history.usage.get(&day).copied().unwrap_or_default();
        let foreseen = self.usage.get(&day).copied().unwrap_or_default();
        Usage { airings: begun.airings + foreseen.airings, seconds: begun.seconds + foreseen.seconds }
    }

    fn aired(&mut self, commune: &Commune, at: Timestamp, date: Date, drawn: &Drawn) {
        let used = self.usage.entry((commune.id.clone(), date)).or_default();
        used.airings += 1;
        used.seconds += drawn.length.as_secs_f64();
        self.history.last_aired.insert(drawn.choice.clip.clone(), at);
        let clips = [ledger_clip(&drawn.choice)];
        for book in &mut self.books {
            book.expect(&commune.id, date, &clips);
        }
    }
}

/// How long ago something may have been due that still waits or is on air.
fn lookback(facts: &Facts) -> SignedDuration {
    let slots = facts.station.communes.iter().flat_map(Commune::all_slots);
    let latest = slots.map(|(slot, _)| slot.start_within).max().unwrap_or_default();
    SignedDuration::try_from(latest + LONGEST).unwrap_or(SignedDuration::ZERO) + SignedDuration::from_mins(10)
}

fn draws_what_is_owed(commune: &Commune, slot: &Slot) -> bool {
    match &slot.programme {
        Programme::Topics(_) => false,
        Programme::Queue(id) => commune.queue(id).is_some_and(|queue| queue.order == Order::Quota),
    }
}

/// A clip as its row will have it.
pub(super) fn ledger_clip(choice: &Choice) -> LedgerClip {
    let About { topics, language, audience, .. } = choice.about.clone();
    LedgerClip { clip: choice.clip.clone(), topics, language, audience }
}

/// The end of a local day.
pub(super) fn end_of(facts: &Facts, date: Date) -> Timestamp {
    let next = date.saturating_add(1.day()).to_zoned(facts.station.zone.clone());
    next.map_or(Timestamp::MAX, |start| start.timestamp())
}
