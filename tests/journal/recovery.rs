//! What a daemon that starts is told of the one before it.

use std::collections::BTreeMap;

use loaphuong::model::airing::{Airing, Head, Role};
use loaphuong::model::entry::{Entry, Reached};
use loaphuong::model::id::{AiringId, Revision};
use loaphuong::model::outcome::{Kind, Outcome};
use loaphuong::model::recovery::{Recovery, SessionEnd, Usage};
use loaphuong::model::units::Seconds;

use crate::support::{
    Journal, airing, checkpoint, final_row, head, id, item, missed, moment, planned, session, started,
};

const CLIP: &str = "bhxh-tu-nguyen/loi-ich.mp3";

/// Writes the batches, ends, and opens anew.
fn after(batches: Vec<Vec<Entry>>) -> Recovery {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path());
    assert_eq!(journal.opened.recovery, Recovery::default());
    for batch in batches {
        journal.store(batch);
    }
    journal.close();
    let journal = Journal::open(state.path());
    let recovery = journal.opened.recovery.clone();
    journal.close();
    recovery
}

#[test]
fn sessions_end_cleanly_or_not() {
    let ended = Entry::SessionEnded { at: moment(9) };
    let session_of = |entries| after(vec![entries]).last_session.unwrap();
    assert_eq!(session_of(vec![session(0)]).end, SessionEnd::Abrupt);
    assert_eq!(session_of(vec![session(0), ended.clone()]).end, SessionEnd::Clean);
    let last = session_of(vec![session(0), ended, session(20), final_row(25, missed(21))]);
    assert_eq!((last.end, last.boot_id.as_str()), (SessionEnd::Abrupt, "boot-20"));
    assert_eq!((last.last_entry, last.cursor), (moment(25).at, moment(21).at));
}

#[test]
fn the_cursor_is_the_latest_time_before_which_all_is_settled() {
    let cursor = |entries: Vec<Entry>| {
        let recovery = after(vec![entries]);
        let settled: Vec<_> = recovery.settled.into_iter().collect();
        (recovery.last_session.unwrap().cursor, settled)
    };
    let configured = Entry::Configured { at: moment(7), revision: Revision("sha256:2".to_owned()), from: moment(7) };
    assert_eq!(cursor(vec![session(0)]), (moment(0).at, vec![]));
    assert_eq!(cursor(vec![session(0), configured.clone()]), (moment(7).at, vec![]));
    // Another schedule looks again at what was taken ahead of its time; what has its row keeps it.
    let taken = vec![session(60), final_row(9, missed(8)), configured];
    assert_eq!(cursor(taken), (moment(7).at, vec![id(8)]));
    assert_eq!(cursor(vec![session(0), final_row(9, missed(5))]), (moment(5).at, vec![id(5)]));
    // Two at the same minute, one ended and one open, and one before.
    let mut twin = missed(5);
    twin.head.id = loaphuong::model::id::AiringId::quoted("an-xuan/khac@2026-11-23T05:35");
    let two = vec![session(0), final_row(4, missed(3)), planned(5, CLIP), final_row(5, twin.clone())];
    assert_eq!(cursor(two), (moment(5).at, vec![twin.head.id, id(5)]));
    // Planned ahead of its time: something else may still be due before it.
    let Entry::Planned { head, items, outputs, .. } = planned(5, CLIP) else { unreachable!() };
    let ahead = Entry::Planned { at: moment(3), head, items, outputs };
    assert_eq!(cursor(vec![session(0), ahead]), (moment(3).at, vec![id(5)]));
    // A clock that went back does not bring back what was settled.
    assert_eq!(cursor(vec![session(60), final_row(1, missed(1))]), (moment(60).at, vec![]));
}

#[test]
fn an_interrupted_airing_is_open_with_all_that_is_known_of_it() {
    let recovery = after(vec![
        vec![session(0), planned(1, "a/before.mp3"), final_row(2, airing(1, "a/before.mp3"))],
        vec![planned(5, CLIP), started(5, "loa-phuong")],
        vec![checkpoint(5, 6, &[("loa-phuong", 5.0), ("loa-thon", 4.0)])],
        vec![started(5, "loa-thon"), checkpoint(5, 7, &[("loa-phuong", 10.0)])],
        vec![planned(8, CLIP)],
    ]);
    assert_eq!(recovery.open.len(), 2);
    let open = &recovery.open[0];
    assert_eq!((&open.head, &open.items), (&head(5), &vec![item(CLIP)]));
    let device = |o: &str| (o.parse().unwrap(), (moment(5), format!("plughw:CARD={o}")));
    assert_eq!(open.started, BTreeMap::from([device("loa-phuong"), device("loa-thon")]));
    let reached = |o: &str, s| Reached { output: o.parse().unwrap(), played_s: vec![Seconds(s)] };
    assert_eq!(open.reached, [reached("loa-phuong", 10.0), reached("loa-thon", 4.0)]);
    assert_eq!(open.last_seen, Some(moment(7)));
    let untouched = &recovery.open[1];
    assert_eq!((untouched.started.len(), untouched.reached.len(), untouched.last_seen), (0, 0, None));
}

