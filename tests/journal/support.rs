//! Entries, journals and ways to spoil them, for the tests of the journal.

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use loaphuong::journal::{self, Ack, AckResult, COPY, Opened};
use loaphuong::model::airing::{Airing, Head, Item, OutputResult, PlannedItem, Role};
use loaphuong::model::entry::{Entry, Reached};
use loaphuong::model::id::{AiringId, ClipHash, Revision, StationId};
use loaphuong::model::occurrence::Placement;
use loaphuong::model::outcome::{Kind, Outcome, Priority, Reason};
use loaphuong::model::station::Channel;
use loaphuong::model::time::Moment;
use loaphuong::model::units::{Frames, Hertz, Seconds};

/// Longer than any test may take; never waited for when all is well.
pub(crate) const LONG: Duration = Duration::from_mins(2);

/// The station of all tests.
pub(crate) fn station() -> StationId {
    "dai-an-xuan".parse().unwrap()
}

/// `2026-11-23T05:30` in Viet Nam, and so many minutes.
pub(crate) fn moment(minutes: i64) -> Moment {
    let zone = TimeZone::fixed(jiff::tz::offset(7));
    let start: Timestamp = "2026-11-22T22:30:00Z".parse().unwrap();
    Moment::of(start + jiff::SignedDuration::from_mins(minutes), &zone)
}

pub(crate) fn session(minutes: i64) -> Entry {
    session_of(minutes, station())
}

fn session_of(minutes: i64, station: StationId) -> Entry {
    Entry::SessionStarted {
        at: moment(minutes),
        station,
        version: "0.1.0".to_owned(),
        boot_id: format!("boot-{minutes}"),
        revision: Revision("sha256:0".to_owned()),
        from: moment(minutes),
    }
}

/// The id of the airing due at that minute.
pub(crate) fn id(minutes: i64) -> AiringId {
    AiringId::new(&"an-xuan".parse().unwrap(), "sang", moment(minutes).local())
}

pub(crate) fn head(minutes: i64) -> Head {
    Head {
        asked: None,
        id: id(minutes),
        station: station(),
        commune: "an-xuan".parse().unwrap(),
        commune_name: "Xã An Xuân".to_owned(),
        slot: Some("sang".parse().unwrap()),
        slot_name: "Bản tin sáng".to_owned(),
        queue: Some("bhxh".parse().unwrap()),
        kind: Kind::Scheduled,
        priority: Priority::Normal,
        planned_at: moment(minutes),
        placement: Placement::Exact,
        topics: vec!["bhxh-tu-nguyen".parse().unwrap()],
        language: Some("vi".to_owned()),
        campaign: None,
        moved_from: None,
        quota: None,
        makes_good_for: None,
        revision: Revision("sha256:0".to_owned()),
        choice: None,
    }
}

pub(crate) fn item(clip: &str) -> PlannedItem {
    PlannedItem {
        approval: None,
        clip: clip.parse().unwrap(),
        role: Role::Clip,
        title: "Lợi ích khi tham gia BHXH tự nguyện".to_owned(),
        topics: vec!["bhxh-tu-nguyen".parse().unwrap()],
        language: Some("vi".to_owned()),
        audience: Vec::new(),
        hash: ClipHash("sha256:1".to_owned()),
        planned_s: Seconds(62.1),
    }
}

pub(crate) fn planned(minutes: i64, clip: &str) -> Entry {
    Entry::Planned {
        at: moment(minutes),
        head: Box::new(head(minutes)),
        items: vec![item(clip)],
        outputs: vec!["loa-phuong".parse().unwrap(), "loa-thon".parse().unwrap()],
    }
}

pub(crate) fn started(minutes: i64, output: &str) -> Entry {
    Entry::Started {
        at: moment(minutes),
        id: id(minutes),
        output: output.parse().unwrap(),
        started_at: moment(minutes),
        device: format!("plughw:CARD={output}"),
    }
}

pub(crate) fn checkpoint(minutes: i64, at: i64, reached: &[(&str, f64)]) -> Entry {
    let outputs = reached
        .iter()
        .map(|(output, seconds)| Reached { output: output.parse().unwrap(), played_s: vec![Seconds(*seconds)] });
    Entry::Checkpoint { at: moment(at), id: id(minutes), outputs: outputs.collect() }
}

