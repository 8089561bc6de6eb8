//! Quotas: so many airings a period, of which so many on a topic. What the commune has promised. Pure.

use std::fmt;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::model::id::{Audience, QuotaId, Topic};
use crate::model::station::Channel;

/// A promise: at least `airings` in each period, of which at least so many of each share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Unique in the commune.
    pub id: QuotaId,
    /// As people read it.
    pub name: String,
    /// The document that says so.
    pub basis: Option<String>,
    /// First day on which it binds; nothing: since ever.
    pub from: Option<Date>,
    /// Last day on which it binds, not before `from`; nothing: for ever.
    pub until: Option<Date>,
    /// How often it starts anew. `Plan` has both `from` and `until`.
    pub period: Period,
    /// Counted items a period at the least, 1–10,000.
    pub airings: u32,
    /// Of which, in the order of the file; each share once, `required` 1–10,000.
    pub at_least: Vec<Minimum>,
    /// Whose airings count.
    pub channel: Channel,
    /// What is asked of a first or last period that `from` or `until` cuts.
    pub partial_period: PartialPeriod,
    /// What is counted.
    pub count: Count,
    /// How lost airings are made good; nothing: they are not.
    pub make_good: Option<MakeGood>,
}

/// How often a quota starts anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Each local day.
    Day,
    /// ISO weeks, Monday to Sunday; 2026 has 53.
    Week,
    /// Months, closing on this day.
    Month(Closing),
    /// Quarters, closing on this day of March, June, September and December.
    Quarter(Closing),
    /// Years, closing on this day of December.
    Year(Closing),
    /// Once, from `from` until `until`.
    Plan,
}

/// On which day of its last month a reporting period closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Closing {
    /// The month's last.
    #[default]
    LastDay,
    /// This day, 1–28; the next period begins on the day after (25: from the 26th until the 25th).
    Day(i8),
}

/// What is asked of a period that the quota's first or last day cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartialPeriod {
    /// As much as of a whole one.
    #[default]
    Full,
    /// In proportion to its days, rounded up.
    ProRata,
    /// Nothing.
    Exempt,
}

/// What a quota counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Airings ("lượt").
    #[default]
    Airings,
    /// Clips aired whole in them; the same clip twice in one airing is one.
    Clips,
}

/// A part of a quota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minimum {
    /// Of what.
    pub share: Share,
    /// How many a period at the least.
    pub required: u32,
}

/// What a part of a quota is about. In TOML a key of `at_least`: `bhxh-tu-nguyen`, `"language:hmn"`, `"audience:hssv"`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// Clips of this topic.
    Topic(Topic),
    /// Clips in this language: a BCP 47 tag.
    Language(String),
    /// Clips for this target group.
    Audience(Audience),
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Topic(topic) => write!(f, "{topic}"),
            Self::Language(tag) => write!(f, "language:{tag}"),
            Self::Audience(group) => write!(f, "audience:{group}"),
        }
    }
}

/// When what was lost may be aired again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MakeGood {
    /// Local times, the preferred first; not empty.
    pub at: Vec<Time>,
    /// Make-goods of this quota a day at the most, 1–24; 1 unless said otherwise.
    pub max_per_day: u32,
}
