//! A real Icecast server for one test, its listeners and further sources. Effects: processes, loopback sockets, files, time.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use loaphuong::model::station::{Mount, OutputKind, Secret};
use rustix::process::{Pid, Signal, geteuid, kill_process};

use crate::rig::{Recording, matches, wait_until};

/// Whoever knows it may be a source.
const PASSWORD: &str = "mật khẩu nguồn";
/// On this mount everybody may be a source, and nobody may listen.
pub(crate) const CLOSED: &str = "/kin.opus";
/// `admin:admin`
const ADMIN: &str = "Authorization: Basic YWRtaW46YWRtaW4=\r\n";
const PATIENCE: Duration = Duration::from_secs(10);

/// An Icecast server on a port of its own. Gone with the value.
pub(crate) struct Icecast {
    folder: tempfile::TempDir,
    port: u16,
    server: Option<Child>,
}

impl Icecast {
    /// A running server.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("icecast").tempdir().unwrap();
        let mut icecast = Self { folder, port: free_port(), server: None };
        icecast.start();
        icecast
    }

    /// Starts the server (again), on the same port.
    ///
    /// Icecast 2.4 crashes if somebody calls in the moment in which it starts, and a player that was cut off does: then it
    /// is started once more.
    pub(crate) fn start(&mut self) {
        assert!(self.server.is_none(), "it runs already");
        for _ in 0..5 {
            let mut server = self.spawn();
            let ready = |text: String| text.contains("get_ssl_certificate");
            let mut lives = || server.try_wait().unwrap().is_none();
            wait_until("Icecast", PATIENCE, || !lives() || fs::read_to_string(self.log()).is_ok_and(ready));
            thread::sleep(Duration::from_millis(250));
            if lives() && self.ask("/admin/stats", ADMIN).contains("<icestats>") && lives() {
                self.server = Some(server);
                return;
            }
            server.kill().ok();
            server.wait().unwrap();
        }
        panic!("Icecast does not start: {}", fs::read_to_string(self.log()).unwrap());
    }

    fn spawn(&self) -> Child {
        let file = self.folder.path().join("icecast.xml");
        fs::write(&file, config(self.port)).unwrap();
        let mut command = Command::new("icecast2");
        command.arg("-c").arg(&file).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(fs::File::create(self.log()).unwrap());
        command.spawn().expect("Icecast must be installed (package icecast2): script/test does it")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// The address of a mount: `/xa.opus`.
    pub(crate) fn url(&self, mount: &str) -> String {
        format!("http://127.0.0.1:{}{mount}", self.port)
    }

    /// An output that is the source of this mount.
    pub(crate) fn output(&self, mount: &str) -> OutputKind {
        self.output_as(mount, PASSWORD)
    }

    /// The same with another password.
    pub(crate) fn output_as(&self, mount: &str, password: &str) -> OutputKind {
        let password = Secret(password.to_owned());
        OutputKind::Icecast(Mount { url: self.url(mount), user: "source".to_owned(), password, bitrate: 64 })
    }

    /// The same as lines of a station's TOML.
    pub(crate) fn keys(&self, mount: &str) -> String {
        format!("kind = \"icecast\"\nurl = \"{}\"\npassword = \"{PASSWORD}\"", self.url(mount))
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(self.server.as_ref().expect("a server")), signal).unwrap();
    }

    /// Kills the server, as a crash does.
    pub(crate) fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.server.take().unwrap().wait().unwrap();
    }

    /// Stops the server in its tracks, as a hung one.
    pub(crate) fn hang(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets a hung server go on.
    pub(crate) fn unhang(&self) {
        self.signal(Signal::CONT);
    }

    /// How many listeners a mount has; nothing if it has no source.
    pub(crate) fn listeners(&self, mount: &str) -> Option<u32> {
        let stats = self.ask("/admin/stats", ADMIN);
        let source = stats.split_once(&format!("<source mount=\"{mount}\">"))?.1;
        source.split_once("<listeners>")?.1.split_once('<')?.0.parse().ok()
    }

    /// The answer to a question, as far as it comes.
    fn ask(&self, path: &str, fields: &str) -> String {
        let mut answer = Vec::new();
        if let Ok(mut socket) = self.request(path, fields) {
            // A server that dies in the middle has answered as much as it has.
            socket.read_to_end(&mut answer).ok();
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn request(&self, path: &str, fields: &str) -> io::Result<TcpStream> {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(socket, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n{fields}\r\n")?;
        Ok(socket)
    }

    /// Begins to listen to a mount that has its source.
    pub(crate) fn listen(&self, mount: &str) -> Listener {
        let before = self.listeners(mount);
        let socket = self.request(mount, "").unwrap();
        let mut stream = socket.try_clone().unwrap();
        let hear = move || {
            let mut bytes = Vec::new();
            // A server that was killed ends with an error; what came before is there.
            stream.read_to_end(&mut bytes).ok();
            let head = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("no answer") + 4;
            let answer = String::from_utf8_lossy(&bytes[..head]).into_owned();
            assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
            Heard(bytes.split_off(head))
        };
        let hearing = thread::spawn(hear);
        wait_until("a listener", PATIENCE, || self.listeners(mount) > before);
        Listener { socket, hearing }
    }

    /// Another source, as studios have one: plays a file into a mount in real time, over and over. `form` is what ffmpeg
    /// makes of it, such as `&["-c:a", "libmp3lame", "-content_type", "audio/mpeg", "-f", "mp3"]`.
    pub(crate) fn source(&self, mount: &str, file: &Path, form: &[&str]) -> Source {
        let password = PASSWORD.bytes().fold(String::new(), |mut text, byte| {
            write!(text, "%{byte:02x}").unwrap();
            text
        });
        let child = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i"])
            .arg(file)
            .args(form)
            .arg(format!("icecast://source:{password}@127.0.0.1:{}{mount}", self.port))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("ffmpeg must be installed");
        wait_until("a source", PATIENCE, || self.listeners(mount).is_some());
        Source(child)
    }
}

impl Drop for Icecast {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().ok();
            server.wait().ok();
        }
    }
}

/// A port that nobody has, and that no connection gets by chance while the server starts, or starts again: the kernel
/// gives those from 32,768 on.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 10_000).unwrap();
    let mut ports = (0..10_000).map(|_| 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000);
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a free port")
}

