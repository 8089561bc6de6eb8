//! The journal as a collector reads it: links, their chain, and the entries of one airing. Pure.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A line of `GET /v1/journal`.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) seq: u64,
    pub(crate) entry: Value,
}

/// The entries of an NDJSON answer, after the chain was checked as the contract says.
pub(crate) fn chain(text: &str) -> Vec<Link> {
    let mut before = "0".repeat(64);
    let mut links = Vec::new();
    for line in text.lines() {
        let link: Value = serde_json::from_str(line).unwrap();
        let (prev, hash) = (link["prev"].as_str().unwrap(), link["hash"].as_str().unwrap());
        let entry = link["entry"].as_str().unwrap();
        let digest = Sha256::new().chain_update(prev).chain_update(entry).finalize();
        let hex: String = digest.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        assert_eq!((prev, hash), (before.as_str(), hex.as_str()), "{line}");
        links.push(Link { seq: link["seq"].as_u64().unwrap(), entry: serde_json::from_str(entry).unwrap() });
        before = hex;
    }
    assert!(links.iter().zip(1..).all(|(link, n)| link.seq == n), "without gaps, from 1");
    links
}

/// The entries of one kind (`planned`, `started`, `checkpoint`, `final`) that belong to an airing.
pub(crate) fn of<'a>(links: &'a [Link], kind: &str, id: &str) -> Vec<&'a Value> {
    let entries = links.iter().map(|link| &link.entry).filter(|e| e["type"] == kind);
    entries.filter(|e| [&e["id"], &e["head"]["id"], &e["airing"]["id"]].iter().any(|v| **v == id)).collect()
}
