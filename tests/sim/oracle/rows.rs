//! What entries say, held against what was heard: I1, I2, I5, I6, and the order in which things are written down.

use std::time::Duration;

use jiff::Timestamp;
use loaphuong::model::airing::{Airing, OutputResult};
use loaphuong::model::entry::Entry;
use loaphuong::model::outcome::{Kind, Outcome, Reason};
use loaphuong::model::station::{Output, Station};
use loaphuong::rehearsal::{Card, Crash, Sound, World, key};

use super::{AHEAD, Oracle};

impl Oracle {
    pub(super) fn entry(&mut self, world: &World, entry: Entry) {
        match &entry {
            Entry::Planned { at, head, .. } => self.decided(at.at, head),
            Entry::Final { at, airing } => self.decided(at.at, &airing.head),
            Entry::SessionStarted { revision, from, .. } => {
                self.starts_with(&revision.0);
                self.left_at = None;
                self.cursor = self.cursor.max(from.at);
            }
            Entry::Configured { from, .. } => self.cursor = self.cursor.max(from.at),
            Entry::ClockTrusted { from, .. } => self.cursor = from.at,
            _ => {}
        }
        match entry {
            Entry::Planned { head, items, .. } => {
                let seen = self.seen;
                let course = self.courses.entry(key(head.id.as_str())).or_default();
                // A damaged clip may be replaced as long as nothing has sounded.
                let fresh = course.last.is_none() && course.started.is_empty();
                course.planned = seen;
                course.items = items;
                let id = head.id.clone();
                course.head = Some((*head).clone());
                self.planned_late(&head);
                self.must(fresh, || format!("I1: planned after it began or ended: {id}"));
            }
            Entry::Started { id, output, .. } => {
                let course = self.courses.entry(key(id.as_str())).or_default();
                let in_order = course.last.is_none() && course.head.is_some();
                let first = course.started.insert(output.clone());
                self.must(in_order && first, || format!("I2: started twice or out of order: {id} on {output}"));
            }
            Entry::Checkpoint { id, outputs, .. } => {
                let course = self.courses.get(&key(id.as_str()));
                let good = course.is_some_and(|c| {
                    c.last.is_none() && outputs.iter().all(|reached| c.started.contains(&reached.output))
                });
                self.must(good, || format!("I2: a checkpoint before the start or after the end: {id}"));
            }
            Entry::Final { at, airing } => {
                self.gives_up(world, &airing, at.at);
                self.ended(world, *airing);
            }
            Entry::Configured { revision, from, .. } => {
                let last = self.regimes.last().expect("there is a first").0;
                self.must(from.at >= last - AHEAD, || format!("decided anew from {from}, after {last}"));
                self.regimes.push((from.at, revision.0));
            }
            Entry::FaultRaised { fault, .. } => {
                let news = self.shown.raised(&fault);
                self.must(news, || format!("I10: raised twice: {} {:?}", fault.code, fault.subject));
            }
            Entry::FaultCleared { code, subject, .. } => {
                if code == Reason::ClockUntrusted.code() {
                    self.believed = Some(world.now.mono);
                }
                let stood = self.shown.cleared(&code, subject.as_deref());
                self.must(stood, || format!("I10: cleared, and did not stand: {code} {subject:?}"));
            }
            Entry::SessionStarted { .. }
            | Entry::SessionEnded { .. }
            | Entry::ClockTrusted { .. }
            | Entry::ClockConfirmed { .. }
            | Entry::Approved { .. } => {}
        }
    }

