//! The child's ends of the two pipes to the core: one message a line. Effects: standard input and output.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use crate::model::playback::{FromPlayer, ToPlayer};

/// Longest line that the core may send; a job of a thousand clips stays below it.
const LONGEST: u64 = 1024 * 1024;
/// Messages that may wait for a core which does not read.
const WAITING: usize = 256;

/// What came from the core.
#[derive(Debug)]
pub(super) enum Heard {
    /// A message.
    Said(ToPlayer),
    /// A line that is no message.
    Nonsense(String),
    /// Nothing more will come: the core is gone, or wants us gone.
    Gone,
}

/// Reads standard input on a thread of its own until its end. `tell` says whether somebody still listens.
pub(super) fn listen(tell: impl Fn(Heard) -> bool + Send + 'static) -> io::Result<()> {
    let read = move || {
        let mut input = BufReader::new(io::stdin());
        let mut line = Vec::new();
        loop {
            line.clear();
            let heard = match input.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => Heard::Gone,
                Ok(_) => serde_json::from_slice(&line).map_or_else(|e| Heard::Nonsense(e.to_string()), Heard::Said),
            };
            let last = matches!(heard, Heard::Gone);
            if !tell(heard) || last {
                return;
            }
        }
    };
    thread::Builder::new().name("core".to_owned()).spawn(read).map(|_| ())
}

/// Standard output, written by a thread of its own: a core that does not read never holds up the sound.
pub(super) struct Voice {
    lines: SyncSender<FromPlayer>,
    written: Receiver<()>,
}

impl Voice {
    pub(super) fn new() -> io::Result<Self> {
        let (lines, waiting) = sync_channel::<FromPlayer>(WAITING);
        let (done, written) = sync_channel(1);
        let write = move || {
            let mut output = io::stdout().lock();
            for message in waiting {
                let Ok(mut line) = serde_json::to_vec(&message) else { continue };
                line.push(b'\n');
                if output.write_all(&line).and_then(|()| output.flush()).is_err() {
                    break;
                }
            }
            // Nobody may be waiting: then nobody minds.
            done.send(()).ok();
        };
        thread::Builder::new().name("voice".to_owned()).spawn(write)?;
        Ok(Self { lines, written })
    }

    /// Says it as soon as the core reads; if too much waits already, it is dropped.
    pub(super) fn say(&self, message: FromPlayer) {
        if self.lines.try_send(message).is_err() {
            eprintln!("the core does not read");
        }
    }

    /// Waits a moment for the last words to be written.
    pub(super) fn finish(self) {
        drop(self.lines);
        self.written.recv_timeout(Duration::from_millis(500)).ok();
    }
}
