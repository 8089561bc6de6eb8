//! The sample station with measured clips, and rehearsals of it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use loaphuong::config;
use loaphuong::model::calendar::Holidays;
use loaphuong::model::clip::{Clip, Library, Sound};
use loaphuong::model::entry::Entry;
use loaphuong::model::id::ClipHash;
use loaphuong::model::query::Row;
use loaphuong::model::station::{OutputKind, Recurrence, Station};
use loaphuong::model::units::{Decibel, Hertz, Lufs};
use loaphuong::rehearsal::{Outage, Rehearsed, Script, rehearse};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The sample without what ends by itself or counts, playing on an output of this kind: its two weekly slots.
pub(crate) fn usual(kind: OutputKind) -> Arc<Station> {
    let mut station = Station::clone(&station(kind));
    let commune = &mut station.communes[0];
    commune.quotas.clear();
    commune.campaigns.clear();
    commune.holidays = Holidays::default();
    commune.slots.retain(|slot| matches!(slot.recurrence, Recurrence::Weekly { .. }));
    Arc::new(station)
}

/// The whole sample, playing on an output of this kind.
pub(crate) fn station(kind: OutputKind) -> Arc<Station> {
    let loaded = config::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("config"));
    let mut station = loaded.station.unwrap();
    station.outputs[0].kind = kind;
    Arc::new(station)
}

/// The clips that the sample names, all of a minute, and its jingle.
pub(crate) fn library() -> Arc<Library> {
    let clips = [
        ("bhxh-tu-nguyen/loi-ich.mp3", 60),
        ("bhxh-tu-nguyen/luong-huu.flac", 60),
        ("bhyt-ho-gia-dinh/muc-dong.wav", 60),
        ("bhyt-ho-gia-dinh/quyen-loi.m4a", 60),
        ("nhac-hieu/mo-dau.ogg", 5),
    ];
    let clips = clips.map(|(path, seconds)| clip(path, seconds)).map(|c| (c.path.clone(), c));
    Arc::new(Library { clips: clips.into(), scanned_at: Some(Timestamp::UNIX_EPOCH) })
}

fn clip(path: &str, seconds: u64) -> Clip {
    let sound = Sound {
        silent_start: Duration::ZERO,
        silent_end: Duration::ZERO,
        levels: Vec::new(),
        copy: None,
        hash: ClipHash(format!("sha256:{path}")),
        format: "MP3".to_owned(),
        duration: Duration::from_secs(seconds),
        rate: Hertz(44_100),
        channels: 2,
        loudness: Some(Lufs(-20.0)),
        peak: Decibel(-9.0),
    };
    Clip {
        path: path.parse().unwrap(),
        file: path.into(),
        topic: path.split('/').next().unwrap().parse().ok(),
        size: 1,
        sound: Some(sound),
        faults: Vec::new(),
    }
}

/// A week from Monday 2026-11-23 on in which nothing goes wrong.
pub(crate) fn week() -> Script {
    Script {
        from: at("2026-11-23T00:00+07"),
        until: at("2026-11-30T00:00+07"),
        power_cuts: Vec::new(),
        device_losses: Vec::new(),
        seed: 1,
    }
}

/// From one local time of the year 2026 until another.
pub(crate) fn outage(from: &str, until: &str) -> Outage {
    let [from, until] = [from, until].map(|time| at(&format!("2026-{time}+07")));
    Outage { from, until }
}

/// Rehearses the two weekly slots; gives its entries too.
pub(crate) fn run(kind: OutputKind, script: &Script) -> (Rehearsed, Vec<Entry>) {
    let mut entries = Vec::new();
    let rehearsed = rehearse(&usual(kind), &library(), script, &mut |entry| entries.push(entry.clone()));
    (rehearsed, entries)
}

/// Rows as `id outcome reason`, without the commune.
pub(crate) fn told(rows: &[Row]) -> Vec<String> {
    let one = |row: &Row| {
        let airing = &row.airing;
        let id = airing.head.id.as_str().trim_start_matches("an-xuan/");
        format!("{id} {} {}", airing.outcome, airing.reason.map_or("-", |r| r.code()))
    };
    rows.iter().map(one).collect()
}
