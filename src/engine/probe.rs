//! Asks idle outputs whether they could sound, so that the status is true while nothing airs. Pure.
//!
//! An output is probed before the coming slots (whenever the coming day is looked at), and while a fault of it stands.
//! A probe plays half a second of silence; it gives way to whatever wants to air.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::engine::advance::{OPENING, SLOW_OPENING};
use crate::engine::event::Command;
use crate::engine::standing::OF_OUTPUTS;
use crate::engine::{Engine, Wake};
use crate::model::id::OutputId;
use crate::model::outcome::Reason;
use crate::model::playback::{FromPlayer, Job, Opened, Programme, Route, RunId, ToPlayer, Urgency};
use crate::model::seeded::{Bug, seeded};
use crate::model::station::{Output, OutputKind};
use crate::model::time::{Mono, Now};

/// How long to wait between two probes of an output that is at fault: its fault ends within five seconds of its cause.
const PAUSE: Duration = Duration::from_secs(3);
/// The same once a card has been absent for a while: a PC without one is not to be kept busy for years, and is told when one
/// is plugged in.
const LONG_PAUSE: Duration = Duration::from_secs(30);
/// A device opens in less, and a probe is through with it in less; who takes longer holds nobody up: whoever hangs for ten
/// seconds hides the others' faults.
const MOMENT: Duration = Duration::from_secs(1);
/// After so many probes the pauses become long.
const PATIENT: u32 = 40;
/// Runs of probes have numbers of their own, so that what airs is numbered without gaps.
const FIRST_RUN: u64 = 1 << 40;

/// What is being asked of which output.
#[derive(Debug, Default)]
pub(super) struct Probes {
    outputs: BTreeMap<OutputId, Probe>,
    runs: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Probe {
    /// The run, and since when it opens its device, or has it.
    run: Option<(RunId, Mono)>,
    /// When to ask next; nothing: not at all.
    next: Option<Mono>,
    /// How often it was found absent since it was last found otherwise.
    tries: u32,
}

impl Engine {
    /// Every output that could be a card is asked soon.
    pub(super) fn probe_all(&mut self, now: Now) {
        let cards = self.station.outputs.iter().filter(|o| is_card(&o.kind)).map(|o| o.id.clone());
        for output in cards.collect::<Vec<_>>() {
            self.probes.outputs.entry(output).or_default().next = Some(now.mono);
        }
    }

    /// Asks those whose time has come, and lets go of those that do not answer.
    pub(super) fn advance_probes(&mut self, now: Now) {
        let station = std::sync::Arc::clone(&self.station);
        for output in station.outputs.iter().filter(|o| is_card(&o.kind)) {
            let mut probe = self.probes.outputs.get(&output.id).copied().unwrap_or_default();
            if let Some((run, since)) = probe.run
                && now.mono.since(since) >= OPENING
            {
                self.dismiss(now, run, &output.id);
                self.fault_of_output(now, &output.id, Reason::DeviceStalled, None);
                // Whatever keeps it from opening, it is not that there is none.
                (probe.run, probe.tries) = (None, 0);
            }
            if probe.run.is_some_and(|(_, since)| now.mono.since(since) >= SLOW_OPENING) {
                self.fault_of_output(now, &output.id, Reason::DeviceStalled, None);
            }
            if probe.run.is_none() && probe.next.is_none() && self.at_fault(&output.id) {
                let absent = self.board.stands(Reason::DeviceAbsent.code(), Some(output.id.as_str()));
                let pause = if absent && probe.tries >= PATIENT { LONG_PAUSE } else { PAUSE };
                probe.next = Some(now.mono.plus(pause));
            }
            // One at a time: two outputs may lead to the same card. Who does not open is waited for a moment only, unless it
            // is the same by its name.
            let same = |id: &OutputId| station.output(id).is_some_and(|o| device(&o.kind) == device(&output.kind));
            let in_the_way = |(id, p): (&OutputId, &Probe)| p.run.is_some() && (p.busy(now) || same(id));
            let another = self.probes.outputs.iter().any(in_the_way);
            let another = another || self.leaving.keys().any(|run| run.0 > FIRST_RUN);
            if !another && probe.next.is_some_and(|at| at <= now.mono) {
                // Who has it may let go of it before it opens: then it is asked.
                if !self.held(&output.id) && self.emergency_on(&output.id).is_none() {
                    probe.next = None;
                    probe.run = Some((self.start_probe(output), now.mono));
                    probe.tries += 1;
                }
            }
            self.probes.outputs.insert(output.id.clone(), probe);
        }
        let gone = self.probes.outputs.keys().filter(|id| station.output(id).is_none_or(|o| !is_card(&o.kind)));
        for id in gone.cloned().collect::<Vec<_>>() {
            self.end_probe(now, &id);
            self.probes.outputs.remove(&id);
        }
    }

    fn at_fault(&self, output: &OutputId) -> bool {
        self.board.has_any(&OF_OUTPUTS, output.as_str())
    }

