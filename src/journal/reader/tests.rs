//! Every question, and recovery, is answered through indexes: never by reading the whole history.

use rusqlite::params_from_iter;

use super::*;
use crate::journal::store::Store;
use crate::model::outcome::{Kind, Outcome};

/// SQLite's plan for a statement, one step a line.
fn plan(conn: &Connection, sql: &str, args: &[Value]) -> String {
    let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let steps = statement.query_map(params_from_iter(args), |row| row.get::<_, String>(3)).unwrap();
    steps.map(Result::unwrap).collect::<Vec<_>>().join("\n")
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join(FILE)).unwrap();
    (folder, store)
}

#[test]
fn questions_use_the_index_that_fits() {
    let (_folder, store) = store();
    let time = Some(Timestamp::UNIX_EPOCH);
    let any = AiringQuery { limit: 100, ..AiringQuery::default() };
    let commune: Option<crate::model::id::CommuneId> = Some("an-xuan".parse().unwrap());
    let check = |query: AiringQuery, expected: &str, sorts: bool| {
        let (sql, args) = sql_of(&query, 101);
        let plan = plan(store.connection(), &sql, &args);
        assert!(plan.contains(expected), "{plan}");
        assert!(plan.contains("SEARCH entry USING INTEGER PRIMARY KEY (rowid=?)"), "{plan}");
        assert_eq!(plan.contains("TEMP B-TREE"), sorts, "{plan}");
    };
    // Without a filter: from the newest row downwards, as far as the limit.
    check(any.clone(), "SCAN airing", false);
    check(AiringQuery { before: Some(9), ..any.clone() }, "SEARCH airing USING INTEGER PRIMARY KEY (rowid<?)", false);
    check(AiringQuery { commune: commune.clone(), ..any.clone() }, "airing_commune (commune=?)", false);
    check(AiringQuery { slot: Some("x".parse().unwrap()), ..any.clone() }, "airing_slot (slot=?)", false);
    check(AiringQuery { outcome: Some(Outcome::Missed), ..any.clone() }, "airing_outcome (outcome=?)", false);
    check(AiringQuery { kind: Some(Kind::Manual), ..any.clone() }, "airing_kind (kind=?)", false);
    let topic = AiringQuery { topic: Some("y-te".parse().unwrap()), ..any.clone() };
    check(topic, "SEARCH airing_topic USING PRIMARY KEY (topic=?)", false);
    let week = AiringQuery { from: time, until: time, commune, ..any };
    check(week, "airing_planned (planned_at>? AND planned_at<?)", true);
}

#[test]
fn recovery_never_scans_the_history() {
    let (_folder, store) = store();
    for sql in crate::journal::recovery::STATEMENTS {
        let plan = plan(store.connection(), sql, &vec![Value::Null; sql.matches('?').count()]);
        // The tables of open airings, clips, queues and marks are as small as what they speak of.
        for large in ["SCAN airing", "SCAN entry", "SCAN day_used"] {
            assert!(!plan.contains(large) || sql.ends_with("LIMIT 1"), "{sql}: {plan}");
        }
    }
}

#[test]
fn the_ledger_is_read_by_its_months_and_written_without_searching() {
    let (_folder, store) = store();
    for sql in crate::journal::ledger::STATEMENTS {
        let plan = plan(store.connection(), sql, &vec![Value::Null; sql.matches('?').count().min(3)]);
        assert!(plan.starts_with("SEARCH") && !plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{sql}: {plan}");
    }
}
