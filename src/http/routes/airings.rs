//! `GET /v1/airings` and `GET /v1/airings/{id}`: the airing log. Effects.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::http::app::App;
use crate::http::auth::Reader;
use crate::http::limits::ROWS;
use crate::http::params::{Params, bad_value};
use crate::http::problem::Problem;
use crate::http::when::{Edge, instant};
use crate::http::{cursor, language};
use crate::model::id::AiringId;
use crate::model::outcome::{Kind, Outcome};
use crate::model::query::{AiringQuery, Row};
use crate::model::text::Text;
use crate::report::{self, Variant};
use crate::text;

const KNOWN: [&str; 10] = ["from", "until", "commune", "slot", "topic", "outcome", "kind", "limit", "cursor", "format"];

#[derive(Serialize)]
struct List {
    airings: Vec<Row>,
    next: Option<String>,
}

enum Format {
    Json,
    Csv,
}

pub(in crate::http) async fn list(
    State(app): State<Arc<App>>,
    reader: Reader,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let params = Params::read(&uri, &KNOWN)?;
    let zone = app.deps.station.borrow().zone.clone();
    let format = format(&params, &headers)?;
    let query = query(&params, &reader, &zone)?;
    let mut page = app.ask(move |r| r.airings(&query)).await?;
    // A token of several communes: pages may be short, the cursor leads on all the same.
    page.rows.retain(|row| reader.sees(&row.airing.head.commune));
    let next = page.next.map(cursor::write);
    match format {
        Format::Json => Ok(Json(List { airings: page.rows, next }).into_response()),
        Format::Csv => Ok(table(&page.rows, next.as_deref(), &uri, &headers)),
    }
}

pub(in crate::http) async fn one(
    State(app): State<Arc<App>>,
    reader: Reader,
    uri: Uri,
    Path(id): Path<String>,
) -> Result<Json<Row>, Problem> {
    Params::read(&uri, &[])?;
    let unknown = || {
        Problem::not_found(text!(
            "Không có lượt phát này. Mã có dạng an-xuan/sang@2026-11-23T05:30.",
            "There is no such airing. An id looks like an-xuan/sang@2026-11-23T05:30."
        ))
    };
    if id.len() > 200 {
        return Err(unknown());
    }
    let row = app.ask(move |r| r.airing(&AiringId::quoted(&id))).await?.ok_or_else(unknown)?;
    reader.commune(Some(row.airing.head.commune.clone()))?;
    Ok(Json(row))
}

fn query(params: &Params, reader: &Reader, zone: &TimeZone) -> Result<AiringQuery, Problem> {
    let when = Text::new("ngày dạng 2026-11-23 hoặc giờ RFC 3339", "a date such as 2026-11-23, or RFC 3339");
    let from = params.parse("from", &when, |t| instant(t, Edge::From, zone))?;
    let until = params.parse("until", &when, |t| instant(t, Edge::Until, zone))?;
    if let (Some(from), Some(until)) = (from, until)
        && from > until
    {
        let expected = Text::new("không sớm hơn from", "not before from");
        return Err(bad_value("until", params.text("until").unwrap_or_default(), &expected));
    }
    let outcomes: Vec<&str> = Outcome::ALL.iter().map(|o| o.code()).collect();
    let kinds: Vec<&str> = Kind::ALL.iter().map(|k| k.code()).collect();
    let place = Text::new("giá trị next của trang trước", "the value next of the page before");
    Ok(AiringQuery {
        from,
        until,
        commune: reader.commune(params.id("commune")?)?,
        slot: params.id("slot")?,
        topic: params.id("topic")?,
        outcome: params.word("outcome", &outcomes, Outcome::from_code)?,
        kind: params.word("kind", &kinds, Kind::from_code)?,
        limit: params.number("limit", ROWS.0, 1..=ROWS.1)?,
        before: params.parse("cursor", &place, cursor::read)?,
    })
}

/// `format=` before `Accept`.
fn format(params: &Params, headers: &HeaderMap) -> Result<Format, Problem> {
    let asked = params.word("format", &["json", "csv"], |word| match word {
        "json" => Some(Format::Json),
        "csv" => Some(Format::Csv),
        _ => None,
    })?;
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let wants_csv = accept.split(',').any(|r| r.split(';').next().is_some_and(|m| m.trim() == "text/csv"));
    Ok(asked.unwrap_or(if wants_csv { Format::Csv } else { Format::Json }))
}

fn table(rows: &[Row], next: Option<&str>, uri: &Uri, headers: &HeaderMap) -> Response {
    let body = report::airings_csv(rows, language::of(uri, headers), Variant::Excel);
    let mut response = body.into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    out.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"nhat-ky-phat.csv\""));
    if let Some(next) = next.and_then(|n| next_link(uri, n).parse().ok()) {
        out.insert(header::LINK, next);
    }
    response
}

/// The address of the next page: RFC 8288.
fn next_link(uri: &Uri, next: &str) -> String {
    let kept = uri.query().unwrap_or_default().split('&').filter(|p| !p.is_empty() && !p.starts_with("cursor="));
    let query: Vec<&str> = kept.collect();
    let sep = if query.is_empty() { "" } else { "&" };
    format!("</v1/airings?{}{sep}cursor={next}>; rel=\"next\"", query.join("&"))
}
