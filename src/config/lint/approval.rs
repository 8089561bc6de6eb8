//! Clips that a commune draws and has not approved, where it airs only what is approved. Pure.

use std::collections::BTreeMap;

use crate::config::lint::{Desk, Planned, candidates, clips};
use crate::config::places::Item;
use crate::model::clip::Clip;
use crate::model::id::ClipPath;
use crate::model::station::{ApprovalRule, Commune};
use crate::text;

/// So many are named.
const NAMED: usize = 3;

/// One commune; `slots` are those that are switched on.
pub(super) fn check(commune: &Commune, slots: &[Planned<'_>], desk: &mut Desk<'_>) {
    let Some(library) = desk.library.filter(|_| commune.approval == ApprovalRule::Required) else { return };
    let mut drawn: BTreeMap<&ClipPath, &Clip> = BTreeMap::new();
    let of_slots = slots.iter().flat_map(|planned| candidates(commune, planned.slot, library));
    let of_queues = commune.queues.iter().filter_map(|queue| library.clips.get(queue.fallback.as_ref()?));
    for clip in of_slots.chain(of_queues) {
        drawn.insert(&clip.path, clip);
    }
    let approved = |path: &ClipPath| commune.note(path).is_some_and(|note| note.approval.is_some());
    let bare = drawn.values().filter(|clip| clips::in_use(commune, clip, desk) && !approved(&clip.path));
    let bare: Vec<_> = bare.map(|clip| clip.path.to_string()).collect();
    if bare.is_empty() {
        return;
    }
    let more = if bare.len() > NAMED { ", …" } else { "" };
    let (n, names) = (bare.len(), bare.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", "));
    desk.warn(
        &Item::Commune(commune.id.clone()),
        "approval",
        "clip_unapproved",
        text!(
            "Có {n} bài chưa ghi duyệt nên sẽ không phát: {names}{more}.",
            "{n} clips are not approved and will not air: {names}{more}."
        ),
        text!(
            "Duyệt xong thì ghi dòng approval = {{ by = \"…\", on = … }} vào mục [[clip]] của từng bài.",
            "Once approved, write approval = {{ by = \"…\", on = … }} into the [[clip]] of each."
        ),
    );
}
