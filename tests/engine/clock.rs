//! The clock that cannot be trusted: what waits for it, what does not, and that nothing is lost, burnt or aired twice.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use loaphuong::engine::{Emergency, Event, Wish};
use loaphuong::model::airing::Asked;
use loaphuong::model::entry::Entry;
use loaphuong::model::id::AiringId;
use loaphuong::model::operator::Answer;
use loaphuong::model::outcome::Kind;
use loaphuong::model::playback::Repeat;
use loaphuong::model::station::{Output, OutputKind};
use loaphuong::model::time::DaySpan;
use loaphuong::rehearsal::Crash;

use crate::edges::reload;
use crate::stations::{clip, id, library, output, slot, station};
use crate::world::{Card, World};
use crate::{DEVICE, check};

const DAYS: SignedDuration = SignedDuration::from_hours(24);

/// The morning of `main.rs` on a PC without a network.
fn alone_at(at: &str) -> World {
    World::alone(station(DEVICE, vec![slot("sang", "05:30", 1200)]), library(vec![clip("a", 30)]), at)
}

pub(crate) fn alone() -> World {
    alone_at("2026-11-23T05:00+07")
}

/// What the engine is told: the PC was started anew in this year.
fn battery_dead(at: &str) -> World {
    let mut world = alone();
    world.until("2026-11-23T06:00+07");
    world.reboot_at(Duration::from_secs(5), at);
    world
}

fn confirm(world: &mut World, seen: Timestamp) -> Answer {
    world.ask(Wish::ConfirmClock { seen, by: "ba-hoa".to_owned() });
    world.answers.last().cloned().unwrap()
}

pub(crate) fn confirmed(world: &mut World) {
    let answer = confirm(world, world.now.wall);
    assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
}

fn play(kind: Kind) -> Wish {
    Wish::Play { commune: None, clip: Box::new(clip("dai", 20)), kind, by: "t".into() }
}

fn emergency() -> Wish {
    let asked = Asked { by: "t".into(), why: None };
    Wish::Emergency(Emergency { commune: None, clip: Box::new(clip("lu", 20)), repeat: Repeat::ONCE, asked })
}

pub(crate) fn trusted(world: &World) -> bool {
    let untrusted = world.faults().contains(&"clock_untrusted".to_owned());
    assert_eq!(world.engine.status(world.now).clock.trusted, !untrusted);
    !untrusted
}

/// One final row for each id, and no sound of an airing but of one.
pub(crate) fn unique(world: &World) {
    let mut rows: BTreeMap<&AiringId, u32> = BTreeMap::new();
    for airing in world.airings() {
        *rows.entry(&airing.head.id).or_default() += 1;
    }
    let twice: Vec<_> = rows.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "I1: {twice:?}");
    let mut heard: BTreeMap<&str, Duration> = BTreeMap::new();
    for sound in &world.ear.sounds {
        *heard.entry(&sound.airing).or_default() += sound.played;
    }
    let longer: Vec<_> = heard.iter().filter(|(_, played)| **played > Duration::from_secs(32)).collect();
    assert!(longer.is_empty(), "I11: {longer:?}");
    assert!(world.clashes.is_empty());
}

#[test]
fn a_leap_ahead_and_back_burns_nothing_and_the_next_slot_is_on_time() {
    for by in [DAYS * 2, DAYS * 1500] {
        let mut world = alone();
        world.until("2026-11-23T05:10+07");
        world.set_clock(by);
        assert!(!trusted(&world));
        world.run(Duration::from_mins(10));
        reload(&mut world, |s| s.communes[0].name = "Xã mới".into());
        world.run(Duration::from_mins(1));
        check(&world, &[]);
        world.set_clock(-by);
        assert!(trusted(&world));
        world.until("2026-11-24T06:00+07");
        check(&world, &["xa/sang@2026-11-23T05:30 aired -", "xa/sang@2026-11-24T05:30 aired -"]);
        assert!(world.airings().all(|a| a.start_error_ms == Some(0)));
        assert!(world.faults().is_empty());
    }
}

#[test]
fn what_fell_into_the_untrusted_time_airs_late_or_is_missed_because_of_it() {
    for (back, row) in [("05:45", "aired -"), ("05:55", "missed clock_untrusted")] {
        // Before its players are started, and while they wait for their second.
        for leap in ["05:10", "05:29:55", "05:29:59.5"] {
            let mut world = alone();
            world.until(&format!("2026-11-23T{leap}+07"));
            world.set_clock(DAYS * 2);
            world.run(Duration::from_secs(2));
            assert!(!world.plays(), "nobody holds the card for what may be days away");
            let real = world.now.wall - DAYS * 2;
            let left = format!("2026-11-23T{back}:00+07").parse::<Timestamp>().unwrap().duration_since(real);
            world.run(Duration::try_from(left).unwrap());
            check(&world, &[]);
            world.set_clock(-DAYS * 2);
            world.run(Duration::from_mins(2));
            check(&world, &[&format!("xa/sang@2026-11-23T05:30 {row}")]);
        }
    }
}

