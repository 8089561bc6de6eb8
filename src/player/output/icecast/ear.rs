//! Listens to our own mount, to know what the server has given out. Effects: a socket, a thread.

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::page::Pages;
use super::server::Place;

/// A server that has just taken a source may not know its mount for a moment: so often is it asked again, and so long
/// after.
const RETRIES: (u32, Duration) = (10, Duration::from_millis(100));

/// What the ear knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hearing {
    /// Nothing yet.
    Nothing,
    /// The stream, up to this granule position.
    UpTo(u64),
    /// The server lets nobody listen, or not here.
    Refused(String),
    /// The stream has ended, or something else has come: the mount is not ours any more.
    Lost(String),
}

/// The ear, shared with its thread.
#[derive(Debug)]
pub(super) struct Ear {
    hearing: Mutex<Hearing>,
    changed: Condvar,
}

impl Ear {
    /// Begins to listen for this stream. Nobody waits for its thread.
    pub(super) fn open(place: Place, serial: u32) -> std::io::Result<Arc<Self>> {
        let ear = Arc::new(Self { hearing: Mutex::new(Hearing::Nothing), changed: Condvar::new() });
        let shared = Arc::clone(&ear);
        let listen = move || {
            let end = shared.listen(&place, serial);
            shared.set(end);
        };
        thread::Builder::new().name("ear".to_owned()).spawn(listen)?;
        Ok(ear)
    }

    /// What it has heard by now.
    pub(super) fn hearing(&self) -> Hearing {
        self.hearing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it has heard what is wanted, or nothing more can be expected, or time is up.
    pub(super) fn wait(&self, patience: Duration, wanted: impl Fn(u64) -> bool) -> Hearing {
        let waiting = |hearing: &mut Hearing| match hearing {
            Hearing::Nothing => true,
            Hearing::UpTo(granule) => !wanted(*granule),
            Hearing::Refused(_) | Hearing::Lost(_) => false,
        };
        let hearing = self.hearing.lock().unwrap_or_else(PoisonError::into_inner);
        let result = self.changed.wait_timeout_while(hearing, patience, waiting);
        result.unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    fn set(&self, hearing: Hearing) {
        *self.hearing.lock().unwrap_or_else(PoisonError::into_inner) = hearing;
        self.changed.notify_all();
    }

    /// Until nothing more can be heard; says why.
    fn listen(&self, place: &Place, serial: u32) -> Hearing {
        let (times, pause) = RETRIES;
        let mut left = times;
        let mut stream = loop {
            match place.listen() {
                Ok((answer, stream)) if answer.goes_on() => break stream,
                Ok((answer, _)) if answer.not_found() && left > 0 => {
                    left -= 1;
                    thread::sleep(pause);
                }
                Ok((answer, _)) => return Hearing::Refused(answer.to_string()),
                // If the server itself is gone, the source finds out.
                Err(error) => return Hearing::Refused(error.to_string()),
            }
        };
        let (mut pages, mut block) = (Pages::default(), [0; 4096]);
        loop {
            match stream.read(&mut block) {
                Ok(0) => return Hearing::Lost("the server has ended the stream".to_owned()),
                Ok(read) => pages.add(&block[..read]),
                Err(error) => return Hearing::Lost(error.to_string()),
            }
            loop {
                match pages.next() {
                    Ok(None) => break,
                    Ok(Some(page)) if page.serial != serial => {
                        return Hearing::Lost("another stream is on the mount".to_owned());
                    }
                    Ok(Some(page)) => page.granule.into_iter().for_each(|granule| self.set(Hearing::UpTo(granule))),
                    Err(_) => return Hearing::Lost("the mount gives something else than Ogg".to_owned()),
                }
            }
        }
    }
}
