//! Which occurrences a simple schedule has: counted on the fingers, to be held against what the plan says.

use jiff::Timestamp;
use loaphuong::model::station::{Recurrence, Station};

/// Seconds of a day, and by how many seconds Vietnam's clocks are ahead.
const DAY: i64 = 86_400;
const AHEAD: i64 = 7 * 3600;

/// Ids of all occurrences with `from` ≤ at < `until`; nothing where the schedule is not simple: other zones, crontabs,
/// holidays.
pub(super) fn due(station: &Station, from: Timestamp, until: Timestamp) -> Option<Vec<String>> {
    if station.zone_name != "Asia/Ho_Chi_Minh" {
        return None;
    }
    let (from, until) = (seconds(from), seconds(until));
    let mut found = Vec::new();
    for commune in &station.communes {
        for slot in &commune.slots {
            let Recurrence::Weekly { days, at } = &slot.recurrence else { return None };
            for day in (from + AHEAD).div_euclid(DAY)..=(until + AHEAD).div_euclid(DAY) {
                // The first of January 1970 was a Thursday.
                let weekday = (day + 3).rem_euclid(7);
                if !days.iter().any(|d| i64::from(d.to_monday_zero_offset()) == weekday) {
                    continue;
                }
                for time in at {
                    let (h, m, s) = (i64::from(time.hour()), i64::from(time.minute()), i64::from(time.second()));
                    let moment = day * DAY + h * 3600 + m * 60 + s - AHEAD;
                    if from <= moment && moment < until {
                        let (year, month, date) = civil(day);
                        let seconds = if s == 0 { String::new() } else { format!(":{s:02}") };
                        let local = format!("{year:04}-{month:02}-{date:02}T{h:02}:{m:02}{seconds}");
                        found.push(format!("{}/{}@{local}", commune.id, slot.id));
                    }
                }
            }
        }
    }
    found.sort();
    Some(found)
}

/// Rounded up: an occurrence of a whole second lies before it or not.
fn seconds(at: Timestamp) -> i64 {
    let second = at.as_second();
    if at > Timestamp::from_second(second).expect("in range") { second + 1 } else { second }
}

/// Year, month and day of the month of a day since 1970, counted through the years.
pub(super) fn civil(day: i64) -> (i64, i64, i64) {
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let (mut year, mut left) = (1970, day);
    while left >= 365 + i64::from(leap(year)) {
        left -= 365 + i64::from(leap(year));
        year += 1;
    }
    let months = [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in months {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    (year, month, left + 1)
}
