//! Which clip a make-good airs. Pure.

use std::time::Duration;

use jiff::civil::Date;

use super::Facts;
use super::forecast::ledger_clip;
use super::tally::has;
use crate::model::id::{QueueId, Topic};
use crate::model::ledger::LedgerRow;
use crate::model::outcome::Priority;
use crate::model::quota::Share;
use crate::model::recovery::History;
use crate::model::station::{Commune, Level, Order, Programme, Queue, Recurrence, Slot, SlotState};
use crate::model::time::Days;
use crate::plan::{self, Choice};

/// How late a make-good may begin.
pub(super) const START_WITHIN: Duration = Duration::from_mins(15);
/// What stands in the place of a slot.
pub(super) const RULE: &str = "make-good";

/// What is asked of the clip.
pub(super) enum Wish<'a> {
    /// It has the first of these shares for which there is a clip; else anything that replaces what was lost.
    Better(&'a [&'a Share]),
    /// It has one of these shares.
    Only(&'a [&'a Share]),
}

/// The clip that replaces a lost airing on that day: one with a share that is asked for, the least recently aired
/// first; else one of its topics; else what its slot would draw. Not longer than its slot lets clips be.
pub(super) fn clip(
    facts: &Facts,
    commune: &Commune,
    lost: &LedgerRow,
    wish: &Wish,
    date: Date,
    history: &History,
) -> Option<Choice> {
    let rule = lost.slot.as_ref().and_then(|id| commune.slot(id));
    let max_length = rule.and_then(|slot| slot.max_length);
    let draw = |commune: &Commune, programme: Programme, owed: &[Share]| {
        let slot = slot(programme, max_length)?;
        plan::choose(commune, &slot, facts.library, history, date, owed).ok()
    };
    let sharing = |share: &Share| {
        let choice = match share {
            Share::Topic(topic) => draw(commune, Programme::Topics(vec![topic.clone()]), &[]),
            Share::Language(_) | Share::Audience(_) => {
                let (commune, all) = with_queue_of_all(commune)?;
                draw(&commune, all, std::slice::from_ref(share))
            }
        };
        choice.filter(|choice| has(&ledger_clip(choice), share))
    };
    let (Wish::Better(shares) | Wish::Only(shares)) = wish;
    let found = shares.iter().find_map(|share| sharing(share));
    if found.is_some() || matches!(wish, Wish::Only(_)) {
        return found;
    }
    let of_topics = draw(commune, Programme::Topics(lost.topics.to_vec()), &[]);
    of_topics.or_else(|| draw(commune, rule?.programme.clone(), &[]))
}

/// A make-good's rule, as the plan reads rules.
pub(super) fn slot(programme: Programme, max_length: Option<Duration>) -> Option<Slot> {
    Some(Slot {
        priority: Priority::Normal,
        level: Level::default(),
        id: RULE.parse().ok()?,
        name: RULE.to_owned(),
        recurrence: Recurrence::Weekly { days: Days::ALL, at: Vec::new() },
        programme,
        start_within: START_WITHIN,
        max_length,
        intro: None,
        outro: None,
        state: SlotState::Enabled,
        on_holiday: None,
    })
}

/// The commune with one queue more, in which all that its schedule may draw stands, what is owed first.
fn with_queue_of_all(commune: &Commune) -> Option<(Commune, Programme)> {
    let id: QueueId = RULE.parse().ok()?;
    let of_slots = commune.all_slots().filter_map(|(slot, _)| match &slot.programme {
        Programme::Topics(topics) => Some(topics),
        Programme::Queue(_) | Programme::Relay(_) => None,
    });
    let of_queues = commune.queues.iter().map(|queue| &queue.topics);
    let topics: Vec<Topic> = of_slots.chain(of_queues).flatten().cloned().collect();
    let clips = commune.queues.iter().flat_map(|queue| queue.clips.iter().cloned()).collect();
    let mut commune = commune.clone();
    commune.queues.insert(0, Queue { id: id.clone(), topics, clips, order: Order::Quota, fallback: None });
    Some((commune, Programme::Queue(id)))
}
