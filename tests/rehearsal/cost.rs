//! What a rehearsal costs: steps of the engine, and what is held in memory. Both without a stopwatch.

use std::time::Duration;

use loaphuong::model::entry::Entry;
use loaphuong::model::station::OutputKind;
use loaphuong::rehearsal::{Crash, Dice, Pace, World};

use crate::sample::{at, library, usual};

const DAY: Duration = Duration::from_hours(24);

#[test]
fn three_years_are_few_steps_and_leave_nothing_but_rows() {
    let mut world =
        World::new(usual(OutputKind::Auto), library(), at("2026-01-01T00:00+07"), Pace::usual(), Dice::new(1));
    let (mut rows, mut held) = (0_u64, 0);
    for day in 0..3 * 365 {
        if day % 50 == 49 {
            world.run(DAY / 2);
            world.crash(Crash::Power, DAY / 2, usize::MAX);
        } else {
            world.run(DAY);
        }
        rows += world.disk.take().iter().map(|e| u64::from(matches!(e, Entry::Final { .. }))).sum::<u64>();
        world.forget();
        let recovery = world.disk.memory().recovery();
        let counts = [
            world.disk.entries.len() + world.disk.lost.len(),
            world.ear.sounds.len() + world.ear.heard.len(),
            world.switched.len() + world.answers.len() + world.clashes.len(),
            recovery.open.len() + recovery.settled.len(),
            recovery.history.usage.len() + recovery.history.last_aired.len() + recovery.history.last_drawn.len(),
        ];
        held = held.max(counts.into_iter().sum());
    }
    assert!(rows > 600, "{rows} rows");
    assert!(held < 30, "{held} things are held beside the rows");
    let each = world.steps / rows;
    assert!(each < 150, "{each} steps for each row of 65 s, {rows} rows");
}
