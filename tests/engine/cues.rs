//! The clock is set between the cue and the start: the start keeps its second, and hours that are quiet stay quiet.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use loaphuong::engine::Wish;
use loaphuong::model::outcome::Kind;

use crate::clock::{confirmed, trusted};
use crate::edges::reload;
use crate::stations::{amplifier, clip, library, slot, station};
use crate::world::{World, Writing};
use crate::{DEVICE, check, morning};

const DUE: &str = "2026-11-23T05:30+07";

/// Sets the clock by so many milliseconds, at each of these times by the true clock, and tells what it showed when the slot
/// began.
fn begun_by(world: &mut World, steps: &[(&str, i64)]) -> Timestamp {
    let mut off = SignedDuration::ZERO;
    for (at, by) in steps {
        let at: Timestamp = at.parse().unwrap();
        let shown = at + off;
        world.until(&shown.to_string());
        world.set_clock(SignedDuration::from_millis(*by));
        off += SignedDuration::from_millis(*by);
    }
    world.run(Duration::from_mins(2));
    world.ear.sounds[0].at.wall
}

/// Seeds 9067 and 20259 of the simulation: steps of less than half a second, one or two of them.
#[test]
fn a_small_step_moves_a_start_that_is_cued() {
    for steps in [
        &[("2026-11-23T05:29:57+07", -204)][..],
        &[("2026-11-23T05:29:57+07", 204)],
        &[("2026-11-23T05:29:49+07", 474), ("2026-11-23T05:29:54+07", -474), ("2026-11-23T05:29:56+07", -436)],
        &[("2026-11-23T05:29:55+07", -40), ("2026-11-23T05:29:56+07", -40)],
    ] {
        let mut world = morning(DEVICE);
        let off = begun_by(&mut world, steps).duration_since(DUE.parse().unwrap());
        assert!(off.abs() <= SignedDuration::from_millis(1), "{steps:?}: {off:?} late");
        check(&world, &["xa/sang@2026-11-23T05:30 aired -"]);
    }
}

/// Seeds 12649 and 18152 of the simulation: what waited for a disk that hangs, and was cued by a clock that was wrong, has been
/// told a second that is not its own.
#[test]
fn what_waits_for_a_hung_disk_does_not_begin_by_the_clock_before() {
    let mut world = morning(DEVICE);
    reload(&mut world, |station| {
        station.outputs[0].lead_in = Duration::from_secs(3);
        station.outputs[0].amplifier = Some(amplifier());
    });
    world.until("2026-11-23T05:20+07");
    world.disk.writing = Writing::Hangs;
    let steps = [("2026-11-23T05:29:54.4+07", 5_000), ("2026-11-23T05:29:56.7+07", -5_000)];
    let late = begun_by(&mut world, &steps).duration_since(DUE.parse().unwrap());
    assert!((200..=260).contains(&late.as_millis()), "{late:?} late");
}

/// Seeds 1283, 91627 and 108875 of the simulation: while the amplifier warms up for what a person asked for, the clock is set
/// right, or the PC sleeps for a while.
#[test]
fn what_a_person_asked_for_does_not_begin_in_hours_that_turn_out_to_be_quiet() {
    type Turn = fn(&mut World);
    let turns: [(&str, Turn, &str); 7] = [
        ("2026-11-23T21:59:20+07", |_| (), "aired -"),
        ("2026-11-23T21:59:20+07", |world| world.suspend(Duration::from_mins(24)), "skipped quiet_hours"),
        ("1970-01-01T03:00+07", |_| (), "aired -"),
        ("1970-01-01T03:00+07", |world| world.set_to("2026-11-24T04:00+07"), "skipped quiet_hours"),
        ("1970-01-01T03:00+07", |world| world.set_to("2026-11-24T06:00+07"), "aired -"),
        ("2030-01-01T02:00+07", |world| world.set_to("2026-11-23T22:10+07"), "skipped quiet_hours"),
        ("2030-01-01T02:00+07", confirmed, "skipped quiet_hours"),
    ];
    for (n, (at, turn, row)) in turns.into_iter().enumerate() {
        let mut plan = station(DEVICE, vec![slot("sang", "05:30", 1200)]);
        plan.outputs[0].amplifier = Some(amplifier());
        let mut world = World::alone(plan, library(vec![clip("a", 3)]), "2026-11-23T05:00+07");
        world.until("2026-11-23T06:00+07");
        if at.starts_with("2026-11-23") {
            world.until(at);
        } else {
            world.reboot_at(Duration::from_secs(5), at);
        }
        assert_eq!(trusted(&world), n < 2, "{at}");
        world.ask(Wish::Play { commune: None, clip: Box::new(clip("dai", 5)), kind: Kind::Manual, by: "t".into() });
        world.run(Duration::from_secs(5));
        turn(&mut world);
        world.run(Duration::from_mins(1));
        let manual = world.rows().into_iter().find(|found| found.contains("manual")).unwrap();
        assert!(manual.ends_with(row), "case {n}: {manual}");
        assert_eq!(world.ear.heard.keys().any(|name| name.contains("manual")), row == "aired -", "case {n}");
    }
}
