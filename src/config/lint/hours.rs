//! Slots against the permitted hours, against the hours of rest, against the day's limits. Pure.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};

use crate::config::lint::{Desk, MAX_STARTS, Planned, YEAR, days_from, in_force, limit, starts_on};
use crate::config::places::Item;
use crate::config::read::when::{spell, spell_time};
use crate::model::calendar::Campaign;
use crate::model::station::{Commune, Hours};
use crate::model::time::{DaySpan, second_of_day};
use crate::text;

/// Hours in which loudspeakers are a public quarrel even where they are permitted (domain.md), in seconds of the day.
const REST: [(u32, u32); 2] = [(5 * 3600, 5 * 3600 + 1800), (12 * 3600, 13 * 3600 + 1800)];

/// One slot.
pub(super) fn check(planned: &Planned<'_>, desk: &mut Desk<'_>) {
    let name = &planned.slot.name;
    if let Some(times) = planned.too_often {
        desk.warn(
            &planned.item,
            planned.when(),
            "too_often",
            text!("Khung giờ \"{name}\" phát {times} lần một ngày.", "The slot \"{name}\" starts {times} times a day."),
            text!(
                "Xem lại: nhiều hơn {MAX_STARTS} lần một ngày thường là viết nhầm.",
                "Look again: more than {MAX_STARTS} times a day is usually a slip."
            ),
        );
    }
    let times = planned.times();
    if times.is_empty() {
        check_never(planned, desk);
        return;
    }
    let spans = merged(&planned.commune.hours);
    let (inside, outside): (Vec<_>, Vec<_>) = times.into_iter().partition(|t| span_of(&spans, *t).is_some());
    check_outside(planned, &outside, desk);
    check_end(planned, &spans, &inside, desk);
    check_rest(planned, &inside, desk);
}

fn check_never(planned: &Planned<'_>, desk: &mut Desk<'_>) {
    let name = &planned.slot.name;
    let (slot, campaign) = (planned.slot, planned.campaign);
    let from = campaign.map_or(desk.from, |campaign| campaign.from.max(desk.from));
    let mut days = days_from(from, YEAR).filter(|day| in_force(planned.commune, slot, campaign, *day));
    if days.any(|day| !starts_on(slot, day).is_empty()) {
        return;
    }
    if let Some(campaign) = campaign {
        return never_in_campaign(planned, campaign, desk);
    }
    desk.warn(
        &planned.item,
        planned.when(),
        "never",
        text!(
            "Khung giờ \"{name}\" không phát lần nào trong một năm tới.",
            "The slot \"{name}\" never starts in the year to come."
        ),
        text!(
            "Xem lại ngày giờ; muốn tạm ngừng thì ghi enabled = false.",
            "Look at its times again; to pause it write enabled = false."
        ),
    );
}

fn never_in_campaign(planned: &Planned<'_>, campaign: &Campaign, desk: &mut Desk<'_>) {
    let (name, of) = (&planned.slot.name, &campaign.name);
    let [from, until] = [campaign.from, campaign.until].map(|day| day.strftime("%d/%m/%Y"));
    desk.warn(
        &planned.item,
        planned.when(),
        "never",
        text!(
            "Khung giờ \"{name}\" không phát lần nào trong đợt \"{of}\" ({from}-{until}).",
            "The slot \"{name}\" never starts in the campaign \"{of}\" ({from}-{until})."
        ),
        text!(
            "Xem lại ngày phát, hoặc ngày đầu và ngày cuối của đợt.",
            "Look at its days again, or at the campaign's."
        ),
    );
}

fn check_outside(planned: &Planned<'_>, outside: &[Time], desk: &mut Desk<'_>) {
    if outside.is_empty() {
        return;
    }
    let (name, times) = (&planned.slot.name, spell_times(outside));
    let allowed = planned.commune.hours.allowed.iter().map(DaySpan::to_string).collect::<Vec<_>>().join(", ");
    desk.warn(
        &planned.item,
        planned.when(),
        "outside_hours",
        text!(
            "Khung giờ \"{name}\" lúc {times} nằm ngoài giờ được phép, sẽ không phát.",
            "The slot \"{name}\" at {times} is outside the permitted hours and will not air."
        ),
        text!(
            "Dời vào giờ được phép ({allowed}), hoặc sửa mục [hours] nếu quy chế đã đổi.",
            "Move it into the permitted hours ({allowed}), or change [hours] if the rules have changed."
        ),
    );
}

