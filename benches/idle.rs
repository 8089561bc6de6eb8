//! What idling costs: wake-ups, processor time and memory of a station with nothing to do for a minute, and of MPD
//! beside it where that is installed. Runs the program; `cargo bench --bench idle`.

use std::error::Error;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

/// How long a program may take to become ready, and then to come to rest.
const START: Duration = Duration::from_secs(20);
const SETTLE: Duration = Duration::from_secs(10);
const MEASURED: Duration = Duration::from_mins(1);

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    println!("{:<12} {:>12} {:>10} {:>10}", "", "wake-ups/s", "CPU %", "RSS MiB");
    loaphuong()?;
    match mpd() {
        Ok(()) => Ok(()),
        Err(why) => {
            println!("{:<12} not measured: {why}", "mpd");
            Ok(())
        }
    }
}

fn loaphuong() -> Outcome<()> {
    let folder = TempDir::new()?;
    let address = free_address()?;
    write_station(folder.path(), address)?;
    let mut program = Command::new(env!("CARGO_BIN_EXE_loaphuong"));
    program.arg("--config").arg(folder.path()).arg("run");
    let child = Running(program.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
    wait_until(|| healthy(address))?;
    report("loaphuong", &child)
}

/// A station with one slot, on 1 January at three in the morning.
fn write_station(folder: &Path, address: SocketAddr) -> Outcome<()> {
    fs::create_dir_all(folder.join("communes"))?;
    fs::create_dir_all(folder.join("audio"))?;
    let station = format!(
        "[station]\nid = \"thu\"\nname = \"Thử\"\ntimezone = \"Asia/Ho_Chi_Minh\"\n\
         [paths]\ncommunes = \"communes\"\naudio = \"audio\"\nstate = \"state\"\n\
         [http]\nlisten = \"{address}\"\n\
         [[output]]\nid = \"loa\"\nname = \"Loa\"\nchannel = \"commune\"\nkind = \"null\"\n"
    );
    let commune = "[commune]\nid = \"thu\"\nname = \"Thử\"\noutputs = [\"loa\"]\n\
                   [[slot]]\nid = \"xa\"\nname = \"Xa\"\ncron = \"0 3 1 1 *\"\ntopics = [\"thong-bao\"]\n";
    fs::write(folder.join("station.toml"), station)?;
    fs::write(folder.join("communes/thu.toml"), commune)?;
    Ok(())
}

fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn healthy(address: SocketAddr) -> bool {
    let ask = || -> Outcome<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

fn mpd() -> Outcome<()> {
    let folder = TempDir::new()?;
    let at = folder.path().display();
    fs::create_dir(folder.path().join("music"))?;
    let config = format!(
        "music_directory \"{at}/music\"\ndb_file \"{at}/db\"\nstate_file \"{at}/state\"\nbind_to_address \"{at}/socket\"\n\
         audio_output {{\n  type \"null\"\n  name \"null\"\n}}\n"
    );
    let file = folder.path().join("mpd.conf");
    fs::write(&file, config)?;
    let mut program = Command::new("mpd");
    program.args(["--no-daemon", "--stderr"]).arg(&file);
    let child = Running(program.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
    wait_until(|| folder.path().join("socket").exists())?;
    report("mpd", &child)
}

fn wait_until(ready: impl Fn() -> bool) -> Outcome<()> {
    let pause = Duration::from_millis(100);
    let tries = START.as_millis() / pause.as_millis();
    let came = (0..tries).any(|_| {
        sleep(pause);
        ready()
    });
    if came { Ok(()) } else { Err(format!("not ready within {} s", START.as_secs()).into()) }
}

/// Measures for a minute and prints one line.
fn report(name: &str, child: &Running) -> Outcome<()> {
    sleep(SETTLE);
    let before = Usage::of(child.0.id())?;
    sleep(MEASURED);
    let after = Usage::of(child.0.id())?;
    let seconds = MEASURED.as_secs_f64();
    let wakes = f64::from(after.switches.saturating_sub(before.switches)) / seconds;
    let busy = after.busy.saturating_sub(before.busy).as_secs_f64() / seconds * 100.0;
    let memory = f64::from(after.resident_kib) / 1024.0;
    println!("{name:<12} {wakes:>12.3} {busy:>10.3} {memory:>10.1}");
    Ok(())
}

/// What the kernel has counted of a process, all its threads together.
struct Usage {
    /// How often a thread came to run after it had waited.
    switches: u32,
    /// Time on a processor.
    busy: Duration,
    resident_kib: u32,
}

impl Usage {
    fn of(process: u32) -> Outcome<Self> {
        let mut usage = Self { switches: 0, busy: Duration::ZERO, resident_kib: 0 };
        for task in fs::read_dir(format!("/proc/{process}/task"))? {
            let task = task?.path();
            let status = fs::read_to_string(task.join("status"))?;
            usage.switches += field(&status, "voluntary_ctxt_switches:")?;
            usage.resident_kib = field(&status, "VmRSS:")?;
            let schedule = fs::read_to_string(task.join("schedstat"))?;
            let nanos = schedule.split_whitespace().next().ok_or("empty schedstat")?;
            usage.busy += Duration::from_nanos(nanos.parse()?);
        }
        Ok(usage)
    }
}

/// The number after `name` at the beginning of a line.
fn field(status: &str, name: &str) -> Outcome<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or_else(|| format!("no {name}"))?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// A program that ends when the measurement does.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if let Err(why) = self.0.kill().and_then(|()| self.0.wait()) {
            println!("process {} could not be ended: {why}", self.0.id());
        }
    }
}
