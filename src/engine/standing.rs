//! Ends the faults whose cause is gone: of slots, jingles and outputs that a reload took away or a new file mended. Pure.

use crate::engine::Engine;
use crate::engine::live::Phase;
use crate::model::airing::Head;
use crate::model::fault::Fault;
use crate::model::id::CommuneId;
use crate::model::outcome::Reason;
use crate::model::station::{Commune, Programme, Slot, SlotState};
use crate::model::time::Now;
use crate::plan;

/// Faults of a slot whose clip was found bad on air.
const OF_CLIPS: [Reason; 3] = [Reason::ClipMissing, Reason::ClipCorrupt, Reason::ClipShort];
/// Faults of an output.
pub(super) const OF_OUTPUTS: [Reason; 7] = [
    Reason::DeviceAbsent,
    Reason::DeviceStalled,
    Reason::DeviceImplausible,
    Reason::DeviceMuted,
    Reason::DeviceRerouted,
    Reason::Silent,
    Reason::Process,
];

/// What the faults of a slot concern: `<commune>/<slot>`, whatever the day. A folder that stays empty is one fault.
pub(super) fn rule_of(head: &Head) -> String {
    rule_named(&head.commune, head.slot.as_ref().map_or(head.kind.code(), |s| s.as_str()))
}

/// The same of a slot, or a kind, of a commune.
pub(super) fn rule_named(commune: &CommuneId, slot: &str) -> String {
    format!("{commune}/{slot}")
}

impl Engine {
    /// Files or schedule have changed.
    pub(super) fn review_faults(&mut self, now: Now) {
        let over = |f: &Fault| f.subject.as_deref().is_some_and(|subject| self.is_over(now, &f.code, subject));
        let stale = self.board.all().into_iter().filter(over).collect();
        self.clear_all(now, stale);
    }

    /// A slot airs a clip that sounds.
    pub(super) fn clear_clip_faults(&mut self, now: Now, rule: &str) {
        for reason in OF_CLIPS {
            self.clear(now, reason.code(), Some(rule));
        }
    }

    /// Silence is a fault of what is on air.
    pub(super) fn end_silence(&mut self, now: Now) {
        for output in self.board.subjects(Reason::Silent) {
            let mut tracks = self.book.values().flat_map(|l| &l.tracks).filter(|t| t.output.as_str() == output);
            if !tracks.any(|t| matches!(t.phase, Phase::OnAir { .. })) {
                self.clear(now, Reason::Silent.code(), Some(&output));
            }
        }
    }

    /// So is a stream that is lost.
    pub(super) fn end_lost_relays(&mut self, now: Now) {
        for rule in self.board.subjects(Reason::RelayLost) {
            if !self.book.values().any(|l| !l.done() && rule_of(&l.head) == rule) {
                self.clear(now, Reason::RelayLost.code(), Some(&rule));
            }
        }
    }

    fn clear_all(&mut self, now: Now, stale: Vec<Fault>) {
        for fault in stale {
            self.clear(now, &fault.code, fault.subject.as_deref());
        }
    }

    fn is_over(&self, now: Now, code: &str, subject: &str) -> bool {
        let reason = Reason::from_code(code);
        if reason.is_some_and(|r| OF_OUTPUTS.contains(&r)) {
            return !self.station.outputs.iter().any(|o| o.id.as_str() == subject);
        }
        let rules = self.station.communes.iter().flat_map(|c| c.slots.iter().map(move |s| (c, s)));
        let rule = rules.into_iter().find(|(c, s)| subject.split_once('/') == Some((c.id.as_str(), s.id.as_str())));
        if code == Reason::NothingToPlay.code() {
            return rule.is_none_or(|(commune, slot)| self.lacks_nothing(now, commune, slot));
        }
        if !reason.is_some_and(|r| OF_CLIPS.contains(&r)) || rule.is_some_and(|(_, s)| s.state == SlotState::Enabled) {
            return false;
        }
        !self.is_a_missing_jingle(subject)
    }

    /// Has a slot a clip, or does it need none? What a stream lacks is said while it is relayed.
    fn lacks_nothing(&self, now: Now, commune: &Commune, slot: &Slot) -> bool {
        let date = self.station.zone.to_datetime(now.wall).date();
        slot.state == SlotState::Disabled
            || matches!(slot.programme, Programme::Relay(_))
            || plan::choose(commune, slot, &self.library, &self.history, date, &[]).is_ok()
    }

    fn is_a_missing_jingle(&self, path: &str) -> bool {
        let slots = self.station.communes.iter().flat_map(|c| &c.slots);
        let mut jingles = slots.flat_map(|s| [&s.intro, &s.outro]).flatten();
        jingles.any(|p| p.as_str() == path && self.sound_of(p).is_none())
    }
}
