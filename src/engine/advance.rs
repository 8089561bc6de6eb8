//! What time does to the airings in progress: prepare, cue, notice that nothing moves, try again, give up. Pure.

use std::time::Duration;

use jiff::Timestamp;

use crate::engine::event::{Command, Switch};
use crate::engine::evidence::{Ending, Evidence, STALL};
use crate::engine::live::{Intent, Live, Phase, Track};
use crate::engine::take::{earlier, later, prepare_lead};
use crate::engine::{Engine, words};
use crate::model::entry::{Entry, Reached};
use crate::model::id::{AiringId, OutputId};
use crate::model::outcome::{Kind, Reason};
use crate::model::playback::{DeviceTrouble, Route, RunId, ToPlayer};
use crate::model::seeded::{Bug, seeded};
use crate::model::station::{Commune, Output};
use crate::model::time::{Mono, Now};
use crate::model::units::Seconds;

/// How long opening a device may take.
pub(super) const OPENING: Duration = Duration::from_secs(15);
/// After so long it is shown that it does not open: a fault must be shown ten seconds after it is there.
pub(super) const SLOW_OPENING: Duration = Duration::from_secs(9);
/// How long after its cue a player may stay silent.
pub(super) const SILENT_CUE: Duration = Duration::from_secs(3);
/// How long after the second a start waits for the disk.
pub(super) const DISK_GRACE: Duration = Duration::from_millis(200);
/// How long a batch of entries may be on its way to the disk before the disk is said to be hung.
pub(super) const HUNG_DISK: Duration = Duration::from_secs(6);
/// How long a fading player may take.
pub(super) const FADING: Duration = Duration::from_millis(1200);
/// How long a player that has ended may take to go.
pub(super) const LEAVING: Duration = Duration::from_secs(2);
/// Time between two checkpoints: with the 100 ms between two reports less than the promised 5 s.
pub(super) const CHECKPOINT: Duration = Duration::from_secs(4);
/// How long before a scheduled airing a manual one is ended.
pub(super) const MAKE_ROOM: Duration = Duration::from_secs(3);
/// The fade of a stopped clip.
pub(super) const FADE: Duration = Duration::from_millis(200);

impl Engine {
    /// Does everything that is due.
    pub(super) fn advance(&mut self, now: Now) {
        self.see_off(now);
        self.watch_clock(now);
        self.watch_disk(now);
        if self.closing == super::Closing::No && self.clock_trusted(now) {
            self.reopen(now);
            self.take_due(now);
            self.take_make_goods(now);
            self.mind_the_horizon(now);
            self.preflight(now);
        }
        let mut order: Vec<_> = self.book.iter().map(|(id, live)| (live.turn(), id.clone())).collect();
        order.sort();
        for (_, id) in order {
            let Some(mut live) = self.book.remove(&id) else { continue };
            for n in 0..live.tracks.len() {
                self.advance_track(now, &mut live, n);
            }
            self.checkpoint(now, &mut live);
            if live.done() {
                self.settle(now, &live);
            } else {
                self.book.insert(id, live);
            }
        }
        if self.closing == super::Closing::No {
            self.sound_tones(now);
            self.advance_probes(now);
        }
        self.end_silence(now);
        self.end_lost_relays(now);
        self.release_amplifiers(now);
        self.leave(now);
    }

    /// A disk that hangs says nothing: it is seen by what does not come back from it.
    fn watch_disk(&mut self, now: Now) {
        let reason = Reason::StorageFault;
        let said = self.board.stands(Reason::DiskFull.code(), None) || self.board.stands(reason.code(), None);
        let oldest = self.unstored.values().next();
        if !said && oldest.is_some_and(|since| now.mono.since(*since) >= HUNG_DISK) {
            self.raise(now, reason.code(), None, words::of_storage(reason));
        }
    }

