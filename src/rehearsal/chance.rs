//! What differs from one start to the next: seeded dice, and how quick the things around the engine are. Pure.

use std::time::Duration;

/// splitmix64: small, even, and the same for ever.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice that always fall in the same order for the same seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 for 0.
    pub fn below(&mut self, n: u64) -> u64 {
        self.roll() % n.max(1)
    }

    /// A time between the two ends of `spread`, to the microsecond.
    pub fn within(&mut self, spread: Spread) -> Duration {
        let width = spread.most.saturating_sub(spread.least).as_micros();
        let width = u64::try_from(width).unwrap_or(u64::MAX);
        spread.least.saturating_add(Duration::from_micros(self.below(width.saturating_add(1))))
    }
}

/// The least and the most that something takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// Not less.
    pub least: Duration,
    /// Not more.
    pub most: Duration,
}

impl Spread {
    /// Always the same.
    #[must_use]
    pub const fn exactly(time: Duration) -> Self {
        Self { least: time, most: time }
    }
}

/// How quick the things around the engine are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Between two reports of a player that sounds; less than 2 s, or the engine takes it for stalled.
    pub report: Duration,
    /// A batch of entries comes to the disk.
    pub write: Duration,
    /// A killed player goes.
    pub leave: Duration,
    /// A player opens its device.
    pub open: Spread,
    /// The first frame leaves this long after the time that the player was told.
    pub start: Spread,
    /// By how many millionths the sound cards' clocks are too fast.
    pub crystal: i32,
}

impl Pace {
    /// Everything takes as long as one report, killed players go at once, and the first frame leaves on time.
    #[must_use]
    pub const fn even(report: Duration) -> Self {
        let no_time = Spread::exactly(Duration::ZERO);
        Self { report, write: report, leave: Duration::ZERO, open: Spread::exactly(report), start: no_time, crystal: 0 }
    }

    /// As measured on old PCs, but for the reports: they come so rarely that a year passes quickly.
    #[must_use]
    pub const fn usual() -> Self {
        let millis = Duration::from_millis;
        Self {
            report: millis(1_500),
            write: millis(20),
            leave: millis(50),
            open: Spread { least: millis(150), most: millis(900) },
            start: Spread { least: Duration::ZERO, most: millis(6) },
            crystal: 0,
        }
    }
}