#[test]
fn a_confirmed_leap_settles_what_it_passed_over_and_the_station_goes_on() {
    let mut world = alone();
    world.until("2026-11-23T05:10+07");
    world.set_clock(DAYS * 2);
    world.until("2026-11-25T06:00+07");
    check(&world, &[]);
    confirmed(&mut world);
    assert!(trusted(&world));
    let lost = [
        "xa/sang@2026-11-23T05:30 missed clock_jump",
        "xa/sang@2026-11-24T05:30 missed clock_jump",
        "xa/sang@2026-11-25T05:30 missed clock_untrusted",
    ];
    check(&world, &lost);
    let by = world.disk.entries.iter().find_map(|e| match e {
        Entry::ClockConfirmed { by, .. } => Some(by.as_str()),
        _ => None,
    });
    assert_eq!(by, Some("ba-hoa"));
    world.until("2026-11-26T06:00+07");
    assert_eq!(world.rows()[3..], ["xa/sang@2026-11-26T05:30 aired -"]);
    // Won once, it lasts over a power cut.
    world.crash(Duration::from_hours(20), Crash::Power);
    assert!(trusted(&world));
}

#[test]
fn a_time_that_is_not_ours_is_not_confirmed() {
    let mut world = alone();
    world.set_clock(DAYS * 2);
    for off in [SignedDuration::from_secs(121), SignedDuration::from_secs(-121), -DAYS * 2] {
        let seen = world.now.wall + off;
        assert!(matches!(confirm(&mut world, seen), Answer::Refused { .. }));
    }
    assert!(!trusted(&world));
    let seen = world.now.wall + SignedDuration::from_secs(119);
    assert!(matches!(confirm(&mut world, seen), Answer::Accepted { .. }));
    assert!(trusted(&world));
}

#[test]
fn a_reload_while_the_clock_is_behind_decides_nothing_anew() {
    let mut world = alone();
    world.until("2026-11-23T05:40+07");
    world.set_clock(-DAYS * 1500);
    // When 05:30 was taken, this was to come.
    reload(&mut world, |s| s.communes[0].slots.push(slot("moi", "05:29:55", 1200)));
    world.run(Duration::from_mins(1));
    world.set_clock(DAYS * 1500);
    world.run(Duration::from_mins(1));
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
}

#[test]
fn what_is_on_air_is_not_cut() {
    let mut world = alone();
    world.until("2026-11-23T05:30:10+07");
    world.set_clock(DAYS * 40);
    world.run(Duration::from_mins(1));
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    assert!(!trusted(&world));
}

/// One slot on two outputs, of which the second has no card at 05:30; what is heard there in the end.
fn second_card(befall: impl FnOnce(&mut World)) -> (World, Option<SignedDuration>) {
    let mut station = station(DEVICE, vec![slot("sang", "05:30", 600)]);
    let other = OutputKind::Device { name: Some("hai".into()) };
    station.outputs.push(Output { id: id("loa2"), name: "Loa 2".into(), ..output(other) });
    station.communes[0].outputs.push(id("loa2"));
    let mut world = World::alone(station, library(vec![clip("a", 30)]), "2026-11-23T05:00+07");
    world.cards.insert("hai".into(), Card::Absent);
    world.until("2026-11-23T05:30:10+07");
    let began = world.now;
    befall(&mut world);
    world.run(Duration::from_mins(30));
    let joined = world.ear.sounds.iter().find(|s| s.output == "loa2");
    let joined = joined.map(|s| SignedDuration::try_from(s.at.mono.since(began.mono)).unwrap());
    (world, joined)
}

fn plugged_in_after(world: &mut World, time: Duration) {
    world.run(time);
    world.cards.clear();
    world.step(Event::CardsChanged);
}

#[test]
fn what_has_begun_goes_by_the_clock_by_which_it_began() {
    for by in [-SignedDuration::from_hours(1), -DAYS * 1500, DAYS * 2] {
        // While others hear it, a card that comes back joins them, whatever the clock shows by then.
        let (world, joined) = second_card(|world| {
            world.set_clock(by);
            plugged_in_after(world, Duration::from_secs(5));
        });
        assert!(joined.is_some_and(|after| after < SignedDuration::from_secs(10)), "{by:?}: {joined:?}");
        check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
        assert!(!trusted(&world));
        // Ten minutes are ten minutes.
        let (world, joined) = second_card(|world| {
            world.set_clock(by);
            plugged_in_after(world, Duration::from_mins(11));
        });
        assert_eq!(joined, None, "{by:?}");
        check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
        // And the hours are those of that day.
        let (_, joined) = second_card(|world| {
            reload(world, |s| s.communes[0].hours.allowed = vec![DaySpan::new(0, 5 * 3600 + 32 * 60).unwrap()]);
            world.set_clock(by);
            plugged_in_after(world, Duration::from_mins(3));
        });
        assert_eq!(joined, None, "{by:?}");
    }
}

