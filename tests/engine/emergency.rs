//! Emergency messages: at once, over everything, until somebody stops them in two steps.

use std::num::NonZeroU32;
use std::time::Duration;

use loaphuong::engine::{Emergency, Wish};
use loaphuong::model::airing::Asked;
use loaphuong::model::operator::Answer;
use loaphuong::model::outcome::Kind;
use loaphuong::model::playback::Repeat;

use crate::DEVICE;
use crate::stations::{clip, id, library, output, slot, station};
use crate::world::{Card, World};
use crate::{check, morning};

fn emergency(repeat: Repeat) -> Wish {
    let asked = Asked { by: "truc-ban".into(), why: Some("Lũ về".into()) };
    Wish::Emergency(Emergency { commune: None, clip: Box::new(clip("lu", 5)), repeat, asked })
}

fn times(n: u32) -> Repeat {
    Repeat::Times(NonZeroU32::new(n).unwrap())
}

fn stop(confirm: Option<&str>) -> Wish {
    let confirm = confirm.map(|id| id.to_owned().into());
    Wish::Stop { commune: None, confirm, by: "truong-thon".into() }
}

#[test]
fn an_emergency_interrupts_what_is_on_air_and_says_so_in_both_rows() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:30:10+07");
    world.ask(emergency(times(2)));
    world.until("2026-11-23T05:31+07");
    check(&world, &["xa/sang@2026-11-23T05:30 partial preempted", "xa/emergency@2026-11-23T05:30:10 aired -"]);
    let rows: Vec<_> = world.airings().collect();
    let by = rows[0].preempted_by.as_ref().unwrap();
    assert_eq!((by.airing.as_str(), by.kind), ("xa/emergency@2026-11-23T05:30:10", Kind::Emergency));
    assert_eq!(by.asked.as_ref().unwrap().by, "truc-ban");
    assert_eq!(rows[1].head.asked.as_ref().unwrap().why.as_deref(), Some("Lũ về"));
    assert!(rows[1].start_error_ms.unwrap() <= 250, "{:?}", rows[1].start_error_ms);
    assert!((rows[1].outputs[0].played_s.0 - 10.0).abs() < 0.1, "twice five seconds");
    assert!(world.clashes.is_empty());
}

#[test]
fn it_repeats_until_it_is_stopped_in_two_steps() {
    let mut world = morning(DEVICE);
    // At night, where nothing else may begin.
    world.until("2026-11-23T23:00+07");
    world.ask(emergency(Repeat::UntilStopped));
    world.until("2026-11-23T23:02:02+07");
    world.ask(stop(None));
    let Answer::Confirm { airing, .. } = &world.answers[1] else { panic!("{:?}", world.answers) };
    assert_eq!(airing.as_str(), "xa/emergency@2026-11-23T23:00");
    world.ask(stop(Some("xa/emergency@2026-11-23T05:00")));
    assert!(matches!(world.answers[2], Answer::Confirm { .. }), "another name does not end it");
    world.until("2026-11-23T23:03+07");
    assert_eq!(world.rows().len(), 1, "it goes on");
    world.ask(stop(Some("xa/emergency@2026-11-23T23:00")));
    world.until("2026-11-23T23:04+07");
    let row = world.airings().last().unwrap();
    assert_eq!((row.outcome.code(), row.reason), ("aired", None));
    assert!((row.outputs[0].played_s.0 - 180.0).abs() < 1.0, "{}", row.outputs[0].played_s.0);
    assert!(row.head.choice.as_ref().unwrap().contains("truong-thon"), "who stopped it stands in the row");
}

#[test]
fn stopped_before_it_was_heard_once_it_is_partial() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T22:00+07");
    world.ask(emergency(Repeat::UntilStopped));
    world.run(Duration::from_secs(3));
    world.ask(stop(Some("xa/emergency@2026-11-23T22:00")));
    world.run(Duration::from_secs(3));
    assert_eq!(world.rows().last().unwrap(), "xa/emergency@2026-11-23T22:00 partial by_operator");
}

#[test]
fn nobody_stops_it_and_it_ends_by_itself() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T12:00+07");
    world.ask(emergency(Repeat::UntilStopped));
    world.until("2026-11-23T13:00+07");
    let row = world.airings().last().unwrap();
    assert_eq!(row.outcome.code(), "aired");
    assert!((row.outputs[0].played_s.0 - 1800.0).abs() < 1.0, "half an hour, not {}", row.outputs[0].played_s.0);
}

#[test]
fn what_waits_for_it_airs_late_or_says_why_not() {
    let mut world = World::new(
        station(DEVICE, vec![slot("sang", "05:30", 1200), slot("trua", "11:00", 60)]),
        library(vec![clip("a", 30), clip("b", 30)]),
        "2026-11-23T05:00+07",
    );
    world.until("2026-11-23T05:29:55+07");
    world.ask(emergency(times(4)));
    world.until("2026-11-23T10:59:58+07");
    world.ask(emergency(times(20)));
    world.until("2026-11-23T11:05+07");
    check(
        &world,
        &[
            "xa/emergency@2026-11-23T05:29:55 aired -",
            "xa/sang@2026-11-23T05:30 aired -",
            "xa/trua@2026-11-23T11:00 missed preempted",
            "xa/emergency@2026-11-23T10:59:58 aired -",
        ],
    );
    let late: Vec<_> = world.airings().map(|a| a.preempted_by.as_ref().map(|p| p.airing.to_string())).collect();
    assert_eq!(late[1].as_deref(), Some("xa/emergency@2026-11-23T05:29:55"));
    assert_eq!(late[2].as_deref(), Some("xa/emergency@2026-11-23T10:59:58"));
}

#[test]
fn a_lost_device_does_not_end_it_and_nobody_takes_its_output() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:29:50+07");
    world.card = Card::Absent;
    world.ask(emergency(times(3)));
    world.until("2026-11-23T05:30:20+07");
    world.card = Card::Healthy;
    world.until("2026-11-23T05:32+07");
    let rows = world.rows();
    assert!(rows.contains(&"xa/emergency@2026-11-23T05:29:50 aired -".to_owned()), "{rows:?}");
    assert!(rows.contains(&"xa/sang@2026-11-23T05:30 aired -".to_owned()), "{rows:?}");
    assert!(world.clashes.is_empty());
}

#[test]
fn an_output_of_another_commune_goes_on() {
    let mut station = station(DEVICE, vec![slot("sang", "05:30", 1200)]);
    let mut other = station.communes[0].clone();
    (other.id, other.outputs) = (id("khac"), vec![id("loa-hai")]);
    station.outputs.push(loaphuong::model::station::Output {
        id: id("loa-hai"),
        ..output(loaphuong::model::station::OutputKind::Device { name: Some("hai".into()) })
    });
    station.communes.push(other);
    let mut world = World::new(station, library(vec![clip("a", 30)]), "2026-11-23T05:00+07");
    world.until("2026-11-23T05:30:05+07");
    let Wish::Emergency(all) = emergency(times(1)) else { unreachable!() };
    world.ask(Wish::Emergency(Emergency { commune: Some(id("xa")), ..all }));
    world.until("2026-11-23T05:31+07");
    let mut rows = world.rows();
    rows.sort();
    assert_eq!(
        rows,
        [
            "khac/sang@2026-11-23T05:30 aired -",
            "xa/emergency@2026-11-23T05:30:05 aired -",
            "xa/sang@2026-11-23T05:30 partial preempted"
        ]
    );
}
