//! What is to come: the plan played through from now on, each occurrence drawn as if all before it had aired. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};

use super::owed::still_owed;
use super::taken::taken;
use super::tally::Book;
use super::{Facts, PlannedMakeGood, ledger_since, periods};
use crate::model::id::{AiringId, CommuneId, QuotaId, SlotId};
use crate::model::ledger::LedgerClip;
use crate::model::occurrence::{Occurrence, Placement};
use crate::model::outcome::{Kind, Reason};
use crate::model::quota::Share;
use crate::model::recovery::{History, Usage};
use crate::model::station::{Commune, Programme, Slot};
use crate::plan::{self, About, Choice};

/// No programme is longer: the longest clip that the library lets air, and its jingles.
pub(super) const LONGEST: Duration = Duration::from_hours(3);
/// Occurrences are asked for so many hours at a time, so that what is decided early costs little.
const STRETCH: SignedDuration = SignedDuration::from_hours(24 * 16);

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

impl From<&PlannedMakeGood> for Forecast {
    fn from(planned: &PlannedMakeGood) -> Self {
        Self {
            id: planned.id.clone(),
            commune: planned.commune.clone(),
            slot: None,
            kind: Kind::MakeGood,
            makes_good: Some((planned.quota.clone(), planned.makes_good_for.clone())),
            local: planned.local,
            at: planned.at,
            placement: planned.placement,
            moved_from: None,
            draw: Ok(planned.drawn.clone()),
        }
    }
}

/// Everything to come before `until`, by time, and what is under way; and, where `from` is in the past, what the plan
/// had asked for since and has no row.
#[must_use]
pub fn forecast(facts: &Facts, from: Timestamp, until: Timestamp) -> Vec<Forecast> {
    let last = facts.station.zone.to_datetime(until).date().max(facts.today());
    let mut simulation = Simulation::new(facts, from, last);
    simulation.run(until, &super::make_goods(facts), |_| false);
    let mut to_come = simulation.to_come;
    to_come.extend(facts.underway.iter().filter_map(|airing| taken(facts, airing)));
    to_come.retain(|airing| from <= airing.at && airing.at < until);
    to_come.sort_by_key(|airing| airing.at);
    to_come
}

/// The plan, played through.
pub(super) struct Simulation<'a> {
    pub(super) facts: &'a Facts<'a>,
    from: Timestamp,
    /// When that was due which may still wait or be on air.
    begun: Timestamp,
    /// What has a row or is under way.
    known: BTreeSet<&'a AiringId>,
    /// As it would be by then; `usage` apart.
    history: History,
    usage: BTreeMap<(CommuneId, Date), Usage>,
    /// All quotas, each with its periods from today on.
    pub(super) books: Vec<Book<'a>>,
    pub(super) to_come: Vec<Forecast>,
}

impl<'a> Simulation<'a> {
    /// Nothing played yet. The books have the periods that the days from today to `last` touch.
    pub(super) fn new(facts: &'a Facts<'a>, from: Timestamp, last: Date) -> Self {
        let begun = begun(facts);
        let recent = facts.rows.partition_point(|row| row.planned_at < begun.min(from));
        let rows = facts.rows.iter().skip(recent).map(|row| &row.id);
        let history = History { usage: BTreeMap::new(), ..facts.history.clone() };
        let mut simulation = Self {
            facts,
            from,
            begun,
            known: rows.chain(facts.underway.iter().map(|airing| &airing.id)).collect(),
            history,
            usage: BTreeMap::new(),
            books: books(facts, last).collect(),
            to_come: Vec::new(),
        };
        for airing in facts.underway {
            simulation.use_up(&airing.commune, airing.date, facts.length_of_all(airing));
        }
        simulation
    }

    /// Plays all that is due before `until`, with these make-goods, by time, among it; stops when it is `enough`.
    pub(super) fn run(&mut self, until: Timestamp, extra: &[PlannedMakeGood], enough: impl Fn(&[Book]) -> bool) {
        let station = self.facts.station;
        let mut extra = extra.iter().peekable();
        let mut from = self.begun.min(self.from);
        while from < until {
            let end = from.saturating_add(STRETCH).unwrap_or(until).min(until);
            for occurrence in plan::occurrences(station, from, end) {
                while let Some(make_good) = extra.next_if(|make_good| make_good.at <= occurrence.at) {
                    self.make_good(make_good);
                }
                if enough(&self.books) {
                    return;
                }
                let commune = station.commune(&occurrence.commune);
                let rule = commune.and_then(|commune| Some((commune, commune.slot(&occurrence.slot)?)));
                if let Some((commune, slot)) = rule.filter(|_| !self.known.contains(&occurrence.id)) {
                    self.play(commune, slot, &occurrence);
                }
            }
            from = end;
        }
        extra.filter(|make_good| make_good.at < until).for_each(|make_good| self.make_good(make_good));
    }

