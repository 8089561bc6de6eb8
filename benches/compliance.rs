//! What a question over ten years costs: the ledger's rows from a real journal on the disk, the verdicts over all 522
//! weeks, and beside them the same rows read whole and shortened. `cargo bench --bench compliance`; prints times, their
//! ratio and the journal's size.

use std::cell::RefCell;
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::Criterion;
use criterion::measurement::{Measurement as _, WallTime};
use jiff::civil::{Date, Time, date};
use jiff::tz::{TimeZone, offset};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use loaphuong::compliance::{Facts, assess};
use loaphuong::config::{self, SourceFile};
use loaphuong::journal::{self, Reader};
use loaphuong::model::airing::{Airing, Head, Item, OutputResult, PlannedItem, Role};
use loaphuong::model::clip::Library;
use loaphuong::model::compliance::{Assessment, ComplianceQuery, PeriodSpan};
use loaphuong::model::entry::Entry;
use loaphuong::model::id::{AiringId, ClipHash, Revision};
use loaphuong::model::ledger::LedgerRow;
use loaphuong::model::occurrence::Placement;
use loaphuong::model::outcome::{Kind, Outcome, Priority, Reason};
use loaphuong::model::query::Records as _;
use loaphuong::model::recovery::History;
use loaphuong::model::station::{Channel, Station};
use loaphuong::model::time::Moment;
use loaphuong::model::units::{Frames, Hertz, Seconds};
use rusqlite::Connection;
use tempfile::TempDir;

type Outcomes<T> = Result<T, Box<dyn Error>>;

/// Ten years, whole ISO weeks.
const FIRST: Date = date(2021, 1, 4);
const LAST: Date = date(2031, 1, 5);
const WEEKS: usize = 522;

/// Longer than writing the larger journal may take.
const LONG: Duration = Duration::from_mins(10);

fn main() -> Outcomes<()> {
    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    for (name, per_day) in [("9 a week", PerDay::Few), ("30 a day", PerDay::Many)] {
        let state = TempDir::new()?;
        let rows = build(state.path(), per_day)?;
        let bytes = std::fs::metadata(state.path().join(journal::FILE))?.len();
        println!("{name}: {rows} airings in ten years, {} bytes each", bytes / u64::try_from(rows.max(1))?);
        keeping(name, state.path())?;
        measure(&mut criterion, name, state.path(), rows)?;
    }
    criterion.final_summary();
    Ok(())
}

/// What a start costs: opening, as after a kill, and verifying the whole, which a thread does beside the work.
fn keeping(name: &str, state: &Path) -> Outcomes<()> {
    let start = WallTime.start();
    let opened = journal::open(state, &"dai".parse()?, Box::new(|_| {}))?;
    let open = WallTime.end(start);
    let start = WallTime.start();
    let verified = journal::verify(&state.join(journal::FILE))?;
    let verify = WallTime.end(start);
    drop(opened.reader);
    opened.writer.close(LONG)?;
    println!("{name}: opened in {open:?}, {} entries verified in {verify:?}", verified.entries);
    Ok(())
}

/// How much a station airs.
#[derive(Clone, Copy)]
enum PerDay {
    /// Nine a week.
    Few,
    /// Thirty a day.
    Many,
}

impl PerDay {
    /// Local times of a day's airings.
    fn times(self, day: Date) -> Vec<Time> {
        let time = |minute: i8| Time::constant(5 + minute / 60, minute % 60, 0, 0);
        match self {
            Self::Many => (0..30).map(|n| time(n * 4)).collect(),
            Self::Few if day.weekday().to_monday_zero_offset() < 2 => vec![time(30), time(90)],
            Self::Few => vec![time(30)],
        }
    }
}

/// Writes the journal as the daemon does, a week a batch; gives the number of airings.
fn build(state: &Path, per_day: PerDay) -> Outcomes<usize> {
    let opened = journal::open(state, &"dai".parse()?, Box::new(|_| {}))?;
    let (mut day, mut rows, mut batch) = (FIRST, 0, Vec::new());
    while day <= LAST {
        for time in per_day.times(day) {
            let airing = airing(rows, day, time)?;
            batch.push(planned(&airing));
            batch.push(Entry::Final { at: airing.head.planned_at, airing: Box::new(airing) });
            rows += 1;
        }
        day = day.tomorrow()?;
        if day.weekday().to_monday_zero_offset() == 0 {
            opened.writer.store(1, std::mem::take(&mut batch))?;
        }
    }
    opened.writer.store(1, batch)?;
    drop(opened.reader);
    opened.writer.close(LONG)?;
    Ok(rows)
}

