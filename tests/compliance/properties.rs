//! What holds for every station, every quota and every past.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan as _};
use loaphuong::compliance::{Forecast, PlannedMakeGood, assess, forecast, make_goods, period_on, periods};
use loaphuong::model::compliance::{Assessment, ComplianceQuery, PeriodSpan};
use loaphuong::model::id::AiringId;
use loaphuong::model::outcome::{Kind, Outcome};
use loaphuong::model::quota::Quota;
use loaphuong::model::station::{Channel, Order};
use loaphuong::plan;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use crate::world::{QuotaCase, World, id, queue, slot};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// The last is of every share.
const CLIPS: [&str; 6] = [
    "a/1 60",
    "a/2 300",
    "b/1 900 language=hmn",
    "b/2 60 until=2026-11-26",
    "c/1 60 audience=hssv",
    "moi/1 60 topics=a,b,c language=hmn audience=hssv",
];

fn slots() -> impl Strategy<Value = Vec<String>> {
    let source = select(vec!["a", "b", "c", "a,b", "queue:no", "queue:lau"]);
    let time = (10_u32..44).prop_map(|half| format!("{:02}:{:02}", half / 2, half % 2 * 30));
    let one = (subsequence(DAYS.to_vec(), 1..=4), time, source, select(vec![1, 15, 90]));
    prop::collection::vec(one, 1..5).prop_map(|slots| {
        let text = |(n, (days, at, source, within)): (usize, (Vec<_>, String, _, i32))| {
            format!("s{n} {} {at} {source} within={within}", days.join(","))
        };
        slots.into_iter().enumerate().map(text).collect()
    })
}

fn quotas() -> impl Strategy<Value = Vec<Quota>> {
    let share = |key: &'static str| (1_u32..4).prop_map(move |n| format!("\"{key}\" = {n}"));
    let shares = (share("a"), share("b"), share("language:hmn"), share("audience:hssv"));
    let shares = shares.prop_flat_map(|(a, b, c, d)| subsequence(vec![a, b, c, d], 0..=3));
    let rhythm = select(vec![
        "period = 'day'",
        "period = 'week'",
        "period = 'week'",
        "period = 'week'\nfrom = '2026-11-12'\npartial_period = 'pro_rata'",
        "period = 'month'\nclosing_day = 25",
        "period = 'month'\nuntil = '2026-11-27'\npartial_period = 'exempt'",
        "period = 'plan'\nfrom = '2026-11-05'\nuntil = '2026-12-10'",
    ]);
    let times = select(vec!["[]", "['17:30:00', '11:15:00']", "['06:00:00']", "['17:30:00', '17:45:00', '09:00:00']"]);
    let rest = select(vec!["", "count = 'clips'", "max_per_day = 2", "channel = 'village'"]);
    let one = (rhythm, 1_u32..9, shares, times, rest);
    prop::collection::vec(one, 1..4).prop_map(|quotas| {
        let text = |(n, (rhythm, airings, shares, times, rest)): (usize, (_, u32, Vec<String>, _, &str))| {
            let shares = shares.join(", ");
            let more = format!("airings = {airings}\nat_least = {{ {shares} }}\nmake_good = {times}\n{rest}");
            toml::from_str::<QuotaCase>(&format!("id = 'q{n}'\n{rhythm}\n{more}")).unwrap().quota()
        };
        quotas.into_iter().enumerate().map(text).collect()
    })
}

/// A station with two communes, and a past in which everything may have happened.
fn worlds() -> impl Strategy<Value = World> {
    let past = (0_u32..30 * 86_400, prop::collection::vec(any::<Index>(), 40));
    let limits = (prop::option::of(2_u32..5), prop::option::of(10_u32..40), any::<bool>());
    (slots(), quotas(), slots(), past, limits).prop_map(|(own, quotas, others, (now, fate), limits)| {
        let mut world = World::new("2026-11-10T00:00");
        world.commune().queues = vec![queue("no quota a,b,c"), queue("lau least_recent b,c,a")];
        let mut neighbour = world.commune().clone();
        world.commune().slots = own.iter().map(|text| slot(text)).collect();
        world.commune().quotas = quotas;
        world.commune().hours.max_airings_per_day = limits.0;
        world.commune().hours.max_minutes_per_day = limits.1;
        if limits.2 {
            world.commune().outputs.push(id("thon"));
        }
        neighbour.id = id("ben");
        neighbour.slots = others.iter().map(|text| slot(text)).collect();
        for clip in CLIPS {
            world.clip(clip);
        }
        world.station.communes.push(neighbour);
        world.now += Duration::from_secs(now.into());
        live_through(&mut world, &fate);
        world
    })
}

