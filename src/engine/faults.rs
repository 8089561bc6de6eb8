//! The board of standing faults: raised once, kept since when, cleared once; each change has its journal entry. Pure.

use std::collections::BTreeMap;

use crate::model::entry::Entry;
use crate::model::fault::Fault;
use crate::model::outcome::Reason;
use crate::model::text::Text;
use crate::model::time::Moment;

/// Cause and remedy of a fault.
pub(super) struct Words {
    pub(super) message: Text,
    pub(super) remedy: Text,
}

/// The faults that stand, by code and subject.
#[derive(Debug, Clone, Default)]
pub(super) struct Board(BTreeMap<(String, Option<String>), Fault>);

impl Board {
    /// Raises a fault; of one that stands already only the words are brought up to date.
    pub(super) fn raise(&mut self, at: Moment, code: &str, subject: Option<&str>, words: Words) -> Option<Entry> {
        let key = (code.to_owned(), subject.map(str::to_owned));
        if let Some(standing) = self.0.get_mut(&key) {
            (standing.message, standing.remedy) = (words.message, words.remedy);
            return None;
        }
        let (code, subject) = key.clone();
        let fault = Fault { code, subject, since: at, message: words.message, remedy: words.remedy };
        self.0.insert(key, fault.clone());
        Some(Entry::FaultRaised { at, fault })
    }

    /// Clears a fault; one that does not stand is none.
    pub(super) fn clear(&mut self, at: Moment, code: &str, subject: Option<&str>) -> Option<Entry> {
        let key = (code.to_owned(), subject.map(str::to_owned));
        self.0.remove(&key).map(|f| Entry::FaultCleared { at, code: f.code, subject: f.subject })
    }

    /// Does this one stand?
    pub(super) fn stands(&self, code: &str, subject: Option<&str>) -> bool {
        self.0.keys().any(|(c, s)| c == code && s.as_deref() == subject)
    }

    /// Does one of these stand that concerns this subject?
    pub(super) fn has_any(&self, reasons: &[Reason], subject: &str) -> bool {
        let named = |code: &str| reasons.iter().any(|reason| reason.code() == code);
        self.0.keys().any(|(code, s)| s.as_deref() == Some(subject) && named(code))
    }

    /// What the faults of this name concern that stand.
    pub(super) fn subjects(&self, reason: Reason) -> Vec<String> {
        let of_name = self.0.keys().filter(|(code, _)| code == reason.code());
        of_name.filter_map(|(_, subject)| subject.clone()).collect()
    }

    /// Does anything stand that concerns this subject?
    pub(super) fn concerns(&self, subject: &str) -> bool {
        self.0.keys().any(|(_, s)| s.as_deref() == Some(subject))
    }

    /// All that stands, oldest first.
    pub(super) fn all(&self) -> Vec<Fault> {
        let mut all: Vec<Fault> = self.0.values().cloned().collect();
        all.sort_by_key(|f| f.since.at);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_stands_by_its_code_and_its_subject() {
        let mut board = Board::default();
        let zone = jiff::tz::TimeZone::UTC;
        let words = || Words { message: Text::new("Lỗi", "Fault"), remedy: Text::new("Xem", "Look") };
        let at = Moment::of("2026-11-23T05:00:00Z".parse().unwrap(), &zone);
        assert!(board.raise(at, "device_absent", Some("loa"), words()).is_some());
        assert!(board.raise(at, "device_absent", Some("loa"), words()).is_none(), "it stands already");
        let stands = [
            ("device_absent", Some("loa")),
            ("device_absent", Some("khac")),
            ("disk_full", Some("loa")),
            ("disk_full", None),
        ];
        assert_eq!(stands.map(|(code, subject)| board.stands(code, subject)), [true, false, false, false]);
        assert!(board.clear(at, "device_absent", None).is_none());
        assert!(board.clear(at, "device_absent", Some("loa")).is_some());
        assert!(board.clear(at, "device_absent", Some("loa")).is_none(), "it is over already");
    }
}
