//! How a programme rises from silence and sinks back into it, to the frame. Pure.

use std::collections::VecDeque;

use crate::player::CHANNELS;

/// The rise at the programme's beginning and the fall at its end.
///
/// Where the end is, is known only when all is decoded: so many frames as the fall lasts are held back until then.
pub(in crate::player) struct Fades {
    rise: usize,
    risen: usize,
    /// Samples that are held back at the most.
    most: usize,
    held: VecDeque<f32>,
    ready: Vec<f32>,
}

impl Fades {
    /// A rise of so many frames, and a fall of at most so many.
    pub(in crate::player) fn new(rise: usize, fall: usize) -> Self {
        let most = fall.saturating_mul(CHANNELS);
        Self { rise, risen: 0, most, held: VecDeque::new(), ready: Vec::new() }
    }

    /// The next frames of the programme. Gives those that the fall cannot reach any more.
    pub(in crate::player) fn push(&mut self, samples: &[f32]) -> &[f32] {
        let from = self.held.len();
        self.held.extend(samples);
        let rising = (self.rise - self.risen).min(samples.len() / CHANNELS);
        for (n, sample) in self.held.range_mut(from..from + rising * CHANNELS).enumerate() {
            *sample *= ratio(self.risen + n / CHANNELS, self.rise);
        }
        self.risen += rising;
        let surplus = self.held.len().saturating_sub(self.most);
        self.ready.clear();
        self.ready.extend(self.held.drain(..surplus));
        &self.ready
    }

    /// The programme is at its end, and its last so many frames fall. Gives what was held back.
    pub(in crate::player) fn finish(&mut self, fall: usize) -> &[f32] {
        let frames = self.held.len() / CHANNELS;
        let falling = fall.min(frames);
        for (n, sample) in self.held.range_mut((frames - falling) * CHANNELS..).enumerate() {
            *sample *= ratio(falling - 1 - n / CHANNELS, falling);
        }
        self.ready.clear();
        self.ready.extend(self.held.drain(..));
        &self.ready
    }
}

/// A part of a whole as a factor, 0–1.
#[expect(clippy::cast_precision_loss, reason = "frames of some seconds, as a factor")]
pub(in crate::player) fn ratio(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of so many frames of full scale that come in portions.
    fn faded(frames: usize, portion: usize, rise: usize, most: usize, fall: usize) -> Vec<f32> {
        let mut fades = Fades::new(rise, most);
        let mut all = Vec::new();
        let samples = vec![1.0; frames * CHANNELS];
        for part in samples.chunks(portion * CHANNELS) {
            let (before, held) = (all.len(), fades.push(part).to_vec());
            all.extend(held);
            assert!(all.len() - before <= samples.len());
        }
        all.extend_from_slice(fades.finish(fall));
        assert!(all.chunks_exact(CHANNELS).all(|frame| (frame[0] - frame[1]).abs() < f32::EPSILON), "the sides differ");
        all.into_iter().step_by(CHANNELS).collect()
    }

    #[test]
    fn it_rises_and_falls_to_the_frame() {
        for portion in [1, 7, 100, 1_000] {
            let got = faded(1_000, portion, 100, 200, 200);
            for (n, sample) in got.iter().enumerate() {
                let want = ratio(n, 100).min(ratio(999 - n, 200)).min(1.0);
                assert!((sample - want).abs() < 1e-6, "frame {n} in portions of {portion}: {sample}, not {want}");
            }
        }
    }

    #[test]
    fn no_frame_is_lost_whatever_the_lengths() {
        for (frames, rise, most, fall) in
            [(0, 10, 10, 10), (5, 10, 10, 10), (10, 0, 0, 0), (10, 0, 20, 3), (10, 3, 4, 9)]
        {
            let got = faded(frames, 3, rise, most, fall);
            assert_eq!(got.len(), frames, "{frames} {rise} {most} {fall}");
            assert!(fall == 0 || got.last().is_none_or(|last| last.abs() < f32::EPSILON), "{got:?}");
        }
        assert_eq!(faded(10, 3, 0, 20, 0), [1.0; 10], "a natural end without a fall");
    }
}
