//! Taking due occurrences into the book: each one either becomes an airing in progress or gets its final row. Pure.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::engine::live::{Bill, Live, Show, Source, Track};
use crate::engine::standing::rule_of;
use crate::engine::{Engine, words};
use crate::model::airing::{Head, PlannedItem, Role};
use crate::model::clip::{Clip, Sound};
use crate::model::entry::Entry;
use crate::model::id::{ClipPath, CommuneId, OutputId};
use crate::model::occurrence::Occurrence;
use crate::model::outcome::{Kind, Outcome, Reason};
use crate::model::recovery::Usage;
use crate::model::seeded::{Bug, seeded};
use crate::model::station::{Commune, Output, Programme, Slot, Station};
use crate::model::time::{Moment, Now};
use crate::plan::{self, About, Choice};

/// How long before its time a device is opened, at the least: opening, checking the file and filling the buffers.
const PREPARE: Duration = Duration::from_secs(8);
/// The fault of a queue whose fallback airs.
const FALLBACK: &str = "fallback";
/// No occurrence is taken longer before its time: ten seconds of lead-in, two minutes of warm-up, and some.
pub(super) const LONGEST_LEAD: Duration = Duration::from_mins(3);
/// How far the next airing is sought where rules forbid those that come first: longer than any row of holidays.
const LOOKED_AHEAD: Duration = Duration::from_hours(24 * 35);
/// How long the ids of settled airings are remembered: longer than any clock is set back by hand.
pub(super) const MEMORY: Duration = Duration::from_hours(48);

/// How long before an airing its output is prepared.
pub(super) fn prepare_lead(output: &Output) -> Duration {
    let warm_up = output.amplifier.as_ref().map_or(Duration::ZERO, |a| a.warm_up + Duration::from_secs(1));
    output.lead_in + warm_up.max(PREPARE)
}

