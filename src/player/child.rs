//! The hidden subcommand `loaphuong player`: one job, then the process ends. Effects.

use std::ffi::CStr;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use rlimit::Resource;

use super::output;
use super::run::{self, Event};
use super::wire::{self, Heard, Voice};
use crate::model::playback::ToPlayer;

/// All the address space that a run may take: decoding and a sound server's shared memory need a fifth of it. A file that
/// makes the decoder ask for more ends this process, not the PC.
const MOST_MEMORY: u64 = 1 << 30;
/// What an ear may take besides: a second connection to a sound server, which shares its memory with us.
const EAR_MEMORY: u64 = 1 << 29;

/// Whoever has no job by then is kept for later, and makes itself ready.
const SPARE: Duration = Duration::from_millis(100);
/// What the system shows as the name of the process while it waits for a job, and from then on.
const WAITING: &CStr = c"loaphuong-spare";
const WORKING: &CStr = c"loaphuong-play";

/// Reads the job from standard input, plays it, tells the core on standard output, and gives 0 if it came to an end as
/// ordered. Ends by itself, at once and quietly, when standard input ends: no orphan plays on.
#[must_use]
pub fn main() -> ExitCode {
    limit_memory(MOST_MEMORY);
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
    let mut first = first(&events);
    loop {
        match first.take().or_else(|| events.recv().ok()) {
            Some(Event::Core(Heard::Said(ToPlayer::Prepare(job)))) => {
                call_myself(WORKING);
                if job.listen.is_some() {
                    limit_memory(MOST_MEMORY + EAR_MEMORY);
                }
                return run::run(*job, voice, &tell, &events);
            }
            Some(Event::Core(Heard::Nonsense(error))) => eprintln!("not a message: {error}"),
            // Stopped, or left alone, before there was a job.
            _ => return ExitCode::FAILURE,
        }
    }
}

/// The first event, if it comes at once; else the time until it comes is used.
fn first(events: &Receiver<Event>) -> Option<Event> {
    match events.recv_timeout(SPARE) {
        Err(RecvTimeoutError::Timeout) => {
            call_myself(WAITING);
            // A sound server that hangs must not keep this process from hearing that the core has gone.
            if let Err(error) = thread::Builder::new().name("loader".to_owned()).spawn(output::load) {
                eprintln!("no thread: {error}");
            }
            None
        }
        heard => heard.ok(),
    }
}

fn call_myself(name: &CStr) {
    if let Err(error) = rustix::thread::set_name(name) {
        eprintln!("the process keeps its name: {error}");
    }
}

/// So many bytes of address space, unless somebody has set a lower limit for good.
fn limit_memory(most: u64) {
    let limited = Resource::AS.get().and_then(|(_, hard)| Resource::AS.set(hard.min(most), hard));
    if let Err(error) = limited {
        eprintln!("the memory cannot be limited: {error}");
    }
}