/// Without queues in the order `quota`: they draw something else as soon as less is owed, which may lack what another
/// quota would have liked.
fn draws_by_turn(world: &mut World) {
    world.commune().queues.iter_mut().for_each(|queue| queue.order = Order::LeastRecent);
}

/// Rows for everything that was due since 26 October, with clips and outcomes as fate has it.
fn live_through(world: &mut World, fate: &[Index]) {
    const OUTCOMES: [Outcome; 6] =
        [Outcome::Aired, Outcome::Aired, Outcome::Aired, Outcome::Missed, Outcome::Partial, Outcome::Skipped];
    const KINDS: [Kind; 5] = [Kind::Scheduled, Kind::Scheduled, Kind::Scheduled, Kind::Campaign, Kind::Trial];
    let due = plan::occurrences(&world.station, world.at("2026-10-26T00:00"), world.now);
    for (n, occurrence) in due.iter().enumerate() {
        let fate = |k: usize| &fate[(n * 3 + k) % fate.len()];
        let outcome = *fate(0).get(&OUTCOMES);
        let clip = fate(1).get(&CLIPS).split(' ').next().unwrap();
        let (name, at) = (&occurrence.slot, occurrence.local);
        let mut row = world.row(&format!("{at} {name} {outcome} {clip}"));
        row.kind = *fate(2).get(&KINDS);
        row.id = occurrence.id.clone();
        row.commune = occurrence.commune.clone();
        let last = world.history.last_aired.entry(id(clip)).or_insert(occurrence.at);
        *last = occurrence.at.max(*last);
        if outcome != Outcome::Aired {
            row.clips = [].into();
        }
        world.rows.push(row);
    }
}

fn current(world: &World) -> Vec<Assessment> {
    assess(&world.facts(), &ComplianceQuery::default())
}

fn today(world: &World) -> Date {
    world.station.zone.to_datetime(world.now).date()
}

fn to_come(world: &World) -> Vec<Forecast> {
    forecast(&world.facts(), world.now - Duration::from_hours(6), world.now + Duration::from_hours(24 * 45))
}

/// Begin, end, and the id.
fn span(airing: &Forecast) -> Option<(Timestamp, Timestamp, &AiringId)> {
    let drawn = airing.draw.as_ref().ok()?;
    Some((airing.at, airing.at + drawn.length, &airing.id))
}