    fn advance_track(&mut self, now: Now, live: &mut Live, n: usize) {
        if self.waits_for_the_clock(now, live, n) {
            return;
        }
        let astray = live.tracks[n].evidence.route() == Some(Route::Elsewhere);
        match live.tracks[n].phase {
            // Never another device: it is opened afresh until it is the right one.
            Phase::Ready { .. } | Phase::Cued { .. } | Phase::OnAir { .. } if astray => {
                self.lose(now, live, n, Reason::DeviceRerouted, None);
            }
            Phase::Waiting { retry_at: Some(_) } if seeded(Bug::NeverReopens) => {
                close_track(live, n, Ending::GivenUp(Reason::DeviceAbsent), now);
            }
            Phase::Waiting { retry_at } => {
                let ready = retry_at.is_none_or(|at| at <= now.mono);
                self.advance_waiting(now, live, n, ready);
            }
            Phase::Preparing { since, .. } if now.wall > self.limit(live, n) => {
                self.too_late_to_open(now, live, n, since);
            }
            Phase::Preparing { since, .. } if now.mono.since(since) >= OPENING => {
                self.lose(now, live, n, Reason::DeviceStalled, None);
            }
            Phase::Preparing { since, .. } if now.mono.since(since) >= SLOW_OPENING => {
                self.fault_of_output(now, &live.tracks[n].output.clone(), Reason::DeviceStalled, None);
            }
            Phase::Ready { run, since } => self.advance_ready(now, live, n, run, since),
            // The clock was set, at once or by little and little: another second is the right one.
            Phase::Cued { run, since, .. } if live.miscued(n, now) && !seeded(Bug::CuesStay) => {
                self.advance_ready(now, live, n, run, since);
            }
            // A person's airing has no second of its own, but what is known of the hours may have changed since.
            Phase::Cued { at, .. } if !live.planned() && at > now.mono && self.quiet(live, n, now.wall_at(at)) => {
                self.give_up(now, live, n, Reason::QuietHours);
            }
            Phase::Cued { at, .. } if now.mono.since(at) >= SILENT_CUE => {
                self.lose(now, live, n, Reason::DeviceStalled, None);
            }
            // While an amplifier warms up, nobody else would say so.
            Phase::Cued { since, .. }
                if !live.tracks[n].evidence.has_device() && now.mono.since(since) >= SLOW_OPENING =>
            {
                self.fault_of_output(now, &live.tracks[n].output.clone(), Reason::DeviceStalled, None);
            }
            Phase::OnAir { .. } => self.advance_on_air(now, live, n),
            Phase::Stopping { run, since, why } if now.mono.since(since) >= FADING => {
                self.dismiss(now, run, &live.tracks[n].output.clone());
                close_track(live, n, Ending::Stopped(why), now);
            }
            Phase::Preparing { .. } | Phase::Cued { .. } | Phase::Stopping { .. } | Phase::Done(_) => {}
        }
    }

    fn advance_waiting(&mut self, now: Now, live: &mut Live, n: usize, ready: bool) {
        let id = live.tracks[n].output.clone();
        let Some(output) = self.station.output(&id).cloned() else {
            close_track(live, n, Ending::GivenUp(Reason::DeviceAbsent), now);
            return;
        };
        if !live.sounded() && now.wall < earlier(live.due, prepare_lead(&output)) {
            return;
        }
        let start = if live.sounded() { now.wall } else { now.wall.max(live.due) };
        if let Some(reason) = self.refusal(live, n, start) {
            close_track(live, n, Ending::GivenUp(reason), now);
            return;
        }
        if !ready {
            return;
        }
        if self.wait_for_emergency(now, live, n) {
            return;
        }
        self.end_probe(now, &id);
        if self.held(&id) && !seeded(Bug::HeldIsFree) {
            self.make_room(now, live, &id);
            let track = &mut live.tracks[n];
            track.hindrance = track.hindrance.or(Some(Reason::Overlap));
            return;
        }
        if !self.goes_first(now, live, &id) {
            self.prepare(now, live, n, &output);
        }
    }

    /// Does an earlier airing want this output back after a loss? Then nobody takes it ahead of his own time.
    fn goes_first(&self, now: Now, live: &Live, output: &OutputId) -> bool {
        let earlier = self.book.values().filter(|l| l.due < live.due && !l.yields());
        let lost = |track: &Track| &track.output == output && track.losses > 0 && !track.done();
        now.wall < live.due && earlier.flat_map(|l| &l.tracks).any(lost)
    }

