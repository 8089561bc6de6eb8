//! A small station from a few words: `sang mon,thu 05:30 bhxh` is a slot, `2026-11-23T05:30 sang aired bhxh/1` a row.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use loaphuong::compliance::{Facts, PlannedMakeGood, Underway};
use loaphuong::model::calendar::Holidays;
use loaphuong::model::clip::{Clip, Library, Sound};
use loaphuong::model::id::{AiringId, ClipHash, ClipPath, Revision};
use loaphuong::model::ledger::{LedgerClip, LedgerRow};
use loaphuong::model::outcome::{Kind, Outcome};
use loaphuong::model::quota::{Closing, Count, MakeGood, Minimum, PartialPeriod, Period, Quota, Share};
use loaphuong::model::recovery::History;
use loaphuong::model::station::{
    Channel, ClipNote, Commune, Hours, Http, LoopbackReading, Order, Output, OutputKind, Paths, Programme, Queue,
    Recurrence, Slot, SlotState, Station,
};
use loaphuong::model::time::{DaySpan, Days};
use loaphuong::model::units::{Decibel, Hertz, Lufs};
use loaphuong::plan;

pub(crate) fn id<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e:?}"))
}

/// All that a question needs, owned.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) station: Station,
    pub(crate) library: Library,
    pub(crate) history: History,
    pub(crate) rows: Vec<LedgerRow>,
    pub(crate) underway: Vec<Underway>,
    pub(crate) now: Timestamp,
}

impl World {
    /// The commune `xa` on the output `loa` of the channel `commune`, allowed round the clock; no slots, no clips.
    pub(crate) fn new(now: &str) -> Self {
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let station = Station {
            emergency: loaphuong::model::station::EmergencyRules::default(),
            id: id("tram"),
            name: "Trạm thử".to_owned(),
            zone_name: "Asia/Ho_Chi_Minh".to_owned(),
            zone: zone.clone(),
            paths: Paths { communes: "/c".into(), audio: "/a".into(), state: "/s".into() },
            http: Http { listen: ([127, 0, 0, 1], 8080).into(), loopback: LoopbackReading::Open },
            outputs: [("loa", Channel::Commune), ("thon", Channel::Village)].map(output).into(),
            communes: vec![commune("xa")],
            revision: Revision("sha256:0".to_owned()),
        };
        let now = zone.to_timestamp(id::<DateTime>(now)).unwrap();
        let (library, history) = (Library { scanned_at: Some(now), ..Library::default() }, History::default());
        Self { station, library, history, rows: Vec::new(), underway: Vec::new(), now }
    }

