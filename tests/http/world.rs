//! A station for the HTTP service to speak of, the service itself on a free port, and a plain client. Effects: sockets.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::civil::{Date, date};
use loaphuong::http::tokens::{self, Role, Token, TokenStore};
use loaphuong::http::{self, ComplianceSource, Deps, Health};
use loaphuong::model::airing::Airing;
use loaphuong::model::calendar::Holidays;
use loaphuong::model::clip::{Clip, ClipFault, Library, Sound};
use loaphuong::model::compliance::{Assessment, ComplianceQuery, PeriodSpan};
use loaphuong::model::id::{AiringId, ClipHash, CommuneId, Revision};
use loaphuong::model::ledger::LedgerRow;
use loaphuong::model::operator::{Action, Answer};
use loaphuong::model::outcome::Kind;
use loaphuong::model::plan_view::PlanView;
use loaphuong::model::query::{AiringQuery, Link, Page, Records, RecordsError, Row};
use loaphuong::model::quota::{Closing, Count, PartialPeriod, Period, Quota};
use loaphuong::model::recovery::History;
use loaphuong::model::station::{Channel, Commune, Hours, Http, LoopbackReading, Output, OutputKind, Paths, Station};
use loaphuong::model::status::Status;
use loaphuong::model::text::Text;
use loaphuong::model::time::Moment;
use loaphuong::model::units::{Decibel, Hertz, Lufs};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};

/// The journal of the tests.
#[derive(Default)]
pub(crate) struct FakeRecords {
    pub(crate) rows: Vec<Row>,
    pub(crate) queries: Mutex<Vec<AiringQuery>>,
}

impl Records for FakeRecords {
    fn airings(&self, query: &AiringQuery) -> Result<Page, RecordsError> {
        self.queries.lock().unwrap().push(query.clone());
        if query.slot.as_ref().is_some_and(|s| s.as_str() == "hong") {
            return Err(RecordsError("disk I/O error".to_owned()));
        }
        assert!(query.slot.as_ref().is_none_or(|s| s.as_str() != "no"), "a handler that panics");
        let fits = |r: &&Row| {
            query.before.is_none_or(|b| r.seq < b)
                && query.commune.as_ref().is_none_or(|c| c == &r.airing.head.commune)
                && query.outcome.is_none_or(|o| o == r.airing.outcome)
                && query.from.is_none_or(|from| from <= r.airing.head.planned_at.at)
                && query.until.is_none_or(|until| r.airing.head.planned_at.at < until)
        };
        let mut rows: Vec<Row> = self.rows.iter().filter(fits).take(query.limit + 1).cloned().collect();
        let more = rows.len() > query.limit;
        rows.truncate(query.limit);
        let next = rows.last().filter(|_| more).map(|r| r.seq);
        Ok(Page { rows, next })
    }

    fn airing(&self, id: &AiringId) -> Result<Option<Row>, RecordsError> {
        Ok(self.rows.iter().find(|r| &r.airing.head.id == id).cloned())
    }

    fn ledger(&self, commune: Option<&CommuneId>, from: Date, until: Date) -> Result<Vec<LedgerRow>, RecordsError> {
        let rows = self.rows.iter().map(|r| LedgerRow::from(&r.airing));
        let fits = |r: &LedgerRow| commune.is_none_or(|c| *c == r.commune) && from <= r.date && r.date <= until;
        Ok(rows.filter(fits).collect())
    }

    fn links(&self, after: u64, limit: usize) -> Result<Vec<Link>, RecordsError> {
        let link =
            |seq: u64| Link { seq, prev: "0".repeat(64), hash: "a".repeat(64), entry: format!("{{\"n\":{seq}}}") };
        Ok((after + 1..=5).take(limit).map(link).collect())
    }
}

