//! What an operator asks for reaches the engine whole, or is refused with the reason. Effects: sockets.

use loaphuong::http::tokens::Role;
use loaphuong::model::operator::{Action, PlayWhat};

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
    let play =
        |what, commune: Option<&str>| Action::Play { commune: commune.map(|c| c.parse().unwrap()), what, by: by() };
    for (target, body, expected) in [
        ("/v1/play", r#"{"clip":"a/b.mp3"}"#, play(PlayWhat::Clip("a/b.mp3".parse().unwrap()), None)),
        ("/v1/play", r#"{"file":"/tmp/x.mp3"}"#, play(PlayWhat::File("/tmp/x.mp3".into()), None)),
        ("/v1/play", r#"{"test_sound":true,"commune":"an-xuan"}"#, play(PlayWhat::TestSound, Some("an-xuan"))),
        ("/v1/stop", "", Action::Stop { commune: None, confirm: None, by: by() }),
        ("/v1/stop", "{}", Action::Stop { commune: None, confirm: None, by: by() }),
        ("/v1/reload", "", Action::Reload { by: by() }),
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
