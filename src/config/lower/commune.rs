//! A commune's file: `[commune]`, `[hours]`, and the lists below them. Pure.

use std::collections::BTreeMap;

use crate::config::lower::campaign::lower_campaigns;
use crate::config::lower::holidays::lower_holidays;
use crate::config::lower::queue::{lower_clips, lower_queues};
use crate::config::lower::quota::lower_quotas;
use crate::config::lower::slot::Schedule;
use crate::config::lower::{Desk, KnownOutputs, Seen, all, need, not_empty, optional, unknown_reference};
use crate::config::places::Item;
use crate::config::read::raw::{CommuneFile, RawCommune, RawHours, RawSlot};
use crate::config::read::scalar::Line;
use crate::config::read::table::Keys as _;
use crate::config::read::{At, FromToml as _};
use crate::config::source::Span;
use crate::model::id::{CommuneId, OutputId, SlotId};
use crate::model::station::{ApprovalRule, Channel, Commune, Hours};
use crate::model::time::DaySpan;
use crate::text;

/// No sound between 21:30 and 05:00 where nothing else is said (domain.md).
const USUAL_HOURS: (u32, u32) = (5 * 3600, 21 * 3600 + 30 * 60);

/// Which file has which commune.
pub(crate) type Owners = BTreeMap<CommuneId, String>;

/// Has somebody said that the schedule is empty on purpose?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Emptiness {
    Said,
    Unsaid,
}

struct About {
    id: CommuneId,
    name: String,
    belongs_to: Option<String>,
    outputs: Vec<OutputId>,
    approval: ApprovalRule,
}

/// The file as a whole.
pub(crate) fn lower(
    raw: CommuneFile,
    known: &KnownOutputs,
    owners: &mut Owners,
    desk: &mut Desk<'_, '_>,
) -> Option<Commune> {
    let CommuneFile { commune, hours, quota, slot, queue, clip, campaign, holidays } = raw;
    let header = commune.as_ref().map_or(0..0, |at| at.span.clone());
    let about = need(commune, "commune", (&(0..0), ""), desk.to);
    // Lists are checked even where the commune has no id; their places then belong to nobody.
    let id = about.as_ref().and_then(|raw| raw.id.as_ref()?.value.clone());
    let emptiness = emptiness(about.as_ref(), &header);
    let heard = about.as_ref().and_then(|raw| heard(raw, known));
    let about = about.and_then(|raw| lower_about(raw, &header, known, owners, desk));
    let hours = lower_hours(hours, id.as_ref(), desk);
    let quotas = lower_quotas(quota, id.as_ref(), heard.as_deref(), desk);
    let queues = lower_queues(queue, id.as_ref(), desk);
    let usual = slot_ids(slot.as_ref());
    let mut schedule = Schedule::new(id.as_ref(), &queues.known);
    let slots = match slot {
        None => Some(Vec::new()),
        Some(At { span, value }) => value.and_then(|list| schedule.lower(list, (&span, RawSlot::HEADER), None, desk)),
    };
    let campaigns = lower_campaigns(campaign, id.as_ref(), &usual, &mut schedule, desk);
    let clips = lower_clips(clip, id.as_ref(), desk);
    let holidays = lower_holidays(holidays, desk);
    if let Some((said, span)) = emptiness {
        let of_campaigns = campaigns.iter().flatten().map(|campaign| campaign.slots.len()).sum::<usize>();
        check_emptiness(said, slots.as_ref().map(|slots| slots.len() + of_campaigns), &span, desk);
    }
    let About { id, name, belongs_to, outputs, approval } = about?;
    Some(Commune {
        id,
        name,
        belongs_to,
        outputs,
        hours: hours?,
        slots: slots?,
        queues: queues.list?,
        clips: clips?,
        approval,
        quotas: quotas?,
        campaigns: campaigns?,
        holidays: holidays?,
    })
}

/// The ids of the usual slots, even of those that are wrong.
fn slot_ids(field: Option<&At<Vec<At<RawSlot>>>>) -> Vec<SlotId> {
    let list = field.and_then(|at| at.value.as_ref()).into_iter().flatten();
    list.filter_map(|at| at.value.as_ref()?.id.as_ref()?.value.clone()).collect()
}

/// The channels of the commune's outputs, if all of them are known.
fn heard(raw: &RawCommune, known: &KnownOutputs) -> Option<Vec<Channel>> {
    let KnownOutputs::These(outputs) = known else { return None };
    let named = raw.outputs.as_ref()?.value.as_ref().filter(|list| !list.is_empty())?;
    let channel = |at: &At<OutputId>| {
        let id = at.value.as_ref()?;
        outputs.iter().find(|(output, _)| output == id)?.1
    };
    named.iter().map(channel).collect()
}

