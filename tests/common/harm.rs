//! How clips are damaged on purpose: the same way each time for the same number. Pure.

use loaphuong::rehearsal::Dice;

/// What of a file is harmed, and how: the same each time for the same number.
struct Chance(Dice);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.0.below(limit as u64)).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

/// The ways.
const HARMS: [&str; 7] = ["bits flipped", "zeroed", "cut", "bytes gone", "bytes new", "piece twice", "header"];

/// What the clip of these bytes is after the damage of this number, and the way of the damage.
pub(crate) fn mutant(bytes: &[u8], seed: u32) -> (Vec<u8>, &'static str) {
    let (way, mut chance) = (usize::try_from(seed).unwrap() % HARMS.len(), Chance(Dice::new(u64::from(seed) << 8)));
    let mut harmed = bytes.to_vec();
    harm(&mut harmed, way, &mut chance);
    (harmed, HARMS[way])
}

/// Damages a file in the way of that number.
fn harm(bytes: &mut Vec<u8>, way: usize, chance: &mut Chance) {
    let len = bytes.len();
    let at = chance.below(len);
    let run = (1 + chance.below(1024)).min(len - at);
    match way {
        0 => (0..=chance.below(8)).for_each(|_| bytes[chance.below(len)] ^= 1 << chance.below(8)),
        1 => bytes[at..at + run].fill(0),
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(at..at + run)),
        4 => drop(bytes.splice(at..at, (0..run).map(|_| chance.byte()).collect::<Vec<_>>())),
        5 => {
            let piece = bytes[at..at + run].to_vec();
            let to = chance.below(len);
            drop(bytes.splice(to..to, piece));
        }
        _ => (0..=chance.below(4)).for_each(|_| bytes[chance.below(len.min(256))] = chance.byte()),
    }
}
