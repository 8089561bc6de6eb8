//! What holds for every station in every zone.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use loaphuong::model::occurrence::Placement;
use loaphuong::model::station::{Recurrence, Station};
use loaphuong::plan;
use proptest::prelude::*;

use crate::stations::{by_cron, commune, slot, station, weekly};

const ZONES: [&str; 7] = [
    "Asia/Ho_Chi_Minh",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Santiago",
    "America/Sao_Paulo",
    "Pacific/Apia",
];

fn recurrence() -> impl Strategy<Value = Recurrence> {
    let at = prop::collection::btree_set(0..96_u32, 1..6);
    let at =
        at.prop_map(|quarters| quarters.iter().map(|q| format!("{:02}:{:02}", q / 4, q % 4 * 15)).collect::<Vec<_>>());
    let days = prop::sample::subsequence(vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 1..=7);
    let by_days =
        (days, at).prop_map(|(days, at)| weekly(&days.join(","), &at.iter().map(String::as_str).collect::<Vec<_>>()));
    let rules = ["*/20 0-3 * * *", "59 23 * * SUN", "0 2 1,15 * *", "30 5 29 2 *", "5 0 * * FRI-MON"];
    prop_oneof![by_days, prop::sample::select(rules.to_vec()).prop_map(by_cron)]
}

fn stations() -> impl Strategy<Value = Station> {
    let communes = prop::collection::vec(prop::collection::vec(recurrence(), 1..4), 1..3);
    (prop::sample::select(ZONES.to_vec()), communes).prop_map(|(zone, communes)| {
        let named = communes.into_iter().enumerate().map(|(c, slots)| {
            let slots = slots.into_iter().enumerate().map(|(s, rule)| slot(&format!("s{s}"), rule));
            commune(&format!("c{c}"), slots.collect())
        });
        station(zone, named.collect())
    })
}

/// Points in time from 2010 to 2040, to the second; often close to a change of the clocks.
fn times() -> impl Strategy<Value = Timestamp> {
    let changes = ["2011-12-30T10:00:00Z", "2025-04-24T22:00:00Z", "2018-11-04T03:00:00Z", "2025-10-04T15:30:00Z"];
    let near = prop::sample::select(changes.to_vec()).prop_map(|t| t.parse::<Timestamp>().unwrap().as_second());
    let any = 1_262_304_000..2_208_988_800_i64;
    (prop_oneof![near, any], -90_000..90_000_i64).prop_map(|(at, by)| Timestamp::from_second(at + by).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn sorted_unique_inside_and_divisible(
        station in stations(),
        from in times(),
        a in 0..2_000_000_i64,
        b in 0..2_000_000_i64,
    ) {
        let after = |seconds| from + SignedDuration::from_secs(seconds);
        let (middle, until) = (after(a), after(a + b));
        let all = plan::occurrences(&station, from, until);

        prop_assert!(all.is_sorted_by_key(|o| (o.at, o.commune.clone(), o.slot.clone(), o.local)));
        prop_assert!(all.iter().all(|o| from <= o.at && o.at < until));
        let ids: BTreeSet<_> = all.iter().map(|o| &o.id).collect();
        prop_assert_eq!(ids.len(), all.len());

        let mut parts = plan::occurrences(&station, from, middle);
        parts.extend(plan::occurrences(&station, middle, until));
        prop_assert_eq!(parts, all);
    }

    #[test]
    fn a_place_in_time_is_the_local_time_or_the_first_moment_after_it(station in stations(), from in times()) {
        for o in plan::occurrences(&station, from, from + SignedDuration::from_hours(24 * 20)) {
            let shown = |at: Timestamp| station.zone.to_datetime(at);
            let moment_before = o.at - SignedDuration::from_nanos(1);
            match o.placement {
                Placement::Exact => prop_assert_eq!(shown(o.at), o.local),
                Placement::FirstOfFold => {
                    prop_assert_eq!(shown(o.at), o.local);
                    let again = (1..=24 * 60).any(|m| shown(o.at + SignedDuration::from_mins(m)) == o.local);
                    prop_assert!(again, "{} is not shown again", o.id);
                }
                Placement::AfterGap => {
                    prop_assert!(shown(moment_before) < o.local && o.local < shown(o.at), "{} at {}", o.id, o.at);
                }
            }
        }
    }

    #[test]
    fn next_is_the_first_of_what_follows(station in stations(), after in times()) {
        let later = plan::occurrences(&station, after, after + SignedDuration::from_hours(24 * 40));
        let first = later.into_iter().find(|o| o.at > after);
        let next = plan::next(&station, after);
        match first {
            Some(first) => prop_assert_eq!(next, Some(first)),
            None => prop_assert!(next.is_none_or(|o| o.at > after)),
        }
    }
}
