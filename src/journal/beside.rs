//! Reads the second copy along with the journal: what says the same, byte for byte, needs no hash of its own. Effects:
//! reads.
//!
//! The copy of ten years is as long as the journal. To hash it too takes half as long again as all the rest of verifying,
//! which has two seconds (`docs/reliability.md`).

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::chain::Tip;
use super::survey::{self, Line, Sound};
use crate::model::query::Link;

/// The copy, as far as the journal was read.
pub(super) struct Beside {
    path: PathBuf,
    found: Found,
    tip: Tip,
    line: Vec<u8>,
}

/// What the lines said so far.
enum Found {
    /// The same as the journal's entries.
    Same(BufReader<File>),
    /// The same, and then there were no more.
    Ended,
    /// Something else, or there is nothing that can be read.
    Otherwise,
}

impl Beside {
    pub(super) fn open(path: &Path) -> Self {
        let found = File::open(path).map_or(Found::Otherwise, |file| Found::Same(BufReader::new(file)));
        Self { path: path.to_owned(), found, tip: Tip::start(), line: Vec::new() }
    }

    /// The journal's next entry. Its chain holds.
    pub(super) fn pass(&mut self, link: &Link) {
        let Found::Same(reader) = &mut self.found else { return };
        match survey::line(reader, &mut self.line) {
            Line::Whole if says(&self.line, link) => {
                self.tip.seq = link.seq;
                self.tip.hash.clone_from(&link.hash);
            }
            Line::Torn => self.found = Found::Ended,
            Line::Whole | Line::Unreadable => self.found = Found::Otherwise,
        }
    }

    /// How far the copy's chain holds. Where it says something else than the journal, it is read for itself.
    pub(super) fn sound(self) -> Sound {
        survey::sound(match self.found {
            Found::Ended => return Sound { tip: self.tip, whole: true },
            // What was written since the journal was looked at.
            Found::Same(reader) => survey::chained(reader, self.tip, &mut |_| Ok(())),
            Found::Otherwise => survey::copy(&self.path, &mut |_| Ok(())),
        })
    }
}

/// Is this the entry's line, as the copy has it (`copy.rs`)? Compared as it stands: to make a line anew for each entry would
/// take longer.
fn says(text: &[u8], link: &Link) -> bool {
    let Link { seq, prev, hash, entry } = link;
    let begins = format!(r#"{{"seq":{seq},"prev":"{prev}","hash":"{hash}","entry":""#);
    let quoted = text.strip_prefix(begins.as_bytes()).and_then(|rest| rest.strip_suffix(b"\"}\n"));
    quoted.is_some_and(|quoted| is_quoted(quoted, entry.as_bytes()))
}

/// Is `quoted` the JSON of `text`, without the quotation marks around it? An entry is JSON itself: it has no control
/// characters, and nothing is said of a text that has some.
fn is_quoted(mut quoted: &[u8], mut text: &[u8]) -> bool {
    loop {
        if let (Some(ours), Some(theirs)) = (text.first_chunk(), quoted.first_chunk()) {
            let same = same(u64::from_le_bytes(*ours), u64::from_le_bytes(*theirs));
            (text, quoted) = (text.split_at(same).1, quoted.split_at(same).1);
        }
        let Some((byte, rest)) = text.split_first() else { return quoted.is_empty() };
        text = rest;
        if matches!(byte, b'"' | b'\\') {
            let Some(rest) = quoted.strip_prefix(b"\\") else { return false };
            quoted = rest;
        }
        match quoted.split_first() {
            Some((first, rest)) if first == byte && *byte >= b' ' => quoted = rest,
            _ => return false,
        }
    }
}

/// How many of eight bytes, the lowest first, are the same in both and stand for themselves in JSON: compared at once,
/// for byte by byte the copy takes a third of the time that verifying has.
fn same(ours: u64, theirs: u64) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // The high bits of bytes below `n`. Above the first such byte it may err, and nobody looks there.
    let below = |word: u64, n: u8| word.wrapping_sub(EACH * u64::from(n)) & !word & (EACH << 7);
    let is = |byte: u8| below(ours ^ (EACH * u64::from(byte)), 1);
    let stops = (ours ^ theirs) | is(b'"') | is(b'\\') | below(ours, b' ');
    stops.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::chain::Chain;

    #[test]
    fn finds_what_reading_the_copy_for_itself_finds_wherever_the_journal_ends_or_breaks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy");
        let mut chain = Chain::start();
        let links: Vec<Link> = (1..=4).map(|n| chain.link(format!(r#"{{"n":{n},"vi":"đã \"phát\" C:\\"}}"#))).collect();
        let text: String = links.iter().map(|link| serde_json::to_string(link).unwrap() + "\n").collect();
        let cut = |at: usize| text.split_inclusive('\n').take(at).collect::<String>();
        let copies = [
            Some(text.clone()),
            Some(cut(3)),
            Some(cut(2) + r#"{"seq":3,"#),
            Some(cut(2) + "\n"),
            Some(text.replace(r#""seq":2,"#, r#""seq": 2, "#)),
            Some(text.replacen("\\\"n\\\":2", "\\\"n\\\":5", 1)),
            Some(text.replacen(r#""seq":3"#, r#""seq":4"#, 1)),
            Some(String::new()),
            None,
        ];
        let mut whole = 0;
        for (n, copy) in copies.iter().enumerate() {
            match copy {
                Some(text) => std::fs::write(&path, text).unwrap(),
                None => std::fs::remove_file(&path).unwrap(),
            }
            let expected = survey::sound(survey::copy(&path, &mut |_| Ok(())));
            whole += u64::from(expected.whole);
            for read in 0..=links.len() {
                let mut beside = Beside::open(&path);
                links.iter().take(read).for_each(|link| beside.pass(link));
                assert!(n > 0 || matches!(beside.found, Found::Same(_)), "the copy as it is written");
                assert_eq!(beside.sound(), expected, "copy {n}, {read} entries read");
            }
        }
        assert_eq!(whole, 6, "three are damaged");
        std::fs::create_dir(&path).unwrap();
        let unreadable = Beside::open(&path);
        assert_eq!(unreadable.sound(), Sound { tip: Tip::start(), whole: false });
    }

    #[test]
    fn text_is_its_json_and_nothing_else_is() {
        let texts =
            ["", "a", "phát thanh xã", r#"{"n":1,"vi":"đã \"phát\" C:\\ loa"}"#, r#"""\\""""#, "~~~~~~~~\u{7f}!# []"];
        for text in texts.iter().flat_map(|text| (0..9).map(move |pad| " ".repeat(pad) + text)) {
            let json = serde_json::to_string(&text).unwrap().into_bytes();
            let quoted = &json[1..json.len() - 1];
            assert!(is_quoted(quoted, text.as_bytes()), "{text}");
            for at in 0..quoted.len() {
                assert!(!is_quoted(&quoted[..at], text.as_bytes()), "{text} up to {at}");
                let without = [&quoted[..at], &quoted[at + 1..]].concat();
                assert!(!is_quoted(&without, text.as_bytes()), "{text} without {at}");
                for bit in 0..8 {
                    let mut other = quoted.to_vec();
                    other[at] ^= 1 << bit;
                    assert!(!is_quoted(&other, text.as_bytes()), "{text} at {at}");
                }
            }
        }
        for control in 0..b' ' {
            for at in 0..12 {
                let mut text = *b"abcdefghijkl";
                text[at] = control;
                assert!(!is_quoted(&text, &text), "{control} at {at}");
            }
        }
    }
}
