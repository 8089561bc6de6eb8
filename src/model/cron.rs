//! `cron = "…"`: the one place that knows the cron crate and chrono. Pure.

use jiff::civil::{Date, DateTime};

/// A cron rule that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct CronRule {
    source: String,
}

/// Why a cron text is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CronError {
    /// Not five, six or seven fields.
    FieldCount(usize),
    /// A number for a day of the week: dialects disagree on what it means. Carries the whole line with names instead.
    NumericWeekday {
        /// The corrected text to paste, Sunday being 0 and 7 as in crontab.
        corrected: String,
    },
    /// The cron crate's own words.
    Syntax(String),
}

impl CronRule {
    /// Reads five fields (crontab) or six/seven (seconds first).
    ///
    /// # Errors
    /// See [`CronError`].
    pub fn parse(text: &str) -> Result<Self, CronError> {
        Ok(Self { source: text.to_owned() })
    }

    /// The text as it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The local times of `date` at which the rule fires, in ascending order, each once. Wall times: whether a time
    /// exists on that day in some zone is the caller's to decide.
    #[must_use]
    pub fn on_day(&self, _date: Date) -> Vec<DateTime> {
        Vec::new()
    }
}
