//! Questions to the log, held against a plain filter over all rows.

use loaphuong::journal::Reader;
use loaphuong::model::airing::Airing;
use loaphuong::model::id::AiringId;
use loaphuong::model::outcome::{Kind, Outcome};
use loaphuong::model::query::{AiringQuery, Records as _};

use crate::support::{Journal, airing, final_row, id, missed, moment};

/// Three hundred rows that differ in everything that can be asked for; not in the order in which they were planned.
fn rows() -> Vec<Airing> {
    let row = |n: i64| {
        let minute = n * 7 % 300;
        let mut row = if n % 3 == 0 { missed(minute) } else { airing(minute, "a/b.mp3") };
        row.head.commune = ["an-xuan", "an-thu"][usize::try_from(n % 2).unwrap()].parse().unwrap();
        row.head.slot = (n % 4 > 0).then(|| ["sang", "chieu", "toi"][usize::try_from(n % 3).unwrap()].parse().unwrap());
        row.head.kind = match n % 8 {
            0 => Kind::Manual,
            3 => Kind::Campaign,
            4 => Kind::MakeGood,
            _ => Kind::Scheduled,
        };
        row.head.topics = ["y-te", "y-te", "bhxh"]
            .iter()
            .skip(usize::try_from(n % 5).unwrap().min(3))
            .map(|t| t.parse().unwrap())
            .collect();
        row
    };
    (0..300).map(row).collect()
}

fn holds(query: &AiringQuery, row: &Airing) -> bool {
    let (head, at) = (&row.head, row.head.planned_at.at);
    query.from.is_none_or(|t| at >= t)
        && query.until.is_none_or(|t| at < t)
        && query.commune.as_ref().is_none_or(|c| &head.commune == c)
        && query.slot.as_ref().is_none_or(|s| head.slot.as_ref() == Some(s))
        && query.topic.as_ref().is_none_or(|t| head.topics.contains(t))
        && query.outcome.is_none_or(|o| row.outcome == o)
        && query.kind.is_none_or(|k| head.kind == k)
}

/// All pages of an answer, joined.
fn pages(reader: &Reader, query: &AiringQuery) -> Vec<u64> {
    let (mut query, mut seqs) = (query.clone(), Vec::new());
    loop {
        let page = reader.airings(&query).unwrap();
        assert!(page.rows.len() <= query.limit);
        seqs.extend(page.rows.iter().map(|r| r.seq));
        match page.next {
            Some(next) => query.before = Some(next),
            None => return seqs,
        }
    }
}

#[test]
fn every_filter_and_page_gives_what_a_plain_search_gives() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path());
    let rows = rows();
    journal.store(rows.iter().map(|r| final_row(400, r.clone())).collect());
    let nano = jiff::SignedDuration::from_nanos(1);
    let times = [None, Some(moment(100).at), Some(moment(101).at + nano), Some(moment(200).at - nano)];
    let mut asked = 0;
    let kinds = [None, Some(Kind::Scheduled), Some(Kind::Campaign), Some(Kind::MakeGood)];
    for (mask, kind) in (0..16_u32).flat_map(|mask| kinds.map(|kind| (mask, kind))) {
        let on = |bit: u32| mask >> bit & 1 == 1;
        for from in times {
            for until in times {
                let query = AiringQuery {
                    from,
                    until,
                    commune: on(0).then(|| "an-xuan".parse().unwrap()),
                    slot: on(1).then(|| "chieu".parse().unwrap()),
                    topic: on(2).then(|| "y-te".parse().unwrap()),
                    outcome: on(3).then_some(Outcome::Aired),
                    kind,
                    limit: 17,
                    before: None,
                };
                let found = (1_u64..).zip(&rows).filter(|(_, row)| holds(&query, row)).map(|(seq, _)| seq);
                let mut expected: Vec<u64> = found.collect();
                expected.reverse();
                assert_eq!(pages(&journal.opened.reader, &query), expected, "{query:?}");
                asked += usize::from(!expected.is_empty());
            }
        }
    }
    assert!(asked > 100, "{asked}");
    journal.close();
}

#[test]
fn one_row_by_its_id_and_entries_by_number() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path());
    journal.store((0..50).map(|n| final_row(n, missed(n))).collect());
    let reader = &journal.opened.reader;
    assert_eq!(reader.airing(&id(30)).unwrap().unwrap().airing, missed(30));
    assert_eq!(reader.airing(&AiringId::quoted("x' OR 1=1 --")).unwrap(), None);
    let links = reader.links(45, 3).unwrap();
    assert_eq!(links.iter().map(|l| l.seq).collect::<Vec<_>>(), [46, 47, 48]);
    assert_eq!(reader.links(50, 3).unwrap(), []);
    assert_eq!(reader.links(u64::MAX, 3).unwrap(), []);
    journal.close();
}
