//! Sheets made by hand: a week, a month and three years of a station that does not exist.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use loaphuong::model::compliance::{Assessment, ByKind, ShareAssessment, Verdict};
use loaphuong::model::ledger::LedgerRow;
use loaphuong::model::query::Row;
use loaphuong::model::quota::{Count, Share};
use loaphuong::model::station::Channel;
use loaphuong::model::text::{Lang, Text};
use loaphuong::model::time::Moment;
use loaphuong::report::{Names, Previous, Sheet, SheetKind};
use serde_json::{Value, json};

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn moment(local: &str) -> String {
    let local: DateTime = local.parse().unwrap();
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    Moment::of(local.to_zoned(zone.clone()).unwrap().timestamp(), &zone).to_string()
}

pub(crate) fn printed(local: &str) -> Moment {
    serde_json::from_value(Value::String(moment(local))).unwrap()
}

/// What a row says, in few words; the rest is as usual.
pub(crate) struct Told<'a> {
    pub(crate) at: &'a str,
    pub(crate) slot: &'a str,
    pub(crate) title: &'a str,
    pub(crate) topic: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) outcome: &'a str,
    pub(crate) reason: Option<&'a str>,
    pub(crate) played: f64,
    pub(crate) channel: &'a str,
    pub(crate) language: &'a str,
}

impl Default for Told<'_> {
    fn default() -> Self {
        Self {
            at: "2026-11-23T05:30",
            slot: "Bản tin sáng",
            title: "Lợi ích khi tham gia BHXH tự nguyện",
            topic: "bhxh-tu-nguyen",
            kind: "scheduled",
            outcome: "aired",
            reason: None,
            played: 62.1,
            channel: "commune",
            language: "vi",
        }
    }
}

impl Told<'_> {
    pub(crate) fn row(&self, seq: u64) -> Row {
        let began = self.played > 0.0;
        let at = moment(self.at);
        let output = if self.channel == "commune" { "Loa phường" } else { "Loa khối phố 3" };
        let row = json!({
            "seq": seq, "id": format!("an-xuan/sang@{}", self.at), "station": "tam-ky-01", "commune": "an-xuan",
            "commune_name": "Phường An Xuân", "slot": "sang", "slot_name": self.slot, "queue": null, "kind": self.kind,
            "priority": "normal", "planned_at": at, "placement": "exact", "topics": [self.topic],
            "language": self.language, "revision": "sha256:1", "choice": null,
            "makes_good_for": (self.kind == "make_good").then_some("an-xuan/chieu@2026-11-24T17:00"),
            "quota": (self.kind == "make_good").then_some("diem-sang"),
            "campaign": (self.kind == "campaign").then_some("cao-diem-cuoi-nam"),
            "started_at": began.then_some(&at), "ended_at": began.then_some(&at),
            "start_error_ms": began.then_some(4), "outcome": self.outcome, "reason": self.reason,
            "items": [{
                "clip": format!("{}/bai.mp3", self.topic), "role": "clip", "title": self.title, "topics": [self.topic],
                "language": self.language, "hash": "sha256:b", "planned_s": 62.1, "played_s": self.played,
                "loudness_lufs": -18.2, "outcome": self.outcome, "reason": self.reason
            }],
            "outputs": [{
                "output": "loa", "name": output, "channel": self.channel, "device": null, "outcome": self.outcome,
                "reason": self.reason, "played_s": self.played, "frames": 0, "rate": 48000, "pace": 1.0, "xruns": 0,
                "reopened": 0, "gap_s": 0.0, "heard": null
            }]
        });
        serde_json::from_value(row).unwrap()
    }
}

/// The week of 23 November 2026: all six outcomes, a make-good, a campaign, a trial, a village airing, odd titles.
pub(crate) fn week() -> Vec<Row> {
    let told = [
        Told::default(),
        Told {
            at: "2026-11-23T11:15",
            slot: "Bản tin trưa",
            title: "Quyền lợi người tham gia BHYT hộ gia đình: mức đóng, mức hưởng và thủ tục khi khám chữa bệnh tại trạm \
                    y tế phường; giải đáp thắc mắc của bà con khối phố Phương Hòa",
            topic: "bhyt-ho-gia-dinh",
            kind: "campaign",
            played: 605.0,
            ..Told::default()
        },
        Told {
            at: "2026-11-24T17:00",
            slot: "Bản tin chiều",
            outcome: "missed",
            reason: Some("power"),
            played: 0.0,
            ..Told::default()
        },
        Told {
            at: "2026-11-25T11:15",
            slot: "Bản tin trưa",
            title: "=SUM(A1:A9) ꪼꪕ & <b>“Mức đóng”</b> 中",
            topic: "bhyt-ho-gia-dinh",
            kind: "campaign",
            outcome: "partial",
            reason: Some("device_absent"),
            played: 31.5,
            ..Told::default()
        },
        Told { at: "2026-11-25T17:30", slot: "Phát bù", kind: "make_good", ..Told::default() },
        Told {
            at: "2026-11-26T05:30", title: "Kev pov hwm tib neeg (tiếng Mông)", language: "hmn", ..Told::default()
        },
        Told {
            at: "2026-11-26T09:02:15",
            slot: "Phát thử",
            title: "Tiếng thử",
            topic: "phat-thu",
            kind: "trial",
            ..Told::default()
        },
        Told { at: "2026-11-27T17:00", slot: "Loa khối phố", channel: "village", ..Told::default() },
        Told {
            at: "2026-11-28T17:00",
            slot: "Bản tin chiều",
            outcome: "skipped",
            reason: Some("holiday"),
            played: 0.0,
            ..Told::default()
        },
        Told { at: "2026-11-29T05:30", outcome: "unproven", reason: Some("device_muted"), ..Told::default() },
        Told {
            at: "2026-11-29T17:00",
            slot: "Bản tin chiều",
            outcome: "cancelled",
            reason: Some("by_operator"),
            played: 12.0,
            ..Told::default()
        },
    ];
    told.iter().zip(10..).map(|(told, seq)| told.row(seq)).collect()
}

