//! The books: what was aired in the current periods, what is owed, what is made good and when. Pure.
//!
//! Everything here but the ledger is worked out anew whenever something changes on which it depends; nothing is
//! remembered that could be out of step with the rows.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::compliance::{self, Facts, PlannedMakeGood, Underway};
use crate::engine::faults::Words;
use crate::engine::live::{Bill, Live};
use crate::engine::take::{item_of, later};
use crate::engine::{Engine, words};
use crate::model::airing::{Airing, Head, Role};
use crate::model::compliance::{Assessment, ComplianceQuery, Verdict};
use crate::model::fault::Fault;
use crate::model::id::AiringId;
use crate::model::ledger::{LedgerClip, LedgerRow};
use crate::model::outcome::{Kind, Priority};
use crate::model::quota::Share;
use crate::model::seeded::{Bug, seeded};
use crate::model::station::{Channel, Commune, Level, Slot, Station};
use crate::model::time::{Moment, Now};
use crate::plan;

/// The fault that stands while a quota cannot be met by what is planned.
const AT_RISK: &str = "quota_at_risk";

/// A clock that is set ahead by more than this was wrong before, or is now.
const FAR: SignedDuration = SignedDuration::from_hours(12);

/// The books of the current periods.
#[derive(Debug, Default)]
pub(super) struct Books {
    /// Final rows since the earliest of the current periods began, by planned time.
    ledger: Vec<LedgerRow>,
    /// Make-goods to come, by time.
    make_goods: Vec<PlannedMakeGood>,
    /// Each quota in its current period.
    assessments: Vec<Assessment>,
    /// From when until when all this holds: the local day. Nothing once something has changed.
    valid: Option<(Timestamp, Timestamp)>,
    extent: Extent,
}

/// How much of the current periods the ledger knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Extent {
    /// What this session saw; the journal is still being asked for the rest. No verdict is built on half the rows.
    #[default]
    Session,
    /// All of it.
    Whole,
}

impl Books {
    pub(super) fn assessments(&self) -> &[Assessment] {
        &self.assessments
    }

    /// The next make-good.
    pub(super) fn next_make_good(&self) -> Option<&PlannedMakeGood> {
        self.make_goods.first()
    }

    /// When the local day ends for which all this was worked out.
    pub(super) fn until(&self) -> Option<Timestamp> {
        self.valid.map(|(_, until)| until).filter(|_| !self.assessments.is_empty())
    }

    /// Another configuration may look further back: the journal is asked again.
    pub(super) fn forget_extent(&mut self) {
        self.extent = Extent::Session;
        self.assessments.clear();
        self.make_goods.clear();
        self.outdated();
    }

    /// Something has changed that is not a row.
    pub(super) fn outdated(&mut self) {
        self.valid = None;
    }

    /// A row more.
    pub(super) fn enter(&mut self, airing: &Airing) {
        let row = LedgerRow::from(airing);
        let place = self.ledger.partition_point(|r| r.planned_at <= row.planned_at);
        self.ledger.insert(place, row);
        self.outdated();
    }

    /// What has its row and was planned at this time or later.
    pub(super) fn rows_since(&self, since: Timestamp) -> impl Iterator<Item = (AiringId, Timestamp)> {
        let first = self.ledger.partition_point(|row| row.planned_at < since);
        self.ledger.iter().skip(first).map(|row| (row.id.clone(), row.planned_at))
    }

    /// Rows of the past that are not known yet: another configuration looks further back.
    pub(super) fn merge(&mut self, rows: Vec<LedgerRow>) {
        let known: BTreeSet<AiringId> = self.ledger.iter().map(|r| r.id.clone()).collect();
        self.ledger.extend(rows.into_iter().filter(|r| seeded(Bug::LedgerTwice) || !known.contains(&r.id)));
        self.ledger.sort_by_key(|r| r.planned_at);
        self.outdated();
    }
}

impl Engine {
    /// Rows of the past have been read from the journal: from now on verdicts can be trusted.
    pub(super) fn learned(&mut self, now: Now, rows: Vec<LedgerRow>) {
        self.books.merge(rows);
        self.books.extent = Extent::Whole;
        self.come_back(now);
    }

    /// Brings verdicts, make-goods and their faults up to date, if anything has changed since.
    pub(super) fn refresh_books(&mut self, now: Now) {
        let settled = self.books.extent == Extent::Whole && self.library.scanned_at.is_some();
        if !settled || self.books.valid.is_some_and(|(from, until)| from <= now.wall && now.wall < until) {
            return;
        }
        let station = Arc::clone(&self.station);
        let today = station.zone.to_datetime(now.wall).date();
        self.forget_past_periods(&station, today);
        let underway = self.underway();
        let facts = self.facts(&underway, now);
        let make_goods = compliance::make_goods(&facts);
        let assessments = compliance::assess(&facts, &ComplianceQuery::default());
        self.books.make_goods = make_goods;
        self.books.assessments = assessments;
        self.books.valid = Some(local_day(&station, today));
        self.watch_quotas(now);
    }

    fn facts<'a>(&'a self, underway: &'a [Underway], now: Now) -> Facts<'a> {
        Facts {
            station: &self.station,
            library: &self.library,
            history: &self.history,
            rows: &self.books.ledger,
            underway,
            now: now.wall,
        }
    }

