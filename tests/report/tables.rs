//! What Excel opens: the workbook as another reader sees it, CSV against goldens.

use std::io::Cursor;

use calamine::{Data, Range, Reader as _, Xlsx, open_workbook_from_rs};
use insta::assert_snapshot;
use loaphuong::model::text::Lang;
use loaphuong::report::{Format, SheetKind, Variant, airings_csv, airings_xlsx, compliance_xlsx};

use crate::{keep, made, november, sample};

/// A worksheet's values and its formulas.
fn worksheet(bytes: &[u8], name: &str) -> (Range<Data>, Range<String>) {
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes.to_vec())).unwrap();
    (book.worksheet_range(name).unwrap(), book.worksheet_formula(name).unwrap())
}

/// The row whose first cells read so.
fn row_of(range: &Range<Data>, first: &str) -> u32 {
    let found = range.rows().position(|row| row.iter().any(|cell| *cell == first));
    range.start().unwrap().0 + u32::try_from(found.unwrap_or_else(|| panic!("{first:?} is not in {range:?}"))).unwrap()
}

fn number(range: &Range<Data>, row: u32, column: u32) -> f64 {
    match range.get_value((row, column)) {
        Some(Data::Float(n)) => *n,
        Some(Data::Int(n)) => f64::from(i32::try_from(*n).unwrap()),
        Some(Data::DateTime(at)) => at.as_f64(),
        other => panic!("({row}, {column}) is {other:?}"),
    }
}

#[test]
fn the_week_has_typed_cells_and_sums_that_are_right() {
    let (rows, all) = (sample::week(), november());
    let sheet = sample::sheet(SheetKind::Weekly, ("2026-11-23", "2026-11-29"), &rows, &all[4..5]);
    let bytes = made(&sheet, Format::Xlsx);
    keep("week.xlsx", &bytes);
    let (cells, formulas) = worksheet(&bytes, "Nhật ký");
    let head = row_of(&cells, "STT");
    // Monday 23 November 2026, 05:30, 62.1 s: a date, a time, a part of a day.
    assert!((number(&cells, head + 1, 1) - 46_349.0).abs() < 1e-9);
    assert!((number(&cells, head + 1, 2) - 5.5 / 24.0).abs() < 1e-9);
    assert!((number(&cells, head + 1, 7) - 62.1 / 86_400.0).abs() < 1e-9);
    let sum = head + 12;
    let seconds: f64 = rows.iter().flat_map(|r| &r.airing.items).map(|i| i.played_s.0).sum();
    assert!((number(&cells, sum, 4) - 11.0).abs() < 1e-9);
    assert!((number(&cells, sum, 7) * 86_400.0 - seconds).abs() < 1e-6);
    assert!((number(&cells, sum, 9) - 6.0).abs() < 1e-9);
    let formula = |column| formulas.get_value((sum, column)).cloned().unwrap_or_default();
    let (from, to) = (head + 2, head + 12);
    assert_eq!(formula(4), format!("ROWS(E{from}:E{to})"));
    assert_eq!(formula(7), format!("SUM(H{from}:H{to})"));
    assert_eq!(formula(9), format!("COUNTIF(J{from}:J{to},\"Đã phát\")"));
    // A title that looks like a formula is words.
    assert_eq!(cells.get_value((head + 4, 5)), Some(&Data::String("=SUM(A1:A9) ꪼꪕ & <b>“Mức đóng”</b> 中".into())));
}

#[test]
fn the_month_adds_up() {
    let mut rows = sample::days("2026-11-01", "2026-11-22");
    rows.extend(sample::week());
    let all = november();
    let sheet = sample::sheet(SheetKind::Monthly, ("2026-11-01", "2026-11-30"), &rows, &all);
    let bytes = made(&sheet, Format::Xlsx);
    keep("month.xlsx", &bytes);
    let (quota, formulas) = worksheet(&bytes, "Chỉ tiêu");
    let sum = row_of(&quota, "Cộng");
    // W44 to W48 end in November: 20 asked, 21 aired, 4 + 6 + 4 + 3 + 4.
    assert!((number(&quota, sum, 3) - 20.0).abs() < 1e-9 && (number(&quota, sum, 4) - 21.0).abs() < 1e-9);
    assert!((number(&quota, sum, 5) - 1.05).abs() < 1e-9);
    let percent = formulas.get_value((sum, 5)).unwrap();
    assert_eq!(*percent, format!("IF(D{0}=0,\"\",E{0}/D{0})", sum + 1));
    let (steps, _) = worksheet(&bytes, "Lượt phát");
    let sum = row_of(&steps, "Cộng");
    let column = |column| number(&steps, sum, column);
    // Counted are the kinds together; counted and not counted are all rows.
    assert!((column(3) - column(4) - column(5) - column(6)).abs() < 1e-9);
    assert!((column(3) + column(11) - column(12)).abs() < 1e-9);
    assert!((column(12) - 55.0).abs() < 1e-9 && (column(3) - 42.0).abs() < 1e-9 && (column(9) - 1.0).abs() < 1e-9);
    let (reasons, _) = worksheet(&bytes, "Theo lý do");
    assert!((number(&reasons, row_of(&reasons, "Cộng"), 2) - column(11)).abs() < 1e-9);
    assert_eq!(worksheet(&bytes, "Nhật ký").0.rows().filter(|r| matches!(r[0], Data::Float(_))).count(), 55);
}

#[test]
fn csv_is_for_excel_or_for_scripts() {
    let (rows, all) = (sample::week(), november());
    let week = sample::sheet(SheetKind::Weekly, ("2026-11-23", "2026-11-29"), &rows, &all[4..5]);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let excel = text(made(&week, Format::Csv(Variant::Excel)));
    assert!(excel.starts_with("\u{feff}") && excel.matches("\r\n").count() == excel.matches('\n').count());
    assert_snapshot!("week_excel", excel.replace('\r', ""));
    let plain = text(made(&week, Format::Csv(Variant::Plain)));
    assert_snapshot!("week_plain", plain.replace('\r', ""));
    let empty = sample::sheet(SheetKind::Monthly, ("2026-11-01", "2026-11-01"), &[], &[]);
    let empty = text(made(&empty, Format::Csv(Variant::Plain)));
    assert!(empty.contains("2026-11-01,2026-11-01,0,0,0,0,0,0.000,0,0,0,0"), "{empty}");
    let month = sample::sheet(SheetKind::Monthly, ("2026-11-01", "2026-11-30"), &rows, &all);
    assert_snapshot!("month_excel", text(made(&month, Format::Csv(Variant::Excel))).replace('\r', ""));
    assert_snapshot!("log_plain", airings_csv(&rows, Lang::En, Variant::Plain).replace('\r', ""));
}

#[test]
fn the_log_and_the_verdicts_are_workbooks() {
    let rows = sample::week();
    let bytes = airings_xlsx(&rows, Lang::Vi).unwrap();
    keep("log.xlsx", &bytes);
    let (log, _) = worksheet(&bytes, "Nhật ký");
    assert_eq!(log.get_value((0, 0)), Some(&Data::String("Mã lượt phát".into())));
    assert!((number(&log, 1, 5) - 46_349.0 - 5.5 / 24.0).abs() < 1e-9);
    assert!((number(&log, 1, 8) - 62.1).abs() < 1e-9);
    let (verdicts, _) = worksheet(&compliance_xlsx(&november(), Lang::Vi).unwrap(), "Chỉ tiêu");
    assert!((number(&verdicts, 1, 6) - 4.0).abs() < 1e-9);
    assert_eq!(verdicts.height(), 7);
}
