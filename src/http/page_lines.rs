//! The airing log on the first page: each line as words. Pure.

use std::collections::BTreeSet;

use crate::http::dates::{clock_time, day_of};
use crate::http::headline::{Tone, sound, sound_tone};
use crate::http::page_view::Facts;
use crate::http::verdict::called_for;
use crate::model::outcome::{Outcome, Reason};
use crate::model::plan_view::PlanView;
use crate::model::query::Row;
use crate::model::status::OnAir;
use crate::model::text::Text;
use crate::model::time::Moment;

/// A line of the airing log, as words.
pub(super) struct Line {
    pub(super) time: String,
    pub(super) slot: String,
    /// Empty where the station has but one.
    pub(super) commune: String,
    pub(super) title: String,
    /// Why it airs, where the usual schedule does not call for it.
    pub(super) called_for: Option<Text>,
    pub(super) tone: Tone,
    pub(super) state: Text,
    pub(super) why: Option<Text>,
}

/// Today, in order of time: what ended, what sounds, what is to come.
pub(super) fn lines(facts: &Facts<'_>, rows: &[Row]) -> Vec<Line> {
    let mut all: Vec<(Moment, Line)> = rows.iter().map(|r| (r.airing.head.planned_at, ended(r))).collect();
    let mut seen: BTreeSet<_> = rows.iter().map(|r| r.airing.head.id.clone()).collect();
    for on_air in &facts.status.on_air {
        if seen.insert(on_air.id.clone()) {
            let planned = facts.plan.iter().find(|p| p.id == on_air.id).map(|p| p.planned_at);
            let at = planned.or(on_air.started_at).unwrap_or(facts.status.now);
            all.push((at, sounding(on_air, at)));
        }
    }
    let today = facts.status.now.local().date();
    let to_come = facts.plan.iter().filter(|p| p.planned_at.local().date() == today && !seen.contains(&p.id));
    all.extend(to_come.map(|p| (p.planned_at, coming(p))));
    all.sort_by_key(|(at, _)| at.at);
    one_commune(all.iter_mut().map(|(_, line)| line));
    all.into_iter().map(|(_, line)| line).collect()
}

/// What became of the airings before today, newest first, each with its date in the place of its time.
pub(super) fn recent(facts: &Facts<'_>) -> Vec<Line> {
    let today = facts.status.now.local().date();
    let before = facts.recent.iter().filter(|r| r.airing.head.planned_at.local().date() < today);
    let mut all: Vec<Line> =
        before.map(|r| Line { time: day_of(r.airing.head.planned_at, facts.lang), ..ended(r) }).collect();
    one_commune(all.iter_mut());
    all
}

/// Where all lines are of one commune, none says it.
fn one_commune<'a>(lines: impl Iterator<Item = &'a mut Line>) {
    let lines: Vec<&mut Line> = lines.collect();
    let communes: BTreeSet<String> = lines.iter().map(|l| l.commune.clone()).collect();
    if communes.len() < 2 {
        for line in lines {
            line.commune.clear();
        }
    }
}

fn ended(row: &Row) -> Line {
    let (airing, head) = (&row.airing, &row.airing.head);
    Line {
        time: clock_time(head.planned_at),
        slot: head.slot_name.clone(),
        commune: head.commune_name.clone(),
        title: airing.programme(),
        called_for: called_for(head.kind, head.makes_good_for.as_ref()),
        tone: match airing.outcome {
            Outcome::Aired => Tone::Good,
            Outcome::Partial | Outcome::Missed => Tone::Bad,
            Outcome::Unproven => Tone::Warn,
            Outcome::Skipped | Outcome::Cancelled => Tone::Calm,
        },
        state: airing.outcome.label(),
        why: airing.reason.map(Reason::label),
    }
}

fn sounding(on_air: &OnAir, at: Moment) -> Line {
    let tone = sound_tone(on_air.sound);
    Line {
        time: clock_time(at),
        slot: on_air.slot_name.clone(),
        commune: on_air.commune_name.clone(),
        title: on_air.title.clone(),
        called_for: called_for(on_air.kind, None),
        tone,
        state: match tone {
            Tone::Bad => Text::new("Không có âm thanh", "No sound"),
            Tone::Good => Text::new("Đang phát", "On air"),
            Tone::Calm | Tone::Warn => Text::new("Chuẩn bị phát", "About to air"),
        },
        why: (tone == Tone::Bad).then(|| sound(on_air.sound)),
    }
}

fn coming(plan: &PlanView) -> Line {
    Line {
        time: clock_time(plan.planned_at),
        slot: plan.slot_name.clone(),
        commune: plan.commune_name.clone(),
        title: plan.clip.as_ref().map(|c| c.title.clone()).unwrap_or_default(),
        called_for: called_for(plan.kind, plan.makes_good_for.as_ref()),
        tone: if plan.reason.is_some() { Tone::Warn } else { Tone::Calm },
        state: match plan.reason {
            None => Text::new("Chờ phát", "Waiting"),
            Some(_) => Text::new("Sẽ không phát", "Will not air"),
        },
        why: plan.reason.map(Reason::label),
    }
}
