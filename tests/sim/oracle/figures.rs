//! I8: what counts for a quota, counted simply from the final rows, against what the station says of itself.

use std::collections::BTreeMap;

use jiff::Timestamp;
use loaphuong::compliance::{Facts, assess};
use loaphuong::model::airing::{Airing, Role};
use loaphuong::model::compliance::{Assessment, ComplianceQuery, PeriodSpan, Verdict};
use loaphuong::model::outcome::{Kind, Outcome};
use loaphuong::model::quota::{Count, Period, Quota, Share};
use loaphuong::model::station::Channel;
use loaphuong::rehearsal::World;

use super::Oracle;
use super::due::civil;

const DAY: i64 = 86_400;
const AHEAD: i64 = 7 * 3600;

/// Rows as far as they count, in the order of the journal.
#[derive(Debug, Default)]
pub(super) struct Figures {
    rows: Vec<Counted>,
}

#[derive(Debug)]
struct Counted {
    id: String,
    commune: String,
    /// Days since 1970, in Vietnam.
    day: i64,
    /// Where it was heard whole.
    channels: Vec<Channel>,
    /// Topics of each clip that was heard whole; each clip once.
    clips: BTreeMap<String, Vec<String>>,
}

impl Figures {
    pub(super) fn enter(&mut self, airing: &Airing) {
        let head = &airing.head;
        if !matches!(head.kind, Kind::Scheduled | Kind::Campaign | Kind::MakeGood) {
            return;
        }
        let aired = airing.outputs.iter().filter(|o| o.outcome == Outcome::Aired);
        let whole = airing.items.iter().filter(|i| i.plan.role == Role::Clip && i.outcome == Outcome::Aired);
        let topics = |i: &loaphuong::model::airing::Item| i.plan.topics.iter().map(ToString::to_string).collect();
        self.rows.push(Counted {
            id: head.id.to_string(),
            commune: head.commune.to_string(),
            day: day_of(head.planned_at.at),
            channels: aired.map(|o| o.channel).collect(),
            clips: whole.map(|i| (i.plan.clip.to_string(), topics(i))).collect(),
        });
    }

    fn count(&self, commune: &str, quota: &Quota, days: (i64, i64)) -> (u32, Vec<u32>, Vec<String>) {
        let mine = self.rows.iter().filter(|r| r.commune == commune && days.0 <= r.day && r.day <= days.1);
        let rows: Vec<&Counted> = mine.filter(|r| r.channels.contains(&quota.channel)).collect();
        let worth = |clips: usize| match quota.count {
            Count::Airings => usize::from(clips > 0),
            Count::Clips => clips,
        };
        let all = match quota.count {
            Count::Airings => rows.len(),
            Count::Clips => rows.iter().map(|r| r.clips.len()).sum(),
        };
        let part = |share: &Share| {
            let Share::Topic(topic) = share else { return 0 };
            let of = |r: &&Counted| r.clips.values().filter(|topics| topics.contains(&topic.to_string())).count();
            rows.iter().map(|r| worth(of(r))).sum()
        };
        let parts = quota.at_least.iter().map(|m| u32::try_from(part(&m.share)).unwrap()).collect();
        let mut ids: Vec<String> = rows.iter().map(|r| r.id.clone()).collect();
        ids.sort();
        (u32::try_from(all).unwrap(), parts, ids)
    }
}

/// Days since 1970 of the local day.
fn day_of(at: Timestamp) -> i64 {
    (at.as_second() + AHEAD).div_euclid(DAY)
}