/// An airing that was heard whole.
pub(crate) fn airing(minutes: i64, clip: &str) -> Airing {
    Airing {
        preempted_by: None,
        head: head(minutes),
        started_at: Some(moment(minutes)),
        ended_at: Some(moment(minutes + 1)),
        start_error_ms: Some(0),
        outcome: Outcome::Aired,
        reason: None,
        items: vec![Item {
            peak_dbtp: None,
            plan: item(clip),
            played_s: Seconds(62.1),
            loudness_lufs: Some(-18.2),
            outcome: Outcome::Aired,
            reason: None,
        }],
        outputs: vec![OutputResult {
            identity: None,
            started_at: None,
            skew_ms: None,
            route: None,
            muted_s: loaphuong::model::units::Seconds(0.0),
            rerouted_s: loaphuong::model::units::Seconds(0.0),
            items: Vec::new(),
            confirmed: None,
            output: "loa-phuong".parse().unwrap(),
            name: "Loa phường".to_owned(),
            channel: Channel::Commune,
            device: Some("plughw:CARD=Device,DEV=0".to_owned()),
            outcome: Outcome::Aired,
            reason: None,
            played_s: Seconds(62.1),
            frames: Frames(2_980_800),
            rate: Some(Hertz(48_000)),
            pace: Some(1.0),
            xruns: 0,
            reopened: 0,
            gap_s: Seconds(0.0),
            heard: None,
        }],
    }
}

/// An occurrence that the PC slept through.
pub(crate) fn missed(minutes: i64) -> Airing {
    Airing {
        started_at: None,
        ended_at: None,
        start_error_ms: None,
        outcome: Outcome::Missed,
        reason: Some(Reason::Power),
        items: Vec::new(),
        outputs: Vec::new(),
        ..airing(minutes, "x")
    }
}

pub(crate) fn final_row(at: i64, airing: Airing) -> Entry {
    Entry::Final { at: moment(at), airing: Box::new(airing) }
}

/// An open journal and its acknowledgements.
pub(crate) struct Journal {
    pub(crate) opened: Opened,
    pub(crate) acks: Receiver<Ack>,
}

impl Journal {
    pub(crate) fn open(state: &Path) -> Self {
        Self::open_of(state, &station())
    }

    fn open_of(state: &Path, station: &StationId) -> Self {
        let (tell, acks) = channel();
        let opened = journal::open(state, station, Box::new(move |ack| tell.send(ack).unwrap_or_default())).unwrap();
        Self { opened, acks }
    }

    /// Stores a batch and waits for it; gives the last number.
    pub(crate) fn store(&self, entries: Vec<Entry>) -> u64 {
        self.opened.writer.store(7, entries).unwrap();
        match self.acks.recv_timeout(LONG).unwrap() {
            Ack { ticket: 7, result: AckResult::Stored { last_seq, refused } } if refused.is_empty() => last_seq,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn close(self) {
        drop(self.opened.reader);
        self.opened.writer.close(LONG).unwrap();
    }
}

/// A journal of `count` entries with its second copy, closed: sessions, airings of all sorts.
pub(crate) fn journal_of(state: &Path, count: i64) {
    journal_of_station(state, count, station().as_str());
}

/// The same of another station.
pub(crate) fn journal_of_station(state: &Path, count: i64, whose: &str) {
    let whose: StationId = whose.parse().unwrap();
    let journal = Journal::open_of(state, &whose);
    let entry = |n: i64| match n % 5 {
        0 => session_of(n, whose.clone()),
        1 => planned(n, "bhxh-tu-nguyen/loi-ich.mp3"),
        2 => started(n - 1, "loa-phuong"),
        3 => final_row(n, airing(n - 2, "bhxh-tu-nguyen/loi-ich.mp3")),
        _ => final_row(n, missed(n)),
    };
    let count = u64::try_from(count).unwrap();
    assert_eq!(journal.store((0..i64::try_from(count).unwrap()).map(entry).collect()), count);
    even(state, count);
    journal.close();
}

/// Waits until the second copy has so many lines.
pub(crate) fn even(state: &Path, lines: u64) {
    let copy = state.join(COPY);
    let begun = loaphuong::clock::mono();
    let count = || std::fs::read(&copy).map_or(0, |text| text.split_inclusive(|byte| *byte == b'\n').count() as u64);
    while count() != lines {
        assert!(loaphuong::clock::mono().since(begun) < LONG, "the copy has {} of {lines} lines", count());
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Changes a closed journal as somebody with an SQLite editor would, who knows how to drop a trigger.
pub(crate) fn tamper(state: &Path, sql: &str) {
    let conn = rusqlite::Connection::open(state.join(journal::FILE)).unwrap();
    for trigger in ["entry_never_changes", "entry_never_goes", "entry_comes_last"] {
        conn.execute_batch(&format!("DROP TRIGGER IF EXISTS {trigger}")).unwrap();
    }
    conn.execute_batch(sql).unwrap();
    conn.close().unwrap();
}

/// A copy of a closed journal in a folder of its own.
pub(crate) fn copy_of(state: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(state.join(journal::FILE), copy.path().join(journal::FILE)).unwrap();
    copy
}
