//! A private sound server, an ear at its speaker, and measures of what was heard. Effects: processes, files, time.

use std::fs;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use loaphuong::model::time::Mono;
use rustix::process::{Pid, Signal, kill_process};
use rustix::time::{ClockId, clock_gettime};

/// What the ear records at, in frames a second.
pub(crate) const RATE: u32 = 48_000;

/// How far ahead of its time the ear hears: a null sink renders a block before it is due and gives it to the monitor at
/// once, and the ear's latency decides the length of a block. (Measured: 1, 5 and 20 ms gave 1.1, 5.0 and 20.1.)
const EAR: Duration = Duration::from_millis(5);

/// `CLOCK_MONOTONIC`.
pub(crate) fn now() -> Mono {
    let time = clock_gettime(ClockId::Monotonic);
    Mono(Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap()))
}

/// Waits until `done`, at most `patience`.
pub(crate) fn wait_until(what: &str, patience: Duration, mut done: impl FnMut() -> bool) {
    let begun = now();
    while !done() {
        assert!(now().since(begun) < patience, "waited {patience:?} for {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A private PulseAudio with one null sink, `speaker`, and ALSA routed to it. Gone with the value.
pub(crate) struct Rig {
    folder: tempfile::TempDir,
    server: Option<Child>,
}

impl Rig {
    /// A running server with its speaker.
    pub(crate) fn new() -> Self {
        let mut rig = Self::without_server();
        rig.start();
        rig
    }

    /// The same environment, with nobody in it.
    pub(crate) fn without_server() -> Self {
        let folder = tempfile::Builder::new().prefix("rig").tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("asound.conf", "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n");
        write("client.conf", "autospawn = no\nenable-shm = yes\n");
        Self { folder, server: None }
    }

    /// An environment in which ALSA's default device is `null`: it swallows everything at once.
    pub(crate) fn with_alsa_null() -> Self {
        let rig = Self::without_server();
        let text = "</usr/share/alsa/alsa.conf>\npcm.!default { type null }\nctl.!default { type hw card 0 }\n";
        fs::write(rig.path("asound.conf"), text).unwrap();
        rig
    }

    /// A path in the rig's own folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a program needs in its environment to play here.
    pub(crate) fn env(&self) -> Vec<(String, String)> {
        let path = |name: &str| self.path(name).to_str().unwrap().to_owned();
        [
            ("XDG_RUNTIME_DIR", path("")),
            ("HOME", path("")),
            ("PULSE_SERVER", format!("unix:{}", path("pulse/native"))),
            ("PULSE_CLIENTCONFIG", path("client.conf")),
            ("ALSA_CONFIG_PATH", path("asound.conf")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.envs(self.env()).stdin(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Starts the server (again).
    pub(crate) fn start(&mut self) {
        assert!(self.server.is_none(), "it runs already");
        let server = self
            .command("pulseaudio")
            .env_remove("PULSE_SERVER")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-target=stderr"])
            .args(["-L", "module-native-protocol-unix auth-anonymous=1"])
            .args(["-L", "module-null-sink sink_name=speaker rate=48000"])
            .spawn()
            .expect("PulseAudio must be installed (packages pulseaudio, pulseaudio-utils, libasound2-plugins): script/test does it");
        self.server = Some(server);
        wait_until("the sound server", Duration::from_secs(10), || self.pactl(&["info"]));
    }

    fn pactl(&self, arguments: &[&str]) -> bool {
        self.command("pactl").args(arguments).stdout(Stdio::null()).status().expect("pactl must be installed").success()
    }

    /// Tells the server something, as `pactl` does: `&["set-sink-mute", "speaker", "1"]`.
    pub(crate) fn control(&self, arguments: &[&str]) {
        assert!(self.pactl(arguments), "pactl {arguments:?}");
    }

    /// The same, where it may be too late for it.
    pub(crate) fn try_control(&self, arguments: &[&str]) {
        self.pactl(arguments);
    }

    /// Takes the speaker away.
    pub(crate) fn unload_speaker(&self) {
        self.control(&["unload-module", "module-null-sink"]);
    }

    /// Gives a speaker of this name.
    pub(crate) fn load_speaker(&self, name: &str) {
        self.control(&["load-module", "module-null-sink", &format!("sink_name={name}"), "rate=48000"]);
    }

    /// Does the server live?
    pub(crate) fn is_up(&self) -> bool {
        self.server.is_some()
    }

    fn signal(&self, signal: Signal) {
        let server = self.server.as_ref().expect("a server");
        kill_process(Pid::from_child(server), signal).unwrap();
    }

    /// Kills the server, as a crash does.
    pub(crate) fn kill(&mut self) {
        self.signal(Signal::KILL);
        let status = self.server.take().unwrap().wait().unwrap();
        assert_eq!(status.signal(), Some(9));
    }

    /// Stops the server in its tracks, as a hung device does.
    pub(crate) fn hang(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets a hung server go on.
    pub(crate) fn unhang(&self) {
        self.signal(Signal::CONT);
    }

    /// Begins to record what the speaker plays.
    pub(crate) fn capture(&self) -> Capture {
        let mut child = self
            .command("parec")
            .args(["-d", "speaker.monitor", "--raw", "--format=s16le", "--rate=48000", "--channels=1"])
            .args([format!("--latency-msec={}", EAR.as_millis()), "--process-time-msec=1".to_owned()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("parec must be installed (package pulseaudio-utils)");
        let mut output = child.stdout.take().unwrap();
        let (heard, first) = channel();
        let listen = move || {
            let mut bytes = Vec::new();
            let mut first_at: Option<Mono> = None;
            let mut block = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut block) {
                bytes.extend_from_slice(&block[..read]);
                // Every block arrives late, one of them hardly: the earliest account of the beginning is the truest.
                let beginning = now().minus(Duration::from_secs(bytes.len() as u64 / 2) / RATE);
                first_at = Some(first_at.map_or(beginning, |best| best.min(beginning)));
                heard.send(()).ok();
            }
            let samples = bytes.chunks_exact(2).map(|two| f32::from(i16::from_le_bytes([two[0], two[1]])) / 32768.0);
            Recording { samples: samples.collect(), rate: RATE, first_at: first_at.unwrap_or_else(now).plus(EAR) }
        };
        let listener = thread::spawn(listen);
        first.recv_timeout(Duration::from_secs(5)).expect("the ear hears nothing");
        Capture { child, listener }
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().ok();
            server.wait().ok();
        }
    }
}

/// An ear at the speaker.
pub(crate) struct Capture {
    child: Child,
    listener: JoinHandle<Recording>,
}

impl Capture {
    /// Ends the recording.
    pub(crate) fn stop(mut self) -> Recording {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.listener.join().unwrap()
    }
}

/// What was heard.
pub(crate) struct Recording {
    /// Mono.
    pub(crate) samples: Vec<f32>,
    /// Samples a second.
    pub(crate) rate: u32,
    /// When the first sample left the speaker, to a few milliseconds.
    pub(crate) first_at: Mono,
}

impl Recording {
    /// A recording in a file.
    pub(crate) fn read(path: &Path) -> Self {
        let mut reader = hound::WavReader::open(path).unwrap();
        let spec = reader.spec();
        let all: Vec<f32> = reader.samples::<i16>().map(|s| f32::from(s.unwrap()) / 32768.0).collect();
        let samples = all.chunks_exact(spec.channels.into()).map(|frame| frame[0]).collect();
        Self { samples, rate: spec.sample_rate, first_at: Mono(Duration::ZERO) }
    }

    /// When the sample of this number left the speaker.
    pub(crate) fn at(&self, sample: usize) -> Mono {
        self.first_at.plus(Duration::from_secs(sample as u64) / self.rate)
    }

    /// The first sample that is louder than this.
    pub(crate) fn onset(&self, louder: f32) -> Option<usize> {
        self.samples.iter().position(|sample| sample.abs() > louder)
    }

    /// The last sample that is louder than this.
    pub(crate) fn last(&self, louder: f32) -> Option<usize> {
        self.samples.iter().rposition(|sample| sample.abs() > louder)
    }
}

/// RMS over windows of 20 ms.
pub(crate) fn envelope(samples: &[f32], rate: u32) -> Vec<f64> {
    let window = rate as usize / 50;
    let rms = |part: &[f32]| {
        let power: f64 = part.iter().map(|s| f64::from(*s).powi(2)).sum();
        (power / f64::from(u32::try_from(part.len()).unwrap())).sqrt()
    };
    samples.chunks(window).map(rms).collect()
}

/// How well `heard` contains `clip`, both at the same rate: the best normalised cross-correlation of their loudness
/// envelopes (−1…1), and the place in `heard` where it lies, to 20 ms. 1 is the same, 0.98 a clean monitor.
pub(crate) fn matches(clip: &[f32], heard: &[f32], rate: u32) -> (f64, Duration) {
    let (clip, heard) = (envelope(clip, rate), envelope(heard, rate));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / f64::from(u32::try_from(values.len()).unwrap());
    let clip_mean = mean(&clip);
    let mut best = (-1.0, 0);
    // What was not heard counts as silence, so that half a clip does not match a whole one.
    for lag in 0..heard.len().max(1) {
        let mut part: Vec<f64> = heard.iter().skip(lag).take(clip.len()).copied().collect();
        part.resize(clip.len(), 0.0);
        let part_mean = mean(&part);
        let (mut both, mut one, mut other) = (0.0, 0.0, 0.0);
        for (a, b) in clip.iter().zip(&part) {
            both += (a - clip_mean) * (b - part_mean);
            one += (a - clip_mean).powi(2);
            other += (b - part_mean).powi(2);
        }
        let score = both / (one * other).sqrt().max(1e-12);
        if score > best.0 {
            best = (score, lag);
        }
    }
    (best.0, Duration::from_millis(20) * u32::try_from(best.1).unwrap())
}

/// A clip that sounds a little like speech: bursts of noise, each of its own loudness and length, the first one at once.
/// Always the same for the same seed.
pub(crate) fn babble(seconds: f64, rate: u32, seed: u32) -> Vec<f32> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some seconds")]
    let frames = (seconds * f64::from(rate)) as usize;
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        f64::from(state) / f64::from(u32::MAX)
    };
    let mut samples = Vec::with_capacity(frames);
    let mut loud = 0.5;
    while samples.len() < frames {
        let length = ((0.05 + random() * 0.2) * f64::from(rate)).round();
        let mut left = length;
        while left > 0.0 {
            #[expect(clippy::cast_possible_truncation, reason = "a sample")]
            samples.push(((random() * 2.0 - 1.0) * loud) as f32);
            left -= 1.0;
        }
        loud = if random() < 0.3 { 0.005 } else { 0.05 + random() * 0.4 };
    }
    samples.truncate(frames);
    samples
}

/// Writes samples as a mono WAV file of 16 bits.
pub(crate) fn write_wav(path: &Path, samples: &[f32], rate: u32) {
    let spec =
        hound::WavSpec { channels: 1, sample_rate: rate, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    for sample in samples {
        #[expect(clippy::cast_possible_truncation, reason = "within i16 by the clamp")]
        writer.write_sample((sample.clamp(-1.0, 1.0) * 32767.0) as i16).unwrap();
    }
    writer.finalize().unwrap();
}

/// Processor time that a process has used so far, from `/proc`.
pub(crate) fn cpu_time(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    // Linux counts in hundredths of a second towards programs, whatever its own tick is.
    Duration::from_millis(ticks * 10)
}
