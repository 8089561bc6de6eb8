//! Who may ask what: roles, communes, revocation, names of the host, the rule of loopback. Effects: sockets.

use std::net::{IpAddr, Ipv4Addr};

use loaphuong::http::tokens::{self, Role, TokenStore};
use loaphuong::http::{BindError, bind};
use loaphuong::model::station::LoopbackReading;

use crate::world::World;

const READING: [&str; 7] = [
    "/v1/status",
    "/v1/airings",
    "/v1/compliance",
    "/v1/plan",
    "/v1/clips",
    "/v1/journal",
    "/v1/airings/an-xuan/sang@2026-11-23T05:30",
];

#[test]
fn the_matrix_of_roles() {
    let world = World::new();
    let reader = world.token("a", Role::Reader, &[]);
    let operator = world.token("b", Role::Operator, &[]);
    let local = tokens::local(world.state.path()).unwrap();
    let forged = format!("lp_{}", "0".repeat(64));
    let ask = |method: &str, target: &str, token: &str| {
        let value = format!("Bearer {token}");
        let headers = [("authorization", value.as_str())];
        world.ask(method, target, if token.is_empty() { &[] } else { &headers }, "").status
    };
    for (loopback, anonymous) in [(LoopbackReading::Open, 200), (LoopbackReading::Token, 401)] {
        world.set_loopback(loopback);
        for target in READING {
            for (token, expected) in
                [("", anonymous), (&*reader, 200), (&*operator, 200), (&*local, 200), (&*forged, 401), ("x", 401)]
            {
                assert_eq!(ask("GET", target, token), expected, "{loopback:?} {target} {token}");
            }
        }
        for (token, expected) in [("", 401), (&*reader, 403), (&*operator, 202), (&*local, 202), (&*forged, 401)] {
            assert_eq!(ask("POST", "/v1/reload", token), expected, "{loopback:?} {token}");
            // Who may is told what is missing.
            let emergency = if expected == 202 { 400 } else { expected };
            assert_eq!(ask("POST", "/v1/emergency", token), emergency, "{loopback:?} {token}");
        }
        assert_eq!(ask("GET", "/healthz", ""), 200);
    }
    world.stop();
}

#[test]
fn a_refusal_says_how_to_ask() {
    let world = World::new();
    world.set_loopback(LoopbackReading::Token);
    let api = world.get("/v1/status");
    assert_eq!(api.header("www-authenticate"), "Bearer realm=\"loaphuong\"");
    let page = world.ask("GET", "/", &[("accept", "text/html")], "");
    assert_eq!(page.header("www-authenticate"), "Basic realm=\"loaphuong\", charset=\"UTF-8\"");
    assert!(page.body.contains("<html") && page.body.contains("Cần mã truy cập"));
    world.stop();
}

#[test]
fn a_browser_may_show_the_token_as_a_password_for_reading_only() {
    let world = World::new();
    world.set_loopback(LoopbackReading::Token);
    // The local token cannot be known beforehand: write one that can.
    let token = format!("lp_{}", "1".repeat(64));
    std::fs::write(world.state.path().join(tokens::LOCAL_FILE), &token).unwrap();
    let basic = format!("Basic {}", base64(format!("x:{token}").as_bytes()));
    assert_eq!(world.ask("GET", "/", &[("authorization", &basic)], "").status, 200);
    assert_eq!(world.ask("POST", "/v1/stop", &[("authorization", &basic)], "").status, 401);
    world.stop();
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let n = three.iter().chain([0, 0].iter()).take(3).fold(0_u32, |n, b| n << 8 | u32::from(*b));
        for digit in 0..=three.len() {
            out.push(char::from(DIGITS[usize::try_from(n >> (18 - 6 * digit) & 63).unwrap()]));
        }
    }
    out
}