/// First and last day of the period in which a day lies; only weeks and months.
fn period(quota: &Quota, day: i64) -> Option<(i64, i64)> {
    use loaphuong::model::quota::Closing;
    match quota.period {
        Period::Week => {
            let monday = day - (day + 3).rem_euclid(7);
            Some((monday, monday + 6))
        }
        Period::Month(closing) => {
            let closes = |day: i64| match closing {
                Closing::LastDay => civil(day + 1).2 == 1,
                Closing::Day(on) => civil(day).2 == i64::from(on),
            };
            let last = (day..day + 32).find(|d| closes(*d))?;
            let first = (day - 32..day).rev().find(|d| closes(*d))? + 1;
            Some((first, last))
        }
        _ => None,
    }
}

impl Oracle {
    /// What the status says of the current periods. Nothing is on its way to the disk, and the books are open.
    pub(crate) fn quotas(&mut self, world: &World) {
        // While the clock cannot be believed, the last verdicts stand.
        let status = world.engine.status(world.now);
        let believed = self.clock_right && status.clock.trusted;
        let books_open = world.disk.underway() == 0 && world.library.scanned_at.is_some() && believed;
        if !books_open || world.station.zone_name != "Asia/Ho_Chi_Minh" {
            return;
        }
        let today = day_of(world.now.wall);
        for assessment in status.quotas {
            self.assessment(world, &assessment, today);
        }
    }

    /// What the answer over all periods says, from the rows that the journal keeps.
    pub(super) fn all_periods(&mut self, world: &World) {
        let zone = &world.station.zone;
        if world.station.zone_name != "Asia/Ho_Chi_Minh" || world.station.communes.iter().all(|c| c.quotas.is_empty()) {
            return;
        }
        let dates = [self.first, world.now.wall].map(|at| zone.to_datetime(at).date());
        let rows = world.disk.memory().ledger(jiff::civil::Date::MIN);
        let (station, library, history) = (&*world.station, &*world.library, world.engine.history());
        let facts = Facts { station, library, history, rows: &rows, underway: &[], now: world.now.wall };
        let query = ComplianceQuery { span: PeriodSpan::Between(dates[0], dates[1]), ..ComplianceQuery::default() };
        for assessment in assess(&facts, &query) {
            let first = assessment.from.to_zoned(zone.clone()).expect("a day").timestamp();
            self.assessment(world, &assessment, day_of(first));
        }
    }

    fn assessment(&mut self, world: &World, said: &Assessment, day: i64) {
        let commune = world.station.commune(&said.commune);
        let Some(quota) = commune.and_then(|c| c.quota(&said.quota)) else {
            self.must(false, || format!("I8: a verdict on what nobody asks: {}", said.quota));
            return;
        };
        let Some(days) = period(quota, day) else { return };
        let (aired, parts, ids) = self.figures.count(said.commune.as_str(), quota, days);
        let (label, wall) = (format!("{} {}", said.quota, said.period), world.now.wall);
        let missing = quota.airings.saturating_sub(aired);
        let same = (said.required, said.aired, said.missing) == (quota.airings, aired, missing);
        self.must(same, || {
            format!("I8: {label} at {wall}: {}/{} are said, counted {aired}: {ids:?}", said.aired, said.required)
        });
        let said_parts: Vec<u32> = said.at_least.iter().map(|part| part.aired).collect();
        self.must(said_parts == parts, || format!("I8: {label} at {wall}: shares {said_parts:?}, counted {parts:?}"));
        let mut said_ids: Vec<String> = said.counted.iter().map(ToString::to_string).collect();
        said_ids.sort();
        self.must(said_ids == ids, || format!("I8: {label} at {wall}: {said_ids:?} count, and should {ids:?}"));
        let enough = aired >= quota.airings && quota.at_least.iter().zip(&parts).all(|(m, have)| *have >= m.required);
        let met = said.verdict == Verdict::Met;
        self.must(met == enough, || format!("I8: {label} at {wall}: {} with {aired} and {parts:?}", said.verdict));
        let over = days.1 < day_of(world.now.wall);
        let failed = said.verdict == Verdict::Failed;
        self.must(failed == (over && !enough), || format!("I8: {label} at {wall}: {}, over: {over}", said.verdict));
    }
}
