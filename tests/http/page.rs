//! The first page: its words follow what the samples say. Effects: sockets.

use std::sync::Arc;

use loaphuong::http::tokens::Role;
use loaphuong::model::status::Status;
use serde_json::{Value, json};

use crate::world::{World, status};

fn with(changes: &[(&str, Value)]) -> Status {
    let mut value = serde_json::to_value(status()).unwrap();
    for (pointer, new) in changes {
        *value.pointer_mut(pointer).unwrap() = new.clone();
    }
    serde_json::from_value(value).unwrap()
}

fn on_air(sound: &str) -> Value {
    json!([{
        "id": "an-xuan/chieu@2026-11-23T05:31", "commune": "an-xuan", "commune_name": "Phường An Xuân",
        "slot_name": "Bản tin chiều", "kind": "scheduled", "output": "loa-phuong", "title": "<b>Tên & bài</b>",
        "started_at": "2026-11-23T05:31:00+07:00", "played_s": 31.0, "planned_s": 62.1, "sound": sound
    }])
}

fn fault() -> Value {
    json!([{
        "code": "device_absent", "subject": "loa-phuong", "since": "2026-11-23T05:29:00+07:00",
        "message": {"vi": "Không phát được: không thấy card âm thanh USB.", "en": "No USB sound card."},
        "remedy": {"vi": "Hãy cắm lại rồi bấm Thử âm thanh.", "en": "Plug it in again."}
    }])
}

fn headline(page: &str) -> (&str, &str) {
    let class = page.split("<div class=\"head ").nth(1).and_then(|p| p.split('"').next()).unwrap();
    let words = page.split("<p class=\"state\">").nth(1).and_then(|p| p.split("</p>").next()).unwrap();
    (class, words)
}

#[test]
fn the_headline_is_the_worst_that_is_true() {
    let world = World::new();
    let check = |changes: &[(&str, Value)], expected: (&str, &str)| {
        world.status.send(Arc::new(with(changes))).unwrap();
        assert_eq!(headline(&world.get("/").body), expected, "{changes:?}");
    };
    let rejected = json!({"at": "2026-11-23T05:00:00+07:00", "diagnostics": []});
    check(&[], ("calm", "Chờ phát"));
    check(&[("/on_air", on_air("preparing"))], ("calm", "Chuẩn bị phát"));
    check(&[("/on_air", on_air("sounding"))], ("good", "Đang phát"));
    for sound in ["silent", "stalled", "recovering"] {
        check(&[("/on_air", on_air(sound))], ("bad", "Không có âm thanh"));
    }
    check(&[("/faults", fault())], ("bad", "Có sự cố"));
    let mut promise = fault();
    promise[0]["code"] = json!("quota_at_risk");
    check(&[("/faults", promise.clone())], ("warn", "Cần xem lại"));
    check(&[("/faults", json!([promise[0], fault()[0]]))], ("bad", "Có sự cố"));
    check(&[("/faults", promise), ("/outputs/0/state", json!("faulty"))], ("bad", "Có sự cố"));
    check(&[("/on_air", on_air("sounding")), ("/faults", fault())], ("bad", "Đang phát, nhưng có sự cố"));
    check(&[("/outputs/0/state", json!("faulty"))], ("bad", "Có sự cố"));
    check(&[("/clock/trusted", json!(false))], ("bad", "Có sự cố"));
    check(&[("/config/rejected", rejected.clone())], ("warn", "Cần xem lại"));
    let both = [("/on_air", on_air("sounding")), ("/config/rejected", rejected)];
    check(&both, ("warn", "Đang phát, nhưng cần xem lại"));
    world.alive.store(false, std::sync::atomic::Ordering::SeqCst);
    check(&[("/on_air", on_air("sounding"))], ("bad", "Có sự cố"));
    world.stop();
}

#[test]
fn the_page_says_everything_in_words_and_trusts_no_title() {
    let world = World::new();
    let diagnostic = json!({
        "severity": "error", "code": "unknown_key", "file": "communes/an-xuan.toml", "line": 12, "column": 1, "width": 5,
        "source": "dayz = [\"T2\"]", "message": {"vi": "Không có mục \"dayz\".", "en": "No key \"dayz\"."},
        "remedy": {"vi": "Có phải ý là \"days\"?", "en": "Did you mean \"days\"?"}
    });
    let rejected = json!({"at": "2026-11-23T05:00:00+07:00", "diagnostics": [diagnostic]});
    let changes = [("/on_air", on_air("sounding")), ("/faults", fault()), ("/config/rejected", rejected)];
    world.status.send(Arc::new(with(&changes))).unwrap();
    let page = world.get("/");
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    for words in [
        "lang=\"vi\"",
        "Thứ Hai, 23/11/2026",
        "05:31",
        "Đã phát",
        "Bị ngắt",
        "không thấy card âm thanh",
        "Bỏ lỡ",
        "mất điện",
        "Chờ phát",
        "Hãy cắm lại rồi bấm Thử âm thanh.",
        "communes/an-xuan.toml, dòng 12",
        "Có phải ý là",
        "Loa phường",
        "49%",
        "0:31 / 1:02",
        "17:00",
        "Hỏi đáp bảo hiểm y tế hộ gia đình",
    ] {
        assert!(page.body.contains(words), "{words}\n{}", page.body);
    }
    assert!(!page.body.contains("<b>Tên") && !page.body.contains("<script") && !page.body.contains("style=\""));
    let english = world.ask("GET", "/?lang=en", &[], "").body;
    for words in ["lang=\"en\"", "Monday, 23/11/2026", "Aired", "Cut short", "no sound card", "Plug it in again."] {
        assert!(english.contains(words), "{words}");
    }
    let browser = world.ask("GET", "/", &[("accept-language", "en-US,en;q=0.9")], "").body;
    assert!(browser.contains("lang=\"vi\""), "a browser's language says nothing of its reader");
    world.stop();
}

