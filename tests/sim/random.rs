//! Busy stations at random: many communes, outputs and slots that get in each other's way; libraries and paces.

use std::time::Duration;

use jiff::tz::TimeZone;
use loaphuong::model::clip::Library;
use loaphuong::model::id::Revision;
use loaphuong::model::outcome::Priority;
use loaphuong::model::station::{
    Channel, Order, Output, OutputKind, Programme, Queue, Recurrence, Relay, SlotState, Station,
};
use loaphuong::model::time::Days;
use loaphuong::rehearsal::{Dice, Pace, Spread};

use crate::chance::Rolls as _;
use crate::stations::{amplifier, clip, id, library, output, slot, station};

/// Some worlds are even, in some everything takes as long as it likes. Some players report ten times a second, as real
/// ones do: not for years, for that is what most of the time would go into.
pub(crate) fn random_pace(dice: &mut Dice, busy: bool) -> Pace {
    let millis = Duration::from_millis;
    let report = dice.of(&[
        100, 400, 1000, 1000, 1000, 1000, 1800, 1800, 1800, 1800, 1800, 1800, 1800, 1800, 1800, 1800, 1800, 1800,
    ]);
    let mut pace = Pace::even(millis(if busy { report } else { report.max(400) }));
    pace.write = millis(5 + dice.below(150));
    pace.open = Spread { least: millis(50), most: millis(900) };
    if dice.percent(50) {
        pace.start.most = millis(20);
    }
    if dice.percent(70) {
        pace.leave = millis(dice.of(&[50, 400]));
    }
    pace.crystal = dice.of(&[0, 0, 100, -100, 300, -300]);
    pace
}

pub(crate) fn random_station(dice: &mut Dice, number: u64, zone: &str) -> Station {
    let mut made = station(OutputKind::Null, Vec::new());
    made.revision = Revision(format!("sha256:{number}"));
    zone.clone_into(&mut made.zone_name);
    made.zone = TimeZone::get(zone).unwrap();
    made.outputs = (1..=1 + dice.below(3)).map(|n| random_output(dice, n)).collect();
    let pattern = made.communes.remove(0);
    for n in 1..=1 + dice.below(3) {
        let mut commune = pattern.clone();
        commune.id = id(&format!("xa{n}"));
        let first = dice.below(made.outputs.len() as u64);
        let count = 1 + dice.below(2).min(made.outputs.len() as u64 - 1);
        let ring = made.outputs.iter().cycle().skip(usize::try_from(first).unwrap());
        commune.outputs = ring.take(usize::try_from(count).unwrap()).map(|o| o.id.clone()).collect();
        commune.hours.max_airings_per_day = dice.percent(20).then(|| dice.of(&[1, 2, 3, 4]));
        commune.hours.max_minutes_per_day = dice.percent(20).then_some(1);
        let clips = ["b", "a"].map(|c| id(&format!("bhxh/{c}.wav"))).to_vec();
        commune.queues =
            vec![Queue { fallback: None, id: id("hang"), topics: vec![id("bhxh")], clips, order: Order::InOrder }];
        commune.slots = (1..=1 + dice.below(6)).map(|n| random_slot(dice, n)).collect();
        made.communes.push(commune);
    }
    made
}

pub(crate) fn random_output(dice: &mut Dice, n: u64) -> Output {
    let name = format!("loa{n}");
    let device = OutputKind::Device { name: Some(name.clone()) };
    let kind = match dice.below(20) {
        0 => OutputKind::Null,
        1..=3 => OutputKind::Wav,
        4 => OutputKind::Auto,
        _ => device,
    };
    let mut made = output(kind);
    made.id = id(&name);
    made.name = name;
    made.channel = dice.of(&[Channel::Commune, Channel::Village]);
    made.lead_in = Duration::from_millis(dice.of(&[0, 300, 1000, 3000]));
    made.amplifier = dice.percent(30).then(amplifier);
    made.test_before = dice.percent(10).then_some(Duration::from_mins(10));
    made
}

pub(crate) fn random_slot(dice: &mut Dice, n: u64) -> loaphuong::model::station::Slot {
    // Hours that meet often, and the edges of the permitted ones.
    let hour = dice.of(&[4, 5, 6, 6, 6, 17, 21, 21, 2]);
    let minute = dice.of(&[0, 0, 30, 30, 59, 58]);
    let second = dice.of(&[0, 0, 0, 5, 45]);
    let mut made = slot(&format!("s{n}"), &format!("{hour:02}:{minute:02}:{second:02}"), 0);
    made.start_within = Duration::from_secs(dice.of(&[0, 5, 60, 300, 1200, 7200]));
    if let Recurrence::Weekly { days, at } = &mut made.recurrence {
        if dice.percent(30) {
            *days = Days::default().with(jiff::civil::Weekday::Sunday).with(jiff::civil::Weekday::Wednesday);
        }
        if dice.percent(20) {
            at.push("22:10".parse().unwrap());
        }
    }
    if dice.percent(8) {
        made.state = SlotState::Disabled;
    }
    if dice.percent(20) {
        made.intro = Some(id("bhxh/nhac.wav"));
    }
    if dice.percent(30) {
        made.programme = Programme::Queue(id("hang"));
    } else if dice.percent(8) {
        made.programme = Programme::Relay(Relay {
            url: "http://dai.example/live".to_owned(),
            length: Duration::from_secs(dice.of(&[20, 60, 300])),
            fallback: dice.percent(50).then(|| id("hang")),
            silence: Duration::from_secs(15),
        });
    }
    if dice.percent(20) {
        made.priority = Priority::Priority;
    }
    made
}

pub(crate) fn random_library(dice: &mut Dice) -> Library {
    let mut jingle = clip("nhac", 2);
    jingle.topic = None;
    let mut clips = vec![jingle, clip("a", 3 + dice.below(20)), clip("b", 3 + dice.below(20))];
    if dice.percent(50) {
        clips.push(clip("c", 40));
    }
    library(clips)
}
