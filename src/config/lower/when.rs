//! When a slot recurs: days, cron or a holiday. Pure.

use jiff::civil::Time;

use crate::config::lower::{Desk, Seen, all, need, optional};
use crate::config::read::day::CronText;
use crate::config::read::scalar::Offset;
use crate::config::read::when::spell_time;
use crate::config::read::{At, OneOrMany};
use crate::config::source::Span;
use crate::model::calendar::Holiday;
use crate::model::station::Recurrence;
use crate::model::time::Days;
use crate::text;

/// A list of times has no more than this.
const MAX_TIMES: usize = 48;

/// The keys of a slot that say when.
pub(crate) struct RawWhen {
    pub(crate) days: Option<At<OneOrMany<Days>>>,
    pub(crate) at: Option<At<OneOrMany<Time>>>,
    pub(crate) cron: Option<At<CronText>>,
    pub(crate) holiday: Option<At<Holiday>>,
    pub(crate) day_offset: Option<At<Offset>>,
}

/// When a slot recurs; `table` is its place and its header.
pub(crate) fn recurrence(when: RawWhen, table: (&Span, &str), desk: &mut Desk<'_, '_>) -> Option<Recurrence> {
    let RawWhen { days, at, cron, holiday, day_offset } = when;
    if holiday.is_some() {
        return on_holiday(RawWhen { days, at, cron, holiday, day_offset }, table, desk);
    }
    check_offset(day_offset.as_ref(), table, desk);
    match (days, at, cron) {
        (None, None, Some(cron)) => cron.value.map(|cron| Recurrence::Cron(cron.0)),
        (None, None, None) if desk.to.is_meant(table.0, &["days", "at", "cron", "holiday"]) => None,
        (None, None, None) => {
            desk.to.add(
                "neither",
                table.0,
                text!("Khung giờ này chưa ghi phát lúc nào.", "This slot does not say when."),
                text!(
                    "Thêm hai dòng, ví dụ: days = [\"T2\", \"T5\"] và at = \"05:30\"",
                    "Add two lines, such as: days = [\"T2\", \"T5\"] and at = \"05:30\""
                ),
            );
            None
        }
        (_, _, Some(cron)) => {
            desk.to.add(
                "both",
                &cron.span,
                text!("Khung giờ này vừa có cron vừa có days hoặc at.", "This slot has cron and also days or at."),
                text!(
                    "Giữ days và at, xóa dòng cron; hoặc ngược lại.",
                    "Keep days and at and remove cron, or the other way round."
                ),
            );
            None
        }
        (days, at, None) => {
            let days = need(days, "days", table, desk.to);
            let at = ascending(at, table, desk);
            let days = days.and_then(|list| union(list, table.0, desk));
            Some(Recurrence::Weekly { days: days?, at: at? })
        }
    }
}

/// A slot that is bound to a holiday has its day, and no other.
fn on_holiday(when: RawWhen, table: (&Span, &str), desk: &mut Desk<'_, '_>) -> Option<Recurrence> {
    let RawWhen { days, at, cron, holiday, day_offset } = when;
    let others = [("days", days.map(|at| at.span)), ("cron", cron.map(|at| at.span))];
    let mut alone = Some(());
    for (key, span) in others {
        let Some(span) = span else { continue };
        alone = None;
        desk.to.add(
            "both",
            &span,
            text!("Khung giờ này vừa có holiday vừa có {key}.", "This slot has both holiday and {key}."),
            text!(
                "Phát vào ngày lễ thì giữ holiday và at, xóa dòng {key}; phát hằng tuần thì xóa dòng holiday.",
                "To air on the holiday keep holiday and at and remove {key}; to air every week remove holiday."
            ),
        );
    }
    let at = ascending(at, table, desk);
    let offset = optional(day_offset).map(|offset| offset.map_or(0, |days| days.0));
    let holiday = holiday.and_then(|at| at.value);
    alone?;
    Some(Recurrence::OnHoliday { holiday: holiday?, day_offset: offset?, at: at? })
}

fn check_offset(offset: Option<&At<Offset>>, (span, _): (&Span, &str), desk: &mut Desk<'_, '_>) {
    let Some(offset) = offset else { return };
    if desk.to.is_meant(span, &["holiday"]) {
        return;
    }
    desk.to.add(
        "no_holiday",
        &offset.span,
        text!(
            "Có day_offset mà không có holiday: không biết tính từ ngày lễ nào.",
            "There is day_offset without holiday: days from what?"
        ),
        text!(
            "Thêm dòng holiday, ví dụ holiday = \"tet-nguyen-dan\"; hoặc xóa dòng day_offset.",
            "Add a line such as holiday = \"tet-nguyen-dan\", or remove day_offset."
        ),
    );
}

fn union(list: OneOrMany<Days>, header: &Span, desk: &mut Desk<'_, '_>) -> Option<Days> {
    let mut days = Days::default();
    let empty = list.0.is_empty();
    for at in list.0 {
        days = at.value?.iter().fold(days, Days::with);
    }
    if empty {
        let message = text!("Danh sách \"days\" đang để trống.", "The list \"days\" is empty.");
        let remedy = text!(
            "Ghi ngày phát, ví dụ days = [\"T2\"]. Muốn tạm ngừng khung giờ thì ghi enabled = false.",
            "Say the days, such as days = [\"T2\"]. To pause the slot write enabled = false."
        );
        desk.to.add("empty_list", header, message, remedy);
    }
    (!empty).then_some(days)
}

/// The times of a slot, in ascending order.
fn ascending(field: Option<At<OneOrMany<Time>>>, table: (&Span, &str), desk: &mut Desk<'_, '_>) -> Option<Vec<Time>> {
    let mut times = need_times(field, table, desk)?;
    times.sort_unstable();
    Some(times)
}

/// Times as they are written: at least one, each once.
pub(crate) fn need_times(
    field: Option<At<OneOrMany<Time>>>,
    table: (&Span, &str),
    desk: &mut Desk<'_, '_>,
) -> Option<Vec<Time>> {
    let span = field.as_ref().map_or_else(|| table.0.clone(), |at| at.span.clone());
    let list = need(field, "at", table, desk.to)?.0;
    if list.is_empty() || list.len() > MAX_TIMES {
        let n = list.len();
        let message = text!("Danh sách \"at\" có {n} giờ phát.", "The list \"at\" has {n} times.");
        desk.to.add(
            "empty_list",
            &span,
            message,
            text!(
                "Ghi từ 1 đến {MAX_TIMES} giờ, ví dụ at = [\"05:30\", \"17:00\"].",
                "Write 1 to {MAX_TIMES}, such as at = [\"05:30\", \"17:00\"]."
            ),
        );
        return None;
    }
    let mut seen = Seen::default();
    for At { span, value } in &list {
        if let Some(time) = value {
            seen.note(&spell_time(*time), span, desk.to);
        }
    }
    all(list)
}
