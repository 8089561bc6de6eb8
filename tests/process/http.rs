//! An HTTP client of twenty lines, so that what the service says is read as any script would. Effects: sockets.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.body))
    }
}

/// Asks `GET target`; nothing if nobody listens.
pub(crate) fn get(addr: SocketAddr, target: &str) -> Option<Answer> {
    exchange(addr, &format!("GET {target} HTTP/1.1\r\n"), "")
}

/// Asks `POST target` with a JSON body, as the holder of `token`.
pub(crate) fn post(addr: SocketAddr, target: &str, token: &str, body: &str) -> Option<Answer> {
    let head = format!(
        "POST {target} HTTP/1.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n",
        body.len()
    );
    exchange(addr, &head, body)
}

fn exchange(addr: SocketAddr, head: &str, body: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect_timeout(&addr, Duration::from_secs(2)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "{head}Host: {addr}\r\nConnection: close\r\n\r\n{body}").ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, body: body.to_owned() })
}