/// What `[commune]` says, and where; nothing where there is no `[commune]`.
fn emptiness(raw: Option<&RawCommune>, header: &Span) -> Option<(Emptiness, Span)> {
    Some(match &raw?.empty {
        Some(At { span, value: Some(true) }) => (Emptiness::Said, span.clone()),
        _ => (Emptiness::Unsaid, header.clone()),
    })
}

fn check_emptiness(said: Emptiness, slots: Option<usize>, span: &Span, desk: &mut Desk<'_, '_>) {
    match (said, slots) {
        (Emptiness::Unsaid, Some(0)) => desk.to.add(
            "no_slots",
            span,
            text!("Lịch này không có khung giờ phát nào.", "This schedule has no slot."),
            text!(
                "Thêm ít nhất một mục [[slot]]. Nếu cố ý để trống thì thêm dòng empty = true vào mục [commune].",
                "Add a [[slot]]. If it is meant to be empty, add the line empty = true to [commune]."
            ),
        ),
        (Emptiness::Said, Some(1..)) => desk.to.add(
            "not_empty",
            span,
            text!("Ghi empty = true nhưng lịch lại có khung giờ phát.", "It says empty = true, but there are slots."),
            text!(
                "Xóa dòng empty = true, hoặc xóa các mục [[slot]].",
                "Remove empty = true, or remove every [[slot]]."
            ),
        ),
        _ => {}
    }
}

fn lower_about(
    raw: RawCommune,
    header: &Span,
    known: &KnownOutputs,
    owners: &mut Owners,
    desk: &mut Desk<'_, '_>,
) -> Option<About> {
    let spans = raw.spans();
    let RawCommune { id, name, belongs_to, outputs, approval, empty } = raw;
    if let Some(At { span, value: Some(id) }) = &id {
        desk.places.add(desk.file, &Item::Commune(id.clone()), header, spans);
        claim(id, span, owners, desk);
    }
    let table = (header, "[commune]");
    let id = need(id, "id", table, desk.to);
    let name = need(name, "name", table, desk.to);
    let belongs_to = optional(belongs_to);
    not_empty(outputs.as_ref(), "outputs", desk.to);
    let outputs = need(outputs, "outputs", table, desk.to).and_then(|list| lower_refs(list, known, desk));
    let approval = optional(approval).map(Option::unwrap_or_default);
    optional(empty)?;
    let belongs_to = belongs_to?.map(|line| line.0);
    Some(About { id: id?, name: name?.0, belongs_to, outputs: outputs?, approval: approval? })
}

/// Two files cannot be the same commune.
fn claim(id: &CommuneId, span: &Span, owners: &mut Owners, desk: &mut Desk<'_, '_>) {
    let file = desk.to.source.name.clone();
    let owner = owners.entry(id.clone()).or_insert_with(|| file.clone());
    if *owner != file {
        let message = text!("Mã xã \"{id}\" đã có trong tệp {owner}.", "The commune \"{id}\" is already in {owner}.");
        let remedy = text!("Sửa mã, hoặc xóa một trong hai tệp.", "Change the id, or remove one of the two files.");
        desk.to.add("duplicate", span, message, remedy);
    }
}

fn lower_refs(list: Vec<At<OutputId>>, known: &KnownOutputs, desk: &mut Desk<'_, '_>) -> Option<Vec<OutputId>> {
    let mut seen = Seen::default();
    for At { span, value } in &list {
        let Some(id) = value else { continue };
        seen.note(id, span, desk.to);
        if let KnownOutputs::These(ids) = known
            && !ids.iter().any(|(known, _)| known == id)
        {
            let ids: Vec<_> = ids.iter().map(|(known, _)| known.as_str()).collect();
            unknown_reference(id.as_str(), span, ("[[output]]", "station.toml"), &ids, desk.to);
        }
    }
    all(list)
}

fn lower_hours(field: Option<At<RawHours>>, commune: Option<&CommuneId>, desk: &mut Desk<'_, '_>) -> Option<Hours> {
    let usual = || DaySpan::new(USUAL_HOURS.0, USUAL_HOURS.1).into_iter().collect::<Vec<_>>();
    let Some(At { span, value }) = field else {
        return Some(Hours { allowed: usual(), basis: None, max_airings_per_day: None, max_minutes_per_day: None });
    };
    let raw = value?;
    if let Some(id) = commune {
        desk.places.add(desk.file, &Item::Hours(id.clone()), &span, raw.spans());
    }
    let RawHours { allowed, basis, max_airings_per_day, max_minutes_per_day } = raw;
    not_empty(allowed.as_ref(), "allowed", desk.to);
    let allowed = optional(allowed).and_then(|list| list.map_or_else(|| Some(usual()), all));
    let basis: Option<Option<Line>> = optional(basis);
    let airings = optional(max_airings_per_day);
    let minutes = optional(max_minutes_per_day);
    Some(Hours {
        allowed: allowed?,
        basis: basis?.map(|line| line.0),
        max_airings_per_day: airings?.map(|n| n.0),
        max_minutes_per_day: minutes?.map(|n| n.0),
    })
}
