//! The schedule against the audio folder: what is named and not there, what is there and cannot air. Pure.

use crate::config::lint::{Desk, Planned, candidates, is_about};
use crate::config::places::Item;
use crate::config::read::when::spell;
use crate::config::suggest;
use crate::model::clip::{Clip, ClipFault, Library};
use crate::model::id::{ClipPath, QueueId, Topic};
use crate::model::station::{ApprovalRule, Commune, Programme};
use crate::text;

/// A value in the schedule: its thing, its key, its element.
type Spot<'a> = (&'a Item, &'static str, Option<usize>);

/// What one slot names and draws.
pub(super) fn check_slot(planned: &Planned<'_>, desk: &mut Desk<'_>) {
    let Some(library) = desk.library else { return };
    let slot = planned.slot;
    for (key, jingle) in [("intro", &slot.intro), ("outro", &slot.outro)] {
        if let Some(jingle) = jingle {
            check_named(jingle, (&planned.item, key, None), library, desk);
        }
    }
    if let Programme::Topics(topics) = &slot.programme {
        check_topics(planned.commune, topics, (&planned.item, "topics", None), library, desk);
    }
    check_lengths(planned, library, desk);
}

/// What one commune's queues and notes name.
pub(super) fn check_commune(commune: &Commune, desk: &mut Desk<'_>) {
    for note in &commune.clips {
        let item = Item::Clip(commune.id.clone(), note.file.clone());
        if let Some(until) = note.valid_until.filter(|until| *until < desk.from) {
            let (file, until) = (&note.file, until.strftime("%d/%m/%Y"));
            desk.warn(
                &item,
                "valid_until",
                "clip_expired",
                text!(
                    "Bài \"{file}\" đã hết hạn từ ngày {until}, sẽ không phát.",
                    "\"{file}\" expired on {until} and will not air."
                ),
                text!("Thay bài mới, hoặc gia hạn valid_until.", "Replace it, or extend valid_until."),
            );
        }
        if let Some(library) = desk.library {
            check_named(&note.file, (&item, "file", None), library, desk);
        }
    }
    for queue in &commune.queues {
        let item = Item::Queue(commune.id.clone(), queue.id.clone());
        check_used(commune, &queue.id, &item, desk);
        let Some(library) = desk.library else { continue };
        for (index, clip) in queue.clips.iter().enumerate() {
            check_named(clip, (&item, "clips", Some(index)), library, desk);
        }
        if let Some(clip) = &queue.fallback {
            check_named(clip, (&item, "fallback", None), library, desk);
        }
        check_topics(commune, &queue.topics, (&item, "topics", None), library, desk);
    }
}

fn check_used(commune: &Commune, id: &QueueId, item: &Item, desk: &mut Desk<'_>) {
    let draws = |programme: &Programme| match programme {
        Programme::Queue(queue) => queue == id,
        Programme::Relay(relay) => relay.fallback.as_ref() == Some(id),
        Programme::Topics(_) => false,
    };
    if commune.all_slots().any(|(slot, _)| draws(&slot.programme)) {
        return;
    }
    desk.warn(
        item,
        "id",
        "unused_queue",
        text!("Không có khung giờ nào lấy bài từ hàng đợi \"{id}\".", "No slot draws from the queue \"{id}\"."),
        text!(
            "Thêm dòng queue = \"{id}\" vào một [[slot]], hoặc xóa hàng đợi này.",
            "Add queue = \"{id}\" to a [[slot]], or remove the queue."
        ),
    );
}

/// A clip that the schedule names.
fn check_named(path: &ClipPath, spot: Spot<'_>, library: &Library, desk: &mut Desk<'_>) {
    let Some(clip) = library.clips.get(path) else {
        let names = library.clips.keys().map(ClipPath::as_str);
        let remedy = match suggest::nearest(path.as_str(), names) {
            Some(near) => text!("Có phải ý là \"{near}\"?", "Did you mean \"{near}\"?"),
            None => text!(
                "Chép tệp vào thư mục âm thanh, hoặc sửa lại tên.",
                "Copy the file into the audio folder, or mend the name."
            ),
        };
        let message =
            text!("Không thấy tệp \"{path}\" trong thư mục âm thanh.", "There is no \"{path}\" in the audio folder.");
        return desk.warn_at(spot, "clip_missing", message, remedy);
    };
    let fault = if clip.faults.contains(&ClipFault::Twin) { Err(ClipFault::Twin) } else { clip.airable().map(|_| ()) };
    if let Err(fault) = fault {
        let code = if fault == ClipFault::Twin { "clip_twin" } else { "clip_faulty" };
        let message = text!("Không phát được tệp \"{path}\".", "The file \"{path}\" cannot be aired.");
        desk.warn_at(spot, code, message, fault.text());
    }
}

