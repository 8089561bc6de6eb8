//! Every limit of the HTTP service in one place. Pure.

use std::time::Duration;

/// Connections in all. Far below the usual 1,024 open files of a process.
pub(super) const CONNECTIONS: usize = 256;
/// Connections of one address (one /64 for IPv6).
pub(super) const PER_ADDRESS: usize = 32;
/// Connections of this PC itself: a proxy, a collector, the officer's browser; the rest stays free for the network.
pub(super) const FROM_LOOPBACK: usize = 192;
/// From the first byte wanted to the last header read; also how long an unused connection is kept.
pub(super) const HEADERS: Duration = Duration::from_secs(10);
/// From the last header to the first byte of the answer, body of the question included.
pub(super) const REQUEST: Duration = Duration::from_secs(10);
/// A connection's whole life: bounds those who read an answer byte by byte.
pub(super) const LIFE: Duration = Duration::from_mins(1);
/// How long those on a connection may finish after the daemon was asked to stop.
pub(super) const GRACE: Duration = Duration::from_millis(1_500);
/// Bytes of request line and headers.
pub(super) const HEADER_BYTES: usize = 16 * 1024;
/// Header lines.
pub(super) const HEADER_LINES: usize = 64;
/// Bytes of a question's body.
pub(super) const BODY_BYTES: usize = 16 * 1024;
/// Characters of the reason for an emergency.
pub(super) const WHY_CHARS: usize = 200;
/// Questions to the disk at one time; more wait.
pub(super) const DISK_QUESTIONS: usize = 4;
/// How long a question waits for its turn at the disk.
pub(super) const DISK_TURN: Duration = Duration::from_secs(5);
/// How long the engine may take to answer an operator.
pub(super) const ENGINE_ANSWER: Duration = Duration::from_secs(5);
/// Pause after the kernel refuses a connection, as when no file handle is left.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// Rows of a page unless said otherwise, and at the most.
pub(super) const ROWS: (usize, usize) = (100, 1_000);
/// Days of a plan unless said otherwise, and at the most.
pub(super) const PLAN_DAYS: (u32, u32) = (7, 366);
