//! Talks HTTP with an Icecast server: finds it, asks for a mount, understands its refusal. Effects: sockets, names.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use hyper::Uri;

use super::super::super::now;
use crate::model::playback::DeviceTrouble;
use crate::model::station::Mount;

/// How long a server may take to answer the call.
const CONNECT: Duration = Duration::from_secs(5);
/// How long it may take to answer a question, or to take what is sent.
const PATIENCE: Duration = Duration::from_secs(2);
/// No answer of an Icecast server is longer.
const LONGEST: u64 = 16 * 1024;

/// Why a server will not have us: what kind of trouble, and in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) trouble: DeviceTrouble,
    pub(super) detail: String,
}

fn refusal(trouble: DeviceTrouble, detail: impl Into<String>) -> Refusal {
    Refusal { trouble, detail: detail.into() }
}

/// Where a mount is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    host: String,
    port: u16,
    path: String,
}

impl Place {
    /// Reads `http://host:port/mount`.
    pub(super) fn of(url: &str) -> Result<Self, Refusal> {
        let wrong = |what: &str| refusal(DeviceTrouble::Unsuitable, format!("{url}: {what}"));
        let uri: Uri = url.parse().map_err(|e| wrong(&format!("{e}")))?;
        if uri.scheme_str() != Some("http") {
            return Err(wrong("only http:// is understood"));
        }
        let host = uri.host().ok_or_else(|| wrong("names no server"))?.to_owned();
        Ok(Self { host, port: uri.port_u16().unwrap_or(80), path: uri.path().to_owned() })
    }

    /// The address as people read it, without anybody's password.
    pub(super) fn url(&self) -> String {
        format!("http://{}:{}{}", self.host, self.port, self.path)
    }

