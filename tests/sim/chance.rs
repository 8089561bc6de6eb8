//! What a story asks of its dice.

use std::time::Duration;

use loaphuong::rehearsal::Dice;

pub(crate) trait Rolls {
    fn percent(&mut self, of: u64) -> bool;
    fn of<T: Copy>(&mut self, all: &[T]) -> T;
    fn seconds(&mut self, from: u64, until: u64) -> Duration;
    /// The gap to the next of things that happen so often an hour, whatever happened before.
    fn gap(&mut self, per_hour: f64) -> Duration;
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

    fn gap(&mut self, per_hour: f64) -> Duration {
        // Between 0 and 1, and never 0.
        let even = f64::from(u32::try_from(self.below(1 << 31) + 1).unwrap()) / f64::from(1_u32 << 31);
        Duration::from_secs_f64(-even.ln() * 3600.0 / per_hour)
    }
}
