//! Promised against aired: what is lost is made good in its period, once, and what cannot be is said.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::Weekday;
use loaphuong::engine::{Engine, Event, Setup};
use loaphuong::model::calendar::{ExtraDay, InMourning, Mourning, OnHoliday};
use loaphuong::model::compliance::Verdict;
use loaphuong::model::entry::Entry;
use loaphuong::model::id::AiringId;
use loaphuong::model::outcome::{Kind, Outcome};
use loaphuong::model::quota::{Count, MakeGood, Minimum, PartialPeriod, Period, Quota, Share};
use loaphuong::model::recovery::Recovery;
use loaphuong::model::station::{Channel, Order, Programme, Queue, Recurrence, Station};
use loaphuong::model::time::Days;
use loaphuong::rehearsal::Crash;

use crate::stations::{clip, id, library, slot, station};
use crate::world::{Card, World};
use crate::{DEVICE, check};

const MONDAY: &str = "2026-11-23T05:00+07";

/// Three airings a week.
fn quota(make_good: &[&str]) -> Quota {
    let at: Vec<_> = make_good.iter().map(|time| time.parse().unwrap()).collect();
    Quota {
        id: id("tuan"),
        name: "Ba lượt một tuần".to_owned(),
        basis: None,
        from: None,
        until: None,
        period: Period::Week,
        airings: 3,
        at_least: Vec::new(),
        channel: Channel::Commune,
        partial_period: PartialPeriod::Full,
        count: Count::Airings,
        make_good: (!at.is_empty()).then_some(MakeGood { at, max_per_day: 1 }),
    }
}

/// Mondays, Wednesdays and Fridays at 06:00; what is lost is made good at these times.
fn three_a_week(make_good: &[&str]) -> Station {
    let mut slot = slot("sang", "06:00", 60);
    let days = [Weekday::Monday, Weekday::Wednesday, Weekday::Friday].into_iter().fold(Days::default(), Days::with);
    slot.recurrence = Recurrence::Weekly { days, at: vec!["06:00".parse().unwrap()] };
    let mut station = station(DEVICE, vec![slot]);
    station.communes[0].quotas.push(quota(make_good));
    station
}

fn world(station: Station) -> World {
    World::new(station, library(vec![clip("a", 30), clip("b", 20)]), MONDAY)
}

fn verdict(world: &World) -> (u32, u32, Verdict) {
    let quotas = world.engine.status(world.now).quotas;
    (quotas[0].aired, quotas[0].planned, quotas[0].verdict)
}

/// What each make-good replaces.
fn replaced(world: &World) -> Vec<(AiringId, AiringId)> {
    let made = world.airings().filter(|airing| airing.head.kind == Kind::MakeGood);
    made.map(|airing| (airing.head.id.clone(), airing.head.makes_good_for.clone().unwrap())).collect()
}

fn quoted(pairs: &[(&str, &str)]) -> Vec<(AiringId, AiringId)> {
    pairs.iter().map(|(made, lost)| (AiringId::quoted(made), AiringId::quoted(lost))).collect()
}

#[test]
fn a_lost_airing_is_made_good_in_its_week_once() {
    let mut world = world(three_a_week(&["17:30"]));
    world.card = Card::Absent;
    world.until("2026-11-23T06:05+07");
    world.card = Card::Healthy;
    assert_eq!(verdict(&world), (0, 3, Verdict::OnTrack), "{:#?}", world.engine.status(world.now).quotas);
    world.until("2026-11-30T05:00+07");
    check(
        &world,
        &[
            "xa/sang@2026-11-23T06:00 missed device_absent",
            "xa/make-good:tuan@2026-11-23T17:30 aired -",
            "xa/sang@2026-11-25T06:00 aired -",
            "xa/sang@2026-11-27T06:00 aired -",
        ],
    );
    assert_eq!(replaced(&world), quoted(&[("xa/make-good:tuan@2026-11-23T17:30", "xa/sang@2026-11-23T06:00")]));
    assert_eq!(verdict(&world), (0, 3, Verdict::OnTrack), "a new week");
    assert!(world.faults().is_empty());
}

