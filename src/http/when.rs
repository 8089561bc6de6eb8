//! Reads `from` and `until`: a date of the station's zone, or a point in time after RFC 3339. Pure.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Which end of a span a date stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// A date means its first moment.
    From,
    /// A date means the first moment after it, so that the day itself is inside.
    Until,
}

/// The point in time that `text` means in `zone`, or nothing if it is neither a date nor RFC 3339.
///
/// A space counts as `+`: that is what becomes of `+07:00` in an address where nobody wrote `%2B`.
#[must_use]
pub fn instant(text: &str, edge: Edge, zone: &TimeZone) -> Option<Timestamp> {
    match text.len() {
        10 => {
            let date: Date = text.parse().ok()?;
            let first = if edge == Edge::From { date } else { date.tomorrow().ok()? };
            Some(first.to_zoned(zone.clone()).ok()?.timestamp())
        }
        11..=40 => text.replace(' ', "+").parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_whole_days_of_the_zone_and_times_are_exact() {
        let zone = TimeZone::fixed(jiff::tz::offset(7));
        let check = |text, edge, expected: Option<&str>| {
            assert_eq!(instant(text, edge, &zone).map(|t| t.to_string()).as_deref(), expected, "{text}");
        };
        check("2026-11-23", Edge::From, Some("2026-11-22T17:00:00Z"));
        check("2026-11-23", Edge::Until, Some("2026-11-23T17:00:00Z"));
        check("2026-11-23T05:30:00+07:00", Edge::From, Some("2026-11-22T22:30:00Z"));
        check("2026-11-23T05:30:00 07:00", Edge::Until, Some("2026-11-22T22:30:00Z"));
        check("2026-11-23T05:30:00Z", Edge::From, Some("2026-11-23T05:30:00Z"));
        for odd in ["", "23/11/2026", "2026-11-31", "2026-11-23T05:30", "hôm nay", "9999-99-99"] {
            check(odd, Edge::From, None);
        }
    }
}
