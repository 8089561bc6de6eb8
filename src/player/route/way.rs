//! What a run knows of where its sound goes, and what it says of it. Effects: starts the asking.

use std::sync::mpsc::Sender;
use std::time::Duration;

use super::super::feed::Account;
use super::super::output::Output;
use super::super::run::Event;
use super::super::{Failure, now};
use super::{Found, watch};
use crate::model::outcome::Reason;
use crate::model::playback::{DeviceTrouble, FromPlayer, Job, Opened, Urgency};
use crate::model::time::Mono;

/// So long the run waits for the first answer before it calls itself ready. A sound server answers in milliseconds.
const PATIENCE: Duration = Duration::from_millis(300);

/// Where the sound of a run goes.
pub(in crate::player) struct Way {
    right: Option<String>,
    at_once: bool,
    tell: Sender<Event>,
    /// Until when the first answer is waited for.
    wait: Option<Mono>,
}

impl Way {
    /// Nothing is known yet.
    pub(in crate::player) fn new(job: &Job, tell: &Sender<Event>) -> Self {
        let at_once = job.urgency == Urgency::AtOnce;
        Self { right: job.sink.clone(), at_once, tell: tell.clone(), wait: None }
    }

    /// The output is open: if it is a card, somebody is asked from now on.
    pub(in crate::player) fn open(&mut self, output: &dyn Output) {
        let Opened::Card { name } = output.opened() else { return };
        self.wait = (!self.at_once).then(|| now().plus(PATIENCE));
        let tell = self.tell.clone();
        watch(&name, self.right.clone(), move |found| tell.send(Event::Route(found)).is_ok());
    }

    /// Need the run wait no longer for the first answer? What sounds already waits for nobody.
    pub(in crate::player) fn is_clear(&self, account: &Account, now: Mono) -> bool {
        account.started.is_some() || self.wait.is_none_or(|until| now >= until)
    }

    /// What was found, as it is told; a failure if it is no device at all.
    pub(in crate::player) fn hear(&mut self, found: Found) -> Result<FromPlayer, Failure> {
        self.wait = None;
        let Found { at, route, device, stand_in } = found;
        if stand_in {
            let detail = "the sound server has no device, only a stand-in".to_owned();
            return Err(Failure::trouble(Reason::DeviceAbsent, DeviceTrouble::Absent, detail));
        }
        Ok(FromPlayer::Route { at, route, device })
    }
}
