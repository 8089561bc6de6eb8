//! Identifiers: slugs that people type, clip paths, airing ids. Pure.
//!
//! Their text is shared: a copy costs no memory. Plans, ledgers and verdicts carry them by the hundred thousand.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// Why a text is not an identifier. The place and the remedy are the caller's to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing at all.
    #[error("empty")]
    Empty,
    /// More than 64 characters.
    #[error("longer than 64 characters")]
    TooLong,
    /// Something else than `a-z`, `0-9` and `-`, or a `-` at an end.
    #[error("only a-z, 0-9 and '-' inside")]
    BadCharacter,
    /// A path that leaves the audio folder, or is absolute.
    #[error("not a path inside the audio folder")]
    Outside,
}

fn check_slug(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > 64 {
        return Err(IdError::TooLong);
    }
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !text.chars().all(inner) || text.starts_with('-') || text.ends_with('-') {
        return Err(IdError::BadCharacter);
    }
    Ok(())
}

macro_rules! slug {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// 1–64 characters of `a-z`, `0-9` and `-`, not beginning or ending with `-`.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The identifier as it is typed.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                check_slug(text)?;
                Ok(Self(text.into()))
            }
        }
        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.as_str().to_owned()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

slug!(/// The PC: one daemon, one journal.
    StationId);
slug!(/// A commune, ward or special zone. Never derived from its name: names change, ids do not.
    CommuneId);
slug!(/// A recurring rule in a commune's schedule.
    SlotId);
slug!(/// An ordered set of clips from which slots draw.
    QueueId);
slug!(/// A way that sound leaves the PC.
    OutputId);
slug!(/// A promise of so many airings a period.
    QuotaId);
slug!(/// A dated overlay on the schedule.
    CampaignId);
slug!(/// A target group (*nhóm đối tượng*): `hssv`.
    Audience);
slug!(/// What a clip is about (*chuyên đề*): the name of its folder below `audio/`.
    Topic);

/// A clip's place below the audio folder, in NFC, with `/` between the parts: `bhxh-tu-nguyen/loi-ich.mp3`.
///
/// The name on disk may be NFD; [`crate::model::clip::Clip::file`] has the bytes to open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClipPath(Arc<str>);

impl ClipPath {
    /// The path as it is typed in TOML.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The test tone in a rehearsal.
    #[must_use]
    pub fn tone() -> Self {
        Self("tone.wav".into())
    }

    /// What stands in the place of a clip for a stream of this host.
    #[must_use]
    pub fn relay(host: &str) -> Self {
        let host: String = host.chars().filter(|c| c.is_ascii_alphanumeric() || "-.:[]".contains(*c)).collect();
        Self(format!("relay/{host}").trim_end_matches('/').into())
    }

    /// The first folder of the path, if there is one: the clip's topic.
    #[must_use]
    pub fn folder(&self) -> Option<&str> {
        self.0.split_once('/').map(|(folder, _)| folder)
    }
}

impl FromStr for ClipPath {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.is_empty() {
            return Err(IdError::Empty);
        }
        let odd = |part: &str| part.is_empty() || part == "." || part == "..";
        if text.split('/').any(odd) || text.contains(['\\', '\0']) {
            return Err(IdError::Outside);
        }
        Ok(Self(if text.is_ascii() { text.into() } else { text.nfc().collect::<String>().into() }))
    }
}
impl TryFrom<String> for ClipPath {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}
impl From<ClipPath> for String {
    fn from(path: ClipPath) -> Self {
        path.as_str().to_owned()
    }
}
impl fmt::Display for ClipPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An airing's name for ever: `<commune>/<slot>@<local start>`, as in `an-xuan/sang@2026-11-23T05:30`.
///
/// Seconds are written only where they are not zero. Airings that no slot planned carry their kind in the place of
/// the slot (`an-xuan/manual@…`, `an-xuan/trial@…`), to the millisecond.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct AiringId(Arc<str>);

impl AiringId {
    /// The id of the occurrence of `rule` (a slot's id, or a kind) in `commune` at the local time `start`.
    #[must_use]
    pub fn new(commune: &CommuneId, rule: &str, start: DateTime) -> Self {
        let minute = start.strftime("%Y-%m-%dT%H:%M");
        let millis = start.subsec_nanosecond() / 1_000_000;
        Self::from(match (start.second(), millis) {
            (0, 0) => format!("{commune}/{rule}@{minute}"),
            (s, 0) => format!("{commune}/{rule}@{minute}:{s:02}"),
            (s, ms) => format!("{commune}/{rule}@{minute}:{s:02}.{ms:03}"),
        })
    }

    /// An id that somebody typed: looked up, never built upon.
    #[must_use]
    pub fn quoted(text: &str) -> Self {
        Self(text.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl From<String> for AiringId {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}
impl From<AiringId> for String {
    fn from(id: AiringId) -> Self {
        id.as_str().to_owned()
    }
}
impl fmt::Display for AiringId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which text of the configuration was in force: `sha256:` and the hash of all its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub String);

/// What a clip's bytes are: `sha256:` and 64 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClipHash(pub String);
