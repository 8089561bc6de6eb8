//! Every way in which a sound device lies or dies, each against the player and against a naive one. The player says it
//! within two seconds, calmly; the naive one claims that all is well, which shows that the rig bites.

use std::time::Duration;

use loaphuong::model::outcome::Reason;
use loaphuong::model::playback::{End, FromPlayer, Route, ToPlayer};
use loaphuong::model::time::Mono;

use crate::child::Player;
use crate::naive::{Claim, Naive};
use crate::rig::{Rig, cpu_time, now};
use crate::route::{as_on_a_desktop, clip, stream};

/// Length of the clip, and when the fault comes.
const LENGTH: f64 = 4.0;
const CUT: u64 = 48_000;
/// By when it must be said.
const TOLD: Duration = Duration::from_secs(2);
/// Processor time in an outage: one part in twenty, and what counting in hundredths of a second may add, and playing where
/// it goes on (unoptimised, as tests are built).
const SLACK: Duration = Duration::from_millis(100);
/// Lines on standard error for one fault.
const LINES: usize = 3;

/// What the player says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// All is well, and it is.
    Well,
    /// The sound goes there.
    Goes(Route),
    /// The device is gone.
    Gone,
    /// Nothing moves.
    Stands,
    /// It moves faster than time.
    Races,
}

/// A condition, what the player says of it, and what the naive one claims.
struct Row {
    name: &'static str,
    rig: fn() -> Rig,
    fault: fn(&mut Rig),
    says: Says,
    claims: Claim,
}

fn server() -> Rig {
    Rig::new()
}

fn desktop() -> Rig {
    let rig = Rig::new();
    as_on_a_desktop(&rig);
    rig
}

fn row(name: &'static str, fault: fn(&mut Rig), says: Says, claims: Claim) -> Row {
    Row { name, rig: server, fault, says, claims }
}

/// Plays until the fault, lets it come, and waits until it is said. Gives the time from one to the other.
fn play(rig: &mut Rig, row: &Row) -> Duration {
    let mut player = Player::ready(rig, clip(rig, LENGTH)).0;
    let begun = now();
    player.tell(&ToPlayer::Begin { at: begun });
    if row.says != Says::Races {
        let second = |said: &FromPlayer| matches!(said, FromPlayer::Progress(progress) if progress.consumed.0 > CUT);
        player.until(Duration::from_secs(5), second);
    }
    let (fault, used) = (now(), cpu_time(player.pid()));
    let (complaints, before) = (player.complaints(), player.said.len());
    (row.fault)(rig);
    let told = told(&mut player, row, begun, before);
    // What it costs while it lasts, for as long as a core takes to notice.
    let mut most = used;
    while player.is_alive() && now().since(fault) < Duration::from_millis(2_500) {
        most = most.max(cpu_time(player.pid()));
        player.next(Duration::from_millis(20));
    }
    let (took, spent) = (now().since(fault), most.saturating_sub(used));
    let (after, lines) = (told.since(fault), player.complaints() - complaints);
    println!("{}: {:?} after {after:?}; {spent:?} of processor time in {took:?}, {lines} lines", row.name, row.says);
    assert!(lines <= LINES, "{}: {lines} lines", row.name);
    // ALSA's `null` takes four seconds of sound in two: what that costs is no outage.
    if row.says != Says::Races {
        assert!(spent <= took / 20 + SLACK, "{}: {spent:?} of processor time in {took:?}", row.name);
    }
    after
}

