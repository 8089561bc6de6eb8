//! The hidden subcommand `loaphuong player`: one job, then the process ends. Effects.

use std::process::ExitCode;
use std::sync::mpsc::channel;

use rlimit::Resource;

use super::run::{self, Event};
use super::wire::{self, Heard, Voice};
use crate::model::playback::ToPlayer;

/// All the address space that a run may take: decoding and a sound server's shared memory need a fifth of it. A file that
/// makes the decoder ask for more ends this process, not the PC.
const MOST_MEMORY: u64 = 1 << 30;

/// Reads the job from standard input, plays it, tells the core on standard output, and gives 0 if it came to an end as
/// ordered. Ends by itself, at once and quietly, when standard input ends: no orphan plays on.
#[must_use]
pub fn main() -> ExitCode {
    if let Err(error) = limit_memory() {
        eprintln!("the memory cannot be limited: {error}");
    }
    let (tell, events) = channel();
    let core = tell.clone();
    let listening = wire::listen(move |heard| core.send(Event::Core(heard)).is_ok());
    let voice = match listening.and_then(|()| Voice::new()) {
        Ok(voice) => voice,
        Err(error) => {
            eprintln!("no thread: {error}");
            return ExitCode::FAILURE;
        }
    };
    loop {
        match events.recv() {
            Ok(Event::Core(Heard::Said(ToPlayer::Prepare(job)))) => return run::run(*job, voice, &tell, &events),
            Ok(Event::Core(Heard::Nonsense(error))) => eprintln!("not a message: {error}"),
            // Stopped, or left alone, before there was a job.
            _ => return ExitCode::FAILURE,
        }
    }
}

fn limit_memory() -> std::io::Result<()> {
    let (soft, hard) = Resource::AS.get()?;
    Resource::AS.set(soft.min(MOST_MEMORY), hard)
}
