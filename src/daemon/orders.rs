//! What the engine orders of the loop itself: files to be read again, the test tone. Effects.

use std::path::Path;
use std::sync::Arc;

use super::input::Input;
use super::turn::{Turn, send};
use super::{MYSELF, wishes};
use crate::engine::{Command, Wish};
use crate::model::id::OutputId;

impl Turn {
    /// Carries out the orders that are the loop's own.
    pub(super) fn look_after(&mut self, commands: &[Command]) {
        let mut doubtful = false;
        for command in commands {
            match command {
                Command::Recheck(clips) => {
                    self.recheck.extend(clips.iter().cloned());
                    doubtful = true;
                }
                Command::Learn => self.learn(),
                Command::TestTone(output) => self.tone(output.clone()),
                _ => {}
            }
        }
        if doubtful {
            self.scan();
        }
    }

    /// Measures the test tone and wishes for it. Nobody waits for the answer: what comes of it stands in its row.
    fn tone(&mut self, output: OutputId) {
        let (answer, _) = tokio::sync::oneshot::channel();
        let ask = self.hands.expect(answer);
        let (station, inputs) = (Arc::clone(&self.publish.station.borrow()), self.inputs.clone());
        tokio::task::spawn_blocking(move || {
            let clip = wishes::test_tone(&station, Path::new(MYSELF));
            send(&inputs, Input::Resolved(ask, clip.map(|clip| Wish::Tone { output, clip })));
        });
    }
}
