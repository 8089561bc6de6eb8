//! When sound begins: I3, I4, I9 and I11, asked of each run as soon as it is heard.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use loaphuong::model::airing::Head;
use loaphuong::model::outcome::Kind;
use loaphuong::model::time::Now;
use loaphuong::rehearsal::{Sound, World, key};

use super::Oracle;

/// After something went wrong, a start may still suffer from it for so long.
const AFTERMATH: Duration = Duration::from_mins(3);
/// What a start may be late by, whatever disk, files and HTTP do; and what a card's own buffer adds.
const LATE: SignedDuration = SignedDuration::from_millis(250 + 20);

/// Of a step that is smaller the engine takes no notice.
const EARLY: SignedDuration = SignedDuration::from_millis(-51);

/// What begins so soon after the clock was set was cued before.
const CUED: Duration = Duration::from_millis(100);

/// So long a start waits for the disk.
const PATIENCE: SignedDuration = SignedDuration::from_millis(199);

impl Oracle {
    /// A run has begun to sound.
    pub(super) fn sound(&mut self, world: &World, n: usize) {
        let (before, sound) = (&world.ear.sounds[..n], world.ear.sounds[n].clone());
        let name = sound.airing.clone();
        let overlap = before.iter().rev().find(|s| s.output == sound.output && s.until > sound.at.mono).cloned();
        self.must(overlap.is_none(), || format!("I3: {name} begins on {} during {overlap:?}", sound.output));
        if self.forgotten.contains(&name) {
            return;
        }
        let earlier =
            self.sounds_of(world, &name).into_iter().filter(|s| s.at.mono < sound.at.mono).collect::<Vec<_>>();
        let course =
            self.courses.get(&name).and_then(|c| Some((c.head.clone()?, c.planned, c.last.is_some(), c.place)));
        let Some((head, planned, over, place)) = course else {
            // Its plan is not on the disk yet: an emergency, or a disk that does not write.
            self.unplanned.push(sound);
            return;
        };
        // What has begun on one output goes on, and begins on the others.
        let begun = !earlier.is_empty();
        self.must(begun || planned < sound.durable || self.may_go_ahead(&head, &sound), || {
            format!("I2: sound before its plan was written: {name}")
        });
        self.must(!over || place >= sound.entries, || format!("I11: it sounds after its end: {name}"));
        if !earlier.iter().any(|s| s.output == sound.output) {
            self.begins(world, &head, &sound, earlier.first());
        }
    }

    /// A plan comes to the disk whose sound was there first.
    pub(super) fn planned_late(&mut self, head: &Head) {
        let name = key(head.id.as_str());
        let first = self.unplanned.iter().filter(|s| s.airing == name).min_by_key(|s| s.at.mono);
        let wrong = first.filter(|s| !self.may_go_ahead(head, s)).cloned();
        self.unplanned.retain(|s| s.airing != name);
        self.must(wrong.is_none(), || format!("I2: sound before its plan was written: {wrong:?}"));
    }

    /// May it sound though nothing is written? An emergency may, and what a disk has kept waiting for a fifth of a second.
    fn may_go_ahead(&self, head: &Head, sound: &Sound) -> bool {
        let waited = sound.at.wall.duration_since(head.planned_at.at) >= PATIENCE;
        // How long it waited, a clock that was set meanwhile does not tell. What a person asked for may have waited for its
        // amplifier since then (seeds 3484 and 55779).
        let cue = Duration::from_secs(if head.slot.is_none() { 60 } else { 1 });
        let cued = self.clock_set.is_some_and(|set| set.mono.plus(cue) >= sound.at.mono);
        head.kind == Kind::Emergency || waited || cued
    }

