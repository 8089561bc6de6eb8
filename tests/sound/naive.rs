//! What a player claims that believes its sound library: the same clip through rodio as it comes, in a process of its own,
//! for it may hang or eat the processor.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use rodio::buffer::SamplesBuffer;
use rodio::{DeviceSinkBuilder, Player};

use crate::rig::{Recording, Rig, cpu_time, now};

/// The clip that the process is to play.
const CLIP: &str = "LOAPHUONG_TEST_NAIVE_CLIP";

/// What it claims in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// It played to the end without an error: aired.
    Aired,
    /// It believes that it still plays, long after the clip's end.
    Playing,
    /// It could not begin.
    Failed,
}

/// The naive player.
pub(crate) struct Naive {
    child: Child,
    says: Receiver<String>,
}

impl Naive {
    /// Starts it, and waits until it plays.
    pub(crate) fn start(rig: &Rig, clip: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "naive::plays", "--nocapture"])
            .env(CLIP, clip)
            .envs(rig.env())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, says) = channel();
        thread::spawn(move || lines.map_while(Result::ok).for_each(|line| drop(tell.send(line))));
        Self { child, says }
    }

    fn hears(&self, word: &str, patience: Duration) -> Option<bool> {
        let until = now().plus(patience);
        loop {
            let line = self.says.recv_timeout(until.since(now())).ok()?;
            if line.ends_with("naive: failed") {
                return Some(false);
            }
            if line.ends_with(word) {
                return Some(true);
            }
        }
    }

    /// Waits until it plays; false if it cannot.
    pub(crate) fn plays(&self) -> bool {
        self.hears("naive: playing", Duration::from_secs(10)) == Some(true)
    }

    /// What it claims when so much time has passed.
    pub(crate) fn claim(&self, patience: Duration) -> Claim {
        match self.hears("naive: aired", patience) {
            Some(true) => Claim::Aired,
            Some(false) => Claim::Failed,
            None => Claim::Playing,
        }
    }

    /// Processor time that it has used.
    pub(crate) fn cpu(&self) -> Duration {
        cpu_time(self.child.id())
    }
}

impl Drop for Naive {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Not a test, but the naive player itself, where it is asked for.
#[test]
fn plays() {
    let Ok(clip) = std::env::var(CLIP) else { return };
    let Ok(mut sink) = DeviceSinkBuilder::open_default_sink() else { return println!("naive: failed") };
    sink.log_on_drop(false);
    let player = Player::connect_new(sink.mixer());
    let Recording { samples, rate, .. } = Recording::read(Path::new(&clip));
    player.append(SamplesBuffer::new(1.try_into().unwrap(), rate.try_into().unwrap(), samples));
    println!("naive: playing");
    player.sleep_until_end();
    println!("naive: aired");
    // Dropping the sink may wait for a dead device.
    std::mem::forget(sink);
}
