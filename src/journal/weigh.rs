//! What is to be done with a journal and its second copy, from what was found of them. Pure.
//!
//! | journal | second copy | what is done |
//! |---|---|---|
//! | none | none | both begin |
//! | opens | none | goes on; the copy is written anew |
//! | opens | its last line stands in the journal under its number | goes on; the copy catches up |
//! | opens | its last line is none, and what is sound of it stands in the journal | goes on; the copy is set aside and written anew |
//! | opens | goes on behind the journal's end, or says something else | set aside; a new one is filled from the copy |
//! | none, or unusable | its sound part is at least as long as the journal's, or says something else | the same |
//! | unusable | its sound part is shorter than the journal's, and the same as far as it goes | set aside; a new one is filled from the journal's sound part |
//! | unusable | none | the same |
//!
//! Sound is the part from the first entry on whose chain holds. A copy with anything behind its sound part is set aside
//! too and written anew; a torn last line is nothing. Unusable is what SQLite cannot read, and what is no journal or
//! another station's where the copy is this station's. Nothing is ever appended to a file that was set aside.

/// What a look at the journal's end says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Journal {
    /// There is none.
    Absent,
    /// It opens.
    Opens,
    /// It does not, or is not this station's.
    Unusable,
}

/// What a look at the copy's end says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Copy {
    /// There is none, or it has no whole line.
    Absent,
    /// Its last line stands in the journal under its number.
    Known,
    /// It does not.
    Unknown,
    /// Its last line is no entry.
    Broken,
}

/// What is to be done at first sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    /// Both agree: the copy continues from where it ends, or from nothing.
    GoOn,
    /// Both must be read from the beginning.
    Weigh,
}

/// The decision at first sight: made at each start, without reading either from the beginning.
pub(super) fn first(journal: Journal, copy: Copy) -> First {
    match (journal, copy) {
        (Journal::Absent | Journal::Opens, Copy::Absent) | (Journal::Opens, Copy::Known) => First::GoOn,
        _ => First::Weigh,
    }
}

/// What reading both from the beginning says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Facts {
    /// Entries of the journal whose chain holds, from the first on.
    pub journal: u64,
    /// It can be used as it is: it opens, and there is nothing behind them.
    pub usable: bool,
    /// Entries of the copy whose chain holds, from the first on.
    pub copy: u64,
    /// There is nothing behind them but a torn line at the most.
    pub copy_whole: bool,
    /// The journal's sound part has the copy's last sound entry under its number.
    pub agree: bool,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    pub journal: Go,
    pub copy: Keep,
}

/// What becomes of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Go {
    /// It goes on as it is.
    On,
    /// It is set aside, if there is one, and a new one is filled with so many entries.
    Anew(Source, u64),
}

/// What fills a new journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Journal,
    Copy,
}

/// What becomes of the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// It goes on.
    Yes,
    /// It is set aside and written anew.
    No,
}

/// The decision once both have been read.
pub(super) fn weigh(facts: &Facts) -> Plan {
    let journal = match (facts.agree, facts.journal > facts.copy) {
        _ if facts.usable && facts.agree => Go::On,
        (true, true) => Go::Anew(Source::Journal, facts.journal),
        _ => Go::Anew(Source::Copy, facts.copy),
    };
    Plan { journal, copy: if facts.copy_whole { Keep::Yes } else { Keep::No } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_read_whole_only_where_their_ends_do_not_agree() {
        for copy in [Copy::Absent, Copy::Known, Copy::Unknown, Copy::Broken] {
            assert_eq!(first(Journal::Unusable, copy), First::Weigh, "{copy:?}");
            let absent = if copy == Copy::Absent { First::GoOn } else { First::Weigh };
            assert_eq!(first(Journal::Absent, copy), absent, "{copy:?}");
            let opens = if matches!(copy, Copy::Absent | Copy::Known) { First::GoOn } else { First::Weigh };
            assert_eq!(first(Journal::Opens, copy), opens, "{copy:?}");
        }
    }

    #[test]
    fn the_longer_sound_part_fills_a_new_journal_and_the_copy_decides_where_they_differ() {
        let check = |journal: u64, usable: bool, copy: u64, copy_whole: bool, agree: bool, expected: (Go, Keep)| {
            let found = weigh(&Facts { journal, usable, copy, copy_whole, agree });
            assert_eq!((found.journal, found.copy), expected, "{journal} {usable} {copy} {copy_whole} {agree}");
        };
        let (from_copy, from_journal) = (|n| Go::Anew(Source::Copy, n), |n| Go::Anew(Source::Journal, n));
        // Cut, or an old copy restored; replaced by something else, shorter or longer.
        check(80, true, 100, true, false, (from_copy(100), Keep::Yes));
        check(80, true, 100, false, false, (from_copy(100), Keep::No));
        check(200, true, 100, true, false, (from_copy(100), Keep::Yes));
        // The copy alone is damaged.
        check(100, true, 60, false, true, (Go::On, Keep::No));
        check(100, true, 0, false, true, (Go::On, Keep::No));
        // The journal is gone, or damaged near its beginning.
        check(0, false, 100, true, false, (from_copy(100), Keep::Yes));
        check(30, false, 100, true, false, (from_copy(100), Keep::Yes));
        // Both are damaged.
        check(70, false, 60, false, true, (from_journal(70), Keep::No));
        check(50, false, 60, false, false, (from_copy(60), Keep::No));
        check(60, false, 60, false, true, (from_copy(60), Keep::No));
        // There is no copy, or it is behind.
        check(70, false, 0, true, true, (from_journal(70), Keep::Yes));
        check(70, false, 60, true, true, (from_journal(70), Keep::Yes));
        check(0, false, 0, true, true, (from_copy(0), Keep::Yes));
    }
}
