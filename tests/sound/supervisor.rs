//! The core's hold on a player: it hears everything, in order, and is never held up.

use std::path::Path;
use std::time::Duration;

use loaphuong::model::playback::{FromPlayer, RunId, ToPlayer};
use loaphuong::model::station::OutputKind;
use loaphuong::player::{Handle, Heard, spawn};
use rustix::process::{Signal, kill_process, test_kill_process};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use crate::child::{item, job};
use crate::rig::{Rig, babble, now, write_wav};

const PLAYER: &str = env!("CARGO_BIN_EXE_loaphuong");
const PATIENCE: Duration = Duration::from_secs(5);

type Ear = UnboundedReceiver<(RunId, Heard)>;

/// A player that was told to play a second of nothing, and the time.
fn playing(rig: &Rig) -> (Handle, Ear) {
    let file = rig.path("bai.wav");
    write_wav(&file, &babble(1.0, 48_000, 2), 48_000);
    let (tell, ear) = unbounded_channel();
    let handle = spawn(RunId(7), Path::new(PLAYER), tell).unwrap();
    handle.send(ToPlayer::Prepare(Box::new(job(OutputKind::Null, rig.path("heard.wav"), vec![item(&file)]))));
    handle.send(ToPlayer::Begin { at: now() });
    (handle, ear)
}

async fn next(ear: &mut Ear) -> Option<Heard> {
    let heard = timeout(PATIENCE, ear.recv()).await.expect("silence");
    heard.map(|(run, heard)| {
        assert_eq!(run, RunId(7));
        heard
    })
}

/// Everything until nobody is left to say anything.
async fn all(ear: &mut Ear) -> Vec<Heard> {
    let mut all = Vec::new();
    while let Some(heard) = next(ear).await {
        all.push(heard);
    }
    all
}

/// The last thing heard is how it ended, and nothing else is.
fn gone(heard: &[Heard]) -> &str {
    let goings = heard.iter().filter(|heard| matches!(heard, Heard::Gone { .. })).count();
    assert_eq!(goings, 1, "{heard:?}");
    match heard.last() {
        Some(Heard::Gone { how }) => how,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_run_is_told_from_ready_to_gone() {
    let rig = Rig::without_server();
    let (_handle, mut ear) = playing(&rig);
    let heard = all(&mut ear).await;
    assert_eq!(gone(&heard), "exit status: 0");
    assert!(matches!(heard[0], Heard::Said(FromPlayer::Ready { .. })), "{:?}", heard[0]);
    assert!(matches!(heard[1], Heard::Said(FromPlayer::Started { .. } | FromPlayer::Progress(_))), "{:?}", heard[1]);
    assert!(matches!(heard[heard.len() - 2], Heard::Said(FromPlayer::Ended { .. })), "{heard:?}");
}

#[tokio::test]
async fn a_killed_player_is_reaped_and_told_once() {
    let rig = Rig::without_server();
    let (handle, mut ear) = playing(&rig);
    next(&mut ear).await;
    let begun = now();
    handle.kill();
    handle.kill();
    assert_eq!(gone(&all(&mut ear).await), "signal: 9 (SIGKILL)");
    assert!(now().since(begun) < Duration::from_secs(1));
}

#[tokio::test]
async fn a_player_that_does_not_listen_holds_nobody_up() {
    let rig = Rig::without_server();
    let (handle, mut ear) = playing(&rig);
    next(&mut ear).await;
    let pid = child_of_this_test();
    kill_process(pid, Signal::STOP).unwrap();
    let begun = now();
    for _ in 0..20_000 {
        handle.send(ToPlayer::Begin { at: now() });
    }
    assert!(now().since(begun) < Duration::from_secs(2), "sending took {:?}", now().since(begun));
    handle.kill();
    assert_eq!(gone(&all(&mut ear).await), "signal: 9 (SIGKILL)");
    assert!(test_kill_process(pid).is_err(), "it is not reaped");
}

/// The player that this thread's runtime started.
fn child_of_this_test() -> rustix::process::Pid {
    let thread = rustix::thread::gettid();
    let children = std::fs::read_to_string(format!("/proc/self/task/{}/children", thread.as_raw_nonzero())).unwrap();
    let pid = children.split_whitespace().next().expect("a child").parse().unwrap();
    rustix::process::Pid::from_raw(pid).unwrap()
}

#[tokio::test]
async fn a_dropped_handle_ends_the_player() {
    let rig = Rig::without_server();
    let (handle, mut ear) = playing(&rig);
    next(&mut ear).await;
    drop(handle);
    assert_eq!(gone(&all(&mut ear).await), "exit status: 1");
}

#[tokio::test]
async fn what_is_no_player_is_an_error_or_gone() {
    let (tell, _ear) = unbounded_channel();
    assert!(spawn(RunId(7), Path::new("/nowhere/loaphuong"), tell).is_err());
    // Says things that are no messages, much of it in one line, and leaves.
    let folder = tempfile::tempdir().unwrap();
    let babbler = folder.path().join("babbler");
    let script = "#!/bin/sh\nhead -c 300000 /dev/zero | tr '\\0' 'x'\necho\necho '{\"said\":\"started\",\"at\":{\"secs\":1,\"nanos\":0}}'\nexit 3\n";
    std::fs::write(&babbler, script).unwrap();
    std::fs::set_permissions(&babbler, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let (tell, mut ear) = unbounded_channel();
    let _handle = spawn(RunId(7), &babbler, tell).unwrap();
    let heard = all(&mut ear).await;
    assert!(matches!(heard[..], [Heard::Said(FromPlayer::Started { .. }), Heard::Gone { .. }]), "{heard:?}");
    assert_eq!(gone(&heard), "exit status: 3");
}
