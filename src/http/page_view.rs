//! What the first page shows, as words: built from status, rows and plan, so that the template only lays out. Pure.

use std::collections::BTreeSet;

use askama::Template;
use jiff::civil::Weekday;

use crate::http::deps::Health;
use crate::http::headline::{Headline, Tone, headline, sound, sound_tone};
use crate::model::outcome::Outcome;
use crate::model::plan_view::PlanView;
use crate::model::query::Row;
use crate::model::station::Channel;
use crate::model::status::{OnAir, OutputState, OutputStatus, Status};
use crate::model::text::{Lang, Text};
use crate::model::time::Moment;
use crate::model::units::Seconds;

/// What the page is made of.
pub(super) struct Facts<'a> {
    pub(super) status: &'a Status,
    pub(super) health: Health,
    /// Rows of today; nothing if the journal did not answer.
    pub(super) rows: Option<&'a [Row]>,
    pub(super) plan: &'a [PlanView],
    pub(super) lang: Lang,
}

/// The first page.
#[derive(Template)]
#[template(path = "first.html")]
pub(super) struct FirstPage {
    lang: Lang,
    station: String,
    version: String,
    date: String,
    time: String,
    clock: (Tone, Text),
    head: Headline,
    on_air: Vec<Now>,
    next: Option<Coming>,
    faults: Vec<Complaint>,
    rejected: Vec<Complaint>,
    rows: Option<Vec<Line>>,
    outputs: Vec<OutputLine>,
}

struct Now {
    slot: String,
    commune: String,
    title: String,
    output: String,
    tone: Tone,
    sound: Text,
    played: String,
    planned: String,
    percent: u8,
}

struct Coming {
    when: String,
    slot: String,
    commune: String,
}

struct Complaint {
    what: String,
    remedy: String,
    place: String,
}

struct Line {
    time: String,
    slot: String,
    /// Empty where the station has but one.
    commune: String,
    title: String,
    tone: Tone,
    state: Text,
    why: Option<Text>,
}

struct OutputLine {
    name: String,
    channel: Text,
    device: String,
    tone: Tone,
    state: Text,
}

impl FirstPage {
    pub(super) fn new(facts: &Facts<'_>) -> Self {
        let Facts { status, health, lang, .. } = *facts;
        Self {
            lang,
            station: status.name.clone(),
            version: status.version.clone(),
            date: date(status.now, lang),
            time: status.now.local().strftime("%H:%M").to_string(),
            clock: clock(status),
            head: headline(status, health),
            on_air: status.on_air.iter().map(|o| now(o, &status.outputs)).collect(),
            next: status.next.as_ref().map(|n| Coming {
                when: day_and_time(n.planned_at, status.now, lang),
                slot: n.slot_name.clone(),
                commune: n.commune_name.clone(),
            }),
            faults: faults(status, lang),
            rejected: rejected(status, lang),
            rows: facts.rows.map(|rows| lines(facts, rows)),
            outputs: status.outputs.iter().map(output).collect(),
        }
    }

    fn t<'a>(&self, vi: &'a str, en: &'a str) -> &'a str {
        if self.lang == Lang::En { en } else { vi }
    }

    fn w<'a>(&self, text: &'a Text) -> &'a str {
        text.get(self.lang)
    }
}

fn clock(status: &Status) -> (Tone, Text) {
    match (status.clock.trusted, status.clock.synchronised) {
        (true, true) => (Tone::Calm, Text::new("Đồng hồ đúng giờ mạng", "Clock follows the network")),
        (true, false) => (Tone::Calm, Text::new("Đồng hồ chạy theo máy", "Clock runs on its own")),
        (false, _) => (Tone::Bad, Text::new("Đồng hồ chưa đáng tin cậy", "Clock cannot be trusted")),
    }
}

