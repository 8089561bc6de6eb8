//! What is wrong with the journal's files reaches the engine, and is over when somebody has seen to it. Effects: looks
//! into the state folder while something is wrong.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::input::Input;
use super::turn::{Turn, send};
use super::{Options, RunError, hands};
use crate::engine::Event;
use crate::journal::{self, Notice, Writer};
use crate::model::text::Text;

/// How often the state folder is looked into while something lies there that was set aside.
const LOOK: Duration = Duration::from_secs(3);

impl Turn {
    /// The writing thread says something of the journal.
    pub(super) fn told(&mut self, notice: Notice, options: &Options<'_>) -> Result<(), RunError> {
        let event = match notice {
            Notice::Replaced { cause } => {
                self.check();
                set_aside(self.state(), Some(&cause), &self.inputs)
            }
            other => event(other),
        };
        event.map_or(Ok(()), |event| self.step(event, options))
    }
}

/// What the engine is told.
fn event(notice: Notice) -> Option<Event> {
    match notice {
        Notice::Fault { code, subject, message, remedy } => {
            Some(Event::Trouble { code, subject: subject.map(str::to_owned), message, remedy })
        }
        Notice::Over { code, subject } => Some(Event::TroubleOver { code, subject: subject.map(str::to_owned) }),
        Notice::Replaced { .. } => None,
    }
}

/// Has the writing thread tell the loop what is wrong.
pub(super) fn listen(writer: &Writer, inputs: &UnboundedSender<Input>) -> Result<(), RunError> {
    let inputs = inputs.clone();
    writer.listen(Box::new(move |notice| send(&inputs, Input::Journal(notice)))).map_err(|_| hands::gone())
}

/// The fault of files that were set aside, if there are any; it is over when they lie somewhere else.
pub(super) fn set_aside(state: PathBuf, cause: Option<&Text>, inputs: &UnboundedSender<Input>) -> Option<Event> {
    let names = journal::set_aside_in(&state);
    if names.is_empty() && cause.is_none() {
        return None;
    }
    let inputs = inputs.clone();
    tokio::spawn(async move {
        let there = || !journal::set_aside_in(&state).is_empty();
        loop {
            tokio::time::sleep(LOOK).await;
            if !there() {
                return send(&inputs, Input::Journal(journal::replaced(&[], None)));
            }
        }
    });
    event(journal::replaced(&names, cause))
}
