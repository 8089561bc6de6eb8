//! Approval: tied to the content that was approved; required or optional.

use jiff::civil::date;
use loaphuong::model::clip::Library;
use loaphuong::model::entry::Entry;
use loaphuong::model::station::{Approval, ApprovalRule, ClipNote, Order, Programme, Queue, Station};

use crate::DEVICE;
use crate::check;
use crate::stations::{clip, id, library, slot, station};
use crate::world::World;

fn note(file: &str, document: &str) -> ClipNote {
    let approval = Approval { by: "Chủ tịch".into(), on: date(2026, 11, 2), document: Some(document.into()) };
    ClipNote {
        file: id(file),
        title: None,
        topics: None,
        language: None,
        audience: Vec::new(),
        valid_from: None,
        valid_until: None,
        approval: Some(approval),
        withdrawn: None,
    }
}

fn required(notes: Vec<ClipNote>) -> Station {
    let mut station = station(DEVICE, vec![slot("sang", "05:30", 1200)]);
    station.communes[0].approval = ApprovalRule::Required;
    station.communes[0].clips = notes;
    station
}

fn two() -> Library {
    library(vec![clip("a", 30), clip("b", 30)])
}

#[test]
fn only_what_is_approved_airs_where_approval_is_required() {
    let mut world = World::new(required(vec![note("bhxh/b.wav", "12")]), two(), "2026-11-23T05:00+07");
    world.until("2026-11-24T06:00+07");
    check(&world, &["xa/sang@2026-11-23T05:30 aired -", "xa/sang@2026-11-24T05:30 aired -"]);
    assert!(world.airings().all(|a| a.items[0].plan.clip.as_str() == "bhxh/b.wav"));
    assert_eq!(world.airings().next().unwrap().items[0].plan.approval.as_ref().unwrap().by, "Chủ tịch");
}

#[test]
fn a_changed_file_is_not_approved_any_more_until_it_is_approved_anew() {
    let mut world =
        World::new(required(vec![note("bhxh/b.wav", "12")]), library(vec![clip("b", 30)]), "2026-11-23T05:00+07");
    world.until("2026-11-23T06:00+07");
    world.scanned(library(vec![clip("b", 31)]).into());
    assert_eq!(world.faults(), ["nothing_to_play"], "shown a day ahead");
    world.until("2026-11-24T06:00+07");
    // Whatever is restarted in between: the journal knows what was approved.
    world.crash(std::time::Duration::from_secs(5), loaphuong::rehearsal::Crash::Power);
    world.until("2026-11-25T06:00+07");
    crate::edges::reload(&mut world, |s| s.communes[0].clips = vec![note("bhxh/b.wav", "13")]);
    world.until("2026-11-26T06:00+07");
    check(
        &world,
        &[
            "xa/sang@2026-11-23T05:30 aired -",
            "xa/sang@2026-11-24T05:30 missed clip_unapproved",
            "xa/sang@2026-11-25T05:30 missed clip_unapproved",
            "xa/sang@2026-11-26T05:30 aired -",
        ],
    );
    let tied = world.disk.entries.iter().filter(|e| matches!(e, Entry::Approved { .. })).count();
    assert_eq!(tied, 2, "once for each approval");
}

#[test]
fn what_is_withdrawn_does_not_air_and_the_fallback_does() {
    let mut withdrawn = note("bhxh/a.wav", "12");
    withdrawn.withdrawn = Some(date(2026, 11, 24));
    let mut station = required(vec![withdrawn, note("khac/nhac.wav", "9")]);
    station.communes[0].approval = ApprovalRule::Optional;
    station.communes[0].slots[0].programme = Programme::Queue(id("hang-doi"));
    station.communes[0].queues.push(Queue {
        id: id("hang-doi"),
        topics: Vec::new(),
        clips: vec![id("bhxh/a.wav")],
        order: Order::InOrder,
        fallback: Some(id("khac/nhac.wav")),
    });
    let mut music = clip("nhac", 10);
    music.path = id("khac/nhac.wav");
    let mut world = World::new(station, library(vec![clip("a", 30), music]), "2026-11-23T05:00+07");
    world.until("2026-11-23T06:00+07");
    world.until("2026-11-24T06:00+07");
    let aired: Vec<_> = world.airings().map(|a| a.items[0].plan.clip.to_string()).collect();
    assert_eq!(aired, ["bhxh/a.wav", "khac/nhac.wav"]);
    assert_eq!(world.faults(), ["fallback"]);
}
