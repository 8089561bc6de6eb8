//! The question which verdicts are wanted, as people type it: checked against the station, every mistake told. Pure.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use crate::http::params::nearest;
use crate::model::compliance::{ComplianceQuery, PeriodSpan};
use crate::model::id::{CommuneId, QuotaId};
use crate::model::quota::Quota;
use crate::model::station::{Commune, Station};
use crate::model::text::Text;
use crate::report::{PeriodLabel, period_example};
use crate::text;

/// Years that one question may span.
const MOST_YEARS: i16 = 20;
/// Years after today's that a question may name: the plan is simulated up to there.
const YEARS_AHEAD: i16 = 1;

/// The question as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComplianceAsked<'a> {
    /// Whose.
    pub commune: Option<CommuneId>,
    /// Which quota.
    pub quota: Option<QuotaId>,
    /// A period's label.
    pub period: Option<&'a str>,
    /// First day.
    pub from: Option<Date>,
    /// Last day; today unless said otherwise.
    pub until: Option<Date>,
}

/// What is wrong with a question: the parameter, and cause and remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Which parameter.
    pub parameter: &'static str,
    /// What to say.
    pub text: Text,
}

fn mistake<T>(parameter: &'static str, text: Text) -> Result<T, Mistake> {
    Err(Mistake { parameter, text })
}

/// The question for the verdicts of `station`, of which only communes that are `seen` may be named in any answer.
///
/// # Errors
/// [`Mistake`]: a commune or quota that is not there, a period that no quota has, days that are out of order or too
/// many.
pub fn compliance_query(
    station: &Station,
    today: Date,
    asked: &ComplianceAsked<'_>,
    seen: &dyn Fn(&CommuneId) -> bool,
) -> Result<ComplianceQuery, Mistake> {
    let communes: Vec<&Commune> = station.communes.iter().filter(|c| seen(&c.id)).collect();
    let communes = of_commune(&communes, asked.commune.as_ref())?;
    let quotas = of_quota(&communes, asked.quota.as_ref())?;
    let span = span(&quotas, today, asked)?;
    Ok(ComplianceQuery { commune: asked.commune.clone(), quota: asked.quota.clone(), span })
}

/// The communes meant.
fn of_commune<'a>(all: &[&'a Commune], asked: Option<&CommuneId>) -> Result<Vec<&'a Commune>, Mistake> {
    let Some(asked) = asked else { return Ok(all.to_vec()) };
    let found: Vec<&Commune> = all.iter().copied().filter(|c| &c.id == asked).collect();
    if found.is_empty() {
        let hint = hint(asked.as_str(), all.iter().map(|c| c.id.as_str()));
        let (vi, en) = (hint.vi, hint.en);
        return mistake(
            "commune",
            text!("Đài này không có xã, phường \"{asked}\". {vi}", "This station has no commune \"{asked}\". {en}"),
        );
    }
    Ok(found)
}

/// The quotas meant.
fn of_quota<'a>(communes: &[&'a Commune], asked: Option<&QuotaId>) -> Result<Vec<&'a Quota>, Mistake> {
    let all = || communes.iter().flat_map(|c| c.quotas.iter());
    let Some(asked) = asked else { return Ok(all().collect()) };
    let found: Vec<&Quota> = all().filter(|q| &q.id == asked).collect();
    if found.is_empty() {
        let hint = hint(asked.as_str(), all().map(|q| q.id.as_str()));
        let (vi, en) = (hint.vi, hint.en);
        return mistake("quota", text!("Không có chỉ tiêu \"{asked}\". {vi}", "There is no quota \"{asked}\". {en}"));
    }
    Ok(found)
}

/// The commune of a quota, and the quota.
///
/// # Errors
/// [`Mistake`]: it is not there, or several communes have one of that name and none is said.
pub(super) fn one_quota<'a>(
    station: &'a Station,
    commune: Option<&CommuneId>,
    asked: &QuotaId,
    seen: &dyn Fn(&CommuneId) -> bool,
) -> Result<(&'a Commune, &'a Quota), Mistake> {
    let communes: Vec<&Commune> = station.communes.iter().filter(|c| seen(&c.id)).collect();
    let communes = of_commune(&communes, commune)?;
    of_quota(&communes, Some(asked))?;
    let found: Vec<_> = communes.iter().filter_map(|c| Some((*c, c.quota(asked)?))).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        several => {
            let list = several.iter().map(|(c, _)| c.id.as_str()).collect::<Vec<_>>().join(", ");
            mistake(
                "commune",
                text!(
                    "Nhiều xã, phường có chỉ tiêu \"{asked}\". Hãy ghi thêm commune, một trong: {list}.",
                    "Several communes have a quota \"{asked}\". Say commune too, one of: {list}."
                ),
            )
        }
    }
}

