//! The forecast of `check`: in which coming periods the schedule as written cannot meet a quota, and why. Pure.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;

use crate::compliance::{self, Facts, Span};
use crate::http;
use crate::model::clip::Library;
use crate::model::compliance::{Assessment, ComplianceQuery, PeriodSpan, ShareAssessment, Verdict};
use crate::model::id::{CommuneId, QuotaId};
use crate::model::outcome::Reason;
use crate::model::quota::{Period, Quota};
use crate::model::recovery::History;
use crate::model::station::{Commune, Station};
use crate::model::text::Text;
use crate::plan::{self, DayKind};
use crate::report;
use crate::text;

/// So many coming periods are looked at, at the least…
const PERIODS: usize = 8;
/// …and all that begin in the next quarter, so that Tết is told in time.
const DAYS: i64 = 92;

/// What the schedule as written will do for a quota.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Outlook {
    pub(super) commune: CommuneId,
    pub(super) commune_name: String,
    pub(super) quota: QuotaId,
    pub(super) name: String,
    /// Periods looked at.
    pub(super) periods: usize,
    /// The last day looked at.
    pub(super) until: Date,
    /// Those that cannot be met.
    pub(super) short: Vec<Short>,
}

/// A period in which the schedule as written cannot meet a quota. Nothing has aired in it; `planned` is all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Short {
    #[serde(flatten)]
    pub(super) assessment: Assessment,
    /// Why occurrences of the schedule do not air in it, each cause once.
    pub(super) why: Vec<Text>,
}

/// Every quota that has periods to come; nothing of what has aired is counted.
pub(super) fn outlooks(station: &Station, library: &Library, history: &History, today: Date) -> Vec<Outlook> {
    let quotas = station.communes.iter().flat_map(|c| c.quotas.iter().map(move |q| (c, q)));
    quotas.filter_map(|(c, q)| outlook(station, library, history, (c, q), today)).collect()
}

fn outlook(
    station: &Station,
    library: &Library,
    history: &History,
    (commune, quota): (&Commune, &Quota),
    today: Date,
) -> Option<Outlook> {
    let spans = coming(quota, today);
    let (first, last) = (spans.first()?.first, spans.last()?.last);
    let facts = Facts { station, library, history, rows: &[], underway: &[], now: station.start_of(first) };
    let query = ComplianceQuery {
        commune: Some(commune.id.clone()),
        quota: Some(quota.id.clone()),
        span: PeriodSpan::Between(first, last),
    };
    let short: Vec<Assessment> =
        compliance::assess(&facts, &query).into_iter().filter(|a| a.verdict == Verdict::AtRisk).collect();
    let causes = if short.is_empty() {
        Vec::new()
    } else {
        lost(&facts, commune, station.start_of(last.saturating_add(1.day())))
    };
    let why = |a: &Assessment| {
        let mut all: Vec<Text> = Vec::new();
        for (_, cause) in causes.iter().filter(|(date, _)| a.from <= *date && *date <= a.until) {
            if !all.contains(cause) {
                all.push(cause.clone());
            }
        }
        all
    };
    Some(Outlook {
        commune: commune.id.clone(),
        commune_name: commune.name.clone(),
        quota: quota.id.clone(),
        name: quota.name.clone(),
        periods: spans.len(),
        until: last,
        short: short.into_iter().map(|a| Short { why: why(&a), assessment: a }).collect(),
    })
}

/// The periods that are looked at: of days, weeks, months and quarters those after the current one, of years and plans
/// the current one, as if nothing of it had passed.
fn coming(quota: &Quota, today: Date) -> Vec<Span> {
    let begins = quota.from.map_or(today, |from| from.max(today));
    let Some(current) = compliance::period_on(quota, begins) else { return Vec::new() };
    let whole = matches!(quota.period, Period::Year(_) | Period::Plan);
    if whole {
        return vec![current];
    }
    let far = today.saturating_add(DAYS.days());
    // One that has begun is told by its verdict.
    let mut next = if current.first < today { current.last.tomorrow().ok() } else { Some(current.first) };
    let mut spans = Vec::new();
    while let Some(span) =
        next.filter(|d| spans.len() < PERIODS || *d <= far).and_then(|d| compliance::period_on(quota, d))
    {
        next = span.last.tomorrow().ok();
        spans.push(span);
    }
    spans
}

