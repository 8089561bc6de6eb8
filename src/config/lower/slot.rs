//! `[[slot]]` and `[[campaign.slot]]`: what, and how late. Pure.

use std::time::Duration;

use crate::config::lower::when::{RawWhen, recurrence};
use crate::config::lower::{Desk, Seen, all, need, not_empty, optional, unknown_reference};
use crate::config::places::Item;
use crate::config::read::At;
use crate::config::read::raw::RawSlot;
use crate::config::read::table::Keys as _;
use crate::config::source::Span;
use crate::model::calendar::OnHoliday;
use crate::model::id::{CommuneId, QueueId, SlotId, Topic};
use crate::model::outcome::Priority;
use crate::model::station::{Level, Programme, Slot, SlotState};
use crate::text;

const USUAL_START_WITHIN: Duration = Duration::from_mins(15);

/// A commune has no more slots than this, those of its campaigns included.
const MAX_SLOTS: usize = 200;

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
        let RawSlot { id, name, days, at, cron, holiday, day_offset, topics, queue, .. } = raw;
        let RawSlot { start_within, max_length, intro, outro, enabled, on_holiday, .. } = raw;
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
        let programme = programme(topics, queue, self.queues, &span, desk);
        let start_within = optional(start_within).map(|d| d.map_or(USUAL_START_WITHIN, |d| d.0));
        let max_length = optional(max_length);
        let (intro, outro) = (optional(intro), optional(outro));
        let enabled = optional(enabled);
        Some(Slot {
            priority: Priority::Normal,
            level: Level::default(),
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
        })
    }
}

fn programme(
    topics: Option<At<Vec<At<Topic>>>>,
    queue: Option<At<QueueId>>,
    queues: &[QueueId],
    header: &Span,
    desk: &mut Desk<'_, '_>,
) -> Option<Programme> {
    match (topics, queue) {
        (None, None) if desk.to.is_meant(header, &["topics", "queue"]) => None,
        (None, None) => {
            desk.to.add(
                "neither",
                header,
                text!("Khung giờ này chưa ghi phát gì.", "This slot does not say what to air."),
                text!(
                    "Thêm dòng topics = [\"tên-thư-mục-âm-thanh\"], hoặc queue = \"mã-hàng-đợi\".",
                    "Add topics = [\"name-of-an-audio-folder\"], or queue = \"id-of-a-queue\"."
                ),
            );
            None
        }
        (Some(_), Some(queue)) => {
            desk.to.add(
                "both",
                &queue.span,
                text!("Khung giờ này vừa có topics vừa có queue.", "This slot has both topics and queue."),
                text!("Xóa một trong hai dòng.", "Remove one of the two lines."),
            );
            None
        }
        (Some(topics), None) => {
            not_empty(Some(&topics), "topics", desk.to);
            topics.value.and_then(all).map(Programme::Topics)
        }
        (None, Some(At { span, value })) => {
            let id = value?;
            if !queues.contains(&id) {
                let known: Vec<_> = queues.iter().map(QueueId::as_str).collect();
                unknown_reference(id.as_str(), &span, ("[[queue]]", &desk.to.source.name), &known, desk.to);
            }
            Some(Programme::Queue(id))
        }
    }
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
