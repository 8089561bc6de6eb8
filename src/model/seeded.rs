//! Mistakes that somebody could make in the pure rooms, switched on one at a time to see that the simulation finds them.
//! Without the feature `seeded-bugs` none of them is compiled in. Pure.

/// Declares the mistakes, each where it would be made.
macro_rules! bugs {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// A mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Bug { $($(#[$doc])* $name,)+ }

        impl Bug {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

bugs! {
    /// An acknowledgement is taken for that of any batch.
    AnyTicketIsDurable,
    /// Sound does not wait for the intention to be on the disk.
    NoWaitForTheDisk,
    /// A hung disk is waited for without end.
    WaitsForADiskForEver,
    /// No checkpoints while on air.
    NoCheckpoints,
    /// A checkpoint a minute.
    RareCheckpoints,
    /// What a restart cut off is begun anew.
    BeginsAnewAfterACrash,
    /// What a restart cut off is called a process's fault, whatever it was.
    EveryCrashIsTheProcess,
    /// What was planned and had not begun is forgotten at a start.
    ForgetsWhatWasOpen,
    /// The occurrences of an outage are passed over.
    PassesOverTheOutage,
    /// The late window is twice as long.
    WindowTwiceAsLong,
    /// An occurrence that is too late gets no row.
    NoRowForTooLate,
    /// What is switched off gets no row.
    NoRowForDisabled,
    /// What a set clock brings a second time is taken a second time.
    SettledIsForgotten,
    /// Hours are asked at the planned time only, not at that of a late start.
    LateStartsIgnoreHours,
    /// Any hour is a permitted one.
    HoursIgnored,
    /// A run that was stalled is not noticed.
    StallUnnoticed,
    /// Samples swallowed too fast are believed.
    SwallowingBelieved,
    /// Silence is believed.
    SilenceBelieved,
    /// A muted or another device is believed.
    RouteBelieved,
    /// A short airing is called whole.
    ShortIsWhole,
    /// A long gap in the middle is called whole.
    GapsAreFine,
    /// A file that was not what had been measured is believed.
    SpoiltIsWhole,
    /// A stand-in file proves as much as a card.
    StandInProves,
    /// After a loss the clip begins from its beginning.
    ResumesFromTheBeginning,
    /// A lost device is not opened again.
    NeverReopens,
    /// The output is free although its player is still going.
    LeavingIsFree,
    /// Two airings may have one output.
    HeldIsFree,
    /// An amplifier stays on.
    AmplifierStaysOn,
    /// A fault of an output never ends.
    FaultsOfOutputsStay,
    /// A card that was plugged in or out is not looked at.
    CardsChangedIgnored,
    /// What the disk cannot write is not said.
    DiskFaultUnsaid,
    /// A schedule that cannot be used is not shown.
    RejectionUnshown,
    /// What is partial counts for a quota.
    PartialCounts,
    /// Each channel counts for each quota.
    AnyChannelCounts,
    /// A week begins on Sunday.
    WeekBeginsOnSunday,
    /// Rows that are known already are entered a second time.
    LedgerTwice,
    /// A reload forgets what was decided ahead.
    ReloadDecidesAnew,
    /// The day's limit is one too high.
    LimitOffByOne,
    /// A clock that has leapt is believed.
    LeapBelieved,
    /// A set clock moves no cue.
    CuesStay,
}

#[cfg(feature = "seeded-bugs")]
thread_local! {
    static ON: std::cell::Cell<Option<Bug>> = const { std::cell::Cell::new(None) };
}

/// Switches one on in this thread, or all off.
#[cfg(feature = "seeded-bugs")]
pub fn switch(bug: Option<Bug>) {
    ON.set(bug);
}

/// Is it on?
#[cfg(feature = "seeded-bugs")]
#[must_use]
pub fn seeded(bug: Bug) -> bool {
    ON.get() == Some(bug)
}

/// Is it on? Never.
#[cfg(not(feature = "seeded-bugs"))]
#[must_use]
#[inline]
pub const fn seeded(_: Bug) -> bool {
    false
}
