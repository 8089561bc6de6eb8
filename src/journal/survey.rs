//! Reads a journal or its second copy from the beginning, as far as the chain holds. Effects: reads.

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::chain::{self, Tip};
use super::schema;
use super::store::link_of;
use crate::model::query::Link;

/// More than any entry's line has. A file without ends of lines must not fill the memory.
const LONGEST: u64 = 64 << 20;

/// How much of a file is read at once when its last line is sought.
const BLOCK: u64 = 64 << 10;

/// How far the chain holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sound {
    /// The last entry that it reaches.
    pub tip: Tip,
    /// Nothing lies behind it: in a copy, a torn line at the most.
    pub whole: bool,
}

/// What is handed each sound entry: an error ends the reading.
pub(super) type Each<'e, E> = &'e mut dyn FnMut(Link) -> Result<(), E>;

/// What was found by a reading that nothing can end.
pub(super) fn sound(found: Result<Sound, Infallible>) -> Sound {
    match found {
        Ok(sound) => sound,
        Err(never) => match never {},
    }
}

/// Reads a journal. One that cannot be read, or is none, has no sound part.
pub(super) fn journal<E>(path: &Path, each: Each<'_, E>) -> Result<Sound, E> {
    let mut sound = Sound { tip: Tip::start(), whole: false };
    let Ok(conn) = schema::connect_looking(path) else { return Ok(sound) };
    let Ok(mut statement) = conn.prepare("SELECT seq, prev, hash, entry FROM entry ORDER BY seq") else {
        return Ok(sound);
    };
    let Ok(mut rows) = statement.query([]) else { return Ok(sound) };
    loop {
        let link = match rows.next() {
            Ok(Some(row)) => link_of(row).ok(),
            Ok(None) => {
                sound.whole = true;
                return Ok(sound);
            }
            Err(_) => return Ok(sound),
        };
        let Some((link, tip)) = link.and_then(|link| sound.tip.with(&link).map(|tip| (link, tip))) else {
            return Ok(sound);
        };
        sound.tip = tip;
        each(link)?;
    }
}

/// Reads a second copy. Where there is none, nothing lies behind nothing.
pub(super) fn copy<E>(path: &Path, each: Each<'_, E>) -> Result<Sound, E> {
    match File::open(path) {
        Ok(file) => chained(BufReader::new(file), Tip::start(), each),
        Err(error) => Ok(Sound { tip: Tip::start(), whole: error.kind() == io::ErrorKind::NotFound }),
    }
}

/// Reads on in a second copy, behind `tip`.
pub(super) fn chained<E>(mut reader: BufReader<File>, tip: Tip, each: Each<'_, E>) -> Result<Sound, E> {
    let mut sound = Sound { tip, whole: false };
    let mut text = Vec::new();
    loop {
        match line(&mut reader, &mut text) {
            Line::Whole => {}
            Line::Torn => return Ok(Sound { whole: true, ..sound }),
            Line::Unreadable => return Ok(sound),
        }
        let link: Option<Link> = serde_json::from_slice(&text).ok();
        let Some((link, tip)) = link.and_then(|link| sound.tip.with(&link).map(|tip| (link, tip))) else {
            return Ok(sound);
        };
        sound.tip = tip;
        each(link)?;
    }
}

/// What was read of a second copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A line with its end.
    Whole,
    /// The beginning of one, or nothing: the file ends here.
    Torn,
    /// The file cannot be read, or has no ends of lines.
    Unreadable,
}

/// Reads the next line, its end included.
pub(super) fn line(reader: &mut BufReader<File>, text: &mut Vec<u8>) -> Line {
    text.clear();
    match reader.take(LONGEST).read_until(b'\n', text) {
        Ok(_) if text.last() == Some(&b'\n') => Line::Whole,
        Ok(read) if (read as u64) < LONGEST => Line::Torn,
        Ok(_) | Err(_) => Line::Unreadable,
    }
}

/// Where a second copy ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// There is none, or it has no whole line.
    Nothing,
    /// With this entry, and so many bytes; what lies behind them is a torn line.
    At(Tip, u64),
    /// Its last whole line is no entry, or it cannot be read.
    Broken,
}

/// Looks for the end of a second copy, without reading what comes before its last line.
pub(super) fn end(path: &Path) -> End {
    match last_line(path) {
        Ok(Some((text, len))) => {
            let link: Option<Link> = serde_json::from_slice(&text).ok();
            let sound = link.filter(|link| link.seq > 0 && chain::hash(&link.prev, &link.entry) == link.hash);
            sound.map_or(End::Broken, |link| End::At(Tip { seq: link.seq, hash: link.hash }, len))
        }
        Ok(None) => End::Nothing,
        Err(error) if error.kind() == io::ErrorKind::NotFound => End::Nothing,
        Err(_) => End::Broken,
    }
}

/// The last whole line, and how long the file is up to its end.
fn last_line(path: &Path) -> io::Result<Option<(Vec<u8>, u64)>> {
    let mut file = File::open(path)?;
    let (mut from, mut tail) = (file.metadata()?.len(), Vec::new());
    loop {
        let ends = |tail: &[u8]| tail.iter().rposition(|byte| *byte == b'\n');
        if let Some(end) = ends(&tail) {
            let start = ends(&tail[..end]).map(|before| before + 1);
            if let Some(start) = start.or(if from == 0 { Some(0) } else { None }) {
                return Ok(Some((tail[start..end].to_vec(), from + end as u64 + 1)));
            }
        }
        if from == 0 {
            return Ok(None);
        }
        if tail.len() as u64 > LONGEST {
            return Err(io::Error::other("no end of a line"));
        }
        let size = BLOCK.min(from);
        from -= size;
        file.seek(SeekFrom::Start(from))?;
        let mut block = Vec::new();
        (&file).take(size).read_to_end(&mut block)?;
        block.append(&mut tail);
        tail = block;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::chain::Chain;

    #[test]
    fn the_end_is_found_in_lines_of_any_length_and_behind_torn_ones() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy");
        assert_eq!(end(&path), End::Nothing);
        for length in [1, 70_000, 300_000] {
            let mut chain = Chain::start();
            let mut text = String::new();
            for n in 1..=3_u64 {
                let link = chain.link(format!("\"{}\"", "x".repeat(length)));
                text = text + &serde_json::to_string(&link).unwrap() + "\n";
                let tip = Tip { seq: n, hash: link.hash };
                for torn in ["", "{\"seq\":", "\0\0\0"] {
                    std::fs::write(&path, text.clone() + torn).unwrap();
                    assert_eq!(end(&path), End::At(tip.clone(), text.len() as u64), "{length} {torn:?}");
                    let sound = copy::<()>(&path, &mut |_| Ok(())).unwrap();
                    assert_eq!(sound, Sound { tip: tip.clone(), whole: true });
                }
                std::fs::write(&path, text.replacen("xx", "xy", usize::try_from(n).unwrap()) + "x\n").unwrap();
                assert_eq!(end(&path), End::Broken);
            }
            std::fs::write(&path, "torn").unwrap();
            assert_eq!(end(&path), End::Nothing);
        }
    }
}
