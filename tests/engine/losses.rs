//! A device that is lost or late: who gets it back first, and when it is too late.

use crate::stations::{clip, library, slot, station};
use crate::world::{Card, World};
use crate::{DEVICE, check};

#[test]
fn a_device_that_opens_after_the_last_moment_is_too_late() {
    let mut world = World::new(
        station(DEVICE, vec![slot("a", "06:00", 10), slot("b", "06:10", 60)]),
        library(vec![clip("a", 30)]),
        "2026-11-23T05:00+07",
    );
    world.card = Card::Stuck;
    world.until("2026-11-23T06:00:14+07");
    check(&world, &["xa/a@2026-11-23T06:00 missed device_stalled"]);
    assert_eq!(world.faults(), ["device_stalled"]);
    world.card = Card::Healthy;
    world.until("2026-11-23T06:15+07");
    assert_eq!(world.rows()[1..], ["xa/b@2026-11-23T06:10 aired -"]);
    assert!(world.faults().is_empty());
}

#[test]
fn a_lost_airing_comes_before_the_preparation_of_the_next() {
    let slots = vec![slot("a", "06:00", 60), slot("b", "06:00:32", 60)];
    let mut world = World::new(station(DEVICE, slots), library(vec![clip("a", 30)]), "2026-11-23T05:00+07");
    world.until("2026-11-23T06:00:22.900+07");
    world.card = Card::Absent;
    // The next one would be prepared from second 23.5 on.
    world.until("2026-11-23T06:00:24+07");
    world.card = Card::Healthy;
    world.until("2026-11-23T06:05+07");
    check(&world, &["xa/a@2026-11-23T06:00 aired -", "xa/b@2026-11-23T06:00:32 aired -"]);
}
