//! Does the simulation find what is wrong on purpose? Each mistake must be found within a thousand station-years. One
//! alone is tried with `SIM_BUG=NeverReopens`.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use loaphuong::model::seeded::{Bug, switch};

use crate::crew::{YEAR, live_or_fall};
use crate::life::Watch;
use crate::story::Story;

/// Within so many station-years.
const YEARS: f64 = 1000.0;

/// How many station-years it takes, and what was seen. What goes wrong without the mistake too is not its work.
fn found(bug: Bug) -> Option<(f64, String)> {
    let mut lived = 0.0;
    let mut seed = 1;
    while lived < YEARS {
        let story = Story::new(seed);
        let all: Vec<usize> = (0..story.faults.len()).collect();
        switch(Some(bug));
        let told = live_or_fall(&story, &all, Watch::default());
        switch(None);
        lived += told.lived.as_secs_f64() / YEAR;
        let wrong = told.wrong.filter(|_| live_or_fall(&story, &all, Watch::default()).wrong.is_none());
        if let Some(wrong) = wrong {
            return Some((lived, wrong));
        }
        seed += 1;
    }
    None
}

/// All of them, or the one that is asked for.
fn wanted() -> Vec<Bug> {
    let Ok(name) = std::env::var("SIM_BUG") else { return Bug::ALL.to_vec() };
    let found: Vec<Bug> = Bug::ALL.iter().copied().filter(|bug| format!("{bug:?}") == name).collect();
    assert!(!found.is_empty(), "{name} is none of {:?}", Bug::ALL);
    found
}

#[test]
fn every_seeded_bug_is_found() {
    let bugs = wanted();
    let (next, missed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(bug) = bugs.get(next.fetch_add(1, Ordering::Relaxed)) {
            match found(*bug) {
                Some((years, wrong)) => {
                    let wrong: String = wrong.chars().take(110).collect();
                    eprintln!("{bug:?}: after {years:.1} station-years: {wrong}");
                }
                None => missed.lock().unwrap().push(*bug),
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let missed = missed.into_inner().unwrap();
    assert!(missed.is_empty(), "not found in {YEARS} station-years: {missed:?}");
}