    pub(crate) fn facts(&self) -> Facts<'_> {
        let Self { station, library, history, rows, underway, now } = self;
        Facts { station, library, history, rows, underway, now: *now }
    }

    pub(crate) fn commune(&mut self) -> &mut Commune {
        &mut self.station.communes[0]
    }

    pub(crate) fn at(&self, local: &str) -> Timestamp {
        self.station.zone.to_timestamp(id::<DateTime>(local)).unwrap()
    }

    /// `bhxh/1 60 language=hmn audience=hssv topics=a,b until=2026-11-25`: path, seconds, and what the schedule says.
    pub(crate) fn clip(&mut self, text: &str) {
        let mut words = text.split(' ');
        let path: ClipPath = id(words.next().unwrap());
        let duration = Duration::from_secs(id(words.next().unwrap()));
        let sound = Sound {
            silent_start: Duration::ZERO,
            silent_end: Duration::ZERO,
            levels: Vec::new(),
            copy: None,
            hash: ClipHash("sha256:0".to_owned()),
            format: "MP3".to_owned(),
            duration,
            rate: Hertz(44_100),
            channels: 1,
            loudness: None,
            peak: Decibel(-3.0),
        };
        let topic = path.folder().and_then(|folder| folder.parse().ok());
        let (file, faults) = (path.as_str().into(), Vec::new());
        let clip = Clip { path: path.clone(), file, topic, size: 1, sound: Some(sound), faults };
        self.library.clips.insert(path.clone(), clip);
        let mut note = ClipNote {
            withdrawn: None,
            file: path,
            title: None,
            topics: None,
            language: None,
            audience: Vec::new(),
            valid_from: None,
            valid_until: None,
            approval: None,
        };
        for (key, value) in words.map(|word| word.split_once('=').unwrap()) {
            match key {
                "language" => note.language = Some(value.to_owned()),
                "audience" => note.audience = value.split(',').map(id).collect(),
                "topics" => note.topics = Some(value.split(',').map(id).collect()),
                "until" => note.valid_until = Some(id(value)),
                _ => panic!("{key}"),
            }
        }
        self.commune().clips.push(note);
    }

    /// The row of `2026-11-23T05:30 sang aired bhxh/1,bhxh/2 kind=manual channel=village for=xa/sang@… quota=q`.
    pub(crate) fn row(&self, text: &str) -> LedgerRow {
        let mut words = text.split(' ');
        let local: DateTime = id(words.next().unwrap());
        let slot = words.next().unwrap();
        let outcome = Outcome::from_code(words.next().unwrap()).unwrap_or_else(|| panic!("{text}"));
        let commune = &self.station.communes[0];
        let mut row = LedgerRow {
            id: AiringId::new(&commune.id, slot, local),
            commune: commune.id.clone(),
            date: local.date(),
            planned_at: self.station.zone.to_timestamp(local).unwrap(),
            kind: Kind::Scheduled,
            slot: slot.parse().ok(),
            topics: [].into(),
            channels: [(Channel::Commune, outcome)].into(),
            clips: [].into(),
            makes_good: None,
        };
        if let Some(slot) = row.slot.as_ref().and_then(|slot| commune.slot(slot)) {
            row.topics = match &slot.programme {
                Programme::Topics(topics) => topics.clone().into(),
                Programme::Queue(queue) => commune.queue(queue).unwrap().topics.clone().into(),
                Programme::Relay(_) => [].into(),
            };
        }
        for word in words {
            match word.split_once('=') {
                None => row.clips = word.split(',').map(|path| self.ledger_clip(&id(path))).collect(),
                Some(("kind", kind)) => row.kind = Kind::from_code(kind).unwrap(),
                Some(("channel", name)) => row.channels = [(channel(name), outcome)].into(),
                Some(("for", lost)) => {
                    row.kind = Kind::MakeGood;
                    row.slot = None;
                    row.makes_good = Some((id("q"), Some(AiringId::quoted(lost))));
                }
                Some(_) => panic!("{word}"),
            }
        }
        row
    }

    pub(crate) fn ledger_clip(&self, path: &ClipPath) -> LedgerClip {
        let folder = path.folder().and_then(|folder| folder.parse().ok());
        let plan::About { topics, language, audience, .. } =
            plan::about(&self.station.communes[0], path, folder.as_ref());
        LedgerClip { clip: path.clone(), topics, language, audience }
    }

    /// As the engine would say it after it has taken one.
    pub(crate) fn taken(&self, made: &PlannedMakeGood) -> Underway {
        let outputs = self.station.communes[0].outputs.iter();
        Underway {
            id: made.id.clone(),
            commune: made.commune.clone(),
            quota: Some(made.quota.clone()),
            makes_good_for: Some(made.makes_good_for.clone()),
            date: made.local.date(),
            planned_at: made.at,
            channels: outputs.filter_map(|id| self.station.output(id)).map(|output| output.channel).collect(),
            clips: vec![self.ledger_clip(&made.drawn.choice.clip)],
        }
    }
}

fn output((name, channel): (&str, Channel)) -> Output {
    let (kind, volume) = (OutputKind::Wav, Lufs(-20.0));
    Output {
        sink: None,
        night: None,
        test_before: None,
        listen: None,
        id: id(name),
        name: name.to_owned(),
        channel,
        kind,
        volume,
        lead_in: Duration::ZERO,
        amplifier: None,
    }
}

pub(crate) fn commune(name: &str) -> Commune {
    let allowed = vec![DaySpan::new(0, DaySpan::DAY).unwrap()];
    Commune {
        approval: loaphuong::model::station::ApprovalRule::Optional,
        id: id(name),
        name: name.to_owned(),
        belongs_to: None,
        outputs: vec![id("loa")],
        hours: Hours { allowed, basis: None, max_airings_per_day: None, max_minutes_per_day: None },
        slots: Vec::new(),
        queues: Vec::new(),
        clips: Vec::new(),
        quotas: Vec::new(),
        campaigns: Vec::new(),
        holidays: Holidays::default(),
    }
}