/// Which days lose occurrences of a commune's schedule, and to what.
fn lost(facts: &Facts<'_>, commune: &Commune, until: Timestamp) -> Vec<(Date, Text)> {
    let all = compliance::forecast(facts, facts.now, until);
    let own = all.into_iter().filter(|f| f.commune == commune.id);
    own.filter_map(|f| {
        let date = f.local.date();
        f.draw.err().map(|reason| (date, cause(commune, date, reason)))
    })
    .collect()
}

/// A reason in words; a day that has a name is called by it.
fn cause(commune: &Commune, date: Date, reason: Reason) -> Text {
    match (reason, plan::day_of(commune, date)) {
        (Reason::Holiday, DayKind::Holiday { name, .. }) => {
            let name = name.label();
            Text::new(format!("nghỉ {}", name.vi), format!("holiday: {}", name.en))
        }
        (Reason::Mourning, DayKind::Mourning { name, .. }) => text!("quốc tang ({name})", "mourning ({name})"),
        (reason, _) => reason.label(),
    }
}

/// Periods in a row of which the same is to be said, as one.
pub(super) fn groups(short: &[Short]) -> Vec<&[Short]> {
    let same = |a: &Short, b: &Short| {
        let adjoin = a.assessment.until.tomorrow().is_ok_and(|next| next == b.assessment.from);
        adjoin && shortfall(a) == shortfall(b)
    };
    short.chunk_by(same).collect()
}

/// "Tuần 07/2027: 15/02/2027 – 21/02/2027: chỉ có 2/4 lượt, vì nghỉ Tết Nguyên đán"; "5 kỳ liền, 23/11 – 27/12: …".
pub(super) fn sentence(group: &[Short], today: Date) -> Option<Text> {
    let (first, last) = (&group.first()?.assessment, &group.last()?.assessment);
    let when = match group.len() {
        1 => report::period_words(&first.period, first.from, first.until, today),
        count => {
            let span = report::days_words(first.from, last.until, today);
            text!("{count} kỳ liền, {span}", "{count} periods in a row, {span}")
        }
    };
    let what = shortfall(group.first()?);
    Some(Text::new(format!("{}: {}", when.vi, what.vi), format!("{}: {}", when.en, what.en)))
}

/// "chỉ có 2/4 lượt, vì nghỉ Tết Nguyên đán".
fn shortfall(short: &Short) -> Text {
    let a = &short.assessment;
    let (planned, required, unit) = (a.planned, a.required, http::counted_unit(a.count, a.required));
    let (unit_vi, unit_en) = (unit.vi, unit.en);
    let total = if planned < required {
        text!("chỉ có {planned}/{required} {unit_vi}", "only {planned}/{required} {unit_en}")
    } else {
        text!("đủ {required} {unit_vi}", "{required} {unit_en} in all")
    };
    let parts: Vec<Text> = a.at_least.iter().filter(|s| s.planned < s.required).map(part).collect();
    let vi = [behind(", riêng ", &parts, |t| &t.vi), behind(", vì ", &short.why, |t| &t.vi)].concat();
    let en = [behind(", of which ", &parts, |t| &t.en), behind(", because: ", &short.why, |t| &t.en)].concat();
    Text::new(total.vi + &vi, total.en + &en)
}

/// The list behind its lead; nothing where it is empty.
fn behind(lead: &str, list: &[Text], word: fn(&Text) -> &str) -> String {
    let words: Vec<&str> = list.iter().map(word).collect();
    if words.is_empty() { String::new() } else { format!("{lead}{}", words.join(", ")) }
}

fn part(share: &ShareAssessment) -> Text {
    let (words, planned, required) = (report::share_words(&share.share), share.planned, share.required);
    Text::new(format!("{} chỉ có {planned}/{required}", words.vi), format!("{} only {planned}/{required}", words.en))
}

#[cfg(test)]
mod tests;
