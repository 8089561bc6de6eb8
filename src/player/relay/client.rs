//! The way to a live stream over HTTP: redirects, one playlist in between, never a proxy. Effects: the network.

use std::io::{self, Cursor, Read};
use std::time::Duration;

use ureq::Agent;

use super::address::{self, Answer};

/// How long it may take to find the server, to reach it, and to be answered by it.
const CONNECT: Duration = Duration::from_secs(3);
const ANSWER: Duration = Duration::from_secs(5);
/// A stream that gives nothing for so long is lost.
const READ: Duration = Duration::from_secs(5);
const REDIRECTS: u32 = 5;
/// Bytes by which a playlist is known, and the most that one may have.
const HEAD: u64 = 16;
const PLAYLIST: u64 = 64 * 1024;

/// What a server sends from here on.
pub(super) type Bytes = Box<dyn Read + Send + Sync>;

/// Opens the stream at this address, or the one that the playlist there names.
///
/// # Errors
/// Why there is none, for engineers.
pub(super) fn open(url: &str) -> Result<Bytes, String> {
    let agent = agent();
    let (answer, bytes) = get(&agent, url)?;
    if answer == Answer::Stream {
        return Ok(bytes);
    }
    let mut list = Vec::new();
    bytes.take(PLAYLIST).read_to_end(&mut list).map_err(|e| e.to_string())?;
    let list = String::from_utf8_lossy(&list);
    match get(&agent, address::first(&list)?)? {
        (Answer::Stream, bytes) => Ok(bytes),
        (Answer::Playlist, _) => Err("a playlist that names a playlist".to_owned()),
    }
}

fn agent() -> Agent {
    let config = Agent::config_builder()
        .proxy(None)
        .max_redirects(REDIRECTS)
        .timeout_resolve(Some(CONNECT))
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(ANSWER))
        .timeout_per_read(Some(READ))
        .user_agent("loaphuong")
        .build();
    Agent::new_with_config(config)
}

/// What is answered there, and what kind of thing that is.
fn get(agent: &Agent, url: &str) -> Result<(Answer, Bytes), String> {
    let response = agent.get(url).call().map_err(|e| e.to_string())?;
    let body = response.into_body();
    let mime = body.mime_type().map(str::to_owned);
    let mut rest = Whole(std::sync::Mutex::new(body.into_reader()));
    let mut head = Vec::new();
    rest.by_ref().take(HEAD).read_to_end(&mut head).map_err(|e| e.to_string())?;
    let answer = address::kind(mime.as_deref(), &head);
    Ok((answer, Box::new(Cursor::new(head).chain(rest))))
}

/// A body that may be handed from thread to thread, as the decoder wants it. One thread reads.
struct Whole<R>(std::sync::Mutex<R>);

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner).read(into)
    }
}
