//! What strangers can hand to the program, as functions of bytes that must never fail: for `cargo fuzz`, and for the smoke
//! test in `tests/fuzz/`. Effects: temporary files, a service on loopback.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use loaphuong::config::{self, Color, SourceFile};
use loaphuong::decode::{self, Decoder};
use loaphuong::journal;
use loaphuong::model::clip::Library;
use loaphuong::model::cron::{CronError, CronRule};
use loaphuong::model::text::Lang;
use loaphuong::model::units::Frames;
use loaphuong::plan;

use crate::world::World;

/// Between the two files of a configuration.
const CUT: &str = "\n#----#\n";
/// No clip that fits into a fuzzer's input sounds longer than this many frames: a header that says so is a lie.
const MOST_FRAMES: u64 = 48_000 * 60 * 60 * 2;

/// `station.toml`, a cut, a commune: a station or errors, and what is said of them can be shown; the station's week can be
/// worked out.
pub(crate) fn toml(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (station, commune) = text.split_once(CUT).unwrap_or((&text, ""));
    let files = [SourceFile::new("station.toml", station), SourceFile::new("communes/a.toml", commune)];
    let loaded = config::parse(&files, Path::new("/"));
    let shown = config::render(&loaded.diagnostics, Lang::Vi, Color::Never);
    assert_eq!(loaded.station.is_some(), shown.is_empty(), "a station, or errors that can be read");
    if let Some(station) = &loaded.station {
        let from: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let until = from + SignedDuration::from_hours(7 * 24);
        let week = plan::occurrences(station, from, until);
        assert!(week.iter().all(|o| from <= o.at && o.at < until), "{week:?}");
        drop(config::lint(station, &loaded.places, &Library::default(), date(2026, 11, 23)));
    }
}

/// A cron rule: understood or refused; what is to be pasted instead is understood.
pub(crate) fn cron(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match CronRule::parse(&text) {
        Ok(rule) => {
            let times = rule.on_day(date(2028, 2, 29));
            assert!(times.len() <= 1_440 && times.is_sorted(), "{text}");
        }
        Err(CronError::NumericWeekday { corrected } | CronError::DayAndWeekday { corrected }) => {
            let again = CronRule::parse(&corrected);
            let refused = matches!(again, Err(CronError::NumericWeekday { .. } | CronError::DayAndWeekday { .. }));
            assert!(!refused, "{text}: {corrected}: {again:?}");
        }
        Err(_) => {}
    }
}

/// An export, or a database: it verifies or it does not.
pub(crate) fn journal(data: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(data).unwrap();
    match journal::verify(file.path()) {
        Ok(verified) => assert_eq!(verified.head.len(), 64),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// What somebody sends to the port: an answer that is no failure of ours, or the end of the line; soon.
pub(crate) fn http(data: &[u8]) {
    static WORLD: LazyLock<World> = LazyLock::new(World::new);
    // The records of the tests fail on purpose for these.
    if [&b"hong"[..], b"no"].iter().any(|word| data.windows(word.len()).any(|w| w == *word)) {
        return;
    }
    let mut stream = TcpStream::connect(WORLD.addr).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
    // It may hang up before it has read all.
    stream.write_all(data).and_then(|()| stream.shutdown(Shutdown::Write)).unwrap_or_default();
    let mut answer = Vec::new();
    match stream.take(1 << 20).read_to_end(&mut answer) {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => panic!("no answer and no end in 15 s"),
        _ => {}
    }
    assert!(!answer.starts_with(b"HTTP/1.1 500"), "{}", String::from_utf8_lossy(&answer));
}

/// An audio file: refused, or decoded to an end that is not beyond all measure.
pub(crate) fn clip(data: &[u8]) {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(data).unwrap();
    let again = || -> File {
        let mut again = file.try_clone().unwrap();
        again.rewind().unwrap();
        again
    };
    let Ok(mut decoder) = Decoder::read(again()) else { return };
    let (format, channels) = (decoder.format().to_owned(), u64::from(decoder.channels()));
    let mut frames = 0;
    loop {
        match decoder.next() {
            Ok(Some(samples)) => frames += samples.len() as u64 / channels,
            Ok(None) => break,
            Err(_) => return,
        }
        assert!(frames <= MOST_FRAMES, "{frames} frames of {} bytes", data.len());
    }
    drop(decode::check(again(), &format, Some(Frames(frames))));
}
