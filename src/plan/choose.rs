//! Which clip an occurrence gets, and why. Pure.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::approval::{approval_of, permits};
use crate::model::clip::{ClipFault, Library};
use crate::model::id::{Audience, ClipPath, SlotId, Topic};
use crate::model::outcome::Reason;
use crate::model::quota::Share;
use crate::model::recovery::History;
use crate::model::station::{ClipNote, Commune, Order, Programme, Slot};

/// The clip that an occurrence gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Which file.
    pub clip: ClipPath,
    /// What is known of it.
    pub about: About,
    /// Why this one: an English sentence for the row's `choice`.
    pub why: String,
    /// Clips that would have come before it, and why they may not air.
    pub passed_over: Vec<(ClipPath, Reason)>,
    /// Why it is the queue's fallback and none of its clips.
    pub in_place_of: Option<Reason>,
}

/// What schedule and library say of a clip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// As people read it: from the schedule, else the file's name.
    pub title: String,
    /// What it is about: from the schedule, else its folder.
    pub topics: Vec<Topic>,
    /// BCP 47 tag; `vi` where the schedule says nothing.
    pub language: String,
    /// For whom: from the schedule.
    pub audience: Vec<Audience>,
}

/// What schedule and library say of a clip; `folder` is the topic that its folder gives.
#[must_use]
pub fn about(commune: &Commune, clip: &ClipPath, folder: Option<&Topic>) -> About {
    let note = commune.note(clip);
    About {
        title: title(commune, clip),
        topics: topics_of(note, folder).to_vec(),
        language: language_of(note).to_owned(),
        audience: note.map(|n| n.audience.clone()).unwrap_or_default(),
    }
}

fn topics_of<'a>(note: Option<&'a ClipNote>, folder: Option<&'a Topic>) -> &'a [Topic] {
    let noted = note.and_then(|note| note.topics.as_deref());
    noted.unwrap_or_else(|| folder.map_or(&[], std::slice::from_ref))
}

fn language_of(note: Option<&ClipNote>) -> &str {
    note.and_then(|note| note.language.as_deref()).unwrap_or("vi")
}

/// Why an occurrence gets no clip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoChoice {
    /// The reason that tells most about what to mend.
    pub reason: Reason,
    /// Every clip that was looked at, and why it may not air.
    pub passed_over: Vec<(ClipPath, Reason)>,
}

/// Chooses the clip for an occurrence of `slot` on the local day `date`.
///
/// `owed` are the shares still owed in the period, the most urgent first: they matter to queues in the order `quota`
/// alone, which draw from the first of them that has a clip to air.
///
/// Of topics, and of queues in the orders `least_recent` and `quota` (while nothing is owed): the clip that has not
/// aired for the longest time, never-aired ones first, ties in an order that is fixed for each slot. Of queues in the
/// order `in_order`: the one after the clip last drawn, and the first again after the last.
///
/// # Errors
/// No clip of the slot may air on that day.
pub fn choose(
    commune: &Commune,
    slot: &Slot,
    library: &Library,
    history: &History,
    date: Date,
    owed: &[Share],
) -> Result<Choice, NoChoice> {
    let asked = Asked { commune, slot, library, history, date, owed };
    let (clips, turn) = asked.in_turn();
    let count = clips.len();
    let mut passed_over = Vec::new();
    for clip in clips {
        match asked.may_air(&clip) {
            Ok(()) => return Ok(asked.choice(clip, turn, count, passed_over, None)),
            Err(reason) => passed_over.push((clip, reason)),
        }
    }
    let reasons = passed_over.iter().map(|(_, reason)| *reason);
    let reason = reasons.min_by_key(|r| telling(*r)).unwrap_or(Reason::NothingToPlay);
    match asked.fallback() {
        Some(clip) => Ok(asked.choice(clip, Turn::Fallback, count, passed_over, Some(reason))),
        None => Err(NoChoice { reason, passed_over }),
    }
}

/// All clips of `slot` that may air on the local day `date`, the one whose turn it is first.
#[must_use]
pub fn airable_in_turn(
    commune: &Commune,
    slot: &Slot,
    library: &Library,
    history: &History,
    date: Date,
) -> Vec<ClipPath> {
    let asked = Asked { commune, slot, library, history, date, owed: &[] };
    let (clips, _) = asked.in_turn();
    clips.into_iter().filter(|clip| asked.may_air(clip).is_ok()).collect()
}

