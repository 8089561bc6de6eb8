//! Every reading address: its answer as a file, and what it says to a question that is wrong. Effects: sockets.

use std::sync::Arc;

use insta::assert_snapshot;
use jiff::civil::date;
use loaphuong::http::tokens::Role;
use loaphuong::model::id::{ClipHash, ClipPath};
use loaphuong::model::query::AiringQuery;
use loaphuong::model::recovery::{History, Tied};
use loaphuong::model::station::{Approval, ApprovalRule, ClipNote, Station};
use serde_json::{Value, json};

use crate::world::World;

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

#[test]
fn answers_are_these() {
    let world = World::new();
    for (name, target) in [
        ("status", "/v1/status"),
        ("airings", "/v1/airings?limit=1"),
        ("airing", "/v1/airings/an-xuan/sang@2026-11-23T05:30"),
        ("plan", "/v1/plan?from=2026-11-23&days=1"),
        ("clips", "/v1/clips"),
    ] {
        let reply = world.get(target);
        assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"), "{target}");
        assert_snapshot!(name, pretty(&reply.json()));
    }
    let feed = world.get("/v1/journal?after=2&limit=2");
    assert_eq!(feed.header("content-type"), "application/x-ndjson");
    assert_snapshot!("journal", feed.body);
    let table = world.get("/v1/airings?format=csv");
    assert!(table.body.starts_with('\u{feff}') && table.body.contains("\r\n"));
    assert_snapshot!("csv", table.body.replace('\r', ""));
    assert_eq!(world.ask("GET", "/v1/airings", &[("accept", "text/csv")], "").body, table.body);
    for address in ["/v1/airings?format=xlsx", "/v1/compliance?format=xlsx"] {
        let book = world.get(address);
        let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        assert_eq!((book.status, book.header("content-type")), (200, media), "{address}");
        assert!(book.header("content-disposition").ends_with(".xlsx\"") && book.body.starts_with("PK"), "{address}");
    }
    world.stop();
}

#[test]
fn clips_tell_where_they_are_approved() {
    let world = World::new();
    let path: ClipPath = "bhxh-tu-nguyen/loi-ich.mp3".parse().unwrap();
    let approval = Approval { by: "Chủ tịch".to_owned(), on: date(2026, 11, 2), document: None };
    let note = ClipNote {
        file: path.clone(),
        title: None,
        topics: None,
        language: None,
        audience: Vec::new(),
        valid_from: None,
        valid_until: None,
        approval: Some(approval.clone()),
        withdrawn: None,
    };
    let (hash, other) = (format!("sha256:{}", "b".repeat(64)), format!("sha256:{}", "c".repeat(64)));
    let tied = |hash: &str| Tied { approval: approval.clone(), hash: ClipHash(hash.to_owned()) };
    let state = |note: Option<ClipNote>, rule: ApprovalRule, tied: Option<Tied>| {
        let mut station = Station::clone(&world.station.borrow());
        station.communes[0].approval = rule;
        station.communes[0].clips = note.into_iter().collect();
        world.station.send(Arc::new(station)).unwrap();
        let approved = tied.map(|tied| (("an-xuan".parse().unwrap(), path.clone()), tied)).into_iter().collect();
        world.history.send(Arc::new(History { approved, ..History::default() })).unwrap();
        world.get("/v1/clips?topic=bhxh-tu-nguyen").json()["clips"][0]["approvals"].clone()
    };
    let view = |state: &str, permitted: bool, approval: Option<&Approval>| json!([{"commune": "an-xuan", "state": state, "permitted": permitted, "approval": approval}]);
    let (optional, required) = (ApprovalRule::Optional, ApprovalRule::Required);
    assert_eq!(state(None, optional, None), json!([]));
    assert_eq!(state(None, required, None), view("unapproved", false, None));
    assert_eq!(state(Some(note.clone()), required, None), view("approved", true, Some(&approval)));
    assert_eq!(state(Some(note.clone()), required, Some(tied(&hash))), view("approved", true, Some(&approval)));
    assert_eq!(state(Some(note.clone()), required, Some(tied(&other))), view("changed", false, None));
    assert_eq!(state(Some(note.clone()), optional, Some(tied(&other))), view("changed", true, None));
    let today = ClipNote { withdrawn: Some(date(2026, 11, 23)), ..note.clone() };
    assert_eq!(state(Some(today), optional, None), view("withdrawn", false, None));
    let tomorrow = ClipNote { withdrawn: Some(date(2026, 11, 24)), ..note };
    assert_eq!(state(Some(tomorrow), optional, None), view("approved", true, Some(&approval)));
    let bound = format!("Bearer {}", world.token("a", Role::Reader, &["truong-xuan"]));
    let theirs = world.ask("GET", "/v1/clips", &[("authorization", &bound)], "").json();
    assert_eq!(theirs["clips"][0]["approvals"], json!([]), "what another commune approves is not theirs to see");
    assert_eq!(theirs["clips"][0]["approval"], Value::Null);
    world.stop();
}

