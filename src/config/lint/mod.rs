//! What is allowed and yet probably not meant: warnings over the next four weeks and over the audio folder. Pure.

mod approval;
mod clips;
mod hours;
mod overlap;
mod promise;
mod sound;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, ToSpan as _};

use crate::config::places::{Item, Places};
use crate::model::calendar::Campaign;
use crate::model::clip::{Clip, Library};
use crate::model::diag::Diagnostic;
use crate::model::id::{ClipPath, Topic};
use crate::model::station::{Commune, Programme, Recurrence, Slot, SlotState, Station};
use crate::model::text::Text;

/// How many days are looked at.
const DAYS: i32 = 28;

/// How many days of a campaign to come are looked at.
const DAYS_OF_CAMPAIGN: i32 = 14;

/// How far ahead campaigns are looked at, and a slot without a start in these days is looked for.
const YEAR: i32 = 366;

/// A slot that starts more often a day is not looked at any further.
const MAX_STARTS: usize = 48;

/// How long a clip is taken to be where nothing is known of it.
const USUAL_LENGTH: Duration = Duration::from_mins(15);

/// Warnings about a station that can be used: its slots over the four weeks from `from` and over the first two weeks of
/// each campaign to come, its promises, and its clips if the audio folder has been read.
#[must_use]
pub fn lint(station: &Station, places: &Places, library: &Library, from: Date) -> Vec<Diagnostic> {
    let library = library.scanned_at.is_some().then_some(library);
    let mut desk = Desk { places, library, from, days: days_of_interest(station, from), warnings: Vec::new() };
    let mut starts = Vec::new();
    for commune in &station.communes {
        let alive = |slot: &Slot, campaign: Option<&Campaign>| {
            slot.state == SlotState::Enabled && campaign.is_none_or(|campaign| from <= campaign.until)
        };
        let slots = commune.all_slots().filter(|(slot, campaign)| alive(slot, *campaign));
        let slots: Vec<_> = slots.map(|(slot, campaign)| Planned::new(commune, slot, campaign, &desk)).collect();
        for planned in &slots {
            hours::check(planned, &mut desk);
            clips::check_slot(planned, &mut desk);
            sound::check_slot(station, planned, &mut desk);
        }
        hours::check_days(commune, &slots, &mut desk);
        clips::check_commune(commune, &mut desk);
        approval::check(commune, &slots, &mut desk);
        promise::check(commune, &slots, &mut desk);
        starts.extend(slots);
    }
    overlap::check(station, &starts, &mut desk);
    sound::check_outputs(station, &starts, &mut desk);
    let mut warnings = desk.warnings;
    warnings.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    warnings
}

/// What the checks work with.
struct Desk<'a> {
    places: &'a Places,
    /// Only once it has been read.
    library: Option<&'a Library>,
    from: Date,
    /// The days that are looked at.
    days: BTreeSet<Date>,
    warnings: Vec<Diagnostic>,
}

impl Desk<'_> {
    fn warn(&mut self, item: &Item, key: &'static str, code: &'static str, message: Text, remedy: Text) {
        self.warn_at((item, key, None), code, message, remedy);
    }

    fn warn_at(&mut self, at: (&Item, &'static str, Option<usize>), code: &'static str, message: Text, remedy: Text) {
        self.warnings.push(self.places.warn(at, code, (message, remedy)));
    }
}

/// A slot with its starts in the days that are looked at.
struct Planned<'a> {
    commune: &'a Commune,
    slot: &'a Slot,
    campaign: Option<&'a Campaign>,
    item: Item,
    /// Local times, ascending.
    starts: Vec<DateTime>,
    /// The starts of the first day that has more than [`MAX_STARTS`].
    too_often: Option<usize>,
    /// How long it may last.
    length: Duration,
}

impl<'a> Planned<'a> {
    fn new(commune: &'a Commune, slot: &'a Slot, campaign: Option<&'a Campaign>, desk: &Desk<'_>) -> Self {
        let mut starts = Vec::new();
        let mut too_often = None;
        for day in desk.days.iter().filter(|day| in_force(commune, slot, campaign, **day)) {
            let today = starts_on(slot, *day);
            if today.len() > MAX_STARTS {
                too_often = Some(today.len());
                starts.extend(today.into_iter().take(MAX_STARTS));
                break;
            }
            starts.extend(today);
        }
        let item = Item::Slot(commune.id.clone(), slot.id.clone());
        let length = length(commune, slot, desk.library);
        Self { commune, slot, campaign, item, starts, too_often, length }
    }