/// Times the ledger, the verdicts and the ledger's peer, and prints what the one is of the other.
fn measure(criterion: &mut Criterion, name: &str, state: &Path, rows: usize) -> Outcomes<()> {
    let reader = Reader::open(state)?;
    let ledger = || reader.ledger(None, FIRST, LAST).map_or(0, |rows| black_box(rows).len());
    let conn = Connection::open(state.join(journal::FILE))?;
    let whole = || whole_rows(&conn).map_or(0, |rows| black_box(rows).len());
    if (ledger(), whole()) != (rows, rows) || whole_rows(&conn)? != reader.ledger(None, FIRST, LAST)? {
        return Err("the ledger and the whole rows differ".into());
    }
    let station = station()?;
    let verdicts = || reader.ledger(None, FIRST, LAST).map_or(0, |rows| black_box(judge(&station, &rows)).len());
    if verdicts() != WEEKS {
        return Err("not a verdict for each week".into());
    }
    let ledger = timed(criterion, &format!("{name}: ledger"), &ledger);
    let verdicts = timed(criterion, &format!("{name}: ledger and verdicts"), &verdicts);
    let whole = timed(criterion, &format!("{name}: whole rows"), &whole);
    let millis = |took: Duration| took.as_secs_f64() * 1e3;
    let times = whole.as_secs_f64() / ledger.as_secs_f64();
    println!(
        "{name}: ledger {:.1} ms, with verdicts {:.1} ms; whole rows {:.1} ms, {times:.0} times the ledger",
        millis(ledger),
        millis(verdicts),
        millis(whole)
    );
    Ok(())
}

/// Tam Kỳ's promise, and a slot.
fn station() -> Outcomes<Station> {
    let station = "[station]\nid = \"dai\"\nname = \"Đài\"\ntimezone = \"Asia/Ho_Chi_Minh\"\n\
         [paths]\ncommunes = \"communes\"\naudio = \"audio\"\nstate = \"state\"\n\
         [[output]]\nid = \"loa-phuong\"\nname = \"Loa\"\nchannel = \"commune\"\nkind = \"null\"\n";
    let commune = "[commune]\nid = \"an-xuan\"\nname = \"Phường An Xuân\"\noutputs = [\"loa-phuong\"]\n\
         [[quota]]\nid = \"diem-sang\"\nname = \"Điểm sáng\"\nperiod = \"week\"\nairings = 4\n\
         at_least = { bhxh-tu-nguyen = 2 }\nchannel = \"commune\"\n\
         [[slot]]\nid = \"sang\"\nname = \"Bản tin sáng\"\ndays = [\"all\"]\nat = \"05:30\"\n\
         topics = [\"bhxh-tu-nguyen\"]\n";
    let files = [SourceFile::new("station.toml", station), SourceFile::new("communes/an-xuan.toml", commune)];
    let loaded = config::parse(&files, Path::new("/etc/loaphuong"));
    loaded.station.ok_or_else(|| format!("{:?}", loaded.diagnostics).into())
}

/// The verdicts over all weeks, as asked on the last day at noon.
fn judge(station: &Station, rows: &[LedgerRow]) -> Vec<Assessment> {
    let (library, history) = (Library::default(), History::default());
    let now = LAST.at(12, 0, 0, 0).to_zoned(station.zone.clone()).map_or(Timestamp::MAX, |noon| noon.timestamp());
    let facts = Facts { station, library: &library, history: &history, rows, underway: &[], now };
    assess(&facts, &ComplianceQuery { span: PeriodSpan::Between(FIRST, LAST), ..ComplianceQuery::default() })
}

/// The median of all samples.
fn timed(criterion: &mut Criterion, name: &str, question: &dyn Fn() -> usize) -> Duration {
    let samples = RefCell::new(Vec::new());
    criterion.bench_function(name, |bencher| {
        bencher.iter_custom(|times| {
            let start = WallTime.start();
            for _ in 0..times {
                black_box(question());
            }
            let took = WallTime.end(start);
            samples.borrow_mut().push(took / u32::try_from(times).unwrap_or(u32::MAX));
            took
        });
    });
    let mut samples = samples.into_inner();
    samples.sort();
    samples.get(samples.len() / 2).copied().unwrap_or_default()
}

/// The peer: whole rows out of the entries, as text, parsed.
fn whole_rows(conn: &Connection) -> Outcomes<Vec<LedgerRow>> {
    let mut statement =
        conn.prepare("SELECT entry.entry FROM airing JOIN entry USING (seq) ORDER BY planned_at, seq")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if let Entry::Final { airing, .. } = serde_json::from_str(row.get_ref(0)?.as_str()?)? {
            found.push(LedgerRow::from(&*airing));
        }
    }
    Ok(found)
}

