//! Why a cron text is refused, and what to write instead. Pure.

use crate::model::text::Text;
use crate::text;

/// Why a cron text is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CronError {
    /// Not five, six or seven fields.
    FieldCount(usize),
    /// A number for a day of the week: dialects disagree on what it means. Carries the whole line with names instead.
    NumericWeekday {
        /// The corrected text to paste, Sunday being 0 and 7 as in crontab.
        corrected: String,
    },
    /// Five fields with a day of the month and a day of the week: crontab fires on either, others only on both.
    DayAndWeekday {
        /// Six fields, which mean both.
        corrected: String,
    },
    /// A field that cannot be understood, as it was written.
    Syntax(String),
    /// No day fits, as with 31 February.
    Never,
    /// On more than one second of a minute.
    TooOften,
}

impl CronError {
    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> Text {
        match self {
            Self::FieldCount(n) => text!(
                "Dòng cron có {n} phần, cần 5, 6 hoặc 7 phần.",
                "The cron line has {n} fields; 5, 6 or 7 are needed."
            ),
            Self::NumericWeekday { .. } => text!(
                "Thứ trong tuần được ghi bằng số: có nơi hiểu 1 là thứ Hai, có nơi hiểu 1 là Chủ nhật.",
                "A day of the week is given as a number: to some 1 is Monday, to others Sunday.",
            ),
            Self::DayAndWeekday { .. } => text!(
                "Dòng cron ghi cả ngày trong tháng lẫn thứ trong tuần: \
                 có nơi hiểu là phải đúng cả hai, có nơi hiểu là đúng một trong hai.",
                "The cron line has both a day of the month and a day of the week: \
                 to some both must hold, to others either.",
            ),
            Self::Syntax(field) => {
                text!("Không hiểu phần \"{field}\" của dòng cron.", "The cron field \"{field}\" cannot be understood.")
            }
            Self::Never => text!(
                "Dòng cron này không bao giờ đến giờ phát: không có ngày nào như vậy (ví dụ ngày 31 tháng 2).",
                "This cron line never fires: there is no such day (31 February, for example).",
            ),
            Self::TooOften => text!(
                "Dòng cron này đến giờ phát nhiều lần trong một phút.",
                "This cron line fires more than once within a minute.",
            ),
        }
    }

    /// What to do.
    #[must_use]
    pub fn remedy(&self) -> Text {
        match self {
            Self::FieldCount(_) => text!(
                "Ghi 5 phần: phút, giờ, ngày, tháng, thứ (thêm giây ở đầu nếu cần, thêm năm ở cuối nếu cần). \
                 Ví dụ 5 giờ 30 thứ Hai và thứ Năm: cron = \"30 5 * * MON,THU\"",
                "Write 5 fields: minute, hour, day, month, day of the week (seconds may go first, then a year last). \
                 For 05:30 on Mondays and Thursdays: cron = \"30 5 * * MON,THU\"",
            ),
            Self::NumericWeekday { corrected } => text!(
                "Hãy dán dòng này (0 và 7 là Chủ nhật): cron = \"{corrected}\"",
                "Paste this line (0 and 7 being Sunday): cron = \"{corrected}\"",
            ),
            Self::DayAndWeekday { corrected } => text!(
                "Nếu phải đúng cả hai, hãy dán dòng này: cron = \"{corrected}\". \
                 Nếu chỉ cần đúng một, hãy tách thành hai khung giờ.",
                "If both must hold, paste this line: cron = \"{corrected}\". If either will do, make two slots of it.",
            ),
            Self::Syntax(_) => text!(
                "Phút 0-59, giờ 0-23, ngày 1-31, tháng 1-12, thứ SUN MON TUE WED THU FRI SAT; \
                 dấu * là mọi giá trị, ví dụ: cron = \"30 5 * * MON-FRI\"",
                "Minutes 0-59, hours 0-23, days 1-31, months 1-12, days of the week SUN MON TUE WED THU FRI SAT; \
                 * means every one, as in cron = \"30 5 * * MON-FRI\"",
            ),
            Self::Never => text!("Hãy sửa ngày hoặc tháng.", "Correct the day or the month."),
            Self::TooOften => text!(
                "Khi có 6 hoặc 7 phần, phần đầu tiên là giây: hãy ghi 0.",
                "With 6 or 7 fields the first is the second: write 0.",
            ),
        }
    }
}
