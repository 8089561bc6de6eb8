//! What a slot airs: topics, a queue, or a live stream. Pure.

use std::time::Duration;

use crate::config::lower::{Desk, all, need, not_empty, optional, unknown_reference};
use crate::config::read::At;
use crate::config::read::web::StreamUrl;
use crate::config::read::when::Lasting;
use crate::config::source::Span;
use crate::model::id::{ClipPath, QueueId, Topic};
use crate::model::station::{Programme, Relay};
use crate::text;

const USUAL_SILENCE: Duration = Duration::from_secs(15);

/// The keys of a slot that say what.
pub(crate) struct RawWhat {
    pub(crate) topics: Option<At<Vec<At<Topic>>>>,
    pub(crate) queue: Option<At<QueueId>>,
    pub(crate) relay: Option<At<StreamUrl>>,
    pub(crate) length: Option<At<Lasting<10_000, 21_600_000>>>,
    pub(crate) fallback_queue: Option<At<QueueId>>,
    pub(crate) silence: Option<At<Lasting<3_000, 300_000>>>,
}

impl RawWhat {
    /// What a slot airs; `queues` can be drawn from, `table` is its place and its header.
    pub(crate) fn lower(self, queues: &[QueueId], table: (&Span, &str), desk: &mut Desk<'_, '_>) -> Option<Programme> {
        self.check_alone(desk);
        if self.relay.is_some() {
            return self.lower_relay(queues, table, desk);
        }
        self.check_relayed(table, desk);
        let Self { topics, queue, .. } = self;
        match (topics, queue) {
            (None, None) => {
                neither(table.0, desk);
                None
            }
            (Some(topics), None) => {
                not_empty(Some(&topics), "topics", desk.to);
                topics.value.and_then(all).map(Programme::Topics)
            }
            (_, Some(queue)) => known_queue(queue, queues, desk).map(Programme::Queue),
        }
    }

    /// A slot airs one thing.
    fn check_alone(&self, desk: &mut Desk<'_, '_>) {
        let keys = [
            ("topics", self.topics.as_ref().map(|at| &at.span)),
            ("queue", self.queue.as_ref().map(|at| &at.span)),
            ("relay", self.relay.as_ref().map(|at| &at.span)),
        ];
        let written: Vec<_> = keys.into_iter().filter_map(|(key, span)| Some((key, span?))).collect();
        let [(first, _), others @ ..] = written.as_slice() else { return };
        for (key, span) in others {
            desk.to.add(
                "both",
                span,
                text!("Khung giờ này vừa có {first} vừa có {key}.", "This slot has both {first} and {key}."),
                text!("Xóa một trong hai dòng.", "Remove one of the two lines."),
            );
        }
    }

    /// What is said of a relay where there is none.
    fn check_relayed(&self, table: (&Span, &str), desk: &mut Desk<'_, '_>) {
        let keys = [
            ("length", self.length.as_ref().map(|at| &at.span)),
            ("fallback_queue", self.fallback_queue.as_ref().map(|at| &at.span)),
            ("silence", self.silence.as_ref().map(|at| &at.span)),
        ];
        let meant = desk.to.is_meant(table.0, &["relay"]);
        for (key, span) in keys {
            let Some(span) = span.filter(|_| !meant) else { continue };
            let remedy = match key {
                "length" => text!(
                    "Giới hạn độ dài bài phát thì ghi max_length; tiếp âm thì thêm dòng relay = \"https://…\".",
                    "To limit the length of clips write max_length; to relay, add a line relay = \"https://…\"."
                ),
                "fallback_queue" => text!(
                    "Lấy bài từ hàng đợi thì ghi queue; tiếp âm thì thêm dòng relay = \"https://…\".",
                    "To draw from a queue write queue; to relay, add a line relay = \"https://…\"."
                ),
                _ => text!(
                    "Xóa dòng này, hoặc thêm dòng relay = \"https://…\" nếu là tiếp âm.",
                    "Remove this line, or add a line relay = \"https://…\" if it is a relay."
                ),
            };
            let message = text!("\"{key}\" chỉ dùng khi tiếp âm (relay).", "\"{key}\" needs relay.");
            desk.to.add("no_relay", span, message, remedy);
        }
    }

    fn lower_relay(self, queues: &[QueueId], table: (&Span, &str), desk: &mut Desk<'_, '_>) -> Option<Programme> {
        let Self { relay, length, fallback_queue, silence, .. } = self;
        let url = relay.and_then(|at| at.value);
        let length = need(length, "length", table, desk.to);
        let fallback = match fallback_queue {
            None => Some(None),
            Some(queue) => known_queue(queue, queues, desk).map(Some),
        };
        let silence = optional(silence).map(|silence| silence.map_or(USUAL_SILENCE, |silence| silence.0));
        Some(Programme::Relay(Relay { url: url?.0, length: length?.0, fallback: fallback?, silence: silence? }))
    }

    /// A stream begins and ends on its own.
    pub(crate) fn check_jingles(&self, jingles: &[(&str, Option<&At<ClipPath>>)], desk: &mut Desk<'_, '_>) {
        for (key, at) in jingles {
            let Some(at) = at.filter(|_| self.relay.is_some()) else { continue };
            desk.to.add(
                "both",
                &at.span,
                text!("Tiếp âm (relay) không dùng nhạc hiệu ({key}).", "A relay has no jingles ({key})."),
                text!(
                    "Xóa dòng này; cần nhạc hiệu thì thêm một khung giờ riêng ngay trước.",
                    "Remove this line; for a jingle add a slot of its own just before."
                ),
            );
        }
    }
}

fn neither(header: &Span, desk: &mut Desk<'_, '_>) {
    if desk.to.is_meant(header, &["topics", "queue", "relay"]) {
        return;
    }
    desk.to.add(
        "neither",
        header,
        text!("Khung giờ này chưa ghi phát gì.", "This slot does not say what to air."),
        text!(
            "Thêm dòng topics = [\"tên-thư-mục-âm-thanh\"], hoặc queue = \"mã-hàng-đợi\".",
            "Add topics = [\"name-of-an-audio-folder\"], or queue = \"id-of-a-queue\"."
        ),
    );
}

fn known_queue(queue: At<QueueId>, queues: &[QueueId], desk: &mut Desk<'_, '_>) -> Option<QueueId> {
    let id = queue.value?;
    if !queues.contains(&id) {
        let known: Vec<_> = queues.iter().map(QueueId::as_str).collect();
        unknown_reference(id.as_str(), &queue.span, ("[[queue]]", &desk.to.source.name), &known, desk.to);
    }
    Some(id)
}
