//! Promised against aired: the answer as a file, who sees what, wrong questions, the rows of a quota. Effects: sockets.

use std::sync::Arc;

use insta::assert_snapshot;
use jiff::civil::date;
use loaphuong::http::tokens::Role;
use loaphuong::model::compliance::{ComplianceQuery, PeriodSpan};
use serde_json::json;

use crate::world::{World, assessments, status};

#[test]
fn verdicts_are_these() {
    let world = World::new();
    let reply = world.get("/v1/compliance");
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    assert_snapshot!("compliance", serde_json::to_string_pretty(&reply.json()).unwrap());
    let table = world.get("/v1/compliance?format=csv");
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(table.header("content-disposition"), "attachment; filename=\"chi-tieu.csv\"");
    assert_snapshot!("compliance_csv", table.body.replace('\r', ""));
    assert_eq!(world.ask("GET", "/v1/compliance", &[("accept", "text/csv")], "").body, table.body);
    let json = world.ask("GET", "/v1/compliance?format=json", &[("accept", "text/csv")], "");
    assert_eq!(json.body, reply.body, "what is typed goes before what the program accepts");
    world.stop();
}

#[test]
fn questions_arrive_as_they_were_meant() {
    let world = World::new();
    let check = |question: &str, commune: Option<&str>, quota: Option<&str>, span: PeriodSpan| {
        let reply = world.get(&format!("/v1/compliance{question}"));
        assert_eq!(reply.status, 200, "{question}: {}", reply.body);
        let expected = ComplianceQuery {
            commune: commune.map(|c| c.parse().unwrap()),
            quota: quota.map(|q| q.parse().unwrap()),
            span,
        };
        assert_eq!(world.assessed.lock().unwrap().pop().unwrap(), expected, "{question}");
    };
    let named = |label: &str| PeriodSpan::Named(label.to_owned());
    check("", None, None, PeriodSpan::Current);
    check("?commune=&quota=&period=", None, None, PeriodSpan::Current);
    check("?commune=an-xuan&quota=diem-sang", Some("an-xuan"), Some("diem-sang"), PeriodSpan::Current);
    check("?quota=diem-sang&period=2026-W48", None, Some("diem-sang"), named("2026-W48"));
    check("?period=2026-11", None, None, named("2026-11"));
    check("?period=2027-W07", None, None, named("2027-W07"));
    let november = PeriodSpan::Between(date(2026, 11, 1), date(2026, 11, 30));
    check("?from=2026-11-01&until=2026-11-30", None, None, november);
    check("?from=2026-11-01", None, None, PeriodSpan::Between(date(2026, 11, 1), date(2026, 11, 23)));
    check("?from=2026-12-01", None, None, PeriodSpan::Between(date(2026, 12, 1), date(2026, 12, 1)));
    let twenty = PeriodSpan::Between(date(2007, 1, 1), date(2027, 1, 1));
    check("?from=2007-01-01&until=2027-01-01", None, None, twenty);
    world.stop();
}

#[test]
fn wrong_questions_are_told_cause_and_remedy() {
    let world = World::new();
    let check = |question: &str, parameter: &str, said: &str| {
        let reply = world.get(question);
        let problem = reply.json();
        assert_eq!((reply.status, reply.header("content-type")), (400, "application/problem+json"), "{question}");
        assert_eq!(problem["parameter"], parameter, "{question}");
        assert!(problem["detail"].as_str().unwrap().contains(said), "{question}: {problem}");
    };
    check("/v1/compliance?commune=an-xuam", "commune", "Có phải ý là \"an-xuan\"?");
    check("/v1/compliance?commune=hoi-an", "commune", "Có: an-xuan, truong-xuan.");
    check("/v1/compliance?quota=diem-san", "quota", "Có phải ý là \"diem-sang\"?");
    check("/v1/compliance?commune=truong-xuan&quota=hoc-sinh", "quota", "Có: diem-sang, ca-nam.");
    check("/v1/compliance?period=2026-W54", "period", "tuần 2026-W48, tháng 2026-11");
    check("/v1/compliance?period=tuần48", "period", "Không có kỳ nào tên \"tuần48\"");
    check("/v1/compliance?period=2026-Q4", "period", "kỳ dạng: 2026, 2026-11, 2026-11-23, 2026-W48.");
    check("/v1/compliance?quota=hoc-sinh&period=2026-W48", "period", "kỳ dạng: 2026-11.");
    check("/v1/compliance?period=2028-W01", "period", "hết năm 2027");
    check("/v1/compliance?period=2026-W48&from=2026-11-01", "period", "không dùng chung");
    check("/v1/compliance?until=2026-11-01", "from", "cần cả from");
    check("/v1/compliance?from=2026-11-02&until=2026-11-01", "until", "từ ngày 2026-11-02");
    check("/v1/compliance?from=2006-12-31&until=2027-01-01", "from", "nhiều nhất 20 năm");
    check("/v1/compliance?from=2026-01-01&until=2028-01-01", "until", "hết năm 2027");
    check("/v1/compliance?from=01/11/2026", "from", "2026-11-23");
    check("/v1/compliance?format=pdf", "format", "json, csv, xlsx");
    check("/v1/compliance?quotas=x", "quotas", "Có phải ý là \"quota\"?");
    check("/v1/airings?quota=diem-sang", "commune", "Nhiều xã, phường có chỉ tiêu");
    check("/v1/airings?quota=hoc-sin", "quota", "Có phải ý là \"hoc-sinh\"?");
    assert_eq!(world.assessed.lock().unwrap().len(), 0, "nothing was computed");
    world.stop();
}

