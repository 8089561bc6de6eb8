//! What is on paper: the PDF, and the page for the browser.

use loaphuong::report::{Format, SheetKind};

use crate::{keep, made, november, sample};

#[test]
fn a_look() {
    let week = sample::week();
    let all = november();
    let sheet = sample::sheet(SheetKind::Weekly, ("2026-11-23", "2026-11-29"), &week, &all[4..5]);
    keep("week.pdf", &made(&sheet, Format::Pdf));
    keep("week.html", &made(&sheet, Format::Html));
    keep("week.xlsx", &made(&sheet, Format::Xlsx));
    keep("week.csv", &made(&sheet, Format::Csv(Default::default())));
    let mut rows = sample::days("2026-11-01", "2026-11-22");
    rows.extend(sample::week());
    let mut sheet = sample::sheet(SheetKind::Monthly, ("2026-11-01", "2026-11-30"), &rows, &all);
    sheet.previous = Some(sample::previous("2025-11-01", "2025-11-30", &rows[..14]));
    keep("month.pdf", &made(&sheet, Format::Pdf));
    keep("month.html", &made(&sheet, Format::Html));
    keep("month.xlsx", &made(&sheet, Format::Xlsx));
    keep("month.csv", &made(&sheet, Format::Csv(Default::default())));
}