    /// The device did not open in time: too late is too late, however ready it may be by now.
    fn too_late_to_open(&mut self, now: Now, live: &mut Live, n: usize, since: Mono) {
        let mut reason = self.refusal(live, n, now.wall).unwrap_or(Reason::TooLate);
        if now.mono.since(since) >= STALL {
            reason = Reason::DeviceStalled;
            self.fault_of_output(now, &live.tracks[n].output.clone(), reason, None);
        }
        self.give_up(now, live, n, reason);
    }

    /// Why an output may not begin at `start`, or go on: it is too late, or the hours forbid it.
    fn refusal(&self, live: &Live, n: usize, start: Timestamp) -> Option<Reason> {
        if start > self.limit(live, n) {
            return Some(live.tracks[n].hindrance.unwrap_or_else(|| self.why_late(live.due)));
        }
        self.quiet(live, n, start).then_some(Reason::QuietHours)
    }

    /// Do the hours forbid that an output begins at `start`? What began in permitted hours goes on outside them.
    fn quiet(&self, live: &Live, n: usize, start: Timestamp) -> bool {
        let begun = live.tracks[n].evidence.started_at.is_some();
        if begun || matches!(live.head.kind, Kind::Trial | Kind::Emergency) {
            return false;
        }
        // What an untrusted clock says of the hours, a person knows better.
        if !live.planned() && !self.clock_trusted(self.last) {
            return false;
        }
        let Some(commune) = self.station.commune(&live.head.commune) else { return false };
        let ignored = seeded(Bug::LateStartsIgnoreHours);
        !ignored && !self.permitted(commune, self.believed(live, start))
    }

    /// May this commune begin something at this time?
    pub(super) fn permitted(&self, commune: &Commune, at: Timestamp) -> bool {
        commune.hours.permit(self.station.zone.to_datetime(at).time())
    }

    /// Does another airing, or a player on its way out, hold this output?
    pub(super) fn held(&self, output: &OutputId) -> bool {
        let leaving = self.leaving.values().any(|(o, _)| o == output) && !seeded(Bug::LeavingIsFree);
        let tracks = self.book.values().flat_map(|l| &l.tracks);
        leaving || self.probed(output) || tracks.filter(|t| &t.output == output).any(|t| t.phase.holds())
    }

    /// What a person started gives way to the schedule.
    fn make_room(&mut self, now: Now, live: &Live, output: &OutputId) {
        if live.yields() || now.wall < earlier(live.due, self.make_room_lead(output)) {
            return;
        }
        let holders: Vec<AiringId> = self.book.values().filter(|l| l.yields()).map(|l| l.head.id.clone()).collect();
        for id in holders {
            if self.book.get(&id).is_some_and(|l| l.tracks.iter().any(|t| &t.output == output)) {
                let preemption = self.preemption(now, &live.head);
                if let Some(holder) = self.book.get_mut(&id) {
                    holder.preempted.get_or_insert(preemption);
                }
                self.end_airing(now, &id, Reason::Preempted);
            }
        }
    }

    /// How long before its time the schedule takes an output away: its lead-in comes on top.
    pub(super) fn make_room_lead(&self, output: &OutputId) -> Duration {
        MAKE_ROOM + self.station.output(output).map_or(Duration::ZERO, |o| o.lead_in)
    }

    fn prepare(&mut self, now: Now, live: &mut Live, n: usize, output: &Output) {
        let run = self.next_run;
        self.next_run = RunId(run.0 + 1);
        if output.amplifier.is_some() && !self.amplifiers.contains_key(&output.id) {
            self.amplifiers.insert(output.id.clone(), now.mono);
            self.order(Command::Amplifier(output.id.clone(), Switch::On));
        }
        let job = self.job(now, live, n, output, run);
        let at = now.mono.max(self.warm_at(output).unwrap_or(now.mono));
        let track = &mut live.tracks[n];
        track.tries += 1;
        track.phase = Phase::Preparing { run, since: now.mono };
        self.order(Command::Spawn(run));
        self.order(Command::Tell(run, ToPlayer::Prepare(Box::new(job))));
        if live.urgent() {
            // Every millisecond counts: it does not wait for the disk, nor for the device to be ready.
            live.tracks[n].phase = Phase::Cued { run, since: now.mono, at, shows: now.wall_at(at) };
            self.order(Command::Tell(run, ToPlayer::Begin { at }));
        }
    }

