//! What is on paper: the PDF as poppler reads it, and the page for the browser.

use std::path::Path;
use std::process::Command;

use loaphuong::model::text::Lang;
use loaphuong::report::{Format, Sheet, SheetKind};

use crate::{keep, made, november, sample};

/// What a program of poppler-utils says.
fn poppler(program: &str, args: &[&str], file: &Path) -> String {
    let run = Command::new(program).args(args).arg(file).arg("-").output().unwrap();
    assert!(run.status.success(), "{program}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// The text of each page, blanks as one.
fn pages(name: &str, sheet: &Sheet<'_>) -> Vec<String> {
    let file = keep(&format!("{name}.pdf"), &made(sheet, Format::Pdf));
    let text = poppler("pdftotext", &["-layout"], &file);
    let mut pages: Vec<String> =
        text.split('\u{c}').map(|page| page.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(pages.pop().as_deref(), Some(""), "every page ends with a form feed");
    pages
}

#[test]
fn a_week_is_a_log_that_can_be_signed() {
    let (rows, all) = (sample::week(), november());
    let sheet = sample::sheet(SheetKind::Weekly, ("2026-11-23", "2026-11-29"), &rows, &all[4..5]);
    let pages = pages("week", &sheet);
    let whole = pages.join(" ");
    for words in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "THÀNH PHỐ TAM KỲ, TỈNH QUẢNG NAM",
        "PHƯỜNG AN XUÂN",
        "Đài truyền thanh phường An Xuân",
        "SỔ NHẬT KÝ PHÁT THANH",
        "Tuần 48 năm 2026 (từ ngày 23/11/2026 đến ngày 29/11/2026)",
        "Cộng số lượt: 11",
        "Đã phát: 6",
        "Tổng số 11 lượt. Đã phát: 6; Bị ngắt: 1; Bỏ lỡ: 1; Không phát theo quy định: 1; Đã hủy: 1; Chưa chứng minh được \
         có tiếng: 1.",
        "Cách tính lượt:",
        "An Xuân, ngày 30 tháng 11 năm 2026",
        "NGƯỜI LẬP",
        "THỦ TRƯỞNG ĐƠN VỊ",
        "In từ nhật ký phát của chương trình loaphuong lúc 08:05 30/11/2026",
        // A character that the font lacks is seen to be lacking.
        "□□",
    ] {
        assert!(whole.contains(words), "{words:?} is not in: {whole}");
    }
    // Cells wrap, so their words are looked for one by one.
    for word in ["khối", "Phương", "Hòa", "truyền", "05:30:00", "10:05", "09:02:15"] {
        assert!(whole.contains(word), "{word:?} is not in: {whole}");
    }
    for (page, number) in pages.iter().zip(1..) {
        assert!(page.contains(&format!("Trang {number}/{}", pages.len())), "{page}");
    }
}

#[test]
fn a_month_is_summed_and_held_against_the_year_before() {
    let mut rows = sample::days("2026-11-01", "2026-11-22");
    rows.extend(sample::week());
    let all = november();
    let mut sheet = sample::sheet(SheetKind::Monthly, ("2026-11-01", "2026-11-30"), &rows, &all);
    sheet.previous = Some(sample::previous("2025-11-01", "2025-11-30", &rows[..14]));
    let pages = pages("month", &sheet);
    let whole = pages.join(" ");
    for words in [
        "BIỂU TỔNG HỢP LƯỢT PHÁT THANH BHXH",
        "Tháng 11 năm 2026 (từ ngày 01/11/2026 đến ngày 30/11/2026)",
        "I. Thực hiện chỉ tiêu",
        "căn cứ: Kế hoạch Điểm sáng thành phố Tam Kỳ, 6/2023–5/2024",
        // The week that ends in December is December's; the one that ends on 1 November is November's.
        "Tuần 44/2026 26/10/2026 01/11/2026 4 4 100,0%",
        "Tuần 46/2026: Còn thiếu 1 lượt về bhxh-tu-nguyen.",
        "II. Lượt phát trong kỳ",
        // 38 of the 44 and 4 of the week's 11 count on the commune's channel; 42 : 12 = 3.5.
        "Cùng kỳ năm trước (01/11/2025 – 30/11/2025) 42 12 3,50",
        "III. Nội dung của các lượt được tính",
        "IV. Lượt không được tính và lý do",
    ] {
        assert!(whole.contains(words), "{words:?} is not in: {whole}");
    }
    assert!(!whole.contains("2026-W49") && !whole.contains("06/12/2026"), "{whole}");
    // The head of a table comes again where it goes on.
    let heads = |page: &&String| page.contains("Giờ dự kiến") && page.contains("Lý do");
    assert!(pages.len() >= 3 && pages.iter().filter(heads).count() >= 1, "{} pages", pages.len());
}

#[test]
fn years_have_a_line_each_and_no_ratio_without_a_base() {
    let rows = sample::days("2023-06-01", "2024-05-31");
    let mut sheet = sample::sheet(SheetKind::Range, ("2023-06-01", "2026-05-31"), &rows, &[]);
    let check = |sheet: &Sheet<'_>, name: &str, expected: &[&str]| {
        let whole = pages(name, sheet).join(" ");
        for words in expected {
            assert!(whole.contains(words), "{words:?} is not in: {whole}");
        }
    };
    let lines = [
        "Từ ngày 01/06/2023 đến ngày 31/05/2026",
        "Năm 2023 01/06/2023 31/12/2023 367 367 0 0",
        "Năm 2026 01/01/2026 31/05/2026 0 0",
        "Trong kỳ không có chỉ tiêu nào.",
    ];
    check(&sheet, "years", &lines);
    check(&sheet, "years", &["Cùng kỳ năm trước 628 III."]);
    sheet.previous = Some(sample::previous("2022-06-01", "2023-05-31", &[]));
    check(&sheet, "years", &["Cùng kỳ năm trước (01/06/2022 – 31/05/2023) 628 0 III."]);
    sheet.lang = Lang::En;
    check(&sheet, "years-en", &["SUMMARY OF SOCIAL-INSURANCE AIRINGS", "2023 01/06/2023 31/12/2023 367", "Page 1/"]);
}

#[test]
fn nothing_at_all_is_a_sheet_too_and_a_row_is_never_torn() {
    let empty = sample::sheet(SheetKind::Weekly, ("2026-11-23", "2026-11-29"), &[], &[]);
    assert!(pages("empty", &empty).join(" ").contains("Trong kỳ không có lượt phát nào."));
    let long = "dài ".repeat(3_000);
    let rows = [sample::Told { title: &long, ..Default::default() }.row(1), sample::Told::default().row(2)];
    let sheet = sample::sheet(SheetKind::Weekly, ("2026-11-23", "2026-11-29"), &rows, &[]);
    let pages = pages("long", &sheet);
    // What no page could hold is cut, and says so.
    let with = |words: &str| pages.iter().filter(|page| page.contains(words)).count();
    assert_eq!((with("dài dài"), with("…")), (1, 1), "{pages:?}");
}

#[test]
fn the_file_is_small_archival_and_always_the_same() {
    let (rows, all) = (sample::week(), november());
    let sheet = sample::sheet(SheetKind::Weekly, ("2026-11-23", "2026-11-29"), &rows, &all);
    for format in [Format::Pdf, Format::Xlsx, Format::Html] {
        assert!(made(&sheet, format) == made(&sheet, format), "{format:?} differs from itself");
    }
    let pdf = made(&sheet, Format::Pdf);
    assert!(pdf.len() < 120_000, "{} bytes: the font is not cut to what is used", pdf.len());
    let file = keep("archival.pdf", &pdf);
    let fonts = Command::new("pdffonts").arg(&file).output().unwrap();
    let fonts = String::from_utf8(fonts.stdout).unwrap();
    assert_eq!(fonts.lines().filter(|l| l.contains("LiberationSerif")).count(), 2, "{fonts}");
    let ask = |args: &[&str]| Command::new("pdfinfo").args(args).arg(&file).output().unwrap().stdout;
    let info = String::from_utf8([ask(&[]), ask(&["-meta"])].concat()).unwrap();
    for words in [
        "841.89 x 595.28 pts (A4)",
        "Title:           SỔ NHẬT KÝ PHÁT THANH",
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>U</pdfaid:conformance>",
    ] {
        assert!(info.contains(words), "{words:?} is not in: {info}");
    }
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let (rows, all) = (sample::week(), november());
    let sheet = sample::sheet(SheetKind::Weekly, ("2026-11-23", "2026-11-29"), &rows, &all);
    let page = String::from_utf8(made(&sheet, Format::Html)).unwrap();
    keep("week.html", page.as_bytes());
    for from_elsewhere in ["http:", "https:", "src=", "href=", "url(", "<script", "@import"] {
        assert!(!page.contains(from_elsewhere), "{from_elsewhere}");
    }
    assert!(page.contains("=SUM(A1:A9) ꪼꪕ &amp; &lt;b&gt;“Mức đóng”&lt;/b&gt; 中"), "{page}");
    assert!(page.contains("<td class=\"r\">10:05</td>") && page.contains("size: A4 landscape"), "{page}");
}