#[test]
fn a_make_good_that_is_lost_leaves_room_for_another_one() {
    let mut world = world(three_a_week(&["17:30"]));
    world.card = Card::Absent;
    world.until("2026-11-23T18:00+07");
    world.card = Card::Healthy;
    world.until("2026-11-30T05:00+07");
    check(
        &world,
        &[
            "xa/sang@2026-11-23T06:00 missed device_absent",
            "xa/make-good:tuan@2026-11-23T17:30 missed device_absent",
            "xa/make-good:tuan@2026-11-24T17:30 aired -",
            "xa/sang@2026-11-25T06:00 aired -",
            "xa/sang@2026-11-27T06:00 aired -",
        ],
    );
    assert_eq!(replaced(&world)[1].1, AiringId::quoted("xa/sang@2026-11-23T06:00"));
}

#[test]
fn what_is_lost_with_the_power_is_made_good_too_and_nothing_twice() {
    for how in [Crash::Power, Crash::Process] {
        let mut world = world(three_a_week(&["17:30", "18:00"]));
        world.until("2026-11-25T05:30+07");
        world.crash(Duration::from_hours(1), how);
        // Just before, in the middle of, and after the first make-good.
        for at in ["2026-11-25T17:29:55+07", "2026-11-25T17:30:10+07", "2026-11-25T17:30:50+07"] {
            world.until(at);
            world.crash(Duration::from_secs(2), how);
        }
        world.until("2026-11-30T05:00+07");
        let aired = world.airings().filter(|airing| airing.outcome == Outcome::Aired).count();
        assert_eq!(aired, 3, "{how:?}: {:#?}", world.rows());
        let mut ids: Vec<_> = world.airings().map(|airing| airing.head.id.clone()).collect();
        let rows = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), rows, "each has one row");
        let lost = AiringId::quoted("xa/sang@2026-11-25T06:00");
        assert!(replaced(&world).iter().all(|(_, of)| *of == lost), "{:?}", replaced(&world));
    }
}

#[test]
fn a_quota_that_cannot_be_met_any_more_is_a_fault_until_the_next_week() {
    let mut world = world(three_a_week(&[]));
    world.until("2026-11-23T05:30+07");
    assert!(world.faults().is_empty());
    world.card = Card::Absent;
    world.until("2026-11-23T06:05+07");
    world.card = Card::Healthy;
    assert_eq!(verdict(&world), (0, 2, Verdict::AtRisk));
    assert_eq!(world.faults(), ["device_absent", "quota_at_risk"]);
    let fault = world.engine.status(world.now).faults.remove(1);
    assert_eq!(fault.subject.as_deref(), Some("xa/tuan"));
    assert!(fault.message.vi.contains("Ba lượt một tuần"), "{}", fault.message.vi);
    world.until("2026-11-29T23:59+07");
    assert_eq!(world.faults(), ["quota_at_risk"]);
    world.until("2026-11-30T00:01+07");
    assert_eq!(verdict(&world), (0, 3, Verdict::OnTrack));
    assert!(world.faults().is_empty());
    let raised = world
        .disk
        .entries
        .iter()
        .filter(|e| matches!(e, Entry::FaultRaised { fault, .. } if fault.code == "quota_at_risk"));
    assert_eq!(raised.count(), 1, "once");
}

#[test]
fn a_new_schedule_is_judged_by_what_aired_under_the_old_one() {
    let mut plain = three_a_week(&["17:30"]);
    let quota = plain.communes[0].quotas.pop().unwrap();
    let mut world = world(plain.clone());
    world.card = Card::Absent;
    world.until("2026-11-23T06:05+07");
    world.card = Card::Healthy;
    world.until("2026-11-24T06:05+07");
    assert!(world.engine.status(world.now).quotas.is_empty());
    plain.communes[0].quotas.push(quota);
    world.configure(Arc::new(plain));
    assert_eq!(verdict(&world), (0, 3, Verdict::OnTrack));
    world.until("2026-11-30T00:00+07");
    assert_eq!(replaced(&world), quoted(&[("xa/make-good:tuan@2026-11-24T17:30", "xa/sang@2026-11-23T06:00")]));
}

