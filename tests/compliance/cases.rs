//! Each file of `cases/`: the answers are those that it says.

use std::fmt::Write as _;

use loaphuong::compliance::{PlannedMakeGood, assess, make_goods, owed};
use loaphuong::model::compliance::{Assessment, ByKind};

use crate::case::{Case, Cases, Usual};
use crate::world::World;

/// `2026-W48 at_risk 4/2+1 bhxh:met:2/2+0`; the quota's name first, where it is not `q`.
fn line(found: &Assessment) -> String {
    let mut line = match found.quota.as_str() {
        "q" => String::new(),
        other => format!("{other} "),
    };
    let Assessment { period, verdict, required, aired, planned, .. } = found;
    write!(line, "{period} {verdict} {required}/{aired}+{planned}").unwrap();
    for part in &found.at_least {
        let (share, verdict) = (&part.share, part.verdict);
        write!(line, " {share}={verdict}:{}/{}+{}", part.required, part.aired, part.planned).unwrap();
    }
    line
}

/// Without the commune, which is always the same.
fn short(id: &loaphuong::model::id::AiringId) -> &str {
    id.as_str().split_once('/').unwrap().1
}

fn of_make_good(world: &World, made: &PlannedMakeGood) -> String {
    assert_eq!(world.station.zone.to_datetime(made.at), made.local);
    let quota = if made.quota.as_str() == "q" { String::new() } else { format!("{} ", made.quota) };
    let at = made.local.strftime("%Y-%m-%dT%H:%M");
    assert_eq!(made.id.as_str(), format!("xa/make-good:{}@{at}", made.quota));
    format!("{quota}{at} {} for {}", made.drawn.choice.clip, short(&made.makes_good_for))
}

fn check(case: &Case, usual: &Usual) {
    let (name, world) = (&case.name, case.world(usual));
    let found = assess(&world.facts(), &case.query());
    let lines: Vec<_> = found.iter().map(line).collect();
    assert_eq!(lines, case.expect, "{name}");
    if let Some(expected) = &case.not_counted {
        let all = found.iter().flat_map(|a| &a.not_counted);
        let all: Vec<_> = all.map(|row| format!("{} {}", short(&row.airing), row.why)).collect();
        assert_eq!(&all, expected, "{name}");
    }
    if let Some(expected) = case.by_kind {
        let sum = |of: fn(&ByKind) -> u32| found.iter().map(|a| of(&a.by_kind)).sum::<u32>();
        assert_eq!([sum(|k| k.regular), sum(|k| k.campaign), sum(|k| k.make_good)], expected, "{name}");
    }
    if let Some(expected) = &case.make_goods {
        let made: Vec<_> = make_goods(&world.facts()).iter().map(|made| of_make_good(&world, made)).collect();
        assert_eq!(&made, expected, "{name}");
    }
    if let Some(expected) = &case.owed {
        let today = world.station.zone.to_datetime(world.now).date();
        let owed = owed(&world.facts(), &world.station.communes[0], today);
        assert_eq!(&owed.iter().map(ToString::to_string).collect::<Vec<_>>(), expected, "{name}");
    }
    if let Some([vi, en]) = &case.advice {
        let advice = found.first().and_then(|a| a.advice.clone());
        let said = advice.as_ref().map_or(("", ""), |text| (&text.vi, &text.en));
        assert_eq!(said, (&vi[..], &en[..]), "{name}");
    }
}

#[test]
fn each_case_gets_the_answer_that_its_file_says() {
    let files = [
        include_str!("cases/counting.toml"),
        include_str!("cases/verdicts.toml"),
        include_str!("cases/periods.toml"),
        include_str!("cases/make_good.toml"),
    ];
    let mut checked = 0;
    for file in files {
        let cases: Cases = toml::from_str(file).unwrap();
        for case in &cases.case {
            check(case, &cases.usual);
            checked += 1;
        }
    }
    assert!(checked >= 50, "{checked} cases");
}
