//! `doctor`: examines this PC and says of each thing whether it is right, and what to do. Effects: reads.

mod clock;
mod disk;
mod service;
mod sound;
mod volume;

use serde::Serialize;

use crate::cli::args::{Doctor, Form};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::site::Site;
use crate::cli::{Context, out, rooms};
use crate::config;
use crate::http::Tone;
use crate::model::diag::Severity;
use crate::model::text::{Lang, Text};
use crate::player::route::survey;
use crate::text;

/// Whether something is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Mark {
    /// It is.
    Good,
    /// It is, and somebody should know something.
    Note,
    /// It is not.
    Bad,
}

/// What was found of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    mark: Mark,
    what: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<Text>,
}

impl Finding {
    fn good(what: Text) -> Self {
        Self { mark: Mark::Good, what, remedy: None }
    }

    fn note(what: Text, remedy: Text) -> Self {
        Self { mark: Mark::Note, what, remedy: Some(remedy) }
    }

    fn bad(what: Text, remedy: Text) -> Self {
        Self { mark: Mark::Bad, what, remedy: Some(remedy) }
    }
}

#[derive(Serialize)]
struct View<'a> {
    healthy: bool,
    findings: &'a [Finding],
}

pub(super) fn run(context: &Context, args: &Doctor) -> Ended {
    let findings = examine(context);
    let healthy = findings.iter().all(|f| f.mark != Mark::Bad);
    match args.format {
        Form::Json => out::json(&View { healthy, findings: &findings })?,
        Form::Table => findings.iter().try_for_each(|f| tell(f, context.lang))?,
    }
    Ok(if healthy { Exit::Ok } else { Exit::No })
}

fn examine(context: &Context) -> Vec<Finding> {
    let loaded = config::load(&context.config);
    let mut findings = vec![configuration(context, &loaded)];
    let outputs = loaded.station.as_ref().map(|s| s.outputs.as_slice()).unwrap_or_default();
    let sinks = survey::sinks();
    findings.extend(sound::findings(outputs, sinks.iter().any(|sink| !sink.stand_in)));
    findings.extend(volume::findings(outputs, &sinks));
    findings.extend(clock::findings(rooms::now()));
    match Site::find(&context.config) {
        Ok(site) => {
            findings.extend(disk::state(&site.state));
            if let Some(station) = &loaded.station {
                findings.push(disk::audio(&station.paths.audio));
            }
            findings.push(service::finding(&site, context.lang));
        }
        Err(Failure::Said(_, why)) => {
            let what = text!(
                "Chưa khám được ổ đĩa và cổng HTTP vì thiếu cấu hình.",
                "Disk and HTTP port are not examined: no configuration."
            );
            findings.push(Finding::bad(what, why));
        }
        Err(Failure::PipeClosed) => {}
    }
    findings
}

fn configuration(context: &Context, loaded: &config::Loaded) -> Finding {
    let dir = context.config.display();
    let errors = loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    match (&loaded.station, loaded.diagnostics.len() - errors) {
        (Some(_), 0) => Finding::good(text!("Cấu hình dùng được ({dir})", "The configuration can be used ({dir})")),
        (Some(_), warnings) => Finding::note(
            text!(
                "Cấu hình dùng được, có {warnings} cảnh báo ({dir})",
                "The configuration has {warnings} warnings ({dir})"
            ),
            text!("Xem chi tiết: loaphuong check", "See: loaphuong check"),
        ),
        (None, _) => Finding::bad(
            text!("Cấu hình có {errors} lỗi ({dir})", "The configuration has {errors} errors ({dir})"),
            text!("Xem lỗi và cách sửa: loaphuong check", "What and where: loaphuong check"),
        ),
    }
}

fn tell(finding: &Finding, lang: Lang) -> Result<(), Failure> {
    let (sign, tone) = match finding.mark {
        Mark::Good => ("✔", Tone::Good),
        Mark::Note => ("!", Tone::Warn),
        Mark::Bad => ("✘", Tone::Bad),
    };
    out::line(&format!("{} {}", out::tinted(sign, tone), finding.what.get(lang)))?;
    match &finding.remedy {
        Some(remedy) => out::line(&format!("    → {}", remedy.get(lang))),
        None => Ok(()),
    }
}
