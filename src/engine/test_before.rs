//! The test tone before the first airing of a day, on outputs that ask for it. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::engine::event::Command;
use crate::engine::take::{earlier, later, permitted};
use crate::engine::{Engine, Wake};
use crate::model::id::OutputId;
use crate::model::station::Commune;
use crate::model::time::Now;
use crate::plan;

/// Closer than this to the airing itself no tone is begun.
const TOO_NEAR: Duration = Duration::from_secs(30);

impl Engine {
    /// The tones of the coming day, each with the time at which it is due. Worked out when the day is looked at.
    pub(super) fn tones_to_come(&self, now: Now) -> BTreeSet<(Timestamp, OutputId)> {
        let today = self.station.zone.to_datetime(now.wall).date();
        let days = [Some(today), today.tomorrow().ok()];
        let outputs = self.station.outputs.iter().filter_map(|o| Some((&o.id, o.test_before?)));
        let tones = outputs.flat_map(|(output, before)| {
            let first = move |day: Option<Date>| self.first_of_day(day?, output);
            days.into_iter().filter_map(first).map(move |at| (earlier(at, before), output.clone()))
        });
        tones.filter(|(at, _)| *at > now.wall).collect()
    }

    /// When the first airing of a local day begins on an output.
    fn first_of_day(&self, day: Date, output: &OutputId) -> Option<Timestamp> {
        let from = self.station.start_of(day);
        let until = self.station.start_of(day.tomorrow().ok()?);
        let carries = |commune: &Commune| commune.outputs.contains(output);
        let coming = plan::occurrences(&self.station, from, until).into_iter();
        let mut on_output = coming.filter(|o| self.station.commune(&o.commune).is_some_and(carries));
        on_output.find(|o| permitted(&self.station, o)).map(|o| o.at)
    }

    /// Asks for the tones that are due. In hours in which nothing may begin there is none: residents would hear it.
    pub(super) fn sound_tones(&mut self, now: Now) {
        let (due, to_come) = std::mem::take(&mut self.tones).into_iter().partition(|(at, _)| *at <= now.wall);
        self.tones = to_come;
        for (at, output) in Vec::from_iter::<BTreeSet<_>>(due) {
            let communes = self.station.communes.iter().filter(|c| c.outputs.contains(&output));
            let allowed = communes.into_iter().any(|c| self.permitted(c, now.wall));
            let sure = self.clock_trusted(now) && !self.was_ahead(now);
            if allowed && sure && now.wall < later(at, TOO_NEAR) && !self.held(&output) {
                self.order(Command::TestTone(output));
            }
        }
    }

    /// When the next tone is due.
    pub(super) fn wake_for_tones(&self, wake: &mut Wake, now: Now) {
        if let Some((at, _)) = self.tones.first() {
            wake.wall(now, *at);
        }
    }
}
