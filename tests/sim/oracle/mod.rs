//! What must be true of any station, told from the schedule, the ground truth and the entries alone: I1–I8 and I10–I12
//! of the promises, I9 as far as virtual time can show it. Nothing here asks the engine but for its status, which is
//! what is judged.

mod close;
mod due;
mod figures;
mod rows;
mod shown;
mod sounds;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use loaphuong::model::airing::{Airing, Head, PlannedItem};
use loaphuong::model::entry::Entry;
use loaphuong::model::id::OutputId;
use loaphuong::model::station::Station;
use loaphuong::model::time::{Mono, Now};
use loaphuong::rehearsal::{Crash, Sound, World, key};

use self::figures::Figures;
pub(crate) use self::shown::Concern;
use self::shown::Shown;

/// No output is prepared longer ahead: what a reload leaves of the schedule before it.
const AHEAD: SignedDuration = SignedDuration::from_secs(60);
/// So many of the last events are told where something is wrong, unless `SIM_TRAIL` says otherwise.
const TRAIL: u64 = 50;

/// One airing, from its plan to its row.
#[derive(Default)]
struct Course {
    head: Option<Head>,
    items: Vec<PlannedItem>,
    started: BTreeSet<OutputId>,
    last: Option<Airing>,
    /// The place of its plan among the entries.
    planned: usize,
    /// The place of the final row among the entries.
    place: usize,
    /// It was open and had begun when a session died so.
    interrupted: Option<Crash>,
}

/// Watches a world.
pub(crate) struct Oracle {
    pub(crate) stations: BTreeMap<String, Arc<Station>>,
    /// What was wrong first: nothing after it counts.
    pub(crate) wrong: Option<String>,
    /// The last events.
    pub(crate) trail: VecDeque<String>,
    pub(crate) keeps_trail: bool,
    /// All entries, summed up, and how many.
    pub(crate) digest: Option<u64>,
    pub(crate) rows: u64,
    /// When the station began its work.
    first: Timestamp,
    /// What reports blur.
    blur: Duration,
    /// Airings whose sound or end the journal lost in a crash: it cannot know of them.
    forgotten: BTreeSet<String>,
    /// By the name of their files.
    courses: BTreeMap<String, Course>,
    /// What was heard, by airing.
    heard: BTreeMap<String, Vec<Sound>>,
    /// What sounded before its plan was on the disk.
    unplanned: Vec<Sound>,
    /// What sounded last on each output, and until when.
    last_on: BTreeMap<String, (String, Mono)>,
    /// From when on which schedule decided.
    regimes: Vec<(Timestamp, String)>,
    /// Up to when everything is decided, as a journal would tell a session that starts.
    cursor: Timestamp,
    /// The same when the last session died, until the next has said that it began: rows of what was open move it.
    left_at: Option<Timestamp>,
    /// How many entries, and how many sounds of those that the ear still has.
    seen: usize,
    sounds: usize,
    /// Since when the disk writes as it should.
    disk_since: Option<Mono>,
    /// Since when something waits for a disk that does not write.
    disk_waits: Option<Mono>,
    /// Since when nothing goes wrong that may delay a start.
    calm_since: Option<Mono>,
    /// Nobody has set the clock wrong, or it was set right again.
    pub(crate) clock_right: bool,
    /// When it was set last, and what it showed before.
    pub(crate) clock_set: Option<Now>,
    /// It is years off, and no time server says that it is not.
    pub(crate) clock_absurd: bool,
    /// Since when the engine believes its clock again.
    believed: Option<Mono>,
    /// The latest time that the engine was shown and believed.
    pub(crate) furthest: Timestamp,
    /// Until when runs on an output were told that they are at their end.
    pub(crate) cut_short: BTreeMap<String, Mono>,
    figures: Figures,
    shown: Shown,
}

impl Oracle {
    pub(crate) fn new(world: &World) -> Self {
        let revision = world.station.revision.0.clone();
        Self {
            stations: BTreeMap::from([(revision.clone(), Arc::clone(&world.station))]),
            wrong: None,
            trail: VecDeque::new(),
            keeps_trail: false,
            digest: None,
            rows: 0,
            first: world.now.wall,
            blur: world.pace.report + Duration::from_millis(500),
            forgotten: BTreeSet::new(),
            courses: BTreeMap::new(),
            heard: BTreeMap::new(),
            unplanned: Vec::new(),
            last_on: BTreeMap::new(),
            regimes: vec![(world.now.wall, revision)],
            cursor: world.now.wall,
            left_at: None,
            seen: 0,
            sounds: 0,
            disk_since: Some(Mono(Duration::ZERO)),
            disk_waits: None,
            calm_since: Some(world.now.mono),
            clock_right: true,
            clock_set: None,
            clock_absurd: false,
            believed: None,
            furthest: world.now.wall,
            cut_short: BTreeMap::new(),
            figures: Figures::default(),
            shown: Shown::default(),
        }
    }

