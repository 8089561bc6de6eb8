//! Times and durations: read, spelled, guessed.

use super::*;

#[test]
fn times_are_read_or_guessed() {
    for (text, seconds, meant) in [
        ("05:30", Some(19_800), Some("05:30")),
        ("05:30:15", Some(19_815), None),
        ("24:00", Some(86_400), None),
        ("24:01", None, None),
        ("5:30", None, Some("05:30")),
        ("5h30", None, Some("05:30")),
        ("17 giờ", None, Some("17:00")),
        ("5:30 PM", None, Some("17:30")),
        ("12 pm", None, Some("12:00")),
        ("05:60", None, None),
        ("", None, None),
        ("+5:30", None, Some("05:30")),
    ] {
        assert_eq!(seconds_of(text), seconds, "{text}");
        assert_eq!(meant_time(text).as_deref(), meant, "{text}");
    }
}

#[test]
fn durations_are_read_spelled_or_guessed() {
    for (text, millis, meant) in [
        ("90s", Some(90_000), Some("90s")),
        ("1h30m", Some(5_400_000), None),
        ("500ms", Some(500), None),
        ("1m1ms", Some(60_001), None),
        ("30m1h", None, None),
        ("1m2m", None, None),
        ("15", None, None),
        ("15 phút", None, Some("15m")),
        ("15'", None, Some("15m")),
        ("2 giờ", None, Some("2h")),
        ("", None, None),
        ("99999999999999999999h", None, None),
        ("18446744073709551615h", None, None),
    ] {
        assert_eq!(millis_of(text), millis, "{text}");
        assert_eq!(meant_duration(text).as_deref(), meant, "{text}");
    }
    for (millis, expected) in [(0, "0s"), (90_000, "1m30s"), (5_400_000, "1h30m"), (500, "500ms")] {
        assert_eq!(spell(millis), expected);
    }
}