/// Topics without a clip that can air today.
pub(super) fn check_topics(
    commune: &Commune,
    topics: &[Topic],
    spot: Spot<'_>,
    library: &Library,
    desk: &mut Desk<'_>,
) {
    for topic in topics {
        let about: Vec<_> = library.clips.values().filter(|clip| is_about(commune, clip, topic)).collect();
        if about.is_empty() {
            let folders = library.clips.values().filter_map(|clip| clip.topic.as_ref()).map(Topic::as_str);
            let remedy = match suggest::nearest(topic.as_str(), folders) {
                Some(near) => text!("Có phải ý là \"{near}\"?", "Did you mean \"{near}\"?"),
                None => text!(
                    "Chép bài vào thư mục {topic} trong thư mục âm thanh.",
                    "Copy clips into the folder {topic} of the audio folder."
                ),
            };
            let message = text!("Chuyên đề \"{topic}\" chưa có bài nào.", "The topic \"{topic}\" has no clip.");
            desk.warn_at(spot, "topic_empty", message, remedy);
        } else if !about.iter().any(|clip| can_air(commune, clip, desk)) {
            let n = about.len();
            let message = text!(
                "Chuyên đề \"{topic}\" có {n} bài nhưng không bài nào phát được: hỏng, ngoài thời hạn, đã thu hồi hoặc chưa duyệt.",
                "The topic \"{topic}\" has {n} clips, but none that can air: faulty, out of date, withdrawn or not approved."
            );
            let remedy = text!(
                "Xem \"loaphuong clips\" để biết bài nào hỏng; chép bài mới vào.",
                "See \"loaphuong clips\" for what is wrong; copy new ones."
            );
            desk.warn_at(spot, "topic_empty", message, remedy);
        }
    }
}

/// May this clip air on the first day that is looked at, as far as the schedule says?
fn can_air(commune: &Commune, clip: &Clip, desk: &Desk<'_>) -> bool {
    let approved = commune.approval == ApprovalRule::Optional
        || commune.note(&clip.path).is_some_and(|note| note.approval.is_some());
    approved && in_use(commune, clip, desk)
}

/// Is it whole, within its dates and not withdrawn?
pub(super) fn in_use(commune: &Commune, clip: &Clip, desk: &Desk<'_>) -> bool {
    let in_time = commune.note(&clip.path).is_none_or(|note| {
        note.valid_from.is_none_or(|from| from <= desk.from)
            && note.valid_until.is_none_or(|until| desk.from <= until)
            && note.withdrawn.is_none_or(|from| desk.from < from)
    });
    in_time && clip.airable().is_ok()
}

/// Clips that a slot draws and then passes over.
fn check_lengths(planned: &Planned<'_>, library: &Library, desk: &mut Desk<'_>) {
    let Some(limit) = planned.slot.max_length else { return };
    let long = |clip: &&Clip| clip.airable().is_ok_and(|sound| sound.duration > limit);
    let long: Vec<_> = candidates(planned.commune, planned.slot, library).into_iter().filter(long).collect();
    if long.is_empty() {
        return;
    }
    let mut names: Vec<_> = long.iter().take(3).map(|clip| clip.path.to_string()).collect();
    if long.len() > 3 {
        names.push("…".to_owned());
    }
    let (n, names) = (long.len(), names.join(", "));
    let (name, limit) = (&planned.slot.name, spell(u64::try_from(limit.as_millis()).unwrap_or(u64::MAX)));
    desk.warn(
        &planned.item,
        "max_length",
        "clip_too_long",
        text!(
            "Có {n} bài dài hơn {limit} nên khung giờ \"{name}\" sẽ bỏ qua: {names}.",
            "{n} clips are longer than {limit} and will be passed over by the slot \"{name}\": {names}."
        ),
        text!("Tăng max_length, hoặc cắt bài ngắn lại.", "Raise max_length, or cut the clips."),
    );
}