/// Does what is still owed matter to this slot? To those that draw from a queue in the order `quota`.
#[must_use]
pub fn draws_what_is_owed(commune: &Commune, slot: &Slot) -> bool {
    match &slot.programme {
        Programme::Topics(_) | Programme::Relay(_) => false,
        Programme::Queue(id) => commune.queue(id).is_some_and(|queue| queue.order == Order::Quota),
    }
}

/// What there is to mend, most telling first: a file that is named and not there, then damage, then the calendar.
fn telling(reason: Reason) -> usize {
    use Reason::{ClipCorrupt, ClipExpired, ClipMissing, ClipShort, ClipUnapproved, Silent};
    let order = [ClipMissing, ClipCorrupt, ClipShort, Silent, ClipUnapproved, ClipExpired];
    order.iter().position(|r| *r == reason).unwrap_or(order.len())
}

/// By what rule a clip's turn comes.
#[derive(Clone, Copy)]
enum Turn {
    LeastRecent,
    InOrder,
    Fallback,
}

struct Asked<'a> {
    commune: &'a Commune,
    slot: &'a Slot,
    library: &'a Library,
    history: &'a History,
    date: Date,
    owed: &'a [Share],
}

impl Asked<'_> {
    /// The slot's clips, each once, the one whose turn it is first.
    fn in_turn(&self) -> (Vec<ClipPath>, Turn) {
        let queue = match &self.slot.programme {
            Programme::Topics(topics) => return (self.least_recent(self.of_topics(topics)), Turn::LeastRecent),
            Programme::Queue(id) => self.commune.queue(id),
            Programme::Relay(_) => None,
        };
        let Some(queue) = queue else { return (Vec::new(), Turn::InOrder) };
        let mut clips: Vec<ClipPath> = Vec::new();
        for clip in &queue.clips {
            if !clips.contains(clip) {
                clips.push(clip.clone());
            }
        }
        let named = clips.len();
        let others = self.of_topics(&queue.topics).into_iter().filter(|clip| !queue.clips.contains(clip));
        clips.extend(others);
        match queue.order {
            Order::LeastRecent => (self.least_recent(clips), Turn::LeastRecent),
            Order::Quota => (self.owed_first(self.least_recent(clips)), Turn::LeastRecent),
            Order::InOrder => {
                let last = self.history.last_drawn.get(&(self.commune.id.clone(), queue.id.clone()));
                (in_order(clips, named, last), Turn::InOrder)
            }
        }
    }

    /// All clips of the library with one of these topics, by path.
    fn of_topics(&self, topics: &[Topic]) -> Vec<ClipPath> {
        let meets = |clip: &&ClipPath| self.topics(clip).iter().any(|topic| topics.contains(topic));
        self.library.clips.keys().filter(meets).cloned().collect()
    }

    fn least_recent(&self, mut clips: Vec<ClipPath>) -> Vec<ClipPath> {
        clips.sort_by_cached_key(|clip| (self.last_aired(clip), tie_break(&self.slot.id, clip), clip.clone()));
        clips
    }

    /// Clips of the first share that is owed and can be aired come first; else nothing changes.
    fn owed_first(&self, clips: Vec<ClipPath>) -> Vec<ClipPath> {
        for share in self.owed {
            let (having, others): (Vec<_>, Vec<_>) = clips.iter().cloned().partition(|clip| self.has(clip, share));
            if having.iter().any(|clip| self.may_air(clip).is_ok()) {
                return [having, others].concat();
            }
        }
        clips
    }

    fn has(&self, clip: &ClipPath, share: &Share) -> bool {
        let note = self.commune.note(clip);
        match share {
            Share::Topic(topic) => self.topics(clip).contains(topic),
            Share::Language(tag) => language_of(note) == tag,
            Share::Audience(group) => note.is_some_and(|note| note.audience.contains(group)),
        }
    }

    fn last_aired(&self, clip: &ClipPath) -> Option<Timestamp> {
        self.history.last_aired.get(clip).copied()
    }

    fn topics(&self, clip: &ClipPath) -> &[Topic] {
        topics_of(self.commune.note(clip), self.folder(clip))
    }

    fn folder(&self, clip: &ClipPath) -> Option<&Topic> {
        self.library.clips.get(clip).and_then(|found| found.topic.as_ref())
    }

    fn may_air(&self, path: &ClipPath) -> Result<(), Reason> {
        let clip = self.library.clips.get(path).ok_or(Reason::ClipMissing)?;
        let sound = clip.airable().map_err(reason_of)?;
        if let Some(note) = self.commune.note(path) {
            let too_early = note.valid_from.is_some_and(|first| self.date < first);
            let too_late = note.valid_until.is_some_and(|last| self.date > last);
            // The one reason for both ends of its days of validity.
            if too_early || too_late {
                return Err(Reason::ClipExpired);
            }
        }
        let (state, _) = approval_of(self.commune, self.history, path, &sound.hash, self.date);
        if !permits(self.commune.approval, state) {
            return Err(Reason::ClipUnapproved);
        }
        // No reason says "too long": what remains is that the slot finds nothing in it to play.
        let fits = self.slot.max_length.is_none_or(|most| sound.duration <= most);
        if fits { Ok(()) } else { Err(Reason::NothingToPlay) }
    }

    /// The clip that airs where no other of the queue can.
    fn fallback(&self) -> Option<ClipPath> {
        let Programme::Queue(id) = &self.slot.programme else { return None };
        let clip = self.commune.queue(id)?.fallback.clone()?;
        self.may_air(&clip).is_ok().then_some(clip)
    }

    fn choice(
        &self,
        clip: ClipPath,
        turn: Turn,
        count: usize,
        passed_over: Vec<(ClipPath, Reason)>,
        in_place_of: Option<Reason>,
    ) -> Choice {
        let turn = match (turn, self.last_aired(&clip)) {
            (Turn::InOrder, _) => "next in order".to_owned(),
            (Turn::Fallback, _) => "its fallback".to_owned(),
            (Turn::LeastRecent, None) => "never aired".to_owned(),
            (Turn::LeastRecent, Some(at)) => format!("aired longest ago, at {at:.0}"),
        };
        let from = match &self.slot.programme {
            Programme::Topics(topics) => topics.iter().map(Topic::as_str).collect::<Vec<_>>().join(", "),
            Programme::Queue(queue) => format!("queue {queue}"),
            Programme::Relay(relay) => relay.url.clone(),
        };
        let passed = match passed_over.len() {
            0 => String::new(),
            n => format!("; {n} passed over"),
        };
        Choice {
            about: about(self.commune, &clip, self.folder(&clip)),
            why: format!("Chosen from {count} in {from}: {turn}{passed}."),
            clip,
            passed_over,
            in_place_of,
        }
    }
}

