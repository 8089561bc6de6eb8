//! What an occurrence airs around its clip, and how long all of it lasts. Pure.

use std::time::Duration;

use jiff::civil::Date;

use super::holidays::{Music, music};
use crate::model::clip::Library;
use crate::model::id::ClipPath;
use crate::model::station::{Commune, Slot};

/// The jingles before and after what a slot airs on a local day: none in mourning.
#[must_use]
pub fn jingles<'a>(commune: &Commune, slot: &'a Slot, date: Date) -> (Option<&'a ClipPath>, Option<&'a ClipPath>) {
    match music(commune, date) {
        Music::Allowed => (slot.intro.as_ref(), slot.outro.as_ref()),
        Music::LeftOut => (None, None),
    }
}

/// How long a programme with this clip lasts, its jingles included: they use up the day's minutes too. What cannot be
/// played takes no time.
#[must_use]
pub fn programme_length(commune: &Commune, slot: &Slot, library: &Library, clip: &ClipPath, date: Date) -> Duration {
    let (intro, outro) = jingles(commune, slot, date);
    let parts = [intro, Some(clip), outro].into_iter().flatten();
    let sounds = parts.filter_map(|path| library.clips.get(path).and_then(|clip| clip.airable().ok()));
    sounds.map(|sound| sound.duration).sum()
}
