//! What a story asks of its dice.

use std::time::Duration;

use loaphuong::rehearsal::Dice;

pub(crate) trait Rolls {
    fn percent(&mut self, of: u64) -> bool;
    fn of<T: Copy>(&mut self, all: &[T]) -> T;
    fn seconds(&mut self, from: u64, until: u64) -> Duration;
}

impl Rolls for Dice {
    fn percent(&mut self, of: u64) -> bool {
        self.below(100) < of
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    fn seconds(&mut self, from: u64, until: u64) -> Duration {
        Duration::from_millis(from * 1000 + self.below((until - from) * 1000))
    }
}
