//! The airing log and the verdicts as tables for Excel: UTF-8 with BOM, `;`, CRLF, decimals with a comma. Pure.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use jiff::civil::Date;

use crate::http::period::period_name;
use crate::http::verdict::share_list;
use crate::model::compliance::Assessment;
use crate::model::query::Row;
use crate::model::text::Lang;
use crate::model::time::Moment;

/// The log as CSV, one line a row, headings in `lang`.
#[must_use]
pub fn airings(rows: &[Row], lang: Lang) -> String {
    let headings = match lang {
        Lang::Vi => [
            "Mã lượt phát",
            "Số",
            "Đơn vị",
            "Khung giờ",
            "Loại",
            "Giờ theo lịch",
            "Bắt đầu",
            "Kết thúc",
            "Số giây đã phát",
            "Kết quả",
            "Lý do",
            "Chuyên đề",
            "Bài phát",
            "outcome",
            "reason",
        ],
        Lang::En => [
            "Airing",
            "Number",
            "Commune",
            "Slot",
            "Kind",
            "Planned",
            "Started",
            "Ended",
            "Seconds aired",
            "Outcome",
            "Reason",
            "Topics",
            "Programme",
            "outcome",
            "reason",
        ],
    };
    let mut out = String::from('\u{feff}');
    line(&mut out, headings.map(str::to_owned));
    for row in rows {
        line(&mut out, cells(row, lang));
    }
    out
}

fn cells(row: &Row, lang: Lang) -> [String; 15] {
    let (airing, head) = (&row.airing, &row.airing.head);
    let topics: Vec<&str> = head.topics.iter().map(crate::model::id::Topic::as_str).collect();
    let played = airing.items.iter().map(|i| i.played_s.0).sum::<f64>();
    [
        head.id.to_string(),
        row.seq.to_string(),
        head.commune_name.clone(),
        head.slot_name.clone(),
        head.kind.label().get(lang).to_owned(),
        stamp(Some(head.planned_at)),
        stamp(airing.started_at),
        stamp(airing.ended_at),
        format!("{played:.1}").replace('.', ","),
        airing.outcome.label().get(lang).to_owned(),
        airing.reason.map(|r| r.label().get(lang).to_owned()).unwrap_or_default(),
        topics.join(", "),
        airing.programme(),
        airing.outcome.to_string(),
        airing.reason.map(|r| r.to_string()).unwrap_or_default(),
    ]
}

/// The verdicts as CSV, one line each, headings in `lang`.
#[must_use]
pub fn compliance(list: &[Assessment], lang: Lang) -> String {
    let headings = match lang {
        Lang::Vi => [
            "Đơn vị",
            "Chỉ tiêu",
            "Căn cứ",
            "Kỳ",
            "Từ ngày",
            "Đến ngày",
            "Phải phát",
            "Đã phát",
            "Còn theo lịch",
            "Còn thiếu",
            "Trong đó",
            "Lịch thường",
            "Đợt cao điểm",
            "Phát bù",
            "Đánh giá",
            "Việc cần làm",
            "commune",
            "quota",
            "period",
            "verdict",
        ],
        Lang::En => [
            "Commune",
            "Quota",
            "Basis",
            "Period",
            "From",
            "Until",
            "Required",
            "Aired",
            "Planned",
            "Missing",
            "Of which",
            "Regular",
            "Campaign",
            "Make-good",
            "Verdict",
            "Advice",
            "commune",
            "quota",
            "period",
            "verdict",
        ],
    };
    let mut out = String::from('\u{feff}');
    line(&mut out, headings.map(str::to_owned));
    for assessment in list {
        line(&mut out, verdict_cells(assessment, lang));
    }
    out
}

fn verdict_cells(a: &Assessment, lang: Lang) -> [String; 20] {
    let date = |date: Date| date.strftime("%d/%m/%Y").to_string();
    [
        a.commune_name.clone(),
        a.name.clone(),
        a.basis.clone().unwrap_or_default(),
        period_name(&a.period).get(lang).to_owned(),
        date(a.from),
        date(a.until),
        a.required.to_string(),
        a.aired.to_string(),
        a.planned.to_string(),
        a.missing.to_string(),
        share_list(a).get(lang).to_owned(),
        a.by_kind.regular.to_string(),
        a.by_kind.campaign.to_string(),
        a.by_kind.make_good.to_string(),
        a.verdict.label().get(lang).to_owned(),
        a.advice.as_ref().map(|t| t.get(lang).to_owned()).unwrap_or_default(),
        a.commune.to_string(),
        a.quota.to_string(),
        a.period.clone(),
        a.verdict.to_string(),
    ]
}

/// A table as an answer that a browser keeps as `file`.
pub(super) fn attached(table: String, file: &'static str) -> Response {
    let mut response = table.into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    if let Ok(kept) = HeaderValue::from_str(&format!("attachment; filename=\"{file}\"")) {
        out.insert(header::CONTENT_DISPOSITION, kept);
    }
    response
}

fn stamp(moment: Option<Moment>) -> String {
    moment.map(|m| m.local().strftime("%d/%m/%Y %H:%M:%S").to_string()).unwrap_or_default()
}

fn line<const N: usize>(out: &mut String, cells: [String; N]) {
    out.push_str(&cells.map(|c| field(&c)).join(";"));
    out.push_str("\r\n");
}

/// One cell: quoted where it must be, and never a formula (a title that begins with `=` would be computed by Excel).
#[must_use]
pub fn field(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([';', '"', '\n', '\r', ',']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        let check = |text, expected| assert_eq!(field(text), expected);
        check("Bản tin sáng", "Bản tin sáng");
        check("a;b", "\"a;b\"");
        check("62,1", "\"62,1\"");
        check("nói \"thật\"", "\"nói \"\"thật\"\"\"");
        check("=1+1", "'=1+1");
        check("-2", "'-2");
        check("", "");
    }
}
