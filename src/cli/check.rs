//! `check`: every error and warning of the configuration at once. Effects: reads.

use serde::Serialize;

use crate::cli::args::{Check, Form};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::{Context, out, rooms};
use crate::config::{self, Loaded};
use crate::http::Tone;
use crate::model::diag::{Diagnostic, Severity};
use crate::model::station::Station;
use crate::model::text::Text;
use crate::text;

#[derive(Serialize)]
struct View<'a> {
    usable: bool,
    diagnostics: &'a [Diagnostic],
}

pub(super) fn run(context: &Context, args: &Check) -> Ended {
    let mut loaded = config::load(&context.config);
    if let Some(station) = &loaded.station {
        let library = rooms::scan(station, &mut |_, _| {});
        let today = station.zone.to_datetime(rooms::now()).date();
        let warnings = rooms::lint(&loaded, station, &library, today);
        loaded.diagnostics.extend(warnings);
    }
    let usable = loaded.station.is_some();
    match args.format {
        Form::Json => out::json(&View { usable, diagnostics: &loaded.diagnostics })?,
        Form::Table => tell(context, &loaded)?,
    }
    Ok(if usable { Exit::Ok } else { Exit::Config })
}

fn tell(context: &Context, loaded: &Loaded) -> Result<(), Failure> {
    let lang = context.lang;
    if !loaded.diagnostics.is_empty() {
        out::line(rooms::render(&loaded.diagnostics, lang).trim_end())?;
        out::line("")?;
    }
    let errors = loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let warnings = loaded.diagnostics.len() - errors;
    let (tone, sum) = verdict(loaded.station.as_ref(), errors, warnings);
    out::line(&out::tinted(sum.get(lang), tone))?;
    match &loaded.station {
        Some(station) => out::line(&config::describe(station, lang)),
        None => Ok(()),
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