    fn start_probe(&mut self, output: &Output) -> RunId {
        self.probes.runs += 1;
        let run = RunId(FIRST_RUN + self.probes.runs);
        self.order(Command::Spawn(run));
        self.order(Command::Tell(run, ToPlayer::Prepare(Box::new(job(&self.station.paths.state, output, run)))));
        run
    }

    /// Something wants to air on this output: the probe makes room.
    pub(super) fn end_probe(&mut self, now: Now, output: &OutputId) {
        let run = self.probes.outputs.get_mut(output).and_then(|p| p.run.take());
        if let Some((run, _)) = run {
            self.dismiss(now, run, output);
        }
    }

    /// Does a probe have this output?
    pub(super) fn probed(&self, output: &OutputId) -> bool {
        self.probes.outputs.get(output).is_some_and(|p| p.run.is_some())
    }

    /// What a probe found. False if the run is none.
    pub(super) fn probe_heard(&mut self, now: Now, run: RunId, said: &FromPlayer) -> bool {
        let found = self.probes.outputs.iter().find(|(_, p)| p.run.is_some_and(|(r, _)| r == run));
        let Some(output) = found.map(|(id, _)| id.clone()) else { return false };
        if let (FromPlayer::Ready { .. }, Some(probe)) = (said, self.probes.outputs.get_mut(&output)) {
            probe.run = Some((run, now.mono));
        }
        match said {
            FromPlayer::Ready { device: Opened::Card { .. }, .. } => self.opens(now, &output),
            FromPlayer::Route { route, .. } => self.show_route(now, &output, *route),
            FromPlayer::Ended { .. } => self.probe_over(now, &output, run),
            FromPlayer::Failed { reason, trouble, .. } => {
                self.fault_of_output(now, &output, *reason, *trouble);
                self.probe_over(now, &output, run);
            }
            FromPlayer::Ready { .. } | FromPlayer::Started { .. } | FromPlayer::Progress(_) => {}
        }
        true
    }

    /// A device is there, a player has it, and it takes samples.
    pub(super) fn opens(&mut self, now: Now, output: &OutputId) {
        if seeded(Bug::FaultsOfOutputsStay) {
            return;
        }
        for reason in [Reason::DeviceAbsent, Reason::DeviceStalled, Reason::Process] {
            self.clear(now, reason.code(), Some(output.as_str()));
        }
    }

    /// A muted or another device is shown at once, and the fault ends when the device is the right one and sounds.
    pub(super) fn show_route(&mut self, now: Now, output: &OutputId, route: Route) {
        for (amiss, reason) in [(Route::Muted, Reason::DeviceMuted), (Route::Elsewhere, Reason::DeviceRerouted)] {
            if route == amiss {
                self.fault_of_output(now, output, reason, None);
            } else if route != Route::Unknown {
                self.clear(now, reason.code(), Some(output.as_str()));
            }
        }
    }

    fn probe_over(&mut self, now: Now, output: &OutputId, run: RunId) {
        self.leaving.insert(run, (output.clone(), now.mono));
        let well = !self.at_fault(output);
        if let Some(probe) = self.probes.outputs.get_mut(output) {
            probe.run = None;
            probe.tries = if well { 0 } else { probe.tries };
        }
    }

    /// The process of a probe is gone.
    pub(super) fn probe_gone(&mut self, run: RunId) {
        for probe in self.probes.outputs.values_mut().filter(|p| p.run.is_some_and(|(r, _)| r == run)) {
            probe.run = None;
        }
    }

    /// When a probe must be looked after.
    pub(super) fn wake_for_probes(&self, wake: &mut Wake, now: Now) {
        for probe in self.probes.outputs.values() {
            let since = probe.run.map(|(_, since)| since);
            let turns = since.into_iter().flat_map(|since| [MOMENT, SLOW_OPENING, OPENING].map(|t| since.plus(t)));
            for at in turns.chain(probe.next) {
                wake.mono(now, at);
            }
        }
    }
}

impl Probe {
    /// Is it about to open its device, or to be through with it?
    fn busy(&self, now: Now) -> bool {
        self.run.is_some_and(|(_, since)| now.mono.since(since) < MOMENT)
    }
}

/// Can the output be missing, muted, or another one?
fn is_card(kind: &OutputKind) -> bool {
    matches!(kind, OutputKind::Auto | OutputKind::Device { .. })
}

/// What a probe opens: what stands in for a card is no answer to whether there is one.
fn device(kind: &OutputKind) -> OutputKind {
    match kind {
        OutputKind::Auto => OutputKind::Device { name: None },
        other => other.clone(),
    }
}

fn job(state: &std::path::Path, output: &Output, run: RunId) -> Job {
    Job {
        run,
        output: device(&output.kind),
        heard: state.join("heard").join("probe.wav"),
        sink: output.sink.clone(),
        items: Vec::new(),
        programme: Programme::Probe,
        urgency: Urgency::InTime,
        fade_in: Duration::ZERO,
        fade_out: Duration::ZERO,
        listen: None,
    }
}
