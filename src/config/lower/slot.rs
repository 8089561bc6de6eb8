//! `[[slot]]`: when and what. Pure.

use std::time::Duration;

use jiff::civil::Time;

use crate::config::lower::{Desk, Seen, all, need, not_empty, optional, unknown_reference};
use crate::config::places::Item;
use crate::config::read::day::CronText;
use crate::config::read::raw::RawSlot;
use crate::config::read::table::Keys as _;
use crate::config::read::when::spell_time;
use crate::config::read::{At, OneOrMany};
use crate::config::source::Span;
use crate::model::id::{CommuneId, QueueId, SlotId, Topic};
use crate::model::station::{Programme, Recurrence, Slot, SlotState};
use crate::model::time::Days;
use crate::text;

const HEADER: &str = "[[slot]]";
const USUAL_START_WITHIN: Duration = Duration::from_mins(15);

/// A commune has no more slots than this.
const MAX_SLOTS: usize = 200;

/// A slot has no more times a day than this.
const MAX_TIMES: usize = 48;

/// All slots of a file.
pub(crate) fn lower_slots(
    field: Option<At<Vec<At<RawSlot>>>>,
    commune: Option<&CommuneId>,
    queues: &[QueueId],
    desk: &mut Desk<'_, '_>,
) -> Option<Vec<Slot>> {
    let Some(At { span, value }) = field else { return Some(Vec::new()) };
    let list = value?;
    if list.len() > MAX_SLOTS {
        let message =
            text!("Có hơn {MAX_SLOTS} khung giờ phát, nhiều quá mức.", "There are more than {MAX_SLOTS} slots.");
        desk.to.add(
            "too_many",
            &span,
            message,
            text!("Hãy gộp bớt: một khung giờ có thể có nhiều giờ phát.", "Merge some: a slot may have several times."),
        );
        return None;
    }
    let mut seen = Seen::default();
    let slots: Vec<_> = list.into_iter().map(|at| lower(at, commune, queues, &mut seen, desk)).collect();
    slots.into_iter().collect()
}

fn lower(
    at: At<RawSlot>,
    commune: Option<&CommuneId>,
    queues: &[QueueId],
    seen: &mut Seen<SlotId>,
    desk: &mut Desk<'_, '_>,
) -> Option<Slot> {
    let (header, raw) = (at.span, at.value?);
    let spans = raw.spans();
    let RawSlot { id, name, days, at, cron, topics, queue, start_within, max_length, intro, outro, enabled } = raw;
    if let Some(At { span, value: Some(id) }) = &id {
        seen.note(id, span, desk.to);
        if let Some(commune) = commune {
            desk.places.add(desk.file, &Item::Slot(commune.clone(), id.clone()), &header, spans);
        }
    }
    let id = need(id, "id", (&header, HEADER), desk.to);
    let name = need(name, "name", (&header, HEADER), desk.to);
    let recurrence = recurrence(days, at, cron, &header, desk);
    let programme = programme(topics, queue, queues, &header, desk);
    let start_within = optional(start_within).map(|d| d.map_or(USUAL_START_WITHIN, |d| d.0));
    let max_length = optional(max_length);
    let (intro, outro) = (optional(intro), optional(outro));
    let enabled = optional(enabled);
    Some(Slot {
        id: id?,
        name: name?.0,
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
        on_holiday: None,
    })
}

fn recurrence(
    days: Option<At<OneOrMany<Days>>>,
    at: Option<At<OneOrMany<Time>>>,
    cron: Option<At<CronText>>,
    header: &Span,
    desk: &mut Desk<'_, '_>,
) -> Option<Recurrence> {
    match (days, at, cron) {
        (None, None, Some(cron)) => cron.value.map(|cron| Recurrence::Cron(cron.0)),
        (None, None, None) if desk.to.is_meant(header, &["days", "at", "cron"]) => None,
        (None, None, None) => {
            desk.to.add(
                "neither",
                header,
                text!("Khung giờ này chưa ghi phát lúc nào.", "This slot does not say when."),
                text!(
                    "Thêm hai dòng, ví dụ: days = [\"T2\", \"T5\"] và at = \"05:30\"",
                    "Add two lines, such as: days = [\"T2\", \"T5\"] and at = \"05:30\""
                ),
            );
            None
        }
        (_, _, Some(cron)) => {
            desk.to.add(
                "both",
                &cron.span,
                text!("Khung giờ này vừa có cron vừa có days hoặc at.", "This slot has cron and also days or at."),
                text!(
                    "Giữ days và at, xóa dòng cron; hoặc ngược lại.",
                    "Keep days and at and remove cron, or the other way round."
                ),
            );
            None
        }
        (days, at, None) => {
            let days = need(days, "days", (header, HEADER), desk.to);
            let at = need_times(at, header, desk);
            let days = days.and_then(|list| union(list, header, desk));
            Some(Recurrence::Weekly { days: days?, at: at? })
        }
    }
}

fn union(list: OneOrMany<Days>, header: &Span, desk: &mut Desk<'_, '_>) -> Option<Days> {
    let mut days = Days::default();
    let empty = list.0.is_empty();
    for at in list.0 {
        days = at.value?.iter().fold(days, Days::with);
    }
    if empty {
        let message = text!("Danh sách \"days\" đang để trống.", "The list \"days\" is empty.");
        let remedy = text!(
            "Ghi ngày phát, ví dụ days = [\"T2\"]. Muốn tạm ngừng khung giờ thì ghi enabled = false.",
            "Say the days, such as days = [\"T2\"]. To pause the slot write enabled = false."
        );
        desk.to.add("empty_list", header, message, remedy);
    }
    (!empty).then_some(days)
}

fn need_times(field: Option<At<OneOrMany<Time>>>, header: &Span, desk: &mut Desk<'_, '_>) -> Option<Vec<Time>> {
    let span = field.as_ref().map_or_else(|| header.clone(), |at| at.span.clone());
    let list = need(field, "at", (header, HEADER), desk.to)?.0;
    if list.is_empty() || list.len() > MAX_TIMES {
        let n = list.len();
        let message = text!("Danh sách \"at\" có {n} giờ phát.", "The list \"at\" has {n} times.");
        desk.to.add(
            "empty_list",
            &span,
            message,
            text!(
                "Ghi từ 1 đến {MAX_TIMES} giờ, ví dụ at = [\"05:30\", \"17:00\"].",
                "Write 1 to {MAX_TIMES}, such as at = [\"05:30\", \"17:00\"]."
            ),
        );
        return None;
    }
    let mut seen = Seen::default();
    for At { span, value } in &list {
        if let Some(time) = value {
            seen.note(&spell_time(*time), span, desk.to);
        }
    }
    let mut times = all(list)?;
    times.sort_unstable();
    Some(times)
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