#[test]
fn an_id_is_found_however_it_is_typed() {
    let world = World::new();
    for id in [
        "an-xuan/sang@2026-11-23T05:30",
        "an-xuan%2Fsang%402026-11-23T05%3A30",
        "an-xuan%2fsang@2026-11-23T05:30",
        "an-xuan/sang%402026-11-23T05:30",
    ] {
        assert_eq!(world.get(&format!("/v1/airings/{id}")).status, 200, "{id}");
    }
    for id in ["an-xuan/sang@2026-11-23T05:31", "an-xuan", "..%2f..%2fetc%2fpasswd", "%00", "%ff", &"a".repeat(3000)] {
        let status = world.get(&format!("/v1/airings/{id}")).status;
        assert!([400, 404].contains(&status), "{id}: {status}");
    }
    world.stop();
}

#[test]
fn pages_follow_each_other_to_the_end() {
    let world = World::new();
    let (mut target, mut ids) = ("/v1/airings?limit=1".to_owned(), Vec::new());
    loop {
        let page = world.get(&target).json();
        ids.extend(page["airings"].as_array().unwrap().iter().map(|r| r["seq"].as_u64().unwrap()));
        let Some(next) = page["next"].as_str() else { break };
        target = format!("/v1/airings?limit=1&cursor={next}");
    }
    assert_eq!(ids, [40, 30, 20]);
    let link = world.get("/v1/airings?limit=1&format=csv").header("link").to_owned();
    assert_eq!(link, "</v1/airings?limit=1&format=csv&cursor=s28>; rel=\"next\"");
    world.stop();
}

#[test]
fn filters_reach_the_journal() {
    let world = World::new();
    let all = "/v1/airings?from=2026-11-23&until=2026-11-29&commune=an-xuan&slot=sang&topic=bhxh-tu-nguyen\
               &outcome=partial&kind=scheduled&limit=7&cursor=s1f";
    assert_eq!(world.get(all).status, 200);
    let query = world.records.queries.lock().unwrap().pop().unwrap();
    let expected = AiringQuery {
        from: Some("2026-11-22T17:00:00Z".parse().unwrap()),
        until: Some("2026-11-29T17:00:00Z".parse().unwrap()),
        commune: Some("an-xuan".parse().unwrap()),
        slot: Some("sang".parse().unwrap()),
        topic: Some("bhxh-tu-nguyen".parse().unwrap()),
        outcome: Some(loaphuong::model::outcome::Outcome::Partial),
        kind: Some(loaphuong::model::outcome::Kind::Scheduled),
        limit: 7,
        before: Some(31),
    };
    assert_eq!(query, expected);
    world.stop();
}

