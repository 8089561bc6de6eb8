//! Keeps the recordings that stand in for a missing sound card from filling the disk. Effects: deletes files.
//!
//! A quarter of an hour is 170 MB, and a station without a card may run so for months. Recordings of outputs of kind
//! `wav` are proof and are never touched.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::model::airing::Airing;
use crate::model::id::OutputId;
use crate::model::station::{OutputKind, Station};

/// How much of the disk the stand-ins of one output may take, in bytes: an hour and a half. The newest is always kept.
const MOST: u64 = 1 << 30;

/// The outputs of an airing that has just ended whose recordings may be thinned out.
pub(super) fn stand_ins(airing: &Airing, station: &Station) -> Vec<OutputId> {
    let heard = airing.outputs.iter().filter(|o| o.heard.is_some()).map(|o| o.output.clone());
    heard.filter(|id| station.output(id).is_some_and(|o| o.kind == OutputKind::Auto)).collect()
}

/// Deletes the oldest recordings of `output` below `folder` until the rest fits. Blocks on the disk.
pub(super) fn thin_out(folder: &Path, output: &OutputId) {
    if let Err(error) = thin_out_to(folder, output, MOST) {
        tracing::warn!(%error, folder = %folder.display(), "old recordings cannot be deleted");
    }
}

fn thin_out_to(folder: &Path, output: &OutputId, most: u64) -> io::Result<()> {
    let mut kept = 0_u64;
    for (n, (_, size, path)) in newest_first(folder, output)?.into_iter().enumerate() {
        kept = kept.saturating_add(size);
        if n > 0 && kept > most {
            fs::remove_file(&path)?;
            tracing::info!(file = %path.display(), "old recording deleted");
        }
    }
    Ok(())
}

fn newest_first(folder: &Path, output: &OutputId) -> io::Result<Vec<(SystemTime, u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if belongs(&entry.file_name().to_string_lossy(), output) {
            let about = entry.metadata()?;
            found.push((about.modified()?, about.len(), entry.path()));
        }
    }
    found.sort_by(|a, b| b.cmp(a));
    Ok(found)
}

/// `….loa-phuong.wav`, or `….loa-phuong.2.wav` for the second part of an interrupted airing.
fn belongs(name: &str, output: &OutputId) -> bool {
    let Some(stem) = name.strip_suffix(".wav") else { return false };
    let whole = stem.rsplit_once('.').filter(|(_, part)| part.parse::<u32>().is_ok()).map_or(stem, |(stem, _)| stem);
    whole.rsplit_once('.').is_some_and(|(_, id)| id == output.as_str())
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::time::{Duration, SystemTime};

    use super::{belongs, thin_out_to};
    use crate::model::id::OutputId;

    #[test]
    fn the_oldest_go_the_newest_and_the_others_stay() {
        let output: OutputId = "loa".parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let names = ["a.loa.wav", "b.loa.2.wav", "c.loa.wav", "d.loa-thon.wav", "d.txt"];
        for (age, name) in names.iter().enumerate() {
            fs::write(folder.path().join(name), [0; 100]).unwrap();
            let file = File::options().write(true).open(folder.path().join(name)).unwrap();
            let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000 - age as u64);
            file.set_modified(at).unwrap();
        }
        let left = |most| {
            thin_out_to(folder.path(), &output, most).unwrap();
            let mut left: Vec<String> =
                fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
            left.sort();
            left
        };
        assert_eq!(left(300).len(), 5);
        assert_eq!(left(250), ["a.loa.wav", "b.loa.2.wav", "d.loa-thon.wav", "d.txt"]);
        assert_eq!(left(0), ["a.loa.wav", "d.loa-thon.wav", "d.txt"], "the newest is always kept");
    }

    #[test]
    fn a_recording_names_its_output_last() {
        let output: OutputId = "loa".parse().unwrap();
        for (name, expected) in [
            ("xa-sang@2026-11-23T0530.loa.wav", true),
            ("xa-trial@2026-11-22T14-05-34.439.loa.wav", true),
            ("xa-sang@2026-11-23T0530.loa.3.wav", true),
            ("xa-sang@2026-11-23T0530.loa-thon.wav", false),
            ("loa.wav", false),
            ("xa.loa.mp3", false),
        ] {
            assert_eq!(belongs(name, &output), expected, "{name}");
        }
    }
}