    fn ended(&mut self, world: &World, airing: Airing) {
        self.rows += 1;
        let id = airing.head.id.clone();
        let name = key(id.as_str());
        let course = self.courses.entry(name.clone()).or_default();
        let (once, begun, interrupted) = (course.last.is_none(), !course.started.is_empty(), course.interrupted);
        course.place = self.seen;
        self.must(once, || format!("I1: two final rows: {id}"));
        self.must(begun == airing.started_at.is_some(), || format!("I2: started, or not: {id}"));
        if let (Some(at), Some(error)) = (airing.started_at, airing.start_error_ms) {
            let apart = at.at.as_millisecond() - airing.head.planned_at.at.as_millisecond();
            self.must(apart == error, || format!("I2: {error} ms late, and {apart} by its times: {id}"));
        }
        let told = (airing.outcome == Outcome::Aired) == airing.reason.is_none();
        self.must(told, || format!("I1: a reason, or none: {id}"));
        self.figures.enter(&airing);
        if !self.forgotten.contains(&name) {
            let sounds = self.sounds_of(world, &name);
            self.interrupted(&airing, interrupted);
            self.heard_so(&airing, &sounds);
        }
        if let Some(course) = self.courses.get_mut(&name) {
            course.last = Some(airing);
        }
    }

    /// A device that is lost is opened again and again, as long as there is time.
    fn gives_up(&mut self, world: &World, airing: &Airing, at: Timestamp) {
        let head = &airing.head;
        let due = head.planned_at.at;
        // What was set in the meantime says nothing of how long somebody was patient.
        let mut set = self.clock_set.is_some_and(|set| set.mono.plus(Duration::from_mins(2)) > world.now.mono_at(due));
        let slot_of = |station: &Station| Some(station.commune(&head.commune)?.slot(head.slot.as_ref()?)?.start_within);
        let windows = [Some(&*world.station), self.stations.get(&head.revision.0).map(|s| &**s)];
        let windows: Option<Vec<Duration>> = windows.into_iter().map(|station| slot_of(station?)).collect();
        let Some(within) = windows.into_iter().flatten().min() else { return };
        // By a clock that shows another time since then, the time at which it was due may be still to come.
        set |= self.clock_set.is_some_and(|set| set.mono.plus(within + Duration::from_mins(5)) > world.now.mono);
        if set || head.kind != Kind::Scheduled {
            return;
        }
        // What was taken up again and came to its end after a long gap is partial too; and nobody can know better who is
        // told that it is at its end.
        let planned = Self::planned(airing);
        let ends = |output: &OutputResult| {
            let name = output.output.as_str();
            let card = world.cards.get(name).copied().unwrap_or(world.card);
            let was_cut = self.cut_short.get(name).is_some_and(|until| *until >= world.now.mono_at(due));
            was_cut || matches!(card, Card::EndsEarly(_))
        };
        let lost = |o: &&OutputResult| {
            matches!(o.outcome, Outcome::Missed | Outcome::Partial)
                && o.played_s.duration() + Duration::from_millis(50) < planned
                && matches!(o.reason, Some(Reason::DeviceAbsent | Reason::DeviceStalled))
                && world.station.output(&o.output).is_some()
                && !ends(o)
        };
        // Who is ready so late that amplifier and lead-in take the rest of the time is too late already.
        let before_sound = |o: &Output| o.lead_in + o.amplifier.as_ref().map_or(Duration::ZERO, |a| a.warm_up);
        let early = |result: &&OutputResult| {
            let takes = world.station.output(&result.output).map_or(Duration::ZERO, before_sound);
            at.saturating_add(takes + Duration::from_secs(1)).expect("in range")
                < due.saturating_add(within).expect("in range")
        };
        let lost = airing.outputs.iter().filter(lost).find(early);
        self.must(lost.is_none(), || {
            format!("I10: it is given up at {at}, {within:?} are allowed: {} {lost:?}", head.id)
        });
    }

    /// What a restart cut off says so, and by what.
    fn interrupted(&mut self, airing: &Airing, by: Option<Crash>) {
        let Some(how) = by else { return };
        let expected = if how == Crash::Power { Reason::Power } else { Reason::Process };
        let (id, outcome, reason) = (&airing.head.id, airing.outcome, airing.reason);
        let good = outcome == Outcome::Partial && reason == Some(expected);
        self.must(good, || format!("I6: cut off by {how:?}, and its row says {outcome} {reason:?}: {id}"));
    }

