//! What a player is told to do for one output of an airing: which files, how loud, from where on. Pure.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::DateTime;

use crate::engine::Engine;
use crate::engine::live::{Bill, Live, Show, Track};
use crate::engine::relay;
use crate::model::id::{AiringId, OutputId};
use crate::model::playback::{Job, JobItem, Programme, Repeat, RunId, Urgency};
use crate::model::seeded::{Bug, seeded};
use crate::model::station::{Output, OutputKind};
use crate::model::time::Now;
use crate::model::units::Lufs;

impl Engine {
    /// The next run of a track: from where the last one was lost.
    pub(super) fn job(&self, now: Now, live: &Live, n: usize, output: &Output, run: RunId) -> Job {
        let track = &live.tracks[n];
        let local = self.moment(now).local();
        let heard = heard_file(&live.head.id, &output.id, (track.tries > 0).then_some(local));
        let target =
            output.target(live.bill.level.volume, live.head.kind, self.station.zone.to_datetime(live.due).time());
        let reached = reached(live, track);
        let level = live.bill.level;
        let begun = track.evidence.started_at.is_some();
        Job {
            run,
            output: output.kind.clone(),
            heard: self.station.paths.state.join("heard").join(heard),
            sink: output.sink.clone().or_else(|| track.evidence.identity.clone().filter(|_| by_server(&output.kind))),
            items: live
                .bill
                .clips()
                .zip(reached)
                .map(|((item, source), from)| JobItem {
                    clip: item.clip.clone(),
                    file: source.file.clone(),
                    hash: source.hash.clone(),
                    duration: source.sound.duration,
                    gain: source.sound.gain(target),
                    from,
                })
                .collect(),
            programme: self.show(now, live, track, target),
            urgency: if live.urgent() { Urgency::AtOnce } else { Urgency::InTime },
            fade_in: if begun { Duration::ZERO } else { level.fade_in },
            fade_out: level.fade_out,
            listen: output.listen.clone(),
        }
    }

    fn show(&self, now: Now, live: &Live, track: &Track, target: Lufs) -> Programme {
        let played: Duration = track.evidence.played(live.bill.items.len()).iter().sum();
        match &live.bill.show {
            Show::Relay(relay) => {
                Programme::Relay(relay::job_of(relay, live, played, self.believed(live, now.wall), target))
            }
            Show::Clips(repeat) => Programme::Clips {
                repeat: left(*repeat, live.bill.passes(played)),
                longest: live.urgent().then(|| self.station.emergency.longest.saturating_sub(played)),
            },
        }
    }
}

impl Bill {
    /// The items that have a file, with it.
    pub(super) fn clips(
        &self,
    ) -> impl Iterator<Item = (&crate::model::airing::PlannedItem, &crate::engine::live::Source)> {
        let streams = self.items.len() - self.sources.len();
        self.items.iter().skip(streams).zip(&self.sources)
    }

    /// How often all of it has sounded, when so much has.
    pub(super) fn passes(&self, played: Duration) -> u32 {
        let once = self.length().as_millis().max(1);
        // Rounding may leave the last frame of a pass out.
        u32::try_from((played.as_millis() + 50) / once).unwrap_or(u32::MAX)
    }
}

/// How often it is still to sound.
fn left(repeat: Repeat, passes: u32) -> Repeat {
    match repeat {
        Repeat::UntilStopped => Repeat::UntilStopped,
        Repeat::Times(times) => {
            Repeat::Times(NonZeroU32::new(times.get().saturating_sub(passes)).unwrap_or(NonZeroU32::MIN))
        }
    }
}

/// From where each clip goes on. What is repeated, and what stands in for a stream, begins at its beginning.
fn reached(live: &Live, track: &Track) -> Vec<Duration> {
    let played = track.evidence.played(live.bill.items.len());
    match live.bill.show {
        Show::Clips(Repeat::Times(NonZeroU32::MIN)) if !seeded(Bug::ResumesFromTheBeginning) => played,
        Show::Clips(_) | Show::Relay(_) => vec![Duration::ZERO; live.bill.sources.len()],
    }
}

/// May a sound server stand between us and this kind of output?
fn by_server(kind: &OutputKind) -> bool {
    matches!(kind, OutputKind::Auto | OutputKind::Device { .. })
}

/// The name of the file that holds an airing's sound. `:` and `/` are left out: the file may be copied to any disk. Files
/// are never overwritten: every further try carries its local time.
fn heard_file(id: &AiringId, output: &OutputId, again: Option<DateTime>) -> PathBuf {
    let name: String = id.as_str().replace(['/', ':'], "-");
    let part = again.map(|at| at.strftime(".%H%M%S-%3f").to_string()).unwrap_or_default();
    PathBuf::from(format!("{name}.{output}{part}.wav"))
}