fn check_end(planned: &Planned<'_>, spans: &[(u32, u32)], inside: &[Time], desk: &mut Desk<'_>) {
    let Some((key, length)) = limit(planned.slot) else { return };
    let seconds = u32::try_from(length.as_secs()).unwrap_or(u32::MAX);
    let late = |time: &Time| {
        let until = span_of(spans, *time).map_or(0, |(_, until)| until);
        second_of_day(*time).saturating_add(seconds) > until
    };
    let late: Vec<_> = inside.iter().copied().filter(late).collect();
    if late.is_empty() {
        return;
    }
    let (name, times) = (&planned.slot.name, spell_times(&late));
    let length = spell(u64::try_from(length.as_millis()).unwrap_or(u64::MAX));
    desk.warn(
        &planned.item,
        key,
        "runs_past_hours",
        text!(
            "Khung giờ \"{name}\" lúc {times} dài tới {length} thì kéo quá giờ được phép.",
            "The slot \"{name}\" at {times} may last {length}, past the permitted hours."
        ),
        text!("Giảm {key}, hoặc cho phát sớm hơn.", "Lower {key}, or let it start earlier."),
    );
}

fn check_rest(planned: &Planned<'_>, inside: &[Time], desk: &mut Desk<'_>) {
    let resting = |time: &Time| REST.iter().any(|(from, until)| (*from..*until).contains(&second_of_day(*time)));
    let times: Vec<_> = inside.iter().copied().filter(resting).collect();
    if times.is_empty() {
        return;
    }
    let (name, times) = (&planned.slot.name, spell_times(&times));
    desk.warn(
        &planned.item,
        planned.when(),
        "hours_of_rest",
        text!(
            "Khung giờ \"{name}\" phát lúc {times}, giờ người dân còn nghỉ (05:00-05:30, 12:00-13:30).",
            "The slot \"{name}\" airs at {times}, when people rest (05:00-05:30, 12:00-13:30)."
        ),
        text!(
            "Nếu quy chế cho phép thì để nguyên; nên dời sang giờ khác.",
            "If the rules permit it, leave it; better move it."
        ),
    );
}

/// A commune whose slots are more a day than it permits itself.
pub(super) fn check_days(commune: &Commune, slots: &[Planned<'_>], desk: &mut Desk<'_>) {
    let Some(limit) = commune.hours.max_airings_per_day else { return };
    let spans = merged(&commune.hours);
    let mut counts: BTreeMap<Date, u32> = BTreeMap::new();
    for start in slots.iter().flat_map(|planned| &planned.starts) {
        if span_of(&spans, start.time()).is_some() {
            *counts.entry(start.date()).or_default() += 1;
        }
    }
    if let Some((day, count)) = counts.into_iter().find(|(_, count)| *count > limit) {
        let day = day.strftime("%d/%m/%Y");
        desk.warn(
            &Item::Hours(commune.id.clone()),
            "max_airings_per_day",
            "day_limit",
            text!(
                "Ngày {day} có {count} lượt phát theo lịch, nhưng một ngày chỉ được {limit} lượt: các lượt sau sẽ không phát.",
                "On {day} there are {count} airings, but only {limit} a day are permitted: the later ones will not air."
            ),
            text!("Bỏ bớt giờ phát, hoặc tăng max_airings_per_day nếu quy chế cho phép.", "Remove some, or raise max_airings_per_day if the rules permit."),
        );
    }
}

/// The permitted spans in order, those that touch made one; what goes on at 00:00 belongs to the evening before too.
pub(super) fn merged(hours: &Hours) -> Vec<(u32, u32)> {
    let mut spans: Vec<_> = hours.allowed.iter().map(|span| (span.from(), span.until())).collect();
    spans.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for (from, until) in spans {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => merged.push((from, until)),
        }
    }
    let morning = merged.first().filter(|span| span.0 == 0).map_or(0, |span| span.1);
    if let Some(last) = merged.last_mut().filter(|span| span.1 == DaySpan::DAY) {
        last.1 += morning;
    }
    merged
}

/// The span that holds this time.
pub(super) fn span_of(spans: &[(u32, u32)], time: Time) -> Option<(u32, u32)> {
    spans.iter().copied().find(|(from, until)| (*from..*until).contains(&second_of_day(time)))
}

/// Up to three times, as they are typed.
fn spell_times(times: &[Time]) -> String {
    let mut shown: Vec<_> = times.iter().take(3).map(|time| spell_time(*time)).collect();
    if times.len() > 3 {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}