/// `sang mon,thu 05:30 bhxh,bhyt within=1m` draws from topics, `chieu tue 17:00 queue:q` from the queue `q`.
pub(crate) fn slot(text: &str) -> Slot {
    let words: Vec<&str> = text.split(' ').collect();
    let [name, days_text, at, source, rest @ ..] = &words[..] else { panic!("{text}") };
    let programme = match source.strip_prefix("queue:") {
        Some(queue) => Programme::Queue(id(queue)),
        None => Programme::Topics(source.split(',').map(id).collect()),
    };
    let within = rest.iter().find_map(|word| word.strip_prefix("within=")).map_or(15, id);
    Slot {
        priority: loaphuong::model::outcome::Priority::Normal,
        level: loaphuong::model::station::Level::default(),
        id: id(name),
        name: (*name).to_owned(),
        recurrence: Recurrence::Weekly { days: days(days_text), at: at.split(',').map(id).collect() },
        programme,
        start_within: Duration::from_mins(within),
        max_length: None,
        intro: None,
        outro: None,
        state: SlotState::Enabled,
        on_holiday: None,
    }
}

/// `q quota bhyt,bhxh`: a queue of topics and its order.
pub(crate) fn queue(text: &str) -> Queue {
    let words: Vec<&str> = text.split(' ').collect();
    let [name, order, topics] = words[..] else { panic!("{text}") };
    let order = match order {
        "quota" => Order::Quota,
        "least_recent" => Order::LeastRecent,
        _ => Order::InOrder,
    };
    Queue { fallback: None, id: id(name), topics: topics.split(',').map(id).collect(), clips: Vec::new(), order }
}

fn days(text: &str) -> Days {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    if text == "all" {
        return Days::ALL;
    }
    let day = |name: &str| i8::try_from(NAMES.iter().position(|n| *n == name).unwrap()).unwrap();
    text.split(',').map(|name| Weekday::from_monday_zero_offset(day(name)).unwrap()).fold(Days::default(), Days::with)
}

fn channel(name: &str) -> Channel {
    match name {
        "commune" => Channel::Commune,
        "village" => Channel::Village,
        _ => Channel::Mobile,
    }
}

/// A quota, as the TOML has it.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuotaCase {
    #[serde(default)]
    id: Option<String>,
    period: String,
    #[serde(default)]
    closing_day: Option<i8>,
    pub(crate) airings: u32,
    #[serde(default)]
    at_least: BTreeMap<String, u32>,
    #[serde(default)]
    from: Option<Date>,
    #[serde(default)]
    until: Option<Date>,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    partial_period: PartialPeriod,
    #[serde(default)]
    count: Count,
    /// Times of make-goods, one of them a day.
    #[serde(default)]
    make_good: Vec<Time>,
    #[serde(default)]
    max_per_day: Option<u32>,
}

impl QuotaCase {
    pub(crate) fn quota(&self) -> Quota {
        let closing = self.closing_day.map_or(Closing::LastDay, Closing::Day);
        let share = |text: &str| match text.split_once(':') {
            Some(("language", tag)) => Share::Language(tag.to_owned()),
            Some((_, group)) => Share::Audience(id(group)),
            None => Share::Topic(id(text)),
        };
        let at_least = self.at_least.iter().map(|(key, n)| Minimum { share: share(key), required: *n });
        let make_good = MakeGood { at: self.make_good.clone(), max_per_day: self.max_per_day.unwrap_or(1) };
        let name = self.id.as_deref().unwrap_or("q");
        Quota {
            id: id(name),
            name: name.to_owned(),
            basis: None,
            from: self.from,
            until: self.until,
            period: match &self.period[..] {
                "day" => Period::Day,
                "week" => Period::Week,
                "month" => Period::Month(closing),
                "quarter" => Period::Quarter(closing),
                "year" => Period::Year(closing),
                "plan" => Period::Plan,
                other => panic!("{other}"),
            },
            airings: self.airings,
            at_least: at_least.collect(),
            channel: channel(self.channel.as_deref().unwrap_or("commune")),
            partial_period: self.partial_period,
            count: self.count,
            make_good: (!make_good.at.is_empty()).then_some(make_good),
        }
    }
}
