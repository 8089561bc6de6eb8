//! `[[campaign]]`: dated overlays with slots of their own. Pure.

use crate::config::lower::slot::Schedule;
use crate::config::lower::{Desk, Seen, all, in_order, need, not_too_many, optional, unknown_reference};
use crate::config::places::Item;
use crate::config::read::dated::{RawCampaign, RawCampaignSlot};
use crate::config::read::table::Keys as _;
use crate::config::read::{At, FromToml as _};
use crate::config::source::Span;
use crate::model::calendar::Campaign;
use crate::model::id::{CampaignId, CommuneId, SlotId};
use crate::text;

const HEADER: &str = "[[campaign]]";

/// A commune has no more campaigns than this.
const MAX_CAMPAIGNS: usize = 100;

/// All campaigns of a file; `usual` are the slots that they can replace.
pub(crate) fn lower_campaigns(
    field: Option<At<Vec<At<RawCampaign>>>>,
    commune: Option<&CommuneId>,
    usual: &[SlotId],
    schedule: &mut Schedule<'_>,
    desk: &mut Desk<'_, '_>,
) -> Option<Vec<Campaign>> {
    let Some(At { span, value }) = field else { return Some(Vec::new()) };
    let list = value?;
    not_too_many(&list, MAX_CAMPAIGNS, &span, desk.to)?;
    let mut seen = Seen::default();
    let lowered: Vec<_> = list.into_iter().map(|at| lower(at, commune, usual, (schedule, &mut seen), desk)).collect();
    lowered.into_iter().collect()
}

fn lower(
    at: At<RawCampaign>,
    commune: Option<&CommuneId>,
    usual: &[SlotId],
    (schedule, seen): (&mut Schedule<'_>, &mut Seen<CampaignId>),
    desk: &mut Desk<'_, '_>,
) -> Option<Campaign> {
    let (header, raw) = (at.span, at.value?);
    let spans = raw.spans();
    let RawCampaign { id, name, from, until, replaces, slot } = raw;
    let table = (&header, HEADER);
    if let Some(At { span, value: Some(id) }) = &id {
        seen.note(id, span, desk.to);
        if let Some(commune) = commune {
            desk.places.add(desk.file, &Item::Campaign(commune.clone(), id.clone()), &header, spans);
        }
    }
    let id = need(id, "id", table, desk.to);
    let name = need(name, "name", table, desk.to);
    in_order(from.as_ref(), until.as_ref(), desk.to);
    let from = need(from, "from", table, desk.to);
    let until = need(until, "until", table, desk.to);
    check_void(slot.as_ref(), replaces.as_ref(), &header, desk);
    let replaces = optional(replaces)
        .and_then(|list| list.map_or_else(|| Some(Vec::new()), |list| lower_replaces(list, usual, desk)));
    let slots = match slot {
        None => Some(Vec::new()),
        Some(At { span, value }) => value.and_then(|list| {
            let list =
                list.into_iter().map(|At { span, value }| At { span, value: value.map(|slot| slot.0) }).collect();
            // Where the campaign itself has no name, that is said once.
            let name = name.as_ref().map_or("", |name| &name.0);
            schedule.lower(list, (&span, RawCampaignSlot::HEADER), Some(name), desk)
        }),
    };
    Some(Campaign { id: id?, name: name?.0, from: from?, until: until?, replaces: replaces?, slots: slots? })
}

/// A campaign that changes nothing was meant to be something else.
fn check_void(
    slots: Option<&At<Vec<At<RawCampaignSlot>>>>,
    replaces: Option<&At<Vec<At<SlotId>>>>,
    header: &Span,
    desk: &mut Desk<'_, '_>,
) {
    let void = slots.is_none_or(|at| at.value.as_ref().is_some_and(Vec::is_empty))
        && replaces.is_none_or(|at| at.value.as_ref().is_some_and(Vec::is_empty));
    if !void || desk.to.is_meant(header, &["slot", "replaces"]) {
        return;
    }
    desk.to.add(
        "neither",
        header,
        text!(
            "Đợt này không thêm khung giờ nào và cũng không cho khung giờ nào nghỉ.",
            "This campaign neither adds a slot nor replaces one."
        ),
        text!(
            "Thêm mục [[campaign.slot]] ngay bên dưới, hoặc dòng replaces = [\"mã-khung-giờ\"].",
            "Add a [[campaign.slot]] just below, or a line replaces = [\"id-of-a-slot\"]."
        ),
    );
}

fn lower_replaces(list: Vec<At<SlotId>>, usual: &[SlotId], desk: &mut Desk<'_, '_>) -> Option<Vec<SlotId>> {
    let mut seen = Seen::default();
    for At { span, value } in &list {
        let Some(id) = value else { continue };
        seen.note(id, span, desk.to);
        if !usual.contains(id) {
            let known: Vec<_> = usual.iter().map(SlotId::as_str).collect();
            unknown_reference(id.as_str(), span, ("[[slot]]", &desk.to.source.name), &known, desk.to);
        }
    }
    all(list)
}