#[test]
fn history_knows_what_aired_and_what_was_drawn() {
    let (commune, queue) = ("an-xuan".parse().unwrap(), "bhxh".parse().unwrap());
    let mut trial = airing(30, "a/trial.mp3");
    (trial.head.kind, trial.head.queue) = (Kind::Trial, None);
    let mut broken = airing(20, "a/broken.mp3");
    (broken.outcome, broken.items[0].outcome) = (Outcome::Partial, Outcome::Partial);
    let mut jingle = item("jingles/intro.mp3");
    jingle.role = Role::Intro;
    let Entry::Planned { at, head, outputs, .. } = planned(40, CLIP) else { unreachable!() };
    let last = Entry::Planned { at, head, items: vec![jingle, item("a/next.mp3")], outputs };
    let recovery = after(vec![vec![
        session(0),
        final_row(6, airing(5, CLIP)),
        final_row(16, airing(15, CLIP)),
        final_row(21, broken),
        final_row(31, trial),
        last,
    ]]);
    let history = &recovery.history;
    assert_eq!(history.last_aired, BTreeMap::from([(CLIP.parse().unwrap(), moment(15).at)]));
    assert_eq!(history.last_drawn, BTreeMap::from([((commune, queue), "a/next.mp3".parse().unwrap())]));
}

#[test]
fn a_final_row_does_not_draw_again_what_was_drawn_when_it_was_planned() {
    let recovery = after(vec![vec![
        planned(5, "a/first.mp3"),
        planned(6, "a/second.mp3"),
        final_row(8, airing(5, "a/first.mp3")),
    ]]);
    assert_eq!(recovery.history.last_drawn.values().next().unwrap().as_str(), "a/second.mp3");
}

#[test]
fn usage_is_of_yesterday_today_and_tomorrow_and_of_the_schedule() {
    let day = 24 * 60;
    let mut manual = airing(3 * day + 5, CLIP);
    manual.head.kind = Kind::Manual;
    let recovery = after(vec![vec![
        final_row(1, airing(0, CLIP)),
        final_row(2 * day, airing(2 * day, CLIP)),
        final_row(3 * day, airing(3 * day, CLIP)),
        final_row(3 * day + 2, airing(3 * day + 2, CLIP)),
        final_row(3 * day + 3, missed(3 * day + 3)),
        final_row(3 * day + 6, manual),
    ]]);
    let key = |m| ("an-xuan".parse().unwrap(), moment(m).local().date());
    let expected = BTreeMap::from([
        (key(2 * day), Usage { airings: 1, seconds: 62.1 }),
        (key(3 * day), Usage { airings: 2, seconds: 124.2 }),
    ]);
    assert_eq!(recovery.history.usage, expected);
}

/// What a campaign, or a shortage of a quota, called for at that minute: planned, and whole.
fn campaign(minutes: i64) -> (Entry, Airing) {
    extra(minutes, |head| {
        (head.kind, head.campaign) = (Kind::Campaign, Some("cuoi-nam".parse().unwrap()));
    })
}

fn make_good(minutes: i64) -> (Entry, Airing) {
    extra(minutes, |head| {
        (head.kind, head.slot, head.queue) = (Kind::MakeGood, None, None);
        head.quota = Some("diem-sang".parse().unwrap());
        head.makes_good_for = Some(id(1));
        head.id = AiringId::new(&head.commune, "make-good:diem-sang", head.planned_at.local());
    })
}

fn extra(minutes: i64, change: impl Fn(&mut Head)) -> (Entry, Airing) {
    let Entry::Planned { at, mut head, items, outputs } = planned(minutes, CLIP) else { unreachable!() };
    change(&mut head);
    let row = Airing { head: (*head).clone(), ..airing(minutes, CLIP) };
    (Entry::Planned { at, head, items, outputs }, row)
}

#[test]
fn a_campaigns_airings_raise_the_cursor_and_make_goods_do_not() {
    let cursor = |entries: Vec<Entry>| {
        let recovery = after(vec![entries]);
        (recovery.last_session.unwrap().cursor, recovery.settled.into_iter().collect::<Vec<_>>())
    };
    let (open, ended) = campaign(30);
    assert_eq!(cursor(vec![session(0), open.clone()]), (moment(30).at, vec![id(30)]));
    assert_eq!(cursor(vec![session(0), open, final_row(31, ended)]), (moment(30).at, vec![id(30)]));
    // Nothing of the schedule is settled by a make-good: what is due before it may still air. That it was taken is
    // known all the same, open or ended.
    let (open, ended) = make_good(30);
    let taken = vec![ended.head.id.clone()];
    assert_eq!(cursor(vec![session(0), open.clone()]), (moment(0).at, taken.clone()));
    assert_eq!(cursor(vec![session(0), open, final_row(31, ended.clone())]), (moment(0).at, taken.clone()));
    assert_eq!(cursor(vec![session(0), final_row(31, ended)]), (moment(0).at, taken));
}

#[test]
fn a_make_good_cut_off_by_a_power_cut_is_open_with_what_it_replaces() {
    let (open, ended) = make_good(30);
    let output = |id: &str| {
        let Entry::Started { at, output, started_at, device, .. } = started(30, id) else { unreachable!() };
        Entry::Started { at, id: ended.head.id.clone(), output, started_at, device }
    };
    let recovery = after(vec![vec![session(0), open, output("loa-phuong")]]);
    let [found] = &recovery.open[..] else { panic!("{:?}", recovery.open) };
    assert_eq!((&found.head, found.started.len()), (&ended.head, 1));
    let (quota, lost) = (&found.head.quota, &found.head.makes_good_for);
    assert_eq!((quota, lost), (&Some("diem-sang".parse().unwrap()), &Some(id(1))));
    assert_eq!(recovery.history.last_drawn, BTreeMap::new(), "drawn from no queue");
}

#[test]
fn campaigns_and_make_goods_use_up_the_day_and_their_clips() {
    let (_, extra) = campaign(30);
    let (_, made_good) = make_good(60);
    let recovery = after(vec![vec![session(0), final_row(31, extra), final_row(61, made_good)]]);
    let usage: Vec<_> = recovery.history.usage.into_values().collect();
    assert_eq!(usage, [Usage { airings: 2, seconds: 124.2 }]);
    assert_eq!(recovery.history.last_aired, BTreeMap::from([(CLIP.parse().unwrap(), moment(60).at)]));
}
