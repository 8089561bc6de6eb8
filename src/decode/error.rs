//! Why a file gives no (more) samples, in the words of the model. Pure.

use std::io;

use symphonia::core::errors::Error;

use crate::model::clip::ClipFault;
use crate::model::outcome::Reason;

/// Why a file gives no samples, or no more of them. What was decoded before stays good.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// There is no such file.
    #[error("no such file")]
    Missing,
    /// Something is wrong with it.
    #[error("{detail}")]
    Faulty {
        /// What, for people.
        fault: ClipFault,
        /// For engineers, in English.
        detail: String,
    },
}

impl DecodeError {
    /// Something is wrong with a file; `detail` is for engineers.
    pub fn new(fault: ClipFault, detail: impl Into<String>) -> Self {
        Self::Faulty { fault, detail: detail.into() }
    }

    /// What is wrong with the clip. A file that is not there counts as unreadable: a library never lists one.
    #[must_use]
    pub fn fault(&self) -> ClipFault {
        match self {
            Self::Missing => ClipFault::Unreadable,
            Self::Faulty { fault, .. } => *fault,
        }
    }

    /// The reason that stands in the row of an airing which failed by this.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Missing => Reason::ClipMissing,
            Self::Faulty { fault: ClipFault::CutShort, .. } => Reason::ClipShort,
            Self::Faulty { .. } => Reason::ClipCorrupt,
        }
    }
}

impl From<io::Error> for DecodeError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::UnexpectedEof => Self::new(ClipFault::CutShort, "the file ends in the middle of its data"),
            _ => Self::new(ClipFault::Unreadable, error.to_string()),
        }
    }
}

impl From<Error> for DecodeError {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::IoError(error) => error.into(),
            Error::Unsupported(_) => Self::new(ClipFault::Unsupported, detail),
            Error::ResetRequired => {
                Self::new(ClipFault::Unsupported, "several streams one after the other in one file")
            }
            // What symphonia says where the file ends inside the sound of an MP4.
            Error::DecodeError("isomp4: no atom pending read") => Self::new(ClipFault::CutShort, detail),
            _ => Self::new(ClipFault::Damaged, detail),
        }
    }
}