    fn make_good(&mut self, planned: &PlannedMakeGood) {
        self.aired(&planned.commune, planned.at, &planned.drawn);
        self.to_come.push(Forecast::from(planned));
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
            self.aired(&commune.id, at, drawn);
            if let Programme::Queue(queue) = &slot.programme {
                self.history.last_drawn.insert((commune.id.clone(), queue.clone()), drawn.choice.clip.clone());
            }
        }
        self.to_come.push(Forecast {
            id: occurrence.id.clone(),
            commune: commune.id.clone(),
            slot: Some(slot.id.clone()),
            kind: occurrence.kind(),
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
        let owed = if plan::draws_what_is_owed(commune, slot) { self.owed(commune, date) } else { Vec::new() };
        let choice = plan::choose(commune, slot, library, &self.history, date, &owed);
        let clip_length = choice.as_ref().map_or(Duration::ZERO, |choice| self.facts.length_of(&choice.clip));
        let usage = self.usage_on(commune, date);
        let programme = |choice: &Choice| plan::programme_length(commune, slot, library, &choice.clip, date);
        let length = choice.as_ref().map_or(Duration::ZERO, programme);
        plan::ruling(station, commune, slot, occurrence, &usage, length)?;
        let choice = choice.map_err(|none| none.reason)?;
        Ok(Drawn { choice, clip_length, length })
    }

    fn owed(&self, commune: &Commune, date: Date) -> Vec<Share> {
        let own = self.books.iter().filter(|book| book.commune.id == commune.id);
        own.flat_map(|book| still_owed(book, date)).collect()
    }

    /// What the commune will have used of a day by then.
    pub(super) fn usage_on(&self, commune: &Commune, date: Date) -> Usage {
        let day = (commune.id.clone(), date);
        let begun = self.facts.history.usage.get(&day).copied().unwrap_or_default();
        let foreseen = self.usage.get(&day).copied().unwrap_or_default();
        Usage { airings: begun.airings + foreseen.airings, seconds: begun.seconds + foreseen.seconds }
    }

    /// Takes it as aired.
    pub(super) fn aired(&mut self, commune: &CommuneId, at: Timestamp, drawn: &Drawn) {
        let date = self.facts.station.zone.to_datetime(at).date();
        self.use_up(commune, date, drawn.length);
        self.history.last_aired.insert(drawn.choice.clip.clone(), at);
        let clips = [ledger_clip(&drawn.choice)];
        for book in &mut self.books {
            book.expect(commune, date, &clips);
        }
    }

    fn use_up(&mut self, commune: &CommuneId, date: Date, length: Duration) {
        let used = self.usage.entry((commune.clone(), date)).or_default();
        used.airings += 1;
        used.seconds += length.as_secs_f64();
    }
}

/// All quotas, each with the periods that the days from today to `last` touch.
pub(super) fn books<'a>(facts: &'a Facts<'a>, last: Date) -> impl Iterator<Item = Book<'a>> {
    let quotas = facts.station.communes.iter().flat_map(|c| c.quotas.iter().map(move |q| (c, q)));
    quotas.map(move |(commune, quota)| Book::of(facts, commune, quota, periods(quota, facts.today(), last)))
}

/// What was due before this neither waits any more nor is on air; and what has a row does not lie before the ledger.
fn begun(facts: &Facts) -> Timestamp {
    let slots = facts.station.communes.iter().flat_map(Commune::all_slots);
    let latest = slots.map(|(slot, _)| slot.start_within).max().unwrap_or_default();
    let longest = facts.now.saturating_sub(latest + LONGEST).unwrap_or(Timestamp::MIN);
    longest.max(facts.start_of(ledger_since(facts.station, facts.today())))
}

/// A clip as its row will have it.
pub(super) fn ledger_clip(choice: &Choice) -> LedgerClip {
    let About { topics, language, audience, .. } = choice.about.clone();
    LedgerClip { clip: choice.clip.clone(), topics, language, audience }
}
