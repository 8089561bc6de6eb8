//! `check`: every error and warning of the configuration at once, then the forecast of every quota. Effects: reads.

use jiff::civil::Date;
use serde::Serialize;

use crate::cli::args::{Check, Form};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::outlook::{self, Outlook};
use crate::cli::{Context, out, rooms};
use crate::config::{self, Loaded};
use crate::http::Tone;
use crate::model::diag::{Diagnostic, Severity};
use crate::model::station::Station;
use crate::model::text::{Lang, Text};
use crate::text;

#[derive(Serialize)]
struct View<'a> {
    usable: bool,
    diagnostics: &'a [Diagnostic],
    forecast: &'a [Outlook],
}

pub(super) fn run(context: &Context, args: &Check) -> Ended {
    let mut loaded = config::load(&context.config);
    let mut forecast = Vec::new();
    if let Some(station) = &loaded.station {
        let library = rooms::scan(station, &mut |_, _| {});
        let today = station.zone.to_datetime(rooms::now()).date();
        let warnings = rooms::lint(&loaded, station, &library, today);
        loaded.diagnostics.extend(warnings);
        forecast = rooms::outlooks(station, &library, today);
    }
    let usable = loaded.station.is_some();
    match args.format {
        Form::Json => out::json(&View { usable, diagnostics: &loaded.diagnostics, forecast: &forecast })?,
        Form::Table => tell(context, &loaded, &forecast)?,
    }
    Ok(if usable { Exit::Ok } else { Exit::Config })
}

fn tell(context: &Context, loaded: &Loaded, forecast: &[Outlook]) -> Result<(), Failure> {
    let lang = context.lang;
    if !loaded.diagnostics.is_empty() {
        out::line(rooms::render(&loaded.diagnostics, lang).trim_end())?;
        out::line("")?;
    }
    let errors = loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let warnings = loaded.diagnostics.len() - errors;
    let short = forecast.iter().filter(|f| !f.short.is_empty()).count();
    let (tone, sum) = verdict(loaded.station.as_ref(), errors, warnings + short);
    out::line(&out::tinted(sum.get(lang), tone))?;
    match &loaded.station {
        Some(station) => {
            out::line(&config::describe(station, lang))?;
            promised(forecast, station.zone.to_datetime(rooms::now()).date(), lang)
        }
        None => Ok(()),
    }
}

/// Lines of one quota's forecast; the periods beyond are only counted.
const LINES: usize = 8;

/// The forecast of every quota.
fn promised(forecast: &[Outlook], today: Date, lang: Lang) -> Result<(), Failure> {
    if forecast.is_empty() {
        return Ok(());
    }
    out::line(text!("Chỉ tiêu trong thời gian tới:", "Quotas in the time to come:").get(lang))?;
    let several = forecast.iter().any(|f| f.commune != forecast[0].commune);
    for quota in forecast {
        let (tone, said) = summary(quota, several);
        out::line(&out::tinted(said.get(lang), tone))?;
        let groups = outlook::groups(&quota.short);
        for group in groups.iter().take(LINES) {
            if let Some(said) = outlook::sentence(group, today) {
                out::line(&format!("  {}.", said.get(lang)))?;
            }
            if let Some(advice) = group.first().and_then(|short| short.assessment.advice.as_ref()) {
                out::line(&format!("    → {}", advice.get(lang)))?;
            }
        }
        let more: usize = groups.iter().skip(LINES).map(|group| group.len()).sum();
        if more > 0 {
            out::line(text!("  … và {more} kỳ nữa.", "  … and {more} periods more.").get(lang))?;
        }
    }
    Ok(())
}

fn summary(quota: &Outlook, several: bool) -> (Tone, Text) {
    let name = out::slot(&quota.name, &quota.commune_name, several);
    let (periods, until, short) = (quota.periods, quota.until.strftime("%d/%m/%Y"), quota.short.len());
    match short {
        0 => (
            Tone::Good,
            text!(
                "✔ {name}: lịch đủ cho {periods} kỳ tới, đến hết {until}.",
                "✔ {name}: the schedule is enough for {periods} periods, until {until}."
            ),
        ),
        _ => (
            Tone::Warn,
            text!(
                "✘ {name}: lịch không đủ trong {short}/{periods} kỳ tới, đến hết {until}.",
                "✘ {name}: the schedule is not enough in {short} of {periods} periods until {until}."
            ),
        ),
    }
}

fn verdict(station: Option<&Station>, errors: usize, warnings: usize) -> (Tone, Text) {
    match (station, warnings) {
        (None, _) => (
            Tone::Bad,
            text!(
                "Cấu hình có {errors} lỗi, {warnings} cảnh báo: chưa dùng được.",
                "The configuration has {errors} errors and {warnings} warnings: it cannot be used."
            ),
        ),
        (Some(_), 0) => (Tone::Good, text!("Cấu hình dùng được.", "The configuration can be used.")),
        (Some(_), _) => (
            Tone::Warn,
            text!(
                "Cấu hình dùng được, có {warnings} cảnh báo nên xem.",
                "The configuration can be used; {warnings} warnings to look at."
            ),
        ),
    }
}

/// The station of a configuration that can be used; else what is wrong with it goes to standard error.
pub(super) fn station(context: &Context) -> Result<Station, Failure> {
    let loaded = config::load(&context.config);
    loaded.station.ok_or_else(|| {
        let [vi, en] = [crate::model::text::Lang::Vi, crate::model::text::Lang::En]
            .map(|lang| rooms::render(&loaded.diagnostics, lang).trim_end().to_owned());
        Failure::new(Exit::Config, Text::new(vi, en))
    })
}
