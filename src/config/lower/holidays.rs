//! `[holidays]`: which days are apart, and what happens on them. Pure.

use jiff::civil::Date;

use crate::config::lower::{Desk, in_order, need, not_too_many, optional};
use crate::config::read::At;
use crate::config::read::dated::{RawExtra, RawHolidays, RawMourning};
use crate::config::source::Span;
use crate::model::calendar::{Calendar, ExtraDay, Holidays, Mourning, OnHoliday};
use crate::text;

/// A commune lists no more days of one kind than this.
const MAX_DAYS: usize = 1_000;

/// The table, or no holidays where there is none.
pub(crate) fn lower_holidays(field: Option<At<RawHolidays>>, desk: &mut Desk<'_, '_>) -> Option<Holidays> {
    let Some(at) = field else { return Some(Holidays::default()) };
    let RawHolidays { calendar, on_holiday, extra, mourning } = at.value?;
    let calendar = optional(calendar);
    let on_holiday = optional(on_holiday);
    let extra = lower_all(extra, lower_extra, desk);
    let mourning = lower_all(mourning, lower_mourning, desk);
    Some(Holidays {
        calendar: calendar?.unwrap_or(Calendar::Vietnam),
        on_holiday: on_holiday?.unwrap_or(OnHoliday::Skip),
        extra: extra?,
        mourning: mourning?,
    })
}

fn lower_all<R, T>(
    field: Option<At<Vec<At<R>>>>,
    lower: fn(R, &Span, &mut Desk<'_, '_>) -> Option<T>,
    desk: &mut Desk<'_, '_>,
) -> Option<Vec<T>> {
    let Some(At { span, value }) = field else { return Some(Vec::new()) };
    let list = value?;
    not_too_many(&list, MAX_DAYS, &span, desk.to)?;
    let lowered: Vec<_> = list.into_iter().map(|at| at.value.and_then(|raw| lower(raw, &at.span, desk))).collect();
    lowered.into_iter().collect()
}

fn lower_extra(raw: RawExtra, header: &Span, desk: &mut Desk<'_, '_>) -> Option<ExtraDay> {
    let RawExtra { date, from, until, name, action } = raw;
    let table = (header, "[[holidays.extra]]");
    let name = need(name, "name", table, desk.to);
    let days = lower_days(date, from, until, table, desk);
    let action = optional(action);
    let (from, until) = days?;
    Some(ExtraDay { from, until, name: name?.0, action: action? })
}

/// `date`, or `from` and `until`.
fn lower_days(
    date: Option<At<Date>>,
    from: Option<At<Date>>,
    until: Option<At<Date>>,
    table: (&Span, &str),
    desk: &mut Desk<'_, '_>,
) -> Option<(Date, Date)> {
    match (date, from, until) {
        (Some(date), None, None) => date.value.map(|date| (date, date)),
        (Some(date), _, _) => {
            desk.to.add(
                "both",
                &date.span,
                text!("Mục này vừa có date vừa có from hoặc until.", "This has date and also from or until."),
                text!(
                    "Một ngày thì giữ date; nhiều ngày thì giữ from và until.",
                    "For one day keep date; for several keep from and until."
                ),
            );
            None
        }
        (None, None, None) if desk.to.is_meant(table.0, &["date", "from", "until"]) => None,
        (None, None, None) => {
            desk.to.add(
                "neither",
                table.0,
                text!("Mục này chưa ghi ngày nào.", "This does not say which day."),
                text!(
                    "Thêm dòng, ví dụ: date = 2026-11-24. Nhiều ngày liền thì ghi from và until.",
                    "Add a line such as: date = 2026-11-24. For several days write from and until."
                ),
            );
            None
        }
        (None, from, until) => {
            in_order(from.as_ref(), until.as_ref(), desk.to);
            let (from, until) = (need(from, "from", table, desk.to), need(until, "until", table, desk.to));
            Some((from?, until?))
        }
    }
}

fn lower_mourning(raw: RawMourning, header: &Span, desk: &mut Desk<'_, '_>) -> Option<Mourning> {
    let RawMourning { from, until, date, name, action } = raw;
    let table = (header, "[[holidays.mourning]]");
    let name = need(name, "name", table, desk.to);
    let days = lower_days(date, from, until, table, desk);
    let action = optional(action);
    let (from, until) = days?;
    Some(Mourning { from, until, name: name?.0, action: action?.unwrap_or_default() })
}
