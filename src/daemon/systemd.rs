//! What systemd is told: ready, alive, what it does, stopping. Effects; silent where there is no systemd.

use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use sd_notify::NotifyState;

/// Tells systemd something. It is told for its own sake: a failure changes nothing for the station.
fn tell(state: &[NotifyState<'_>]) {
    let Some(address) = std::env::var_os("NOTIFY_SOCKET") else { return };
    let lines: Vec<String> = state.iter().map(ToString::to_string).collect();
    if let Err(error) = send(&address, (lines.join("\n") + "\n").as_bytes()) {
        tracing::debug!(%error, "systemd does not listen");
    }
}

/// Never waits, unlike the function of the library: a supervisor that reads no more must not hold up the station.
fn send(address: &OsStr, lines: &[u8]) -> io::Result<()> {
    let address = match address.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        path => SocketAddr::from_pathname(OsStr::from_bytes(path))?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.set_nonblocking(true)?;
    socket.send_to_addr(lines, &address).map(drop)
}

/// Everything is open.
pub(super) fn ready(line: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(line)]);
}

/// The loop has turned.
pub(super) fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// On the way out.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// How often the loop must say that it is alive: half of what the unit allows. Nothing where nobody asks.
pub(super) fn watchdog_pause() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|limit| limit / 2)
}
