//! Days on which the usual schedule does not hold: holidays, mourning, campaigns. Pure.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::id::{CampaignId, SlotId};
use crate::model::station::Slot;
use crate::model::text::Text;

/// A commune's holidays. The default has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays {
    /// Which days are holidays by themselves.
    pub calendar: Calendar,
    /// What happens to the schedule on them.
    pub on_holiday: OnHoliday,
    /// More days: compensation days, days that only this place has, days that are announced yearly. A day that is
    /// listed here follows what is said here, also if the calendar has it.
    pub extra: Vec<ExtraDay>,
    /// Days of mourning, announced as the need arises.
    pub mourning: Vec<Mourning>,
}

/// Which days are holidays by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calendar {
    /// None.
    #[default]
    None,
    /// Vietnam's: see [`Holiday`].
    Vietnam,
}

/// What happens to an occurrence on a holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnHoliday {
    /// It does not air: `skipped{holiday}`.
    Skip,
    /// It airs.
    #[default]
    Play,
    /// It airs on the next day that is none; where it stood, `skipped{holiday}`.
    Shift,
}

/// The holidays that are known by name. Lunar ones by the Vietnamese rule (UTC+7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holiday {
    /// 1 January.
    TetDuongLich,
    /// The lunar year's last day and its first four; its day is the first of the first month.
    TetNguyenDan,
    /// The tenth of the third lunar month.
    GioTo,
    /// 30 April.
    GiaiPhong,
    /// 1 May.
    LaoDong,
    /// 2 September. The day beside it is announced yearly: an extra day.
    QuocKhanh,
}

impl Holiday {
    /// In the order of the solar year, roughly.
    pub const ALL: [Self; 6] =
        [Self::TetDuongLich, Self::TetNguyenDan, Self::GioTo, Self::GiaiPhong, Self::LaoDong, Self::QuocKhanh];

    /// As people read it.
    #[must_use]
    pub fn label(self) -> Text {
        let (vi, en) = match self {
            Self::TetDuongLich => ("Tết Dương lịch", "New Year's Day"),
            Self::TetNguyenDan => ("Tết Nguyên đán", "Lunar New Year"),
            Self::GioTo => ("Giỗ Tổ Hùng Vương", "Hùng Kings' Commemoration Day"),
            Self::GiaiPhong => ("Ngày Giải phóng miền Nam, thống nhất đất nước", "Reunification Day"),
            Self::LaoDong => ("Ngày Quốc tế Lao động", "Labour Day"),
            Self::QuocKhanh => ("Quốc khánh", "National Day"),
        };
        Text::new(vi, en)
    }
}

/// A day, or some days in a row, that the schedule treats apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraDay {
    /// First day.
    pub from: Date,
    /// Last day, not before `from`.
    pub until: Date,
    /// As people read it.
    pub name: String,
    /// What happens; nothing: as on every holiday.
    pub action: Option<OnHoliday>,
}

/// Days of mourning: nothing cheerful is aired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mourning {
    /// First day.
    pub from: Date,
    /// Last day, not before `from`.
    pub until: Date,
    /// As people read it.
    pub name: String,
    /// What happens to the schedule.
    pub action: InMourning,
}

/// What happens to an occurrence in mourning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InMourning {
    /// It does not air: `skipped{mourning}`.
    #[default]
    Skip,
    /// It airs without its jingles: no music.
    WithoutMusic,
}

/// A dated overlay on the schedule that ends by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Campaign {
    /// Unique in the commune.
    pub id: CampaignId,
    /// As people read it.
    pub name: String,
    /// First day.
    pub from: Date,
    /// Last day, not before `from`.
    pub until: Date,
    /// Slots of the usual schedule that rest meanwhile: `skipped{campaign}`.
    pub replaces: Vec<SlotId>,
    /// What it adds. Their ids are unique among all slots of the commune.
    pub slots: Vec<Slot>,
}

impl Campaign {
    /// Does it run on this day?
    #[must_use]
    pub fn runs(&self, date: Date) -> bool {
        self.from <= date && date <= self.until
    }
}