#[test]
fn nothing_is_judged_before_the_journal_has_told_what_was_aired() {
    let station = Arc::new(three_a_week(&["17:30"]));
    let now = world(three_a_week(&[])).now;
    let setup = Setup {
        station,
        library: Arc::new(library(vec![clip("a", 30)])),
        recovery: Recovery::default(),
        boot_id: "1".to_owned(),
        synchronised: true,
        version: "0".to_owned(),
    };
    let (mut engine, _) = Engine::new(now, setup);
    let _commands = engine.step(now, Event::Clock { synchronised: true });
    assert!(engine.status(now).quotas.is_empty());
    let _commands = engine.step(now, Event::Ledger(Vec::new()));
    assert_eq!(engine.status(now).quotas.len(), 1);
}

#[test]
fn the_topic_still_owed_comes_first() {
    let mut slot = slot("sang", "06:00", 60);
    slot.programme = Programme::Queue(id("chung"));
    let mut station = station(DEVICE, vec![slot]);
    let queue = Queue {
        fallback: None,
        id: id("chung"),
        topics: Vec::new(),
        clips: vec![id("bhxh/a.wav"), id("khac/b.wav")],
        order: Order::Quota,
    };
    station.communes[0].queues.push(queue);
    let at_least = vec![Minimum { share: Share::Topic(id("khac")), required: 5 }];
    station.communes[0].quotas.push(Quota { airings: 5, at_least, ..quota(&[]) });
    let mut other = clip("b", 20);
    (other.path, other.topic) = (id("khac/b.wav"), Some(id("khac")));
    let mut world = World::new(station, library(vec![clip("a", 30), other]), MONDAY);
    world.until("2026-11-30T05:00+07");
    let drawn: Vec<_> = world.airings().map(|airing| airing.items[0].plan.clip.as_str().to_owned()).collect();
    let expected = ["khac/b.wav"; 5].into_iter().chain(["bhxh/a.wav", "khac/b.wav"]);
    assert_eq!(drawn, expected.collect::<Vec<_>>(), "five are owed, then turns are taken again");
    assert_eq!(world.airings().next().unwrap().head.topics, [id("khac")]);
}

#[test]
fn next_is_what_will_air() {
    let mut station = three_a_week(&["17:30"]);
    let rest = |day: &str| ExtraDay {
        from: day.parse().unwrap(),
        until: day.parse().unwrap(),
        name: "Nghỉ".to_owned(),
        action: Some(OnHoliday::Skip),
    };
    station.communes[0].holidays.extra = vec![rest("2026-11-25"), rest("2026-11-27")];
    station.communes[0].quotas[0].airings = 1;
    let mut world = world(station);
    let next = |world: &World| world.engine.status(world.now).next.unwrap().id;
    assert_eq!(next(&world).as_str(), "xa/sang@2026-11-23T06:00");
    world.card = Card::Absent;
    world.until("2026-11-23T06:05+07");
    world.card = Card::Healthy;
    assert_eq!(next(&world).as_str(), "xa/make-good:tuan@2026-11-23T17:30");
    world.until("2026-11-23T18:00+07");
    assert_eq!(next(&world).as_str(), "xa/sang@2026-11-30T06:00", "two days of the schedule are holidays");
}

#[test]
fn in_mourning_there_is_no_music() {
    let mut with_jingle = slot("sang", "06:00", 60);
    with_jingle.intro = Some(id("bhxh/b.wav"));
    let mut station = station(DEVICE, vec![with_jingle]);
    station.communes[0].holidays.mourning = vec![Mourning {
        from: "2026-11-24".parse().unwrap(),
        until: "2026-11-24".parse().unwrap(),
        name: "Quốc tang".to_owned(),
        action: InMourning::WithoutMusic,
    }];
    let mut world = world(station);
    world.until("2026-11-25T07:00+07");
    let parts: Vec<_> = world.airings().map(|airing| airing.items.len()).collect();
    assert_eq!(parts, [2, 1, 2]);
}

#[test]
fn a_clock_that_once_ran_ahead_takes_nothing_from_the_week() {
    let mut world = world(three_a_week(&["17:30"]));
    world.until("2026-11-23T07:00+07");
    assert_eq!(verdict(&world), (1, 2, Verdict::OnTrack));
    world.set_clock(SignedDuration::from_hours(24 * 40));
    world.run(Duration::from_mins(1));
    assert_eq!(verdict(&world).0, 0, "another week");
    world.set_clock(SignedDuration::from_hours(-24 * 40));
    world.run(Duration::from_mins(1));
    assert_eq!(verdict(&world).0, 1, "the row of Monday is known still");
}
