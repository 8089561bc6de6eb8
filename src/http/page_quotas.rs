//! The quotas on the first page: promised against aired in the current period, as words. Pure.

use crate::http::headline::Tone;
use crate::http::verdict::{balance, by_kind, counted_unit, verdict_tone};
use crate::model::compliance::{Assessment, ShareAssessment, Verdict};
use crate::model::status::Status;
use crate::model::text::Text;
use crate::report::{period_words, share_words};
use crate::text;

/// A quota in its current period, as words.
pub(super) struct QuotaLine {
    pub(super) name: String,
    /// Empty where the station has but one.
    pub(super) commune: String,
    pub(super) period: Text,
    pub(super) tone: Tone,
    pub(super) verdict: Text,
    /// "3/4"
    pub(super) score: String,
    pub(super) unit: Text,
    pub(super) shares: Vec<ShareLine>,
    /// What is missing and what is planned; by what it was aired.
    pub(super) more: Vec<Text>,
    pub(super) advice: Option<Text>,
}

/// A part of a quota, as words.
pub(super) struct ShareLine {
    pub(super) what: Text,
    pub(super) score: String,
    pub(super) tone: Tone,
    pub(super) state: Text,
}

/// All quotas, in the order of the status.
pub(super) fn quotas(status: &Status) -> Vec<QuotaLine> {
    let several = status.quotas.iter().any(|q| q.commune != status.quotas[0].commune);
    let today = status.now.local().date();
    status.quotas.iter().map(|q| quota(q, today, several)).collect()
}

fn quota(quota: &Assessment, today: jiff::civil::Date, several: bool) -> QuotaLine {
    QuotaLine {
        name: quota.name.clone(),
        commune: if several { quota.commune_name.clone() } else { String::new() },
        period: period_words(&quota.period, quota.from, quota.until, today),
        tone: verdict_tone(quota.verdict),
        verdict: quota.verdict.label(),
        score: score(quota.verdict, quota.aired, quota.required),
        unit: counted_unit(quota.count, quota.required.max(quota.aired)),
        shares: quota.at_least.iter().map(share).collect(),
        more: balance(quota).into_iter().chain(by_kind(quota)).collect(),
        advice: quota.advice.clone(),
    }
}

fn share(share: &ShareAssessment) -> ShareLine {
    let (missing, planned) = (share.missing, share.planned);
    ShareLine {
        what: share_words(&share.share),
        score: score(share.verdict, share.aired, share.required),
        tone: verdict_tone(share.verdict),
        state: match share.verdict {
            Verdict::Met => text!("đủ", "enough"),
            Verdict::Exempt => text!("không yêu cầu", "nothing asked"),
            Verdict::Failed => text!("thiếu {missing}", "{missing} short"),
            Verdict::OnTrack | Verdict::AtRisk => {
                text!("còn thiếu {missing}, theo lịch còn {planned}", "{missing} missing, {planned} to come")
            }
        },
    }
}

/// "3/4", or "3" where nothing is asked.
fn score(verdict: Verdict, aired: u32, required: u32) -> String {
    match verdict {
        Verdict::Exempt => aired.to_string(),
        _ => format!("{aired}/{required}"),
    }
}
