//! I10: what goes wrong is shown in ten seconds, and no longer shown five seconds after its end; I7: so is a schedule
//! that cannot be used, and the one before it stays in force.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use loaphuong::model::fault::Fault;
use loaphuong::model::outcome::Reason;
use loaphuong::model::time::Mono;
use loaphuong::rehearsal::{World, Writing};

use super::Oracle;

/// In so long it is shown …
pub(crate) const SHOWN: Duration = Duration::from_secs(10);
/// … and so long after its end it is not any more.
pub(crate) const OVER: Duration = Duration::from_secs(5);

const OF_OUTPUTS: [Reason; 7] = [
    Reason::DeviceAbsent,
    Reason::DeviceStalled,
    Reason::DeviceImplausible,
    Reason::DeviceMuted,
    Reason::DeviceRerouted,
    Reason::Silent,
    Reason::Process,
];

/// Faults by what they concern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Concern {
    /// An output, by name.
    Output(String),
    /// The journal's disk.
    Disk,
    /// The newest text of the schedule.
    Schedule,
    /// There is nothing to air.
    Clips,
    /// The clock cannot be right.
    Clock,
}

/// What is expected of the status.
#[derive(Debug, Clone)]
struct Expected {
    concern: Concern,
    shown: bool,
    /// Since when that is so which must be seen.
    since: Duration,
}

#[derive(Debug, Default)]
pub(super) struct Shown {
    /// By the entries, since this session began.
    standing: BTreeSet<(String, Option<String>)>,
    /// By the time at which it must be so.
    expected: BTreeMap<(Duration, u64), Expected>,
    numbers: u64,
    /// How often things have changed when each concern did last: what was expected before does not count.
    changed: BTreeMap<Concern, u64>,
    session: Duration,
    /// Cards that were found ill and shown, by name.
    excused: BTreeSet<(String, Mono)>,
}

impl Shown {
    pub(super) fn raised(&mut self, fault: &Fault) -> bool {
        self.standing.insert((fault.code.clone(), fault.subject.clone()))
    }

    pub(super) fn cleared(&mut self, code: &str, subject: Option<&str>) -> bool {
        self.standing.remove(&(code.to_owned(), subject.map(str::to_owned)))
    }

    /// Another session knows nothing of what stood in the one before.
    pub(super) fn session(&mut self, lived: Duration) {
        self.session = lived;
        self.standing.clear();
        self.excused.clear();
    }
}

impl Oracle {
    /// Something has changed just now of which the status must tell.
    pub(crate) fn expect(&mut self, lived: Duration, concern: Concern, shown: bool) {
        let by = lived + if shown { SHOWN } else { OVER };
        self.unsure(concern.clone());
        self.shown.expected.insert((by, self.shown.numbers), Expected { concern, shown, since: lived });
    }

    /// It has changed in a way of which nothing need be told.
    pub(crate) fn unsure(&mut self, concern: Concern) {
        self.shown.numbers += 1;
        self.shown.changed.insert(concern, self.shown.numbers);
    }

    /// The PC has slept: who sleeps shows nothing, and everybody has his ten seconds anew.
    pub(crate) fn slept(&mut self, lived: Duration) {
        self.shown.session = lived;
    }

    /// When the status must be looked at next.
    pub(crate) fn next_look(&self) -> Option<Duration> {
        self.shown.expected.keys().next().map(|(at, _)| *at)
    }

    /// Looks at the status, if it is time.
    pub(crate) fn look_at_status(&mut self, world: &World) {
        while let Some(((at, number), _)) = self.shown.expected.first_key_value() {
            let place = (*at, *number);
            if place.0 > world.lived {
                return;
            }
            let Some(expected) = self.shown.expected.remove(&place) else { return };
            // A session that began since has its own ten seconds; one that lay in wait saw nothing.
            let young = self.shown.session > expected.since || world.exited();
            let late = world.lived > place.0 + Duration::from_millis(100);
            let stale = self.shown.changed.get(&expected.concern) != Some(&place.1);
            if !young && !late && !stale {
                self.judge_status(world, &expected);
            }
        }
    }

    fn judge_status(&mut self, world: &World, expected: &Expected) {
        let status = world.engine.status(world.now);
        let codes: Vec<(String, Option<String>)> =
            status.faults.iter().map(|f| (f.code.clone(), f.subject.clone())).collect();
        let seen = match &expected.concern {
            Concern::Output(name) => has_output(&codes, name),
            Concern::Disk => {
                codes.iter().any(|(code, of)| of.is_none() && (code == "disk_full" || code == "storage_fault"))
            }
            Concern::Schedule => status.config.rejected.is_some(),
            Concern::Clock => codes.iter().any(|(code, _)| code == "clock_untrusted"),
            Concern::Clips => codes.iter().any(|(code, _)| code == "nothing_to_play"),
        };
        let (concern, since, wall) = (&expected.concern, expected.since, world.now.wall);
        let shown = expected.shown;
        self.must(seen == shown, || {
            format!("I10: {concern:?} since {since:?}, at {wall} shown must be {shown}: {codes:?}")
        });
        let same = status.config.revision == world.station.revision;
        self.must(same, || format!("I7: {} is in force, and not the last good one", status.config.revision.0));
        if self.disk_good(world.now.mono) && world.disk.underway() == 0 {
            let by_entries: Vec<_> = self.shown.standing.iter().cloned().collect();
            let mut by_status = codes;
            by_status.sort();
            self.must(by_entries == by_status, || format!("I10: journal {by_entries:?}, status {by_status:?}"));
        }
    }

    /// Cards that somebody would hear to be wrong, and for how long.
    pub(super) fn ill_cards(&mut self, world: &World) {
        let long = world.ill().filter(|(name, since)| !name.is_empty() && world.now.mono.since(*since) > SHOWN);
        let long: Vec<(String, Mono)> = long.map(|(name, since)| (name.to_owned(), since)).collect();
        for ill in long {
            if self.shown.excused.contains(&ill) {
                continue;
            }
            let faults = world.engine.status(world.now).faults;
            let codes: Vec<_> = faults.into_iter().map(|f| (f.code, f.subject)).collect();
            let (name, since) = &ill;
            self.must(has_output(&codes, name), || format!("I10: {name} is ill since {since:?}, shown: {codes:?}"));
            self.shown.excused.insert(ill);
        }
    }

    /// A disk that does not write what it should: who is told that it is full makes room, who is told that it is broken
    /// fetches another one.
    pub(super) fn ill_disk(&mut self, world: &World) {
        let waits = world.disk.writing != Writing::Works && world.disk.underway() > 0;
        let since = if waits { *self.disk_waits.get_or_insert(world.now.mono) } else { world.now.mono };
        if !waits {
            self.disk_waits = None;
        }
        if world.now.mono.since(since) <= SHOWN || world.exited() {
            return;
        }
        let faults = world.engine.status(world.now).faults;
        let told = faults.iter().any(|f| match world.disk.said() {
            Some(why) => f.code == why.code(),
            None => f.code == "storage_fault" || f.code == "disk_full",
        });
        let writing = world.disk.writing;
        self.must(told, || format!("I10: the disk {writing:?} since {since:?}, shown: {faults:?}"));
        // Asked once: what is shown stays while it lasts.
        self.disk_waits = Some(Mono(Duration::MAX));
    }
}

fn has_output(codes: &[(String, Option<String>)], output: &str) -> bool {
    let of_output = |code: &str| OF_OUTPUTS.iter().any(|reason| reason.code() == code);
    codes.iter().any(|(code, subject)| subject.as_deref() == Some(output) && of_output(code))
}
