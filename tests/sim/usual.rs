//! The usual station: four airings a week, of which two on one topic, as the founding rule asks; some with more.

use std::time::Duration;

use jiff::civil::Weekday;
use loaphuong::model::clip::{Clip, Library};
use loaphuong::model::quota::{Closing, Count, MakeGood, Minimum, PartialPeriod, Period, Quota, Share};
use loaphuong::model::station::{Channel, Order, Output, OutputKind, Programme, Queue, Recurrence, SlotState, Station};
use loaphuong::model::time::{DaySpan, Days};
use loaphuong::rehearsal::Dice;

use crate::chance::Rolls as _;
use crate::stations::{amplifier, clip, id, library, output, slot, station};

pub(crate) fn usual_station(dice: &mut Dice) -> Station {
    let mut made = station(OutputKind::Null, Vec::new());
    made.outputs = vec![card(dice, "loa1", Channel::Commune)];
    if dice.percent(25) {
        made.outputs.push(card(dice, "loa2", Channel::Village));
    }
    let commune = &mut made.communes[0];
    commune.outputs = made.outputs.iter().map(|o| o.id.clone()).collect();
    if dice.percent(50) {
        let hours: [(u32, u32, u32, u32); 3] = [(5, 0, 6, 30), (11, 0, 12, 0), (16, 30, 18, 30)];
        let span = |(h, m, uh, um): (u32, u32, u32, u32)| DaySpan::new(h * 3600 + m * 60, uh * 3600 + um * 60).unwrap();
        commune.hours.allowed = hours.map(span).to_vec();
        commune.hours.max_airings_per_day = Some(3);
        commune.hours.max_minutes_per_day = Some(90);
    }
    let order = dice.of(&[Order::LeastRecent, Order::InOrder, Order::Quota]);
    commune.queues = vec![Queue { fallback: None, id: id("bhyt"), topics: vec![id("bhyt")], clips: Vec::new(), order }];
    let mut morning = slot("sang", "05:30", 1200);
    on_days(&mut morning.recurrence, &[Weekday::Monday, Weekday::Thursday]);
    morning.intro = dice.percent(60).then(|| id("nhac/mo-dau.ogg"));
    let mut evening = slot("chieu", "17:00", 1800);
    on_days(&mut evening.recurrence, &[Weekday::Tuesday, Weekday::Saturday]);
    evening.programme = Programme::Queue(id("bhyt"));
    commune.slots = vec![morning, evening];
    if dice.percent(20) {
        commune.slots.push(slot("trua", dice.of(&["11:15", "17:00:20", "05:30"]), 600));
    }
    commune.quotas = vec![weekly(dice)];
    if dice.percent(20) {
        let period = Period::Month(dice.of(&[Closing::LastDay, Closing::Day(25)]));
        let (number, make_good) = (id("thang"), None);
        // Where there is a second channel the month is counted there, so that what one heard counts for one.
        let channel = made.outputs.last().map_or(Channel::Commune, |o| o.channel);
        commune.quotas.push(Quota { id: number, period, airings: 16, make_good, channel, ..weekly(dice) });
    }
    made
}

fn on_days(recurrence: &mut Recurrence, chosen: &[Weekday]) {
    if let Recurrence::Weekly { days, .. } = recurrence {
        *days = chosen.iter().fold(Days::default(), |days, day| days.with(*day));
    }
}

fn card(dice: &mut Dice, name: &str, channel: Channel) -> Output {
    let mut made = output(OutputKind::Device { name: Some(name.to_owned()) });
    made.id = id(name);
    name.clone_into(&mut made.name);
    made.channel = channel;
    made.lead_in = Duration::from_millis(dice.of(&[0, 300, 1000, 3000]));
    made.amplifier = dice.percent(30).then(amplifier);
    made.test_before = dice.percent(10).then_some(Duration::from_mins(10));
    made
}

fn weekly(dice: &mut Dice) -> Quota {
    let make_good = MakeGood {
        at: ["17:30", "11:30"].map(|time| time.parse().unwrap()).to_vec(),
        max_per_day: u32::try_from(1 + dice.below(2)).unwrap(),
    };
    Quota {
        id: id("tuan"),
        name: "Tuần".to_owned(),
        basis: None,
        from: None,
        until: None,
        period: Period::Week,
        airings: dice.of(&[4, 4, 4, 5]),
        at_least: vec![Minimum { share: Share::Topic(id("bhxh")), required: 2 }],
        channel: Channel::Commune,
        partial_period: PartialPeriod::Full,
        count: dice.of(&[Count::Airings, Count::Clips]),
        make_good: dice.percent(80).then_some(make_good),
    }
}

/// Two or three clips of each topic, and a jingle.
pub(crate) fn usual_library(dice: &mut Dice) -> Library {
    let mut clips = Vec::new();
    for topic in ["bhxh", "bhyt"] {
        for n in 0..2 + dice.below(2) {
            clips.push(named(topic, &format!("bai-{n}.mp3"), 10 + dice.below(80)));
        }
    }
    let mut jingle = named("nhac", "mo-dau.ogg", 5);
    jingle.topic = None;
    clips.push(jingle);
    library(clips)
}

fn named(topic: &str, name: &str, seconds: u64) -> Clip {
    let mut made = clip(&format!("{topic}-{name}"), seconds);
    made.path = id(&format!("{topic}/{name}"));
    made.file = format!("/a/{topic}/{name}").into();
    made.topic = Some(id(topic));
    made
}

/// What an officer may make of the schedule on some day: one slot off, on, moved or with another patience.
pub(crate) fn another_schedule(dice: &mut Dice, base: &Station) -> Station {
    let mut next = base.clone();
    let slots = &mut next.communes[0].slots;
    let at = usize::try_from(dice.below(slots.len() as u64)).unwrap();
    match dice.below(5) {
        0 => slots[at].state = SlotState::Disabled,
        1 => slots[at].start_within = Duration::from_secs(dice.of(&[0, 60, 600, 3600])),
        2 => {
            let moved = dice.of(&["05:29:50", "05:31", "17:05", "11:10", "22:10"]);
            if let Recurrence::Weekly { at, .. } = &mut slots[at].recurrence {
                *at = vec![moved.parse().unwrap()];
            }
        }
        3 if slots.len() > 1 => drop(slots.remove(at)),
        _ => {}
    }
    next
}
