//! Half-open sockets, floods and odd bytes: dropped in bounded time, and never in anybody's way. Effects: sockets.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::world::World;

fn half_open(world: &World) -> TcpStream {
    let mut stream = TcpStream::connect(world.addr).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: ").unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    stream
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long the service takes is what is tested")]
fn three_hundred_half_open_sockets_starve_nobody_and_are_dropped() {
    let world = World::new();
    let begun = Instant::now();
    let sockets: Vec<TcpStream> = (0..300).map(|_| half_open(&world)).collect();
    for _ in 0..5 {
        assert_eq!(world.get("/healthz").status, 200);
        assert_eq!(world.get("/v1/status").status, 200);
    }
    assert!(begun.elapsed() < Duration::from_secs(9), "answered before any time limit came to help");
    for mut socket in sockets {
        let mut rest = Vec::new();
        // Ends by being closed, not by our own patience.
        match socket.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}"),
        }
    }
    // The service's limit is 10 s; the rest is for a slow machine, far from the minutes of no limit at all.
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    world.stop();
}

#[test]
fn a_body_that_never_comes_is_given_up() {
    let world = World::new();
    let token = world.token("a", loaphuong::http::tokens::Role::Operator, &[]);
    let reply = world.send(&format!(
        "POST /v1/stop HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: 10\r\n\r\n{{"
    ));
    assert_eq!(reply.status, 503, "{reply:?}");
    assert_eq!(world.asked.lock().unwrap().len(), 0);
    world.stop();
}

#[test]
fn floods_are_refused() {
    let world = World::new();
    let header = format!("x-flood: {}\r\n", "a".repeat(100));
    for (what, request) in [
        ("many headers", format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\n{}\r\n", "x-a: 1\r\n".repeat(500))),
        ("long headers", format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\n{}\r\n", header.repeat(1_000))),
        ("one long header", format!("GET /healthz HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(1_000_000))),
        ("huge query", format!("GET /v1/airings?from={} HTTP/1.1\r\nhost: localhost\r\n\r\n", "a".repeat(100_000))),
        (
            "many parameters",
            format!(
                "GET /v1/airings?{} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
                "a=1&".repeat(3_000)
            ),
        ),
        ("no HTTP", "\x16\x03\x01\x02\x00\x01\r\n\r\n".to_owned()),
        ("two lengths", "POST /v1/stop HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\na".to_owned()),
        ("odd chunk", "POST /v1/stop HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_owned()),
    ] {
        let status = world.send(&request).status;
        // Nothing at all: refused while it was still sending.
        assert!(status == 0 || (400..500).contains(&status), "{what}: {status}");
    }
    assert_eq!(world.get("/healthz").status, 200);
    world.stop();
}

#[test]
fn paths_lead_nowhere_but_where_they_should() {
    let world = World::new();
    for target in [
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/v1/..%2f..%2fetc",
        "/style.css/../v1/status",
        "/%",
        "/%zz",
        "/v1/status%00",
        "/v1//status",
        "/V1/STATUS",
        "/\\..\\",
        "/v1/airings/%2e%2e%2f%2e%2e%2fx",
        "/;/v1/status",
    ] {
        let status = world.get(target).status;
        assert!((400..500).contains(&status), "{target}: {status}");
    }
    world.stop();
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long the service takes is what is tested")]
fn keep_alive_connections_answer_many_questions_and_end_with_the_service() {
    let world = World::new();
    let mut stream = TcpStream::connect(world.addr).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    for _ in 0..3 {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        let mut seen = Vec::new();
        while !seen.ends_with(b"ok\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        }
    }
    let begun = Instant::now();
    world.stop();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap_or_default();
    assert!(rest.is_empty() && begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
}