    /// May block for as long as the search for the name takes.
    fn connect(&self) -> io::Result<TcpStream> {
        let until = now().plus(CONNECT);
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for address in (self.host.trim_matches(['[', ']']), self.port).to_socket_addrs()? {
            let left = until.since(now());
            if left.is_zero() {
                break;
            }
            match TcpStream::connect_timeout(&address, left) {
                Ok(socket) => {
                    socket.set_nodelay(true)?;
                    socket.set_write_timeout(Some(PATIENCE))?;
                    return Ok(socket);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Becomes the source of the mount: whatever is written into the socket from here on is the stream.
    pub(super) fn publish(&self, mount: &Mount) -> Result<TcpStream, Refusal> {
        let unreachable = |e: io::Error| refusal(DeviceTrouble::Unreachable, format!("{}: {e}", self.url()));
        let socket = self.connect().map_err(unreachable)?;
        let name = base64(format!("{}:{}", mount.user, mount.password.0).as_bytes());
        let fields = format!(
            "Authorization: Basic {name}\r\nContent-Type: audio/ogg\r\nExpect: 100-continue\r\n\
             Ice-Public: 0\r\nIce-Audio-Info: bitrate={}\r\n",
            mount.bitrate
        );
        let answer = (|| {
            socket.set_read_timeout(Some(PATIENCE))?;
            self.ask("PUT", &fields, &socket)?;
            let mut answers = BufReader::new((&socket).take(LONGEST));
            let answer = answer(&mut answers)?;
            let mut body = String::new();
            if !answer.goes_on() {
                // What cannot be read any more only makes the message shorter.
                answers.read_to_string(&mut body).ok();
            }
            Ok((answer, body))
        })();
        match answer.map_err(unreachable)? {
            (answer, _) if answer.goes_on() => Ok(socket),
            (answer, body) => Err(answer.refusal(&self.url(), &body)),
        }
    }

    /// Asks for the mount as a listener does. Waits for the answer as long as it takes, the stream follows upon it.
    pub(super) fn listen(&self) -> io::Result<(Answer, BufReader<TcpStream>)> {
        let socket = self.connect()?;
        self.ask("GET", "", &socket)?;
        let mut answers = BufReader::new(socket);
        Ok((answer(&mut answers)?, answers))
    }

    fn ask(&self, method: &str, fields: &str, mut socket: &TcpStream) -> io::Result<()> {
        let Self { host, port, path } = self;
        let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let question =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: {agent}\r\n{fields}\r\n");
        socket.write_all(question.as_bytes())
    }
}

/// The first line of a server's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    code: u16,
    line: String,
}

impl Answer {
    /// Does it want to have, or give, the stream?
    pub(super) fn goes_on(&self) -> bool {
        matches!(self.code, 100 | 200)
    }

    /// Has it no such mount (yet)?
    pub(super) fn not_found(&self) -> bool {
        self.code == 404
    }

    /// Icecast says 403 for a mount that is taken, for too many sources, and for a kind of stream that it does not know.
    fn refusal(&self, url: &str, body: &str) -> Refusal {
        let words = body.to_ascii_lowercase();
        let trouble = match self.code {
            403 | 409 if words.contains("in use") || words.contains("too many") => DeviceTrouble::Busy,
            403 if words.contains("content-type") => DeviceTrouble::Unsuitable,
            401 | 403 => DeviceTrouble::NotPermitted,
            500.. => DeviceTrouble::Unreachable,
            _ => DeviceTrouble::Unsuitable,
        };
        refusal(trouble, format!("{url}: {}: {}", self.line, body.trim()).trim_end_matches([':', ' ']))
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.line)
    }
}

/// Reads an answer up to the empty line behind its head.
fn answer(from: &mut impl BufRead) -> io::Result<Answer> {
    let mut head = from.take(LONGEST);
    let mut line = || {
        let mut line = String::new();
        match head.read_line(&mut line)? {
            0 => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
            _ => Ok(line.trim_end().to_owned()),
        }
    };
    let first = line()?;
    while !line()?.is_empty() {}
    let code = first.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)).and_then(|code| code.parse().ok());
    let code = code.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("no HTTP: {first}")))?;
    Ok(Answer { code, line: first })
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = |three: &[u8]| {
        let number = (0..3).fold(0_u32, |n, at| n << 8 | u32::from(three.get(at).copied().unwrap_or(0)));
        let digit = move |at: usize| char::from(DIGITS[(number >> (18 - 6 * at)) as usize & 63]);
        let filled = three.len() + 1;
        (0..4).map(move |at| if at < filled { digit(at) } else { '=' })
    };
    bytes.chunks(3).flat_map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_base64() {
        // RFC 4648, section 10.
        for (text, expected) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(text.as_bytes()), expected);
        }
        assert_eq!(base64("xã:đài".as_bytes()), "eMOjOsSRw6Bp");
    }

    #[test]
    fn an_address_is_read() {
        let read = |url: &str| Place::of(url).map(|place| place.url()).map_err(|refusal| refusal.trouble);
        assert_eq!(read("http://localhost:8000/xa.opus"), Ok("http://localhost:8000/xa.opus".to_owned()));
        assert_eq!(read("http://ai:mat@[::1]:8000/xa.opus"), Ok("http://[::1]:8000/xa.opus".to_owned()));
        assert_eq!(read("http://a.vn/xa"), Ok("http://a.vn:80/xa".to_owned()));
        for wrong in ["https://a.vn/xa", "a.vn:8000", "http://", ""] {
            assert_eq!(read(wrong), Err(DeviceTrouble::Unsuitable), "{wrong}");
        }
    }

    #[test]
    fn refusals_are_told_apart() {
        let cases = [
            (401, "You need to authenticate", DeviceTrouble::NotPermitted),
            (403, "Mountpoint in use", DeviceTrouble::Busy),
            (403, "too many sources connected", DeviceTrouble::Busy),
            (403, "Content-type not supported", DeviceTrouble::Unsuitable),
            (403, "", DeviceTrouble::NotPermitted),
            (404, "", DeviceTrouble::Unsuitable),
            (503, "", DeviceTrouble::Unreachable),
        ];
        for (code, body, trouble) in cases {
            let answer = Answer { code, line: format!("HTTP/1.0 {code} Không") };
            let refusal = answer.refusal("http://a:1/b", body);
            assert_eq!(refusal.trouble, trouble, "{code} {body}");
            assert!(refusal.detail.starts_with("http://a:1/b: HTTP/1.0") && refusal.detail.contains(body));
        }
    }

    #[test]
    fn answers_are_read_to_the_end_of_their_head() {
        let mut bytes = &b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\nOggS"[..];
        assert!(answer(&mut bytes).unwrap().goes_on());
        assert_eq!(bytes, b"OggS");
        for wrong in ["", "HTTP/1.1 200 OK\r\n", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 2\r\n\r\n"] {
            assert!(answer(&mut wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
