//! Tells a story shorter: as few of its faults as still make the same promise break.

use crate::crew::live_or_fall;
use crate::life::Watch;
use crate::story::Story;

/// No more lives than this are spent on it.
const MOST_LIVES: usize = 600;

/// The numbers of faults that suffice.
pub(crate) fn shrink(story: &Story) -> Vec<usize> {
    let all: Vec<usize> = (0..story.faults.len()).collect();
    let told = live_or_fall(story, &all, Watch::default());
    let Some(wrong) = told.wrong else { return all };
    let lived = told.lived;
    let mut tries = 0;
    let mut fails = |kept: &[usize]| {
        tries += 1;
        let again = live_or_fall(story, kept, Watch::default()).wrong;
        tries < MOST_LIVES && again.is_some_and(|again| promise(&again) == promise(&wrong))
    };
    let mut kept = all;
    let early: Vec<usize> = kept.iter().copied().filter(|n| lived.is_zero() || story.faults[*n].at <= lived).collect();
    if fails(&early) {
        kept = early;
    }
    // Leaves out ever smaller parts.
    let mut parts = 2;
    while !kept.is_empty() {
        let size = kept.len().div_ceil(parts);
        let fewer = (0..kept.len().div_ceil(size)).rev().find_map(|n| {
            let without: Vec<usize> = kept.iter().enumerate().filter(|(i, _)| i / size != n).map(|(_, f)| *f).collect();
            fails(&without).then_some(without)
        });
        match fewer {
            Some(fewer) => {
                kept = fewer;
                parts = parts.saturating_sub(1).max(2);
            }
            None if size == 1 => break,
            None => parts = (parts * 2).min(kept.len()),
        }
    }
    kept
}

/// Which promise is broken: `I5` …
fn promise(wrong: &str) -> &str {
    wrong.split([':', ' ']).next().unwrap_or(wrong)
}
