//! Whatever befalls the clock of a PC without a network, by dice: nothing airs twice, and in the end the station airs.

use std::time::Duration;

use jiff::SignedDuration;
use loaphuong::rehearsal::{Crash, Dice};

use crate::chance::Rolls as _;
use crate::clock::{alone, confirmed, trusted, unique};
use crate::edges::reload;
use crate::stations::slot;
use crate::world::World;

/// What may happen to the clock of a PC without a network.
fn befall(world: &mut World, dice: &mut Dice) -> String {
    let day = 86_400;
    let by = SignedDuration::from_secs(dice.of(&[1, 40, 900, 5_000, day, 3 * day, 40 * day, 1500 * day]));
    let by = by * dice.of(&[1, -1]);
    match dice.below(8) {
        0..=2 => {
            world.set_clock(by);
            format!("set by {by:?}")
        }
        3 | 4 => {
            world.now.wall += by;
            let gone = dice.seconds(1, 20_000);
            world.crash(gone, dice.of(&[Crash::Process, Crash::Power]));
            format!("off for {gone:?}, then {by:?} off")
        }
        5 => {
            world.synchronised = !world.synchronised;
            format!("follows a server: {}", world.synchronised)
        }
        6 => {
            confirmed(world);
            "confirmed".to_owned()
        }
        _ => {
            let name = format!("s{}", dice.below(1000));
            let at = format!("{:02}:{:02}", 5 + dice.below(16), dice.below(60));
            reload(world, |s| s.communes[0].slots.push(slot(&name, &at, 600)));
            format!("slot {name} at {at}")
        }
    }
}

#[test]
fn no_movement_of_the_clock_airs_twice_or_silences_the_station() {
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let mut world = alone();
        let mut story = Vec::new();
        for _ in 0..12 {
            let time = dice.seconds(1, 90_000);
            world.run(time);
            let at = world.now.wall;
            story.push(format!("{at} {}", befall(&mut world, &mut dice)));
        }
        // Somebody sets it right, says so, and writes a slot with a name of its own.
        world.set_to("2031-03-04T10:00+07");
        confirmed(&mut world);
        world.run(Duration::from_secs(10));
        reload(&mut world, |s| s.communes[0].slots = vec![slot("cuoi", "10:30", 600)]);
        world.run(Duration::from_hours(30));
        unique(&world);
        let rows = world.rows();
        let last: Vec<_> = rows.iter().filter(|row| row.starts_with("xa/cuoi@2031-03-0")).collect();
        let expected = ["xa/cuoi@2031-03-04T10:30 aired -", "xa/cuoi@2031-03-05T10:30 aired -"];
        assert_eq!(last, expected, "seed {seed}: {story:#?}");
        assert!(trusted(&world));
    }
}