fn now(on_air: &OnAir, outputs: &[OutputStatus]) -> Now {
    let output = outputs.iter().find(|o| o.output == on_air.output);
    Now {
        slot: on_air.slot_name.clone(),
        commune: on_air.commune_name.clone(),
        title: on_air.title.clone(),
        output: output.map_or_else(|| on_air.output.to_string(), |o| o.name.clone()),
        tone: sound_tone(on_air.sound),
        sound: sound(on_air.sound),
        played: minutes(on_air.played_s),
        planned: minutes(on_air.planned_s),
        percent: percent(on_air.played_s, on_air.planned_s),
    }
}

fn minutes(time: Seconds) -> String {
    let all = time.duration().as_secs();
    format!("{}:{:02}", all / 60, all % 60)
}

fn percent(played: Seconds, planned: Seconds) -> u8 {
    let (played, planned) = (played.duration().as_millis(), planned.duration().as_millis().max(1));
    u8::try_from((played * 100 / planned).min(100)).unwrap_or(100)
}

fn faults(status: &Status, lang: Lang) -> Vec<Complaint> {
    let since = |at: Moment| match lang {
        Lang::Vi => format!("từ {}", day_and_time(at, status.now, lang)),
        Lang::En => format!("since {}", day_and_time(at, status.now, lang)),
    };
    let complaint = |f: &crate::model::fault::Fault| Complaint {
        what: f.message.get(lang).to_owned(),
        remedy: f.remedy.get(lang).to_owned(),
        place: since(f.since),
    };
    status.faults.iter().map(complaint).collect()
}

fn rejected(status: &Status, lang: Lang) -> Vec<Complaint> {
    let all = status.config.rejected.iter().flat_map(|r| &r.diagnostics);
    let errors = all.filter(|d| d.severity == crate::model::diag::Severity::Error).take(20);
    let word = if lang == Lang::En { "line" } else { "dòng" };
    let place = |d: &crate::model::diag::Diagnostic| match d.line {
        0 => d.file.clone(),
        line => format!("{}, {word} {line}: {}", d.file, d.source.trim()),
    };
    let complaint = |d: &crate::model::diag::Diagnostic| Complaint {
        what: d.message.get(lang).to_owned(),
        remedy: d.remedy.get(lang).to_owned(),
        place: place(d),
    };
    errors.map(complaint).collect()
}

/// Today, in order of time: what ended, what sounds, what is to come.
fn lines(facts: &Facts<'_>, rows: &[Row]) -> Vec<Line> {
    let mut all: Vec<(Moment, Line)> = rows.iter().map(|r| (r.airing.head.planned_at, ended(r))).collect();
    let mut seen: BTreeSet<_> = rows.iter().map(|r| r.airing.head.id.clone()).collect();
    for on_air in &facts.status.on_air {
        if seen.insert(on_air.id.clone()) {
            let planned = facts.plan.iter().find(|p| p.id == on_air.id).map(|p| p.planned_at);
            let at = planned.or(on_air.started_at).unwrap_or(facts.status.now);
            all.push((at, sounding(on_air, at)));
        }
    }
    let today = facts.status.now.local().date();
    let to_come = facts.plan.iter().filter(|p| p.planned_at.local().date() == today && !seen.contains(&p.id));
    all.extend(to_come.map(|p| (p.planned_at, coming(p))));
    all.sort_by_key(|(at, _)| at.at);
    let communes: BTreeSet<String> = all.iter().map(|(_, l)| l.commune.clone()).collect();
    if communes.len() < 2 {
        for (_, line) in &mut all {
            line.commune.clear();
        }
    }
    all.into_iter().map(|(_, line)| line).collect()
}

fn clock_time(at: Moment) -> String {
    at.local().strftime("%H:%M").to_string()
}

