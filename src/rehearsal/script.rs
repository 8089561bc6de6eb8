//! One rehearsal: some days of a station, with what goes wrong in them. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::compliance::{self, Facts};
use crate::model::clip::Library;
use crate::model::compliance::{Assessment, ComplianceQuery, PeriodSpan};
use crate::model::entry::Entry;
use crate::model::id::AiringId;
use crate::model::query::Row;
use crate::model::station::Station;
use crate::rehearsal::card::Card;
use crate::rehearsal::chance::{Dice, Pace};
use crate::rehearsal::power::Crash;
use crate::rehearsal::world::World;

/// After this much of running on, what began in the days has come to its end.
const LONGEST: SignedDuration = SignedDuration::from_hours(72);
/// How often entries are handed on, at the least.
const OFTEN: SignedDuration = SignedDuration::from_hours(24);

/// What is to be rehearsed.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// The station begins its work at this time, with an empty journal.
    pub from: Timestamp,
    /// Occurrences before this are in it.
    pub until: Timestamp,
    /// The PC has no power.
    pub power_cuts: Vec<Outage>,
    /// No card is there. An output of kind `wav` is lost too; `auto` writes its file, and proves nothing; `null` is what it
    /// is.
    pub device_losses: Vec<Outage>,
    /// Decides what is left to chance: how long devices take to open, how late a first frame leaves.
    pub seed: u64,
}

/// Something is not there from a time until another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// From then on.
    pub from: Timestamp,
    /// It is there again; not before `from`.
    pub until: Timestamp,
}

impl Outage {
    fn covers(self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// What came of a rehearsal.
#[derive(Debug, Clone, PartialEq)]
pub struct Rehearsed {
    /// The final row of each occurrence, in the order of the journal.
    pub rows: Vec<Row>,
    /// One for each quota and period that the days touch, as seen at their end.
    pub verdicts: Vec<Assessment>,
}

/// Rehearses. `told` hears every entry of the journal, in its order: those of airings planned for after the end are
/// left out.
pub fn rehearse(
    station: &Arc<Station>,
    library: &Arc<Library>,
    script: &Script,
    told: &mut dyn FnMut(&Entry),
) -> Rehearsed {
    let dice = Dice::new(script.seed);
    let mut world = World::new(Arc::clone(station), Arc::clone(library), script.from, Pace::usual(), dice);
    let mut stage = Stage { script, rows: Vec::new(), entries: 0, beyond: BTreeSet::new() };
    while world.now.wall < script.until {
        stage.go_on(&mut world, script.until, told);
    }
    // What is still on air, or may still begin, comes to its end.
    let last = script.until.saturating_add(LONGEST).unwrap_or(Timestamp::MAX);
    while world.now.wall < last && stage.unsettled(&world) {
        let soon = world.now.wall.saturating_add(Duration::from_mins(1)).unwrap_or(Timestamp::MAX);
        stage.go_on(&mut world, soon, told);
    }
    world.disk.flush();
    stage.take(&mut world, told);
    Rehearsed { verdicts: verdicts(&world, script), rows: stage.rows }
}

/// Promised against aired, as seen at the end.
fn verdicts(world: &World, script: &Script) -> Vec<Assessment> {
    let date = |at| world.station.zone.to_datetime(at).date();
    let last = script.until.saturating_sub(Duration::from_nanos(1)).unwrap_or(script.until);
    let mut rows = world.disk.memory().ledger(Date::MIN);
    rows.retain(|row| row.planned_at < script.until);
    let facts = Facts {
        station: &world.station,
        library: &world.library,
        history: world.engine.history(),
        rows: &rows,
        underway: &[],
        now: script.until,
    };
    let span = PeriodSpan::Between(date(script.from), date(last));
    compliance::assess(&facts, &ComplianceQuery { span, ..ComplianceQuery::default() })
}

struct Stage<'a> {
    script: &'a Script,
    rows: Vec<Row>,
    /// How many entries were told.
    entries: u64,
    /// Airings planned for after the end.
    beyond: BTreeSet<AiringId>,
}

impl Stage<'_> {
    /// Until something changes, but not beyond `until`, unless the power is out then.
    fn go_on(&mut self, world: &mut World, until: Timestamp, told: &mut dyn FnMut(&Entry)) {
        let absent = self.script.device_losses.iter().any(|loss| loss.covers(world.now.wall));
        world.card = if absent { Card::Gone } else { Card::Healthy };
        if let Some(back) = self.power_back(world.now.wall) {
            let gone = Duration::try_from(back.duration_since(world.now.wall)).unwrap_or_default();
            world.crash(Crash::Power, gone, usize::MAX);
        } else {
            let next = self.changes(world.now.wall).chain([until]).min().unwrap_or(until);
            let often = world.now.wall.saturating_add(OFTEN).unwrap_or(until);
            world.until(next.min(often));
        }
        self.take(world, told);
        world.forget();
    }

    /// When the power is back, if it is out now.
    fn power_back(&self, now: Timestamp) -> Option<Timestamp> {
        let mut at = now;
        while let Some(cut) = self.script.power_cuts.iter().find(|cut| cut.covers(at)) {
            at = cut.until;
        }
        (at > now).then_some(at)
    }

    /// Times after `now` at which something goes or comes back.
    fn changes(&self, now: Timestamp) -> impl Iterator<Item = Timestamp> {
        let cuts = self.script.power_cuts.iter().map(|cut| cut.from);
        let losses = self.script.device_losses.iter().flat_map(|loss| [loss.from, loss.until]);
        cuts.chain(losses).filter(move |at| *at > now)
    }

    /// Is an airing of these days without its row?
    fn unsettled(&self, world: &World) -> bool {
        world.disk.underway() > 0 || world.disk.memory().open().any(|head| head.planned_at.at < self.script.until)
    }

    /// Takes over what has come to the disk.
    fn take(&mut self, world: &mut World, told: &mut dyn FnMut(&Entry)) {
        for entry in world.disk.take() {
            if self.is_beyond(&entry) {
                continue;
            }
            self.entries += 1;
            told(&entry);
            if let Entry::Final { airing, .. } = entry {
                self.rows.push(Row { seq: self.entries, airing: *airing });
            }
        }
    }

    fn is_beyond(&mut self, entry: &Entry) -> bool {
        match entry {
            Entry::Planned { head, .. } if head.planned_at.at >= self.script.until => {
                self.beyond.insert(head.id.clone());
                true
            }
            Entry::Final { airing, .. } => airing.head.planned_at.at >= self.script.until,
            Entry::Started { id, .. } | Entry::Checkpoint { id, .. } => self.beyond.contains(id),
            _ => false,
        }
    }
}
