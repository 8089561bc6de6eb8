//! The hash chain: ten lines that anybody can repeat in any language. Pure.

use sha2::{Digest as _, Sha256};

use crate::model::query::Link;

/// `prev` of entry 1.
pub(super) const ZERO: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The chain's end: the number and hash of the last entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tip {
    /// 0 for an empty journal.
    pub seq: u64,
    /// 64 lower-case hex digits.
    pub hash: String,
}

impl Tip {
    /// The end of an empty journal.
    pub(super) fn start() -> Self {
        Self { seq: 0, hash: ZERO.to_owned() }
    }

    /// The end once `entry` stands there too.
    pub(super) fn after(&self, entry: &str) -> Self {
        Self { seq: self.seq + 1, hash: hash(&self.hash, entry) }
    }

    /// The end once this entry stands there too, if it is the one that continues the chain.
    pub(super) fn with(&self, link: &Link) -> Option<Self> {
        let next = self.after(&link.entry);
        (link.seq == next.seq && link.prev == self.hash && link.hash == next.hash).then_some(next)
    }
}

/// Chains entries as a journal would that begins with them: for exports of what never was on a disk.
#[derive(Debug)]
pub struct Chain(Tip);

impl Chain {
    /// An empty one.
    #[must_use]
    pub fn start() -> Self {
        Self(Tip::start())
    }

    /// The next entry, as `/v1/journal` would give it; `entry` is its JSON.
    pub fn link(&mut self, entry: String) -> Link {
        let next = self.0.after(&entry);
        let Tip { seq, hash: prev } = std::mem::replace(&mut self.0, next);
        Link { seq: seq + 1, prev, hash: self.0.hash.clone(), entry }
    }
}

/// SHA-256 over the ASCII of `prev` and the UTF-8 of `entry`, in lower-case hex.
pub(super) fn hash(prev: &str, entry: &str) -> String {
    let digest = Sha256::new().chain_update(prev).chain_update(entry).finalize();
    hex(&digest)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n)]);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_sha256sum() {
        // printf '%s' "$ZERO"'{"type":"x","vi":"đã phát"}' | sha256sum
        let expected = include_str!("../../tests/journal/fixtures/sha256sum.txt").trim();
        assert_eq!(hash(ZERO, r#"{"type":"x","vi":"đã phát"}"#), expected);
        assert_eq!(ZERO.len(), 64);
    }
}
