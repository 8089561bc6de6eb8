//! A station in a folder of its own, and its daemon as a process that ends with the test. Effects: processes, files.

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Zoned};
use loaphuong::clock;
use loaphuong::model::time::Mono;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::http::{self, Answer};
use crate::sound;

/// How long anything may take on the slowest machine before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// Variables of the surrounding that would change what the program does.
const FOREIGN: [&str; 6] =
    ["LOAPHUONG_LANG", "LOAPHUONG_LOG", "NOTIFY_SOCKET", "WATCHDOG_USEC", "STATE_DIRECTORY", "JOURNAL_STREAM"];

/// The monotonic clock.
pub(crate) fn mono() -> Mono {
    clock::mono()
}

/// Waits until `look` finds something, with bounded patience.
pub(crate) fn wait<T>(what: &str, patience: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = mono();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(mono().since(begun) < patience, "waited {patience:?} for {what}");
        thread::sleep(Duration::from_millis(25));
    }
}

/// Runs cases side by side, for they mostly wait; says which have failed.
pub(crate) fn together(cases: &[(&'static str, fn())]) {
    let failed: Vec<&str> = thread::scope(|scope| {
        let start = |(name, case): &(&'static str, fn())| {
            (*name, thread::Builder::new().name((*name).to_owned()).spawn_scoped(scope, *case).unwrap())
        };
        let running: Vec<_> = cases.iter().map(start).collect();
        running.into_iter().filter_map(|(name, case)| case.join().is_err().then_some(name)).collect()
    });
    assert!(failed.is_empty(), "{failed:?}");
}

/// Waits until the wall clock shows `at`.
pub(crate) fn sleep_until(at: &Zoned) {
    let left = at.timestamp().duration_since(clock::now().wall);
    thread::sleep(Duration::try_from(left).unwrap_or_default());
}

/// A station: its files, and where it answers.
pub(crate) struct Station {
    folder: tempfile::TempDir,
    pub(crate) addr: SocketAddr,
    pub(crate) kind: &'static str,
    /// More lines for the output in `station.toml`.
    pub(crate) output: String,
    slots: RefCell<String>,
    /// What the daemon's surrounding says besides.
    pub(crate) env: Vec<(&'static str, String)>,
    /// What runs the daemon: nothing, or a command that becomes it.
    pub(crate) under: Vec<String>,
}

impl Station {
    /// A station without slots or clips, whose output is a file. It answers at an address of its own, so that no two
    /// tests can ever want the same port.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU16 = AtomicU16::new(1);
        let [high, low] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let process = u8::try_from(std::process::id() % 200).unwrap() + 20;
        let ip = Ipv4Addr::new(127, process, high, low);
        let addr = TcpListener::bind((ip, 0)).unwrap().local_addr().unwrap();
        let folder = tempfile::Builder::new().prefix("station").tempdir().unwrap();
        fs::create_dir_all(folder.path().join("config/communes")).unwrap();
        fs::create_dir_all(folder.path().join("audio/tin")).unwrap();
        let (slots, output) = (RefCell::default(), String::new());
        Self { folder, addr, kind: "wav", output, slots, env: Vec::new(), under: Vec::new() }
    }

    /// The same, in which neither ALSA nor PulseAudio finds anything.
    pub(crate) fn without_card() -> Self {
        let mut station = Self::new();
        let path = |name: &str| station.path(name).to_str().unwrap().to_owned();
        fs::write(station.path("asound.conf"), "").unwrap();
        station.env = vec![
            ("XDG_RUNTIME_DIR", path("")),
            ("HOME", path("")),
            ("PULSE_SERVER", format!("unix:{}", path("no-pulse"))),
            ("ALSA_CONFIG_PATH", path("asound.conf")),
        ];
        station.kind = "auto";
        station
    }

    /// A variable of its programs' surrounding.
    pub(crate) fn set_env(&mut self, name: &'static str, value: String) {
        self.env.push((name, value));
    }

    /// A path in the station's folder.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// The time in so many seconds, on a whole second, in the station's zone.
    pub(crate) fn in_seconds(seconds: i64) -> Zoned {
        let at = clock::now().wall + SignedDuration::from_secs(seconds);
        let whole = jiff::Timestamp::from_second(at.as_second() + i64::from(at.subsec_nanosecond() > 0)).unwrap();
        whole.in_tz("Asia/Ho_Chi_Minh").unwrap()
    }

    /// A tune of so many seconds as a clip; the samples that were written.
    pub(crate) fn clip(&self, below: &str, seconds: f32, low: f32) -> Vec<i16> {
        let samples = sound::tune(seconds, low);
        let path = self.path("audio").join(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        sound::write(&path, &samples);
        samples
    }

    /// A slot on one second of one day, with more lines of its own; says the id of its airing. Not written yet.
    pub(crate) fn slot(&self, id: &str, at: &Zoned, lines: &str) -> String {
        self.rule(id, &at.strftime("%-S %-M %-H %-d %-m *").to_string(), lines);
        let form = if at.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" };
        format!("an-xuan/{id}@{}", at.strftime(form))
    }

    /// A slot by a rule of cron, with more lines of its own. Not written yet.
    pub(crate) fn rule(&self, id: &str, cron: &str, lines: &str) {
        let slot = format!("[[slot]]\nid = \"{id}\"\nname = \"Khung {id}\"\ncron = \"{cron}\"\n{lines}\n");
        self.slots.borrow_mut().push_str(&slot);
    }

    /// The text of the commune's file, as the slots stand now.
    pub(crate) fn commune(&self) -> String {
        let slots = self.slots.borrow();
        let empty = if slots.is_empty() { "empty = true\n" } else { "" };
        format!(
            "[commune]\nid = \"an-xuan\"\nname = \"Phường An Xuân\"\noutputs = [\"loa\"]\n{empty}\
             [hours]\nallowed = [\"00:00-24:00\"]\nbasis = \"thử\"\n{slots}"
        )
    }

    /// The text of `station.toml`.
    pub(crate) fn station(&self) -> String {
        let (addr, kind, output) = (self.addr, self.kind, &self.output);
        format!(
            "[station]\nid = \"thu\"\nname = \"Đài thử\"\ntimezone = \"Asia/Ho_Chi_Minh\"\n[http]\nlisten = \"{addr}\"\n\
             [[output]]\nid = \"loa\"\nname = \"Loa thử\"\nchannel = \"commune\"\nkind = \"{kind}\"\n\
             lead_in = \"100ms\"\n{output}"
        )
    }

    /// Saves both files as editors do: a new file renamed over the old one.
    pub(crate) fn save(&self) {
        for (file, text) in [("station.toml", self.station()), ("communes/an-xuan.toml", self.commune())] {
            let path = self.path("config").join(file);
            fs::write(path.with_extension("new"), text).unwrap();
            fs::rename(path.with_extension("new"), path).unwrap();
        }
    }

    /// Saves the files and starts the daemon; waits until it is healthy.
    pub(crate) fn start(&self) -> Daemon<'_> {
        self.save();
        self.start_with(&[])
    }

    /// Starts the daemon on the files as they are; waits until it is healthy.
    pub(crate) fn start_with(&self, args: &[&str]) -> Daemon<'_> {
        let mut daemon = self.spawn(args);
        let ended = daemon.ended_instead_of_answering();
        assert!(ended.is_none(), "the daemon ended: {ended:?}");
        daemon
    }

    /// Starts the daemon and does not wait.
    pub(crate) fn spawn(&self, args: &[&str]) -> Daemon<'_> {
        let log = |name: &str| -> File { OpenOptions::new().create(true).append(true).open(self.path(name)).unwrap() };
        let mut command = self.command(&self.under);
        command.arg("run").args(args).stdout(log("stdout")).stderr(log("stderr"));
        Daemon { station: self, child: command.spawn().unwrap() }
    }

    fn command(&self, under: &[String]) -> Command {
        let program = env!("CARGO_BIN_EXE_loaphuong");
        let mut command = Command::new(under.first().map_or(program, String::as_str));
        if !under.is_empty() {
            command.args(&under[1..]).arg(program);
        }
        for name in FOREIGN {
            command.env_remove(name);
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value))).env("NO_COLOR", "1");
        command.arg("--config").arg(self.path("config")).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Runs one of the program's commands to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(&[]).args(args).output().unwrap()
    }

    /// Runs a command that must succeed; what it printed.
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that must succeed and print JSON.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.ok(args)).unwrap()
    }

    /// What the daemon has printed since the first start.
    pub(crate) fn printed(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// The journal's chain holds.
    pub(crate) fn verify(&self) {
        self.ok(&["verify"]);
    }
}

