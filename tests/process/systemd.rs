//! What systemd is told, by a stand-in that listens on the socket. Effects: processes, a socket.

use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::rig::Station;

/// Ends with the test, however that ends.
struct Supervised(Child);

impl Drop for Supervised {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn systemd_hears_ready_then_a_sign_of_life_then_the_end() {
    let station = Station::new();
    station.slot("xa", &Station::in_seconds(3_600), "topics = [\"tin\"]\n");
    station.save();
    let ear = UnixDatagram::bind(station.path("notify")).unwrap();
    ear.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_loaphuong"));
    program.args(["--config".as_ref(), station.path("config").as_os_str(), "run".as_ref()]);
    // Two seconds, for the sake of the test: a sign of life each second, though nothing happens.
    program.env("NOTIFY_SOCKET", station.path("notify")).env("WATCHDOG_USEC", "2000000");
    let daemon = Supervised(program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());

    let hear = || {
        let mut text = [0; 1024];
        let length = ear.recv(&mut text).unwrap();
        String::from_utf8(text[..length].to_vec()).unwrap()
    };
    assert!(hear().starts_with("READY=1"), "nothing comes before");
    for _ in 0..12 {
        assert_eq!(hear(), "WATCHDOG=1\n");
    }
    kill_process(Pid::from_raw(i32::try_from(daemon.0.id()).unwrap()).unwrap(), Signal::TERM).unwrap();
    let last = std::iter::repeat_with(hear).find(|said| said != "WATCHDOG=1\n");
    assert_eq!(last.as_deref(), Some("STOPPING=1\n"));
}
