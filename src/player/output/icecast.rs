//! A mount of an Icecast server: Opus in Ogg, sent as its source and heard back as its listener. Effects: sockets, threads.
//!
//! What was written proves little: the socket's buffers on both sides hold ten seconds of sound that a hung server has
//! never seen, and TCP acknowledges them all. So the output listens to its own mount, and consumed is what the server has
//! given out to a listener. That costs as much of the network as one listener does.
//!
//! Where the server lets nobody listen under the address of the source (a wall of passwords, listeners on another
//! server), what counts is what has been written without what our own send buffer may hold, which is kept small. Then a
//! server that hangs is seen only when its buffer is full: 64 KiB, eight seconds at 64 kbit/s.

mod ear;
mod opus;
mod page;
mod server;
#[cfg(test)]
mod tests;

use std::fmt::Display;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustix::net::sockopt::{set_socket_send_buffer_size, socket_send_buffer_size};

use self::ear::{Ear, Hearing};
use self::opus::{Opus, PACKET, PAGE};
use self::server::{Place, Refusal};
use super::super::{CHANNELS, Failure, RATE};
use super::SharedFeed;
use super::paced::{self, Keeper, Paced};
use crate::model::outcome::Reason;
use crate::model::playback::{DeviceTrouble, Opened};
use crate::model::station::Mount;
use crate::model::units::Frames;

/// How long the first sound may take to come back from the server.
const ECHO: Duration = Duration::from_secs(2);
/// How long the end of the stream may take to get through, and then how long the server may take to say goodbye.
const FAREWELL: Duration = Duration::from_millis(800);

/// The source of a mount.
struct Source {
    url: String,
    socket: TcpStream,
    opus: Opus,
    ear: Arc<Ear>,
    /// Frames given to the encoder.
    given: u64,
    /// How long the sound is that the send buffer may hold.
    buffer: Duration,
    /// Whether it is of any use to wait for the server.
    alive: bool,
}

/// Becomes the source of the mount, and waits until the stream can be heard there. May block while a name is looked for.
pub(super) fn open(mount: &Mount, feed: SharedFeed) -> Result<Paced, Failure> {
    let place = Place::of(&mount.url).map_err(refused)?;
    let opus = Opus::new(mount.bitrate, serial()?).map_err(|e| failure(Reason::Process, e))?;
    let socket = place.publish(mount).map_err(refused)?;
    let url = place.url();
    let buffer = small_buffer(&socket, mount.bitrate).map_err(|e| lost(&url, e))?;
    let ear = Ear::open(place, opus.serial()).map_err(|e| failure(Reason::Process, e.to_string()))?;
    let heard = Arc::clone(&ear);
    let source = Source { url: url.clone(), socket, opus, ear, given: 0, buffer, alive: true };
    let paced = paced::start(Opened::Stream { url: url.clone() }, feed, source)?;
    match heard.wait(ECHO, |_| true) {
        Hearing::UpTo(_) => Ok(paced),
        Hearing::Refused(why) => {
            eprintln!("{url}: nobody may listen ({why}): what has left this PC counts as consumed");
            Ok(paced)
        }
        Hearing::Lost(why) => Err(lost(&url, why)),
        Hearing::Nothing => {
            Err(failure(Reason::DeviceStalled, format!("{url}: the server takes the stream and gives out nothing")))
        }
    }
}

/// A number that no other stream has: the server may join ours to the one before.
fn serial() -> Result<u32, Failure> {
    getrandom::u32().map_err(|e| failure(Reason::Process, e.to_string()))
}

/// Half a second of sound or so, which the kernel doubles for its own needs; gives how much sound fits in at the most.
fn small_buffer(socket: &TcpStream, kilobits: u32) -> io::Result<Duration> {
    let a_second = kilobits.max(1) * 125;
    set_socket_send_buffer_size(socket, a_second as usize / 2)?;
    let bytes = u32::try_from(socket_send_buffer_size(socket)?).unwrap_or(u32::MAX);
    Ok(Duration::from_secs(bytes.into()) / a_second)
}

fn failure(reason: Reason, detail: impl Into<String>) -> Failure {
    Failure::device(reason, detail)
}

fn lost(url: &str, why: impl Display) -> Failure {
    Failure::trouble(Reason::DeviceAbsent, DeviceTrouble::Unreachable, format!("{url}: {why}"))
}

fn refused(Refusal { trouble, detail }: Refusal) -> Failure {
    Failure::trouble(Reason::DeviceAbsent, trouble, detail)
}

impl Source {
    fn send(&mut self, pages: &[u8]) -> Result<(), Failure> {
        self.socket.write_all(pages).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                failure(Reason::DeviceStalled, format!("{}: the server takes no more of the stream", self.url))
            }
            _ => lost(&self.url, error),
        })
    }

    fn encode_and_send(&mut self, samples: &[f32]) -> Result<(), Failure> {
        if let Hearing::Lost(why) = self.ear.hearing() {
            return Err(lost(&self.url, why));
        }
        for packet in samples.chunks_exact(PACKET * CHANNELS) {
            let pages = self.opus.encode(packet).map_err(|e| failure(Reason::Process, e))?;
            self.given += PACKET as u64;
            self.send(&pages)?;
        }
        Ok(())
    }

    /// Ends the stream, waits until a listener has the end, then until the server has read it.
    fn say_goodbye(&mut self) -> io::Result<()> {
        let pages = self.opus.end().map_err(io::Error::other)?;
        self.socket.set_write_timeout(Some(FAREWELL))?;
        self.socket.write_all(&pages)?;
        self.ear.wait(FAREWELL, |granule| self.opus.frames_at(granule) >= self.given);
        self.socket.shutdown(Shutdown::Write)?;
        self.socket.set_read_timeout(Some(FAREWELL))?;
        io::copy(&mut (&self.socket).take(64 * 1024), &mut io::sink())?;
        Ok(())
    }
}

impl Keeper for Source {
    /// A page is heard from its first frame on when it has arrived whole, so a page's length is the least.
    fn passing(&self) -> Option<Duration> {
        Some(match self.ear.hearing() {
            Hearing::UpTo(granule) => {
                let unheard = self.given.saturating_sub(self.opus.frames_at(granule));
                Frames(unheard.max(PAGE)).lasting(RATE)
            }
            Hearing::Refused(_) => self.buffer,
            Hearing::Nothing | Hearing::Lost(_) => Frames(self.given).lasting(RATE),
        })
    }

    fn keep(&mut self, samples: &[f32]) -> Result<(), Failure> {
        let kept = self.encode_and_send(samples);
        self.alive = kept.is_ok();
        kept
    }

    /// What was played has been proven before; an end that the server does not hear takes nothing away from that.
    fn close(&mut self) -> Result<(), Failure> {
        if self.alive
            && let Err(error) = self.say_goodbye()
        {
            eprintln!("{}: the stream was not ended properly: {error}", self.url);
        }
        // Closed already, if this fails.
        self.socket.shutdown(Shutdown::Both).ok();
        Ok(())
    }
}
