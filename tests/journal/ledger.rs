//! The ledger says exactly what the rows say, for any rows, days and communes.

use std::path::Path;

use jiff::civil::{Date, date};
use jiff::tz::{TimeZone, offset};
use loaphuong::journal::{FILE, OpenError, Reader, verify};
use loaphuong::model::airing::{Airing, Item, OutputResult, Role};
use loaphuong::model::id::{AiringId, CommuneId};
use loaphuong::model::ledger::LedgerRow;
use loaphuong::model::outcome::{Kind, Outcome};
use loaphuong::model::query::Records as _;
use loaphuong::model::station::Channel;
use loaphuong::model::time::Moment;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::support::{Journal, airing, final_row, item, missed, moment, planned, session, tamper};

const EVER: (Date, Date) = (Date::MIN, Date::MAX);

fn slugs<T: std::str::FromStr<Err: std::fmt::Debug> + Clone + std::fmt::Debug + 'static>(
    of: &'static [&str],
    most: usize,
) -> impl Strategy<Value = Vec<T>> {
    subsequence(of.to_vec(), 0..=most).prop_map(|some| some.into_iter().map(|s| s.parse().unwrap()).collect())
}

fn language() -> impl Strategy<Value = Option<String>> {
    select(vec![None, Some("vi"), Some("hmn"), Some("zh-Hant-TW")]).prop_map(|tag| tag.map(str::to_owned))
}

fn any_item() -> impl Strategy<Value = Item> {
    let clip = select(vec!["a/b.mp3", "a/c.mp3", "y-te/Sức khỏe \"mẹ & bé\".mp3", "x.ogg"]);
    let role = select(vec![Role::Intro, Role::Clip, Role::Clip, Role::Clip, Role::Outro]);
    let outcome = select(vec![Outcome::Aired, Outcome::Aired, Outcome::Partial, Outcome::Missed]);
    let about = (slugs(&["bhxh", "y-te", "an-ninh"], 3), language(), slugs(&["hssv", "phu-nu"], 2));
    (clip, role, outcome, about).prop_map(|(clip, role, outcome, (topics, language, audience))| {
        let mut whole = airing(0, clip).items.remove(0);
        (whole.plan.role, whole.plan.topics, whole.plan.language) = (role, topics, language);
        (whole.plan.audience, whole.outcome) = (audience, outcome);
        whole
    })
}

fn any_output() -> impl Strategy<Value = OutputResult> {
    let channel = select(vec![Channel::Commune, Channel::Village, Channel::Mobile]);
    (channel, select(Outcome::ALL)).prop_map(|(channel, outcome)| OutputResult {
        channel,
        outcome,
        ..airing(0, "a/b.mp3").outputs.remove(0)
    })
}

/// Rows that differ in all that the ledger holds; some are due at the same time, some by another offset.
fn any_airing() -> impl Strategy<Value = Airing> {
    let due = (0_i64..90, 0_i64..6, select(vec![7_i8, 7, 7, -5, 14]));
    let who = (select(vec!["an-xuan", "an-thu"]), select(Kind::ALL), slugs(&["sang", "trua", "toi"], 1));
    let about = (slugs(&["bhxh", "y-te", "an-ninh"], 3), language());
    let lost = select(vec![None, None, Some(false), Some(true)]);
    let went = (prop::collection::vec(any_item(), 0..4), prop::collection::vec(any_output(), 0..5));
    (due, who, about, lost, went).prop_map(
        |(due, (commune, kind, slot), (topics, language), lost, (items, outputs))| {
            let mut row = airing(due.0 * 24 * 60 + due.1 * 240, "a/b.mp3");
            let head = &mut row.head;
            head.planned_at = Moment::of(head.planned_at.at, &TimeZone::fixed(offset(due.2)));
            (head.commune, head.kind, head.slot) = (commune.parse().unwrap(), kind, slot.into_iter().next());
            (head.topics, head.language) = (topics, language);
            head.campaign = (kind == Kind::Campaign).then(|| "cuoi-nam".parse().unwrap());
            head.quota = lost.map(|_| "diem-sang".parse().unwrap());
            head.makes_good_for =
                lost.filter(|known| *known).map(|_| AiringId::quoted("an-xuan/sang@2026-11-23T05:30"));
            (row.items, row.outputs) = (items, outputs);
            row
        },
    )
}

/// What the ledger must answer: entry n + 1 is row n.
fn expected(rows: &[Airing], commune: Option<&CommuneId>, from: Date, until: Date) -> Vec<LedgerRow> {
    let mut rows: Vec<LedgerRow> = rows.iter().map(LedgerRow::from).collect();
    rows.retain(|row| from <= row.date && row.date <= until && commune.is_none_or(|c| &row.commune == c));
    rows.sort_by_key(|row| row.planned_at);
    rows
}

fn ledger(state: &Path) -> Vec<LedgerRow> {
    Reader::open(state).unwrap().ledger(None, EVER.0, EVER.1).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_ledger_is_what_the_rows_say(mut rows in prop::collection::vec(any_airing(), 1..120), days in (0_i32..100, 0_i32..40)) {
        for (n, row) in rows.iter_mut().enumerate() {
            row.head.id = AiringId::new(&row.head.commune, &format!("so-{n}"), row.head.planned_at.local());
        }
        let state = tempfile::tempdir().unwrap();
        let journal = Journal::open(state.path());
        for batch in rows.chunks(7) {
            journal.store(batch.iter().map(|row| final_row(9, row.clone())).collect());
        }
        let reader = &journal.opened.reader;
        let from = date(2026, 11, 20).checked_add(jiff::Span::new().days(days.0)).unwrap();
        let until = from.checked_add(jiff::Span::new().days(days.1)).unwrap();
        let an_xuan = "an-xuan".parse().unwrap();
        for commune in [None, Some(&an_xuan)] {
            for (from, until) in [EVER, (from, until), (from, from), (until, from.yesterday().unwrap())] {
                let expected = expected(&rows, commune, from, until);
                prop_assert_eq!(reader.ledger(commune, from, until).unwrap(), expected);
            }
        }
        let file = state.path().join(FILE);
        journal.close();
        prop_assert!(verify(&file).is_ok());
    }
}