/// Is it planned and lawful where it stands, and replaces it what may be replaced?
fn stands_well(world: &World, made: &PlannedMakeGood) {
    let commune = &world.station.communes[0];
    let quota = commune.quota(&made.quota).unwrap();
    let rule = quota.make_good.as_ref().unwrap();
    let period = period_on(quota, today(world)).unwrap();
    assert!(rule.at.contains(&made.local.time()) && made.at > world.now && period.contains(made.local.date()));
    assert!(commune.hours.permit(made.local.time()));
    let lost = world.rows.iter().find(|row| row.id == made.makes_good_for).unwrap();
    assert!(period.contains(lost.date) && lost.commune == commune.id && lost.kind.by_schedule());
    assert!(world.facts().library.clips.contains_key(&made.drawn.choice.clip));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn sums_are_right(world in worlds()) {
        for found in current(&world) {
            let own = |row: &&loaphuong::model::ledger::LedgerRow| {
                row.commune == found.commune && found.from <= row.date && row.date <= found.until
            };
            let rows: BTreeSet<_> = world.rows.iter().filter(own).map(|row| &row.id).collect();
            let listed = found.counted.iter().chain(found.not_counted.iter().map(|row| &row.airing));
            prop_assert_eq!(found.counted.len() + found.not_counted.len(), rows.len());
            prop_assert_eq!(listed.collect::<BTreeSet<_>>(), rows);
            let kinds = found.by_kind;
            prop_assert_eq!(kinds.regular + kinds.campaign + kinds.make_good, found.aired);
            prop_assert_eq!(found.missing, found.required.saturating_sub(found.aired));
            prop_assert!(found.at_least.iter().all(|part| part.verdict <= found.verdict));
        }
    }

    #[test]
    fn planned_is_what_the_forecast_lists(world in worlds()) {
        let to_come = to_come(&world);
        let commune = &world.station.communes[0];
        for found in current(&world) {
            let reached = found.channel == Channel::Commune || commune.outputs.len() > 1;
            let clips = to_come.iter().filter(|airing| {
                let date = world.station.zone.to_datetime(airing.at).date();
                reached && airing.commune == found.commune && found.from <= date && date <= found.until
            });
            let clips: Vec<_> = clips.filter_map(|airing| Some(&airing.draw.as_ref().ok()?.choice.about)).collect();
            prop_assert_eq!(usize::try_from(found.planned).unwrap(), clips.len(), "{}", found.period);
            for part in found.at_least {
                let of = match part.share.to_string().split_once(':') {
                    None => clips.iter().filter(|c| c.topics.iter().any(|t| t.as_str() == part.share.to_string())).count(),
                    Some(("language", tag)) => clips.iter().filter(|c| c.language == tag).count(),
                    Some((_, group)) => clips.iter().filter(|c| c.audience.iter().any(|a| a.as_str() == group)).count(),
                };
                prop_assert_eq!(usize::try_from(part.planned).unwrap(), of);
            }
        }
    }

    #[test]
    fn one_more_airing_makes_no_verdict_worse(mut world in worlds(), back in 0..20_i64) {
        draws_by_turn(&mut world);
        // A make-good that is needed no more changes whose turn it is, and with it what the schedule will draw.
        world.commune().quotas.iter_mut().for_each(|quota| quota.make_good = None);
        let before: Vec<_> = current(&world).iter().map(|found| found.verdict).collect();
        let day = today(&world).saturating_sub(back.days());
        let mut more = world.clone();
        let row = more.row(&format!("{day}T04:00 s0 aired moi/1"));
        let place = more.rows.partition_point(|other| other.planned_at < row.planned_at);
        more.rows.insert(place, row);
        let after: Vec<_> = current(&more).iter().map(|found| found.verdict).collect();
        prop_assert!(before.iter().zip(&after).all(|(before, after)| after <= before), "{before:?} {after:?}");
    }

    #[test]
    fn one_more_planned_makes_no_verdict_worse(mut world in worlds(), on in 0..10_i64) {
        draws_by_turn(&mut world);
        world.commune().quotas.iter_mut().for_each(|quota| quota.make_good = None);
        // Between midnight and 05:00 nothing else is planned, and without limits it displaces nothing.
        world.commune().hours.max_airings_per_day = None;
        world.commune().hours.max_minutes_per_day = None;
        let before: Vec<_> = current(&world).iter().map(|found| found.verdict).collect();
        let mut more = world.clone();
        let day = today(&world).saturating_add(on.days());
        let at = world.at(&format!("{day}T03:00")).max(world.now + Duration::from_secs(1));
        more.underway.push(loaphuong::compliance::Underway {
            id: AiringId::quoted("xa/them"),
            commune: id("xa"),
            quota: None,
            makes_good_for: None,
            date: world.station.zone.to_datetime(at).date(),
            planned_at: at,
            channels: vec![Channel::Commune],
            clips: vec![world.ledger_clip(&id("moi/1"))],
        });
        let after: Vec<_> = current(&more).iter().map(|found| found.verdict).collect();
        prop_assert!(before.iter().zip(&after).all(|(before, after)| after <= before), "{before:?} {after:?}");
    }

    #[test]
    fn make_goods_stand_well_and_displace_nothing(world in worlds()) {
        let made = make_goods(&world.facts());
        for made in &made {
            stands_well(&world, made);
        }
        let replaced: BTreeSet<_> = made.iter().map(|made| (&made.quota, &made.makes_good_for)).collect();
        prop_assert_eq!(replaced.len(), made.len());

        let mut without = world.clone();
        without.commune().quotas.iter_mut().for_each(|quota| quota.make_good = None);
        let airing = |world: &World| -> BTreeSet<AiringId> {
            let all = to_come(world).into_iter().filter(|a| a.draw.is_ok() && a.kind != Kind::MakeGood);
            all.map(|a| a.id).collect()
        };
        // A make-good's clip changes whose turn is next, and a longer one may not fit into the minutes that a day has.
        if world.station.communes[0].hours.max_minutes_per_day.is_none() {
            prop_assert_eq!(airing(&world), airing(&without));
        }

        let all = to_come(&world);
        let spans: Vec<_> = all.iter().filter_map(span).collect();
        for made in &made {
            let end = made.at + made.drawn.length + Duration::from_mins(1);
            let near = spans.iter().filter(|(_, _, id)| **id != made.id);
            let near: Vec<_> = near.filter(|(from, until, _)| *from < end && made.at < *until).collect();
            prop_assert!(near.is_empty(), "{} {near:?}", made.id);
        }
    }

    #[test]
    fn no_more_make_goods_than_are_lacking_and_than_a_day_may_have(world in worlds()) {
        let mut without = world.clone();
        without.commune().quotas.iter_mut().for_each(|quota| quota.make_good = None);
        let made = make_goods(&world.facts());
        for found in current(&without) {
            let own: Vec<_> = made.iter().filter(|made| made.quota == found.quota).collect();
            let left = |required: u32, aired: u32, planned: u32| required.saturating_sub(aired + planned);
            let shares: u32 = found.at_least.iter().map(|part| left(part.required, part.aired, part.planned)).sum();
            let lacking = left(found.required, found.aired, found.planned) + shares;
            prop_assert!(own.len() <= usize::try_from(lacking).unwrap());
            let rule = world.station.communes[0].quota(&found.quota).unwrap().make_good.clone();
            for day in own.iter().map(|made| made.local.date()) {
                let that_day = own.iter().filter(|made| made.local.date() == day).count();
                prop_assert!(that_day <= usize::try_from(rule.as_ref().unwrap().max_per_day).unwrap());
            }
        }
    }

    #[test]
    fn what_is_under_way_is_not_planned_again_and_changes_nothing_else(mut world in worlds(), some in any::<Index>()) {
        draws_by_turn(&mut world);
        // What is planned first is taken first here: of several quotas, or several on a day, the one that airs first
        // may bring by chance what the other was planned for.
        world.commune().quotas.truncate(1);
        world.commune().quotas.iter_mut().filter_map(|q| q.make_good.as_mut()).for_each(|rule| rule.max_per_day = 1);
        // And no clip fits where the one whose turn it was did not.
        let sounds = world.library.clips.values_mut().filter_map(|clip| clip.sound.as_mut());
        sounds.for_each(|sound| sound.duration = Duration::from_mins(1));
        let all = make_goods(&world.facts());
        let taken = some.index(all.len() + 1);
        let mut later = world.clone();
        later.underway = all[..taken].iter().map(|made| later.taken(made)).collect();
        let short = |made: &[PlannedMakeGood]| -> Vec<_> {
            made.iter().map(|made| (made.id.clone(), made.makes_good_for.clone())).collect()
        };
        prop_assert_eq!(short(&make_goods(&later.facts())), short(&all[taken..]));
    }

    #[test]
    fn the_current_period_is_the_one_of_its_name(world in worlds()) {
        for found in current(&world) {
            let span = PeriodSpan::Named(found.period.clone());
            let query = ComplianceQuery { quota: Some(found.quota.clone()), span, ..ComplianceQuery::default() };
            prop_assert_eq!(assess(&world.facts(), &query), [found]);
        }
    }

    #[test]
    fn periods_tile_the_calendar(quota in quotas(), from in 0..20_000_i64, days in 0..1_000_i64) {
        let (quota, from) = (&quota[0], date(2000, 1, 1).saturating_add(from.days()));
        let until = from.saturating_add(days.days());
        let all = periods(quota, from, until);
        prop_assert!(all.windows(2).all(|pair| pair[0].last.tomorrow().unwrap() == pair[1].first));
        for day in from.series(1.day()).take_while(|day| *day <= until) {
            let on: Vec<_> = all.iter().filter(|span| span.contains(day)).cloned().collect();
            prop_assert_eq!(on, period_on(quota, day).into_iter().collect::<Vec<_>>());
        }
        prop_assert!(all.iter().all(|span| 1 <= span.days() && span.days() <= span.days_whole));
        let binds = |day: Date| quota.from.is_none_or(|f| f <= day) && quota.until.is_none_or(|u| day <= u);
        prop_assert_eq!(all.is_empty(), !from.series(1.day()).take_while(|day| *day <= until).any(binds));
    }
}
