//! Watches the folders of configuration, audio, cards and state, and lets a burst of changes settle. Effects: inotify.
//!
//! Folders are watched, not files: an editor saves by renaming a new file over the old one. The folders above them are
//! watched too: a folder may be mounted late, or be replaced as a whole. What inotify does not tell (a network folder)
//! is found by looking again when something else wakes the loop.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::UnboundedSender;

use super::input::{Folder, Input};
use crate::model::time::Mono;

/// Watches folders.
pub(super) struct Watch {
    watcher: Option<RecommendedWatcher>,
    folder: Folder,
    watched: Vec<PathBuf>,
    /// What it is about: changes elsewhere in the folders above are no news.
    wanted: Arc<Mutex<Vec<PathBuf>>>,
}

impl Watch {
    /// A watch on nothing yet. Without inotify the station works all the same; changes are seen later.
    pub(super) fn new(folder: Folder, inputs: &UnboundedSender<Input>) -> Self {
        let inputs = inputs.clone();
        let wanted = Arc::<Mutex<Vec<PathBuf>>>::default();
        let about = Arc::clone(&wanted);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let wanted = about.lock().unwrap_or_else(PoisonError::into_inner);
            let changed = event.map_or(true, |e| matters(folder, e.kind) && concerns(&e.paths, &wanted));
            if changed && inputs.send(Input::Changed(folder)).is_err() {
                tracing::debug!("the loop has ended; nobody cares for files any more");
            }
        });
        let watcher = watcher.inspect_err(|error| tracing::warn!(%error, "folders cannot be watched")).ok();
        Self { watcher, folder, watched: Vec::new(), wanted }
    }

    /// Watches these folders and no others. Watching anew is how a folder that was replaced is found again.
    pub(super) fn cover(&mut self, folders: &[&Path]) {
        let Some(watcher) = &mut self.watcher else { return };
        let mode = match self.folder {
            Folder::Config | Folder::Cards | Folder::Aside | Folder::Clock => RecursiveMode::NonRecursive,
            Folder::Audio => RecursiveMode::Recursive,
        };
        for old in std::mem::take(&mut self.watched) {
            if let Err(error) = watcher.unwatch(&old) {
                tracing::debug!(%error, folder = %old.display(), "was not watched any more");
            }
        }
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = folders.iter().map(PathBuf::from).collect();
        // Above the devices there is never a moment of peace; their folder is there as soon as a driver for cards is. The
        // state folder is the daemon's own.
        let near = folders.iter().filter(|_| matches!(self.folder, Folder::Config | Folder::Audio));
        let above = near.filter_map(|f| f.parent()).filter(|above| !folders.contains(above));
        let above = above.map(|above| (above, RecursiveMode::NonRecursive));
        for (folder, mode) in folders.iter().map(|folder| (*folder, mode)).chain(above) {
            match watcher.watch(folder, mode) {
                Ok(()) => self.watched.push(folder.to_path_buf()),
                // Where no card ever was there is no folder of cards, and other services keep clocks in other ways. A fault
                // is probed and a clock looked at all the same, from time to time.
                Err(error) if matches!(self.folder, Folder::Cards | Folder::Clock) => {
                    tracing::debug!(%error, folder = %folder.display(), "not there to be watched");
                }
                Err(error) => tracing::warn!(%error, folder = %folder.display(), "cannot be watched"),
            }
        }
    }
}

/// Is any of these paths in a wanted folder? A report without paths (too many changes at once) may be about anything.
fn concerns(paths: &[PathBuf], wanted: &[PathBuf]) -> bool {
    paths.is_empty() || paths.iter().any(|path| wanted.iter().any(|folder| path.starts_with(folder)))
}

/// Reading a file changes nothing, and the daemon itself reads these files. A card is written to whenever it plays, the
/// journal whenever something happens: there only coming and going is news.
fn matters(folder: Folder, kind: EventKind) -> bool {
    match kind {
        EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => true,
        _ if matches!(folder, Folder::Cards | Folder::Aside) => false,
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}

/// Lets a burst of changes settle: due when nothing has changed for a while, or the burst has lasted too long.
#[derive(Debug)]
pub(super) struct Settle {
    quiet: Duration,
    longest: Duration,
    burst: Option<(Mono, Mono)>,
}

impl Settle {
    pub(super) fn new(quiet: Duration, longest: Duration) -> Self {
        Self { quiet, longest, burst: None }
    }

    /// Something has changed.
    pub(super) fn touch(&mut self, now: Mono) {
        let first = self.burst.map_or(now, |(first, _)| first);
        self.burst = Some((first, now));
    }

    /// When to look, if anything has changed.
    pub(super) fn due(&self) -> Option<Mono> {
        self.burst.map(|(first, last)| last.plus(self.quiet).min(first.plus(self.longest)))
    }

    /// Is it time to look? If so, the burst is over.
    pub(super) fn take(&mut self, now: Mono) -> bool {
        let over = self.due().is_some_and(|due| due <= now);
        if over {
            self.burst = None;
        }
        over
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Settle;
    use crate::model::time::Mono;

    #[test]
    fn a_burst_settles_and_an_endless_one_is_cut() {
        let at = |ms| Mono(Duration::from_millis(ms));
        let mut settle = Settle::new(Duration::from_millis(300), Duration::from_secs(2));
        assert_eq!(settle.due(), None);
        settle.touch(at(0));
        settle.touch(at(200));
        assert_eq!(settle.due(), Some(at(500)));
        assert!(!settle.take(at(499)) && settle.take(at(500)) && !settle.take(at(501)));
        for ms in (1000..4000).step_by(100) {
            settle.touch(at(ms));
        }
        assert_eq!(settle.due(), Some(at(3000)));
    }
}
