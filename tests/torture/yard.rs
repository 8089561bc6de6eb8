//! A station that airs every few seconds, and a collector that reads its journal as fast as it can. Effects: processes.

use std::time::Duration;

use loaphuong::rehearsal::Dice;

use crate::http;
use crate::record::Record;
use crate::rig::{Daemon, Station, mono, wait};

/// Seconds between two airings: each second of a minute that this divides has a rule of its own.
pub(crate) const EVERY: u32 = 3;
/// How long each of them sounds.
const LENGTH: f32 = 1.5;

/// How long anything may take here: many stations share a PC.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A station that airs all the time. Its outputs are files.
pub(crate) fn busy_station() -> Station {
    let station = Station::new();
    station.clip("tin/a.wav", LENGTH, 300.0);
    for second in (0..60).step_by(EVERY as usize) {
        station.rule(
            &format!("k{second:02}"),
            &format!("{second} * * * * *"),
            "topics = [\"tin\"]\nstart_within = \"2s\"\n",
        );
    }
    station
}

/// From its next start on the station runs under strace, which does this (`error=EIO:when=3`) to these calls on these files
/// of the state folder; without any file, to all of them.
pub(crate) fn under_strace(station: &mut Station, files: &[&str], calls: &str, does: &str) {
    let log = station.path("strace.log").to_str().unwrap().to_owned();
    let mut under = ["strace", "-D", "-f", "-qq", "-o", &log].map(str::to_owned).to_vec();
    for file in files {
        under.extend(["-P".to_owned(), station.path("state").join(file).to_str().unwrap().to_owned()]);
    }
    under.extend(["-e".to_owned(), format!("trace={calls}"), "-e".to_owned(), format!("inject={calls}:{does}")]);
    station.under = under;
}

/// Lets the station find out what its clip is, which no kill shall put off, and forgets what it wrote until then.
pub(crate) fn begin(station: &Station) {
    station.save();
    let daemon = station.spawn(&[]);
    wait("the library", PATIENCE, || {
        let clips = http::get(station.addr, "/v1/clips")?.json();
        (!clips["scanned_at"].is_null() && clips["clips"][0]["duration_s"].is_number()).then_some(())
    });
    daemon.kill9();
}

/// When somebody strikes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Moment {
    /// So long after the start, whatever is going on.
    After(Duration),
    /// So long after the journal has told the first entry of this kind since the start.
    At(&'static str, Duration),
}

impl Moment {
    pub(crate) fn random(dice: &mut Dice) -> Self {
        let at_once = Duration::ZERO;
        match dice.below(10) {
            0 => Self::After(Duration::from_millis(dice.below(120))),
            1 => Self::After(Duration::from_millis(dice.below(6_000))),
            2 => Self::At("session_started", at_once),
            3 => Self::At("planned", at_once),
            4 => Self::At("final", at_once),
            5 | 6 => Self::At("started", at_once),
            _ => Self::At("started", Duration::from_millis(dice.below(2_000))),
        }
    }
}

/// Reads the journal until the moment has come; nothing is acknowledged that is not in `record` then. Says how long the
/// daemon took to answer.
pub(crate) fn read_until(daemon: &Daemon<'_>, record: &mut Record, moment: Moment) -> Option<Duration> {
    let begun = mono();
    let (from, mut back, mut seen) = (record.last(), None, None);
    loop {
        let past = mono().since(begun);
        if let Some(answer) = http::get(daemon.station.addr, &format!("/v1/journal?after={}&limit=1000", record.last()))
        {
            back.get_or_insert(past);
            assert_eq!(answer.status, 200, "{}", answer.body);
            record.take(&answer.body);
        }
        match moment {
            Moment::After(time) if past >= time => return back,
            Moment::At(kind, _) if record.entries(from).any(|entry| entry["type"] == kind) => {
                seen.get_or_insert(past);
            }
            Moment::After(_) | Moment::At(..) => {}
        }
        if let (Moment::At(_, later), Some(seen)) = (moment, seen)
            && past >= seen + later
        {
            return back;
        }
        assert!(past < PATIENCE, "nothing happens: {moment:?}");
        std::thread::sleep(Duration::from_millis(8));
    }
}

/// Everything that the journal tells now.
pub(crate) fn read_all(station: &Station, record: &mut Record) {
    wait("the journal", PATIENCE, || {
        let answer = http::get(station.addr, &format!("/v1/journal?after={}&limit=1000", record.last()))?;
        (record.take(&answer.body) == 0).then_some(())
    });
}
