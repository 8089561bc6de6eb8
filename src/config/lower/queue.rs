//! `[[queue]]` and `[[clip]]`. Pure.

use crate::config::lower::{Desk, Seen, all, in_order, need, not_empty, optional};
use crate::config::places::Item;
use crate::config::read::At;
use crate::config::read::raw::{RawApproval, RawClip, RawQueue};
use crate::config::read::table::Keys as _;
use crate::config::source::Span;
use crate::model::id::{ClipPath, CommuneId, QueueId};
use crate::model::station::{Approval, ClipNote, Queue};
use crate::text;

/// What a file says of queues.
pub(crate) struct Queues {
    /// All of them; nothing if one is wrong.
    pub(crate) list: Option<Vec<Queue>>,
    /// The ids that slots can name, even of queues that are wrong.
    pub(crate) known: Vec<QueueId>,
}

/// All queues of a file.
pub(crate) fn lower_queues(
    field: Option<At<Vec<At<RawQueue>>>>,
    commune: Option<&CommuneId>,
    desk: &mut Desk<'_, '_>,
) -> Queues {
    let Some(list) = field.map_or_else(|| Some(Vec::new()), |at| at.value) else {
        return Queues { list: None, known: Vec::new() };
    };
    let known = list.iter().filter_map(|at| at.value.as_ref()?.id.as_ref()?.value.clone()).collect();
    let mut seen = Seen::default();
    let list: Vec<_> = list.into_iter().map(|at| lower_queue(at, commune, &mut seen, desk)).collect();
    Queues { list: list.into_iter().collect(), known }
}

fn lower_queue(
    at: At<RawQueue>,
    commune: Option<&CommuneId>,
    seen: &mut Seen<QueueId>,
    desk: &mut Desk<'_, '_>,
) -> Option<Queue> {
    let (header, raw) = (at.span, at.value?);
    let spans = raw.spans();
    let RawQueue { id, topics, clips, order, fallback } = raw;
    if let Some(At { span, value: Some(id) }) = &id {
        seen.note(id, span, desk.to);
        if let Some(commune) = commune {
            let item = Item::Queue(commune.clone(), id.clone());
            desk.places.add(desk.file, &item, &header, spans);
            note_elements(&item, clips.as_ref(), desk);
        }
    }
    let id = need(id, "id", (&header, "[[queue]]"), desk.to);
    check_filled(is_void(topics.as_ref()) && is_void(clips.as_ref()), &header, desk);
    let list = |field| optional(field).and_then(|list| list.map_or_else(|| Some(Vec::new()), all));
    let topics = list(topics);
    let clips = optional(clips).and_then(|list| list.map_or_else(|| Some(Vec::new()), all));
    let order = optional(order).map(Option::unwrap_or_default);
    let fallback = optional(fallback);
    Some(Queue { id: id?, topics: topics?, clips: clips?, order: order?, fallback: fallback? })
}

fn note_elements(item: &Item, clips: Option<&At<Vec<At<ClipPath>>>>, desk: &mut Desk<'_, '_>) {
    for (index, at) in clips.and_then(|at| at.value.as_ref()).into_iter().flatten().enumerate() {
        desk.places.add_element(desk.file, item, "clips", index, &at.span);
    }
}

fn check_filled(void: bool, header: &Span, desk: &mut Desk<'_, '_>) {
    if void && !desk.to.is_meant(header, &["topics", "clips"]) {
        desk.to.add(
            "neither",
            header,
            text!(
                "Hàng đợi này không có chuyên đề (topics) và cũng không có bài (clips) nào.",
                "This queue has neither topics nor clips."
            ),
            text!(
                "Thêm dòng topics = [\"tên-thư-mục-âm-thanh\"], hoặc clips = [\"thư-mục/tên-tệp.mp3\"].",
                "Add topics = [\"name-of-an-audio-folder\"], or clips = [\"folder/file.mp3\"]."
            ),
        );
    }
}

/// Not written, or written as `[]`; a wrong list is not void.
fn is_void<T>(field: Option<&At<Vec<At<T>>>>) -> bool {
    field.is_none_or(|at| at.value.as_ref().is_some_and(Vec::is_empty))
}

/// All clips of a file.
pub(crate) fn lower_clips(
    field: Option<At<Vec<At<RawClip>>>>,
    commune: Option<&CommuneId>,
    desk: &mut Desk<'_, '_>,
) -> Option<Vec<ClipNote>> {
    let list = field.map_or_else(|| Some(Vec::new()), |at| at.value)?;
    let mut seen = Seen::default();
    let clips: Vec<_> = list.into_iter().map(|at| lower_clip(at, commune, &mut seen, desk)).collect();
    clips.into_iter().collect()
}

fn lower_clip(
    at: At<RawClip>,
    commune: Option<&CommuneId>,
    seen: &mut Seen<ClipPath>,
    desk: &mut Desk<'_, '_>,
) -> Option<ClipNote> {
    let (header, raw) = (at.span, at.value?);
    let spans = raw.spans();
    let RawClip { file, title, topics, language, audience, valid_from, valid_until, approval, withdrawn } = raw;
    if let Some(At { span, value: Some(file) }) = &file {
        seen.note(file, span, desk.to);
        if let Some(commune) = commune {
            desk.places.add(desk.file, &Item::Clip(commune.clone(), file.clone()), &header, spans);
        }
    }
    let file = need(file, "file", (&header, "[[clip]]"), desk.to);
    let title = optional(title);
    not_empty(topics.as_ref(), "topics", desk.to);
    let topics = optional(topics).map(|list| list.map(all));
    let language = optional(language);
    not_empty(audience.as_ref(), "audience", desk.to);
    let audience = optional(audience).and_then(|list| list.map_or_else(|| Some(Vec::new()), all));
    in_order(valid_from.as_ref(), valid_until.as_ref(), desk.to);
    let (valid_from, valid_until) = (optional(valid_from), optional(valid_until));
    let approval = match approval {
        None => Some(None),
        Some(At { span, value }) => value.and_then(|raw| lower_approval(raw, &span, desk)).map(Some),
    };
    let withdrawn = optional(withdrawn);
    Some(ClipNote {
        file: file?,
        title: title?.map(|line| line.0),
        topics: match topics? {
            None => None,
            Some(list) => Some(list?),
        },
        language: language?.map(|tag| tag.0),
        audience: audience?,
        valid_from: valid_from?,
        valid_until: valid_until?,
        approval: approval?,
        withdrawn: withdrawn?,
    })
}

fn lower_approval(raw: RawApproval, span: &Span, desk: &mut Desk<'_, '_>) -> Option<Approval> {
    let RawApproval { by, on, document } = raw;
    let table = (span, "approval");
    let by = need(by, "by", table, desk.to);
    let on = need(on, "on", table, desk.to);
    let document = optional(document);
    Some(Approval { by: by?.0, on: on?, document: document?.map(|line| line.0) })
}
