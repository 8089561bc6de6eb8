//! What is wrong with the journal's files reaches the engine, and is over when somebody has seen to it. Effects: watches
//! the state folder while something is wrong.

use std::path::Path;

use tokio::sync::mpsc::UnboundedSender;

use super::input::Input;
use super::turn::{Turn, send};
use super::{Options, RunError, hands};
use crate::engine::Event;
use crate::journal::{self, Notice, Writer};
use crate::model::text::Text;

impl Turn {
    /// The writing thread says something of the journal.
    pub(super) fn told(&mut self, notice: Notice, options: &Options<'_>) -> Result<(), RunError> {
        let event = match notice {
            Notice::Replaced { cause } => {
                self.check();
                if let Some(event) = set_aside(&self.state(), Some(&cause)) {
                    self.step(event, options)?;
                }
                return self.watch_aside(options);
            }
            other => event(other),
        };
        event.map_or(Ok(()), |event| self.step(event, options))
    }

    /// Watches over what was set aside, if anything was.
    pub(super) fn watch_aside(&mut self, options: &Options<'_>) -> Result<(), RunError> {
        self.aside_watch.cover(&[&self.state()]);
        self.look_aside(options)
    }

    /// The fault of files that were set aside is over when they lie somewhere else.
    pub(super) fn look_aside(&mut self, options: &Options<'_>) -> Result<(), RunError> {
        if !journal::set_aside_in(&self.state()).is_empty() {
            return Ok(());
        }
        self.aside_watch.cover(&[]);
        event(journal::replaced(&[], None)).map_or(Ok(()), |over| self.step(over, options))
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

/// The fault of files that were set aside, if there are any.
pub(super) fn set_aside(state: &Path, cause: Option<&Text>) -> Option<Event> {
    let names = journal::set_aside_in(state);
    if names.is_empty() && cause.is_none() {
        return None;
    }
    event(journal::replaced(&names, cause))
}