#[test]
fn persons_are_heard_at_any_hour_and_their_rows_say_so() {
    // Seven in the morning of the first day of 1970, and a night of 2030.
    for at in ["1970-01-01T00:00:20Z", "2030-01-01T02:00+07"] {
        for wish in [play(Kind::Manual), play(Kind::Trial), emergency()] {
            let mut world = battery_dead(at);
            assert!(!trusted(&world));
            world.ask(wish);
            assert!(matches!(world.answers.last(), Some(Answer::Accepted { .. })), "{:?}", world.answers);
            world.run(Duration::from_mins(1));
            let row = world.airings().last().unwrap();
            assert_eq!(row.outcome.code(), "aired", "{row:?}");
            assert!(row.head.choice.as_ref().unwrap().contains("not trusted"), "{:?}", row.head.choice);
            assert_eq!(world.airings().count(), 2);
        }
    }
}

#[test]
fn an_emergency_waits_for_no_clock() {
    // Set back in the moment in which it is called for.
    let mut world = alone();
    world.ask(emergency());
    world.set_clock(-DAYS * 2);
    world.run(Duration::from_mins(1));
    check(&world, &["xa/emergency@2026-11-23T05:00 aired -"]);
    let mut world = alone();
    world.until("2026-11-23T06:00+07");
    world.ask(play(Kind::Manual));
    world.set_clock(-SignedDuration::from_hours(3));
    world.run(Duration::from_mins(1));
    assert_eq!(world.rows().last().unwrap(), "xa/manual@2026-11-23T06:00 aired -");
}

#[test]
fn the_first_start_counts_from_the_first_trusted_moment() {
    let right: [fn(&mut World); 3] = [
        |world| world.set_to("2026-11-23T05:00+07"),
        |world| {
            world.synchronised = true;
            world.set_to("2026-11-23T05:00+07");
        },
        |world| world.reboot_at(Duration::from_secs(3), "2026-11-23T05:00+07"),
    ];
    for (n, set_right) in right.iter().enumerate() {
        let mut world = alone_at("1970-01-01T00:00:20Z");
        assert!(!trusted(&world));
        world.run(Duration::from_hours(40));
        check(&world, &[]);
        set_right(&mut world);
        assert!(trusted(&world), "{n}");
        check(&world, &[]);
        // It is remembered: what falls into the next outage has its row.
        world.run(Duration::from_secs(1));
        world.crash(Duration::from_hours(25), Crash::Power);
        world.until("2026-11-25T06:00+07");
        let rows = ["23T05:30 missed power", "24T05:30 missed power", "25T05:30 aired -"];
        check(&world, &rows.map(|row| format!("xa/sang@2026-11-{row}")).each_ref().map(String::as_str));
    }
}

#[test]
fn behind_the_journal_it_waits_and_is_set_right() {
    let mut world = battery_dead("1970-01-01T00:00:20Z");
    world.run(Duration::from_hours(48));
    assert!(!trusted(&world));
    assert_eq!(world.airings().count(), 1);
    // Two days and five minutes have passed.
    world.set_to("2026-11-25T06:05+07");
    assert!(trusted(&world));
    world.until("2026-11-26T06:00+07");
    let rows =
        ["23T05:30 aired -", "24T05:30 missed clock_untrusted", "25T05:30 missed clock_untrusted", "26T05:30 aired -"];
    check(&world, &rows.map(|row| format!("xa/sang@2026-11-{row}")).each_ref().map(String::as_str));
}