/// The running service and what stands behind it.
pub(crate) struct World {
    pub(crate) addr: SocketAddr,
    pub(crate) state: tempfile::TempDir,
    pub(crate) status: watch::Sender<Arc<Status>>,
    pub(crate) station: watch::Sender<Arc<Station>>,
    pub(crate) alive: Arc<AtomicBool>,
    /// Whether the question for the engine's health panics.
    pub(crate) panics: Arc<AtomicBool>,
    pub(crate) records: Arc<FakeRecords>,
    pub(crate) asked: Arc<Mutex<Vec<Action>>>,
    pub(crate) assessed: Arc<Mutex<Vec<ComplianceQuery>>>,
    /// The emergency on air, if there is one.
    pub(crate) emergency: Arc<Mutex<Option<String>>>,
    /// Whoever has it keeps the engine from listening.
    engine: Arc<tokio::sync::Mutex<()>>,
    stop: Option<oneshot::Sender<()>>,
    runtime: Option<tokio::runtime::Runtime>,
    pub(crate) history: watch::Sender<Arc<History>>,
    _library: watch::Sender<Arc<Library>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::at("2026-11-23T05:31:00+07:00")
    }

    /// The same at another time.
    pub(crate) fn at(now: &str) -> Self {
        let now = moment(now);
        let state = tempfile::tempdir().unwrap();
        let tokens = Arc::new(TokenStore::open(state.path()).unwrap());
        let listener = http::bind("127.0.0.1:0".parse().unwrap(), &tokens).unwrap();
        let addr = listener.addr();
        let (status, status_rx) = watch::channel(Arc::new(status()));
        let (station, station_rx) = watch::channel(Arc::new(station()));
        let (library, library_rx) = watch::channel(Arc::new(library_of_two()));
        let (history, history_rx) = watch::channel(Arc::new(History::default()));
        let (operator, actions) = mpsc::channel(4);
        let alive = Arc::new(AtomicBool::new(true));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let records = Arc::new(FakeRecords { rows: rows(), ..FakeRecords::default() });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (emergency, turn) = (Arc::new(Mutex::new(None)), Arc::new(tokio::sync::Mutex::new(())));
        runtime.spawn(engine(actions, Arc::clone(&asked), Arc::clone(&emergency), Arc::clone(&turn)));
        let panics = Arc::new(AtomicBool::new(false));
        let assessed = Arc::new(Mutex::new(Vec::new()));
        let (beats, explodes) = (Arc::clone(&alive), Arc::clone(&panics));
        let deps = Deps {
            status: status_rx,
            station: station_rx,
            library: library_rx,
            history: history_rx,
            records: Arc::clone(&records) as Arc<dyn Records>,
            plan: Arc::new(|_, _| plan()),
            compliance: compliance(Arc::clone(&assessed)),
            now: Arc::new(move || now),
            operator,
            health: Arc::new(move || {
                assert!(!explodes.load(Ordering::SeqCst), "a handler that panics");
                if beats.load(Ordering::SeqCst) { Health::Alive } else { Health::Stuck }
            }),
            tokens,
        };
        let (stop, stopped) = oneshot::channel::<()>();
        runtime.spawn(http::serve(listener, deps, async {
            stopped.await.unwrap_or_default();
        }));
        Self {
            addr,
            state,
            status,
            station,
            alive,
            panics,
            records,
            asked,
            assessed,
            emergency,
            engine: turn,
            stop: Some(stop),
            runtime: Some(runtime),
            history,
            _library: library,
        }
    }

    /// A token of this role, bound to these communes.
    pub(crate) fn token(&self, name: &str, role: Role, communes: &[&str]) -> String {
        let minted = tokens::mint().unwrap();
        let communes = Some(communes.iter().map(|c| c.parse().unwrap()).collect()).filter(|c: &Vec<_>| !c.is_empty());
        let created = moment("2026-11-23T05:00:00+07:00");
        let token = Token { name: name.to_owned(), role, communes, sha256: minted.sha256, created };
        tokens::add(self.state.path(), token).unwrap();
        minted.text
    }

    pub(crate) fn set_loopback(&self, loopback: LoopbackReading) {
        let mut changed = station();
        changed.http.loopback = loopback;
        self.station.send(Arc::new(changed)).unwrap();
    }

    /// Keeps the engine from listening as long as the answer lives.
    pub(crate) fn hold_engine(&self) -> tokio::sync::OwnedMutexGuard<()> {
        Arc::clone(&self.engine).blocking_lock_owned()
    }

    pub(crate) fn get(&self, target: &str) -> Reply {
        self.ask("GET", target, &[], "")
    }

    pub(crate) fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let host = if headers.iter().any(|(n, _)| n.eq_ignore_ascii_case("host")) {
            String::new()
        } else {
            format!("host: {}\r\n", self.addr)
        };
        let extra = headers.iter().fold(String::new(), |all, (n, v)| format!("{all}{n}: {v}\r\n"));
        let length = if method == "POST" { format!("content-length: {}\r\n", body.len()) } else { String::new() };
        self.send(&format!("{method} {target} HTTP/1.1\r\n{host}{extra}{length}connection: close\r\n\r\n{body}"))
    }

    /// Sends these bytes and reads until the other side closes.
    pub(crate) fn send(&self, text: &str) -> Reply {
        let mut stream = TcpStream::connect(self.addr).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        // The service may refuse and close before it has read all.
        stream.write_all(text.as_bytes()).unwrap_or_default();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap_or_default();
        Reply::parse(&bytes)
    }

    /// Asks the service to end, and waits until it has.
    pub(crate) fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).unwrap();
        }
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}

