//! Exit codes, and what ends a command early. Pure.

use std::process::ExitCode;

use crate::model::text::Text;

/// What the shell is told; the numbers are those of `sysexits.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or the answer is yes.
    Ok,
    /// The answer is no: not running, chain broken, refused.
    No,
    /// The command line was not understood.
    Usage,
    /// A mistake of this program.
    Bug,
    /// The journal or the disk.
    Disk,
    /// The configuration.
    Config,
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::No => 1,
            Self::Usage => 64,
            Self::Bug => 70,
            Self::Disk => 74,
            Self::Config => 78,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// What ends a command early.
#[derive(Debug)]
pub(super) enum Failure {
    /// Something is wrong: what, what to do, and the exit code.
    Said(Exit, Text),
    /// Nobody reads our output any more (`| head`): end quietly.
    PipeClosed,
}

impl Failure {
    pub(super) fn new(exit: Exit, text: Text) -> Self {
        Self::Said(exit, text)
    }
}

/// How a command ends.
pub(super) type Ended = Result<Exit, Failure>;