/// Waits until the player says what the row wants of it; when that was true.
fn told(player: &mut Player, row: &Row, begun: Mono, before: usize) -> Mono {
    let patience = Duration::from_secs(8);
    match row.says {
        Says::Goes(route) => match player.until(patience, |said| matches!(said, FromPlayer::Route { .. })) {
            FromPlayer::Route { at, route: found, .. } if found == route => at,
            other => panic!("{}: {other:?}", row.name),
        },
        Says::Gone => match player.until(patience, |_| false) {
            FromPlayer::Failed { reason: Reason::DeviceAbsent, .. } => player.said.last().unwrap().0,
            other => panic!("{}: {other:?}", row.name),
        },
        // Two seconds in which the count stands still, told all the time, are a stall to the core.
        Says::Stands => {
            let consumed = |player: &Player| player.progress().last().map(|progress| progress.consumed);
            let (mut last, mut since) = (consumed(player), now());
            while now().since(since) < Duration::from_millis(1_500) {
                let said = player.next(Duration::from_millis(300));
                assert!(said.is_some(), "{}: silent", row.name);
                if consumed(player) != last {
                    (last, since) = (consumed(player), now());
                }
            }
            since
        }
        Says::Well | Says::Races => {
            let (last, _) = player.last(patience);
            let FromPlayer::Ended { progress, end: End::Whole, .. } = last else { panic!("{}: {last:?}", row.name) };
            let started = player.said.iter().find_map(|(_, said)| match said {
                FromPlayer::Started { at } => Some(*at),
                _ => None,
            });
            let started = started.expect("a beginning");
            let rate =
                progress.consumed.lasting(progress.rate).as_secs_f64() / progress.at.since(started).as_secs_f64();
            println!("{}: begun after {:?}, {rate:.3} of the pace of time", row.name, started.since(begun));
            assert_eq!(rate > 1.02, row.says == Says::Races, "{}: {rate}", row.name);
            let strange = |(_, said): &&(Mono, FromPlayer)| matches!(said, FromPlayer::Route { .. });
            let strange = player.said[before..].iter().find(strange);
            assert!(row.says == Says::Races || strange.is_none(), "{}: {strange:?}", row.name);
            now()
        }
    }
}

/// What the naive player claims of the same.
fn naive(rig: &mut Rig, row: &Row) {
    let naive = Naive::start(rig, &rig.path("bai.wav"));
    assert!(naive.plays(), "{}: the naive player does not even begin", row.name);
    std::thread::sleep(Duration::from_secs(1));
    let (fault, used) = (now(), naive.cpu());
    (row.fault)(rig);
    // What will be claimed is claimed at the clip's end, however slow the machine; who hangs does so for ever.
    let patience = if row.claims == Claim::Playing { 5 } else { 30 };
    let claim = naive.claim(Duration::from_secs(patience));
    let (took, spent) =
        (now().since(fault), if claim == Claim::Playing { naive.cpu().saturating_sub(used) } else { used });
    println!("{}: the naive player claims {claim:?} after {took:?}, {spent:?} of processor time", row.name);
    assert_eq!(claim, row.claims, "{}: the rig does not bite", row.name);
}

fn holds(row: &Row) {
    let mut rig = (row.rig)();
    let after = play(&mut rig, row);
    assert!(matches!(row.says, Says::Well | Says::Races) || after <= TOLD, "{}: said after {after:?}", row.name);
    unhang(&rig);
    drop(rig);
    let mut rig = (row.rig)();
    drop(clip(&rig, LENGTH));
    naive(&mut rig, row);
    unhang(&rig);
}

/// A server that hangs would not be ended either.
fn unhang(rig: &Rig) {
    if rig.is_up() {
        rig.unhang();
    }
}

#[test]
fn a_healthy_device() {
    holds(&row("healthy", |_| (), Says::Well, Claim::Aired));
}

#[test]
fn a_device_that_swallows() {
    holds(&Row { rig: Rig::with_alsa_null, ..row("null", |_| (), Says::Races, Claim::Aired) });
}

#[test]
fn a_device_that_hangs() {
    holds(&row("hung", |rig| rig.hang(), Says::Stands, Claim::Playing));
}

#[test]
fn a_stream_that_is_moved_by_the_server() {
    let says = Says::Goes(Route::Elsewhere);
    holds(&Row { rig: desktop, ..row("rerouted", |rig| rig.unload_speaker(), says, Claim::Aired) });
}

#[test]
fn a_device_that_is_muted() {
    let says = Says::Goes(Route::Muted);
    holds(&row("muted", |rig| rig.control(&["set-sink-mute", "speaker", "1"]), says, Claim::Aired));
    holds(&row("at volume 0", |rig| rig.control(&["set-sink-volume", "speaker", "0"]), says, Claim::Aired));
}

#[test]
fn a_stream_that_is_muted() {
    let mute = |rig: &mut Rig| rig.control(&["set-sink-input-mute", &stream(rig), "1"]);
    holds(&row("stream muted", mute, Says::Goes(Route::Muted), Claim::Aired));
}

#[test]
fn a_server_that_dies() {
    holds(&row("killed", Rig::kill, Says::Gone, Claim::Playing));
}

#[test]
fn a_device_that_is_taken_away() {
    holds(&row("unloaded", |rig| rig.unload_speaker(), Says::Gone, Claim::Playing));
}
