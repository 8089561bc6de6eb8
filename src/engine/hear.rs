//! What players say, and what it means for the airing that they serve. Pure.

use crate::engine::advance::close_track;
use crate::engine::event::Command;
use crate::engine::evidence::Ending;
use crate::engine::faults::Words;
use crate::engine::live::{Live, Phase};
use crate::engine::standing::rule_of;
use crate::engine::{Engine, words};
use crate::model::entry::Entry;
use crate::model::id::{AiringId, OutputId};
use crate::model::outcome::Reason;
use crate::model::playback::{Delivered, DeviceTrouble, End, FromPlayer, Opened, Progress, Route, RunId};
use crate::model::time::{Moment, Mono, Now};
use crate::model::units::Hertz;
use crate::text;

/// What to say to engineers and journal of an opened device.
pub(super) fn device_name(opened: &Opened) -> String {
    match opened {
        Opened::Card { name } => name.clone(),
        Opened::File { path } | Opened::StandIn { path, .. } => {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
            format!("heard/{}", name.unwrap_or_default())
        }
        Opened::Null => "null".to_owned(),
        Opened::Stream { url } => url.clone(),
    }
}

impl Engine {
    /// A player said something. What belongs to no airing any more is passed over.
    pub(super) fn heard(&mut self, now: Now, run: RunId, said: FromPlayer) {
        if self.probe_heard(now, run, &said) {
            return;
        }
        let Some((id, n)) = self.serves(run) else { return };
        let Some(mut live) = self.book.remove(&id) else { return };
        match said {
            FromPlayer::Ready { device, rate } => self.ready(now, &mut live, n, run, device, rate),
            FromPlayer::Started { at } => self.started(now, &mut live, n, run, at),
            FromPlayer::Progress(progress) => live.tracks[n].evidence.progress(progress),
            FromPlayer::Route { at, route, device } => self.routed(now, &mut live, n, at, route, device),
            FromPlayer::Ended { progress, items, end, listened } => {
                live.tracks[n].evidence.listened = listened;
                self.ended(now, &mut live, n, run, progress, items, end);
            }
            FromPlayer::Failed { reason, item, trouble, detail: _, progress } => {
                if let Some(progress) = progress {
                    live.tracks[n].evidence.progress(progress);
                }
                self.failed(now, &mut live, n, reason, item, trouble);
            }
        }
        self.book.insert(id, live);
    }

    /// A player's process is gone.
    pub(super) fn player_gone(&mut self, now: Now, run: RunId, _how: &str) {
        self.leaving.remove(&run);
        self.probe_gone(run);
        let Some((id, n)) = self.serves(run) else { return };
        let Some(mut live) = self.book.remove(&id) else { return };
        if let Phase::Stopping { why, .. } = live.tracks[n].phase {
            close_track(&mut live, n, Ending::Stopped(why), now);
        } else {
            self.lose(now, &mut live, n, Reason::Process, None);
            self.leaving.remove(&run);
        }
        self.book.insert(id, live);
    }

    fn serves(&self, run: RunId) -> Option<(AiringId, usize)> {
        self.book.values().find_map(|live| {
            let n = live.tracks.iter().position(|t| t.phase.run() == Some(run))?;
            Some((live.head.id.clone(), n))
        })
    }

    fn ready(&mut self, now: Now, live: &mut Live, n: usize, run: RunId, device: Opened, rate: Hertz) {
        let output = live.tracks[n].output.clone();
        if let Opened::StandIn { path, .. } = &device {
            let folder = path.parent().unwrap_or(path).display().to_string();
            self.standing_in(now, &output, &folder);
        } else {
            self.opens(now, &output);
        }
        let track = &mut live.tracks[n];
        track.evidence.opened(device, rate);
        if matches!(track.phase, Phase::Preparing { .. }) {
            track.phase = Phase::Ready { run, since: now.mono };
        }
    }

    fn standing_in(&mut self, now: Now, output: &OutputId, folder: &str) {
        let name = self.station.output(output).map_or_else(|| output.to_string(), |o| o.name.clone());
        let message = text!(
            "{name}: máy không có card âm thanh, không ai nghe được. Tiếng được ghi vào thư mục {folder} để nghe lại.",
            "{name}: the PC has no sound card, nobody hears it. The sound is written to {folder} to listen to."
        );
        let remedy = text!(
            "Hãy cắm card âm thanh (hoặc dây USB) rồi chạy lệnh loaphuong test-sound.",
            "Plug in a sound card (or its USB cable), then run loaphuong test-sound."
        );
        self.raise(now, Reason::DeviceAbsent.code(), Some(output.as_str()), Words { message, remedy });
    }