#[test]
fn a_journal_with_later_times_silences_nobody_who_confirms() {
    for confirms in [true, false] {
        // A time server that was wrong by three years: believed, and all that it passed over was written down.
        let mut world = alone();
        world.synchronised = true;
        world.until("2026-11-23T06:00+07");
        world.set_clock(DAYS * 1000);
        let rows = world.rows();
        assert_eq!(rows.len(), 1001);
        world.synchronised = false;
        world.reboot_at(Duration::from_secs(5), "2026-11-23T06:10+07");
        assert!(!trusted(&world));
        if confirms {
            confirmed(&mut world);
        } else {
            world.synchronised = true;
            world.run(Duration::from_secs(5));
        }
        assert!(trusted(&world));
        world.run(Duration::from_secs(1));
        // What has its row keeps it; what is new in the schedule airs, also after another power cut.
        assert_eq!(world.faults(), ["clock_was_ahead"]);
        assert_eq!(world.rows(), rows);
        reload(&mut world, |s| s.communes[0].slots.push(slot("trua", "11:30", 1200)));
        world.until("2026-11-23T12:00+07");
        world.crash(Duration::from_hours(25), Crash::Power);
        world.until("2026-11-25T12:00+07");
        let new = ["23T11:30 aired -", "24T11:30 missed power", "25T11:30 aired -"];
        assert_eq!(world.rows()[rows.len()..], new.map(|row| format!("xa/trua@2026-11-{row}")));
        unique(&world);
    }
}

#[test]
fn without_a_network_an_ordinary_power_cut_needs_nobody() {
    let mut world = alone();
    world.until("2026-11-23T06:00+07");
    world.crash(Duration::from_hours(30 * 24), Crash::Power);
    assert!(trusted(&world));
    assert_eq!(world.rows().len(), 30 + 1);
    // A little behind: the battery's clock drifts.
    world.reboot_at(Duration::from_secs(5), "2026-12-23T05:58+07");
    assert!(trusted(&world));
    // Gone for longer than a month: somebody must say so.
    world.crash(Duration::from_hours(32 * 24), Crash::Power);
    assert!(!trusted(&world));
    assert_eq!(world.rows().len(), 31);
    confirmed(&mut world);
    assert_eq!(world.rows().len(), 31 + 32);
    assert!(world.rows()[31..].iter().all(|row| row.ends_with("missed power")));
}

#[test]
fn a_leap_is_not_believed_because_of_a_power_cut() {
    let mut world = alone();
    world.until("2026-11-23T05:10+07");
    world.set_clock(DAYS * 3);
    world.run(Duration::from_mins(5));
    for how in [Crash::Process, Crash::Power] {
        world.crash(Duration::from_secs(10), how);
        assert!(!trusted(&world));
    }
    world.set_clock(-DAYS * 3);
    assert!(trusted(&world));
    world.until("2026-11-23T06:00+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    // The same, set right while it was off.
    let mut world = alone();
    world.until("2026-11-23T05:10+07");
    world.set_clock(DAYS * 1500);
    world.run(Duration::from_mins(5));
    world.reboot_at(Duration::from_secs(10), "2026-11-23T05:20+07");
    assert!(trusted(&world));
    world.until("2026-11-23T06:00+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
}

#[test]
fn trust_that_comes_without_a_step_is_noticed_within_five_seconds() {
    let mut world = alone();
    world.set_clock(DAYS * 2);
    world.run(Duration::from_hours(1));
    // Also while something is on air, which wakes the engine ten times a second for other reasons.
    world.ask(emergency());
    world.run(Duration::from_secs(5));
    assert!(!trusted(&world));
    world.synchronised = true;
    world.run(Duration::from_secs(5));
    assert!(trusted(&world));
}

/// Where folders cannot be watched, nobody tells.
#[test]
fn trust_that_nobody_tells_of_is_noticed_within_a_minute() {
    let mut world = alone();
    world.set_clock(DAYS * 2);
    world.run(Duration::from_hours(1));
    world.synchronised = true;
    world.run(Duration::from_mins(1));
    assert!(trusted(&world));
}

#[test]
fn a_clock_that_was_set_behind_our_back_is_looked_at_at_once() {
    let mut world = battery_dead("1970-01-01T00:00:20Z");
    world.now.wall = "2026-11-23T06:05+07".parse().unwrap();
    world.run(Duration::from_secs(1));
    assert!(trusted(&world));
    // And where nothing else would wake it.
    let mut world = alone();
    world.now.wall += DAYS * 2;
    world.run(Duration::from_secs(1));
    assert!(!trusted(&world));
}

#[test]
fn a_clock_that_catches_up_is_trusted_from_then_on() {
    let mut world = battery_dead("2026-11-23T05:20+07");
    world.until("2026-11-23T05:27+07");
    assert!(!trusted(&world));
    world.until("2026-11-23T05:28+07");
    assert!(trusted(&world), "three minutes of drift are none");
    world.until("2026-11-23T06:00+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
}

#[test]
fn while_it_waits_it_does_not_spin() {
    for at in ["1970-01-01T00:00:20Z", "2030-01-01T02:00+07"] {
        let mut world = battery_dead(at);
        let before = world.steps;
        world.run(Duration::from_hours(10));
        let steps = world.steps - before;
        assert!(steps <= 10 * 60 + 60, "{steps} steps in ten hours");
    }
}
