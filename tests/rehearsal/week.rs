//! A week of the sample: as planned, with power cuts, without a card, and the same each time.

use loaphuong::model::entry::Entry;
use loaphuong::model::station::OutputKind;
use loaphuong::plan;
use loaphuong::rehearsal::rehearse;

use crate::sample::{library, outage, run, station, told, usual, week};

const CARD: OutputKind = OutputKind::Device { name: None };

#[test]
fn a_good_week_is_as_planned() {
    for kind in [OutputKind::Auto, CARD, OutputKind::Wav] {
        let (rehearsed, entries) = run(kind.clone(), &week());
        let ids =
            ["sang@2026-11-23T05:30", "chieu@2026-11-24T17:00", "sang@2026-11-26T05:30", "chieu@2026-11-28T17:00"];
        assert_eq!(told(&rehearsed.rows), ids.map(|id| format!("{id} aired -")));
        for row in &rehearsed.rows {
            assert!((0..=6).contains(&row.airing.start_error_ms.unwrap()), "{:?}", row.airing.start_error_ms);
            assert_eq!(row.airing.items.len(), 2);
            assert!(row.airing.items.iter().all(|i| i.played_s == i.plan.planned_s));
            assert_eq!(row.airing.items[1].loudness_lufs, Some(-16.0), "brought to the output's level");
            let place = usize::try_from(row.seq).unwrap() - 1;
            assert!(matches!(&entries[place], Entry::Final { airing, .. } if **airing == row.airing));
        }
    }
    let (rehearsed, _) = run(OutputKind::Null, &week());
    assert!(told(&rehearsed.rows).iter().all(|row| row.ends_with("unproven device_absent")), "silence proves nothing");
}

#[test]
fn a_week_of_the_whole_sample_is_its_plan() {
    let station = station(OutputKind::Auto);
    let rehearsed = rehearse(&station, &library(), &week(), &mut |_| {});
    let planned = plan::occurrences(&station, week().from, week().until);
    let planned: Vec<_> =
        planned.iter().map(|o| format!("{} aired -", o.id.as_str().trim_start_matches("an-xuan/"))).collect();
    assert!(planned.len() > 4);
    assert_eq!(told(&rehearsed.rows), planned);
}

#[test]
fn a_day_without_power_has_its_rows() {
    let check = |cuts: &[(&str, &str)], expected: [&str; 4]| {
        let mut script = week();
        script.power_cuts = cuts.iter().map(|(from, until)| outage(from, until)).collect();
        let (rehearsed, entries) = run(CARD, &script);
        let ids =
            ["sang@2026-11-23T05:30", "chieu@2026-11-24T17:00", "sang@2026-11-26T05:30", "chieu@2026-11-28T17:00"];
        let expected: Vec<_> = ids.iter().zip(expected).map(|(id, how)| format!("{id} {how}")).collect();
        assert_eq!(told(&rehearsed.rows), expected, "{cuts:?}");
        let boots = entries.iter().filter_map(|e| match e {
            Entry::SessionStarted { boot_id, .. } => Some(boot_id.as_str()),
            _ => None,
        });
        assert_eq!(boots.collect::<Vec<_>>().len(), cuts.len() + 1);
    };
    let fine = "aired -";
    let power = "missed power";
    check(&[("11-24T05:00", "11-25T05:00")], [fine, power, fine, fine]);
    check(&[("11-24T17:00:20", "11-24T17:02"), ("11-26T05:20", "11-26T05:45")], [fine, "partial power", fine, fine]);
    // Over the beginning and the end.
    check(&[("11-22T12:00", "11-23T12:00"), ("11-28T12:00", "12-03T12:00")], [power, fine, fine, power]);
    // Two in one: the second begins before the first is over.
    let mut script = week();
    script.power_cuts = vec![outage("11-24T05:00", "11-24T16:00"), outage("11-24T15:00", "11-24T18:00")];
    assert_eq!(told(&run(CARD, &script).0.rows)[1], "chieu@2026-11-24T17:00 missed power");
}

