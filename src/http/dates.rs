//! Days and times as people read them. Pure.

use crate::model::text::Lang;
use crate::model::time::{Moment, day_name, day_short};

/// "05:30".
pub(super) fn clock_time(at: Moment) -> String {
    at.local().strftime("%H:%M").to_string()
}

/// "T2 23/11 05:30".
pub(super) fn day_of(at: Moment, lang: Lang) -> String {
    format!("{} {}", weekday(at, lang), at.local().strftime("%d/%m %H:%M"))
}

/// "T2", as the schedule writes it; "Mon".
#[must_use]
pub fn weekday(at: Moment, lang: Lang) -> &'static str {
    day_short(at.local().date().weekday(), lang)
}

/// "05:30", or with the day if that is not today.
pub(super) fn day_and_time(at: Moment, now: Moment, lang: Lang) -> String {
    let (day, today) = (at.local().date(), now.local().date());
    let time = clock_time(at);
    match (today.tomorrow().is_ok_and(|t| t == day), lang) {
        _ if day == today => time,
        (true, Lang::Vi) => format!("{time} ngày mai"),
        (true, Lang::En) => format!("{time} tomorrow"),
        (false, _) => format!("{time}, {}", date(at, lang)),
    }
}

/// "Thứ Hai, 23/11/2026".
pub(super) fn date(at: Moment, lang: Lang) -> String {
    let date = at.local().date();
    format!("{}, {}", day_name(date.weekday()).get(lang), date.strftime("%d/%m/%Y"))
}