/// As the program wrote it that knew no ledger.
fn make_version_1(state: &Path) {
    tamper(state, "DROP TABLE ledger_page; DROP TABLE ledger_word; UPDATE mark SET value = 1 WHERE name = 'version'");
}

#[test]
fn an_older_journal_is_arranged_anew_and_answers_the_same() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path());
    let rows: Vec<Airing> =
        (0..500).map(|n| if n % 3 == 0 { missed(n * 60) } else { airing(n * 60, "a/b.mp3") }).collect();
    journal.store(rows.iter().map(|row| final_row(9, row.clone())).collect());
    journal.close();
    make_version_1(state.path());
    assert!(matches!(Reader::open(state.path()), Err(OpenError::Outdated)), "only the daemon brings it up to date");
    assert_eq!(verify(&state.path().join(FILE)).unwrap().entries, 500, "and its chain is whole all the same");
    let journal = Journal::open(state.path());
    let found = journal.opened.reader.ledger(None, EVER.0, EVER.1).unwrap();
    assert_eq!(found, expected(&rows, None, EVER.0, EVER.1));
    journal.store(vec![final_row(9, missed(7))]);
    assert_eq!(journal.opened.reader.ledger(None, EVER.0, EVER.1).unwrap().len(), 501);
    journal.close();
    verify(&state.path().join(FILE)).unwrap();
}

#[test]
fn nobody_is_answered_from_a_ledger_that_another_version_arranged() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path());
    journal.store(vec![final_row(9, missed(7))]);
    let other = rusqlite::Connection::open(state.path().join(FILE)).unwrap();
    let mark = |version: i64| {
        other.execute("UPDATE mark SET value = ?1 WHERE name = 'version'", [version]).unwrap();
        journal.opened.reader.ledger(None, EVER.0, EVER.1)
    };
    let current = "SELECT value FROM mark WHERE name = 'version'";
    let current: i64 = other.query_row(current, [], |row| row.get(0)).unwrap();
    assert!(mark(current - 1).is_err());
    assert!(mark(current + 1).is_err());
    assert_eq!(mark(current).unwrap().len(), 1);
    drop(other);
    journal.close();
}

#[test]
fn rows_due_at_the_same_time_come_in_the_order_of_the_journal() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path());
    let row = |commune: &str, minute: i64, by: i8| {
        let mut row = missed(minute);
        row.head.commune = commune.parse().unwrap();
        row.head.id = AiringId::quoted(&format!("{commune}/x@{minute}"));
        row.head.planned_at = Moment::of(row.head.planned_at.at, &TimeZone::fixed(offset(by)));
        final_row(9, row)
    };
    let month = 30 * 24 * 60;
    journal.store(vec![row("b", 5, 7), row("a", 5, 7), row("c", 5, -5), row("b", 4, 7), row("a", month, 7)]);
    journal.close();
    let ids: Vec<String> = ledger(state.path()).iter().map(|row| row.id.to_string()).collect();
    assert_eq!(ids, ["b/x@4", "b/x@5", "a/x@5", "c/x@5", "a/x@43200"]);
}

#[test]
fn an_airing_that_is_not_over_is_not_in_it_and_a_second_final_row_neither() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path());
    journal.store(vec![session(0), planned(5, "a/b.mp3"), final_row(6, airing(4, "a/b.mp3"))]);
    journal.opened.writer.store(8, vec![final_row(7, missed(4))]).unwrap();
    journal.close();
    assert_eq!(ledger(state.path()), [LedgerRow::from(&airing(4, "a/b.mp3"))]);
    assert_eq!(item("a/b.mp3").clip, ledger(state.path())[0].clips[0].clip);
    assert_eq!(moment(4).local().date(), ledger(state.path())[0].date);
}

#[test]
fn a_ledger_that_cannot_be_read_is_an_error_and_no_shorter_answer() {
    let state = tempfile::tempdir().unwrap();
    for spoil in [
        "UPDATE ledger_page SET rows = substr(rows, 1, 20)",
        "UPDATE ledger_page SET rows = x'ffffffffffffffffffff'",
        "UPDATE ledger_page SET commune = 'AN XUAN'",
        "UPDATE ledger_page SET month = 202600",
        "UPDATE ledger_word SET n = n + 70",
        "UPDATE ledger_word SET text = '{' || n",
    ] {
        let journal = Journal::open(state.path());
        if journal.opened.recovery.last_session.is_none() {
            journal.store(vec![session(0), final_row(6, airing(4, "a/b.mp3"))]);
        }
        journal.close();
        tamper(state.path(), spoil);
        let answer = Reader::open(state.path()).unwrap().ledger(None, EVER.0, EVER.1);
        assert!(answer.is_err(), "{spoil}: {answer:?}");
        assert!(verify(&state.path().join(FILE)).is_err(), "{spoil}");
        tamper(state.path(), "UPDATE mark SET value = 0 WHERE name = 'version'");
    }
}