    /// The times of the day at which it starts; of a slot that is bound to a holiday, whatever its day is.
    fn times(&self) -> BTreeSet<Time> {
        match &self.slot.recurrence {
            Recurrence::OnHoliday { at, .. } => at.iter().copied().collect(),
            Recurrence::Weekly { .. } | Recurrence::Cron(_) => self.starts.iter().map(|start| start.time()).collect(),
        }
    }

    /// The key that says when.
    fn when(&self) -> &'static str {
        match self.slot.recurrence {
            Recurrence::Weekly { .. } | Recurrence::OnHoliday { .. } => "at",
            Recurrence::Cron(_) => "cron",
        }
    }
}

/// So many days, beginning with `from`.
fn days_from(from: Date, count: i32) -> impl Iterator<Item = Date> {
    (0..count).filter_map(move |n| from.checked_add(n.days()).ok())
}

/// The next weeks, and the beginnings of the campaigns of the year to come.
fn days_of_interest(station: &Station, from: Date) -> BTreeSet<Date> {
    let year = from.checked_add(YEAR.days()).unwrap_or(from);
    let campaigns = station.communes.iter().flat_map(|commune| &commune.campaigns);
    let later = campaigns
        .filter(|campaign| from < campaign.from && campaign.from <= year)
        .flat_map(|campaign| days_from(campaign.from, DAYS_OF_CAMPAIGN).take_while(|day| *day <= campaign.until));
    days_from(from, DAYS).chain(later).collect()
}

/// Does a slot hold on this day: is its campaign running, or is it not replaced by one?
fn in_force(commune: &Commune, slot: &Slot, campaign: Option<&Campaign>, day: Date) -> bool {
    match campaign {
        Some(campaign) => campaign.runs(day),
        None => !commune.campaigns.iter().any(|other| other.runs(day) && other.replaces.contains(&slot.id)),
    }
}

/// The local times of a day at which a slot starts; nothing for what is bound to a holiday, whose day is not known here.
fn starts_on(slot: &Slot, day: Date) -> Vec<DateTime> {
    match &slot.recurrence {
        Recurrence::Weekly { days, at } if days.contains(day.weekday()) => {
            at.iter().map(|t| day.to_datetime(*t)).collect()
        }
        Recurrence::Weekly { .. } | Recurrence::OnHoliday { .. } => Vec::new(),
        Recurrence::Cron(rule) => rule.on_day(day),
    }
}

/// How long a slot may last by what it says itself, and the key that says so.
fn limit(slot: &Slot) -> Option<(&'static str, Duration)> {
    match &slot.programme {
        Programme::Relay(relay) => Some(("length", relay.length)),
        Programme::Topics(_) | Programme::Queue(_) => slot.max_length.map(|length| ("max_length", length)),
    }
}

/// How long a slot may last: its limit, else its longest clip, else what is usual.
fn length(commune: &Commune, slot: &Slot, library: Option<&Library>) -> Duration {
    let longest = || {
        let clips = library.map(|library| candidates(commune, slot, library))?;
        clips.iter().filter_map(|clip| clip.airable().ok().map(|sound| sound.duration)).max()
    };
    limit(slot).map(|(_, length)| length).or_else(longest).unwrap_or(USUAL_LENGTH)
}

/// `start` and so long after it.
fn end_of(start: DateTime, length: Duration) -> DateTime {
    let length = SignedDuration::try_from(length).unwrap_or(SignedDuration::ZERO);
    start.saturating_add(length)
}

/// The clips that a slot may draw, airable or not.
fn candidates<'l>(commune: &Commune, slot: &Slot, library: &'l Library) -> Vec<&'l Clip> {
    let (topics, named): (&[Topic], &[ClipPath]) = match &slot.programme {
        Programme::Topics(topics) => (topics, &[]),
        Programme::Relay(_) => (&[], &[]),
        Programme::Queue(id) => commune.queue(id).map_or((&[], &[]), |queue| (&queue.topics, &queue.clips)),
    };
    let drawn = |clip: &&Clip| named.contains(&clip.path) || topics.iter().any(|topic| is_about(commune, clip, topic));
    library.clips.values().filter(drawn).collect()
}

/// Is this clip about this topic: by what the schedule says of it, else by its folder?
fn is_about(commune: &Commune, clip: &Clip, topic: &Topic) -> bool {
    match commune.note(&clip.path).and_then(|note| note.topics.as_ref()) {
        Some(topics) => topics.contains(topic),
        None => clip.topic.as_ref() == Some(topic),
    }
}