    /// This must be so.
    fn must(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds && self.wrong.is_none() {
            self.wrong = Some(what());
        }
    }

    pub(crate) fn tell(&mut self, lived: Duration, what: impl FnOnce() -> String) {
        if self.keeps_trail {
            if self.trail.len() == usize::try_from(crate::number("SIM_TRAIL").unwrap_or(TRAIL)).unwrap() {
                self.trail.pop_front();
            }
            self.trail.push_back(format!("{lived:?} {}", what()));
        }
    }

    /// Everything that is new.
    pub(crate) fn look(&mut self, world: &mut World) {
        if world.disk.durable() > self.seen {
            for entry in world.disk.take() {
                self.told(world, entry);
                self.seen += 1;
            }
        }
        if let Some(clash) = world.clashes.first() {
            self.must(false, || format!("I3: one device, two players: {clash}"));
        }
        for n in self.sounds..world.ear.sounds.len() {
            self.sound(world, n);
        }
        self.sounds = world.ear.sounds.len();
        self.ill_cards(world);
        self.ill_disk(world);
    }

    fn told(&mut self, world: &World, entry: Entry) {
        if let Some(digest) = &mut self.digest {
            let text = serde_json::to_string(&entry).expect("an entry is JSON");
            *digest = text.bytes().fold(*digest, |sum, b| (sum ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        }
        self.tell(world.lived, || {
            let text = serde_json::to_string(&entry).expect("an entry is JSON");
            format!("[{}] {}", world.now.wall, text.chars().take(330).collect::<String>())
        });
        self.entry(world, entry);
    }

    /// Nobody plays: what was heard is kept here, and the world may forget it.
    pub(crate) fn keep(&mut self, world: &mut World) {
        for sound in world.ear.sounds.drain(..) {
            self.last_on.insert(sound.output.clone(), (sound.airing.clone(), sound.until));
            self.heard.entry(sound.airing.clone()).or_default().push(sound);
        }
        self.sounds = 0;
        world.forget();
    }

    fn sounds_of(&self, world: &World, airing: &str) -> Vec<Sound> {
        let kept = self.heard.get(airing).into_iter().flatten();
        kept.chain(world.ear.sounds.iter().filter(|s| s.airing == airing)).cloned().collect()
    }

    /// A session has died, and the next has begun. What was not on the disk is lost, and known to be.
    pub(crate) fn crashed(&mut self, world: &mut World, how: Crash, died: Mono) {
        let lost = std::mem::take(&mut world.disk.lost);
        for entry in lost {
            let (Entry::Started { id, .. } | Entry::Checkpoint { id, .. }) = &entry else {
                if let Entry::Final { airing, .. } = &entry {
                    self.forgotten.insert(key(airing.head.id.as_str()));
                }
                continue;
            };
            let name = key(id.as_str());
            if let Entry::Started { output, .. } = &entry {
                let mut sounds = self.sounds_of(world, &name);
                sounds.retain(|s| s.output == output.as_str());
                let old = sounds.iter().find(|s| s.at.mono.plus(world.pace.write + self.blur * 2) < died);
                let good = old.is_none_or(|s| !self.disk_good(s.at.mono));
                self.must(good, || format!("I6: a start is not in the journal, long after it: {name} {old:?}"));
                self.forgotten.insert(name);
            }
        }
        self.disk_waits = None;
        // What came to the disk all the same is of the session that died.
        self.look(world);
        self.left_at = Some(self.cursor);
        let open = self.courses.values_mut().filter(|c| c.last.is_none() && !c.started.is_empty());
        open.for_each(|course| course.interrupted = Some(how));
        self.shown.session(world.lived);
    }

    /// The disk begins, or ends, not to write as it should.
    pub(crate) fn disk(&mut self, now: Mono, good: bool) {
        self.disk_since = good.then_some(now);
        self.disk_waits = None;
    }

    fn disk_good(&self, at: Mono) -> bool {
        self.disk_since.is_some_and(|since| since.plus(Duration::from_secs(10)) <= at)
    }

    /// Something begins, or ends, that may delay a start.
    pub(crate) fn calm(&mut self, now: Mono, calm: bool) {
        self.calm_since = calm.then_some(now);
    }

    /// A schedule that came into force with a start, because no session lived to write its change down: then it
    /// decides over the whole outage. Revisions are numbered.
    fn starts_with(&mut self, revision: &str) {
        let number = |text: &str| text.trim_start_matches("sha256:").parse::<u64>().expect("revisions are numbers");
        if number(revision) > number(&self.regimes.last().expect("there is a first").1) {
            self.regimes.push((self.left_at.unwrap_or(self.cursor), revision.to_owned()));
        }
    }

    fn decided(&mut self, at: Timestamp, head: &Head) {
        if head.slot.is_some() {
            self.starts_with(&head.revision.0);
            self.cursor = self.cursor.max(at.min(head.planned_at.at));
        }
    }
}
