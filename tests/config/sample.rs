//! What we ship: the sample loads without a word, is described as meant, and the schemas know exactly its keys.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::time;
use loaphuong::config::{describe, lint, load, schema};
use loaphuong::model::calendar::{Calendar, Holidays, OnHoliday};
use loaphuong::model::clip::Library;
use loaphuong::model::quota::{Closing, Count, Period};
use loaphuong::model::text::Lang;
use serde_json::Value;

use crate::{COMMUNE, STATION, parse_pair};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_sample_loads_without_a_word() {
    let loaded = load(&root().join("config"));
    assert_eq!(loaded.diagnostics, []);
    let station = loaded.station.expect("a station");
    assert_eq!(station.paths.audio, root().canonicalize().unwrap().join("audio"));
    assert_eq!(station.paths.communes, root().canonicalize().unwrap().join("config/communes"));
    assert!(station.revision.0.starts_with("sha256:") && station.revision.0.len() == 71);
    let from = "2026-11-23".parse().unwrap();
    assert_eq!(lint(&station, &loaded.places, &Library::default(), from), []);
}

#[test]
fn the_sample_is_described_as_meant() {
    let loaded = parse_pair(STATION.as_bytes(), COMMUNE.as_bytes());
    let station = loaded.station.expect("a station");
    let vi = describe(&station, Lang::Vi);
    for sentence in [
        "Đài truyền thanh phường An Xuân (an-xuan-01), giờ theo múi giờ Asia/Ho_Chi_Minh.",
        "Được phép phát 05:00-06:30, 11:00-12:00, 16:30-18:30 (căn cứ: Quy chế hoạt động đài truyền thanh phường), \
         một ngày nhiều nhất 3 lượt, nhiều nhất 90 phút.",
        "Thứ Hai, Thứ Năm lúc 05:30: Bản tin sáng, phát bài lâu chưa phát nhất về bhxh-tu-nguyen, mở đầu bằng \
         nhac-hieu/mo-dau.ogg, được muộn nhất 20 phút, bài dài nhất 15 phút.",
        "Thứ Ba, Thứ Bảy lúc 17:00: Bản tin chiều, lấy bài từ hàng đợi bhyt, ",
        "Bài \"Lợi ích khi tham gia BHXH tự nguyện\" chỉ phát đến hết ngày 31/12/2027.",
        "(diem-sang): mỗi tuần ít nhất 4 lượt trên đài xã, trong đó ít nhất 2 lượt về bhxh-tu-nguyen; từ ngày 23/11/2026",
        "Lượt hỏng của chỉ tiêu này được phát bù trong cùng kỳ lúc 17:30, 11:30 (giờ ghi trước dùng trước), một ngày \
         nhiều nhất 1 lượt.",
        "Hằng năm trước mùng 1 Tết Nguyên đán 3 ngày lúc 16:45: Bản tin cuối năm, ",
        "Từ ngày 16/11/2026 đến hết ngày 31/12/2026: đợt \"Truyền thông cao điểm cuối năm\" (cao-diem-cuoi-nam).",
        "Trong đợt: Thứ Hai, Thứ Ba, Thứ Tư, Thứ Năm, Thứ Sáu lúc 11:15: Bản tin trưa, ",
        "Quốc khánh): dời sang ngày sau.",
        "Ngày 24/11/2026 (Ngày Văn hóa Việt Nam): vẫn phát như ngày thường.",
        "chuyên đề còn thiếu so với chỉ tiêu trước, rồi đến bài lâu chưa phát nhất.",
    ] {
        assert!(vi.contains(sentence), "{sentence}\nis not in\n{vi}");
    }
    let en = describe(&station, Lang::En);
    assert!(en.contains("Monday, Thursday at 05:30: Bản tin sáng, the clip on bhxh-tu-nguyen"), "{en}");
    assert_eq!(vi.lines().count(), en.lines().count());
}

