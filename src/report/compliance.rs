//! Verdicts as a flat table, for `compliance` and `/v1/compliance`. Pure.

use super::document::{Align, Cell, Column, Table};
use super::period::period_name;
use super::shares::share_list;
use super::sheet::{ReportError, Variant};
use super::show::say;
use super::{csv, xlsx};
use crate::model::compliance::Assessment;
use crate::model::text::Lang;

/// The verdicts as they come, one line each, headings in `lang`.
#[must_use]
pub fn compliance_csv(list: &[Assessment], lang: Lang, variant: Variant) -> String {
    csv::table(&table(list, lang), lang, variant)
}

/// The same as a workbook.
///
/// # Errors
/// More lines than a worksheet holds (1,048,576).
pub fn compliance_xlsx(list: &[Assessment], lang: Lang) -> Result<Vec<u8>, ReportError> {
    xlsx::table(&table(list, lang), lang)
}

fn table(list: &[Assessment], lang: Lang) -> Table {
    let column = |vi: &str, en: &str, width| Column { heading: say(lang, vi, en), width, align: Align::Left };
    let mut table = Table::new(
        say(lang, "Chỉ tiêu", "Quotas"),
        vec![
            column("Đơn vị", "Commune", 34.0),
            column("Chỉ tiêu", "Quota", 60.0),
            column("Căn cứ", "Basis", 60.0),
            column("Kỳ", "Period", 26.0),
            column("Từ ngày", "From", 22.0),
            column("Đến ngày", "Until", 22.0),
            column("Phải phát", "Required", 18.0),
            column("Đã phát", "Aired", 18.0),
            column("Còn theo lịch", "Planned", 18.0),
            column("Còn thiếu", "Missing", 18.0),
            column("Trong đó", "Of which", 50.0),
            column("Lịch thường", "Regular", 18.0),
            column("Đợt cao điểm", "Campaign", 18.0),
            column("Phát bù", "Make-good", 18.0),
            column("Đánh giá", "Verdict", 34.0),
            column("Việc cần làm", "Advice", 90.0),
            column("commune", "commune", 26.0),
            column("quota", "quota", 26.0),
            column("period", "period", 22.0),
            column("verdict", "verdict", 22.0),
        ],
    );
    table.rows = list.iter().map(|of| line(of, lang)).collect();
    table
}

fn line(of: &Assessment, lang: Lang) -> Vec<Cell> {
    let count = |n: u32| Cell::Count(n.into());
    vec![
        Cell::text(&of.commune_name),
        Cell::text(&of.name),
        Cell::text(of.basis.clone().unwrap_or_default()),
        Cell::text(period_name(&of.period).get(lang)),
        Cell::Date(of.from),
        Cell::Date(of.until),
        count(of.required),
        count(of.aired),
        count(of.planned),
        count(of.missing),
        Cell::text(share_list(of).get(lang)),
        count(of.by_kind.regular),
        count(of.by_kind.campaign),
        count(of.by_kind.make_good),
        Cell::text(of.verdict.label().get(lang)),
        Cell::text(of.advice.as_ref().map(|advice| advice.get(lang)).unwrap_or_default()),
        Cell::text(of.commune.as_str()),
        Cell::text(of.quota.as_str()),
        Cell::text(&of.period),
        Cell::text(of.verdict.code()),
    ]
}
