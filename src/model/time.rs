//! Time as values: the two clocks, moments with their offset, spans of a day, days of the week. Pure.

use std::fmt;
use std::time::Duration;

use jiff::civil::{Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::text::{Lang, Text};

/// The monotonic clock: time since the PC started, never stepped. Says *how long*, never *when*.
///
/// Read from `CLOCK_MONOTONIC` by the core and the player alike, so that the two processes mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mono(pub Duration);

impl Mono {
    /// How long after `earlier` this is; zero if it is not after.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// This much later.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(by))
    }

    /// This much earlier; not before the PC's start.
    #[must_use]
    pub fn minus(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(by))
    }
}

/// No copy of this program is older than this: a clock that shows an earlier time has lost its battery.
pub const NO_EARLIER: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// Both clocks, read at once: all that the engine ever knows of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Says when a slot is due. May be stepped by anybody.
    pub wall: Timestamp,
    /// Says how long something took.
    pub mono: Mono,
}

impl Now {
    /// The monotonic instant at which the wall clock will show `at`, if nobody steps it. Past times give now or before.
    #[must_use]
    pub fn mono_at(self, at: Timestamp) -> Mono {
        let ahead = at.duration_since(self.wall);
        match Duration::try_from(ahead) {
            Ok(ahead) => self.mono.plus(ahead),
            Err(_) => self.mono.minus(ahead.unsigned_abs()),
        }
    }

    /// What the wall clock would have shown at the monotonic instant `at`, judged by today's relation of the two.
    #[must_use]
    pub fn wall_at(self, at: Mono) -> Timestamp {
        let ahead = signed(at.0) - signed(self.mono.0);
        self.wall.saturating_add(ahead).unwrap_or(self.wall)
    }
}

fn signed(d: Duration) -> SignedDuration {
    SignedDuration::try_from(d).unwrap_or(SignedDuration::MAX)
}

/// A point in time and the offset that its place had then: prints and parses as RFC 3339, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// The local offset in force at that time.
    pub offset: Offset,
}

impl Moment {
    /// `at` as the clocks of `zone` show it, cut to the millisecond.
    #[must_use]
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
        Self { at, offset: zone.to_offset(at) }
    }

    /// The local date and time.
    #[must_use]
    pub fn local(self) -> jiff::civil::DateTime {
        self.offset.to_datetime(self.at)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.at.display_with_offset(self.offset))
    }
}
impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let pieces = jiff::fmt::temporal::Pieces::parse(&text).map_err(serde::de::Error::custom)?;
        let offset = pieces.to_numeric_offset().ok_or_else(|| serde::de::Error::custom("no offset"))?;
        let at = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self { at, offset })
    }
}

/// A span of the local day, `[from, until)`, in seconds after midnight; `until` may be 86,400 (24:00). Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DaySpan {
    from: u32,
    until: u32,
}

impl DaySpan {
    /// Seconds of a civil day.
    pub const DAY: u32 = 86_400;

    /// The span between two seconds of the day, or nothing if it is empty or leaves the day.
    #[must_use]
    pub fn new(from: u32, until: u32) -> Option<Self> {
        (from < until && until <= Self::DAY).then_some(Self { from, until })
    }

    /// First second inside.
    #[must_use]
    pub fn from(self) -> u32 {
        self.from
    }

    /// First second after.
    #[must_use]
    pub fn until(self) -> u32 {
        self.until
    }

    /// Is this local time inside?
    #[must_use]
    pub fn contains(self, time: Time) -> bool {
        let second = second_of_day(time);
        self.from <= second && second < self.until
    }
}

impl fmt::Display for DaySpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hm = |s: u32| (s / 3600, s / 60 % 60);
        let ((fh, fm), (uh, um)) = (hm(self.from), hm(self.until));
        write!(f, "{fh:02}:{fm:02}-{uh:02}:{um:02}")
    }
}

/// Whole seconds since local midnight, 0–86,399.
#[must_use]
pub fn second_of_day(time: Time) -> u32 {
    let part = |n: i8| u32::from(n.unsigned_abs());
    part(time.hour()) * 3600 + part(time.minute()) * 60 + part(time.second())
}

/// A set of days of the week. Empty only where nothing was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days(u8);

impl Days {
    /// Every day.
    pub const ALL: Self = Self(0b111_1111);

    /// This set and one day more.
    #[must_use]
    pub fn with(self, day: Weekday) -> Self {
        Self(self.0 | 1 << day.to_monday_zero_offset())
    }

    /// Is the day in the set?
    #[must_use]
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day.to_monday_zero_offset()) != 0
    }

    /// Does the set hold nothing?
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The days of the set, Monday first.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        (0..7).filter_map(|n| Weekday::from_monday_zero_offset(n).ok()).filter(move |d| self.contains(*d))
    }
}

/// "Thứ Hai", written as Decree 30/2020 writes it.
#[must_use]
pub fn day_name(day: Weekday) -> Text {
    let (vi, en) = match day {
        Weekday::Monday => ("Thứ Hai", "Monday"),
        Weekday::Tuesday => ("Thứ Ba", "Tuesday"),
        Weekday::Wednesday => ("Thứ Tư", "Wednesday"),
        Weekday::Thursday => ("Thứ Năm", "Thursday"),
        Weekday::Friday => ("Thứ Sáu", "Friday"),
        Weekday::Saturday => ("Thứ Bảy", "Saturday"),
        Weekday::Sunday => ("Chủ nhật", "Sunday"),
    };
    Text::new(vi, en)
}

/// "T2", as the schedule writes it; "Mon".
#[must_use]
pub fn day_short(day: Weekday, lang: Lang) -> &'static str {
    let (vi, en) = match day {
        Weekday::Monday => ("T2", "Mon"),
        Weekday::Tuesday => ("T3", "Tue"),
        Weekday::Wednesday => ("T4", "Wed"),
        Weekday::Thursday => ("T5", "Thu"),
        Weekday::Friday => ("T6", "Fri"),
        Weekday::Saturday => ("T7", "Sat"),
        Weekday::Sunday => ("CN", "Sun"),
    };
    if lang == Lang::En { en } else { vi }
}