fn ended(row: &Row) -> Line {
    let (airing, head) = (&row.airing, &row.airing.head);
    let titles: Vec<&str> = airing.items.iter().map(|i| i.plan.title.as_str()).collect();
    Line {
        time: clock_time(head.planned_at),
        slot: head.slot_name.clone(),
        commune: head.commune_name.clone(),
        title: titles.join(" + "),
        tone: match airing.outcome {
            Outcome::Aired => Tone::Good,
            Outcome::Partial | Outcome::Missed => Tone::Bad,
            Outcome::Unproven => Tone::Warn,
            Outcome::Skipped | Outcome::Cancelled => Tone::Calm,
        },
        state: airing.outcome.label(),
        why: airing.reason.map(crate::model::outcome::Reason::label),
    }
}

fn sounding(on_air: &OnAir, at: Moment) -> Line {
    let tone = sound_tone(on_air.sound);
    Line {
        time: clock_time(at),
        slot: on_air.slot_name.clone(),
        commune: on_air.commune_name.clone(),
        title: on_air.title.clone(),
        tone,
        state: match tone {
            Tone::Bad => Text::new("Không có âm thanh", "No sound"),
            Tone::Good => Text::new("Đang phát", "On air"),
            Tone::Calm | Tone::Warn => Text::new("Chuẩn bị phát", "About to air"),
        },
        why: (tone == Tone::Bad).then(|| sound(on_air.sound)),
    }
}

fn coming(plan: &PlanView) -> Line {
    Line {
        time: clock_time(plan.planned_at),
        slot: plan.slot_name.clone(),
        commune: plan.commune_name.clone(),
        title: plan.clip.as_ref().map(|c| c.title.clone()).unwrap_or_default(),
        tone: if plan.reason.is_some() { Tone::Warn } else { Tone::Calm },
        state: match plan.reason {
            None => Text::new("Chờ phát", "Waiting"),
            Some(_) => Text::new("Sẽ không phát", "Will not air"),
        },
        why: plan.reason.map(crate::model::outcome::Reason::label),
    }
}

fn output(output: &OutputStatus) -> OutputLine {
    let (tone, state) = match output.state {
        OutputState::Idle => (Tone::Calm, Text::new("Nghỉ", "Idle")),
        OutputState::Ready => (Tone::Calm, Text::new("Sẵn sàng", "Ready")),
        OutputState::OnAir => (Tone::Calm, Text::new("Đang mở", "Open")),
        OutputState::Faulty => (Tone::Bad, Text::new("Hỏng", "Faulty")),
    };
    OutputLine {
        name: output.name.clone(),
        channel: match output.channel {
            Channel::Commune => Text::new("đài xã, phường", "commune"),
            Channel::Village => Text::new("loa thôn, khối phố", "village"),
            Channel::Mobile => Text::new("loa lưu động", "mobile"),
        },
        device: output.device.clone().unwrap_or_else(|| output.kind.clone()),
        tone,
        state,
    }
}

/// "05:30", or with the day if that is not today.
fn day_and_time(at: Moment, now: Moment, lang: Lang) -> String {
    let (day, today) = (at.local().date(), now.local().date());
    let time = clock_time(at);
    match (today.tomorrow().is_ok_and(|t| t == day), lang) {
        _ if day == today => time,
        (true, Lang::Vi) => format!("{time} ngày mai"),
        (true, Lang::En) => format!("{time} tomorrow"),
        (false, _) => format!("{time}, {}", date(at, lang)),
    }
}

/// "Thứ Hai, 23/11/2026".
fn date(at: Moment, lang: Lang) -> String {
    let date = at.local().date();
    let (vi, en) = match date.weekday() {
        Weekday::Monday => ("Thứ Hai", "Monday"),
        Weekday::Tuesday => ("Thứ Ba", "Tuesday"),
        Weekday::Wednesday => ("Thứ Tư", "Wednesday"),
        Weekday::Thursday => ("Thứ Năm", "Thursday"),
        Weekday::Friday => ("Thứ Sáu", "Friday"),
        Weekday::Saturday => ("Thứ Bảy", "Saturday"),
        Weekday::Sunday => ("Chủ Nhật", "Sunday"),
    };
    format!("{}, {}", if lang == Lang::En { en } else { vi }, date.strftime("%d/%m/%Y"))
}