    /// Rows of periods that are over decide nothing any more. A clock that was set far ahead is not believed in this: it
    /// may be set back, and the rows would be gone.
    fn forget_past_periods(&mut self, station: &Station, today: Date) {
        if !self.clock.jumped(FAR) {
            let since = compliance::ledger_since(station, today);
            self.books.ledger.retain(|row| row.date >= since);
        }
    }

    /// The shares that a queue in the order `quota` draws from first.
    pub(super) fn owed(&self, now: Now, commune: &Commune, slot: &Slot, date: Date) -> Vec<Share> {
        if !plan::draws_what_is_owed(commune, slot) {
            return Vec::new();
        }
        let underway = self.underway();
        let facts = self.facts(&underway, now);
        compliance::owed(&facts, commune, date)
    }

    /// Takes the make-goods that are due soon into the book.
    pub(super) fn take_make_goods(&mut self, now: Now) {
        let until = later(now.wall, self.lead() + Duration::from_millis(1));
        loop {
            self.refresh_books(now);
            let due = self.books.make_goods.first().filter(|m| m.at < until);
            let Some(next) = due.cloned() else { return };
            self.books.make_goods.remove(0);
            if !self.settled.contains_key(&next.id) {
                self.settled.insert(next.id.clone(), next.at);
                self.take_make_good(now, &next);
                self.books.outdated();
            }
        }
    }

    fn take_make_good(&mut self, now: Now, plan: &PlannedMakeGood) {
        let station = Arc::clone(&self.station);
        let library = Arc::clone(&self.library);
        let Some(commune) = station.commune(&plan.commune) else { return };
        let Some(clip) = library.clips.get(&plan.drawn.choice.clip) else { return };
        let Ok(sound) = clip.airable() else { return };
        let (item, source) = item_of(clip, sound, &plan.drawn.choice.about);
        let head = head_of(&station, commune, plan);
        let date = plan.local.date();
        let (item, source) = self.approved(commune, date, (item, source));
        let bill = Bill::once(vec![item], vec![source], Level::default());
        self.open_airing(now, head, bill, &commune.outputs, plan.start_by);
    }

    /// What was taken and has no row yet.
    #[must_use]
    pub fn underway(&self) -> Vec<Underway> {
        let called_for = self.book.values().filter(|live| live.head.kind.by_schedule());
        called_for.map(|live| underway_of(&self.station, live)).collect()
    }

    fn watch_quotas(&mut self, now: Now) {
        let at_risk = self.books.assessments.iter().filter(|a| a.verdict == Verdict::AtRisk);
        let at_risk: Vec<(String, Words)> = at_risk.map(|a| (subject_of(a), words::of_quota(a))).collect();
        let standing = self.board.all().into_iter().filter(|f| f.code == AT_RISK);
        let over = |f: &Fault| at_risk.iter().all(|(subject, _)| f.subject.as_deref() != Some(subject));
        for fault in standing.filter(over).collect::<Vec<_>>() {
            self.clear(now, AT_RISK, fault.subject.as_deref());
        }
        for (subject, words) in at_risk {
            self.raise(now, AT_RISK, Some(&subject), words);
        }
    }
}

fn subject_of(assessment: &Assessment) -> String {
    format!("{}/{}", assessment.commune, assessment.quota)
}

/// From when until when it is that day.
fn local_day(station: &Station, day: Date) -> (Timestamp, Timestamp) {
    (station.start_of(day), day.tomorrow().map_or(Timestamp::MAX, |next| station.start_of(next)))
}

fn underway_of(station: &Station, live: &Live) -> Underway {
    let outputs = live.tracks.iter().filter_map(|track| station.output(&track.output));
    let mut channels: Vec<Channel> = outputs.map(|output| output.channel).collect();
    channels.sort();
    channels.dedup();
    let clips = live.bill.items.iter().filter(|item| item.role == Role::Clip).map(|item| LedgerClip {
        clip: item.clip.clone(),
        topics: item.topics.clone(),
        language: item.language.clone().unwrap_or_else(|| "vi".to_owned()),
        audience: item.audience.clone(),
    });
    Underway {
        id: live.head.id.clone(),
        commune: live.head.commune.clone(),
        quota: live.head.quota.clone(),
        makes_good_for: live.head.makes_good_for.clone(),
        date: live.head.planned_at.local().date(),
        planned_at: live.due,
        channels,
        clips: clips.collect(),
    }
}

fn head_of(station: &Station, commune: &Commune, plan: &PlannedMakeGood) -> Head {
    let about = &plan.drawn.choice.about;
    Head {
        id: plan.id.clone(),
        station: station.id.clone(),
        commune: commune.id.clone(),
        commune_name: commune.name.clone(),
        slot: None,
        slot_name: make_good_name(commune, plan),
        queue: None,
        kind: Kind::MakeGood,
        priority: Priority::Normal,
        planned_at: Moment::of(plan.at, &station.zone),
        placement: plan.placement,
        topics: about.topics.clone(),
        language: Some(about.language.clone()),
        campaign: None,
        moved_from: None,
        quota: Some(plan.quota.clone()),
        makes_good_for: Some(plan.makes_good_for.clone()),
        asked: None,
        revision: station.revision.clone(),
        choice: Some(plan.drawn.choice.why.clone()),
    }
}

/// What stands in the place of a slot's name: rows keep it for ever.
pub(super) fn make_good_name(commune: &Commune, plan: &PlannedMakeGood) -> String {
    let name = commune.quota(&plan.quota).map_or_else(String::new, |quota| format!(": {}", quota.name));
    format!("{}{name}", Kind::MakeGood.label().vi)
}