    fn advance_ready(&mut self, now: Now, live: &mut Live, n: usize, run: RunId, since: Mono) {
        let Some(output) = self.station.output(&live.tracks[n].output).cloned() else {
            self.give_up(now, live, n, Reason::DeviceAbsent);
            return;
        };
        if !live.sounded() && now.wall < earlier(live.due, prepare_lead(&output) + Duration::from_secs(5)) {
            // The clock was set back: the time is far away again, and an open device costs wake-ups.
            self.dismiss(now, run, &output.id);
            live.tracks[n].phase = Phase::Waiting { retry_at: None };
            return;
        }
        let unwritten = live.intent != Intent::Durable && !seeded(Bug::NoWaitForTheDisk);
        let due = if unwritten { later(live.due, DISK_GRACE) } else { live.due };
        // Who is cued already has waited for the disk, or need not.
        if unwritten && !matches!(live.tracks[n].phase, Phase::Cued { .. }) {
            let patience = seeded(Bug::WaitsForADiskForEver);
            if patience || now.wall < due || now.mono.since(since) < DISK_GRACE {
                return;
            }
            // A hung disk must not silence the station; the row follows when it can.
            let reason = Reason::StorageFault;
            self.raise(now, reason.code(), None, words::of_storage(reason));
        }
        let awake = self.warm_at(&output).map_or(since, |w| w.max(since)).plus(output.lead_in);
        let soonest = awake.max(now.mono.plus(Duration::from_millis(30)));
        let at = if live.sounded() { soonest } else { soonest.max(now.mono_at(due)) };
        if let Some(reason) = self.refusal(live, n, now.wall_at(at)) {
            self.give_up(now, live, n, reason);
            return;
        }
        live.tracks[n].phase = Phase::Cued { run, since, at, shows: now.wall_at(at) };
        self.order(Command::Tell(run, ToPlayer::Begin { at }));
    }

    fn advance_on_air(&mut self, now: Now, live: &mut Live, n: usize) {
        let track = &live.tracks[n];
        if track.evidence.stalled(now.mono) {
            self.lose(now, live, n, Reason::DeviceStalled, None);
            return;
        }
        if track.evidence.swallows() {
            self.fault_of_output(now, &track.output.clone(), Reason::DeviceImplausible, None);
            self.give_up(now, live, n, Reason::DeviceImplausible);
            return;
        }
        self.watch_relay(now, live, n);
        let track = &live.tracks[n];
        let (output, quiet) = (track.output.clone(), track.evidence.quiet(now.mono));
        if quiet {
            self.fault_of_output(now, &output, Reason::Silent, None);
        } else {
            self.clear(now, Reason::Silent.code(), Some(output.as_str()));
        }
    }

    /// The device or the player is lost: keep what was reached, and try again after a while.
    pub(super) fn lose(&mut self, now: Now, live: &mut Live, n: usize, reason: Reason, trouble: Option<DeviceTrouble>) {
        let output = live.tracks[n].output.clone();
        self.fault_of_output(now, &output, reason, trouble);
        self.close_run(now, live, n);
        let track = &mut live.tracks[n];
        track.evidence.closed(Vec::new(), Some((now.mono, reason)));
        track.losses += 1;
        if track.evidence.started_at.is_some() {
            track.evidence.reopened += 1;
        }
        track.hindrance = Some(reason);
        track.phase = Phase::Waiting { retry_at: Some(now.mono.plus(track.back_off())) };
    }

    /// A card was plugged in: who waits for one to come back need not wait any longer.
    pub(super) fn try_again(&mut self, now: Now) {
        for track in self.book.values_mut().flat_map(|live| &mut live.tracks) {
            if let Phase::Waiting { retry_at: Some(at) } = &mut track.phase {
                *at = now.mono.min(*at);
            }
        }
    }

    /// From when on the amplifier carries sound, where there is one.
    fn warm_at(&self, output: &Output) -> Option<Mono> {
        self.amplifiers.get(&output.id).zip(output.amplifier.as_ref()).map(|(on, a)| on.plus(a.warm_up))
    }

    fn give_up(&mut self, now: Now, live: &mut Live, n: usize, reason: Reason) {
        self.close_run(now, live, n);
        close_track(live, n, Ending::GivenUp(reason), now);
    }

