//! Sentences for people, in Vietnamese and English at once: a missing translation does not compile. Pure.

use serde::{Deserialize, Serialize};

/// The language that a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Vietnamese: the default everywhere.
    #[default]
    Vi,
    /// English: `--lang en`, `?lang=en`.
    En,
}

/// One sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Vietnamese, as an official would write it.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Text {
    /// A sentence from its two versions.
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { vi: vi.into(), en: en.into() }
    }

    /// The version for a reader of `lang`.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

/// Builds a [`Text`]: `text!("Không thấy {x}", "No {x}")`.
#[macro_export]
macro_rules! text {
    ($vi:literal, $en:literal $(,)?) => {
        $crate::model::text::Text::new(format!($vi), format!($en))
    };
}
