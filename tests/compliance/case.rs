//! What a file of cases says: a station in shorthand, its rows, the time, and the answers.

use jiff::civil::Date;
use loaphuong::model::calendar::{Calendar, Campaign, Holidays, InMourning, Mourning, OnHoliday};
use loaphuong::model::compliance::{ComplianceQuery, PeriodSpan};
use loaphuong::model::time::DaySpan;
use serde::Deserialize;

use crate::world::{QuotaCase, World, id, queue, slot};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cases {
    /// What every case of the file has, unless it says otherwise.
    pub(crate) usual: Usual,
    pub(crate) case: Vec<Case>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Usual {
    pub(crate) slots: Vec<String>,
    pub(crate) queues: Vec<String>,
    pub(crate) clips: Vec<String>,
    pub(crate) quotas: Vec<QuotaCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// Local time.
    pub(crate) now: String,
    #[serde(default)]
    slots: Option<Vec<String>>,
    #[serde(default)]
    queues: Option<Vec<String>>,
    #[serde(default)]
    clips: Option<Vec<String>>,
    #[serde(default)]
    quotas: Option<Vec<QuotaCase>>,
    /// Allowed minutes of the day; all of it unless said otherwise.
    #[serde(default)]
    hours: Option<Vec<(u32, u32)>>,
    #[serde(default)]
    max_airings: Option<u32>,
    #[serde(default)]
    max_minutes: Option<u32>,
    #[serde(default)]
    mourning: Option<(Date, Date)>,
    /// What happens on the holidays of Vietnam; without it they are days like others.
    #[serde(default)]
    on_holiday: Option<OnHoliday>,
    #[serde(default)]
    campaign: Option<CampaignCase>,
    #[serde(default)]
    rows: Vec<String>,
    /// Another commune on the same output, with these slots.
    #[serde(default)]
    neighbour: Vec<String>,
    /// Which periods: a label, or two days; the current ones unless said otherwise.
    #[serde(default)]
    period: Option<String>,
    #[serde(default)]
    between: Option<(Date, Date)>,
    /// A line for each period: `2026-W48 at_risk 4/2+1 bhxh:met:2/2+0` (required/aired+planned).
    #[serde(default)]
    pub(crate) expect: Vec<String>,
    /// `sang@2026-11-23T05:30 partial`, of all periods.
    #[serde(default)]
    pub(crate) not_counted: Option<Vec<String>>,
    /// Regular, campaign, make-good, of all periods.
    #[serde(default)]
    pub(crate) by_kind: Option<[u32; 3]>,
    /// `2026-11-26T17:30 bhxh/1 for sang@2026-11-23T05:30`.
    #[serde(default)]
    pub(crate) make_goods: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) owed: Option<Vec<String>>,
    /// Words of the first advice; `""`: there is none.
    #[serde(default)]
    pub(crate) advice: Option<[String; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CampaignCase {
    from: Date,
    until: Date,
    slots: Vec<String>,
}

impl Case {
    pub(crate) fn world(&self, usual: &Usual) -> World {
        let mut world = World::new(&self.now);
        let commune = world.commune();
        commune.slots = self.slots.as_ref().unwrap_or(&usual.slots).iter().map(|text| slot(text)).collect();
        commune.queues = self.queues.as_ref().unwrap_or(&usual.queues).iter().map(|text| queue(text)).collect();
        commune.quotas = self.quotas.as_ref().unwrap_or(&usual.quotas).iter().map(QuotaCase::quota).collect();
        if let Some(hours) = &self.hours {
            let spans = hours.iter().map(|(from, until)| DaySpan::new(from * 60, until * 60).unwrap());
            commune.hours.allowed = spans.collect();
        }
        commune.hours.max_airings_per_day = self.max_airings;
        commune.hours.max_minutes_per_day = self.max_minutes;
        let mourning = self.mourning.map(|(from, until)| Mourning {
            from,
            until,
            name: "Quốc tang".to_owned(),
            action: InMourning::Skip,
        });
        commune.holidays = Holidays {
            calendar: if self.on_holiday.is_some() { Calendar::Vietnam } else { Calendar::None },
            on_holiday: self.on_holiday.unwrap_or_default(),
            extra: Vec::new(),
            mourning: mourning.into_iter().collect(),
        };
        commune.campaigns = self.campaign.iter().map(CampaignCase::campaign).collect();
        let mut neighbour = commune.clone();
        for clip in self.clips.as_ref().unwrap_or(&usual.clips) {
            world.clip(clip);
        }
        if !self.neighbour.is_empty() {
            neighbour.id = id("ben");
            neighbour.slots = self.neighbour.iter().map(|text| slot(text)).collect();
            neighbour.quotas.clear();
            world.station.communes.push(neighbour);
        }
        world.rows = self.rows.iter().map(|text| world.row(text)).collect();
        world
    }

    pub(crate) fn query(&self) -> ComplianceQuery {
        let span = match (&self.period, self.between) {
            (Some(label), _) => PeriodSpan::Named(label.clone()),
            (_, Some((from, until))) => PeriodSpan::Between(from, until),
            _ => PeriodSpan::Current,
        };
        ComplianceQuery { span, ..ComplianceQuery::default() }
    }
}

impl CampaignCase {
    fn campaign(&self) -> Campaign {
        Campaign {
            id: id("dot"),
            name: "Đợt thử".to_owned(),
            from: self.from,
            until: self.until,
            replaces: Vec::new(),
            slots: self.slots.iter().map(|text| slot(text)).collect(),
        }
    }
}