    fn heard_so(&mut self, airing: &Airing, sounds: &[Sound]) {
        let id = &airing.head.id;
        let heard: Duration = sounds.iter().map(|s| s.played).sum();
        match airing.outcome {
            Outcome::Missed | Outcome::Skipped | Outcome::Cancelled => {
                self.must(heard.is_zero(), || format!("I1: {} but {heard:?} were heard: {id}", airing.outcome));
            }
            Outcome::Aired => {
                let planned = Self::planned(airing);
                let whole = airing.outputs.iter().any(|o| self.whole(sounds, o.output.as_str(), planned));
                let outputs = &airing.outputs;
                self.must(whole, || format!("I5: aired, but nobody heard it whole: {id} {sounds:?} {outputs:?}"));
                let each = outputs.iter().filter(|o| o.outcome == Outcome::Aired);
                let lie = each.clone().find(|o| !self.whole(sounds, o.output.as_str(), planned));
                self.must(lie.is_none(), || format!("I5: an output says aired, and was not heard: {id} {lie:?}"));
                // The last run tells, for all of it. What an earlier one, which was lost, read of a file that was right
                // again for the next, nobody can say any more (seed 4579).
                let last = |o: &OutputResult| sounds.iter().rev().find(|s| s.output == o.output.as_str());
                let spoilt = each.clone().any(|o| last(o).is_some_and(|s| s.spoilt));
                self.must(!spoilt, || format!("I5: aired, and the file was not what had been measured: {id}"));
            }
            Outcome::Partial => {
                let played = airing.outputs.iter().map(|o| o.played_s.duration()).max().unwrap_or_default();
                // What a card swallows at once nobody hears.
                let heard_of = |s: &Sound| s.played.min(s.until.since(s.at.mono));
                let most = sounds.iter().filter(|s| s.audible).map(heard_of).max().unwrap_or_default();
                let lag = Duration::from_secs(5) + self.blur * 2;
                let good = sounds.first().is_some_and(|s| self.disk_good(s.at.mono));
                let told = !good || played + lag >= most;
                self.must(told, || format!("I6: {most:?} heard, {played:?} written: {id}"));
                // Of a session that died with the first frame nobody can say how much more there was (seed 3664).
                let cut = self.courses.get(&key(id.as_str())).is_some_and(|c| c.interrupted.is_some());
                self.must(!heard.is_zero() || !good || cut, || format!("I5: partial, and nothing was heard: {id}"));
            }
            Outcome::Unproven => {}
        }
    }

    /// How much must have been heard of what is called whole.
    fn planned(airing: &Airing) -> Duration {
        let planned: Duration = airing.items.iter().map(|i| i.plan.planned_s.duration()).sum();
        match airing.head.kind {
            // A stream that is joined a little late ends at its planned end.
            Kind::Relay => planned.saturating_sub(Duration::from_secs(5)),
            // No longer than one may last.
            Kind::Emergency => planned.min(Duration::from_mins(30)),
            _ => planned,
        }
    }

    /// Did an output let all of it be heard, in one piece or nearly? I5 judges by what a device consumes, at 0.98 to 1.02
    /// times real time: what a card swallows at once within these two parts in a hundred, the promise does not see.
    fn whole(&self, sounds: &[Sound], output: &str, planned: Duration) -> bool {
        let mine: Vec<&Sound> = sounds.iter().filter(|s| s.output == output).collect();
        let heard: Duration = mine.iter().map(|s| s.heard).sum();
        let gaps: Duration = mine.windows(2).map(|w| w[1].at.mono.since(w[0].at.mono.plus(w[0].played))).sum();
        heard + Duration::from_millis(50) + planned / 50 >= planned && gaps <= Duration::from_secs(5) + self.blur
    }
}
