//! Is what was heard what was sent? Normalised cross-correlation of the two envelopes. Pure.

use std::time::Duration;

use super::envelope::{FLOOR, STEPS, WINDOW};

/// How much later something may be heard than it was sent, in steps: up to three seconds. It may seem to be heard earlier,
/// for a sound server only guesses how old a sound is when it begins to record; and one step more in five thousand, for a
/// card whose clock is fast. Of something short a quarter of its length: the more lags are tried, the better chance matches.
const EARLIEST: isize = -200;
const LATEST: isize = 600;
/// Windows are compared by so many at a time: the clocks of two cards run apart, and this long they do not.
const PART: usize = 3_000;
/// A second of windows: less says nothing.
const LEAST: usize = 50;
/// The level is taken against its mean over a fifth of a second before and after, in windows: what is left are syllables,
/// which noise and echo cover last.
const AROUND: usize = 10;
/// A level that moves less than this, in dB (RMS), does not move.
const STILL: f64 = 0.5;

/// How well two envelopes match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Match {
    /// −1…1.
    pub(super) score: f64,
    /// By how much it was heard later.
    pub(super) lag: Duration,
}

/// How well `heard` matches `sent`, at the lag at which it matches best. Both are levels at each step. What is heard at
/// the moment at which the first of `sent` left stands at `at` in `heard`, or would.
///
/// Nothing if there is too little to compare, or what was sent does not change its level.
pub(super) fn matching(sent: &[f32], heard: &[f32], at: isize) -> Option<Match> {
    let sent: Vec<f32> = sent.iter().copied().step_by(WINDOW).collect();
    let mut found = Vec::new();
    for part in parts(sent.len()) {
        let windows = &sent[part.clone()];
        if deviation(&detrended(windows)) < STILL {
            continue;
        }
        let behind = isize::try_from(part.start * WINDOW).ok()?;
        let (score, lag) = best(windows, heard, at + behind, behind / 5_000).unwrap_or((0.0, 0));
        found.push((score, lag, windows.len()));
    }
    let all: usize = found.iter().map(|(_, _, windows)| windows).sum();
    let (_, lag, _) = found.iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    let lag = u64::try_from(*lag).unwrap_or(0);
    let score = found.iter().map(|(score, _, windows)| score * count(*windows)).sum::<f64>() / count(all);
    Some(Match { score, lag: Duration::from_secs(lag) / u32::try_from(STEPS).ok()? })
}

/// Stretches of so many windows; the last one takes what would be too short for one of its own.
fn parts(windows: usize) -> Vec<std::ops::Range<usize>> {
    if windows < LEAST {
        return Vec::new();
    }
    let whole = (windows / PART).max(1);
    (0..whole).map(|n| n * PART..if n + 1 == whole { windows } else { (n + 1) * PART }).collect()
}

/// The best score over all lags, and its lag in steps: first in steps of a window, then around the best of them. It may be
/// heard `fast` steps earlier than the clocks say.
fn best(sent: &[f32], heard: &[f32], at: isize, fast: isize) -> Option<(f64, isize)> {
    let better = |lags: &mut dyn Iterator<Item = isize>| {
        let scores = lags.filter_map(|lag| Some((correlation(sent, heard, at + lag)?, lag)));
        scores.max_by(|a, b| a.0.total_cmp(&b.0))
    };
    let most = isize::try_from(sent.len() * WINDOW / 4).ok()?;
    let (_, coarse) = better(&mut (EARLIEST.max(-most) - fast..=LATEST.min(most)).step_by(WINDOW))?;
    better(&mut (coarse - 3..=coarse + 3))
}

/// Normalised correlation of the windows with those that begin at `at` in `heard`, where both are known. Nothing if that
/// is less than a second, or less than half of them.
fn correlation(sent: &[f32], heard: &[f32], at: isize) -> Option<f64> {
    // The first window of `sent` for which there is one in `heard`.
    let first = usize::try_from(-at).map_or(0, |missing| missing.div_ceil(WINDOW));
    let from = usize::try_from(at + isize::try_from(first * WINDOW).ok()?).ok()?;
    let windows = sent.len();
    let heard: Vec<f32> = heard.iter().skip(from).step_by(WINDOW).take(sent.len()).copied().collect();
    let sent: Vec<f32> = sent.iter().skip(first).take(heard.len()).copied().collect();
    let known = sent.len();
    if known < LEAST || known * 2 < windows {
        return None;
    }
    // Of the same stretch on both sides: what sounded before or behind it on one side only must not bend its mean.
    let (sent, heard) = (detrended(&sent), detrended(&heard));
    let (mean_sent, mean_heard) = (mean(&sent), mean(&heard));
    let (mut both, mut one, mut other) = (0.0, 0.0, 0.0);
    for (a, b) in sent.iter().zip(&heard) {
        let (a, b) = (a - mean_sent, b - mean_heard);
        both += a * b;
        one += a * a;
        other += b * b;
    }
    Some(if one > 0.0 && other > 0.0 { both / (one * other).sqrt() } else { 0.0 })
}

/// Each level against the mean of those around it, so that neither a slow change nor an automatic gain counts. Beyond the
/// ends it goes on as it is there.
fn detrended(levels: &[f32]) -> Vec<f64> {
    let last = levels.len().saturating_sub(1);
    let level = |n: usize| f64::from(levels.get(n.saturating_sub(AROUND).min(last)).copied().unwrap_or(FLOOR));
    let width = 2 * AROUND + 1;
    let mut sum: f64 = (0..width - 1).map(level).sum();
    let mut each = Vec::with_capacity(levels.len());
    for (n, own) in levels.iter().enumerate() {
        sum += level(n + width - 1);
        each.push(f64::from(*own) - sum / count(width));
        sum -= level(n);
    }
    each
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values.len())
}

/// How far values lie from their mean (RMS).
fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count(values.len())).sqrt()
}

fn count(n: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 windows")]
    let n = n.max(1) as f64;
    n
}

#[cfg(test)]
mod tests;