/// Two airings a day on all days of a span; each seventh is lost.
pub(crate) fn days(from: &str, until: &str) -> Vec<Row> {
    let (mut day, until, mut rows) = (date(from), date(until), Vec::new());
    while day <= until {
        for (time, slot) in [("05:30", "Bản tin sáng"), ("17:00", "Bản tin chiều")] {
            let at = format!("{day}T{time}");
            let lost = rows.len() % 7 == 6;
            let told = Told {
                at: &at,
                slot,
                topic: if slot.ends_with("sáng") { "bhxh-tu-nguyen" } else { "bhyt-ho-gia-dinh" },
                outcome: if lost { "missed" } else { "aired" },
                reason: lost.then_some(if rows.len() % 2 == 0 { "power" } else { "device_absent" }),
                played: if lost { 0.0 } else { 300.0 },
                ..Told::default()
            };
            rows.push(told.row(100 + u64::try_from(rows.len()).unwrap()));
        }
        day = day.tomorrow().unwrap();
    }
    rows
}

/// A verdict over a week, with as many aired and on the topic.
pub(crate) fn weekly_verdict(period: &str, from: &str, aired: (u32, u32), verdict: Verdict) -> Assessment {
    let from = date(from);
    let (whole, part) = aired;
    let advice = matches!(verdict, Verdict::Failed | Verdict::AtRisk).then(|| {
        Text::new(
            "Còn thiếu 1 lượt về bhxh-tu-nguyen. Hãy thêm khung giờ hoặc giờ phát bù.",
            "One airing on bhxh-tu-nguyen is missing. Add a slot, or a time for make-goods.",
        )
    });
    Assessment {
        commune: "an-xuan".parse().unwrap(),
        commune_name: "Phường An Xuân".to_owned(),
        quota: "diem-sang".parse().unwrap(),
        name: "Điểm sáng tuyên truyền BHXH tự nguyện, BHYT hộ gia đình".to_owned(),
        basis: Some("Kế hoạch Điểm sáng thành phố Tam Kỳ, 6/2023–5/2024".to_owned()),
        channel: Channel::Commune,
        count: Count::Airings,
        period: period.to_owned(),
        from,
        until: from.checked_add(jiff::Span::new().days(6)).unwrap(),
        required: 4,
        aired: whole,
        planned: 0,
        missing: 4_u32.saturating_sub(whole),
        verdict,
        at_least: vec![ShareAssessment {
            share: Share::Topic("bhxh-tu-nguyen".parse().unwrap()),
            required: 2,
            aired: part,
            planned: 0,
            missing: 2_u32.saturating_sub(part),
            verdict,
        }],
        by_kind: ByKind { regular: whole.saturating_sub(1), campaign: 0, make_good: whole.min(1) },
        counted: Vec::new(),
        not_counted: Vec::new(),
        advice,
    }
}

pub(crate) fn names() -> Names {
    Names {
        station: "Đài truyền thanh phường An Xuân".to_owned(),
        commune: "Phường An Xuân".to_owned(),
        belongs_to: Some("Thành phố Tam Kỳ, tỉnh Quảng Nam".to_owned()),
        campaigns: vec![("cao-diem-cuoi-nam".parse().unwrap(), "Đợt truyền thông cao điểm cuối năm".to_owned())],
    }
}

/// A sheet of these rows and verdicts.
pub(crate) fn sheet<'a>(
    kind: SheetKind,
    (from, until): (&str, &str),
    rows: &'a [Row],
    assessments: &'a [Assessment],
) -> Sheet<'a> {
    Sheet {
        kind,
        from: date(from),
        until: date(until),
        names: names(),
        rows,
        assessments,
        previous: None,
        printed_at: printed("2026-11-30T08:05"),
        lang: Lang::Vi,
    }
}

/// The same days a year before, with so many airings.
pub(crate) fn previous(from: &str, until: &str, rows: &[Row]) -> Previous {
    let rows = rows.iter().map(|row| LedgerRow::from(&row.airing)).collect();
    Previous { from: date(from), until: date(until), rows }
}