/// What no sentence tells: order, what holds where nothing is said, whom a clip is for.
#[test]
fn promises_become_what_was_meant() {
    let text = include_str!("cases/dated-good.toml");
    let station = parse_pair(STATION.as_bytes(), text.as_bytes()).station.expect("a station");
    let commune = &station.communes[0];
    let make_goods: Vec<_> =
        commune.quotas.iter().filter_map(|q| q.make_good.as_ref()).map(|m| (m.at.clone(), m.max_per_day)).collect();
    let (evening, noon) = (time(17, 30, 0, 0), time(11, 15, 0, 0));
    assert_eq!(make_goods, [(vec![evening, noon], 2), (vec![evening], 1)]);
    let periods: Vec<_> = commune.quotas.iter().map(|quota| (quota.period, quota.count)).collect();
    assert_eq!(
        periods,
        [
            (Period::Week, Count::Clips),
            (Period::Month(Closing::Day(25)), Count::Airings),
            (Period::Quarter(Closing::LastDay), Count::Airings),
            (Period::Year(Closing::Day(1)), Count::Airings),
            (Period::Day, Count::Airings),
            (Period::Plan, Count::Airings),
        ]
    );
    let shares: Vec<_> = commune.quotas[0].at_least.iter().map(|m| format!("{}={}", m.share, m.required)).collect();
    assert_eq!(shares, ["bhxh-tu-nguyen=2", "language:hmn=1", "audience:hssv=4"]);
    let slots: Vec<_> = commune.all_slots().map(|(slot, c)| (slot.id.as_str(), c.map(|c| c.id.as_str()))).collect();
    let usual = ["sang", "tet", "chieu"].map(|slot| (slot, None));
    assert_eq!(slots, [&usual[..], &[("trua", Some("cao-diem")), ("trua-cn", Some("cao-diem"))]].concat());
    assert_eq!(commune.clips[0].audience.iter().map(ToString::to_string).collect::<Vec<_>>(), ["hssv", "nong-dan"]);
    let holidays = &commune.holidays;
    assert_eq!((holidays.calendar, holidays.on_holiday), (Calendar::Vietnam, OnHoliday::Skip));
    assert_eq!(holidays.extra.iter().map(|day| day.action).collect::<Vec<_>>(), [Some(OnHoliday::Play), None]);
    let without = parse_pair(STATION.as_bytes(), include_bytes!("cases/ok.toml")).station.expect("a station");
    assert_eq!(without.communes[0].holidays, Holidays::default());
}

#[test]
fn the_shipped_schemas_are_current() {
    for (name, value) in schema() {
        let path = root().join("config/schema").join(name);
        let text = format!("{value:#}\n");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let shipped = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(shipped == text, "{name} is old: UPDATE=1 cargo test --test config writes it anew");
    }
}

/// Every key of the schema is known to the reader, and every key that the reader proposes is in the schema.
#[test]
fn schema_and_reader_know_the_same_keys() {
    for (name, schema) in schema() {
        let mut tables = Vec::new();
        collect(&schema, &mut tables);
        assert!(tables.len() >= 5, "{name}: {tables:?}");
        for (path, keys) in tables {
            for key in keys.iter().map(String::as_str).chain(["zzzzzzzz"]) {
                let toml = nested(&path, key);
                let loaded = match name {
                    "station.json" => parse_pair(toml.as_bytes(), COMMUNE.as_bytes()),
                    _ => parse_pair(STATION.as_bytes(), toml.as_bytes()),
                };
                let unknown: Vec<_> = loaded.diagnostics.iter().filter(|d| d.code == "unknown_key").collect();
                if key != "zzzzzzzz" {
                    assert!(unknown.is_empty(), "{name} has {path:?} {key}, the reader not:\n{toml}");
                    continue;
                }
                let remedy = &unknown.first().expect("an unknown key").remedy.en;
                let known: BTreeSet<_> =
                    remedy.split_once("use one of: ").unwrap().1.trim_end_matches('.').split(", ").collect();
                assert_eq!(known, keys.iter().map(String::as_str).collect(), "{name} {path:?}");
            }
        }
    }
}

/// A step from a table to one inside it: its key, and whether it is a list of tables.
type Step = (String, bool);

/// Every object of the schema with the way to it and its keys.
fn collect(schema: &Value, tables: &mut Vec<(Vec<Step>, BTreeSet<String>)>) {
    fn walk(schema: &Value, path: &[Step], tables: &mut Vec<(Vec<Step>, BTreeSet<String>)>) {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
        assert_eq!(schema["additionalProperties"], false, "{path:?}");
        tables.push((path.to_vec(), properties.keys().cloned().collect()));
        for (key, of) in properties {
            let (of, list) = of.get("items").map_or((of, false), |items| (items, true));
            assert!(of.get("type") != Some(&Value::from("null")), "{key} may be null");
            walk(of, &[path, &[(key.clone(), list)]].concat(), tables);
        }
    }
    walk(schema, &[], tables);
}

/// `key = 0` inside the tables of `path`, all on one line.
fn nested(path: &[Step], key: &str) -> String {
    let mut value = "0".to_owned();
    let mut key = key.to_owned();
    for (outer, list) in path.iter().rev() {
        value = if *list { format!("[{{ {key} = {value} }}]") } else { format!("{{ {key} = {value} }}") };
        key.clone_from(outer);
    }
    format!("{key} = {value}\n")
}

#[test]
fn the_schema_speaks_vietnamese_and_says_what_is_needed() {
    let schemas = schema();
    let commune = &schemas.iter().find(|(name, _)| *name == "commune.json").unwrap().1;
    let slot = &commune["properties"]["slot"]["items"];
    assert_eq!(slot["required"], serde_json::json!(["id", "name"]));
    assert_eq!(slot["properties"]["at"]["description"], "Giờ phát: \"05:30\", hoặc nhiều giờ: [\"05:30\", \"17:00\"].");
    assert_eq!(commune["properties"]["hours"]["properties"]["max_minutes_per_day"]["maximum"], 1440);
    assert_eq!(commune["$schema"], "http://json-schema.org/draft-07/schema#");
}
