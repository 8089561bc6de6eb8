//! What the first page shows, as words: built from status, rows and plan, so that the template only lays out. Pure.

use askama::Template;

use crate::http::alarm::{Alarm, alarms, output_device, output_words};
use crate::http::dates::{clock_time, date, day_and_time};
use crate::http::deps::Health;
use crate::http::headline::{Headline, Tone, headline, sound, sound_tone};
use crate::http::page_lines::{Line, lines, recent};
use crate::http::page_quotas::{QuotaLine, quotas};
use crate::model::plan_view::PlanView;
use crate::model::query::Row;
use crate::model::station::Channel;
use crate::model::status::{OnAir, OutputStatus, Status};
use crate::model::text::{Lang, Text};
use crate::model::time::Moment;
use crate::model::units::Seconds;
use crate::text;

/// What the page is made of.
pub(super) struct Facts<'a> {
    pub(super) status: &'a Status,
    pub(super) health: Health,
    /// Rows of today; nothing if the journal did not answer.
    pub(super) rows: Option<&'a [Row]>,
    /// The last rows before today, newest first.
    pub(super) recent: &'a [Row],
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
    alarms: Vec<AlarmBox>,
    head: Headline,
    on_air: Vec<Now>,
    next: Option<Coming>,
    faults: Vec<Complaint>,
    rejected: Vec<Complaint>,
    quotas: Vec<QuotaLine>,
    rows: Option<Vec<Line>>,
    recent: Vec<Line>,
    outputs: Vec<OutputLine>,
}

struct AlarmBox {
    title: String,
    communes: String,
    since: Option<Text>,
    who: Option<Text>,
    steps: [Text; 2],
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

struct OutputLine {
    name: String,
    channel: Text,
    device: Text,
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
            time: clock_time(status.now),
            clock: clock(status),
            alarms: alarms(status).iter().map(|a| alarm(a, status, lang)).collect(),
            head: headline(status, health),
            on_air: status.on_air.iter().map(|o| now(o, &status.outputs)).collect(),
            next: status.next.as_ref().map(|n| Coming {
                when: day_and_time(n.planned_at, status.now, lang),
                slot: n.slot_name.clone(),
                commune: n.commune_name.clone(),
            }),
            faults: faults(status, lang),
            rejected: rejected(status, lang),
            quotas: quotas(status),
            rows: facts.rows.map(|rows| lines(facts, rows)),
            recent: recent(facts),
            outputs: status.outputs.iter().map(|o| output(o, status)).collect(),
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

fn output(output: &OutputStatus, status: &Status) -> OutputLine {
    let (tone, state) = output_words(output, status);
    OutputLine {
        name: output.name.clone(),
        channel: match output.channel {
            Channel::Commune => Text::new("đài xã, phường", "commune"),
            Channel::Village => Text::new("loa thôn, khối phố", "village"),
            Channel::Mobile => Text::new("loa lưu động", "mobile"),
        },
        device: output_device(output),
        tone,
        state,
    }
}

fn alarm(alarm: &Alarm, status: &Status, lang: Lang) -> AlarmBox {
    let since = alarm.since.map(|at| day_and_time(at, status.now, lang));
    AlarmBox {
        title: alarm.title.clone(),
        communes: alarm.communes.join(", "),
        since: since.map(|at| text!("Phát từ {at}.", "On air since {at}.")),
        who: alarm.who(),
        steps: alarm.how_to_stop(),
    }
}
