//! `log`: the airing log, from the running daemon or from the journal. Effects: reads.

use serde::Deserialize;
use serde_json::json;

use crate::cli::args::{Log, TableForm};
use crate::cli::client::{self, Unanswered, encoded};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::site::Site;
use crate::cli::{Context, out, rooms};
use crate::http::{self, Edge, Tone};
use crate::model::outcome::{Kind, Outcome};
use crate::model::query::{AiringQuery, Row};
use crate::model::text::Lang;
use crate::report::{self, Variant};
use crate::text;

const PAGE: usize = 1_000;

pub(super) fn run(context: &Context, args: &Log) -> Ended {
    let site = Site::find(&context.config)?;
    let query = query(args, &site)?;
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let rows = match from_daemon(&site, &query, limit, context.lang) {
        Ok(rows) => rows,
        Err(Unanswered::Failed(failure)) => return Err(failure),
        Err(Unanswered::NotRunning) => {
            let rows = from_journal(&site, query, limit)?;
            client::say_not_running(context.lang);
            rows
        }
    };
    match args.format {
        TableForm::Json => out::json(&json!({"airings": rows, "next": null}))?,
        TableForm::Csv => out::raw(&report::airings_csv(&rows, context.lang, Variant::Excel))?,
        TableForm::Table => table(&rows, context.lang)?,
    }
    Ok(Exit::Ok)
}

fn query(args: &Log, site: &Site) -> Result<AiringQuery, Failure> {
    let when = |text: &Option<String>, edge| match text {
        None => Ok(None),
        Some(text) => http::instant(text, edge, &site.zone).map(Some).ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                text!(
                    "Không hiểu \"{text}\": cần ngày dạng 2026-11-23 hoặc giờ dạng 2026-11-23T05:30:00+07:00.",
                    "\"{text}\" is neither a date such as 2026-11-23 nor a time such as 2026-11-23T05:30:00+07:00."
                ),
            )
        }),
    };
    Ok(AiringQuery {
        from: when(&args.from, Edge::From)?,
        until: when(&args.until, Edge::Until)?,
        commune: args.commune.clone(),
        slot: args.slot.clone(),
        topic: args.topic.clone(),
        outcome: args.outcome.as_deref().and_then(Outcome::from_code),
        kind: args.kind.as_deref().and_then(Kind::from_code),
        limit: PAGE,
        before: None,
    })
}

#[derive(Deserialize)]
struct List {
    airings: Vec<Row>,
    next: Option<String>,
}

fn from_daemon(site: &Site, query: &AiringQuery, limit: usize, lang: Lang) -> Result<Vec<Row>, Unanswered> {
    let mut rows = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = limit.saturating_sub(rows.len()).min(PAGE);
        let address = address(query, page, cursor.as_deref());
        let list: List = client::get(site, &address, lang)?;
        rows.extend(list.airings);
        cursor = list.next;
        if cursor.is_none() || rows.len() >= limit {
            return Ok(rows);
        }
    }
}

fn address(query: &AiringQuery, limit: usize, cursor: Option<&str>) -> String {
    let pairs = [
        ("from", query.from.map(|t| t.to_string())),
        ("until", query.until.map(|t| t.to_string())),
        ("commune", query.commune.as_ref().map(ToString::to_string)),
        ("slot", query.slot.as_ref().map(ToString::to_string)),
        ("topic", query.topic.as_ref().map(ToString::to_string)),
        ("outcome", query.outcome.map(|o| o.to_string())),
        ("kind", query.kind.map(|k| k.to_string())),
        ("limit", Some(limit.to_string())),
        ("cursor", cursor.map(str::to_owned)),
    ];
    let given = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", encoded(&value?))));
    format!("/v1/airings?{}", given.collect::<Vec<_>>().join("&"))
}

fn from_journal(site: &Site, mut query: AiringQuery, limit: usize) -> Result<Vec<Row>, Failure> {
    let records = rooms::records(&site.state)?;
    let mut rows = Vec::new();
    loop {
        query.limit = limit.saturating_sub(rows.len()).min(PAGE);
        let page = records.airings(&query).map_err(|error| rooms::unreadable(&error))?;
        rows.extend(page.rows);
        query.before = page.next;
        if query.before.is_none() || rows.len() >= limit {
            return Ok(rows);
        }
    }
}

/// The colour of an outcome.
fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Aired => Tone::Good,
        Outcome::Partial | Outcome::Missed => Tone::Bad,
        Outcome::Unproven => Tone::Warn,
        Outcome::Skipped | Outcome::Cancelled => Tone::Calm,
    }
}

/// The log for people.
pub(super) fn table(rows: &[Row], lang: Lang) -> Result<(), Failure> {
    if rows.is_empty() {
        let none = text!("Không có lượt phát nào.", "No airings.");
        return out::line(none.get(lang));
    }
    let mut table = out::table(match lang {
        Lang::Vi => &["Giờ theo lịch", "Khung giờ", "Nội dung", "Kết quả"],
        Lang::En => &["Planned", "Slot", "Programme", "Outcome"],
    });
    let several = rows.iter().any(|r| r.airing.head.commune != rows[0].airing.head.commune);
    for row in rows {
        let (airing, head) = (&row.airing, &row.airing.head);
        let outcome = airing.outcome.label();
        let ended = match airing.reason {
            Some(reason) => format!("{}: {}", outcome.get(lang), reason.label().get(lang)),
            None => outcome.get(lang).to_owned(),
        };
        table.add_row([
            out::when(head.planned_at, lang).into(),
            out::slot(&head.slot_name, &head.commune_name, several).into(),
            airing.programme().into(),
            out::toned(&ended, tone(airing.outcome)),
        ] as [comfy_table::Cell; 4]);
    }
    out::show(&table)
}
