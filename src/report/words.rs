//! The fixed words of the sheets: heads, the definition of an airing, signatures. Pure.

use jiff::civil::Date;

use super::sheet::{Sheet, SheetKind};
use super::show::{date, say};
use crate::model::quota::Count;
use crate::model::station::Channel;
use crate::model::text::Lang;

/// What counts as one airing, printed on every sheet.
pub(super) fn definition(lang: Lang) -> String {
    say(
        lang,
        "Cách tính lượt: một lượt là một lần phát theo lịch (kể cả đợt cao điểm và phát bù) trên một kênh, bắt đầu trong \
         khung giờ quy định, được phát trọn vẹn qua đúng thiết bị, không tắt tiếng và đúng tốc độ. Mỗi lượt tính một lần \
         cho mỗi kênh, không phụ thuộc số cụm loa cùng phát. Lượt được tính cho một chuyên đề khi có bản tin thuộc chuyên \
         đề đó được phát trọn vẹn trong lượt. Lượt bị ngắt, lượt chưa chứng minh được có tiếng, phát thử, phát tay, phát \
         khẩn cấp và tiếp âm không được tính. Loa thôn, khối phố và loa lưu động được thống kê riêng, không tính vào chỉ \
         tiêu của đài xã. Ngày và tuần theo giờ địa phương; tuần tính từ 00 giờ thứ Hai đến 24 giờ Chủ nhật.",
        "What counts as an airing: one scheduled airing (campaigns and make-goods included) on a channel, started inside \
         its slot and aired whole by the right device, unmuted and at the right speed. It counts once per channel however \
         many outputs carry it. It counts towards a topic if a clip of that topic was aired whole in it. Airings that were \
         cut short, unproven, trial, manual, emergency or relayed do not count. Village and mobile outputs are counted \
         apart and never fill a quota of the commune's channel. Days and weeks are local; a week is Monday 00:00 to \
         Sunday 24:00.",
    )
}

/// Name and motto of the state (Decree 30/2020, annex I).
pub(super) fn motto(lang: Lang) -> [String; 2] {
    [
        say(lang, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM"),
        say(lang, "Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness"),
    ]
}

/// What the sheet is.
pub(super) fn title(kind: SheetKind, lang: Lang) -> String {
    match kind {
        SheetKind::Weekly => say(lang, "SỔ NHẬT KÝ PHÁT THANH", "BROADCAST LOG"),
        SheetKind::Monthly | SheetKind::Range => {
            say(lang, "BIỂU TỔNG HỢP LƯỢT PHÁT THANH BHXH", "SUMMARY OF SOCIAL-INSURANCE AIRINGS")
        }
    }
}

/// Which days.
pub(super) fn period(sheet: &Sheet<'_>) -> String {
    let (lang, span) = (sheet.lang, span(sheet.from, sheet.until, sheet.lang));
    match sheet.kind {
        SheetKind::Weekly => {
            let (week, year) = week(sheet.from);
            say(lang, &format!("Tuần {week} năm {year} ({span})"), &format!("Week {week} of {year} ({span})"))
        }
        SheetKind::Monthly => {
            let (month, year) = (sheet.from.month(), sheet.from.year());
            say(lang, &format!("Tháng {month:02} năm {year} ({span})"), &format!("{month:02}/{year} ({span})"))
        }
        SheetKind::Range => {
            let mut span = span;
            if lang == Lang::Vi {
                span.replace_range(..1, "T");
            }
            span
        }
    }
}

/// "từ ngày 23/11/2026 đến ngày 29/11/2026".
fn span(from: Date, until: Date, lang: Lang) -> String {
    let (from, until) = (date(from), date(until));
    say(lang, &format!("từ ngày {from} đến ngày {until}"), &format!("{from} to {until}"))
}

/// The ISO week of a day, and the year to which it belongs.
pub(super) fn week(day: Date) -> (i8, i16) {
    let week = day.iso_week_date();
    (week.week(), week.year())
}

/// "An Xuân, ngày 30 tháng 11 năm 2026": days and months below 10 and 3 with a nought, so that none can be added.
pub(super) fn dated(commune: &str, on: Date, lang: Lang) -> String {
    let place = place(commune);
    let (d, m, year) = (on.day(), on.month(), on.year());
    let day = if d < 10 { format!("0{d}") } else { d.to_string() };
    let month = if m < 3 { format!("0{m}") } else { m.to_string() };
    say(lang, &format!("{place}, ngày {day} tháng {month} năm {year}"), &format!("{place}, {}", date(on)))
}

/// A unit's own name, without its class; with it where the name is a number ("Phường 5").
fn place(commune: &str) -> &str {
    let classes = ["Phường ", "Xã ", "Đặc khu ", "Thị trấn ", "phường ", "xã ", "đặc khu ", "thị trấn "];
    let own = classes.iter().find_map(|class| commune.strip_prefix(class)).unwrap_or(commune);
    if own.starts_with(|c: char| c.is_ascii_digit()) { commune } else { own }
}

/// Who signs, and how.
pub(super) fn signatures(lang: Lang) -> Vec<[String; 2]> {
    vec![
        [say(lang, "Người lập", "Prepared by"), say(lang, "(Ký, ghi rõ họ tên)", "(signature, full name)")],
        [
            say(lang, "Thủ trưởng đơn vị", "Head of the unit"),
            say(lang, "(Ký, ghi rõ họ tên, đóng dấu)", "(signature, full name, seal)"),
        ],
    ]
}

/// Whose airings.
pub(super) fn channel(channel: Channel, lang: Lang) -> String {
    match channel {
        Channel::Commune => say(lang, "đài xã", "commune"),
        Channel::Village => say(lang, "loa thôn, khối phố", "village"),
        Channel::Mobile => say(lang, "loa lưu động", "mobile"),
    }
}

/// What is counted.
pub(super) fn unit(count: Count, lang: Lang) -> String {
    match count {
        Count::Airings => say(lang, "lượt phát", "airings"),
        Count::Clips => say(lang, "bài phát trọn", "clips aired whole"),
    }
}

/// A language tag as people read it.
pub(super) fn language(tag: &str, lang: Lang) -> String {
    match (tag, lang) {
        ("vi", Lang::Vi) => "tiếng Việt".to_owned(),
        ("vi", Lang::En) => "Vietnamese".to_owned(),
        (_, Lang::Vi) => format!("tiếng {tag}"),
        (_, Lang::En) => format!("language {tag}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_dates_follow_the_decree() {
        let check = |commune, on: &str, expected: &str| {
            assert_eq!(dated(commune, on.parse().unwrap(), Lang::Vi), expected);
        };
        check("Phường An Xuân", "2026-11-30", "An Xuân, ngày 30 tháng 11 năm 2026");
        check("Xã Tam Thăng", "2027-02-03", "Tam Thăng, ngày 03 tháng 02 năm 2027");
        check("Phường 5", "2026-03-10", "Phường 5, ngày 10 tháng 3 năm 2026");
        check("An Xuân", "2026-03-10", "An Xuân, ngày 10 tháng 3 năm 2026");
    }
}
