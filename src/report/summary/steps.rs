//! The airings of a range by weeks, months or years: what was heard, on which channel, for how long. Pure.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use crate::model::outcome::Kind;
use crate::model::station::Channel;
use crate::model::text::Lang;
use crate::report::count::Counted;
use crate::report::document::{Align, Cell, Column, Table, Total};
use crate::report::sheet::Sheet;
use crate::report::show::say;
use crate::report::words::week;

/// How long the lines of a sheet are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// ISO weeks: up to a month.
    Week,
    /// Months: up to a year.
    Month,
    /// Years: more.
    Year,
}

impl Step {
    /// The step that gives a sheet few lines.
    pub(super) fn of(sheet: &Sheet<'_>) -> Self {
        let reaches = |span: Span| sheet.from.saturating_add(span) <= sheet.until;
        if reaches(1.year()) {
            Self::Year
        } else if reaches(1.month()) {
            Self::Month
        } else {
            Self::Week
        }
    }

    /// First day of the step in which a day lies.
    pub(super) fn first(self, day: Date) -> Date {
        match self {
            Self::Week => day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days()),
            Self::Month => day.first_of_month(),
            Self::Year => day.first_of_year(),
        }
    }

    /// Last day of the step in which a day lies.
    pub(super) fn last(self, day: Date) -> Date {
        match self {
            Self::Week => self.first(day).saturating_add(6.days()),
            Self::Month => day.last_of_month(),
            Self::Year => day.last_of_year(),
        }
    }

    /// "Tuần 48/2026", "Tháng 11/2026", "Năm 2026".
    pub(super) fn name(self, day: Date, lang: Lang) -> String {
        match self {
            Self::Week => {
                let (week, year) = week(day);
                say(lang, &format!("Tuần {week:02}/{year}"), &format!("Week {week:02}/{year}"))
            }
            Self::Month => {
                let (month, year) = (day.month(), day.year());
                say(lang, &format!("Tháng {month:02}/{year}"), &format!("{month:02}/{year}"))
            }
            Self::Year => {
                let year = day.year();
                say(lang, &format!("Năm {year}"), &year.to_string())
            }
        }
    }
}

/// A line for each step, cut to the days of the sheet, and their sum.
pub(super) fn table(sheet: &Sheet<'_>, rows: &[Counted<'_>], step: Step) -> Table {
    let lang = sheet.lang;
    let column = |vi: &str, en: &str, width| Column { heading: say(lang, vi, en), width, align: Align::Right };
    let mut table = Table::new(
        say(lang, "Lượt phát", "Airings"),
        vec![
            Column { heading: say(lang, "Kỳ", "Period"), width: 27.0, align: Align::Left },
            Column { heading: say(lang, "Từ ngày", "From"), width: 20.0, align: Align::Centre },
            Column { heading: say(lang, "Đến ngày", "Until"), width: 20.0, align: Align::Centre },
            column("Lượt được tính", "Counted", 17.0),
            column("Thường xuyên", "Regular", 17.0),
            column("Đợt cao điểm", "Campaign", 17.0),
            column("Phát bù", "Make-good", 15.0),
            column("Tiếng dân tộc", "Minority languages", 17.0),
            column("Thời lượng được tính", "Length counted", 20.0),
            column("Loa thôn, khối phố", "Village", 18.0),
            column("Loa lưu động", "Mobile", 17.0),
            column("Không được tính", "Not counted", 18.0),
            column("Tổng số lượt trong nhật ký", "All rows of the log", 20.0),
        ],
    );
    let mut day = sheet.from;
    while day <= sheet.until {
        let last = step.last(day).min(sheet.until);
        let within: Vec<_> = rows.iter().filter(|row| day <= row.date() && row.date() <= last).collect();
        table.rows.push(line(step.name(day, lang), day, last, &within));
        let Ok(next) = last.tomorrow() else { break };
        day = next;
    }
    table.totals = vec![Total::Sum; table.columns.len()];
    table.totals[0] = Total::Label(say(lang, "Cộng", "Total"));
    table.totals[1] = Total::Blank;
    table.totals[2] = Total::Blank;
    table
}

fn line(name: String, from: Date, until: Date, rows: &[&Counted<'_>]) -> Vec<Cell> {
    let counted: Vec<_> = rows.iter().filter(|row| row.counts(Channel::Commune)).collect();
    let of_kind = |kind| Cell::of(counted.iter().filter(|row| row.ledger.kind == kind).count());
    let on = |channel| Cell::of(rows.iter().filter(|row| row.counts(channel)).count());
    vec![
        Cell::Text(name),
        Cell::Date(from),
        Cell::Date(until),
        Cell::of(counted.len()),
        of_kind(Kind::Scheduled),
        of_kind(Kind::Campaign),
        of_kind(Kind::MakeGood),
        Cell::of(counted.iter().filter(|row| row.minority_language()).count()),
        Cell::Length(counted.iter().map(|row| row.length()).sum()),
        on(Channel::Village),
        on(Channel::Mobile),
        Cell::of(rows.len() - counted.len()),
        Cell::of(rows.len()),
    ]
}

/// How the columns hang together.
pub(super) fn note(lang: Lang) -> String {
    say(
        lang,
        "Lượt được tính là lượt của đài xã, bằng tổng ba cột Thường xuyên, Đợt cao điểm, Phát bù. Lượt được tính và lượt \
         không được tính cộng lại bằng tổng số lượt trong nhật ký. Loa thôn, khối phố và loa lưu động có cột riêng.",
        "Counted are airings on the commune's channel: the sum of regular, campaign and make-good. Counted and not counted \
         together are all rows of the log. Village and mobile outputs have columns of their own.",
    )
}
