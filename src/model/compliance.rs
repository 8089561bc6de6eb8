//! Promised against aired: the verdict over one quota in one period. Pure.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::id::{AiringId, CommuneId, QuotaId};
use crate::model::outcome::closed_set;
use crate::model::quota::{Count, Share};
use crate::model::station::Channel;
use crate::model::text::Text;

closed_set! {
    /// How a period stands. The better comes first.
    Verdict {
        /// Nothing is asked.
        Exempt = "exempt", "Miễn tính", "Exempt";
        /// All minimums are reached.
        Met = "met", "Đạt", "Met";
        /// They are reached if all that is planned airs.
        OnTrack = "on_track", "Đúng tiến độ", "On track";
        /// Not reachable with what is planned; the period is not over.
        AtRisk = "at_risk", "Có nguy cơ không đạt", "At risk";
        /// The period is over.
        Failed = "failed", "Không đạt", "Failed";
    }
}

/// A quota in a period: an element of `compliance` in the answer of `GET /v1/compliance`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Whose.
    pub commune: CommuneId,
    /// The commune's name today.
    pub commune_name: String,
    /// Which quota.
    pub quota: QuotaId,
    /// Its name.
    pub name: String,
    /// The document that says so.
    pub basis: Option<String>,
    /// Whose airings count.
    pub channel: Channel,
    /// What is counted.
    pub count: Count,
    /// `2026-11-23`, `2026-W48`, `2026-11`, `2026-Q4`, `2026`, `plan`.
    pub period: String,
    /// First day of the period, as far as the quota binds.
    pub from: Date,
    /// Last day of the period, as far as the quota binds.
    pub until: Date,
    /// Asked for; 0 where nothing is.
    pub required: u32,
    /// Counted.
    pub aired: u32,
    /// What is planned in the rest of the period and would count.
    pub planned: u32,
    /// `required` − `aired`, not below 0.
    pub missing: u32,
    /// How it stands: the worst of the whole and its shares.
    pub verdict: Verdict,
    /// Of which.
    pub at_least: Vec<ShareAssessment>,
    /// What was counted, by what called for it; together `aired`.
    pub by_kind: ByKind,
    /// Airings that count, by time.
    pub counted: Vec<AiringId>,
    /// All other final rows of the commune in the period, by time.
    pub not_counted: Vec<NotCounted>,
    /// Why it is at risk or failed, and what to do; nothing where all is well.
    pub advice: Option<Text>,
}

/// A share of a quota in a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShareAssessment {
    /// Of what: one key, `topic`, `language` or `audience`.
    #[serde(flatten)]
    pub share: Share,
    /// Asked for.
    pub required: u32,
    /// Counted.
    pub aired: u32,
    /// Planned.
    pub planned: u32,
    /// `required` − `aired`, not below 0.
    pub missing: u32,
    /// How it stands.
    pub verdict: Verdict,
}

/// Counted airings (or clips), by what called for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ByKind {
    /// By the usual schedule.
    pub regular: u32,
    /// By a campaign.
    pub campaign: u32,
    /// To make good a lost one.
    pub make_good: u32,
}

/// A final row that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotCounted {
    /// Which.
    pub airing: AiringId,
    /// Why: its outcome (`partial`, `missed` …); its kind where that kind never counts (`manual`, `trial`, `emergency`,
    /// `relay`); `other_channel` where it did not concern the quota's channel.
    pub why: String,
}

/// Which verdicts. Everything that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComplianceQuery {
    /// Whose.
    pub commune: Option<CommuneId>,
    /// Which quota.
    pub quota: Option<QuotaId>,
    /// Which periods.
    pub span: PeriodSpan,
}

/// Which periods of a quota.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum PeriodSpan {
    /// The one in which now is; for a quota that does not bind today, none.
    #[default]
    Current,
    /// The one with this label; quotas of another rhythm have none.
    Named(String),
    /// All that these days touch, both included.
    Between(Date, Date),
}