fn planned(airing: &Airing) -> Entry {
    Entry::Planned {
        at: airing.head.planned_at,
        head: Box::new(airing.head.clone()),
        items: airing.items.iter().map(|i| i.plan.clone()).collect(),
        outputs: airing.outputs.iter().map(|o| o.output.clone()).collect(),
    }
}

/// The `n`th airing of the ten years: forty clips on five topics; one in twelve is lost, and made good if it can be.
fn airing(n: usize, day: Date, time: Time) -> Outcomes<Airing> {
    const TOPICS: [&str; 5] = ["bhxh-tu-nguyen", "bhyt-ho-gia-dinh", "y-te", "nong-nghiep", "an-ninh"];
    let topic = TOPICS[n % 5];
    let (outcome, reason) = match n % 24 {
        7 => (Outcome::Partial, Some(Reason::DeviceStalled)),
        19 => (Outcome::Missed, Some(Reason::Power)),
        _ => (Outcome::Aired, None),
    };
    let (kind, rule) = match n % 12 {
        3 => (Kind::Campaign, "trua"),
        8 => (Kind::MakeGood, "make-good:diem-sang"),
        _ => (Kind::Scheduled, ["sang", "chieu", "toi"][n % 3]),
    };
    let zone = TimeZone::fixed(offset(7));
    let planned_at = Moment::of(day.to_datetime(time).to_zoned(zone.clone())?.timestamp(), &zone);
    let commune = "an-xuan".parse()?;
    let make_good = kind == Kind::MakeGood;
    let lost = AiringId::new(&commune, "sang", (day - 1.day()).to_datetime(time));
    let head = Head {
        asked: None,
        id: AiringId::new(&commune, rule, planned_at.local()),
        station: "dai".parse()?,
        commune,
        commune_name: "Phường An Xuân".to_owned(),
        slot: if make_good { None } else { Some(rule.parse()?) },
        slot_name: "Bản tin".to_owned(),
        queue: Some("bhxh".parse()?),
        kind,
        priority: Priority::Normal,
        planned_at,
        placement: Placement::Exact,
        topics: vec![topic.parse()?],
        language: Some("vi".to_owned()),
        campaign: if kind == Kind::Campaign { Some("cuoi-nam".parse()?) } else { None },
        moved_from: None,
        quota: if make_good { Some("diem-sang".parse()?) } else { None },
        makes_good_for: make_good.then_some(lost),
        revision: Revision(format!("sha256:{:064}", n / 1000)),
        choice: Some("least recently aired of 8".to_owned()),
    };
    let plan = PlannedItem {
        approval: None,
        clip: format!("{topic}/bai-so-{}.mp3", n / 5 % 8).parse()?,
        role: Role::Clip,
        title: "Lợi ích khi tham gia BHXH tự nguyện".to_owned(),
        topics: vec![topic.parse()?],
        language: Some("vi".to_owned()),
        audience: Vec::new(),
        hash: ClipHash(format!("sha256:{:064}", n % 40)),
        planned_s: Seconds(62.1),
    };
    let item = Item { peak_dbtp: None, plan, played_s: Seconds(62.1), loudness_lufs: Some(-18.2), outcome, reason };
    let ended = Moment::of(planned_at.at + SignedDuration::from_millis(62_104), &zone);
    let begun = outcome != Outcome::Missed;
    Ok(Airing {
        preempted_by: None,
        head,
        started_at: begun.then_some(planned_at),
        ended_at: begun.then_some(ended),
        start_error_ms: begun.then_some(0),
        outcome,
        reason,
        items: if begun { vec![item] } else { Vec::new() },
        outputs: vec![
            output("loa-phuong", Channel::Commune, outcome, reason)?,
            output("loa-thon-1", Channel::Village, outcome, reason)?,
        ],
    })
}

fn output(id: &str, channel: Channel, outcome: Outcome, reason: Option<Reason>) -> Outcomes<OutputResult> {
    Ok(OutputResult {
        identity: None,
        started_at: None,
        skew_ms: None,
        route: None,
        muted_s: loaphuong::model::units::Seconds(0.0),
        rerouted_s: loaphuong::model::units::Seconds(0.0),
        items: Vec::new(),
        confirmed: None,
        output: id.parse()?,
        name: "Cụm loa".to_owned(),
        channel,
        device: Some("plughw:CARD=Device,DEV=0".to_owned()),
        outcome,
        reason,
        played_s: Seconds(62.1),
        frames: Frames(2_980_800),
        rate: Some(Hertz(48_000)),
        pace: Some(1.0),
        xruns: 0,
        reopened: 0,
        gap_s: Seconds(0.0),
        heard: None,
    })
}