/// The server runs as whoever runs the tests, but refuses to run as root: there it becomes `nobody`, once it has read this.
fn config(port: u16) -> String {
    let owner = "<changeowner><user>nobody</user><group>nogroup</group></changeowner>";
    let owner = if geteuid().is_root() { owner } else { "" };
    format!(
        "<icecast><hostname>127.0.0.1</hostname><location>thử</location><admin>thu@localhost</admin>\
         <limits><clients>50</clients><sources>10</sources><source-timeout>10</source-timeout></limits>\
         <authentication><source-password>{PASSWORD}</source-password>\
         <admin-user>admin</admin-user><admin-password>admin</admin-password></authentication>\
         <listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>\
         <mount type=\"normal\"><mount-name>{CLOSED}</mount-name><max-listeners>0</max-listeners></mount>\
         <paths><logdir>/tmp</logdir><webroot>/usr/share/icecast2/web</webroot>\
         <adminroot>/usr/share/icecast2/admin</adminroot></paths>\
         <logging><accesslog>-</accesslog><errorlog>-</errorlog><loglevel>3</loglevel></logging>\
         <security><chroot>0</chroot>{owner}</security></icecast>\n"
    )
}

/// A source that is no player of ours. Gone with the value.
pub(crate) struct Source(Child);

impl Drop for Source {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Somebody who listens to a mount.
pub(crate) struct Listener {
    socket: TcpStream,
    hearing: JoinHandle<Heard>,
}

impl Listener {
    /// Ends listening.
    pub(crate) fn stop(self) -> Heard {
        // Closed already, if the server ended it.
        self.socket.shutdown(Shutdown::Both).ok();
        self.hearing.join().unwrap()
    }

    /// Listens until the server ends the stream.
    pub(crate) fn until_the_end(self) -> Heard {
        self.hearing.join().unwrap()
    }
}

/// What a listener got: the stream as it came.
pub(crate) struct Heard(pub(crate) Vec<u8>);

impl Heard {
    /// As sound, mono at 48 kHz, made by ffmpeg in this folder; its times are of no use.
    pub(crate) fn sound(&self, folder: &Path) -> Recording {
        let (stream, wav) = (folder.join("nghe.stream"), folder.join("nghe.wav"));
        fs::write(&stream, &self.0).unwrap();
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-nostdin", "-y", "-i"]).arg(&stream).args(["-ar", "48000", "-ac", "1"]).arg(&wav);
        assert!(command.status().expect("ffmpeg must be installed").success());
        Recording::read(&wav)
    }

    /// How well a listener heard this clip from its first sample on: 1 is the same.
    pub(crate) fn score(&self, clip: &[f32], folder: &Path) -> f64 {
        let Recording { samples, rate, .. } = self.sound(folder);
        // To the sample: the measure looks at windows of 20 ms.
        let first = samples.iter().position(|sample| sample.abs() > 0.02).expect("sound");
        matches(clip, &samples[first..], rate).0
    }
}
