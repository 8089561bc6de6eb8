//! Cases that the swarm or a reading of the engine found: each was red once.

use std::time::Duration;

use jiff::SignedDuration;
use loaphuong::engine::{Event, Switch, Wish};
use loaphuong::model::clip::Library;
use loaphuong::model::operator::Answer;
use loaphuong::model::outcome::{Kind, Reason};
use loaphuong::model::playback::{FromPlayer, RunId};
use loaphuong::model::station::{OutputKind, SlotState, Station};

use loaphuong::rehearsal::Crash;

use crate::stations::{amplifier, clip, id, library, output, slot, station};
use crate::world::{Card, World, Writing};
use crate::{DEVICE, check, morning};

const SANG: &str = "xa/sang@2026-11-23T05:30";

pub(crate) fn reload(world: &mut World, change: impl FnOnce(&mut Station)) {
    let mut next = Station::clone(&world.station);
    change(&mut next);
    world.configure(next.into());
}

fn play(seconds: u64) -> Wish {
    Wish::Play { commune: None, clip: Box::new(clip("dai", seconds)), kind: Kind::Manual, by: "t".into() }
}

#[test]
fn a_clock_set_forward_over_an_open_player_does_not_start_it_hours_late() {
    for seconds in [-5, 0] {
        let mut world = morning(DEVICE);
        world.until("2026-11-23T05:29:59.95+07");
        world.run(Duration::from_millis(40));
        world.set_clock(SignedDuration::from_hours(18) + SignedDuration::from_secs(seconds));
        world.run(Duration::from_mins(1));
        check(&world, &[&format!("{SANG} missed clock_jump")]);
    }
}

#[test]
fn a_warm_up_or_a_lead_in_does_not_end_in_the_quiet_hours() {
    let mut plan = station(DEVICE, vec![slot("toi", "21:59:50", 1200)]);
    plan.outputs[0].amplifier = Some(amplifier());
    let mut world = World::new(plan, library(vec![clip("a", 3)]), "2026-11-23T21:59:45+07");
    world.until("2026-11-23T22:30+07");
    check(&world, &["xa/toi@2026-11-23T21:59:50 skipped quiet_hours"]);
    assert!(world.ear.heard.is_empty());
    let mut world = morning(DEVICE);
    world.until("2026-11-23T21:59:59.8+07");
    world.ask(play(3));
    world.until("2026-11-23T22:30+07");
    assert!(!world.ear.heard.keys().any(|name| name.contains("manual")), "{:?}", world.ear.heard);
}

#[test]
fn what_began_in_permitted_hours_is_taken_up_again_outside_them() {
    let mut world = World::new(
        station(DEVICE, vec![slot("toi", "21:59:50", 60)]),
        library(vec![clip("a", 30)]),
        "2026-11-23T21:50+07",
    );
    world.card = Card::Dies(Duration::from_secs(15));
    world.until("2026-11-23T22:00:06+07");
    world.card = Card::Healthy;
    world.until("2026-11-23T22:02+07");
    check(&world, &["xa/toi@2026-11-23T21:59:50 aired -"]);
}

#[test]
fn what_an_operator_stops_stays_stopped_when_its_device_fails_in_the_fade() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:30:10+07");
    world.card = Card::Absent;
    world.ask(Wish::Stop { commune: None, confirm: None, by: "t".into() });
    world.run(Duration::from_millis(300));
    world.card = Card::Healthy;
    world.until("2026-11-23T05:40+07");
    check(&world, &[&format!("{SANG} partial by_operator")]);
    assert_eq!(world.ear.sounds.len(), 1);
}

#[test]
fn an_output_that_a_reload_removes_ends_what_waited_for_it() {
    let mut world = morning(DEVICE);
    world.disk.writing = Writing::Hangs;
    world.until("2026-11-23T05:29:58+07");
    reload(&mut world, |s| {
        s.outputs.push(output(DEVICE));
        s.outputs[0].id = id("khac");
        s.outputs.truncate(1);
        s.communes[0].outputs = vec![id("khac")];
    });
    world.disk.writing = Writing::Works;
    world.until("2026-11-23T05:31+07");
    check(&world, &[&format!("{SANG} missed device_absent")]);
    assert!(!world.plays());
}

#[test]
fn what_is_switched_off_or_removed_before_its_first_frame_does_not_begin() {
    for device in [Card::Healthy, Card::Absent] {
        let mut world = morning(DEVICE);
        world.card = device;
        world.until(if device == Card::Absent { "2026-11-23T05:30:20+07" } else { "2026-11-23T05:29:55+07" });
        reload(&mut world, |s| s.communes[0].slots[0].state = SlotState::Disabled);
        world.card = Card::Healthy;
        world.until("2026-11-23T05:40+07");
        check(&world, &[&format!("{SANG} cancelled by_operator")]);
    }
    // The same while the daemon was down.
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:29:55+07");
    let mut next = Station::clone(&world.station);
    next.communes[0].slots[0].state = SlotState::Disabled;
    world.station = next.into();
    world.crash(Duration::from_secs(20), Crash::Process);
    world.until("2026-11-23T05:40+07");
    check(&world, &[&format!("{SANG} missed process")]);
}

