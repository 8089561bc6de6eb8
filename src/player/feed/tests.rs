//! The feed against a device made of arithmetic: it holds what it was given and takes it off in its own time.

use std::sync::Arc;
use std::time::Duration;

use rtrb::{Consumer, Producer};

use super::{Account, Desk, Feed, Orders, Supply, feed};
use crate::model::playback::End;
use crate::model::time::Mono;
use crate::model::units::Frames;
use crate::player::{CHANNELS, RATE};

/// A device that plays without pause from its first buffer on.
struct Bench {
    feed: Feed,
    ring: Producer<f32>,
    tap: Consumer<f32>,
    desk: Arc<Desk>,
    supply: Arc<Supply>,
    /// All that was ever handed to it: what it plays, frame by frame from time zero.
    played: Vec<f32>,
    /// Frames in a buffer, and frames that it holds when it asks for the next.
    period: usize,
    holds: usize,
}

fn time(frames: usize) -> Mono {
    Mono(Frames(frames as u64).lasting(RATE))
}

impl Bench {
    fn new(period: usize, holds: usize) -> Self {
        let (desk, supply) = (Arc::new(Desk::default()), Arc::new(Supply::default()));
        let (feed, ring, tap) = feed(Arc::clone(&desk), Arc::clone(&supply));
        let mut bench = Self { feed, ring, tap, desk, supply, played: Vec::new(), period, holds };
        // As a real one it is filled before it begins.
        bench.played = vec![0.0; holds];
        bench.feed.ledger.hand(holds as u64, 0, 0);
        bench
    }

    /// So many frames of programme, each one on both sides, numbered from `from`.
    fn supply(&mut self, from: u16, frames: u16) {
        for n in from..from + frames {
            self.ring.push_entire_slice(&[f32::from(n); CHANNELS]).unwrap();
        }
        self.supply.add(frames.into());
    }

    /// The device asks for its next buffer; gives the account that was published.
    fn ask(&mut self) -> Account {
        let now = time(self.played.len() - self.holds);
        let mut block = vec![9.0; self.period * CHANNELS];
        self.feed.fill(&mut block, now, time(self.holds).0);
        for frame in block.chunks_exact(CHANNELS) {
            assert_eq!(frame[0].to_bits(), frame[1].to_bits(), "the sides differ");
            self.played.push(frame[0]);
        }
        self.desk.account()
    }

    /// Frames of the programme that the device has truly played.
    fn truth(&self) -> u64 {
        let now = self.played.len() - self.period - self.holds;
        self.played[..now].iter().filter(|sample| **sample != 0.0).count() as u64
    }

    fn order(&self, begin: usize, stop: Option<Duration>) {
        self.desk.order(Orders { begin: Some(time(begin)), stop, go: true });
    }
}

#[test]
fn the_first_frame_leaves_at_its_time_and_every_frame_is_counted_once() {
    for period in [441, 480, 1_920] {
        for holds in [0, 1, 777, 3_840, 9_600] {
            for begin in [9_600, 9_601, 10_000, 12_345] {
                let mut bench = Bench::new(period, holds);
                bench.order(begin, None);
                bench.supply(1, 5_000);
                bench.supply.done();
                let mut account = Account::default();
                while account.over.is_none() {
                    account = bench.ask();
                    assert_eq!(account.consumed, bench.truth(), "period {period}, holds {holds}, begin {begin}");
                    assert!(bench.played.len() < 60_000, "it never ends");
                }
                let first = bench.played.iter().position(|sample| *sample != 0.0).unwrap();
                assert!(first.abs_diff(begin) <= 1, "period {period}, holds {holds}: {first} instead of {begin}");
                let programme: Vec<f32> = (1..=5_000_u16).map(f32::from).collect();
                assert_eq!(bench.played[first..first + 5_000], programme, "in order and without a gap");
                let near = |at: Mono, frame: usize| at.0.abs_diff(time(frame).0) < Duration::from_micros(50);
                assert!(account.started.is_some_and(|at| near(at, first)), "{account:?}");
                assert!(
                    account.over.is_some_and(|(at, end)| near(at, first + 5_000) && end == End::Whole),
                    "{account:?}"
                );
                assert_eq!((account.consumed, account.starved), (5_000, 0));
            }
        }
    }
}

#[test]
fn a_time_in_the_past_means_at_once() {
    let mut bench = Bench::new(480, 960);
    bench.supply(1, 100);
    for _ in 0..10 {
        assert_eq!(bench.ask().consumed, 0, "it waits to be told");
    }
    let asked = bench.played.len();
    bench.order(0, None);
    bench.ask();
    assert_eq!(bench.played.iter().position(|sample| *sample != 0.0), Some(asked));
}

#[test]
fn a_late_decoder_is_silence_that_nobody_counts() {
    let mut bench = Bench::new(480, 480);
    bench.order(0, None);
    bench.supply(1, 700);
    for _ in 0..5 {
        bench.ask();
    }
    let account = bench.ask();
    assert_eq!((account.consumed, account.starved, account.over), (700, 1, None), "one hole is one fault");
    bench.supply(701, 300);
    bench.supply.done();
    let mut account = bench.ask();
    while account.over.is_none() {
        account = bench.ask();
    }
    assert_eq!((account.consumed, account.starved), (1_000, 1));
    let heard: Vec<f32> = bench.played.iter().copied().filter(|sample| *sample != 0.0).collect();
    assert_eq!(heard, (1..=1_000_u16).map(f32::from).collect::<Vec<_>>());
    assert_eq!(bench.tap.slots(), 1_000 * CHANNELS, "the meter hears the programme, not the holes");
}

#[test]
fn a_stop_fades_drains_and_counts_what_was_heard() {
    for (fade, length) in [(0, 0), (10, 480), (25, 1_200)] {
        let mut bench = Bench::new(480, 960);
        bench.order(0, None);
        bench.ring.push_entire_slice(&vec![1.0; 20_000 * CHANNELS]).unwrap();
        bench.supply.add(20_000);
        for _ in 0..5 {
            bench.ask();
        }
        let stopped = bench.played.len();
        bench.order(0, Some(Duration::from_millis(fade)));
        let mut account = bench.ask();
        while account.over.is_none() {
            account = bench.ask();
            assert!(bench.played.len() < 60_000, "it never ends");
        }
        assert_eq!(account.over.map(|(_, end)| end), Some(End::Stopped));
        assert_eq!(account.consumed, (stopped - 960 + length) as u64, "{fade} ms");
        let falling = &bench.played[stopped..stopped + length];
        assert!(falling.windows(2).all(|two| two[0] > two[1] && two[0] - two[1] < 0.003), "{fade} ms: {falling:?}");
        assert!(bench.played[stopped + length..].iter().all(|sample| *sample == 0.0), "{fade} ms");
    }
}
