//! A station for one test: its folder, the running daemon, its answers over HTTP. Effects: files, processes, sockets.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use loaphuong::clock;
use loaphuong::model::fault::Fault;
use loaphuong::model::query::Row;
use loaphuong::model::status::Status;
use loaphuong::model::time::Mono;
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;

use crate::rig::{Rig, now, wait_until};

/// How loud the station plays, in LUFS: soft enough that no clip of these tests runs into the peak limit.
pub(crate) const VOLUME: f64 = -20.0;
/// How long before its first slot a station is started: opening the folder, measuring the clips, opening the device.
const AHEAD: SignedDuration = SignedDuration::from_secs(8);

/// A slot of the schedule.
pub(crate) struct Slot {
    /// Its id.
    pub(crate) id: String,
    /// The folder of its clips.
    pub(crate) topic: &'static str,
    /// Cron of six fields.
    pub(crate) cron: String,
    /// How late it may begin.
    pub(crate) start_within: &'static str,
    /// Further lines of TOML.
    pub(crate) more: &'static str,
}

impl Slot {
    /// One occurrence, at this time, of a slot that is named like the folder of its clips.
    pub(crate) fn once(topic: &'static str, at: Timestamp) -> Self {
        let local = at.to_zoned(zone());
        let cron = local.strftime("%-S %-M %-H %-d %-m *").to_string();
        Self { id: topic.to_owned(), topic, cron, start_within: "30s", more: "" }
    }
}

/// An output beside the card.
pub(crate) struct Other {
    /// Its id, and its name.
    pub(crate) id: &'static str,
    /// Its kind, and what belongs to it: lines of TOML.
    pub(crate) keys: String,
}

fn zone() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
}

/// A whole second that leaves a station time to start.
pub(crate) fn soon() -> Timestamp {
    let at = clock::now().wall + AHEAD;
    Timestamp::from_second(at.as_second() + 1).unwrap()
}

/// The wall clock's time at a monotonic instant.
pub(crate) fn wall_at(at: Mono) -> Timestamp {
    clock::now().wall_at(at)
}

/// A running station.
pub(crate) struct Station {
    child: Child,
    address: SocketAddr,
    said: Arc<Mutex<Vec<(Mono, String)>>>,
    state: PathBuf,
}

