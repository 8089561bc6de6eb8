//! The ground truth: what left the loudspeakers, whatever the engine believes. Pure.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::model::time::{Mono, Now};

/// What one run let out of a loudspeaker.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// The airing, as the names of its files have it: see [`key`].
    pub airing: String,
    /// Which output.
    pub output: String,
    /// When its first frame left.
    pub at: Now,
    /// When its last frame left.
    pub until: Mono,
    /// How much of the programme left.
    pub played: Duration,
    /// How much of that somebody heard.
    pub heard: Duration,
    /// Somebody heard any of it: a healthy card, or a file that was asked for.
    pub audible: bool,
    /// Something of it came from a file whose content was not what had been measured.
    pub spoilt: bool,
    /// How many entries there were when it began.
    pub entries: usize,
    /// How many of them were on the disk.
    pub durable: usize,
}

/// Hears everything.
#[derive(Debug, Default)]
pub struct Ear {
    /// By their beginnings.
    pub sounds: Vec<Sound>,
    /// How much was audible of each programme, by the name of its file.
    pub heard: BTreeMap<String, Duration>,
}

/// The name of an airing in the names of its files.
#[must_use]
pub fn key(id: &str) -> String {
    id.replace(['/', ':'], "-")
}

impl Ear {
    /// A run begins to sound.
    pub(super) fn begins(&mut self, file: &Path, at: Now, entries: usize, durable: usize) -> usize {
        let (airing, output) = of_file(&name_of(file));
        let (until, played, heard) = (at.mono, Duration::ZERO, Duration::ZERO);
        let (audible, spoilt) = (false, false);
        self.sounds.push(Sound { airing, output, at, until, played, heard, audible, spoilt, entries, durable });
        self.sounds.len() - 1
    }

    /// Whether anything of a run came from a file that was not what had been measured.
    pub(super) fn spoilt(&mut self, place: usize, spoilt: bool) {
        if let Some(sound) = self.sounds.get_mut(place) {
            sound.spoilt |= spoilt;
        }
    }

    /// A run sounded on: by so much, until now.
    pub(super) fn sounds(&mut self, place: usize, file: &Path, gained: Duration, audible: bool, now: Mono) {
        if let Some(sound) = self.sounds.get_mut(place) {
            sound.audible |= audible && !gained.is_zero();
            sound.played += gained;
            sound.heard += if audible { gained } else { Duration::ZERO };
            sound.until = now;
        }
        if audible {
            *self.heard.entry(name_of(file)).or_default() += gained;
        }
    }
}

fn name_of(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Airing and output from `<airing>.<output>.wav`, or `<airing>.<output>.<time>.wav` of a further try.
fn of_file(name: &str) -> (String, String) {
    let stem = name.trim_end_matches(".wav");
    let (front, last) = stem.rsplit_once('.').unwrap_or((stem, ""));
    let time = last.starts_with(|c: char| c.is_ascii_digit()) && last.contains('-');
    match front.rsplit_once('.').filter(|_| time) {
        Some((airing, output)) => (airing.to_owned(), output.to_owned()),
        None => (front.to_owned(), last.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::of_file;

    #[test]
    fn files_name_their_airing_and_output() {
        for (name, airing, output) in [
            ("xa-sang@2026-11-23T05-30.loa.wav", "xa-sang@2026-11-23T05-30", "loa"),
            ("xa-sang@2026-11-23T05-30.loa-2.053012-250.wav", "xa-sang@2026-11-23T05-30", "loa-2"),
            ("xa-sang@2026-11-23T05-30.2.wav", "xa-sang@2026-11-23T05-30", "2"),
        ] {
            assert_eq!(of_file(name), (airing.to_owned(), output.to_owned()), "{name}");
        }
    }
}