/// `at` and a while.
pub(super) fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// A while before `at`.
pub(super) fn earlier(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

impl Engine {
    /// How long before its time an occurrence enters the book: the same for all, so that they enter in their order.
    pub(super) fn lead(&self) -> Duration {
        let longest = self.station.outputs.iter().map(prepare_lead).max().unwrap_or(PREPARE);
        longest + Duration::from_secs(2)
    }

    /// Brings everything that is due soon into the book.
    pub(super) fn take_due(&mut self, now: Now) {
        // A hair more than the time for which `wake` asks, for the end of the span is not in it.
        let until = later(now.wall, self.lead() + Duration::from_millis(1));
        if self.upcoming.is_none() {
            self.look_ahead(self.horizon);
        }
        if until <= self.horizon || self.upcoming.as_ref().is_none_or(|o| o.at >= until) {
            return;
        }
        let station = Arc::clone(&self.station);
        for occurrence in plan::occurrences(&station, self.horizon, until) {
            if self.settled.contains_key(&occurrence.id) && !seeded(Bug::SettledIsForgotten) {
                continue;
            }
            if self.too_early_to_say(&station, &occurrence, now) {
                self.look_ahead(occurrence.at);
                return;
            }
            self.take(now, &station, &occurrence);
            self.settled.insert(occurrence.id.clone(), occurrence.at);
        }
        self.look_ahead(until);
        let old = earlier(self.horizon, MEMORY);
        self.settled.retain(|_, at| *at >= old);
    }

    /// Moves the horizon.
    pub(super) fn look_ahead(&mut self, horizon: Timestamp) {
        self.horizon = horizon;
        self.upcoming = plan::next(&self.station, earlier(horizon, Duration::from_nanos(1)));
        let coming = || plan::occurrences(&self.station, horizon, later(horizon, LOOKED_AHEAD)).into_iter();
        let first = self.upcoming.clone().filter(|o| permitted(&self.station, o));
        self.promising = first.or_else(|| coming().find(|o| permitted(&self.station, o)));
    }

    /// Is the folder still being read, and no clip known yet? Then nothing is decided against the occurrence.
    fn too_early_to_say(&self, station: &Station, occurrence: &Occurrence, now: Now) -> bool {
        if self.library.scanned_at.is_some() {
            return false;
        }
        rule(station, occurrence).is_some_and(|(commune, slot)| {
            let late = now.wall > plan::latest_start(occurrence.at, slot);
            let date = occurrence.local.date();
            !late
                && !matches!(slot.programme, Programme::Relay(_))
                && plan::choose(commune, slot, &self.library, &self.history, date, &[]).is_err()
        })
    }

    fn take(&mut self, now: Now, station: &Station, occurrence: &Occurrence) {
        let Some((commune, slot)) = rule(station, occurrence) else { return };
        let date = occurrence.local.date();
        let late = now.wall > plan::latest_start(occurrence.at, slot);
        // After years of absence there are a hundred thousand to settle: no clip is chosen for what cannot air.
        let choose = || {
            let owed = self.owed(now, commune, slot, date);
            plan::choose(commune, slot, &self.library, &self.history, date, &owed)
        };
        if let Programme::Relay(relay) = &slot.programme {
            self.take_relay(now, station, commune, slot, relay, occurrence);
            return;
        }
        let choice = if late { Err(Reason::TooLate) } else { choose().map_err(|none| none.reason) };
        let mut head = head_of(station, commune, slot, occurrence);
        let length_of = |c: &Choice| plan::programme_length(commune, slot, &self.library, &c.clip, date);
        let length = choice.as_ref().map_or(Duration::ZERO, length_of);
        let usage = self.usage(&commune.id, date);
        if let Err(reason) = plan::ruling(station, commune, slot, occurrence, &usage, length) {
            if reason == Reason::Disabled && seeded(Bug::NoRowForDisabled) {
                return;
            }
            self.settle_unaired(now, head, commune, Outcome::Skipped, reason);
            return;
        }
        if late && seeded(Bug::NoRowForTooLate) {
            return;
        }
        if late {
            let reason = self.why_late(occurrence.at);
            self.settle_unaired(now, head, commune, Outcome::Missed, reason);
            return;
        }
        match choice {
            Err(reason) => {
                self.raise(now, "nothing_to_play", Some(&rule_of(&head)), words::of_choice(reason, &slot.name));
                self.settle_unaired(now, head, commune, Outcome::Missed, reason);
            }
            Ok(choice) => {
                self.clear(now, "nothing_to_play", Some(&rule_of(&head)));
                head.topics.clone_from(&choice.about.topics);
                head.language = Some(choice.about.language.clone());
                head.choice = Some(choice.why.clone());
                self.tell_of_fallback(now, &head, &slot.name, &choice);
                let bill = self.programme(now, commune, slot, date, &choice);
                let by = plan::latest_start(occurrence.at, slot);
                self.open_airing(now, head, bill, &commune.outputs, by);
            }
        }
    }

    /// A queue's fallback airs: somebody should see to the queue.
    pub(super) fn tell_of_fallback(&mut self, now: Now, head: &Head, slot: &str, choice: &Choice) {
        let rule = rule_of(head);
        match choice.in_place_of {
            Some(reason) => self.raise(now, FALLBACK, Some(&rule), words::of_fallback(reason, slot)),
            None => self.clear(now, FALLBACK, Some(&rule)),
        }
    }

    /// Why an occurrence was not begun in time.
    pub(super) fn why_late(&self, at: Timestamp) -> Reason {
        if at < self.since.at {
            return self.absence;
        }
        self.clock.blame(at).unwrap_or(Reason::TooLate)
    }

    /// What of the day's limits is used up.
    pub(super) fn usage(&self, commune: &CommuneId, date: Date) -> Usage {
        let mut usage = self.history.usage.get(&(commune.clone(), date)).copied().unwrap_or_default();
        // What waits or is on air has no row yet: it counts with its whole length.
        let planned = self.book.values().filter(|l| {
            &l.head.commune == commune && l.head.kind.by_schedule() && l.head.planned_at.local().date() == date
        });
        for live in planned {
            usage.airings += 1;
            usage.seconds += live.length().as_secs_f64();
        }
        usage
    }

    pub(super) fn sound_of(&self, path: &ClipPath) -> Option<&Sound> {
        self.library.clips.get(path).and_then(|c| c.airable().ok())
    }

    /// The clip between its jingles. In mourning there are none; one that cannot be played is left out and shown.
    pub(super) fn programme(&mut self, now: Now, commune: &Commune, slot: &Slot, date: Date, choice: &Choice) -> Bill {
        let (intro, outro) = plan::jingles(commune, slot, date);
        let parts = [(intro, Role::Intro), (Some(&choice.clip), Role::Clip), (outro, Role::Outro)];
        let mut bill = Bill::once(Vec::new(), Vec::new(), slot.level);
        for (path, role) in parts.into_iter().filter_map(|(path, role)| path.map(|p| (p, role))) {
            let known = self.library.clips.get(path).and_then(|c| c.airable().ok().map(|s| (c.clone(), s.clone())));
            let Some((file, sound)) = known else {
                self.raise(now, "clip_missing", Some(path.as_str()), words::of_jingle(path.as_str()));
                continue;
            };
            if role != Role::Clip {
                self.clear(now, "clip_missing", Some(path.as_str()));
            }
            let (item, source) = match role {
                Role::Clip => self.approved(commune, date, item_of(&file, &sound, &choice.about)),
                Role::Intro | Role::Outro | Role::Relay | Role::Fallback => {
                    jingle_of(&file, &sound, role, plan::title(commune, path))
                }
            };
            bill.items.push(item);
            bill.sources.push(source);
        }
        bill
    }

    /// An airing enters the book, and its intention goes to the journal.
    pub(super) fn open_airing(&mut self, now: Now, head: Head, bill: Bill, outputs: &[OutputId], start_by: Timestamp) {
        let at = self.moment(now);
        self.entries.push(Entry::Planned {
            at,
            head: Box::new(head.clone()),
            items: bill.items.clone(),
            outputs: outputs.to_vec(),
        });
        if let (Some(queue), Some(item)) = (&head.queue, bill.items.iter().find(|i| i.role == Role::Clip)) {
            self.history.last_drawn.insert((head.commune.clone(), queue.clone()), item.clip.clone());
        }
        let live = Live {
            due: head.planned_at.at,
            start_by,
            resume_by: resume_by(&head, &bill, start_by),
            intent: self.pending(),
            tracks: outputs.iter().cloned().map(Track::new).collect(),
            checkpointed: None,
            rank: self.rank(),
            head,
            bill,
            preempted: None,
        };
        self.settled.insert(live.head.id.clone(), live.due);
        self.book.insert(live.head.id.clone(), Box::new(live));
    }

    pub(super) fn rank(&mut self) -> u64 {
        self.next_rank += 1;
        self.next_rank
    }
}

/// Until when it may be taken up again after a loss: a stream until its planned end, an emergency as long as it may last.
fn resume_by(head: &Head, bill: &Bill, start_by: Timestamp) -> Timestamp {
    match (&bill.show, head.kind) {
        (_, Kind::Emergency) => start_by,
        (Show::Relay(relay), _) => later(head.planned_at.at, relay.length),
        (Show::Clips(_), _) => later(start_by, bill.length()),
    }
}

/// Does the schedule ask for this airing, and permit it?
pub(super) fn still_planned(station: &Station, head: &Head) -> bool {
    let at = head.planned_at.at;
    let asked = plan::occurrences(station, at, later(at, Duration::from_millis(1)));
    asked.iter().find(|o| o.id == head.id).is_some_and(|o| permitted(station, o))
}

/// Does no rule forbid it, as far as that is known beforehand?
pub(super) fn permitted(station: &Station, occurrence: &Occurrence) -> bool {
    rule(station, occurrence).is_some_and(|(commune, slot)| {
        plan::ruling(station, commune, slot, occurrence, &Usage::default(), Duration::ZERO).is_ok()
    })
}

/// The rule of an occurrence, in the configuration from which it came.
pub(super) fn rule<'a>(station: &'a Station, occurrence: &Occurrence) -> Option<(&'a Commune, &'a Slot)> {
    let commune = station.commune(&occurrence.commune)?;
    Some((commune, commune.slot(&occurrence.slot)?))
}