#[test]
fn a_reload_with_a_shorter_lead_cancels_nothing() {
    let mut plan = station(DEVICE, vec![slot("sang", "05:30", 60)]);
    plan.outputs[0].amplifier = Some(amplifier());
    let mut world = World::new(plan, library(vec![clip("a", 3)]), "2026-11-23T05:00+07");
    world.until("2026-11-23T05:29:40+07");
    reload(&mut world, |s| s.outputs[0].amplifier = None);
    world.until("2026-11-23T05:40+07");
    check(&world, &[&format!("{SANG} aired -")]);
}

#[test]
fn a_reload_decides_nothing_twice_and_forgets_nothing() {
    // With a clock that was set back, what has its row is before us again.
    let mut world = morning(DEVICE);
    world.set_clock(SignedDuration::from_hours(24 * 5));
    world.set_clock(SignedDuration::from_hours(-24 * 5));
    let rows = world.rows();
    assert_eq!(rows.len(), 5);
    assert_eq!(world.faults(), ["clock_was_ahead"], "nothing airs for five days: somebody must know");
    reload(&mut world, |s| s.communes[0].name = "Xã mới".into());
    world.until("2026-11-23T06:00+07");
    assert_eq!(world.rows(), rows);
    // The same after a restart, whose cursor lies ahead of the clock.
    world.crash(Duration::from_secs(3), Crash::Process);
    reload(&mut world, |s| s.communes[0].name = "Xã".into());
    world.until("2026-11-24T06:00+07");
    assert_eq!(world.rows(), rows);
    // Right after a restart, what the session before had taken is not taken again.
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:29:50+07");
    world.crash(Duration::from_secs(1), Crash::Process);
    world.crash(Duration::from_secs(1), Crash::Process);
    reload(&mut world, |s| s.communes[0].name = "Xã mới".into());
    world.until("2026-11-23T05:40+07");
    check(&world, &[&format!("{SANG} aired -")]);
    // While the audio folder is read, what is due already waits for it.
    let mut world =
        World::new(station(DEVICE, vec![slot("sang", "05:30", 1200)]), Library::default(), "2026-11-23T05:29:58+07");
    world.until("2026-11-23T05:31+07");
    reload(&mut world, |s| s.communes[0].name = "Xã mới".into());
    world.step(Event::Library(library(vec![clip("a", 30)]).into()));
    world.until("2026-11-23T05:33+07");
    check(&world, &[&format!("{SANG} aired -")]);
}

#[test]
fn an_audio_folder_that_is_never_read_costs_rows_at_their_time() {
    let mut world =
        World::new(station(DEVICE, vec![slot("sang", "05:30", 60)]), Library::default(), "2026-11-23T05:00+07");
    world.until("2026-11-23T05:32+07");
    check(&world, &[&format!("{SANG} missed too_late")]);
    let written = world.disk.entries.last().unwrap().at().to_string();
    assert!(written.starts_with("2026-11-23T05:31:00"), "woken by itself: {written}");
}

#[test]
fn the_days_limits_know_what_is_on_air_and_what_a_crash_cut() {
    let slots = vec![slot("a", "06:00", 60), slot("b", "06:00:30", 60), slot("c", "08:00", 60)];
    let mut plan = station(DEVICE, slots);
    plan.communes[0].hours.max_minutes_per_day = Some(1);
    let mut world = World::new(plan.clone(), library(vec![clip("a", 45)]), "2026-11-23T05:00+07");
    world.until("2026-11-23T07:00+07");
    check(&world, &["xa/b@2026-11-23T06:00:30 skipped day_limit", "xa/a@2026-11-23T06:00 aired -"]);
    plan.communes[0].hours.max_minutes_per_day = None;
    plan.communes[0].hours.max_airings_per_day = Some(1);
    plan.communes[0].slots.remove(1);
    let mut world = World::new(plan, library(vec![clip("a", 45)]), "2026-11-23T05:00+07");
    world.until("2026-11-23T06:00:20+07");
    world.crash(Duration::from_secs(2), Crash::Process);
    world.until("2026-11-23T09:00+07");
    check(&world, &["xa/a@2026-11-23T06:00 partial process", "xa/c@2026-11-23T08:00 skipped day_limit"]);
}

