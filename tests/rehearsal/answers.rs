//! What a rehearsal says of its quotas, and what the program answers from a real journal that holds the same entries.

use std::time::Duration;

use loaphuong::daemon::answers::{Known, verdicts};
use loaphuong::journal;
use loaphuong::model::compliance::{ComplianceQuery, PeriodSpan};
use loaphuong::model::entry::Entry;
use loaphuong::model::recovery::History;
use loaphuong::model::station::OutputKind;
use loaphuong::rehearsal::{Outage, Script, rehearse};

use crate::sample::{at, library, station};

#[test]
fn the_journal_answers_what_was_rehearsed() {
    let station = station(OutputKind::Device { name: None });
    let library = library();
    let script = Script {
        from: at("2026-11-23T00:00+07"),
        until: at("2027-03-01T00:00+07"),
        power_cuts: vec![Outage { from: at("2026-12-01T04:00+07"), until: at("2026-12-03T04:00+07") }],
        device_losses: vec![Outage { from: at("2027-01-12T10:00+07"), until: at("2027-01-14T10:00+07") }],
        seed: 5,
    };
    let mut entries: Vec<Entry> = Vec::new();
    let rehearsed = rehearse(&station, &library, &script, &mut |entry| entries.push(entry.clone()));

    let state = tempfile::tempdir().unwrap();
    let opened = journal::open(state.path(), &station.id, Box::new(|_| {})).unwrap();
    opened.writer.store(1, entries).unwrap();
    opened.writer.close(Duration::from_mins(2)).unwrap();
    let records = journal::Reader::open(state.path()).unwrap();
    let (history, now) = (History::default(), script.until);
    let known = Known { station: &station, library: &library, history: &history, underway: &[], now };
    let first = "2026-11-23".parse().unwrap();
    let span = PeriodSpan::Between(first, "2027-02-28".parse().unwrap());
    let answered = verdicts(&known, &records, &ComplianceQuery { span, ..ComplianceQuery::default() }).unwrap();

    assert!(answered.len() >= 14, "{} weeks", answered.len());
    assert_eq!(answered, rehearsed.verdicts);
    let made_good: u32 = answered.iter().map(|verdict| verdict.by_kind.make_good).sum();
    let lost: usize = answered.iter().map(|verdict| verdict.not_counted.len()).sum();
    assert!(made_good > 0 && lost > 0, "{made_good} made good, {lost} lost: a fair comparison");
}