    fn close_run(&mut self, now: Now, live: &Live, n: usize) {
        if let Some(run) = live.tracks[n].phase.run() {
            self.dismiss(now, run, &live.tracks[n].output);
        }
    }

    /// Kills a player; its output stays taken until the process is gone.
    pub(super) fn dismiss(&mut self, now: Now, run: RunId, output: &OutputId) {
        self.leaving.insert(run, (output.clone(), now.mono));
        self.order(Command::Kill(run));
    }

    pub(super) fn fault_of_output(
        &mut self,
        now: Now,
        output: &OutputId,
        reason: Reason,
        trouble: Option<DeviceTrouble>,
    ) {
        if let Some(known) = self.station.output(output) {
            let words = words::of_output(reason, trouble, known);
            self.raise(now, reason.code(), Some(output.as_str()), words);
        }
    }

    /// Would something begin at another second than its own?
    pub(super) fn miscued(&self, now: Now) -> bool {
        self.book.values().any(|live| (0..live.tracks.len()).any(|n| live.miscued(n, now)))
    }

    fn checkpoint(&mut self, now: Now, live: &mut Live) {
        let on_air = live.tracks.iter().any(|t| matches!(t.phase, Phase::OnAir { .. }));
        let Some(last) = live.checkpointed.filter(|_| on_air) else { return };
        let rare = seeded(Bug::RareCheckpoints) && now.mono.since(last) < CHECKPOINT * 15;
        if now.mono.since(last) < CHECKPOINT || rare || seeded(Bug::NoCheckpoints) {
            return;
        }
        live.checkpointed = Some(now.mono);
        let reached =
            |evidence: &Evidence| evidence.played(live.bill.items.len()).into_iter().map(Seconds::from).collect();
        let outputs = live.tracks.iter().filter(|t| t.evidence.started_at.is_some());
        let outputs = outputs.map(|t| Reached { output: t.output.clone(), played_s: reached(&t.evidence) }).collect();
        self.entries.push(Entry::Checkpoint { at: self.moment(now), id: live.head.id.clone(), outputs });
    }

    /// Players that have ended but do not go are killed; after that the output counts as free.
    fn see_off(&mut self, now: Now) {
        let stuck = self.leaving.iter().filter(|(_, (_, since))| now.mono.since(*since) >= LEAVING);
        let stuck: Vec<RunId> = stuck.map(|(run, _)| *run).collect();
        for run in stuck {
            self.leaving.remove(&run);
            self.order(Command::Kill(run));
        }
    }

    /// An amplifier stays on between two tries, and for who waits until its output is free.
    fn release_amplifiers(&mut self, now: Now) {
        let wanted = |o: &OutputId| {
            let lead = self.station.output(o).map_or(Duration::ZERO, prepare_lead);
            self.book.values().any(|live| {
                let waits = live.sounded() || now.wall >= earlier(live.due, lead);
                let uses = |t: &Track| t.phase.holds() || (waits && matches!(t.phase, Phase::Waiting { .. }));
                live.tracks.iter().filter(|t| &t.output == o).any(uses)
            })
        };
        let idle: Vec<OutputId> =
            self.amplifiers.keys().filter(|o| !wanted(o) && !seeded(Bug::AmplifierStaysOn)).cloned().collect();
        for output in idle {
            self.amplifiers.remove(&output);
            self.order(Command::Amplifier(output, Switch::Off));
        }
    }

    /// At every start, in case the last stop was a crash.
    pub(super) fn amplifiers_off(&mut self) {
        let fitted: Vec<_> =
            self.station.outputs.iter().filter(|o| o.amplifier.is_some()).map(|o| o.id.clone()).collect();
        for output in fitted {
            self.order(Command::Amplifier(output, Switch::Off));
        }
    }
}

/// A track is over.
pub(super) fn close_track(live: &mut Live, n: usize, ending: Ending, now: Now) {
    let track = &mut live.tracks[n];
    track.evidence.closed(Vec::new(), None);
    if track.evidence.started_at.is_some() && track.evidence.ended_at.is_none() {
        track.evidence.ended_at = Some(now.wall);
    }
    track.phase = Phase::Done(ending);
}
