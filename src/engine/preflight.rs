//! Looks a day ahead, each night and before each slot: what could not air is a fault hours before its time. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{Timestamp, ToSpan as _};

use crate::engine::event::Command;
use crate::engine::standing::rule_named;
use crate::engine::take::{earlier, later, permitted, rule};
use crate::engine::{Engine, words};
use crate::model::id::ClipPath;
use crate::model::occurrence::Occurrence;
use crate::model::outcome::Reason;
use crate::model::station::Programme;
use crate::model::time::Now;
use crate::plan;

/// How far it looks.
const AHEAD: Duration = Duration::from_hours(24);
/// How long before a slot it looks again.
const BEFORE_SLOT: Duration = Duration::from_hours(1);
/// The hour of the night at which it looks: nothing airs then, and there is time to mend until morning.
const NIGHT: i8 = 2;

/// What a look ahead found.
#[derive(Debug, Default)]
struct Found {
    /// By rule: the slot's name, and when first and why it could not air; nothing if it could.
    rules: BTreeMap<String, (String, Option<(Timestamp, Reason)>)>,
    /// The files that would air.
    clips: BTreeSet<ClipPath>,
}

impl Engine {
    /// Looks ahead if it is time.
    pub(super) fn preflight(&mut self, now: Now) {
        let due = self.preflight_at <= now.wall || self.preflight_at > later(now.wall, AHEAD);
        if !due || self.library.scanned_at.is_none() {
            return;
        }
        let coming = plan::occurrences(&self.station, now.wall, later(now.wall, AHEAD));
        let found = self.look_at_the_day(&coming);
        for (rule, (slot, trouble)) in found.rules {
            match trouble {
                Some((at, reason)) => {
                    let local = self.station.zone.to_datetime(at);
                    self.raise(now, "nothing_to_play", Some(&rule), words::of_coming(reason, &slot, local));
                }
                None => self.clear(now, "nothing_to_play", Some(&rule)),
            }
        }
        // What was looked at because something has changed was read just now.
        if self.preflight_at > Timestamp::MIN && !found.clips.is_empty() {
            self.order(Command::Recheck(found.clips));
        }
        self.tones = self.tones_to_come(now);
        self.probe_all(now);
        self.preflight_at = self.next_look(now, &coming);
    }

    /// Files or schedule have changed: what is to come must be looked at anew.
    pub(super) fn look_again(&mut self) {
        self.preflight_at = Timestamp::MIN;
    }

    fn look_at_the_day(&self, coming: &[Occurrence]) -> Found {
        let station = &self.station;
        let mut history = self.history.clone();
        let mut found = Found::default();
        for occurrence in coming.iter().filter(|o| permitted(station, o)) {
            let Some((commune, slot)) = rule(station, occurrence) else { continue };
            if matches!(slot.programme, Programme::Relay(_)) {
                continue;
            }
            let date = occurrence.local.date();
            let name = rule_named(&commune.id, slot.id.as_str());
            let verdict = &mut found.rules.entry(name).or_insert_with(|| (slot.name.clone(), None)).1;
            match plan::choose(commune, slot, &self.library, &history, date, &[]) {
                Ok(choice) => {
                    history.last_aired.insert(choice.clip.clone(), occurrence.at);
                    let (intro, outro) = plan::jingles(commune, slot, date);
                    found.clips.extend([intro, outro].into_iter().flatten().cloned());
                    found.clips.insert(choice.clip);
                }
                Err(none) => {
                    verdict.get_or_insert((occurrence.at, none.reason));
                }
            }
        }
        found
    }

    /// The next night, or an hour before the next slot.
    fn next_look(&self, now: Now, coming: &[Occurrence]) -> Timestamp {
        let local = self.station.zone.to_datetime(now.wall);
        let tonight = local.date().at(NIGHT, 0, 0, 0);
        let night = if tonight > local { tonight } else { tonight.saturating_add(1.day()) };
        let night = self.station.zone.to_timestamp(night).unwrap_or(Timestamp::MAX);
        let before = coming.iter().map(|o| earlier(o.at, BEFORE_SLOT)).filter(|at| *at > now.wall).min();
        before.map_or(night, |before| before.min(night))
    }
}