#[test]
fn jingles_use_up_the_days_minutes_too() {
    let mut plan = station(DEVICE, vec![slot("a", "06:00", 60), slot("b", "08:00", 60)]);
    plan.communes[0].hours.max_minutes_per_day = Some(1);
    plan.communes[0].slots[1].intro = Some(id("bhxh/nhac.wav"));
    let mut jingle = clip("nhac", 2);
    jingle.topic = None;
    let mut world = World::new(plan, library(vec![clip("a", 30), jingle]), "2026-11-23T05:00+07");
    world.until("2026-11-23T09:00+07");
    check(&world, &["xa/a@2026-11-23T06:00 aired -", "xa/b@2026-11-23T08:00 skipped day_limit"]);
}

#[test]
fn a_file_of_sound_is_never_in_the_way_of_the_next_try() {
    let mut world = morning(OutputKind::Wav);
    world.until("2026-11-23T05:29:55+07");
    world.crash(Duration::from_secs(10), Crash::Process);
    world.until("2026-11-23T05:40+07");
    check(&world, &[&format!("{SANG} aired -")]);
}

#[test]
fn what_was_begun_in_a_stand_in_file_is_not_aired() {
    let mut world = morning(OutputKind::Auto);
    world.card = Card::Absent;
    world.until("2026-11-23T05:30:15+07");
    world.card = Card::Killed(Duration::from_secs(1));
    world.run(Duration::from_millis(200));
    world.card = Card::Healthy;
    world.until("2026-11-23T05:40+07");
    check(&world, &[&format!("{SANG} unproven device_absent")]);
}

#[test]
fn who_takes_an_output_over_finds_its_amplifier_warm_and_is_on_time() {
    let mut plan = station(DEVICE, vec![slot("sang", "05:30", 60)]);
    plan.outputs[0].amplifier = Some(amplifier());
    plan.outputs[0].lead_in = Duration::from_secs(5);
    let mut world = World::new(plan, library(vec![clip("a", 3)]), "2026-11-23T05:00+07");
    world.until("2026-11-23T05:27+07");
    world.ask(play(600));
    assert!(matches!(world.answers[0], Answer::Accepted { .. }));
    world.until("2026-11-23T05:40+07");
    let late = world.airings().last().unwrap().start_error_ms.unwrap();
    assert!(late <= 100, "{late} ms late");
    assert_eq!(world.switched, [Switch::Off, Switch::On, Switch::Off]);
}

#[test]
fn a_late_start_waits_for_its_intention_to_be_written() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:29+07");
    world.disk.writing = Writing::Hangs;
    world.ask(play(3));
    world.run(Duration::from_millis(220));
    world.disk.writing = Writing::Works;
    world.until("2026-11-23T05:29:10+07");
    assert!(world.faults().is_empty());
    let raised = world.disk.entries.iter().any(|e| matches!(e, loaphuong::model::entry::Entry::FaultRaised { .. }));
    assert!(!raised, "the disk needed 300 ms, opening the device 100");
}

#[test]
fn an_empty_folder_is_one_fault_and_ends_when_a_file_comes() {
    let mut world =
        World::new(station(DEVICE, vec![slot("sang", "05:30", 1200)]), library(vec![]), "2026-11-23T05:00+07");
    world.until("2026-11-26T06:00+07");
    assert_eq!(world.faults(), ["nothing_to_play"], "one for four days");
    world.step(Event::Library(library(vec![clip("a", 3)]).into()));
    assert!(world.faults().is_empty(), "mended: the screen says so at once");
    world.scanned(library(vec![]).into());
    world.until("2026-11-27T06:00+07");
    reload(&mut world, |s| s.communes[0].slots.clear());
    assert!(world.faults().is_empty(), "the slot is gone");
}

#[test]
fn a_bad_clip_found_on_air_is_a_fault_until_the_slot_airs_again() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:29:55+07");
    let said = FromPlayer::Failed {
        reason: Reason::ClipCorrupt,
        item: Some(0),
        trouble: None,
        detail: String::new(),
        progress: None,
    };
    world.step(Event::Player { run: RunId(1), said });
    check(&world, &[&format!("{SANG} missed clip_corrupt")]);
    assert_eq!(world.faults(), ["clip_corrupt"]);
    world.until("2026-11-24T05:31+07");
    assert!(world.faults().is_empty());
}

#[test]
fn silence_ends_with_the_airing_that_was_silent() {
    let mut world = morning(DEVICE);
    world.card = Card::Silent;
    world.until("2026-11-23T05:30:10+07");
    assert_eq!(world.faults(), ["silent"]);
    world.card = Card::Absent;
    world.ask(Wish::Stop { commune: None, confirm: None, by: "t".into() });
    world.run(Duration::from_secs(3));
    assert!(!world.faults().contains(&"silent".to_owned()), "{:?}", world.faults());
}

