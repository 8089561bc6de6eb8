//! Holidays, mourning, campaigns: cases in `calendar.toml`, the holidays of known years, what a day is called.

use std::time::Duration;

use jiff::civil::{Date, Time};
use loaphuong::model::calendar::{Calendar, Campaign, ExtraDay, Holiday, Holidays, InMourning, Mourning, OnHoliday};
use loaphuong::model::id::{CampaignId, SlotId};
use loaphuong::model::outcome::{Kind, Reason};
use loaphuong::model::recovery::Usage;
use loaphuong::model::station::{Commune, Recurrence, Slot, SlotState};
use loaphuong::model::time::{DaySpan, second_of_day};
use loaphuong::plan::{self, DayKind, HolidayName, Music};
use serde::Deserialize;

use crate::stations::{by_cron, commune, slot, station, time, weekly};

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    from: Date,
    until: Date,
    #[serde(default = "vietnam")]
    calendar: Calendar,
    #[serde(default = "skip")]
    on_holiday: OnHoliday,
    #[serde(default)]
    extra: Vec<ExtraCase>,
    #[serde(default)]
    mourning: Vec<MourningCase>,
    #[serde(default)]
    campaigns: Vec<CampaignCase>,
    slots: Vec<SlotCase>,
    /// From, until; all day where nothing is said.
    #[serde(default)]
    allowed: Option<(Time, Time)>,
    expect: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExtraCase {
    from: Date,
    until: Date,
    #[serde(default)]
    action: Option<OnHoliday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MourningCase {
    from: Date,
    until: Date,
    #[serde(default)]
    action: InMourning,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CampaignCase {
    id: CampaignId,
    from: Date,
    until: Date,
    #[serde(default)]
    replaces: Vec<SlotId>,
    #[serde(default)]
    slots: Vec<SlotCase>,
}

/// Every day at 05:30, unless said otherwise.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SlotCase {
    id: String,
    #[serde(default = "every_day")]
    days: String,
    #[serde(default = "early")]
    at: Vec<Time>,
    cron: Option<String>,
    holiday: Option<Holiday>,
    #[serde(default)]
    day_offset: i32,
    on_holiday: Option<OnHoliday>,
    enabled: Option<bool>,
}

fn vietnam() -> Calendar {
    Calendar::Vietnam
}

fn skip() -> OnHoliday {
    OnHoliday::Skip
}

fn every_day() -> String {
    "all".to_owned()
}

fn early() -> Vec<Time> {
    vec![jiff::civil::time(5, 30, 0, 0)]
}

impl SlotCase {
    fn slot(&self) -> Slot {
        let at: Vec<_> = self.at.iter().map(Time::to_string).collect();
        let recurrence = match (&self.cron, self.holiday) {
            (Some(cron), _) => by_cron(cron),
            (None, Some(holiday)) => {
                Recurrence::OnHoliday { holiday, day_offset: self.day_offset, at: self.at.clone() }
            }
            (None, None) => weekly(&self.days, &at.iter().map(String::as_str).collect::<Vec<_>>()),
        };
        let state = if self.enabled == Some(false) { SlotState::Disabled } else { SlotState::Enabled };
        Slot { state, on_holiday: self.on_holiday, ..slot(&self.id, recurrence) }
    }
}

impl Case {
    fn commune(&self) -> Commune {
        let mut commune = commune("a", self.slots.iter().map(SlotCase::slot).collect());
        let extra =
            |e: &ExtraCase| ExtraDay { from: e.from, until: e.until, name: "Ngày nghỉ".into(), action: e.action };
        let mourning =
            |m: &MourningCase| Mourning { from: m.from, until: m.until, name: "Quốc tang".into(), action: m.action };
        let campaign = |c: &CampaignCase| Campaign {
            id: c.id.clone(),
            name: c.id.to_string(),
            from: c.from,
            until: c.until,
            replaces: c.replaces.clone(),
            slots: c.slots.iter().map(SlotCase::slot).collect(),
        };
        commune.holidays = Holidays {
            calendar: self.calendar,
            on_holiday: self.on_holiday,
            extra: self.extra.iter().map(extra).collect(),
            mourning: self.mourning.iter().map(mourning).collect(),
        };
        commune.campaigns = self.campaigns.iter().map(campaign).collect();
        if let Some((from, until)) = self.allowed {
            commune.hours.allowed = vec![DaySpan::new(second_of_day(from), second_of_day(until)).unwrap()];
        }
        commune
    }
}

#[test]
fn each_case_has_the_occurrences_that_its_file_says() {
    let cases: Cases = toml::from_str(include_str!("calendar.toml")).unwrap();
    assert!(cases.case.len() >= 20);
    for case in cases.case {
        let station = station("Asia/Ho_Chi_Minh", vec![case.commune()]);
        let commune = &station.communes[0];
        let start = |date: Date| date.to_zoned(station.zone.clone()).unwrap().timestamp();
        let all = plan::occurrences(&station, start(case.from), start(case.until.tomorrow().unwrap()));
        let name = |id: &str| id.strip_prefix("a/").unwrap().to_owned();
        let got = all.iter().map(|o| {
            let mut words = vec![name(o.id.as_str())];
            words.extend(o.moved_from.iter().map(|from| format!("< {}", name(from.as_str()))));
            words.extend(o.campaign.iter().map(|id| format!("of {id}")));
            let slot = commune.slot(&o.slot).unwrap();
            let ruling = plan::ruling(&station, commune, slot, o, &Usage::default(), Duration::ZERO);
            words.extend(ruling.err().map(|reason| reason.to_string()));
            assert_eq!(o.kind(), if o.campaign.is_some() { Kind::Campaign } else { Kind::Scheduled });
            words.join(" ")
        });
        assert_eq!(got.collect::<Vec<_>>(), case.expect, "{}", case.name);
    }
}

#[test]
fn the_holidays_of_known_years() {
    let check = |year, expected: &str| {
        let days = plan::holidays(year);
        let got: Vec<_> = days.iter().map(|(day, _)| day.strftime("%m-%d").to_string()).collect();
        assert_eq!(got.join(" "), expected, "{year}");
        let mut of: Vec<_> = days.iter().map(|(_, holiday)| *holiday).collect();
        of.sort();
        of.dedup();
        assert_eq!(of.len(), got.len().min(6), "{year}: each of the six is among them");
    };
    check(2024, "01-01 02-09 02-10 02-11 02-12 02-13 04-18 04-30 05-01 09-02");
    check(2026, "01-01 02-16 02-17 02-18 02-19 02-20 04-26 04-30 05-01 09-02");
    check(2030, "01-01 02-01 02-02 02-03 02-04 02-05 04-12 04-30 05-01 09-02");
    assert_eq!(plan::holidays(2200).len(), 4, "the lunar ones are not known");
    assert_eq!(plan::holidays(i16::MAX), []);
}

#[test]
fn the_calendar_and_the_list_of_holidays_are_one() {
    let mut commune = commune("a", Vec::new());
    commune.holidays = Holidays { calendar: Calendar::Vietnam, ..Holidays::default() };
    for year in 2020..2060 {
        let known = plan::holidays(year);
        for day in jiff::civil::date(year, 1, 1).series(jiff::Span::new().days(1)).take_while(|d| d.year() == year) {
            let first = known.iter().filter(|(date, _)| *date == day).map(|(_, holiday)| *holiday).min();
            let expected = first.map_or(DayKind::Usual, |holiday| DayKind::Holiday {
                name: HolidayName::Known(holiday),
                action: OnHoliday::Play,
            });
            assert_eq!(plan::day_of(&commune, day), expected, "{day}");
        }
    }
}

#[test]
fn what_a_day_is_called_and_does() {
    let text = r#"
        name = ""
        from = "2026-01-01"
        until = "2026-01-01"
        extra = [{ from = "2026-11-24", until = "2026-11-25", action = "play" }, { from = "2026-09-02", until = "2026-09-03" }]
        mourning = [
            { from = "2026-09-03", until = "2026-09-03", action = "without_music" },
            { from = "2026-05-01", until = "2026-05-02" },
        ]
        slots = []
        expect = []
    "#;
    let commune = toml::from_str::<Case>(text).unwrap().commune();
    let check = |day: &str, name: &str, ruling: Result<(), Reason>, music: Music| {
        let day = day.parse().unwrap();
        let called = match plan::day_of(&commune, day) {
            DayKind::Usual => String::new(),
            DayKind::Holiday { name, .. } => name.label().vi,
            DayKind::Mourning { name, .. } => name.to_owned(),
        };
        assert_eq!(
            (called.as_str(), plan::day_ruling(&commune, day), plan::music(&commune, day)),
            (name, ruling, music)
        );
    };
    let (holiday, mourning) = (Err(Reason::Holiday), Err(Reason::Mourning));
    check("2026-11-23", "", Ok(()), Music::Allowed);
    check("2026-11-24", "Ngày nghỉ", Ok(()), Music::Allowed);
    check("2026-11-25", "Ngày nghỉ", Ok(()), Music::Allowed);
    check("2026-11-26", "", Ok(()), Music::Allowed);
    check("2026-09-02", "Ngày nghỉ", holiday, Music::Allowed);
    check("2026-09-03", "Quốc tang", Ok(()), Music::LeftOut);
    check("2026-04-30", "Ngày Giải phóng miền Nam, thống nhất đất nước", holiday, Music::Allowed);
    check("2026-05-01", "Quốc tang", mourning, Music::LeftOut);
    check("2026-02-16", "Tết Nguyên đán", holiday, Music::Allowed);
    check("2026-04-26", "Giỗ Tổ Hùng Vương", holiday, Music::Allowed);
}

#[test]
fn next_sees_what_is_moved_and_what_is_bound() {
    let mut sunday = slot("s", by_cron("30 5 30 4 *"));
    sunday.on_holiday = Some(OnHoliday::Shift);
    let bound = Recurrence::OnHoliday { holiday: Holiday::TetNguyenDan, day_offset: 0, at: early() };
    let check = |slot: Slot, after: &str, expected: &str| {
        let mut commune = commune("a", vec![slot]);
        commune.holidays.calendar = Calendar::Vietnam;
        let station = station("Asia/Ho_Chi_Minh", vec![commune]);
        assert_eq!(plan::next(&station, time(after)).unwrap().id.as_str(), expected);
    };
    check(sunday.clone(), "2026-04-30T05:30:00+07:00", "a/s@2026-05-02T05:30");
    check(sunday.clone(), "2026-05-02T05:29:59+07:00", "a/s@2026-05-02T05:30");
    check(sunday, "2026-05-02T05:30:00+07:00", "a/s@2027-04-30T05:30");
    check(slot("t", bound.clone()), "2026-02-17T05:30:00+07:00", "a/t@2027-02-06T05:30");
    check(slot("t", bound), "2029-12-31T00:00:00+07:00", "a/t@2030-02-02T05:30");
}
