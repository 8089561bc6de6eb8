//! Days and dates.

use super::*;

#[test]
fn days_are_read() {
    let set = |names: &str| {
        let all = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        names.split(' ').filter(|n| all.contains(n)).filter_map(weekday).fold(Days::default(), Days::with)
    };
    for (text, expected) in [
        ("T2", Some("mon")),
        ("cn", Some("sun")),
        ("Wed", Some("wed")),
        ("T2-T4", Some("mon tue wed")),
        ("T7 - T2", Some("sat sun mon")),
        ("CN–T3", Some("sun mon tue")),
        ("T3-T3", Some("tue")),
        ("ALL", Some("mon tue wed thu fri sat sun")),
        ("T8", None),
        ("T2-", None),
        ("T2-T4-T6", None),
        ("", None),
    ] {
        assert_eq!(days_of(text), expected.map(set), "{text}");
    }
}

#[test]
fn dates_are_guessed() {
    for (text, expected) in [
        ("31/12/2026", Some("2026-12-31")),
        ("1-2-2027", Some("2027-02-01")),
        ("2026/12/31", Some("2026-12-31")),
        ("31/02/2026", None),
        ("1/2", None),
        ("05:30", None),
    ] {
        assert_eq!(meant_date(text).as_deref(), expected, "{text}");
    }
}