fn span(quotas: &[&Quota], today: Date, asked: &ComplianceAsked<'_>) -> Result<PeriodSpan, Mistake> {
    match (asked.period, asked.from, asked.until) {
        (None, None, None) => Ok(PeriodSpan::Current),
        (Some(label), None, None) => named(quotas, today, label),
        (None, Some(from), until) => between(from, until.unwrap_or(today.max(from)), today),
        (None, None, Some(_)) => {
            mistake("from", text!("Có until thì cần cả from: ngày đầu.", "Where until is given, from is needed too."))
        }
        (Some(_), _, _) => mistake(
            "period",
            text!(
                "period không dùng chung với from, until. Hãy bỏ một trong hai.",
                "period does not go with from and until. Leave one of them out."
            ),
        ),
    }
}

fn named(quotas: &[&Quota], today: Date, label: &str) -> Result<PeriodSpan, Mistake> {
    let shown: String = label.chars().take(40).collect();
    let Some(known) = PeriodLabel::parse(label) else {
        return mistake(
            "period",
            text!(
                "Không có kỳ nào tên \"{shown}\". Cách ghi: ngày 2026-11-23, tuần 2026-W48, tháng 2026-11, quý 2026-Q4, \
                 năm 2026, cả kế hoạch plan.",
                "No period is called \"{shown}\". A day is 2026-11-23, a week 2026-W48, a month 2026-11, a quarter \
                 2026-Q4, a year 2026, a whole plan plan."
            ),
        );
    };
    if known.year().is_some_and(|year| year > today.year() + YEARS_AHEAD) {
        return too_far("period", today);
    }
    if !quotas.is_empty() && !quotas.iter().any(|q| known.is_of(q.period)) {
        let mut list: Vec<&str> = quotas.iter().map(|q| period_example(q.period)).collect();
        list.sort_unstable();
        list.dedup();
        let list = list.join(", ");
        return mistake(
            "period",
            text!(
                "Không chỉ tiêu nào tính theo kỳ như \"{shown}\". Các chỉ tiêu ở đây có kỳ dạng: {list}.",
                "No quota has periods such as \"{shown}\". Those here are written: {list}."
            ),
        );
    }
    Ok(PeriodSpan::Named(label.to_owned()))
}

fn between(from: Date, until: Date, today: Date) -> Result<PeriodSpan, Mistake> {
    if from > until {
        return mistake("until", text!("until phải từ ngày {from} trở đi.", "until should not be before {from}."));
    }
    if until.year() > today.year() + YEARS_AHEAD {
        return too_far("until", today);
    }
    let longest: Span = MOST_YEARS.years();
    if from.checked_add(longest).is_ok_and(|last| last < until) {
        return mistake(
            "from",
            text!(
                "Chỉ hỏi được nhiều nhất {MOST_YEARS} năm một lần. Hãy chia thành nhiều lần hỏi.",
                "One question spans {MOST_YEARS} years at the most. Ask several times."
            ),
        );
    }
    Ok(PeriodSpan::Between(from, until))
}

fn too_far<T>(parameter: &'static str, today: Date) -> Result<T, Mistake> {
    let last = today.year() + YEARS_AHEAD;
    mistake(
        parameter,
        text!(
            "Quá xa: chỉ tính trước được đến hết năm {last}.",
            "Too far ahead: the plan is looked at until the end of {last}."
        ),
    )
}

/// What could have been meant, else what there is.
fn hint<'a>(asked: &str, known: impl Iterator<Item = &'a str>) -> Text {
    let known: Vec<&str> = known.take(50).collect();
    let list = known.join(", ");
    match nearest(asked, &known) {
        _ if known.is_empty() => text!("Ở đây chưa có chỉ tiêu nào.", "There is no quota here yet."),
        Some(near) => text!("Có phải ý là \"{near}\"?", "Did you mean \"{near}\"?"),
        None => text!("Có: {list}.", "There are: {list}."),
    }
}