/// The folder of a station in which clips can be put before it starts.
pub(crate) fn audio(rig: &Rig, slot: &str) -> PathBuf {
    let folder = rig.path("audio").join(slot);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn write_config(rig: &Rig, lead_in: &str, others: &[Other], slots: &[Slot]) {
    let mut station = format!(
        "[station]\nid = \"thu\"\nname = \"Đài thử\"\ntimezone = \"Asia/Ho_Chi_Minh\"\n\
         [paths]\naudio = \"../audio\"\nstate = \"../state\"\n\
         [http]\nlisten = \"127.0.0.1:0\"\n\
         [[output]]\nid = \"loa\"\nname = \"Loa thử\"\nchannel = \"commune\"\nkind = \"device\"\n\
         volume_lufs = {VOLUME:?}\nlead_in = \"{lead_in}\"\n"
    );
    let mut ids = "\"loa\"".to_owned();
    for Other { id, keys } in others {
        write!(station, "[[output]]\nid = \"{id}\"\nname = \"{id}\"\nvolume_lufs = {VOLUME:?}\n{keys}\n").unwrap();
        write!(ids, ", \"{id}\"").unwrap();
    }
    let mut commune = format!(
        "[commune]\nid = \"xa\"\nname = \"Xã thử\"\noutputs = [{ids}]\n\
         [hours]\nallowed = [\"00:00-24:00\"]\nbasis = \"Thử\"\n"
    );
    for Slot { id, topic, cron, start_within, more } in slots {
        writeln!(
            commune,
            "[[slot]]\nid = \"{id}\"\nname = \"{id}\"\ncron = \"{cron}\"\ntopics = [\"{topic}\"]\n\
             start_within = \"{start_within}\"\n{more}"
        )
        .unwrap();
    }
    fs::create_dir_all(rig.path("config/communes")).unwrap();
    fs::write(rig.path("config/station.toml"), station).unwrap();
    fs::write(rig.path("config/communes/xa.toml"), commune).unwrap();
}

impl Station {
    /// Starts the daemon in the rig's environment, with these slots.
    pub(crate) fn start(rig: &Rig, slots: &[Slot]) -> Self {
        Self::start_with(rig, "500ms", slots)
    }

    /// The same with a lead-in of its own.
    pub(crate) fn start_with(rig: &Rig, lead_in: &str, slots: &[Slot]) -> Self {
        Self::start_on(rig, lead_in, &[], slots)
    }

    /// The same with further outputs beside the card, on which everything airs, too.
    pub(crate) fn start_on(rig: &Rig, lead_in: &str, others: &[Other], slots: &[Slot]) -> Self {
        write_config(rig, lead_in, others, slots);
        let mut child = Command::new(env!("CARGO_BIN_EXE_loaphuong"))
            .arg("--config")
            .arg(rig.path("config"))
            .arg("run")
            .envs(rig.env())
            .env_remove("LOAPHUONG_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        listen(child.stderr.take().unwrap(), Arc::clone(&said));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next().and_then(Result::ok).unwrap_or_else(|| panic!("no address: {said:?}"));
        let address = line.split_once("http://").and_then(|(_, rest)| rest.split_once('/')).map(|(a, _)| a);
        let address = address.unwrap_or_else(|| panic!("no address: {line}")).parse().unwrap();
        Self { child, address, said, state: rig.path("state") }
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Status and body of a `GET`.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let mut socket = TcpStream::connect_timeout(&self.address, Duration::from_secs(2)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        write!(socket, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// Status and body of a `POST` by this PC's operator.
    pub(crate) fn post(&self, path: &str, body: &str) -> (u16, String) {
        let token = fs::read_to_string(self.state.join("operator.token")).unwrap();
        let mut socket = TcpStream::connect_timeout(&self.address, Duration::from_secs(2)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        write!(
            socket,
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            token.trim(),
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// `GET /v1/status`.
    pub(crate) fn status(&self) -> Status {
        serde_json::from_str(&self.get("/v1/status").1).unwrap()
    }

    /// All rows, the oldest first.
    pub(crate) fn rows(&self) -> Vec<Row> {
        #[derive(Deserialize)]
        struct List {
            airings: Vec<Row>,
        }
        let list: List = serde_json::from_str(&self.get("/v1/airings?limit=1000").1).unwrap();
        list.airings.into_iter().rev().collect()
    }

    /// Waits for so many rows.
    pub(crate) fn wait_rows(&self, count: usize, patience: Duration) -> Vec<Row> {
        let mut rows = Vec::new();
        let begun = now();
        while rows.len() < count {
            assert!(now().since(begun) < patience, "no {count} rows in {patience:?}: {rows:#?}\n{}", self.log());
            thread::sleep(Duration::from_millis(100));
            rows = self.rows();
        }
        rows
    }

    /// Waits for the only row.
    pub(crate) fn wait_row(&self, patience: Duration) -> Row {
        self.wait_rows(1, patience).remove(0)
    }

    /// Waits until the device has consumed this much of what is on air.
    pub(crate) fn wait_played(&self, seconds: f64) {
        wait_until("sound", Duration::from_secs(20), || {
            self.status().on_air.iter().any(|on_air| on_air.played_s.0 >= seconds)
        });
    }

    /// Waits for this fault; the daemon must answer that it is alive all the time.
    pub(crate) fn wait_fault(&self, code: &str, patience: Duration) -> (Fault, Duration) {
        let begun = now();
        loop {
            assert_eq!(self.get("/healthz").0, 200);
            let faults = self.status().faults;
            if let Some(fault) = faults.iter().find(|fault| fault.code == code) {
                return (fault.clone(), now().since(begun));
            }
            assert!(now().since(begun) < patience, "no {code} in {patience:?}: {faults:?}\n{}", self.log());
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// Does it show this fault now?
    pub(crate) fn has_fault(&self, code: &str) -> bool {
        self.status().faults.iter().any(|fault| fault.code == code)
    }

    /// What it complained of since then: lines of its log of the levels WARN and ERROR.
    pub(crate) fn complaints(&self, since: Mono) -> Vec<String> {
        let said = self.said.lock().unwrap();
        let bad = |line: &&(Mono, String)| {
            line.0 >= since && [" WARN ", " ERROR "].iter().any(|level| line.1.contains(level))
        };
        said.iter().filter(bad).map(|(_, line)| line.clone()).collect()
    }

    /// All that it logged.
    pub(crate) fn log(&self) -> String {
        let said = self.said.lock().unwrap();
        said.iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// Its players, by process id.
    pub(crate) fn players(&self) -> Vec<u32> {
        self.children("loaphuong-play")
    }

    /// The players that it keeps ready, by process id.
    pub(crate) fn spares(&self) -> Vec<u32> {
        self.children("loaphuong-spare")
    }

    fn children(&self, name: &str) -> Vec<u32> {
        let mut found = Vec::new();
        for task in fs::read_dir(format!("/proc/{}/task", self.pid())).unwrap().flatten() {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            let children = children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok());
            let called = |pid: &u32| fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim() == name;
            found.extend(children.filter(called));
        }
        found
    }

    /// Holds the daemon while something is done: it begins nothing meanwhile.
    pub(crate) fn held<T>(&self, meanwhile: impl FnOnce() -> T) -> T {
        let signal = |signal| kill_process(Pid::from_child(&self.child), signal).unwrap();
        signal(Signal::STOP);
        let done = meanwhile();
        signal(Signal::CONT);
        done
    }

    /// Kills the player that is on air.
    pub(crate) fn kill_player(&self) {
        let players = self.players();
        let [player] = players[..] else { panic!("players {players:?}") };
        kill_process(Pid::from_raw(i32::try_from(player).unwrap()).unwrap(), Signal::KILL).unwrap();
    }

    /// Processor time of the daemon and of all its children, those that have gone included.
    pub(crate) fn cpu(&self) -> Duration {
        let living: Duration = [self.players(), self.spares()].concat().into_iter().map(|pid| ticks(pid, 2)).sum();
        ticks(self.pid(), 4) + living
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The first `count` of: user and system time, and the same of children that were waited for.
fn ticks(pid: u32, count: usize) -> Duration {
    // A player may have gone in the meantime: then the daemon's account has its time.
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return Duration::ZERO };
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace().skip(11).take(count);
    Duration::from_millis(fields.map(|ticks| ticks.parse::<u64>().unwrap() * 10).sum())
}

/// Keeps what the daemon logs, with the time when it was read.
fn listen(stderr: ChildStderr, said: Arc<Mutex<Vec<(Mono, String)>>>) {
    thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            said.lock().unwrap().push((now(), line));
        }
    });
}