    fn started(&mut self, now: Now, live: &mut Live, n: usize, run: RunId, at: Mono) {
        let output = live.tracks[n].output.clone();
        for reason in [Reason::DeviceStalled, Reason::DeviceImplausible, Reason::Process, Reason::StorageFault] {
            self.clear(now, reason.code(), Some(output.as_str()));
        }
        let first_anywhere = !live.sounded();
        // To the nearest millisecond: a frame that leaves a microsecond before its second is not a millisecond early.
        let left = now.wall_at(at);
        let left = left.round(jiff::Unit::Millisecond).unwrap_or(left);
        let track = &mut live.tracks[n];
        if !matches!(track.phase, Phase::Stopping { .. }) {
            track.phase = Phase::OnAir { run };
        }
        if track.evidence.started(at, left) {
            let device = track.evidence.device.as_ref().map(device_name).unwrap_or_default();
            let started_at = Moment::of(left, &self.station.zone);
            let id = live.head.id.clone();
            self.entries.push(Entry::Started { at: self.moment(now), id, output, started_at, device });
        }
        live.checkpointed = live.checkpointed.or(Some(now.mono));
        if first_anywhere {
            self.clear_clip_faults(now, &rule_of(&live.head));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one message")]
    fn ended(
        &mut self,
        now: Now,
        live: &mut Live,
        n: usize,
        run: RunId,
        progress: Progress,
        items: Vec<Delivered>,
        end: End,
    ) {
        let track = &mut live.tracks[n];
        track.evidence.ended_at = Some(now.wall_at(progress.at));
        track.evidence.progress(progress);
        track.evidence.closed(items, None);
        let ending = match (end, track.phase) {
            (End::Whole, _) => Ending::Whole,
            (End::Stopped, Phase::Stopping { why, .. }) => Ending::Stopped(why),
            (End::Stopped, _) => Ending::GivenUp(Reason::Process),
        };
        self.leaving.insert(run, (track.output.clone(), now.mono));
        let output = track.output.clone();
        self.clear(now, Reason::Silent.code(), Some(output.as_str()));
        close_track(live, n, ending, now);
    }

    /// Where the sound goes: a muted or another device is shown at once, and what is wrong with it ends with it.
    fn routed(&mut self, now: Now, live: &mut Live, n: usize, at: Mono, route: Route, device: Option<String>) {
        let output = live.tracks[n].output.clone();
        live.tracks[n].evidence.routed(at, route, device);
        self.show_route(now, &output, route);
    }

    fn failed(
        &mut self,
        now: Now,
        live: &mut Live,
        n: usize,
        reason: Reason,
        item: Option<usize>,
        trouble: Option<DeviceTrouble>,
    ) {
        if let Phase::Stopping { run, why, .. } = live.tracks[n].phase {
            self.leaving.insert(run, (live.tracks[n].output.clone(), now.mono));
            close_track(live, n, Ending::Stopped(why), now);
            return;
        }
        let of_clip = matches!(reason, Reason::ClipMissing | Reason::ClipCorrupt | Reason::ClipShort);
        if !of_clip {
            self.lose(now, live, n, reason, trouble);
            return;
        }
        if self.replace_clip(now, live, item) {
            return;
        }
        if let Some(run) = live.tracks[n].phase.run() {
            let output = live.tracks[n].output.clone();
            self.leaving.insert(run, (output, now.mono));
        }
        if live.head.kind.by_schedule() {
            let rule = rule_of(&live.head);
            self.raise(now, reason.code(), Some(&rule), words::of_choice(reason, &live.head.slot_name));
        }
        close_track(live, n, Ending::GivenUp(reason), now);
    }

    /// Ends an airing: what sounds fades out, what has not begun is let go.
    pub(super) fn end_airing(&mut self, now: Now, id: &AiringId, why: Reason) {
        let Some(mut live) = self.book.remove(id) else { return };
        for n in 0..live.tracks.len() {
            let track = &mut live.tracks[n];
            match track.phase {
                Phase::OnAir { run } => {
                    track.phase = Phase::Stopping { run, since: now.mono, why };
                    let fade = super::advance::FADE;
                    self.order(Command::Tell(run, crate::model::playback::ToPlayer::Stop { fade }));
                }
                Phase::Stopping { .. } | Phase::Done(_) => {}
                Phase::Waiting { .. } | Phase::Preparing { .. } | Phase::Ready { .. } | Phase::Cued { .. } => {
                    if let Some(run) = track.phase.run() {
                        let output = track.output.clone();
                        self.dismiss(now, run, &output);
                    }
                    close_track(&mut live, n, Ending::Stopped(why), now);
                }
            }
        }
        self.book.insert(id.clone(), live);
    }
}