#[test]
fn wrong_questions_are_told_what_is_wrong() {
    let world = World::new();
    let check = |target: &str, parameter: &str, said: &str| {
        let reply = world.ask("GET", target, &[("accept-language", "en")], "");
        let problem = reply.json();
        assert_eq!((reply.status, reply.header("content-type")), (400, "application/problem+json"), "{target}");
        assert_eq!(problem["parameter"], parameter, "{target}");
        assert!(problem["detail"].as_str().unwrap().contains(said), "{target}: {problem}");
    };
    check("/v1/airings?comune=an-xuan", "comune", "Did you mean \"commune\"?");
    check("/v1/airings?xyz=1", "xyz", "Known are: from, until");
    check("/v1/status?a=1", "a", "no parameter");
    check("/v1/airings?outcome=airred", "outcome", "Did you mean \"aired\"?");
    check("/v1/airings?kind=x", "kind", "scheduled, campaign");
    check("/v1/airings?limit=0", "limit", "from 1 to 1000");
    check("/v1/airings?limit=1001", "limit", "from 1 to 1000");
    check("/v1/airings?limit=-1", "limit", "from 1 to 1000");
    check("/v1/airings?from=23/11/2026", "from", "2026-11-23");
    check("/v1/airings?from=2026-11-24&until=2026-11-22", "until", "not before from");
    check("/v1/airings?commune=An%20Xu%C3%A2n", "commune", "hyphens");
    check("/v1/airings?cursor=40", "cursor", "next");
    check("/v1/airings?format=pdf", "format", "json, csv, xlsx");
    check("/v1/airings?limit=1&limit=2", "limit", "twice");
    check("/v1/plan?days=367", "days", "from 1 to 366");
    check("/v1/plan?from=tomorrow", "from", "2026-11-23");
    check("/v1/journal?after=-1", "after", "from 0");
    check("/v1/clips?topic=%27%3B--", "topic", "hyphens");
    world.stop();
}

#[test]
fn problems_speak_the_readers_language() {
    let world = World::new();
    let title = |target: &str, accept: &str| {
        world.ask("GET", target, &[("accept-language", accept)], "").json()["title"].as_str().unwrap().to_owned()
    };
    assert_eq!(title("/nowhere", ""), "Không tìm thấy");
    assert_eq!(title("/nowhere", "en-GB,en;q=0.9"), "Not found");
    assert_eq!(title("/nowhere?lang=vi", "en"), "Không tìm thấy");
    assert_eq!(title("/nowhere?lang=en", "vi"), "Not found");
    world.stop();
}

#[test]
fn addresses_and_methods_that_are_not_there_are_problems() {
    let world = World::new();
    for target in ["/v1", "/v1/", "/v2/status", "/..", "/v1/../v1/status", "//v1/status", "/healthz/", "/index.php"] {
        let reply = world.get(target);
        assert_eq!((reply.status, reply.header("content-type")), (404, "application/problem+json"), "{target}");
    }
    let wrong = world.ask("DELETE", "/v1/status", &[], "");
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET,HEAD"));
    assert_eq!(wrong.json()["status"], 405);
    assert_eq!(world.ask("GET", "/v1/stop", &[], "").status, 405);
    assert_eq!(world.ask("HEAD", "/v1/status", &[], "").status, 200);
    world.stop();
}

#[test]
fn health_is_the_engines_and_nothing_else() {
    let world = World::new();
    let well = world.get("/healthz");
    assert_eq!((well.status, well.body.as_str()), (200, "ok\n"));
    world.alive.store(false, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(world.get("/healthz").status, 503);
    world.stop();
}

#[test]
fn a_journal_that_fails_and_a_handler_that_panics_end_one_answer_only() {
    let world = World::new();
    let failed = world.get("/v1/airings?slot=hong");
    assert_eq!((failed.status, failed.header("retry-after")), (503, "5"));
    let panicked = world.get("/v1/airings?slot=no");
    assert_eq!((panicked.status, panicked.header("content-type")), (500, "application/problem+json"));
    world.panics.store(true, std::sync::atomic::Ordering::SeqCst);
    let panicked = world.get("/healthz");
    assert_eq!((panicked.status, panicked.header("content-type")), (500, "application/problem+json"));
    assert_eq!(world.get("/v1/airings").status, 200);
    world.stop();
}