/// Standard output and error of a command.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A running daemon. However the test ends, it and its children are gone afterwards.
pub(crate) struct Daemon<'a> {
    pub(crate) station: &'a Station,
    child: Child,
}

impl Daemon<'_> {
    /// Asks `GET target`.
    pub(crate) fn get(&self, target: &str) -> Answer {
        http::get(self.station.addr, target).unwrap_or_else(|| panic!("no answer to {target}"))
    }

    /// Asks `POST target` as this PC's operator.
    pub(crate) fn post(&self, target: &str, body: &str) -> Answer {
        let token = fs::read_to_string(self.station.path("state/operator.token")).unwrap();
        http::post(self.station.addr, target, token.trim(), body).unwrap_or_else(|| panic!("no answer to {target}"))
    }

    /// The status.
    pub(crate) fn status(&self) -> Value {
        self.get("/v1/status").json()
    }

    /// Waits until the status has something at a JSON pointer that pleases.
    pub(crate) fn wait_status(&self, what: &str, mut look: impl FnMut(&Value) -> bool) -> Value {
        wait(what, PATIENCE, || Some(self.status()).filter(&mut look))
    }

    /// Waits until an airing sounds; says how long it has.
    pub(crate) fn wait_sounding(&self, id: &str, seconds: f64) -> f64 {
        wait(&format!("{id} on air for {seconds} s"), PATIENCE, || {
            let status = self.status();
            let on_air = status["on_air"].as_array().unwrap();
            let of_id = on_air.iter().find(|o| o["id"] == id && o["sound"] == "sounding")?;
            of_id["played_s"].as_f64().filter(|played| *played >= seconds)
        })
    }

    /// Waits for the one final row of an airing.
    pub(crate) fn wait_row(&self, id: &str) -> Value {
        self.wait_row_for(id, PATIENCE)
    }

    /// The same, with patience of one's own.
    pub(crate) fn wait_row_for(&self, id: &str, patience: Duration) -> Value {
        wait(&format!("the row of {id}"), patience, || {
            let answer = self.get(&format!("/v1/airings/{id}"));
            (answer.status == 200).then(|| answer.json())
        })
    }

    /// Waits until the library has been read.
    pub(crate) fn wait_scanned(&self) -> Value {
        wait("the library", PATIENCE, || {
            Some(self.get("/v1/clips").json()).filter(|clips| !clips["scanned_at"].is_null())
        })
    }

    /// The processes that it has started and that make sound.
    pub(crate) fn players(&self) -> Vec<Pid> {
        self.children("loaphuong-play")
    }

    /// The processes that it keeps ready for an emergency.
    pub(crate) fn spares(&self) -> Vec<Pid> {
        self.children("loaphuong-spare")
    }

    fn children(&self, name: &str) -> Vec<Pid> {
        let (name, mine) = (format!("Name:\t{name}\n"), format!("PPid:\t{}\n", self.child.id()));
        let player = |pid: &i32| {
            let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            status.contains(&mine) && status.starts_with(&name)
        };
        let all = fs::read_dir("/proc").unwrap().filter_map(|e| e.ok()?.file_name().to_str()?.parse().ok());
        all.filter(player).filter_map(Pid::from_raw).collect()
    }

    /// Waits until exactly one process makes sound.
    pub(crate) fn wait_player(&self) -> Pid {
        wait("a player", PATIENCE, || match self.players()[..] {
            [one] => Some(one),
            _ => None,
        })
    }

    /// Its process.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// SIGKILL, as the kernel does when memory is short.
    pub(crate) fn kill9(mut self) {
        self.signal(Signal::KILL);
        assert_eq!(self.child.wait().unwrap().signal(), Some(9));
    }

    /// SIGTERM; how it ended and how long that took.
    pub(crate) fn stop(mut self) -> (ExitStatus, Duration) {
        let begun = mono();
        self.signal(Signal::TERM);
        let status = wait("the end", PATIENCE, || self.child.try_wait().unwrap());
        (status, mono().since(begun))
    }

    /// How it ended, if it does not come to answering.
    pub(crate) fn ended_instead_of_answering(&mut self) -> Option<ExitStatus> {
        wait("an answer or the end", 3 * PATIENCE, || match self.child.try_wait().unwrap() {
            Some(status) => Some(Some(status)),
            None => http::get(self.station.addr, "/healthz").filter(|answer| answer.status == 200).map(|_| None),
        })
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait_end(mut self) -> ExitStatus {
        wait("the end", PATIENCE, || self.child.try_wait().unwrap())
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            let players = [self.players(), self.spares()].concat();
            self.child.kill().unwrap_or_default();
            self.child.wait().map(drop).unwrap_or_default();
            for player in players {
                // Ends by itself now that its parent is gone; if not, that is a finding of another test.
                let begun = mono();
                while alive(player) && mono().since(begun) < Duration::from_secs(2) {
                    thread::sleep(Duration::from_millis(20));
                }
                kill_process(player, Signal::KILL).unwrap_or_default();
            }
        }
        if thread::panicking() {
            eprintln!("{}{}", self.station.printed("stdout"), self.station.printed("stderr"));
        }
    }
}

/// Does this process still run? One that has ended and that nobody has asked after is not alive.
pub(crate) fn alive(process: Pid) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", process.as_raw_nonzero()));
    status.is_ok_and(|status| !status.contains("\nState:\tZ"))
}

/// The recording that a row names.
pub(crate) fn heard(station: &Station, row: &Value) -> PathBuf {
    let below = row["outputs"][0]["heard"].as_str().unwrap_or_else(|| panic!("nothing heard: {row}"));
    station.path("state").join(Path::new(below))
}
