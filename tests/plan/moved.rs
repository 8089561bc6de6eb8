//! What holidays move, on chance schedules: against the rule carried out word by word, and however time is cut.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::{Date, DateTime, date};
use jiff::{SignedDuration, Span, Timestamp};
use loaphuong::model::calendar::{Calendar, Campaign, ExtraDay, Holidays, InMourning, Mourning, OnHoliday};
use loaphuong::model::id::AiringId;
use loaphuong::model::occurrence::Occurrence;
use loaphuong::model::outcome::Reason;
use loaphuong::model::recovery::Usage;
use loaphuong::model::station::{Commune, Recurrence, Slot, Station};
use loaphuong::plan::{self, DayKind};
use proptest::prelude::*;

use crate::stations::{by_cron, commune, id, slot, station, weekly};

fn action() -> impl Strategy<Value = OnHoliday> {
    prop_oneof![3 => Just(OnHoliday::Shift), 1 => Just(OnHoliday::Skip), 1 => Just(OnHoliday::Play)]
}

/// A span of days in the first half of 2026, mostly short.
fn days() -> impl Strategy<Value = (Date, Date)> {
    (0..180_i64, prop_oneof![4 => 0..3_i64, 1 => 10..40_i64]).prop_map(|(first, length)| {
        let day = |n| date(2026, 1, 1).saturating_add(Span::new().days(n));
        (day(first), day(first + length))
    })
}

fn recurrence() -> impl Strategy<Value = Recurrence> {
    let days = prop::sample::subsequence(vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 1..=7);
    prop_oneof![
        4 => days.prop_map(|days| weekly(&days.join(","), &["05:30", "23:50"])),
        1 => Just(by_cron("30 5 */2 * *")),
    ]
}

fn slots(name: &'static str) -> impl Strategy<Value = Vec<Slot>> {
    let one = (recurrence(), prop::option::of(action()));
    prop::collection::vec(one, 1..3).prop_map(move |slots| {
        let named = slots.into_iter().enumerate();
        named.map(|(n, (rule, on_holiday))| Slot { on_holiday, ..slot(&format!("{name}{n}"), rule) }).collect()
    })
}

fn holidays() -> impl Strategy<Value = Holidays> {
    let extra = (days(), prop::option::of(action())).prop_map(|((from, until), action)| {
        let name = "Ngày nghỉ".to_owned();
        ExtraDay { from, until, name, action }
    });
    let mourning = (days(), any::<bool>()).prop_map(|((from, until), skip)| {
        let action = if skip { InMourning::Skip } else { InMourning::WithoutMusic };
        Mourning { from, until, name: "Quốc tang".to_owned(), action }
    });
    let (extra, mourning) = (prop::collection::vec(extra, 0..8), prop::collection::vec(mourning, 0..2));
    (action(), extra, mourning).prop_map(|(on_holiday, extra, mourning)| Holidays {
        calendar: Calendar::Vietnam,
        on_holiday,
        extra,
        mourning,
    })
}

fn communes() -> impl Strategy<Value = Commune> {
    (slots("s"), slots("c"), days(), any::<bool>(), holidays()).prop_map(
        |(slots, of_campaign, days, replaces, holidays)| {
            let replaces = if replaces { vec![id("s0")] } else { Vec::new() };
            let (from, until) = days;
            let campaign =
                Campaign { id: id("dot"), name: "Đợt".to_owned(), from, until, replaces, slots: of_campaign };
            Commune { campaigns: vec![campaign], holidays, ..commune("a", slots) }
        },
    )
}

fn in_vietnam(date: Date) -> Timestamp {
    date.to_datetime(jiff::civil::Time::midnight()).in_tz("Asia/Ho_Chi_Minh").unwrap().timestamp()
}

fn verdict(station: &Station, occurrence: &Occurrence) -> Result<(), Reason> {
    let commune = &station.communes[0];
    let slot = commune.slot(&occurrence.slot).unwrap();
    plan::ruling(station, commune, slot, occurrence, &Usage::default(), Duration::ZERO)
}