/// A clip as an item of a programme.
pub(super) fn item_of(clip: &Clip, sound: &Sound, about: &About) -> (PlannedItem, Source) {
    let item = PlannedItem {
        clip: clip.path.clone(),
        role: Role::Clip,
        title: about.title.clone(),
        topics: about.topics.clone(),
        language: Some(about.language.clone()),
        audience: about.audience.clone(),
        hash: sound.hash.clone(),
        planned_s: sound.duration.into(),
        approval: None,
    };
    (item, source_of(clip, sound))
}

/// A jingle is about nothing.
fn jingle_of(clip: &Clip, sound: &Sound, role: Role, title: String) -> (PlannedItem, Source) {
    let about = About { title, topics: Vec::new(), language: String::new(), audience: Vec::new() };
    let (item, source) = item_of(clip, sound, &about);
    (PlannedItem { role, language: None, ..item }, source)
}

/// What a player needs to know of a clip.
pub(super) fn source_of(clip: &Clip, sound: &Sound) -> Source {
    let own = || (clip.file.clone(), sound.hash.clone());
    let (file, hash) = sound.copy.as_ref().map_or_else(own, |copy| (copy.file.clone(), copy.hash.clone()));
    Source { file, hash, sound: sound.clone() }
}

/// What calls for it: what is relayed is a relay, whoever planned it.
fn kind_of(slot: &Slot, occurrence: &Occurrence) -> Kind {
    match slot.programme {
        Programme::Relay(_) => Kind::Relay,
        Programme::Topics(_) | Programme::Queue(_) => occurrence.kind(),
    }
}

pub(super) fn head_of(station: &Station, commune: &Commune, slot: &Slot, occurrence: &Occurrence) -> Head {
    let (topics, queue) = match &slot.programme {
        Programme::Topics(topics) => (topics.clone(), None),
        Programme::Relay(_) => (Vec::new(), None),
        Programme::Queue(id) => (commune.queue(id).map(|q| q.topics.clone()).unwrap_or_default(), Some(id.clone())),
    };
    Head {
        id: occurrence.id.clone(),
        station: station.id.clone(),
        commune: commune.id.clone(),
        commune_name: commune.name.clone(),
        slot: Some(slot.id.clone()),
        slot_name: slot.name.clone(),
        queue,
        kind: kind_of(slot, occurrence),
        priority: slot.priority,
        planned_at: Moment::of(occurrence.at, &station.zone),
        placement: occurrence.placement,
        topics,
        language: None,
        campaign: occurrence.campaign.clone(),
        moved_from: occurrence.moved_from.clone(),
        quota: None,
        makes_good_for: None,
        asked: None,
        revision: station.revision.clone(),
        choice: None,
    }
}
