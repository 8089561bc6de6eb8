//! Decades of faults in minutes: the real engine in a world that is seeded, and an oracle that knows the promises alone.
//!
//! A seed decides over station, files, pace and everything that goes wrong, of a random subset of the kinds of faults:
//! what is not seeded does not exist, so the same seed gives the same bytes. Seven of eight stations are usual ones and
//! live for a year; the eighth is a busy one and lives for a month. At the end nothing goes wrong for some days, and
//! everything must air.
//!
//! ```text
//! SIM_YEARS=1000      station-years to live (20 unless said otherwise: an unoptimised test)
//! SIM_FROM=17         the first seed
//! SIM_ALL=1           do not stop at the first that goes wrong, but tell each in a line
//! SIM_FAULTS=3,17     `replay`: these faults of the seed's story alone, by number, or `none`
//! SIM_TRAIL=5000      so many of the last events are told, instead of fifty
//! SIM_BUG=CuesStay    `bugs`: this mistake alone
//! cargo test --profile sim -p loaphuong-sim                               optimised, the pure rooms alone
//! cargo test --profile sim -p loaphuong-sim --features seeded-bugs bugs   does it find what is wrong on purpose?
//! ```
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says what went wrong by failing")]

#[cfg(feature = "seeded-bugs")]
mod bugs;
mod chance;
mod crew;
mod life;
mod oracle;
mod persons;
mod random;
mod shrink;
#[path = "../engine/stations.rs"]
mod stations;
mod story;
mod usual;

use std::time::Duration;

use crate::crew::{YEAR, live_all, report};
use crate::life::{Watch, live};
use crate::story::{Story, length};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|n| n.parse().ok())
}

/// Seeds from this one on whose stations live for so long in all.
fn seeds(from: u64, years: u64) -> Vec<u64> {
    let all = Duration::from_secs_f64(YEAR).saturating_mul(u32::try_from(years).unwrap_or(u32::MAX));
    let (mut seeds, mut lived, mut seed) = (Vec::new(), Duration::ZERO, from);
    while lived < all {
        seeds.push(seed);
        lived += length(seed);
        seed += 1;
    }
    seeds
}

#[test]
fn whatever_happens_the_promises_are_kept() {
    let (from, years) = (number("SIM_FROM").unwrap_or(1), number("SIM_YEARS").unwrap_or(20));
    let seeds = seeds(from, years);
    let sum = live_all(&seeds, number("SIM_ALL").is_some());
    eprintln!(
        "{} stations, {:.0} station-years, {} faults, {} rows, {} steps",
        seeds.len(),
        sum.years(),
        sum.faults,
        sum.rows,
        sum.steps
    );
    if let Some(seed) = sum.failed {
        panic!("{}", report(seed));
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let watch = Watch { trail: false, digest: true };
    for seed in [2, 3] {
        let story = Story::new(seed);
        let all: Vec<usize> = (0..story.faults.len()).collect();
        let told = [live(&story, &all, watch), live(&Story::new(seed), &all, watch)];
        assert!(told[0].digest.is_some() && told[0].rows > 20, "{} rows", told[0].rows);
        assert_eq!(told[0].digest, told[1].digest, "I12: seed {seed}");
    }
}

/// One seed, or some of its faults: `SIM_FROM=17 SIM_FAULTS=3,17`.
#[test]
fn replay() {
    let Some(faults) = std::env::var("SIM_FAULTS").ok() else { return };
    let story = Story::new(number("SIM_FROM").unwrap_or(1));
    let kept: Vec<usize> = faults.split(',').filter_map(|n| n.parse().ok()).collect();
    let told = live(&story, &kept, Watch { trail: true, digest: false });
    for line in &told.trail {
        eprintln!("{line}");
    }
    assert_eq!(told.wrong, None);
}
