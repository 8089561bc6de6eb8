//! What is to come, as people and scripts read it: occurrences with the clip that each would take. Pure.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use crate::model::clip::Library;
use crate::model::occurrence::Occurrence;
use crate::model::plan_view::{PlanView, PlannedClip};
use crate::model::recovery::{History, Usage};
use crate::model::station::Station;
use crate::model::time::Moment;
use crate::plan;

/// The occurrences of `days` local days from `from` on. Each is drawn as if those before it had aired as planned.
#[must_use]
pub fn views(station: &Station, library: &Library, history: &History, from: Date, days: u32) -> Vec<PlanView> {
    let start = |date: Date| date.to_zoned(station.zone.clone()).map_or(Timestamp::MAX, |z| z.timestamp());
    let until = from.saturating_add(i64::from(days).days());
    let mut history = history.clone();
    let occurrences = plan::occurrences(station, start(from), start(until));
    occurrences.iter().filter_map(|o| view(station, library, &mut history, o)).collect()
}

fn view(station: &Station, library: &Library, history: &mut History, occurrence: &Occurrence) -> Option<PlanView> {
    let commune = station.commune(&occurrence.commune)?;
    let slot = commune.slot(&occurrence.slot)?;
    let date = occurrence.local.date();
    let choice = plan::choose(commune, slot, library, history, date, &[]);
    let sound = choice.as_ref().ok().and_then(|c| library.clips.get(&c.clip)?.airable().ok());
    let length = sound.map(|s| s.duration).unwrap_or_default();
    let day = plan::usage_key(station, &commune.id, occurrence.at);
    let usage = history.usage.get(&day).copied().unwrap_or_default();
    let ruling = plan::ruling(station, commune, slot, occurrence, &usage, length);
    let (clip, reason) = match (ruling, choice) {
        (Err(reason), _) => (None, Some(reason)),
        (Ok(()), Err(none)) => (None, Some(none.reason)),
        (Ok(()), Ok(choice)) => {
            let used = Usage { airings: usage.airings + 1, seconds: usage.seconds + length.as_secs_f64() };
            history.usage.insert(day, used);
            history.last_aired.insert(choice.clip.clone(), occurrence.at);
            if let crate::model::station::Programme::Queue(queue) = &slot.programme {
                history.last_drawn.insert((commune.id.clone(), queue.clone()), choice.clip.clone());
            }
            let plan::About { title, topics, language, audience } = choice.about;
            let duration_s = length.into();
            (Some(PlannedClip { clip: choice.clip, title, topics, language, audience, duration_s }), None)
        }
    };
    Some(PlanView {
        id: occurrence.id.clone(),
        commune: commune.id.clone(),
        commune_name: commune.name.clone(),
        slot: Some(slot.id.clone()),
        slot_name: slot.name.clone(),
        planned_at: Moment::of(occurrence.at, &station.zone),
        placement: occurrence.placement,
        clip,
        reason,
        kind: occurrence.kind(),
        makes_good_for: None,
    })
}