#[test]
fn an_airing_that_lost_its_device_goes_on_at_once_though_the_clock_was_set_back() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:30:10+07");
    world.card = Card::Dies(Duration::from_secs(10));
    world.set_clock(SignedDuration::from_hours(-1));
    world.run(Duration::from_millis(300));
    world.card = Card::Healthy;
    world.run(Duration::from_mins(1));
    check(&world, &[&format!("{SANG} aired -")]);
}

#[test]
fn of_two_outputs_the_healthy_one_airs_and_the_other_stands_beside_it() {
    let mut plan = station(OutputKind::Device { name: Some("mot".into()) }, vec![slot("sang", "05:30", 20)]);
    plan.outputs.push(output(OutputKind::Device { name: Some("hai".into()) }));
    plan.outputs[1].id = id("hai");
    plan.communes[0].outputs.push(id("hai"));
    let mut world = World::new(plan, library(vec![clip("a", 30)]), "2026-11-23T05:00+07");
    world.cards.insert("hai".into(), Card::Absent);
    world.until("2026-11-23T05:40+07");
    check(&world, &[&format!("{SANG} aired -")]);
    let outputs: Vec<_> =
        world.airings().next().unwrap().outputs.iter().map(|o| (o.outcome.code(), o.reason)).collect();
    assert_eq!(outputs, [("aired", None), ("missed", Some(Reason::DeviceAbsent))]);
}

#[test]
fn between_two_tries_it_wakes_by_itself() {
    let mut world = morning(DEVICE);
    world.card = Card::Absent;
    world.until("2026-11-23T05:31+07");
    let before = world.steps;
    world.until("2026-11-23T05:40+07");
    assert!(world.steps - before > 200, "{} steps in nine minutes of trying", world.steps - before);
}

#[test]
fn a_slot_that_a_reload_brings_seconds_before_its_time_airs() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:29:58+07");
    reload(&mut world, |s| s.communes[0].slots = vec![slot("moi", "05:30:05", 60)]);
    world.until("2026-11-23T05:40+07");
    check(&world, &[&format!("{SANG} cancelled by_operator"), "xa/moi@2026-11-23T05:30:05 aired -"]);
}

#[test]
fn what_a_hand_of_the_daemon_found_stands_until_it_is_over() {
    let mut world = morning(DEVICE);
    let subject = Some("loa".to_owned());
    let (message, remedy) = (loaphuong::text!("Có lỗi.", "A fault."), loaphuong::text!("Hãy xem.", "Look."));
    world.step(Event::Trouble { code: "helper_failed", subject: subject.clone(), message, remedy });
    assert_eq!(world.faults(), ["helper_failed"]);
    world.step(Event::TroubleOver { code: "helper_failed", subject: None });
    assert_eq!(world.faults(), ["helper_failed"], "of another subject");
    world.step(Event::TroubleOver { code: "helper_failed", subject });
    assert!(world.faults().is_empty());
}

/// Seed 66705 of the simulation: what the schedule before had in those seconds was decided, and the files are not read yet.
#[test]
fn a_slot_that_a_reload_brings_seconds_before_a_crash_has_its_row() {
    let mut off = slot("khac", "05:30:05", 1200);
    off.state = SlotState::Disabled;
    let clips = library(vec![clip("a", 30)]);
    let mut world = World::new(station(DEVICE, vec![off]), clips.clone(), "2026-11-23T05:29:50+07");
    world.until("2026-11-23T05:29:56+07");
    world.library = Library::default().into();
    world.crash(Duration::from_secs(1), Crash::Process);
    world.until("2026-11-23T05:29:58+07");
    reload(&mut world, |station| station.communes[0].slots.push(slot("sang", "05:30", 1200)));
    world.until("2026-11-23T05:30:10+07");
    world.crash(Duration::from_secs(5), Crash::Process);
    world.scanned(clips.into());
    world.until("2026-11-23T05:35+07");
    check(&world, &["xa/khac@2026-11-23T05:30:05 skipped disabled", &format!("{SANG} aired -")]);
}

/// Seed 12603 of the simulation: a session that died with it on left it on, and the next did not know of it.
#[test]
fn an_amplifier_that_a_reload_brings_is_switched_off_and_one_in_use_is_not() {
    let mut world = morning(DEVICE);
    world.until("2026-11-23T05:10+07");
    reload(&mut world, |station| station.outputs[0].amplifier = Some(amplifier()));
    assert_eq!(world.switched, [Switch::Off]);
    world.until("2026-11-23T05:30:10+07");
    assert_eq!(world.switched, [Switch::Off, Switch::On]);
    reload(&mut world, |station| {
        let mut other = amplifier();
        other.warm_up = Duration::from_secs(5);
        station.outputs[0].amplifier = Some(other);
    });
    assert_eq!(world.switched, [Switch::Off, Switch::On]);
    world.until("2026-11-23T05:31+07");
    assert_eq!(world.switched, [Switch::Off, Switch::On, Switch::Off]);
}