/// The clips from the one after `last` on, and round. The first `named` stand in an order that somebody chose, the
/// others by path: where `last` has left the folder meanwhile, its neighbour is next and not the first clip again.
fn in_order(mut clips: Vec<ClipPath>, named: usize, last: Option<&ClipPath>) -> Vec<ClipPath> {
    let Some(last) = last else { return clips };
    let next = match clips.iter().position(|clip| clip == last) {
        Some(place) => place + 1,
        None => named + clips[named..].partition_point(|clip| clip < last),
    };
    let first = next % clips.len().max(1);
    clips.rotate_left(first);
    clips
}

/// FNV-1a over slot and clip: an order among equals that differs from slot to slot and is the same for ever.
fn tie_break(slot: &SlotId, clip: &ClipPath) -> u64 {
    let bytes = slot.as_str().bytes().chain([0]).chain(clip.as_str().bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn reason_of(fault: ClipFault) -> Reason {
    match fault {
        ClipFault::CutShort => Reason::ClipShort,
        ClipFault::Silent => Reason::Silent,
        _ => Reason::ClipCorrupt,
    }
}

/// What people read for a clip: what the schedule says, else its file's name.
#[must_use]
pub fn title(commune: &Commune, clip: &ClipPath) -> String {
    commune.note(clip).and_then(|n| n.title.clone()).unwrap_or_else(|| title_of(clip))
}

/// The file's name as a title: without its folders and its ending, `-` and `_` being spaces.
fn title_of(clip: &ClipPath) -> String {
    let name = clip.as_str().rsplit('/').next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if stem.is_empty() { name } else { stem }.replace(['-', '_'], " ")
}