    /// The first of an airing that an output lets hear.
    fn begins(&mut self, world: &World, head: &Head, sound: &Sound, first: Option<&Sound>) {
        let (name, resumed) = (&sound.airing, first.is_some());
        let urgent = head.kind == Kind::Emergency;
        let times = self.times(sound, first);
        let commune = world.station.commune(&head.commune);
        let local = |at: Timestamp| world.station.zone.to_datetime(at).time();
        let within = |at| commune.is_none_or(|c| c.hours.allowed.iter().any(|span| span.contains(local(at))));
        let allowed = times.iter().any(|at| within(*at) || within(*at - EARLY));
        // What the clock says that nobody believes, a person knows better.
        let believed = self.clock_right && world.engine.status(world.now).clock.trusted;
        let person = head.kind == Kind::Manual && !believed;
        // What was cued before the clock was set begins as the clock had said.
        let cued = self.clock_set.is_some_and(|set| set.mono.plus(CUED) >= sound.at.mono);
        let exempt = urgent || head.kind == Kind::Trial || person || cued;
        self.must(allowed || exempt, || format!("I4: {name} begins at {times:?}"));
        let by_schedule = matches!(head.kind, Kind::Scheduled | Kind::MakeGood);
        self.must(resumed || cued || !self.clock_absurd || !by_schedule, || {
            format!("I4: {name} begins by a clock that nobody can believe, at {}", sound.at.wall)
        });
        let lateness = times.iter().map(|at| at.duration_since(head.planned_at.at)).min();
        let late = lateness.expect("there is a time");
        // A reload in the meantime takes nothing from the window with which the airing was planned.
        let planned_in = self.stations.get(&head.revision.0).and_then(|s| s.commune(&head.commune));
        let slots = [commune, planned_in].into_iter().flatten().filter_map(|c| c.slot(head.slot.as_ref()?));
        let Some(within) = slots.map(|s| s.start_within).max() else { return };
        let window = within.max(Duration::from_secs(2)) + Duration::from_millis(100);
        let in_time = cued || late <= SignedDuration::try_from(window).expect("short");
        self.must(in_time, || format!("I4: {name} begins {late:?} late, {window:?} are allowed"));
        self.must(resumed || cued || late >= EARLY, || format!("I11: {name} begins {late:?} early"));
        let calm = self.calm_since.is_some_and(|since| since.plus(AFTERMATH) <= sound.at.mono);
        // It waited until the clock was believed, and opened its device then.
        let freed = self.believed.is_some_and(|since| since.plus(Duration::from_secs(30)) > sound.at.mono);
        let excused = !calm || freed || resumed || head.kind != Kind::Scheduled || self.is_crowded(head);
        self.must(excused || late <= LATE || self.was_taken(world, sound, late), || {
            format!("I9: nothing but the disk or a file was amiss, and {name} begins {late:?} late")
        });
    }

    /// What time it is when a run begins. An airing that has begun elsewhere goes on while nobody believes the clock: the
    /// trusted one is then that by which it began, and no other where the clock is years off.
    fn times(&self, sound: &Sound, first: Option<&Sound>) -> Vec<Timestamp> {
        let Some(first) = first else { return vec![sound.at.wall] };
        // What was cued before the clock was set began by the clock before.
        let cued = |set: &Now| (set.mono..set.mono.plus(CUED)).contains(&first.at.mono);
        let went = self.clock_set.filter(cued).unwrap_or(first.at).wall_at(sound.at.mono);
        if self.clock_absurd { vec![went] } else { vec![sound.at.wall, went] }
    }

    /// Did something else sound there when it was due?
    fn was_taken(&self, world: &World, sound: &Sound, late: SignedDuration) -> bool {
        let due = sound.at.mono.minus(late.unsigned_abs() + Duration::from_secs(15));
        let all = world.ear.sounds.iter().map(|s| (&s.output, &s.airing, s.until));
        let kept = self.last_on.iter().map(|(output, (airing, until))| (output, airing, *until));
        all.chain(kept).any(|(output, airing, until)| {
            *output == sound.output && *airing != sound.airing && until >= due && until <= sound.at.mono
        })
    }

    /// Does another airing want the same time?
    fn is_crowded(&self, head: &Head) -> bool {
        let at = head.planned_at.at;
        let near = |other: &Head| other.id != head.id && at.duration_since(other.planned_at.at).abs().as_mins() < 10;
        self.courses.values().rev().filter_map(|c| c.head.as_ref()).any(near)
    }
}
