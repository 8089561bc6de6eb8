//! What a day is for a commune: usual, a holiday, mourning; and what that does to a slot. Pure.

use std::ops::RangeInclusive;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::lunar::{Leap, LunarDate, tet};
use crate::model::calendar::{Calendar, Holiday, InMourning, Mourning, OnHoliday};
use crate::model::outcome::Reason;
use crate::model::station::{Commune, Recurrence, Slot};
use crate::model::text::Text;

/// What a day is for a commune. Of all that is said of a day the first of these holds: mourning, the list of extra days,
/// the calendar. Of two days of mourning on one date the stricter holds, of two extra days the first of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind<'a> {
    /// Nothing is said of it.
    Usual,
    /// A holiday.
    Holiday {
        /// As people read it.
        name: HolidayName<'a>,
        /// What happens to slots that say nothing themselves.
        action: OnHoliday,
    },
    /// A day of mourning.
    Mourning {
        /// As people read it.
        name: &'a str,
        /// What happens to every slot.
        action: InMourning,
    },
}

/// Where the name of a holiday stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolidayName<'a> {
    /// In the calendar.
    Known(Holiday),
    /// In the commune's own list.
    Listed(&'a str),
}

impl HolidayName<'_> {
    /// As people read it.
    #[must_use]
    pub fn label(self) -> Text {
        match self {
            Self::Known(holiday) => holiday.label(),
            Self::Listed(name) => Text::new(name, name),
        }
    }
}

/// What a local day is for a commune.
#[must_use]
pub fn day_of(commune: &Commune, date: Date) -> DayKind<'_> {
    let said = &commune.holidays;
    if let Some(Mourning { name, action, .. }) = mourning(commune, date) {
        return DayKind::Mourning { name, action: *action };
    }
    if let Some(extra) = said.extra.iter().find(|extra| extra.from <= date && date <= extra.until) {
        let action = extra.action.unwrap_or(said.on_holiday);
        return DayKind::Holiday { name: HolidayName::Listed(&extra.name), action };
    }
    let known = match said.calendar {
        Calendar::None => None,
        Calendar::Vietnam => holiday_on(date),
    };
    known.map_or(DayKind::Usual, |holiday| DayKind::Holiday {
        name: HolidayName::Known(holiday),
        action: said.on_holiday,
    })
}

fn mourning(commune: &Commune, date: Date) -> Option<&Mourning> {
    let here = commune.holidays.mourning.iter().filter(|m| m.from <= date && date <= m.until);
    here.min_by_key(|m| match m.action {
        InMourning::Skip => 0,
        InMourning::WithoutMusic => 1,
    })
}

/// Whether what airs on a day may carry music.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Music {
    /// It may.
    Allowed,
    /// Jingles are left out: mourning.
    LeftOut,
}

/// Whether what a commune airs on a local day may carry its jingles.
#[must_use]
pub fn music(commune: &Commune, date: Date) -> Music {
    match day_of(commune, date) {
        DayKind::Mourning { .. } => Music::LeftOut,
        DayKind::Usual | DayKind::Holiday { .. } => Music::Allowed,
    }
}

/// What a local day does to what would air on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// It airs.
    Airs,
    /// It does not, for this reason.
    Rests(Reason),
    /// It airs on a later day instead.
    Moves,
}

/// What a local day does to a slot: mourning asks nobody, a slot's own word comes before the day's, and what is bound
/// to a holiday airs on holidays.
pub(super) fn treatment(commune: &Commune, slot: &Slot, date: Date) -> Treatment {
    let action = match day_of(commune, date) {
        DayKind::Usual | DayKind::Mourning { action: InMourning::WithoutMusic, .. } => return Treatment::Airs,
        DayKind::Mourning { action: InMourning::Skip, .. } => return Treatment::Rests(Reason::Mourning),
        DayKind::Holiday { action, .. } => action,
    };
    let bound = matches!(slot.recurrence, Recurrence::OnHoliday { .. });
    match slot.on_holiday.unwrap_or(action) {
        _ if bound => Treatment::Airs,
        OnHoliday::Play => Treatment::Airs,
        OnHoliday::Skip => Treatment::Rests(Reason::Holiday),
        OnHoliday::Shift => Treatment::Moves,
    }
}

/// Does the day let the usual schedule air, slots that have a word of their own aside?
///
/// # Errors
/// Why it does not: `holiday`, `mourning`.
pub fn day_ruling(commune: &Commune, date: Date) -> Result<(), Reason> {
    match day_of(commune, date) {
        DayKind::Usual
        | DayKind::Holiday { action: OnHoliday::Play, .. }
        | DayKind::Mourning { action: InMourning::WithoutMusic, .. } => Ok(()),
        DayKind::Holiday { action: OnHoliday::Skip | OnHoliday::Shift, .. } => Err(Reason::Holiday),
        DayKind::Mourning { action: InMourning::Skip, .. } => Err(Reason::Mourning),
    }
}

/// The days of a solar year that are holidays in Vietnam, by time; where two fall on one day, both. Of the lunar ones
/// those of 1900 to 2199 are known.
#[must_use]
pub fn holidays(year: i16) -> Vec<(Date, Holiday)> {
    let mut days: Vec<_> = Holiday::ALL
        .into_iter()
        .filter_map(|holiday| Some((own_day(holiday, year)?, holiday)))
        .flat_map(|(day, holiday)| around(holiday).map(move |n| (day.saturating_add(n.days()), holiday)))
        .collect();
    days.sort();
    days
}

/// The days that a holiday lasts, as seen from its own.
fn around(holiday: Holiday) -> RangeInclusive<i64> {
    match holiday {
        // The last day of the lunar year, whether it is the 29th or the 30th, and the first four.
        Holiday::TetNguyenDan => -1..=3,
        _ => 0..=0,
    }
}

/// The holiday that a day is.
fn holiday_on(date: Date) -> Option<Holiday> {
    // No holiday reaches over the end of a year.
    let lasts = |holiday: Holiday, own| around(holiday).contains(&(date.duration_since(own).as_hours() / 24));
    let mut near = Holiday::ALL.into_iter().filter(|holiday| months(*holiday).contains(&date.month()));
    near.find(|holiday| own_day(*holiday, date.year()).is_some_and(|own| lasts(*holiday, own)))
}

/// The months in which a holiday can lie: most days of a year are none of any.
fn months(holiday: Holiday) -> RangeInclusive<i8> {
    match holiday {
        Holiday::TetDuongLich => 1..=1,
        Holiday::TetNguyenDan => 1..=2,
        Holiday::GioTo => 3..=5,
        Holiday::GiaiPhong => 4..=4,
        Holiday::LaoDong => 5..=5,
        Holiday::QuocKhanh => 9..=9,
    }
}

/// Is `date` so many days after a holiday's own day?
pub(super) fn is_day_of(holiday: Holiday, offset: i32, date: Date) -> bool {
    let day = date.saturating_sub(offset.days());
    own_day(holiday, day.year()) == Some(day)
}

/// A holiday's own day in a solar year.
fn own_day(holiday: Holiday, year: i16) -> Option<Date> {
    let solar = |month, day| Date::new(year, month, day).ok();
    match holiday {
        Holiday::TetDuongLich => solar(1, 1),
        Holiday::TetNguyenDan => tet(year),
        Holiday::GioTo => LunarDate { year, month: 3, leap: Leap::Usual, day: 10 }.solar(),
        Holiday::GiaiPhong => solar(4, 30),
        Holiday::LaoDong => solar(5, 1),
        Holiday::QuocKhanh => solar(9, 2),
    }
}
