//! Many lives at once, on all cores; and what is told of the one that went wrong.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::life::{Told, Watch, live};
use crate::shrink::shrink;
use crate::story::Story;

/// Seconds of a year.
pub(crate) const YEAR: f64 = 365.25 * 86_400.0;

/// Sums over all lives.
#[derive(Debug, Default)]
pub(crate) struct Sum {
    pub(crate) lived: Duration,
    pub(crate) rows: u64,
    pub(crate) steps: u64,
    pub(crate) faults: u64,
    /// The smallest seed at which something was wrong.
    pub(crate) failed: Option<u64>,
}

impl Sum {
    pub(crate) fn years(&self) -> f64 {
        self.lived.as_secs_f64() / YEAR
    }
}

/// A life that ends with what is wrong even if the engine panics.
pub(crate) fn live_or_fall(story: &Story, kept: &[usize], watch: Watch) -> Told {
    catch_unwind(AssertUnwindSafe(|| live(story, kept, watch))).unwrap_or_else(|cause| {
        let text = cause.downcast_ref::<String>().cloned();
        let text = text.or_else(|| cause.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default();
        let (trail, lived, rows, steps) = (Vec::new(), Duration::ZERO, 0, 0);
        Told { wrong: Some(format!("panic: {text}")), trail, lived, rows, steps, digest: None }
    })
}

/// Lives all these, in the order of the seeds as far as several threads have one, until one goes wrong; or all, each that
/// goes wrong told in a line.
pub(crate) fn live_all(seeds: &[u64], goes_on: bool) -> Sum {
    let (next, stop, sum) = (AtomicUsize::new(0), AtomicBool::new(false), Mutex::new(Sum::default()));
    let work = || {
        while !stop.load(Ordering::Relaxed) {
            let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
            let story = Story::new(*seed);
            let all: Vec<usize> = (0..story.faults.len()).collect();
            let told = live_or_fall(&story, &all, Watch::default());
            let mut sum = sum.lock().unwrap();
            sum.lived += told.lived;
            sum.rows += told.rows;
            sum.steps += told.steps;
            sum.faults += all.len() as u64;
            if let Some(wrong) = told.wrong {
                sum.failed = Some(sum.failed.map_or(*seed, |s| s.min(*seed)));
                stop.store(!goes_on, Ordering::Relaxed);
                if goes_on {
                    eprintln!("seed {seed}: {}", wrong.chars().take(400).collect::<String>());
                }
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    sum.into_inner().unwrap()
}

/// Everything that helps to understand what went wrong: as few faults as are needed for it, and the last events.
pub(crate) fn report(seed: u64) -> String {
    let story = Story::new(seed);
    let kept = shrink(&story);
    let told = live_or_fall(&story, &kept, Watch { trail: true, digest: false });
    let faults: Vec<String> = kept.iter().map(|n| format!("  #{n} {}", story.faults[*n])).collect();
    let numbers: Vec<String> = kept.iter().map(ToString::to_string).collect();
    let numbers = if numbers.is_empty() { "none".to_owned() } else { numbers.join(",") };
    format!(
        "seed {seed}: {}\n\nthe last events:\n{}\n\nseed {seed} from {} with {:?}, {} faults, of which these suffice:\n{}\n\n\
         {}\n\nreplay: SIM_FROM={seed} SIM_FAULTS={numbers} cargo test --profile sim -p loaphuong-sim replay -- --nocapture\n",
        told.wrong.clone().unwrap_or_default(),
        told.trail.join("\n"),
        story.begins,
        story.pace,
        story.faults.len(),
        faults.join("\n"),
        told.wrong.unwrap_or_default(),
    )
}