#[test]
fn without_a_card_nothing_is_aired_and_the_row_says_why() {
    let check = |kind: OutputKind, loss: (&str, &str), expected: &str| {
        let mut script = week();
        script.device_losses = vec![outage(loss.0, loss.1)];
        let (rehearsed, _) = run(kind.clone(), &script);
        assert_eq!(told(&rehearsed.rows)[1], format!("chieu@2026-11-24T17:00 {expected}"), "{kind:?} {loss:?}");
    };
    let day = ("11-24T00:00", "11-25T00:00");
    check(CARD, day, "missed device_absent");
    check(OutputKind::Auto, day, "unproven device_absent");
    check(OutputKind::Wav, day, "missed device_absent");
    check(CARD, ("11-24T16:00", "11-24T17:10"), "aired -");
    check(CARD, ("11-24T17:00:20", "11-24T17:00:30"), "partial device_absent");
    check(CARD, ("11-24T17:00:20", "11-24T17:00:22"), "aired -");
    check(OutputKind::Wav, ("11-24T17:00:20", "11-24T17:00:30"), "partial device_absent");
    check(OutputKind::Auto, ("11-24T17:00:20", "11-24T19:00"), "unproven device_absent");
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let record = |seed: u64| {
        let mut script = week();
        script.seed = seed;
        script.power_cuts = vec![outage("11-26T05:30:20", "11-26T05:40")];
        let (rehearsed, entries) = run(CARD, &script);
        serde_json::to_string(&(rehearsed.rows, rehearsed.verdicts, entries)).unwrap()
    };
    assert_eq!(record(7), record(7));
    assert_ne!(record(7), record(8));
}

#[test]
fn what_is_still_on_air_at_the_end_comes_to_its_end() {
    let mut script = week();
    script.until = crate::sample::at("2026-11-28T17:00:20+07");
    let (rehearsed, entries) = run(CARD, &script);
    assert_eq!(told(&rehearsed.rows).last().unwrap(), "chieu@2026-11-28T17:00 aired -");
    // What is due at the end itself is not in it, though it was on its way.
    script.until = crate::sample::at("2026-11-28T17:00+07");
    let (rehearsed, fewer) = run(CARD, &script);
    assert_eq!(told(&rehearsed.rows).len(), 3);
    assert!(!serde_json::to_string(&fewer).unwrap().contains("2026-11-28T17:00\""), "{fewer:?}");
    assert!(entries.len() > fewer.len());
}

#[test]
fn every_period_that_the_days_touch_is_judged() {
    let mut station = (*usual(CARD)).clone();
    station.communes[0].quotas = vec![weekly(4), weekly(5)];
    let mut script = week();
    script.until = crate::sample::at("2026-12-01T00:00+07");
    let rehearsed = rehearse(&station.into(), &library(), &script, &mut |_| {});
    let verdicts: Vec<_> = rehearsed
        .verdicts
        .iter()
        .map(|a| format!("{} {} {}/{} {}", a.quota, a.period, a.aired, a.required, a.verdict))
        .collect();
    let expected = [
        "it-nhat-4 2026-W48 4/4 met",
        "it-nhat-4 2026-W49 1/4 on_track",
        "it-nhat-5 2026-W48 4/5 failed",
        "it-nhat-5 2026-W49 1/5 at_risk",
    ];
    assert_eq!(verdicts, expected);
}

fn weekly(airings: u32) -> loaphuong::model::quota::Quota {
    use loaphuong::model::quota::{Count, PartialPeriod, Period, Quota};
    Quota {
        id: format!("it-nhat-{airings}").parse().unwrap(),
        name: "Thử".to_owned(),
        basis: None,
        from: None,
        until: None,
        period: Period::Week,
        airings,
        at_least: Vec::new(),
        channel: loaphuong::model::station::Channel::Commune,
        partial_period: PartialPeriod::Full,
        count: Count::Airings,
        make_good: None,
    }
}