/// Where each moved occurrence of one slot goes: the rule word by word, from the first day of the calendar on.
fn moved(
    station: &Station,
    slot: &Slot,
    campaign: Option<&Campaign>,
    all: &[Occurrence],
) -> BTreeSet<(AiringId, AiringId)> {
    let commune = &station.communes[0];
    let own: Vec<_> = all.iter().filter(|o| o.slot == slot.id && o.moved_from.is_none()).collect();
    let mut taken: BTreeSet<DateTime> = own.iter().map(|o| o.local).collect();
    let mut moved = BTreeSet::new();
    for from in own {
        let holiday = match plan::day_of(commune, from.local.date()) {
            DayKind::Holiday { action, .. } => slot.on_holiday.unwrap_or(action) == OnHoliday::Shift,
            DayKind::Usual | DayKind::Mourning { .. } => false,
        };
        if !holiday || verdict(station, from) != Err(Reason::Holiday) {
            continue;
        }
        let later = (1..=14).map(|n| from.local.checked_add(Span::new().days(n)).unwrap());
        let place = later.filter(|local| campaign.is_none_or(|c| c.runs(local.date()))).find(|local| {
            let there = Occurrence { local: *local, ..from.clone() };
            !taken.contains(local) && verdict(station, &there).is_ok()
        });
        if let Some(local) = place {
            taken.insert(local);
            moved.insert((from.id.clone(), AiringId::new(&commune.id, slot.id.as_str(), local)));
        }
    }
    moved
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn what_is_moved_goes_where_the_rule_says(commune in communes(), first in 0..200_i64, count in 1..30_i64) {
        let station = station("Asia/Ho_Chi_Minh", vec![commune]);
        let commune = &station.communes[0];
        let all = plan::occurrences(&station, in_vietnam(date(2025, 11, 1)), in_vietnam(date(2026, 9, 1)));
        let expected: BTreeSet<_> =
            commune.all_slots().flat_map(|(slot, campaign)| moved(&station, slot, campaign, &all)).collect();

        let day = |n: i64| date(2026, 1, 1).saturating_add(Span::new().days(n));
        let (first, last) = (day(first), day(first + count));
        let span = plan::occurrences(&station, in_vietnam(first), in_vietnam(last));
        let got: BTreeSet<_> =
            span.iter().filter_map(|o| Some((o.moved_from.clone()?, o.id.clone()))).collect();
        let inside = |id: &AiringId| {
            let local: DateTime = id.as_str().split_once('@').unwrap().1.parse().unwrap();
            first <= local.date() && local.date() < last
        };
        let expected: BTreeSet<_> = expected.into_iter().filter(|(_, id)| inside(id)).collect();
        prop_assert_eq!(got, expected);

        let ids: BTreeSet<_> = span.iter().map(|o| &o.id).collect();
        prop_assert_eq!(ids.len(), span.len());
        for o in span.iter().filter(|o| o.moved_from.is_some()) {
            prop_assert_eq!(verdict(&station, o), Ok(()), "{}", o.id);
        }
    }

    #[test]
    fn time_may_be_cut_anywhere(
        commune in communes(),
        zone in prop::sample::select(vec!["Asia/Ho_Chi_Minh", "Europe/Dublin", "Pacific/Apia"]),
        first in 0..200_i64,
        cuts in prop::collection::vec(0..3_000_000_i64, 0..12),
    ) {
        let station = station(zone, vec![commune]);
        let start = in_vietnam(date(2026, 1, 1)) + SignedDuration::from_hours(24 * first);
        let mut times: Vec<_> = cuts.iter().map(|s| start + SignedDuration::from_secs(*s)).collect();
        times.sort();
        let parts: Vec<_> = times.windows(2).flat_map(|w| plan::occurrences(&station, w[0], w[1])).collect();
        if let (Some(from), Some(until)) = (times.first(), times.last()) {
            prop_assert_eq!(&parts, &plan::occurrences(&station, *from, *until));
            prop_assert!(parts.is_sorted_by_key(|o| o.at));
        }
        let next = plan::next(&station, start);
        let later = plan::occurrences(&station, start, start + SignedDuration::from_hours(24 * 60));
        let expected = later.into_iter().find(|o| o.at > start);
        prop_assert!(expected.is_none() || next == expected);
    }
}
