//! What is to come, as people and scripts read it: the forecast with names and lengths. Pure.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::compliance::{self, Drawn, Facts, Forecast};
use crate::model::id::SlotId;
use crate::model::outcome::Kind;
use crate::model::plan_view::{PlanView, PlannedClip};
use crate::model::station::{Commune, Programme};
use crate::model::time::Moment;
use crate::plan::About;

/// What `days` local days from `from` on bring. Each airing is drawn as if those before it had aired as planned.
#[must_use]
pub(super) fn views(facts: &Facts, from: Date, days: u32) -> Vec<PlanView> {
    let until = from.saturating_add(i64::from(days).days());
    let to_come = compliance::forecast(facts, facts.station.start_of(from), facts.station.start_of(until));
    to_come.into_iter().filter_map(|airing| view(facts, airing)).collect()
}

fn view(facts: &Facts, airing: Forecast) -> Option<PlanView> {
    let commune = facts.station.commune(&airing.commune)?;
    let slot_name = rule_name(commune, &airing);
    let relayed = airing.slot.as_ref().and_then(|id| relay_of(commune, id));
    let kind = if relayed.is_some() { Kind::Relay } else { airing.kind };
    let (clip, reason) = match airing.draw {
        _ if relayed.is_some() => (relayed, None),
        Ok(drawn) => (Some(clip(drawn)), None),
        Err(reason) => (None, Some(reason)),
    };
    Some(PlanView {
        id: airing.id,
        commune: airing.commune,
        commune_name: commune.name.clone(),
        slot: airing.slot,
        slot_name,
        planned_at: Moment::of(airing.at, &facts.station.zone),
        placement: airing.placement,
        clip,
        reason,
        kind,
        makes_good_for: airing.makes_good.map(|(_, lost)| lost),
    })
}

/// The stream that a slot relays, in the place of a clip.
fn relay_of(commune: &Commune, slot: &SlotId) -> Option<PlannedClip> {
    let Programme::Relay(relay) = &commune.slot(slot)?.programme else { return None };
    Some(PlannedClip {
        clip: relay.place(),
        title: relay.url.clone(),
        topics: Vec::new(),
        language: String::new(),
        audience: Vec::new(),
        duration_s: relay.length.into(),
    })
}

/// The slot's name, or the kind's where no slot asked for it.
fn rule_name(commune: &Commune, airing: &Forecast) -> String {
    let slot = airing.slot.as_ref().and_then(|id| commune.slot(id));
    slot.map_or_else(|| Kind::MakeGood.label().vi, |slot| slot.name.clone())
}

fn clip(drawn: Drawn) -> PlannedClip {
    let About { title, topics, language, audience } = drawn.choice.about;
    PlannedClip { clip: drawn.choice.clip, title, topics, language, audience, duration_s: drawn.clip_length.into() }
}
