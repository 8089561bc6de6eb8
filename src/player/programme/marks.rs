//! Which frames of a programme belong to which item, repetitions included, and what was found of each. Pure.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::model::id::ClipHash;
use crate::model::outcome::Reason;
use crate::model::units::Frames;
use crate::player::RATE;

/// What is known of one item.
#[derive(Debug, Clone, Default)]
pub(in crate::player) struct Mark {
    /// What was wrong with it.
    pub(in crate::player) fault: Option<Reason>,
    /// What its file was, once that is known.
    pub(in crate::player) hash: Option<ClipHash>,
    /// Frames of it in the stretches that are closed and forgotten.
    before: u64,
}

/// A stretch of the programme that belongs to one item: from the end of the one before it to `end`, which is known when
/// it was decoded.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    item: usize,
    end: Option<u64>,
}

/// The marks of all items, in the order of the job. Positions count frames from the programme's beginning.
#[derive(Debug, Default)]
pub(in crate::player) struct Sheet {
    pub(in crate::player) items: Vec<Mark>,
    stretches: VecDeque<Stretch>,
    /// Where the first of the stretches begins.
    base: u64,
}

/// The sheet, shared by the decoder, which writes it, and the run, which reads.
#[derive(Debug)]
pub(in crate::player) struct Marks(Mutex<Sheet>);

impl Marks {
    pub(in crate::player) fn new(items: usize) -> Self {
        Self(Mutex::new(Sheet { items: vec![Mark::default(); items], ..Sheet::default() }))
    }

    pub(in crate::player) fn all(&self) -> MutexGuard<'_, Sheet> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sheet {
    /// From `at` on it is this item that sounds. To be said before its first frame is handed on, so that whoever hears
    /// that knows where it belongs.
    pub(in crate::player) fn begin(&mut self, item: usize, at: u64) {
        self.end(at);
        self.stretches.push_back(Stretch { item, end: None });
    }

    /// What sounds ends here.
    pub(in crate::player) fn end(&mut self, at: u64) {
        if let Some(last) = self.stretches.back_mut() {
            last.end.get_or_insert(at);
        }
    }

    /// Which item the frame at this place belongs to, and how many frames of it follow in one piece, itself among them.
    pub(in crate::player) fn at(&self, frame: u64) -> Option<(usize, u64)> {
        let found = self.stretches.iter().find(|stretch| stretch.end.is_none_or(|end| end > frame))?;
        Some((found.item, found.end.map_or(u64::MAX, |end| end - frame)))
    }

    /// How much of each item was consumed, when so many frames of all of them were.
    pub(in crate::player) fn played(&self, consumed: u64) -> Vec<Duration> {
        let mut frames: Vec<u64> = self.items.iter().map(|item| item.before).collect();
        let mut start = self.base;
        for stretch in &self.stretches {
            let end = stretch.end.unwrap_or(u64::MAX).min(consumed).max(start);
            if let Some(sum) = frames.get_mut(stretch.item) {
                *sum += end - start;
            }
            start = end;
        }
        frames.into_iter().map(|frames| Frames(frames).lasting(RATE)).collect()
    }

    /// Nobody will ask any more for what lies before `frame`: a test sound repeated for hours must not fill the memory.
    pub(in crate::player) fn forget(&mut self, frame: u64) {
        while let Some(Stretch { item, end: Some(end) }) = self.stretches.front().copied()
            && end <= frame
        {
            if let Some(mark) = self.items.get_mut(item) {
                mark.before += end - self.base;
            }
            self.base = end;
            self.stretches.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Items one after the other, each ending at its place, the last one still open.
    fn sheet(items: usize, stretches: &[(usize, Option<u64>)]) -> Sheet {
        let marks = Marks::new(items);
        let mut start = 0;
        for (item, end) in stretches {
            marks.all().begin(*item, start);
            if let Some(end) = end {
                marks.all().end(*end);
                start = *end;
            }
        }
        marks.0.into_inner().unwrap()
    }

    #[test]
    fn what_was_consumed_is_shared_out_in_order() {
        let sheet = sheet(4, &[(0, Some(48_000)), (1, Some(48_000)), (2, Some(72_000)), (3, None)]);
        let cases = [
            (0, [0, 0, 0, 0]),
            (24_000, [500, 0, 0, 0]),
            (60_000, [1000, 0, 250, 0]),
            (72_000, [1000, 0, 500, 0]),
            (120_000, [1000, 0, 500, 1000]),
        ];
        for (consumed, millis) in cases {
            assert_eq!(sheet.played(consumed), millis.map(Duration::from_millis), "{consumed} frames");
        }
    }

    #[test]
    fn repetitions_add_up_and_are_forgotten_without_loss() {
        let mut sheet = sheet(2, &[(0, Some(48)), (1, Some(96)), (0, Some(144)), (1, Some(192)), (0, None)]);
        let wanted = [3, 2].map(Duration::from_millis);
        assert_eq!(sheet.played(240), wanted);
        for frame in [0, 47, 48, 100, 192, 240] {
            sheet.forget(frame);
            assert_eq!(sheet.played(240), wanted, "{frame} forgotten");
        }
        assert_eq!(sheet.stretches.len(), 1);
        assert_eq!((sheet.at(192), sheet.at(500)), (Some((0, u64::MAX)), Some((0, u64::MAX))));
    }

    #[test]
    fn a_frame_belongs_to_the_item_that_is_not_over() {
        let sheet = sheet(3, &[(0, Some(10)), (1, Some(10)), (2, Some(30))]);
        assert_eq!(
            [0, 9, 10, 29, 30].map(|frame| sheet.at(frame)),
            [Some((0, 10)), Some((0, 1)), Some((2, 20)), Some((2, 1)), None]
        );
    }
}
