//! The choice of clips: cases in `choice.toml`.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use loaphuong::model::clip::{Clip, ClipFault, Library, Sound};
use loaphuong::model::id::{Audience, ClipHash, ClipPath, Topic};
use loaphuong::model::quota::Share;
use loaphuong::model::recovery::History;
use loaphuong::model::station::{ClipNote, Commune, Order, Programme, Queue, Slot};
use loaphuong::model::units::{Decibel, Hertz};
use loaphuong::plan;
use serde::Deserialize;

use crate::stations::{commune, id, slot, weekly};

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

/// One case. `clips` is the library: path, then what differs from a sound clip of one minute in its own folder's topic.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default = "today")]
    date: String,
    #[serde(default)]
    slot: Option<String>,
    #[serde(default)]
    topics: Vec<Topic>,
    #[serde(default)]
    queue: Option<QueueCase>,
    #[serde(default)]
    max_length_s: Option<u64>,
    clips: BTreeMap<ClipPath, ClipCase>,
    #[serde(default)]
    notes: BTreeMap<ClipPath, NoteCase>,
    /// Days ago.
    #[serde(default)]
    aired: BTreeMap<ClipPath, i64>,
    #[serde(default)]
    drawn: Option<ClipPath>,
    /// As keys of `at_least`, the most urgent first.
    #[serde(default)]
    owed: Vec<String>,
    /// The clip, or the reason why there is none.
    expect: String,
    #[serde(default)]
    passed_over: Vec<(ClipPath, String)>,
    #[serde(default)]
    why: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    has_topics: Option<Vec<Topic>>,
    #[serde(default)]
    language: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QueueCase {
    #[serde(default)]
    topics: Vec<Topic>,
    #[serde(default)]
    clips: Vec<ClipPath>,
    #[serde(default)]
    order: Order,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ClipCase {
    seconds: Option<u64>,
    fault: Option<ClipFault>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NoteCase {
    title: Option<String>,
    topics: Option<Vec<Topic>>,
    language: Option<String>,
    audience: Vec<Audience>,
    from: Option<Date>,
    until: Option<Date>,
}

fn share(key: &str) -> Share {
    match key.split_once(':') {
        Some(("language", tag)) => Share::Language(tag.to_owned()),
        Some(("audience", group)) => Share::Audience(id(group)),
        _ => Share::Topic(id(key)),
    }
}

fn today() -> String {
    "2026-11-23".to_owned()
}

impl Case {
    fn commune(&self) -> (Commune, Slot) {
        let mut rule = slot(self.slot.as_deref().unwrap_or("sang"), weekly("all", &["05:30"]));
        rule.max_length = self.max_length_s.map(Duration::from_secs);
        rule.programme = Programme::Topics(self.topics.clone());
        let mut commune = commune("an-xuan", Vec::new());
        if let Some(queue) = &self.queue {
            let QueueCase { topics, clips, order } = queue;
            commune.queues.push(Queue {
                fallback: None,
                id: id("q"),
                topics: topics.clone(),
                clips: clips.clone(),
                order: *order,
            });
            rule.programme = Programme::Queue(id("q"));
        }
        commune.clips = self.notes.iter().map(|(file, note)| note.as_note(file)).collect();
        (commune, rule)
    }

    fn library(&self) -> Library {
        let clips = self.clips.iter().map(|(path, clip)| (path.clone(), clip.as_clip(path)));
        Library { clips: clips.collect(), scanned_at: None }
    }

    fn history(&self) -> History {
        let now: Timestamp = "2026-11-22T22:30:00Z".parse().unwrap();
        let ago = |days: i64| now - jiff::SignedDuration::from_hours(24 * days);
        History {
            approved: std::collections::BTreeMap::new(),
            last_aired: self.aired.iter().map(|(path, days)| (path.clone(), ago(*days))).collect(),
            last_drawn: self.drawn.iter().map(|path| ((id("an-xuan"), id("q")), path.clone())).collect(),
            usage: BTreeMap::new(),
        }
    }
}

impl ClipCase {
    fn as_clip(&self, path: &ClipPath) -> Clip {
        let sound = Sound {
            silent_start: Duration::ZERO,
            silent_end: Duration::ZERO,
            levels: Vec::new(),
            copy: None,
            hash: ClipHash("sha256:0".to_owned()),
            format: "MP3".to_owned(),
            duration: Duration::from_secs(self.seconds.unwrap_or(60)),
            rate: Hertz(44_100),
            channels: 1,
            loudness: None,
            peak: Decibel(-3.0),
        };
        Clip {
            path: path.clone(),
            file: path.as_str().into(),
            topic: path.folder().and_then(|folder| folder.parse().ok()),
            size: 1,
            sound: (self.fault != Some(ClipFault::NotAudio)).then_some(sound),
            faults: self.fault.into_iter().collect(),
        }
    }
}

impl NoteCase {
    fn as_note(&self, file: &ClipPath) -> ClipNote {
        ClipNote {
            withdrawn: None,
            file: file.clone(),
            title: self.title.clone(),
            topics: self.topics.clone(),
            language: self.language.clone(),
            audience: self.audience.clone(),
            valid_from: self.from,
            valid_until: self.until,
            approval: None,
        }
    }
}

#[test]
fn each_case_gets_the_clip_that_its_file_says() {
    let cases: Cases = toml::from_str(include_str!("choice.toml")).unwrap();
    assert!(cases.case.len() >= 40);
    for case in cases.case {
        let (commune, slot) = case.commune();
        let date = case.date.parse().unwrap();
        let owed: Vec<_> = case.owed.iter().map(|key| share(key)).collect();
        let chosen = plan::choose(&commune, &slot, &case.library(), &case.history(), date, &owed);
        let (got, passed_over) = match &chosen {
            Ok(choice) => (choice.clip.to_string(), &choice.passed_over),
            Err(none) => (none.reason.to_string(), &none.passed_over),
        };
        assert_eq!(got, case.expect, "{}: {chosen:?}", case.name);
        let passed: Vec<_> = passed_over.iter().map(|(clip, why)| (clip.clone(), why.to_string())).collect();
        assert_eq!(passed, case.passed_over, "{}", case.name);
        let says = |part: fn(&plan::Choice) -> &str| chosen.as_ref().ok().map(|c| part(c).to_owned());
        let same = |expected: Option<String>, got| expected.is_none() || expected == got;
        assert!(same(case.why.clone(), says(|c| &c.why)), "{}: {:?}", case.name, says(|c| &c.why));
        assert!(same(case.title.clone(), says(|c| &c.about.title)), "{}: {:?}", case.name, says(|c| &c.about.title));
        assert!(same(case.language.clone(), says(|c| &c.about.language)), "{}", case.name);
        if let Some(topics) = case.has_topics {
            assert_eq!(chosen.unwrap().about.topics, topics, "{}", case.name);
        }
    }
}

/// A queue in order and a slot of topics, drawn day after day: everybody's turn comes, and comes again.
#[test]
fn turns_go_round() {
    let paths: Vec<ClipPath> = ["a/1.mp3", "a/2.mp3", "a/3.mp3", "b/4.mp3", "b/5.mp3"].map(id).into();
    let clips = paths.iter().map(|path| (path.clone(), ClipCase::default().as_clip(path))).collect();
    let library = Library { clips, scanned_at: None };
    for order in [Order::InOrder, Order::LeastRecent, Order::Quota] {
        let mut commune = commune("an-xuan", Vec::new());
        let named = vec![paths[2].clone(), paths[0].clone()];
        commune.queues.push(Queue { fallback: None, id: id("q"), topics: vec![id("a"), id("b")], clips: named, order });
        let mut slot = slot("sang", weekly("all", &["05:30"]));
        slot.programme = Programme::Queue(id("q"));

        let mut history = History::default();
        let mut drawn = Vec::new();
        for day in 0..10 {
            let choice = plan::choose(&commune, &slot, &library, &history, "2026-11-23".parse().unwrap(), &[]).unwrap();
            history.last_drawn.insert((id("an-xuan"), id("q")), choice.clip.clone());
            history.last_aired.insert(choice.clip.clone(), Timestamp::from_second(86_400 * day).unwrap());
            drawn.push(choice.clip);
        }
        assert_eq!(drawn[..5], drawn[5..], "{order:?}: the second round is as the first");
        let mut first = drawn[..5].to_vec();
        if order == Order::InOrder {
            assert_eq!(first, [2, 0, 1, 3, 4].map(|n: usize| paths[n].clone()));
        }
        first.sort();
        assert_eq!(first, paths, "{order:?}: each once a round");
    }
}
