//! Where occurrences go that a holiday moves. Pure.
//!
//! A slot's days are taken one after the other. Those that a holiday moves wait in a line, and each day on which the slot
//! may air and does not already takes the first of the line: so the oldest comes first, no two take one place, and who
//! has waited longer than [`FARTHEST`] days does not air. All times of a slot move together, for on each of its days they
//! are the same.

use std::collections::VecDeque;

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan as _};

use super::holidays::{Treatment, treatment};
use super::occurrences::Rule;
use super::ruling::replaced;
use crate::model::calendar::OnHoliday;
use crate::model::station::{Recurrence, SlotState};

/// How many days later a moved occurrence airs at the most.
const FARTHEST: i64 = 14;

/// A day on which a slot airs what it was to air on an earlier one.
pub(super) struct Arrival {
    pub(super) on: Date,
    pub(super) from: Date,
}

/// All arrivals of a slot from `first` to `last`, by time. They do not depend on which days are asked about.
pub(super) fn arrivals(rule: &Rule<'_>, first: Date, last: Date) -> Vec<Arrival> {
    let mut found = Vec::new();
    if !may_move(rule) {
        return found;
    }
    let mut waiting: VecDeque<Date> = VecDeque::new();
    for date in nobody_waits_from(rule, first).series(1.day()).take_while(|date| *date <= last) {
        while waiting.front().is_some_and(|from| date.duration_since(*from) > SignedDuration::from_hours(24 * FARTHEST))
        {
            waiting.pop_front();
        }
        if leaves(rule, date) {
            waiting.push_back(date);
        } else if let Some(from) = waiting.front().copied().filter(|_| takes(rule, date)) {
            waiting.pop_front();
            found.extend((first <= date).then_some(Arrival { on: date, from }));
        }
    }
    found
}

/// Can any day move the slot at all?
fn may_move(rule: &Rule<'_>) -> bool {
    let days = &rule.commune.holidays;
    let moved = match rule.slot.on_holiday {
        Some(action) => action == OnHoliday::Shift,
        None => days.on_holiday == OnHoliday::Shift || days.extra.iter().any(|e| e.action == Some(OnHoliday::Shift)),
    };
    let bound = matches!(rule.slot.recurrence, Recurrence::OnHoliday { .. });
    moved && !bound && rule.slot.state == SlotState::Enabled
}

/// A day on which counting may begin with an empty line: nobody joined it in the [`FARTHEST`] days before `first`, as
/// nearly always; or before some earlier day nobody did, or nobody could leave it but by having waited too long.
fn nobody_waits_from(rule: &Rule<'_>, first: Date) -> Date {
    let (mut date, mut none_left, mut none_taken) = (first, 0, 0);
    while none_left < FARTHEST && none_taken < FARTHEST {
        let Ok(before) = date.yesterday() else { break };
        date = before;
        none_left = if leaves(rule, date) { 0 } else { none_left + 1 };
        // While nobody has left, it is not worth asking.
        let all_quiet = none_left == first.duration_since(date).as_hours() / 24;
        none_taken = if all_quiet || takes(rule, date) { 0 } else { none_taken + 1 };
    }
    date
}

/// Does a holiday move what the slot was to air on this day?
fn leaves(rule: &Rule<'_>, date: Date) -> bool {
    rule.asks(date)
        && treatment(rule.commune, rule.slot, date) == Treatment::Moves
        && !replaced(rule.commune, rule.slot, date)
}

/// May the slot air on this day, and has it nothing of its own?
fn takes(rule: &Rule<'_>, date: Date) -> bool {
    rule.binds(date)
        && !rule.asks(date)
        && treatment(rule.commune, rule.slot, date) == Treatment::Airs
        && !replaced(rule.commune, rule.slot, date)
}
