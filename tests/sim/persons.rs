//! What persons do in a story: ask for something, change the schedule, move files.

use std::num::NonZeroU32;
use std::sync::Arc;

use loaphuong::engine::{Emergency, Wish};
use loaphuong::model::airing::Asked;
use loaphuong::model::clip::Library;
use loaphuong::model::id::CommuneId;
use loaphuong::model::outcome::Kind;
use loaphuong::model::playback::Repeat;
use loaphuong::model::station::{SlotState, Station};
use loaphuong::rehearsal::Dice;

use crate::chance::Rolls as _;
use crate::life::Life;
use crate::oracle::Concern;
use crate::random::{random_library, random_slot, random_station};
use crate::stations::{clip, library};
use crate::story::What;
use crate::usual::{another_schedule, usual_library};

impl Life<'_> {
    /// Even dice are of a usual wish, odd ones of an emergency.
    pub(crate) fn person(&mut self, seed: u64) {
        let mut dice = Dice::new(seed);
        let commune = Some(self.world.station.communes[0].id.clone()).filter(|_| dice.percent(70));
        let kind = dice.of(&[Kind::Manual, Kind::Manual, Kind::Trial]);
        let wish = match dice.below(4) {
            0 if seed % 2 == 1 => self.stop_emergency(),
            _ if seed % 2 == 1 => emergency(&mut dice, commune),
            0 | 1 => Wish::Stop { commune, confirm: None, by: "t".into() },
            2 => Wish::Trial,
            _ => Wish::Play { commune, clip: Box::new(clip("dai", 5 + dice.below(60))), kind, by: "t".into() },
        };
        self.world.ask(wish);
    }

    fn stop_emergency(&mut self) -> Wish {
        let status = self.world.engine.status(self.world.now);
        let on_air = status.on_air.iter().find(|o| o.kind == Kind::Emergency).map(|o| o.id.clone());
        Wish::Stop { commune: None, confirm: on_air, by: "t".into() }
    }

    pub(crate) fn reload(&mut self, seed: u64) {
        let mut dice = Dice::new(seed);
        let next = if self.story.busy {
            self.busy_schedule(&mut dice)
        } else {
            another_schedule(&mut dice, &self.story.station)
        };
        self.take_schedule(next);
    }

    fn busy_schedule(&mut self, dice: &mut Dice) -> Station {
        let mut next = if dice.percent(40) {
            random_station(dice, 0, &self.story.station.zone_name)
        } else {
            Station::clone(&self.world.station)
        };
        for commune in &mut next.communes {
            let count = commune.slots.len() as u64;
            let at = usize::try_from(dice.below(count)).unwrap();
            match dice.below(5) {
                0 => commune.slots[at].state = SlotState::Disabled,
                1 => commune.slots[at] = random_slot(dice, at as u64 + 1),
                2 if count > 1 => drop(commune.slots.remove(at)),
                _ => {}
            }
        }
        if dice.percent(20) && next.communes.len() > 1 {
            next.communes.pop();
        }
        next
    }

    /// What lies in the audio folder, and what has become of it since it was read.
    pub(crate) fn files(&mut self) {
        let (mut found, mut spoilt, mut is_empty) = (Arc::clone(&self.story.library), Vec::new(), false);
        for what in self.active() {
            match what {
                What::Files { empty, dice } => {
                    (found, is_empty) = (Arc::new(self.other_files(*empty, *dice)), *empty);
                }
                What::Spoilt { nth, how } => spoilt.push((*nth, *how)),
                _ => {}
            }
        }
        let paths: Vec<_> = self.story.library.clips.keys().cloned().collect();
        let named = |(nth, how): (u64, _)| (paths[usize::try_from(nth).unwrap() % paths.len()].clone(), how);
        let was_empty = self.world.library.clips.is_empty();
        self.world.spoilt = spoilt.into_iter().map(named).collect();
        let calm = self.world.spoilt.is_empty();
        self.world.scanned(found);
        let lived = self.world.lived;
        // A usual station airs something within a week, but not each day: only an end is expected.
        if was_empty && !is_empty && calm && !self.story.busy {
            self.oracle.expect(lived, Concern::Clips, false);
        } else {
            self.oracle.unsure(Concern::Clips);
        }
    }

    fn other_files(&self, empty: bool, seed: u64) -> Library {
        let mut dice = Dice::new(seed);
        match (empty, self.story.busy) {
            (true, _) => library(Vec::new()),
            (false, true) => random_library(&mut dice),
            (false, false) => usual_library(&mut dice),
        }
    }
}

fn emergency(dice: &mut Dice, commune: Option<CommuneId>) -> Wish {
    let repeat = match (dice.below(12), NonZeroU32::new(u32::try_from(1 + dice.below(3)).unwrap())) {
        (1.., Some(times)) => Repeat::Times(times),
        _ => Repeat::UntilStopped,
    };
    let asked = Asked { by: "t".into(), why: None };
    let clip = Box::new(clip("lu", 5 + dice.below(30)));
    Wish::Emergency(Emergency { commune, clip, repeat, asked })
}