#[test]
fn a_bound_token_sees_its_communes_only() {
    let world = World::new();
    let one = format!("Bearer {}", world.token("one", Role::Operator, &["an-xuan"]));
    let two = format!("Bearer {}", world.token("two", Role::Operator, &["an-xuan", "hoa-huong"]));
    let communes = |target: &str, token: &str, list: &str| {
        let reply = world.ask("GET", target, &[("authorization", token)], "").json();
        let rows = reply[list].as_array().unwrap_or_else(|| panic!("{reply}")).clone();
        rows.iter().map(|r| r["commune"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for token in [&one, &two] {
        assert_eq!(communes("/v1/airings", token, "airings"), ["an-xuan", "an-xuan"]);
        assert_eq!(communes("/v1/plan", token, "occurrences"), ["an-xuan"; 3]);
        for (target, expected) in [
            ("/v1/airings?commune=truong-xuan", 403),
            ("/v1/plan?commune=truong-xuan", 403),
            ("/v1/airings/truong-xuan/sang@2026-11-23T05:15", 403),
            ("/v1/airings/an-xuan/sang@2026-11-23T05:30", 200),
            ("/v1/journal", 403),
        ] {
            assert_eq!(world.ask("GET", target, &[("authorization", token)], "").status, expected, "{target}");
        }
        let page = world.ask("GET", "/", &[("authorization", token)], "");
        assert!(page.status == 200 && !page.body.contains("Bỏ lỡ"), "no row of another commune");
    }
    let act = |target: &str, token: &str, body: &str| {
        let headers = [("authorization", token), ("content-type", "application/json")];
        world.ask("POST", target, &headers, body).status
    };
    assert_eq!(act("/v1/reload", &one, ""), 403);
    assert_eq!(act("/v1/clock", &one, r#"{"time":"2026-11-23T05:30:00Z"}"#), 403);
    assert_eq!(act("/v1/stop", &one, ""), 202);
    assert_eq!(act("/v1/stop", &one, r#"{"commune":"truong-xuan"}"#), 403);
    assert_eq!(act("/v1/stop", &two, ""), 400, "which of two?");
    assert_eq!(act("/v1/stop", &two, r#"{"commune":"an-xuan"}"#), 202);
    let message = |commune: &str| format!(r#"{{"clip":"a/b.mp3"{commune}}}"#);
    assert_eq!(act("/v1/emergency", &one, &message(r#","commune":"truong-xuan""#)), 403);
    assert_eq!(act("/v1/emergency", &two, &message("")), 400, "all communes are not theirs");
    assert_eq!(act("/v1/emergency", &one, &message("")), 202);
    let asked = format!("{:?}", world.asked.lock().unwrap());
    assert_eq!(asked.matches("Some(CommuneId(\"an-xuan\"))").count(), 3, "{asked}");
    world.stop();
}

#[test]
fn revoked_means_now() {
    let world = World::new();
    world.set_loopback(LoopbackReading::Token);
    let token = format!("Bearer {}", world.token("a", Role::Reader, &[]));
    let status = || world.ask("GET", "/v1/status", &[("authorization", &token)], "").status;
    assert_eq!(status(), 200);
    tokens::revoke(world.state.path(), "a").unwrap();
    assert_eq!(status(), 401);
    world.stop();
}

#[test]
fn a_foreign_name_or_a_proxy_is_not_this_pc() {
    let world = World::new();
    let token = format!("Bearer {}", world.token("a", Role::Reader, &[]));
    let status = |headers: &[(&str, &str)]| world.ask("GET", "/v1/status", headers, "").status;
    assert_eq!(status(&[("host", "evil.example")]), 421);
    assert_eq!(status(&[("host", "localhost:1")]), 200);
    assert_eq!(status(&[("host", "[::1]")]), 200);
    assert_eq!(status(&[("host", "evil.example"), ("authorization", &token)]), 200);
    for header in ["x-forwarded-for", "forwarded", "via", "x-real-ip"] {
        assert_eq!(status(&[(header, "203.0.113.9")]), 401, "{header}");
    }
    world.stop();
}

#[test]
fn the_network_is_not_opened_without_a_token() {
    let state = tempfile::tempdir().unwrap();
    let tokens = TokenStore::open(state.path()).unwrap();
    let everywhere = (IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0).into();
    let refused = bind(everywhere, &tokens).unwrap_err();
    assert!(matches!(refused, BindError::NoToken(_)), "{refused}");
    assert!(refused.text().vi.contains("loaphuong token add"));
    let taken = bind("127.0.0.1:0".parse().unwrap(), &tokens).unwrap();
    assert!(matches!(bind(taken.addr(), &tokens), Err(BindError::InUse(_))));
    assert!(matches!(bind("192.0.2.1:0".parse().unwrap(), &tokens), Err(BindError::NoToken(_))));
}
