//! What the station says of itself, from the samples and the book. Pure.

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::compliance::PlannedMakeGood;
use crate::engine::Engine;
use crate::engine::books::make_good_name;
use crate::engine::evidence::Proof;
use crate::engine::hear::device_name;
use crate::engine::live::{Live, Phase, Show, Track};
use crate::model::id::AiringId;
use crate::model::occurrence::Occurrence;
use crate::model::playback::{Repeat, Route};
use crate::model::station::{Commune, Output, OutputKind};
use crate::model::status::{ClockStatus, ConfigStatus, Next, OnAir, OutputState, OutputStatus, SoundState, Status};
use crate::model::time::{Moment, Now};
use crate::model::units::Seconds;

impl Engine {
    /// The station's state. Nothing in it is remembered from a command: it is what the devices reported.
    #[must_use]
    pub fn status(&self, now: Now) -> Status {
        Status {
            station: self.station.id.clone(),
            name: self.station.name.clone(),
            version: self.version.clone(),
            now: self.moment(now),
            since: self.since,
            clock: ClockStatus { trusted: self.clock_trusted(now), synchronised: self.clock.trust.synchronised() },
            on_air: self.on_air(now),
            next: self.next_to_air(now),
            outputs: self.station.outputs.iter().map(|o| self.output_status(o)).collect(),
            faults: self.board.all(),
            config: ConfigStatus {
                revision: self.station.revision.clone(),
                loaded_at: self.loaded_at,
                rejected: self.rejected.clone(),
            },
            quotas: self.books.assessments().to_vec(),
        }
    }

    fn on_air(&self, now: Now) -> Vec<OnAir> {
        let tracks = self.book.values().flat_map(|l| l.tracks.iter().map(move |t| (l, t)));
        let due = tracks.filter(|(l, t)| !t.done() && (l.due <= now.wall || t.evidence.started_at.is_some()));
        due.map(|(live, track)| self.on_air_entry(now, live, track)).collect()
    }

    fn on_air_entry(&self, now: Now, live: &Live, track: &Track) -> OnAir {
        let bill = &live.bill;
        let played = track.evidence.played(bill.items.len());
        let current = bill.items.iter().zip(&played).position(|(item, p)| *p < item.planned_s.duration());
        let item = current.and_then(|n| bill.items.get(n)).or(bill.items.last());
        OnAir {
            id: live.head.id.clone(),
            commune: live.head.commune.clone(),
            commune_name: live.head.commune_name.clone(),
            slot_name: live.head.slot_name.clone(),
            kind: live.head.kind,
            output: track.output.clone(),
            title: item.map(|i| i.title.clone()).unwrap_or_default(),
            started_at: track.evidence.started_at.map(|at| Moment::of(at, &self.station.zone)),
            played_s: Seconds::from(played.iter().sum::<std::time::Duration>()),
            planned_s: self.planned_length(live).into(),
            sound: sound_state(now, track),
            asked: live.head.asked.clone(),
        }
    }

    /// How long it is to sound in all: what nobody stops, as long as it may.
    fn planned_length(&self, live: &Live) -> std::time::Duration {
        match live.bill.show {
            Show::Clips(Repeat::UntilStopped) => self.station.emergency.longest,
            _ => live.bill.required(),
        }
    }

    /// Nothing, while nobody knows when that will be.
    fn next_to_air(&self, now: Now) -> Option<Next> {
        if !self.clock_trusted(now) {
            return None;
        }
        let waiting = self.book.values().filter(|l| l.due > now.wall && !l.sounded());
        let booked = waiting.min_by_key(|l| (l.due, l.rank)).map(|l| Next {
            id: l.head.id.clone(),
            commune: l.head.commune.clone(),
            commune_name: l.head.commune_name.clone(),
            slot_name: l.head.slot_name.clone(),
            planned_at: l.head.planned_at,
            local: l.head.planned_at.local(),
        });
        let scheduled = self.promising.as_ref().and_then(|o| self.next_of_plan(o));
        let made_good = self.books.next_make_good().and_then(|planned| self.next_of_make_good(planned));
        let to_come = scheduled.into_iter().chain(made_good).min_by_key(|next| next.planned_at.at);
        booked.or(to_come)
    }

    fn next_of_plan(&self, next: &Occurrence) -> Option<Next> {
        let commune = self.station.commune(&next.commune)?;
        let slot_name = commune.slot(&next.slot)?.name.clone();
        Some(self.next(commune, &next.id, slot_name, next.at, next.local))
    }

    fn next_of_make_good(&self, next: &PlannedMakeGood) -> Option<Next> {
        let commune = self.station.commune(&next.commune)?;
        Some(self.next(commune, &next.id, make_good_name(commune, next), next.at, next.local))
    }

    fn next(&self, commune: &Commune, id: &AiringId, slot_name: String, at: Timestamp, local: DateTime) -> Next {
        Next {
            id: id.clone(),
            commune: commune.id.clone(),
            commune_name: commune.name.clone(),
            slot_name,
            planned_at: Moment::of(at, &self.station.zone),
            local,
        }
    }

    fn output_status(&self, output: &Output) -> OutputStatus {
        let tracks = self.book.values().flat_map(|l| &l.tracks);
        let serving = tracks.filter(|t| t.output == output.id).find(|t| t.phase.holds());
        let faulty = self.board.concerns(output.id.as_str());
        let state = match serving.map(|t| t.phase) {
            Some(Phase::OnAir { .. } | Phase::Stopping { .. }) if !faulty => OutputState::OnAir,
            Some(Phase::Ready { .. } | Phase::Cued { .. }) if !faulty => OutputState::Ready,
            _ if faulty => OutputState::Faulty,
            _ => OutputState::Idle,
        };
        OutputStatus {
            output: output.id.clone(),
            name: output.name.clone(),
            channel: output.channel,
            kind: kind_word(&output.kind).to_owned(),
            device: serving.and_then(|t| t.evidence.device.as_ref().map(device_name)),
            identity: serving.and_then(|t| t.evidence.identity.clone()),
            state,
        }
    }
}

fn sound_state(now: Now, track: &Track) -> SoundState {
    let begun = track.evidence.started_at.is_some();
    match track.phase {
        Phase::OnAir { .. } | Phase::Stopping { .. } if track.evidence.stalled(now.mono) => SoundState::Stalled,
        Phase::OnAir { .. } | Phase::Stopping { .. } => {
            let silent = track.evidence.proof() == Proof::Nobody || track.evidence.quiet(now.mono);
            match track.evidence.route() {
                Some(Route::Muted) => SoundState::Muted,
                Some(Route::Elsewhere) => SoundState::Elsewhere,
                _ if silent => SoundState::Silent,
                _ => SoundState::Sounding,
            }
        }
        _ if begun => SoundState::Recovering,
        _ => SoundState::Preparing,
    }
}

fn kind_word(kind: &OutputKind) -> &'static str {
    match kind {
        OutputKind::Auto => "auto",
        OutputKind::Device { .. } => "device",
        OutputKind::Wav => "wav",
        OutputKind::Null => "null",
        OutputKind::Icecast(_) => "icecast",
    }
}
