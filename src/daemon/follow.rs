//! Follows the files: reads configuration and audio folder when they change, and puts them in force. Effects.

use std::path::Path;
use std::sync::Arc;

use super::input::Input;
use super::turn::{Again, Turn, send};
use super::{Announcement, MYSELF, Options, RunError, Trial, boot, reading};
use crate::config::{self, Loaded};
use crate::engine::{Event, Wish};
use crate::library::{self, Haste, Progress, Wanted};
use crate::model::clip::Library;
use crate::model::operator::Answer;
use crate::model::station::Station;
use crate::model::text::Text;
use crate::{clock, text};

/// Where the kernel shows sound cards.
const CARDS: &str = "/dev/snd";

impl Turn {
    /// Reads the configuration, on a thread that may wait; one at a time.
    pub(super) fn read(&mut self) {
        if self.reading.is_some() {
            // What is being read may be older than what called for this.
            self.reading = Some(Again::Yes);
            return;
        }
        self.reading = Some(Again::No);
        self.read_at = clock::mono();
        let (config, state, inputs) = (self.config.clone(), self.state(), self.inputs.clone());
        tokio::task::spawn_blocking(move || {
            let loaded = config::load(&config);
            if loaded.station.is_some() {
                reading::keep(&loaded.files, &state);
            }
            send(&inputs, Input::Loaded(Box::new(loaded)));
        });
    }

    pub(super) fn loaded(&mut self, mut loaded: Loaded, options: &Options<'_>) -> Result<(), RunError> {
        if self.reading.take() == Some(Again::Yes) {
            self.read();
            return Ok(());
        }
        let current = Arc::clone(&self.publish.station.borrow());
        let waiting = std::mem::take(&mut self.reloading);
        let Some(station) = loaded.station.take() else {
            let errors = loaded.diagnostics.len();
            for ask in waiting {
                self.hands.answer(ask, Answer::Refused { why: broken(errors) });
            }
            if self
                .publish
                .status
                .borrow()
                .config
                .rejected
                .as_ref()
                .is_some_and(|r| r.diagnostics == loaded.diagnostics)
            {
                return Ok(());
            }
            tracing::warn!(errors, "the configuration is broken, the last good one stays in force");
            return self.step(Event::Rejected(loaded.diagnostics), options);
        };
        self.put_in_force(&current, station, options)?;
        // Only now: whoever is told that it is done and looks, finds the new schedule.
        for ask in waiting {
            self.hands.answer(ask, Answer::Accepted { airing: None });
        }
        Ok(())
    }

    fn put_in_force(&mut self, current: &Station, station: Station, options: &Options<'_>) -> Result<(), RunError> {
        if needs_restart(current, &station) {
            let (message, remedy) = boot::restart_needed();
            return self.step(Event::Trouble { code: "restart_needed", subject: None, message, remedy }, options);
        }
        self.step(Event::TroubleOver { code: "restart_needed", subject: None }, options)?;
        if station.revision == current.revision {
            return self.step(Event::Mended, options);
        }
        tracing::info!(revision = station.revision.0, "another configuration is in force");
        let station = Arc::new(station);
        // Plan and status change in one breath: whoever asks for both sees the same schedule.
        self.publish.station.send_replace(Arc::clone(&station));
        self.step(Event::Configured(Arc::clone(&station)), options)?;
        self.learn();
        self.cover();
        if station.paths.audio != current.paths.audio || station.targets() != current.targets() {
            self.scan();
        }
        Ok(())
    }

    /// Reads the audio folder, on a thread that may wait; one at a time.
    pub(super) fn scan(&mut self) {
        if self.scanning.is_some() {
            self.scanning = Some(Again::Yes);
            return;
        }
        self.scanning = Some(Again::No);
        let station = Arc::clone(&self.publish.station.borrow());
        let (inputs, recheck) = (self.inputs.clone(), std::mem::take(&mut self.recheck));
        // While no clip is known nothing can air, and whatever is due waits for this.
        let unknown = self.publish.library.borrow().clips.is_empty();
        let haste = if unknown { Haste::Person } else { Haste::default() };
        tokio::task::spawn_blocking(move || {
            let (audio, state) = (&station.paths.audio, &station.paths.state);
            let begun = clock::now().wall;
            let mut on_the_way = |progress| {
                if let Progress::SoFar(library) = progress {
                    send(&inputs, Input::Scanned(library));
                }
            };
            let wanted = Wanted { targets: station.targets(), recheck, haste };
            let library = library::scan(audio, state, Path::new(MYSELF), &wanted, begun, &mut on_the_way);
            send(&inputs, Input::Scanned(library));
        });
    }

    pub(super) fn scanned(&mut self, library: Library, options: &Options<'_>) -> Result<(), RunError> {
        let whole = library.scanned_at.is_some();
        tracing::info!(clips = library.clips.len(), whole, "audio folder read");
        let heard_of_any = !library.clips.is_empty();
        let library = Arc::new(library);
        self.publish.library.send_replace(Arc::clone(&library));
        self.step(Event::Library(library), options)?;
        if whole && self.scanning.take() == Some(Again::Yes) {
            self.scan();
        }
        if (whole || heard_of_any) && options.trial == Trial::Yes && self.tried == Trial::No {
            self.tried = Trial::Yes;
            self.trial(options)?;
        }
        Ok(())
    }

    pub(super) fn trial(&mut self, options: &Options<'_>) -> Result<(), RunError> {
        let (answer, mut answered) = tokio::sync::oneshot::channel();
        let ask = self.hands.expect(answer);
        self.step(Event::Ask(ask, Wish::Trial), options)?;
        if let Ok(Answer::Refused { why }) = answered.try_recv() {
            (options.announce)(&Announcement::Untried(why));
        }
        Ok(())
    }

    pub(super) fn cover(&mut self) {
        let station = Arc::clone(&self.publish.station.borrow());
        self.config_watch.cover(&[&self.config, &station.paths.communes]);
        self.audio_watch.cover(&[&station.paths.audio]);
        self.cards_watch.cover(&[Path::new(CARDS)]);
    }
}

fn needs_restart(old: &Station, new: &Station) -> bool {
    old.id != new.id || old.paths.state != new.paths.state || old.http.listen != new.http.listen
}

fn broken(errors: usize) -> Text {
    text!(
        "Cấu hình còn {errors} chỗ cần sửa; lịch cũ vẫn có hiệu lực. Hãy xem bằng lệnh loaphuong check.",
        "The configuration has {errors} things to mend; the old one is in force. See loaphuong check."
    )
}
