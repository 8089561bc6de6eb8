//! Quotas, campaigns and queues that serve quotas: what has ended, what nothing can fulfil. Pure.

use crate::config::lint::{Desk, Planned, candidates, clips, is_about};
use crate::config::places::Item;
use crate::config::read::when::spell_time;
use crate::model::clip::{Clip, Library};
use crate::model::quota::{Quota, Share};
use crate::model::station::{Commune, Order};
use crate::model::time::DaySpan;
use crate::text;

/// One commune; `slots` are those that are switched on, of campaigns that are not over.
pub(super) fn check(commune: &Commune, slots: &[Planned<'_>], desk: &mut Desk<'_>) {
    for quota in &commune.quotas {
        let item = Item::Quota(commune.id.clone(), quota.id.clone());
        if is_over(quota, desk) {
            warn_over(quota, &item, desk);
        } else {
            check_shares(commune, quota, slots, &item, desk);
            check_times(commune, quota, &item, desk);
        }
    }
    check_campaigns(commune, desk);
    check_orders(commune, desk);
}

fn is_over(quota: &Quota, desk: &Desk<'_>) -> bool {
    quota.until.is_some_and(|until| until < desk.from)
}

fn warn_over(quota: &Quota, item: &Item, desk: &mut Desk<'_>) {
    let name = &quota.name;
    let until = quota.until.map(|until| until.strftime("%d/%m/%Y").to_string()).unwrap_or_default();
    desk.warn(
        item,
        "until",
        "quota_over",
        text!("Chỉ tiêu \"{name}\" đã hết từ ngày {until}.", "The quota \"{name}\" ended on {until}."),
        text!(
            "Kế hoạch kéo dài thì sửa until; không thì thêm mục [[quota]] mới. Mục cũ giữ lại thì còn tra cứu được các kỳ trước.",
            "Change until if the plan goes on; else add a new [[quota]]. As long as the old one stays, its periods can be looked up."
        ),
    );
}

/// Parts of a quota that no slot can fill.
fn check_shares(commune: &Commune, quota: &Quota, slots: &[Planned<'_>], item: &Item, desk: &mut Desk<'_>) {
    let Some(library) = desk.library else { return };
    for (index, minimum) in quota.at_least.iter().enumerate() {
        let spot = (item, "at_least", Some(index));
        let has = |clip: &&Clip| has_share(commune, clip, &minimum.share);
        if let Share::Topic(topic) = &minimum.share
            && !library.clips.values().any(|clip| has(&clip))
        {
            clips::check_topics(commune, std::slice::from_ref(topic), spot, library, desk);
            continue;
        }
        if !slots.iter().any(|planned| draws(planned, library, has)) {
            let share = &minimum.share;
            let remedy = match share {
                Share::Topic(topic) => text!(
                    "Ghi \"{topic}\" vào topics của một [[slot]], hoặc của hàng đợi mà khung giờ lấy bài.",
                    "Write \"{topic}\" into topics of a [[slot]], or of a queue from which a slot draws."
                ),
                Share::Language(tag) => text!(
                    "Ghi language = \"{tag}\" cho các bài tiếng ấy trong mục [[clip]], và cho một khung giờ lấy những bài đó.",
                    "Write language = \"{tag}\" for its clips in [[clip]], and let a slot draw them."
                ),
                Share::Audience(group) => text!(
                    "Ghi audience = [\"{group}\"] cho các bài ấy trong mục [[clip]], và cho một khung giờ lấy những bài đó.",
                    "Write audience = [\"{group}\"] for its clips in [[clip]], and let a slot draw them."
                ),
            };
            let message = text!(
                "Không khung giờ nào lấy được bài cho phần \"{share}\" của chỉ tiêu.",
                "No slot can draw a clip for the part \"{share}\" of the quota."
            );
            desk.warn_at(spot, "share_unplanned", message, remedy);
        }
    }
}

fn draws(planned: &Planned<'_>, library: &Library, has: impl Fn(&&Clip) -> bool) -> bool {
    candidates(planned.commune, planned.slot, library).iter().any(has)
}

/// Does airing this clip fill this part? What nobody has noted is in Vietnamese.
fn has_share(commune: &Commune, clip: &Clip, share: &Share) -> bool {
    let note = commune.note(&clip.path);
    match share {
        Share::Topic(topic) => is_about(commune, clip, topic),
        Share::Language(tag) => note.and_then(|note| note.language.as_deref()).unwrap_or("vi") == tag,
        Share::Audience(group) => note.is_some_and(|note| note.audience.contains(group)),
    }
}

/// Times at which nothing may be made good.
fn check_times(commune: &Commune, quota: &Quota, item: &Item, desk: &mut Desk<'_>) {
    for (index, time) in quota.make_good.iter().flat_map(|make_good| &make_good.at).enumerate() {
        if commune.hours.permit(*time) {
            continue;
        }
        let time = spell_time(*time);
        let allowed = commune.hours.allowed.iter().map(DaySpan::to_string).collect::<Vec<_>>().join(", ");
        desk.warn_at(
            (item, "make_good", Some(index)),
            "outside_hours",
            text!(
                "Giờ phát bù {time} nằm ngoài giờ được phép, sẽ không dùng.",
                "The make-good time {time} is outside the permitted hours and will not be used."
            ),
            text!("Dời vào giờ được phép ({allowed}).", "Move it into the permitted hours ({allowed})."),
        );
    }
}

fn check_campaigns(commune: &Commune, desk: &mut Desk<'_>) {
    let from = desk.from;
    for campaign in commune.campaigns.iter().filter(|campaign| campaign.until < from) {
        let (name, until) = (&campaign.name, campaign.until.strftime("%d/%m/%Y"));
        desk.warn(
            &Item::Campaign(commune.id.clone(), campaign.id.clone()),
            "until",
            "campaign_over",
            text!("Đợt \"{name}\" đã hết từ ngày {until}.", "The campaign \"{name}\" ended on {until}."),
            text!("Có thể xóa mục này; muốn kéo dài thì sửa until.", "It can be removed; to go on, change until."),
        );
    }
}

/// Queues that wait for something to be owed, where nothing ever is.
fn check_orders(commune: &Commune, desk: &mut Desk<'_>) {
    if commune.quotas.iter().any(|quota| !quota.at_least.is_empty() && !is_over(quota, desk)) {
        return;
    }
    for queue in commune.queues.iter().filter(|queue| queue.order == Order::Quota) {
        let id = &queue.id;
        desk.warn(
            &Item::Queue(commune.id.clone(), id.clone()),
            "order",
            "order_without_quota",
            text!(
                "Hàng đợi \"{id}\" ưu tiên chuyên đề còn thiếu, nhưng xã không có chỉ tiêu nào đòi riêng từng chuyên đề.",
                "The queue \"{id}\" begins with what is owed, but no quota of the commune asks for any topic."
            ),
            text!(
                "Thêm dòng at_least vào mục [[quota]], hoặc ghi order = \"least_recent\".",
                "Add a line at_least to a [[quota]], or write order = \"least_recent\"."
            ),
        );
    }
}
