//! Finds the gain in front of the limiter that gives a clip a loudness: guesses, tries with the real limiter, corrects.
//! Effects: a clip too long to be kept is decoded again for each try.

use ebur128::{EbuR128, Mode};

use super::as_aired::{self, AsAired};
use super::outline::Outline;
use super::tape::Tape;
use crate::decode::DecodeError;
use crate::level::Limiter;
use crate::model::clip::{CEILING, Levelled, MOST_GAIN, Sound};
use crate::model::units::{Decibel, Hertz, Lufs};

/// So near is near enough, in LU. What is promised is twice as much.
const NEAR: f64 = 0.05;
/// Tries at the most; one is the rule.
const MOST_TRIES: usize = 6;
/// Targets nearer to each other than this are one.
const SAME: f64 = 0.01;

/// Which of these targets are still to be worked out: those that a plain gain does not reach, because a peak would
/// exceed the ceiling, and all of a clip that does not sound at its own rate as it does when it airs.
pub(super) fn missing(sound: &Sound, targets: &[Lufs]) -> Vec<Lufs> {
    let Some(loudness) = sound.loudness_on_air() else { return Vec::new() };
    let known = |target: &Lufs| sound.levels.iter().any(|level| (level.target.0 - target.0).abs() < SAME);
    let reached = |target: &Lufs| target.0 - loudness.0 <= sound.gain_below_peak(*target).0 + NEAR;
    let plain = |target: &Lufs| as_aired::is_near(sound.rate) && reached(target);
    let mut missing: Vec<Lufs> =
        targets.iter().copied().filter(|t| t.0.is_finite() && !plain(t) && !known(t)).collect();
    missing.sort_by(|one, other| one.0.total_cmp(&other.0));
    missing.dedup_by(|one, other| (one.0 - other.0).abs() < SAME);
    missing
}

/// Works out the gains for these targets.
pub(super) fn work_out(
    tape: &Tape,
    sound: &Sound,
    outline: &Outline,
    targets: &[Lufs],
) -> Result<Vec<Levelled>, DecodeError> {
    // What one channel has more on air than in the file.
    let sides = sound.loudness_on_air().map_or(0.0, |l| l.0) - sound.loudness.map_or(0.0, |l| l.0);
    let mut searches: Vec<Search> = targets.iter().map(|t| Search::new(*t, Lufs(t.0 - sides), outline)).collect();
    for _ in 0..MOST_TRIES {
        let mut open_ends: Vec<&mut Search> = searches.iter_mut().filter(|search| !search.done).collect();
        if open_ends.is_empty() {
            break;
        }
        let gains: Vec<f64> = open_ends.iter().map(|search| search.gain).collect();
        for (search, loudness) in open_ends.iter_mut().zip(tried(tape, sound, &gains)?) {
            search.learn(loudness, outline);
        }
    }
    Ok(searches.iter().map(Search::result).collect())
}

/// The loudness of a clip behind the limiter with each of these gains in front of it.
fn tried(tape: &Tape, sound: &Sound, gains: &[f64]) -> Result<Vec<f64>, DecodeError> {
    let channels = sound.channels;
    let Some(mut as_aired) = AsAired::new(sound.rate, channels) else { return Ok(Vec::new()) };
    let mut lines: Vec<Line> = gains.iter().filter_map(|gain| Line::new(*gain, as_aired.rate(), channels)).collect();
    let push = |lines: &mut Vec<Line>, samples: &[f32]| lines.iter_mut().for_each(|line| line.push(samples));
    tape.play(|samples| push(&mut lines, as_aired.push(samples)))?;
    push(&mut lines, as_aired.finish());
    Ok(lines.iter_mut().map(Line::loudness).collect())
}

/// A gain, the limiter behind it, a meter behind that.
struct Line {
    factor: f64,
    louder: Vec<f32>,
    limiter: Limiter,
    meter: EbuR128,
}

impl Line {
    /// Nothing for a number of channels that no decoder gives.
    fn new(gain: f64, rate: Hertz, channels: u16) -> Option<Self> {
        let meter = EbuR128::new(u32::from(channels), rate.0, Mode::I).ok()?;
        let limiter = Limiter::new(rate, channels, CEILING);
        Some(Self { factor: Decibel(gain).factor(), louder: Vec::new(), limiter, meter })
    }

    fn push(&mut self, samples: &[f32]) {
        self.louder.clear();
        #[expect(clippy::cast_possible_truncation, reason = "sound is made of f32")]
        self.louder.extend(samples.iter().map(|sample| (f64::from(*sample) * self.factor) as f32));
        // Fails only on what is no whole frame.
        self.meter.add_frames_f32(self.limiter.push(&self.louder)).unwrap_or_default();
    }

    fn loudness(&mut self) -> f64 {
        self.meter.add_frames_f32(self.limiter.finish()).unwrap_or_default();
        self.meter.loudness_global().unwrap_or(f64::NEG_INFINITY)
    }
}

/// On the way to one target.
struct Search {
    /// As it airs, and as the file is measured.
    target: Lufs,
    measured: Lufs,
    /// To be tried next.
    gain: f64,
    /// What was tried: gain, and by how much it was too loud.
    tries: Vec<(f64, f64)>,
    done: bool,
}

impl Search {
    fn new(target: Lufs, measured: Lufs, outline: &Outline) -> Self {
        Self { target, measured, gain: outline.gain_for(measured), tries: Vec::new(), done: false }
    }

    /// `loudness` is what this try gave.
    fn learn(&mut self, loudness: f64, outline: &Outline) {
        let too_loud = loudness - self.measured.0;
        let most = self.gain >= MOST_GAIN.0 && too_loud < 0.0;
        self.done = too_loud.abs() <= NEAR || most || !too_loud.is_finite();
        self.tries.push((self.gain, too_loud));
        // By as much as the outline is wrong here it is wrong nearby.
        let wrong = loudness - outline.loudness(self.gain);
        self.gain = match outline.gain_for(Lufs(self.measured.0 - wrong)) {
            gain if wrong.is_finite() => gain,
            _ => (self.gain - too_loud).min(MOST_GAIN.0),
        };
        let best =
            |below: bool| self.tries.iter().filter(move |(_, loud)| (*loud < 0.0) == below).map(|(gain, _)| *gain);
        let (low, high) = (best(true).fold(f64::NEG_INFINITY, f64::max), best(false).fold(f64::INFINITY, f64::min));
        if low.is_finite() && high.is_finite() && !(low..=high).contains(&self.gain) {
            self.gain = f64::midpoint(low, high);
        }
    }

    fn result(&self) -> Levelled {
        let nearest = self.tries.iter().min_by(|one, other| one.1.abs().total_cmp(&other.1.abs()));
        Levelled { target: self.target, gain: Decibel(nearest.map_or(self.gain, |(gain, _)| *gain)) }
    }
}