/// The engine of the tests: remembers, accepts, refuses one clip, and asks again before it ends an emergency.
async fn engine(
    mut actions: mpsc::Receiver<(Action, oneshot::Sender<Answer>)>,
    asked: Arc<Mutex<Vec<Action>>>,
    emergency: Arc<Mutex<Option<String>>>,
    turn: Arc<tokio::sync::Mutex<()>>,
) {
    loop {
        drop(turn.lock().await);
        let Some((action, reply)) = actions.recv().await else { return };
        let answer = answer(&action, &mut emergency.lock().unwrap());
        asked.lock().unwrap().push(action);
        reply.send(answer).unwrap_or_default();
    }
}

fn answer(action: &Action, emergency: &mut Option<String>) -> Answer {
    let accepted = |id: &str| Answer::Accepted { airing: Some(AiringId::quoted(id)) };
    if let (Action::Stop { confirm, .. }, Some(on_air)) = (action, emergency.as_ref()) {
        let airing = AiringId::quoted(on_air);
        if confirm.as_ref() != Some(&airing) {
            return Answer::Confirm { airing, why: Text::new("Đang phát khẩn cấp.", "An emergency is on air.") };
        }
        *emergency = None;
        return Answer::Accepted { airing: Some(airing) };
    }
    let shown = format!("{action:?}");
    if shown.contains("khong-co.mp3") {
        Answer::Refused { why: Text::new("Không có bài này.", "There is no such clip.") }
    } else if shown.contains("TestSound") {
        accepted("an-xuan/sang@2026-11-23T05:30")
    } else {
        accepted("an-xuan/manual@2026-11-23T05:31:00.120")
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Reply {
    fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text.as_str(), ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|l| l.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
        let header = |l: &str| l.split_once(": ").map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned()));
        Self { status, headers: lines.filter_map(header).collect(), body: body.to_owned() }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

pub(crate) fn moment(text: &str) -> Moment {
    serde_json::from_value(json!(text)).unwrap()
}

pub(crate) fn status() -> Status {
    serde_json::from_str(include_str!("data/status.json")).unwrap()
}

fn rows() -> Vec<Row> {
    let template: Value = serde_json::from_str(include_str!("data/airing.json")).unwrap();
    let row = |seq: u64, commune: &str, outcome: &str, reason: Value, at: &str| {
        let mut airing = template.clone();
        airing["id"] = json!(format!("{commune}/sang@{at}"));
        airing["commune"] = json!(commune);
        airing["planned_at"] = json!(format!("{at}:00+07:00"));
        airing["outcome"] = json!(outcome);
        airing["reason"] = reason;
        Row { seq, airing: serde_json::from_value::<Airing>(airing).unwrap() }
    };
    vec![
        row(40, "an-xuan", "aired", Value::Null, "2026-11-23T05:30"),
        row(30, "truong-xuan", "missed", json!("power"), "2026-11-23T05:15"),
        row(20, "an-xuan", "partial", json!("device_absent"), "2026-11-23T05:00"),
    ]
}

/// The verdicts of the tests; one period cannot be read.
fn compliance(assessed: Arc<Mutex<Vec<ComplianceQuery>>>) -> ComplianceSource {
    Arc::new(move |query| {
        let fits = |a: &Assessment| query.commune.as_ref().is_none_or(|c| c == &a.commune);
        let list = assessments().into_iter().filter(fits).collect();
        let broken = query.span == PeriodSpan::Named("2026-W01".to_owned());
        assessed.lock().unwrap().push(query);
        if broken { Err(RecordsError("disk I/O error".to_owned())) } else { Ok(list) }
    })
}

pub(crate) fn assessments() -> Vec<Assessment> {
    serde_json::from_str(include_str!("data/compliance.json")).unwrap()
}

/// An occurrence of the usual schedule in each commune, a make-good and one of a campaign.
fn plan() -> Vec<PlanView> {
    let make_good = PlanView {
        id: AiringId::quoted("an-xuan/make-good:diem-sang@2026-11-23T17:30"),
        slot: None,
        slot_name: "Điểm sáng".to_owned(),
        planned_at: moment("2026-11-23T17:30:00+07:00"),
        kind: Kind::MakeGood,
        makes_good_for: Some(AiringId::quoted("an-xuan/sang@2026-11-23T05:00")),
        ..planned("an-xuan", "17:30")
    };
    let campaign = PlanView { kind: Kind::Campaign, ..planned("an-xuan", "11:15") };
    vec![campaign, planned("an-xuan", "17:00"), make_good, planned("truong-xuan", "18:00")]
}

fn planned(commune: &str, time: &str) -> PlanView {
    serde_json::from_value(json!({
        "id": format!("{commune}/chieu@2026-11-23T{time}"), "commune": commune, "commune_name": "Phường An Xuân",
        "slot": "chieu", "slot_name": "Bản tin chiều", "planned_at": format!("2026-11-23T{time}:00+07:00"),
        "placement": "exact", "reason": null, "clip": {"clip": "bhyt-ho-gia-dinh/hoi-dap.mp3", "title":
        "Hỏi đáp bảo hiểm y tế hộ gia đình", "topics": ["bhyt-ho-gia-dinh"],
        "language": "vi", "audience": [], "duration_s": 184.5}, "kind": "scheduled", "makes_good_for": null
    }))
    .unwrap()
}

fn station() -> Station {
    let commune = |id: &str, name: &str, quotas: Vec<Quota>| Commune {
        approval: loaphuong::model::station::ApprovalRule::Optional,
        id: id.parse().unwrap(),
        name: name.to_owned(),
        belongs_to: None,
        outputs: vec!["loa-phuong".parse().unwrap()],
        hours: Hours { allowed: Vec::new(), basis: None, max_airings_per_day: None, max_minutes_per_day: None },
        slots: Vec::new(),
        queues: Vec::new(),
        clips: Vec::new(),
        quotas,
        campaigns: Vec::new(),
        holidays: Holidays::default(),
    };
    let (from, until) = (Some(date(2023, 6, 1)), Some(date(2030, 12, 31)));
    let bound = Quota { from, until, ..quota("diem-sang", Period::Week) };
    Station {
        emergency: loaphuong::model::station::EmergencyRules::default(),
        id: "tam-ky-01".parse().unwrap(),
        name: "Đài truyền thanh phường An Xuân".to_owned(),
        zone_name: "Asia/Ho_Chi_Minh".to_owned(),
        zone: jiff::tz::TimeZone::fixed(jiff::tz::offset(7)),
        paths: Paths { communes: "/c".into(), audio: "/a".into(), state: "/s".into() },
        http: Http { listen: "127.0.0.1:8080".parse().unwrap(), loopback: LoopbackReading::Open },
        outputs: vec![Output {
            sink: None,
            night: None,
            test_before: None,
            listen: None,
            id: "loa-phuong".parse().unwrap(),
            name: "Loa phường".to_owned(),
            channel: Channel::Commune,
            kind: OutputKind::Auto,
            volume: Lufs(-16.0),
            lead_in: Duration::ZERO,
            amplifier: None,
        }],
        communes: vec![
            commune("an-xuan", "Phường An Xuân", vec![bound, quota("hoc-sinh", Period::Month(Closing::Day(25)))]),
            commune(
                "truong-xuan",
                "Phường Trường Xuân",
                vec![quota("diem-sang", Period::Day), quota("ca-nam", Period::Year(Closing::LastDay))],
            ),
        ],
        revision: Revision("sha256:1".to_owned()),
    }
}

fn quota(id: &str, period: Period) -> Quota {
    Quota {
        id: id.parse().unwrap(),
        name: id.to_owned(),
        basis: None,
        from: None,
        until: None,
        period,
        airings: 4,
        at_least: Vec::new(),
        channel: Channel::Commune,
        partial_period: PartialPeriod::Full,
        count: Count::Airings,
        make_good: None,
    }
}

fn library_of_two() -> Library {
    let sound = Sound {
        silent_start: Duration::ZERO,
        silent_end: Duration::ZERO,
        levels: Vec::new(),
        copy: None,
        hash: ClipHash(format!("sha256:{}", "b".repeat(64))),
        format: "MP3".to_owned(),
        duration: Duration::from_millis(62_100),
        rate: Hertz(44_100),
        channels: 1,
        loudness: Some(Lufs(-18.23)),
        peak: Decibel(-1.5),
    };
    let clip = |path: &str, sound: Option<Sound>, faults: Vec<ClipFault>| Clip {
        path: path.parse().unwrap(),
        file: format!("/a/{path}").into(),
        topic: path.split('/').next().and_then(|t| t.parse().ok()),
        size: 1_000_000,
        sound,
        faults,
    };
    let clips = [
        clip("bhxh-tu-nguyen/loi-ich.mp3", Some(sound), Vec::new()),
        clip("bhyt-ho-gia-dinh/hong.mp3", None, vec![ClipFault::Damaged]),
    ];
    Library { clips: clips.into_iter().map(|c| (c.path.clone(), c)).collect(), scanned_at: None }
}
