//! `[[slot]]` and `[[campaign.slot]]`: what, and how late. Pure.

use std::time::Duration;

use crate::config::lower::what::RawWhat;
use crate::config::lower::when::{RawWhen, recurrence};
use crate::config::lower::{Desk, Seen, need, optional};
use crate::config::places::Item;
use crate::config::read::At;
use crate::config::read::level::Gain;
use crate::config::read::raw::RawSlot;
use crate::config::read::table::Keys as _;
use crate::config::read::when::Lasting;
use crate::config::source::Span;
use crate::model::calendar::OnHoliday;
use crate::model::id::{CommuneId, QueueId, SlotId};
use crate::model::outcome::Priority;
use crate::model::station::{Level, Slot, SlotState};
use crate::text;

const USUAL_START_WITHIN: Duration = Duration::from_mins(15);

/// A commune has no more slots than this, those of its campaigns included.
const MAX_SLOTS: usize = 200;

/// How long sound rises or sinks.
type Fade = Lasting<0, 10_000>;

/// What all slots of a commune share.
pub(crate) struct Schedule<'a> {
    commune: Option<&'a CommuneId>,
    queues: &'a [QueueId],
    seen: Seen<SlotId>,
    count: usize,
}

impl<'a> Schedule<'a> {
    /// No slot yet; `queues` can be drawn from.
    pub(crate) fn new(commune: Option<&'a CommuneId>, queues: &'a [QueueId]) -> Self {
        Self { commune, queues, seen: Seen::default(), count: 0 }
    }

    /// The slots of one list, below `header`; where a slot has no name, it has the `usual_name` if there is one.
    pub(crate) fn lower(
        &mut self,
        list: Vec<At<RawSlot>>,
        (span, header): (&Span, &str),
        usual_name: Option<&str>,
        desk: &mut Desk<'_, '_>,
    ) -> Option<Vec<Slot>> {
        self.count += list.len();
        if self.count > MAX_SLOTS {
            let message =
                text!("Có hơn {MAX_SLOTS} khung giờ phát, nhiều quá mức.", "There are more than {MAX_SLOTS} slots.");
            let remedy = text!(
                "Hãy gộp bớt: một khung giờ có thể có nhiều giờ phát.",
                "Merge some: a slot may have several times."
            );
            desk.to.add("too_many", span, message, remedy);
            return None;
        }
        let slots: Vec<_> = list.into_iter().map(|at| self.lower_slot(at, header, usual_name, desk)).collect();
        slots.into_iter().collect()
    }

    fn lower_slot(
        &mut self,
        at: At<RawSlot>,
        header: &str,
        usual_name: Option<&str>,
        desk: &mut Desk<'_, '_>,
    ) -> Option<Slot> {
        let (span, raw) = (at.span, at.value?);
        let (table, spans) = ((&span, header), raw.spans());
        let RawSlot { id, name, days, at, cron, holiday, day_offset, .. } = raw;
        let RawSlot { topics, queue, relay, length, fallback_queue, silence, .. } = raw;
        let RawSlot { start_within, max_length, intro, outro, enabled, on_holiday, .. } = raw;
        let RawSlot { priority, volume_db, fade_in, fade_out, .. } = raw;
        if let Some(At { span: place, value: Some(id) }) = &id {
            self.seen.note(id, place, desk.to);
            if let Some(commune) = self.commune {
                desk.places.add(desk.file, &Item::Slot(commune.clone(), id.clone()), &span, spans);
            }
        }
        let id = need(id, "id", table, desk.to);
        let name = match (name, usual_name) {
            (None, Some(usual)) => Some(usual.to_owned()),
            (name, _) => need(name, "name", table, desk.to).map(|line| line.0),
        };
        let when = RawWhen { days, at, cron, holiday, day_offset };
        let on_holiday = bound(when.holiday.is_some(), on_holiday, desk);
        let recurrence = recurrence(when, table, desk);
        let what = RawWhat { topics, queue, relay, length, fallback_queue, silence };
        what.check_jingles(&[("intro", intro.as_ref()), ("outro", outro.as_ref())], desk);
        let programme = what.lower(self.queues, table, desk);
        let start_within = optional(start_within).map(|d| d.map_or(USUAL_START_WITHIN, |d| d.0));
        let max_length = optional(max_length);
        let (intro, outro) = (optional(intro), optional(outro));
        let enabled = optional(enabled);
        let priority = optional(priority).map(|priority| priority.unwrap_or(Priority::Normal));
        let level = level(volume_db, fade_in, fade_out);
        Some(Slot {
            id: id?,
            name: name?,
            recurrence: recurrence?,
            programme: programme?,
            start_within: start_within?,
            max_length: max_length?.map(|d| d.0),
            intro: intro?,
            outro: outro?,
            state: match enabled? {
                Some(false) => SlotState::Disabled,
                Some(true) | None => SlotState::Enabled,
            },
            on_holiday: on_holiday?,
            priority: priority?,
            level: level?,
        })
    }
}

fn level(volume: Option<At<Gain>>, fade_in: Option<At<Fade>>, fade_out: Option<At<Fade>>) -> Option<Level> {
    let (volume, fade_in, fade_out) = (optional(volume), optional(fade_in), optional(fade_out));
    let usual = Level::default();
    Some(Level {
        volume: volume?.map_or(usual.volume, |gain| gain.0),
        fade_in: fade_in?.map_or(usual.fade_in, |fade| fade.0),
        fade_out: fade_out?.map_or(usual.fade_out, |fade| fade.0),
    })
}

/// What a slot does on holidays, if it says so; one that is bound to a holiday always airs on it.
#[expect(clippy::option_option, reason = "written or not, right or wrong: two questions")]
fn bound(holiday: bool, on_holiday: Option<At<OnHoliday>>, desk: &mut Desk<'_, '_>) -> Option<Option<OnHoliday>> {
    if let Some(at) = on_holiday.as_ref().filter(|_| holiday) {
        desk.to.add(
            "both",
            &at.span,
            text!(
                "Khung giờ gắn với ngày lễ (holiday) luôn phát vào ngày ấy, không dùng on_holiday được.",
                "A slot that is bound to a holiday always airs on it: on_holiday has no use."
            ),
            text!("Xóa dòng on_holiday.", "Remove the line on_holiday."),
        );
    }
    optional(on_holiday)
}
