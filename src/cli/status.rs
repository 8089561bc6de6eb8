//! `status`: the station's state now, from the running daemon; without it, what the journal knows last. Effects: reads.

use serde_json::json;

use crate::cli::args::{Form, Status as Args};
use crate::cli::client::{self, Unanswered};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::site::Site;
use crate::cli::{Context, compliance, out, rooms};
use crate::http::{self, Health, Tone};
use crate::model::compliance::Assessment;
use crate::model::query::{AiringQuery, Row};
use crate::model::status::Status;
use crate::model::text::Lang;
use crate::report;
use crate::text;

pub(super) fn run(context: &Context, args: &Args) -> Ended {
    let site = Site::find(&context.config)?;
    match (client::get::<Status>(&site, "/v1/status", context.lang), args.format) {
        (Ok(status), Form::Json) => out::json(&status)?,
        (Ok(status), Form::Table) => tell(&status, context.lang)?,
        (Err(Unanswered::NotRunning), form) => return stopped(&site, form, context.lang),
        (Err(Unanswered::Failed(failure)), _) => return Err(failure),
    }
    Ok(Exit::Ok)
}

fn tell(status: &Status, lang: Lang) -> Result<(), Failure> {
    let head = http::headline(status, Health::Alive);
    let now = status.now.local().strftime("%d/%m/%Y %H:%M:%S");
    out::line(&format!("{} – {now}", status.name))?;
    out::line(&out::tinted(head.words.get(lang), head.tone))?;
    if let Some(more) = &head.more {
        out::line(more.get(lang))?;
    }
    let say = |vi: &'static str, en: &'static str| if lang == Lang::En { en } else { vi };
    for alarm in http::alarms(status) {
        let (title, communes) = (&alarm.title, alarm.communes.join(", "));
        let what = text!("KHẨN CẤP: {title} – {communes}", "EMERGENCY: {title} – {communes}");
        out::line(&out::tinted(what.get(lang), Tone::Bad))?;
        for line in alarm.who().iter().chain(&alarm.how_to_stop()) {
            out::line(&format!("  {}", line.get(lang)))?;
        }
    }
    for on_air in &status.on_air {
        let (played, planned) = (on_air.played_s.duration().as_secs(), on_air.planned_s.duration().as_secs());
        let known = status.outputs.iter().find(|o| o.output == on_air.output);
        let output = known.map_or_else(|| on_air.output.to_string(), |o| o.name.clone());
        let (slot, title) = (&on_air.slot_name, &on_air.title);
        out::line(&format!("  {slot} – {title}, {output}: {played}/{planned} {}", say("giây", "s")))?;
    }
    for output in &status.outputs {
        let ((tone, state), device) = (http::output_words(output, status), http::output_device(output));
        let line = format!("  {}: {} – {}", output.name, state.get(lang), device.get(lang));
        out::line(&if tone == Tone::Bad { out::tinted(&line, tone) } else { line })?;
    }
    if let Some(next) = &status.next {
        let at = out::when(next.planned_at, lang);
        out::line(&format!("{}: {at} – {}, {}", say("Lượt tiếp theo", "Next"), next.slot_name, next.commune_name))?;
    }
    for quota in &status.quotas {
        promised(quota, status, lang)?;
    }
    for fault in &status.faults {
        let since = fault.since.local().strftime("%d/%m %H:%M");
        out::line(&out::tinted(&format!("✘ {} ({since})", fault.message.get(lang)), Tone::Bad))?;
        out::line(&format!("  → {}", fault.remedy.get(lang)))?;
    }
    if let Some(rejected) = &status.config.rejected {
        let what =
            say("Lịch mới có lỗi, đang dùng lịch cũ:", "The edited schedule has errors; the one before is used:");
        out::line(&out::tinted(what, Tone::Warn))?;
        out::line(rooms::render(&rejected.diagnostics, lang).trim_end())?;
    }
    Ok(())
}

/// A quota in its current period: numbers and verdict, what is missing, what to do.
fn promised(quota: &Assessment, status: &Status, lang: Lang) -> Result<(), Failure> {
    let several = status.quotas.iter().any(|q| q.commune != quota.commune);
    let name = out::slot(&quota.name, &quota.commune_name, several);
    let period = report::period_words(&quota.period, quota.from, quota.until, status.now.local().date());
    out::line(&format!("{name} – {}", period.get(lang)))?;
    let verdict = format!("  {}: {}", quota.verdict.label().get(lang), compliance::score(quota, lang));
    out::line(&out::tinted(&verdict, http::verdict_tone(quota.verdict)))?;
    if let Some(text) = http::balance(quota) {
        out::line(&format!("  {}", text.get(lang)))?;
    }
    match &quota.advice {
        Some(advice) => out::line(&format!("  → {}", advice.get(lang))),
        None => Ok(()),
    }
}

/// The daemon is not running: that is the answer, and it is no.
fn stopped(site: &Site, form: Form, lang: Lang) -> Ended {
    let last = last_airing(site);
    if form == Form::Json {
        out::json(&json!({"running": false, "last_airing": last}))?;
        return Ok(Exit::No);
    }
    let words = client::not_running();
    out::line(&out::tinted(words.get(lang), Tone::Bad))?;
    if let Some(row) = last {
        let (id, outcome) = (row.airing.head.id, row.airing.outcome.label());
        let (vi, en) = (outcome.vi, outcome.en);
        let text = text!("Lượt phát cuối cùng: {id} – {vi}", "Last airing: {id} – {en}");
        out::line(text.get(lang))?;
    }
    Ok(Exit::No)
}

fn last_airing(site: &Site) -> Option<Row> {
    let query = AiringQuery { limit: 1, ..AiringQuery::default() };
    rooms::records(&site.state).ok()?.airings(&query).ok()?.rows.pop()
}
