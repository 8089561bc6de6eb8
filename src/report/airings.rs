//! Rows of the airing log as a flat table, for `log` and `/v1/airings`. Pure.

use super::count::played;
use super::document::{Align, Cell, Column, Table};
use super::sheet::{ReportError, Variant};
use super::show::say;
use super::{csv, xlsx};
use crate::model::query::Row;
use crate::model::text::Lang;
use crate::model::time::Moment;

/// The rows as they come, one line each, headings in `lang`.
#[must_use]
pub fn airings_csv(rows: &[Row], lang: Lang, variant: Variant) -> String {
    csv::table(&table(rows, lang), lang, variant)
}

/// The same as a workbook.
///
/// # Errors
/// More rows than a worksheet holds (1,048,576).
pub fn airings_xlsx(rows: &[Row], lang: Lang) -> Result<Vec<u8>, ReportError> {
    xlsx::table(&table(rows, lang), lang)
}

fn table(rows: &[Row], lang: Lang) -> Table {
    let column = |vi: &str, en: &str, width| Column { heading: say(lang, vi, en), width, align: Align::Left };
    let mut table = Table::new(
        say(lang, "Nhật ký", "Log"),
        vec![
            column("Mã lượt phát", "Airing", 60.0),
            column("Số", "Number", 14.0),
            column("Đơn vị", "Commune", 34.0),
            column("Khung giờ", "Slot", 34.0),
            column("Loại", "Kind", 22.0),
            column("Giờ theo lịch", "Planned", 34.0),
            column("Bắt đầu", "Started", 34.0),
            column("Kết thúc", "Ended", 34.0),
            column("Số giây đã phát", "Seconds aired", 18.0),
            column("Kết quả", "Outcome", 26.0),
            column("Lý do", "Reason", 40.0),
            column("Chuyên đề", "Topics", 40.0),
            column("Bài phát", "Programme", 70.0),
            column("outcome", "outcome", 20.0),
            column("reason", "reason", 26.0),
        ],
    );
    table.rows = rows.iter().map(|row| line(row, lang)).collect();
    table
}

fn line(row: &Row, lang: Lang) -> Vec<Cell> {
    let (airing, head) = (&row.airing, &row.airing.head);
    let topics: Vec<&str> = head.topics.iter().map(crate::model::id::Topic::as_str).collect();
    let stamp = |at: Option<Moment>| at.map_or(Cell::Blank, |at| Cell::Stamp(at.local()));
    vec![
        Cell::Text(head.id.to_string()),
        Cell::Count(row.seq),
        Cell::Text(head.commune_name.clone()),
        Cell::Text(head.slot_name.clone()),
        Cell::Text(head.kind.label().get(lang).to_owned()),
        stamp(Some(head.planned_at)),
        stamp(airing.started_at),
        stamp(airing.ended_at),
        Cell::Number(played(airing), 1),
        Cell::Text(airing.outcome.label().get(lang).to_owned()),
        Cell::Text(airing.why().map(|why| why.get(lang).to_owned()).unwrap_or_default()),
        Cell::Text(topics.join(", ")),
        Cell::Text(airing.programme()),
        Cell::Text(airing.outcome.to_string()),
        Cell::Text(airing.reason.map(|r| r.to_string()).unwrap_or_default()),
    ]
}