#[test]
fn a_token_of_a_commune_sees_its_verdicts_and_learns_of_no_other() {
    let world = World::new();
    let one = format!("Bearer {}", world.token("c", Role::Reader, &["an-xuan"]));
    let two = format!("Bearer {}", world.token("d", Role::Reader, &["an-xuan", "hoi-an"]));
    let mut seen = status();
    seen.quotas = assessments();
    world.status.send(Arc::new(seen)).unwrap();
    for token in [&one, &two] {
        let ask = |target: &str| world.ask("GET", target, &[("authorization", token)], "");
        for (target, list) in [("/v1/compliance", "compliance"), ("/v1/status", "quotas")] {
            let reply = ask(target).json();
            let communes: Vec<_> = reply[list].as_array().unwrap().iter().map(|a| a["commune"].clone()).collect();
            assert_eq!(communes, [json!("an-xuan"), json!("an-xuan")], "{target}");
        }
        let csv = ask("/v1/compliance?format=csv").body;
        assert!(csv.contains("an-xuan") && !csv.contains("truong-xuan"), "{csv}");
        let page = ask("/").body;
        assert!(page.contains("BHYT học sinh") && !page.contains("Điểm sáng loa thôn"), "{page}");
        assert_eq!(ask("/v1/compliance?commune=truong-xuan").status, 403);
        assert_eq!(ask("/v1/compliance?quota=ca-nam").status, 400, "another's quota is not there");
        assert_eq!(ask("/v1/airings?quota=diem-sang").status, 200, "its own, of the two of that name");
        let wrong = ask("/v1/compliance?quota=khong-co").body;
        assert!(wrong.contains("hoc-sinh") && !wrong.contains("ca-nam"), "{wrong}");
    }
    world.stop();
}

#[test]
fn a_journal_that_does_not_answer_is_a_problem_with_a_remedy() {
    let world = World::new();
    let reply = world.get("/v1/compliance?period=2026-W01");
    assert_eq!((reply.status, reply.header("retry-after")), (503, "5"));
    assert!(reply.json()["detail"].as_str().unwrap().contains("loaphuong doctor"));
    world.stop();
}

#[test]
fn the_rows_of_a_quota_are_those_of_its_commune_and_days() {
    let world = World::new();
    let check = |question: &str, commune: &str, from: Option<&str>, until: Option<&str>| {
        assert_eq!(world.get(&format!("/v1/airings?{question}")).status, 200, "{question}");
        let query = world.records.queries.lock().unwrap().pop().unwrap();
        assert_eq!(query.commune.unwrap().as_str(), commune, "{question}");
        assert_eq!(query.from, from.map(|t| t.parse().unwrap()), "{question}");
        assert_eq!(query.until, until.map(|t| t.parse().unwrap()), "{question}");
    };
    // The quota binds from 1/6/2023 to 31/12/2030; the other has no end.
    let (first, last) = (Some("2023-05-31T17:00:00Z"), Some("2030-12-31T17:00:00Z"));
    check("quota=diem-sang&commune=an-xuan", "an-xuan", first, last);
    check("quota=hoc-sinh", "an-xuan", None, None);
    check("quota=diem-sang&commune=an-xuan&from=2026-11-23", "an-xuan", Some("2026-11-22T17:00:00Z"), last);
    check(
        "quota=diem-sang&commune=an-xuan&from=2020-01-01&until=2023-06-01",
        "an-xuan",
        first,
        Some("2023-06-01T17:00:00Z"),
    );
    world.stop();
}

#[test]
fn the_page_shows_each_quota_in_words_and_numbers() {
    let world = World::new();
    assert!(!world.get("/").body.contains("Chỉ tiêu"), "nothing is promised");
    let mut seen = status();
    seen.quotas = assessments();
    world.status.send(Arc::new(seen)).unwrap();
    let page = world.get("/").body;
    let panel = page.split("<h2>Chỉ tiêu</h2>").nth(1).unwrap().split("<h2>").next().unwrap();
    for words in [
        "quota good",
        "<b>3/4</b> lượt",
        "Đúng tiến độ",
        "Tuần 48: 23/11 – 29/11",
        "Điểm sáng tuyên truyền BHXH tự nguyện, BHYT hộ gia đình – Phường An Xuân",
        "Trong đó bhxh-tu-nguyen: <b>1/2</b>",
        "Còn thiếu 1 lượt; theo lịch còn phát 1 lượt.",
        "phát bù 1",
        "quota warn",
        "<b>2/6</b> bài",
        "Có nguy cơ không đạt",
        "đối tượng hssv: <b>2/2</b>",
        "tiếng hmn: <b>0/2</b>",
        "Hãy thêm khung giờ phát.",
        "quota bad",
        "Không đạt",
        "Chủ nhật 22/11",
        "Thiếu 1 lượt vì mất điện.",
        "quota calm",
        "<b>5</b> lượt",
        "Miễn tính",
        "Năm 2026: 20/11 – 31/12",
    ] {
        assert!(panel.contains(words), "{words}\n{panel}");
    }
    let english = world.get("/?lang=en").body;
    for words in ["Quotas", "On track", "Week 48: 23/11 – 29/11", "1 airing missing; 1 airing to come.", "Add a slot."]
    {
        assert!(english.contains(words), "{words}");
    }
    world.stop();
}

#[test]
fn make_goods_and_campaigns_say_why_they_air() {
    let world = World::new();
    let page = world.get("/").body;
    for words in ["Phát bù cho lượt 05:00 ngày 23/11", "Đợt cao điểm"] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    world.stop();
}