fn emergency(asked: Value) -> Value {
    let mut on_air = on_air("sounding");
    on_air[0]["kind"] = json!("emergency");
    on_air[0]["asked"] = asked;
    let mut other = on_air[0].clone();
    other["id"] = json!("truong-xuan/emergency@2026-11-23T05:31");
    other["commune"] = json!("truong-xuan");
    other["commune_name"] = json!("Phường Trường Xuân");
    on_air.as_array_mut().unwrap().push(other);
    on_air
}

#[test]
fn an_emergency_is_the_first_thing_that_is_seen() {
    let world = World::new();
    let show = |changes: &[(&str, Value)]| {
        world.status.send(Arc::new(with(changes))).unwrap();
        world.get("/").body
    };
    assert!(!show(&[("/on_air", on_air("sounding"))]).contains("class=\"alarm\""));
    let page = show(&[("/on_air", emergency(json!({"by": "Văn thư", "why": "Bão số <12>"})))]);
    assert_eq!(headline(&page), ("warn", "Đang phát khẩn cấp"));
    assert_eq!(page.matches("class=\"alarm\"").count(), 1, "one message on two loudspeakers is one message");
    let alarm = page.split("class=\"alarm\"").nth(1).unwrap().split("</div>").next().unwrap();
    for words in [
        "ĐANG PHÁT KHẨN CẤP",
        "Phường An Xuân, Phường Trường Xuân",
        "Phát từ 05:31.",
        "Người phát: Văn thư. Lý do: Bão số &#60;12&#62;",
        "loaphuong stop",
        "gõ &#34;dừng&#34;",
    ] {
        assert!(alarm.contains(words), "{words}\n{alarm}");
    }
    let broken = show(&[("/on_air", emergency(Value::Null)), ("/faults", fault())]);
    assert_eq!(headline(&broken), ("bad", "Đang phát khẩn cấp, nhưng có sự cố"));
    assert!(!broken.contains("Người phát:"));
    let english = world.ask("GET", "/?lang=en", &[], "").body;
    assert!(english.contains("EMERGENCY ON AIR") && english.contains("On air since 05:31."), "{english}");
    let bound = format!("Bearer {}", world.token("a", Role::Reader, &["truong-xuan"]));
    let theirs = world.ask("GET", "/", &[("authorization", &bound)], "").body;
    assert!(theirs.contains("Phường Trường Xuân") && !theirs.contains("Phường An Xuân, "), "{theirs}");
    world.stop();
}

#[test]
fn loudspeakers_that_nobody_hears_are_named_with_their_device() {
    let world = World::new();
    for (code, words) in [("device_muted", "Đang tắt tiếng"), ("device_rerouted", "Tiếng sang thiết bị khác")]
    {
        let mut fault = fault();
        fault[0]["code"] = json!(code);
        let identity = [
            ("/faults", fault),
            ("/outputs/0/state", json!("faulty")),
            ("/outputs/0/identity", json!("alsa_output.usb-Loa")),
        ];
        world.status.send(Arc::new(with(&identity))).unwrap();
        let page = world.get("/").body;
        let outputs = page.split("Loa</h2>").nth(1).unwrap();
        assert!(outputs.contains(words), "{outputs}");
        assert!(outputs.contains("plughw:CARD=Device,DEV=0 – alsa_output.usb-Loa"), "{outputs}");
    }
    world.stop();
}

#[test]
fn the_airings_before_today_are_shown_with_their_day_and_a_fault_is_said_once() {
    let today = World::new();
    assert!(!today.get("/").body.contains("Những lượt gần đây"), "nothing but today's");
    today.stop();
    let world = World::at("2026-11-24T06:00:00+07:00");
    world.status.send(Arc::new(with(&[("/faults", fault())]))).unwrap();
    let page = world.get("/").body;
    let recent = page.split("Những lượt gần đây").nth(1).unwrap();
    assert!(recent.contains("T2 23/11 05:30") && recent.contains("Bị ngắt"), "{recent}");
    assert_eq!(page.matches("không thấy card âm thanh USB").count(), 1, "{page}");
    let english = world.ask("GET", "/?lang=en", &[], "").body;
    assert!(english.contains("Before today") && english.contains("Mon 23/11 05:30"), "{english}");
    world.stop();
}

#[test]
fn every_answer_carries_the_security_headers() {
    let world = World::new();
    for target in ["/", "/style.css", "/healthz", "/v1/status", "/nowhere"] {
        let reply = world.get(target);
        assert!(reply.header("content-security-policy").starts_with("default-src 'none'"), "{target}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{target}");
    }
    let page = world.get("/").body;
    assert!(!page.contains("http://") && !page.contains("https://"), "no foreign asset");
    world.stop();
}
