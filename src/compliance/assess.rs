//! The verdicts: every quota and period that is asked about, held against rows and forecast. Pure.

use jiff::civil::Date;

use super::Facts;
use super::advice::advice;
use super::forecast::Simulation;
use super::make_good::{Plan, PlannedMakeGood, lacks, plan_all};
use super::period::{Span, named, period_on, periods};
use super::tally::{Book, Page};
use crate::model::compliance::{Assessment, ComplianceQuery, NotCounted, PeriodSpan, ShareAssessment, Verdict};
use crate::model::ledger::LedgerRow;
use crate::model::quota::{Minimum, Quota};
use crate::model::station::{Commune, Station};

/// The first day of the earliest period in which `today` lies, of any quota: from here on the ledger decides what is
/// still to be done. `today` where no quota binds.
#[must_use]
pub fn ledger_since(station: &Station, today: Date) -> Date {
    let quotas = station.communes.iter().flat_map(|commune| &commune.quotas);
    quotas.filter_map(|quota| period_on(quota, today)).map(|span| span.first).min().unwrap_or(today)
}

/// First and last day of the rows, of all communes, that [`assess`] needs for an answer; nothing if the answer is empty.
#[must_use]
pub fn ledger_span(station: &Station, query: &ComplianceQuery, today: Date) -> Option<(Date, Date)> {
    let asked = || asked(station, query, today).flat_map(|(_, _, spans)| spans);
    let (first, last) = (asked().map(|span| span.first).min()?, asked().map(|span| span.last).max()?);
    // What is to come depends on what is still owed now.
    let since = if last < today { first } else { ledger_since(station, today).min(first) };
    Some((since, last))
}

/// The verdicts: communes and quotas in the order of their files, periods by time. `facts.rows` has all rows of
/// [`ledger_span`].
#[must_use]
pub fn assess(facts: &Facts, query: &ComplianceQuery) -> Vec<Assessment> {
    let today = facts.today();
    let asked = asked(facts.station, query, today);
    let mut books: Vec<_> = asked.map(|(commune, quota, spans)| Book::of(facts, commune, quota, spans)).collect();
    let last = books.iter().filter_map(|book| book.pages.last()).map(|page| page.span.last).max();
    let plan = last.filter(|last| today <= *last).map(|last| foresee(facts, &mut books, last)).unwrap_or_default();
    let judged = |book: &Book| book.pages.iter().map(|page| judge(book, page, today, &plan)).collect::<Vec<_>>();
    books.iter().flat_map(judged).collect()
}

/// Which periods of which quotas a question is about.
fn asked<'a>(
    station: &'a Station,
    query: &'a ComplianceQuery,
    today: Date,
) -> impl Iterator<Item = (&'a Commune, &'a Quota, Vec<Span>)> {
    let communes = station.communes.iter().filter(|c| query.commune.as_ref().is_none_or(|id| *id == c.id));
    let quotas = communes.flat_map(|commune| commune.quotas.iter().map(move |quota| (commune, quota)));
    let wanted = quotas.filter(|(_, quota)| query.quota.as_ref().is_none_or(|id| *id == quota.id));
    wanted.map(move |(commune, quota)| {
        let spans = match &query.span {
            PeriodSpan::Current => period_on(quota, today).into_iter().collect(),
            PeriodSpan::Named(label) => named(quota, label).into_iter().collect(),
            PeriodSpan::Between(from, until) => periods(quota, *from, *until),
        };
        (commune, quota, spans)
    })
}

/// Fills in what is planned until the end of the day `last`.
fn foresee(facts: &Facts, books: &mut [Book], last: Date) -> Plan {
    let foreseen = |extra: &[PlannedMakeGood]| {
        let mut simulation = Simulation::new(facts, facts.now, last);
        simulation.run(facts.end_of(last), extra, |_| false);
        simulation
    };
    // Mostly the schedule suffices: then make-goods need not be looked for.
    let (mut simulation, mut plan) = (foreseen(&[]), Plan::default());
    if simulation.books.iter().any(|book| lacks(book, facts.today())) {
        plan = plan_all(facts);
    }
    if !plan.planned.is_empty() {
        simulation = foreseen(&plan.planned);
    }
    for book in books {
        let same = |other: &&Book| other.commune.id == book.commune.id && other.quota.id == book.quota.id;
        let Some(foreseen) = simulation.books.iter().find(same) else { continue };
        for page in book.pages.iter_mut().filter(|page| facts.today() <= page.span.last) {
            if let Some(same) = foreseen.page(page.span.last) {
                page.planned = same.planned.clone();
            }
        }
    }
    plan
}

fn judge(book: &Book, page: &Page, today: Date, plan: &Plan) -> Assessment {
    let Book { commune, quota, .. } = book;
    let (span, missing) = (&page.span, page.missing());
    let verdict = |required: u32, aired: u32, planned: u32| match () {
        () if span.is_exempt(quota) => Verdict::Exempt,
        () if aired >= required => Verdict::Met,
        () if span.last < today => Verdict::Failed,
        () if aired.saturating_add(planned) >= required => Verdict::OnTrack,
        () => Verdict::AtRisk,
    };
    let share = |(n, part): (usize, &Minimum)| {
        let (required, aired, planned) = (page.required.shares[n], page.aired.shares[n], page.planned.shares[n]);
        let (share, verdict) = (part.share.clone(), verdict(required, aired, planned));
        ShareAssessment { share, required, aired, planned, missing: missing.shares[n], verdict }
    };
    let at_least: Vec<_> = quota.at_least.iter().enumerate().map(share).collect();
    let (required, aired, planned) = (page.required.total, page.aired.total, page.planned.total);
    let verdict = at_least.iter().map(|share| share.verdict).fold(verdict(required, aired, planned), Verdict::max);
    let obstacles = span.contains(today).then(|| plan.obstacles_of(&commune.id, &quota.id)).flatten();
    Assessment {
        commune: commune.id.clone(),
        commune_name: commune.name.clone(),
        quota: quota.id.clone(),
        name: quota.name.clone(),
        basis: quota.basis.clone(),
        channel: quota.channel,
        count: quota.count,
        period: span.label.clone(),
        from: span.first,
        until: span.last,
        required,
        aired,
        planned,
        missing: missing.total,
        verdict,
        at_least,
        by_kind: page.by_kind,
        counted: page.counted.iter().map(|row| row.id.clone()).collect(),
        not_counted: page.not_counted.iter().map(not_counted).collect(),
        advice: advice(quota, page, verdict, obstacles),
    }
}

fn not_counted((row, why): &(&LedgerRow, &'static str)) -> NotCounted {
    NotCounted { airing: row.id.clone(), why: (*why).to_owned() }
}
