//! What an operator asks for reaches the engine whole, or is refused with the reason. Effects: sockets.

use std::num::NonZeroU32;

use loaphuong::http::tokens::Role;
use loaphuong::model::id::AiringId;
use loaphuong::model::operator::{Action, PlayWhat};
use loaphuong::model::playback::Repeat;

use crate::world::{Reply, World};

fn post(world: &World, token: &str, target: &str, body: &str) -> Reply {
    let token = format!("Bearer {token}");
    let headers = [("authorization", token.as_str()), ("content-type", "application/json"), ("accept-language", "en")];
    world.ask("POST", target, &headers, body)
}

#[test]
fn actions_reach_the_engine() {
    let world = World::new();
    let token = world.token("Văn thư", Role::Operator, &[]);
    let by = || "Văn thư".to_owned();
    let times = |n| Repeat::Times(NonZeroU32::new(n).unwrap());
    let emergency = |commune: Option<&str>, repeat, why: Option<&str>| Action::Emergency {
        commune: commune.map(|c| c.parse().unwrap()),
        what: PlayWhat::Clip("a/b.mp3".parse().unwrap()),
        repeat,
        why: why.map(str::to_owned),
        by: by(),
    };
    let play =
        |what, commune: Option<&str>| Action::Play { commune: commune.map(|c| c.parse().unwrap()), what, by: by() };
    for (target, body, expected) in [
        ("/v1/play", r#"{"clip":"a/b.mp3"}"#, play(PlayWhat::Clip("a/b.mp3".parse().unwrap()), None)),
        ("/v1/play", r#"{"file":"/tmp/x.mp3"}"#, play(PlayWhat::File("/tmp/x.mp3".into()), None)),
        ("/v1/play", r#"{"test_sound":true,"commune":"an-xuan"}"#, play(PlayWhat::TestSound, Some("an-xuan"))),
        ("/v1/stop", "", Action::Stop { commune: None, confirm: None, by: by() }),
        ("/v1/stop", "{}", Action::Stop { commune: None, confirm: None, by: by() }),
        (
            "/v1/stop",
            r#"{"confirm":"an-xuan/emergency@2026-11-23T05:31"}"#,
            Action::Stop {
                commune: None,
                confirm: Some(AiringId::quoted("an-xuan/emergency@2026-11-23T05:31")),
                by: by(),
            },
        ),
        ("/v1/emergency", r#"{"clip":"a/b.mp3"}"#, emergency(None, Repeat::UntilStopped, None)),
        (
            "/v1/emergency",
            r#"{"clip":"a/b.mp3","commune":"an-xuan","repeat":3,"why":"  bão số 12 "}"#,
            emergency(Some("an-xuan"), times(3), Some("bão số 12")),
        ),
        ("/v1/emergency", r#"{"clip":"a/b.mp3","repeat":null,"why":" "}"#, emergency(None, Repeat::UntilStopped, None)),
        ("/v1/reload", "", Action::Reload { by: by() }),
        (
            "/v1/clock",
            r#"{"time":"2026-11-23T05:30:00+07:00"}"#,
            Action::ConfirmClock { seen: "2026-11-22T22:30:00Z".parse().unwrap(), by: by() },
        ),
    ] {
        let reply = post(&world, &token, target, body);
        assert_eq!(reply.status, 202, "{target} {body}: {reply:?}");
        let trial = body.contains("test_sound");
        let id = if trial { "an-xuan/sang@2026-11-23T05:30" } else { "an-xuan/manual@2026-11-23T05:31:00.120" };
        assert_eq!(reply.json()["airing"], id);
        assert_eq!(world.asked.lock().unwrap().pop(), Some(expected));
    }
    world.stop();
}

#[test]
fn what_cannot_be_meant_never_reaches_the_engine() {
    let world = World::new();
    let token = world.token("a", Role::Operator, &[]);
    for (body, status, said) in [
        ("", 400, "Exactly one of three"),
        ("{}", 400, "Exactly one of three"),
        (r#"{"clip":"a.mp3","file":"/b.mp3"}"#, 400, "Exactly one of three"),
        (r#"{"test_sound":false}"#, 400, "Exactly one of three"),
        (r#"{"clip":7}"#, 400, "Exactly one of three"),
        (r#"{"clip":"../../etc/passwd"}"#, 400, "inside the audio folder"),
        (r#"{"file":"relative.mp3"}"#, 400, "absolute path"),
        (r#"{"clp":"a.mp3"}"#, 400, "Did you mean \"clip\"?"),
        (r#"{"clip":"a.mp3","commune":"xa-la"}"#, 400, "commune of this station"),
        ("[1]", 400, "not a JSON object"),
        ("{", 400, "not a JSON object"),
    ] {
        let reply = post(&world, &token, "/v1/play", body);
        assert_eq!(reply.status, status, "{body}");
        assert!(reply.json()["detail"].as_str().unwrap().contains(said), "{body}: {reply:?}");
    }
    let bearer = format!("Bearer {token}");
    let plain = [("authorization", bearer.as_str()), ("content-type", "text/plain")];
    assert_eq!(world.ask("POST", "/v1/play", &plain, "{}").status, 415);
    assert_eq!(post(&world, &token, "/v1/play", &format!("{{\"clip\":\"{}\"}}", "a".repeat(20_000))).status, 413);
    assert_eq!(world.asked.lock().unwrap().len(), 0);
    world.stop();
}

#[test]
fn the_engines_refusal_is_handed_on() {
    let world = World::new();
    let token = world.token("a", Role::Operator, &[]);
    let reply = post(&world, &token, "/v1/play", r#"{"clip":"khong-co.mp3"}"#);
    assert_eq!(reply.status, 409);
    assert_eq!(reply.json()["detail"], "There is no such clip.");
    world.stop();
}

#[test]
fn an_emergency_that_cannot_be_meant_never_reaches_the_engine() {
    let world = World::new();
    let token = world.token("a", Role::Operator, &[]);
    let long = format!(r#"{{"clip":"a.mp3","why":"{}"}}"#, "ổ".repeat(201));
    for (target, body, said) in [
        ("/v1/emergency", "{}", "Exactly one of three"),
        ("/v1/emergency", r#"{"clip":"a.mp3","repeat":0}"#, "a number from 1"),
        ("/v1/emergency", r#"{"clip":"a.mp3","repeat":-1}"#, "a number from 1"),
        ("/v1/emergency", r#"{"clip":"a.mp3","repeat":1.5}"#, "a number from 1"),
        ("/v1/emergency", r#"{"clip":"a.mp3","repeat":"3"}"#, "a number from 1"),
        ("/v1/emergency", r#"{"clip":"a.mp3","repeat":4294967296}"#, "a number from 1"),
        ("/v1/emergency", r#"{"clip":"a.mp3","why":7}"#, "one line of text"),
        ("/v1/emergency", r#"{"clip":"a.mp3","why":"a\nb"}"#, "one line of text"),
        ("/v1/emergency", &long, "at most 200 characters"),
        ("/v1/emergency", r#"{"clip":"a.mp3","reapet":2}"#, "Did you mean \"repeat\"?"),
        ("/v1/stop", r#"{"confirm":true}"#, "the id of the emergency"),
        ("/v1/play", r#"{"clip":"a.mp3","why":"b"}"#, "no field \"why\""),
    ] {
        let reply = post(&world, &token, target, body);
        assert_eq!(reply.status, 400, "{target} {body}");
        assert!(reply.json()["detail"].as_str().unwrap().contains(said), "{target} {body}: {reply:?}");
    }
    assert_eq!(world.asked.lock().unwrap().len(), 0);
    world.stop();
}

#[test]
fn an_emergency_is_stopped_in_two_steps() {
    let world = World::new();
    let token = world.token("a", Role::Operator, &[]);
    *world.emergency.lock().unwrap() = Some("an-xuan/emergency@2026-11-23T05:31".to_owned());
    for body in ["", r#"{"confirm":"an-xuan/emergency@2026-11-22T05:31"}"#] {
        let reply = post(&world, &token, "/v1/stop", body);
        let problem = reply.json();
        assert_eq!((reply.status, reply.header("content-type")), (409, "application/problem+json"), "{body}");
        assert_eq!(problem["type"], "urn:loaphuong:problem:confirm");
        assert_eq!(problem["airing"], "an-xuan/emergency@2026-11-23T05:31");
        assert_eq!(problem["detail"], "An emergency is on air.");
    }
    let confirmed = r#"{"confirm":"an-xuan/emergency@2026-11-23T05:31"}"#;
    assert_eq!(post(&world, &token, "/v1/stop", confirmed).status, 202);
    assert_eq!(post(&world, &token, "/v1/stop", "").status, 202);
    world.stop();
}

#[test]
fn an_emergency_waits_for_its_turn_where_others_are_sent_away() {
    let world = World::new();
    let token = world.token("a", Role::Operator, &[]);
    let held = world.hold_engine();
    std::thread::scope(|scope| {
        let ask = |target: &'static str| {
            let (world, token) = (&world, &token);
            move || post(world, token, target, r#"{"clip":"a/b.mp3"}"#).status
        };
        let playing: Vec<_> = (0..12).map(|_| scope.spawn(ask("/v1/play"))).collect();
        let over = || playing.iter().filter(|p| p.is_finished()).count();
        // Four are inside and wait for the engine; one more may have been answered before it stopped listening.
        for _ in 0..3_000 {
            if over() == 8 {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        assert_eq!(over(), 8, "the door is not full");
        let emergency = scope.spawn(ask("/v1/emergency"));
        std::thread::sleep(std::time::Duration::from_millis(200));
        assert!(!emergency.is_finished());
        drop(held);
        assert_eq!(emergency.join().unwrap(), 202);
        let ends: Vec<u16> = playing.into_iter().map(|p| p.join().unwrap()).collect();
        assert!(ends.contains(&503) && ends.contains(&202), "{ends:?}");
    });
    world.stop();
}
