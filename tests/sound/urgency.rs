//! How long it takes from the core's word to sound at the speaker, the start of the process included.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use loaphuong::model::playback::{FromPlayer, Job, Programme, Repeat, ToPlayer, Urgency};
use loaphuong::model::time::Mono;
use loaphuong::model::units::Hertz;

use crate::child::{CARD, Player, item, job};
use crate::rig::{Recording, Rig, babble, now, write_wav};

const PATIENCE: Duration = Duration::from_secs(5);

/// So many starts in an ordinary run; `STARTS=100` for more, `BUSY=1` on a machine that has other things to do.
fn starts() -> u32 {
    std::env::var("STARTS").ok().and_then(|n| n.parse().ok()).unwrap_or(8)
}

/// The time below which so many of a hundred lie.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent).div_ceil(100).max(1) - 1]
}

/// When the first sound left the speaker after this time.
fn onset(heard: &Recording, after: Mono) -> Mono {
    let from = usize::try_from(Hertz(heard.rate).frames_in(after.since(heard.first_at)).0).unwrap();
    heard.at(from + heard.samples[from..].iter().position(|sample| sample.abs() > 0.02).expect("sound"))
}

/// What else a busy PC does: two programs that compute, and a scan that reads, hashes and decodes clips.
struct Busy {
    over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Busy {
    fn with(clip: &Path) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (one, clip) = (Arc::clone(&over), clip.to_owned());
        let two = Arc::clone(&over);
        let three = Arc::clone(&over);
        let compute = |over: Arc<AtomicBool>| move || while !over.load(Ordering::Relaxed) {};
        let scan = move || {
            while !three.load(Ordering::Relaxed) {
                drop(item(&clip));
            }
        };
        Self { over, threads: vec![thread::spawn(compute(one)), thread::spawn(compute(two)), thread::spawn(scan)] }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().ok();
        }
    }
}

#[test]
fn at_once_means_at_once() {
    let rig = Rig::new();
    let file = rig.path("khẩn.wav");
    write_wav(&file, &babble(2.0, 48_000, 7), 48_000);
    let item = item(&file);
    let programme = Programme::Clips { repeat: Repeat::UntilStopped, longest: Some(Duration::from_mins(30)) };
    let _busy = std::env::var_os("BUSY").map(|_| Busy::with(&file));
    let ear = rig.capture();
    let mut asked = Vec::new();
    for _ in 0..starts() {
        let hurry = Job {
            urgency: Urgency::AtOnce,
            programme: programme.clone(),
            ..job(CARD, rig.path("heard.wav"), vec![item.clone()])
        };
        asked.push(now());
        let mut player = Player::start(&rig);
        player.tell(&ToPlayer::Prepare(Box::new(hurry)));
        player.tell(&ToPlayer::Begin { at: now() });
        player.until(PATIENCE, |said| matches!(said, FromPlayer::Started { .. }));
        // A server forgets what it holds of a program that is gone.
        thread::sleep(Duration::from_millis(150));
        drop(player);
        // What the server still holds of it must not be taken for the next.
        thread::sleep(Duration::from_millis(250));
    }
    let heard = ear.stop();
    let mut took: Vec<Duration> = asked.iter().map(|asked| onset(&heard, *asked).since(*asked)).collect();
    took.sort();
    println!(
        "from the word to the speaker, {} times: p50 {:?}, p99 {:?}, most {:?}",
        took.len(),
        percentile(&took, 50),
        percentile(&took, 99),
        took.last()
    );
    assert!(percentile(&took, 50) < Duration::from_millis(400), "{took:?}");
}
