//! `GET /v1/airings` and `GET /v1/airings/{id}`: the airing log. Effects.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::http::app::App;
use crate::http::auth::Reader;
use crate::http::compliance_query::one_quota;
use crate::http::format::Format;
use crate::http::limits::ROWS;
use crate::http::params::{Params, bad_value};
use crate::http::problem::Problem;
use crate::http::when::{Edge, instant};
use crate::http::{attached, cursor, language};
use crate::model::id::AiringId;
use crate::model::outcome::{Kind, Outcome};
use crate::model::query::{AiringQuery, Row};
use crate::model::station::Station;
use crate::model::text::Text;
use crate::report::{self, Variant};
use crate::text;

const KNOWN: [&str; 11] =
    ["from", "until", "commune", "slot", "topic", "outcome", "kind", "quota", "limit", "cursor", "format"];

#[derive(Serialize)]
struct List {
    airings: Vec<Row>,
    next: Option<String>,
}

pub(in crate::http) async fn list(
    State(app): State<Arc<App>>,
    reader: Reader,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let params = Params::read(&uri, &KNOWN)?;
    let format = Format::read(&params, &headers)?;
    let station = Arc::clone(&app.deps.station.borrow());
    let query = of_quota(query(&params, &reader, &station)?, &params, &reader, &station)?;
    let mut page = app.ask(move |r| r.airings(&query)).await?;
    // A token of several communes: pages may be short, the cursor leads on all the same.
    page.rows.retain(|row| reader.sees(&row.airing.head.commune));
    let next = page.next.map(cursor::write);
    match format {
        Format::Json => Ok(Json(List { airings: page.rows, next }).into_response()),
        Format::Csv => {
            let table = report::airings_csv(&page.rows, language::of(&uri, &headers), Variant::Excel);
            Ok(leading_on(attached::csv(table, "nhat-ky-phat.csv"), next.as_deref(), &uri))
        }
        Format::Xlsx => {
            let table = report::airings_xlsx(&page.rows, language::of(&uri, &headers));
            Ok(leading_on(attached::workbook(table, "nhat-ky-phat.xlsx")?, next.as_deref(), &uri))
        }
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

fn query(params: &Params, reader: &Reader, station: &Station) -> Result<AiringQuery, Problem> {
    let zone = &station.zone;
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

/// The question, narrowed to the commune and the days of the quota that is named.
fn of_quota(
    mut query: AiringQuery,
    params: &Params,
    reader: &Reader,
    station: &Station,
) -> Result<AiringQuery, Problem> {
    let Some(asked) = params.id("quota")? else { return Ok(query) };
    let (commune, quota) = one_quota(station, query.commune.as_ref(), &asked, &|id| reader.sees(id))
        .map_err(|wrong| Problem::parameter(wrong.parameter, wrong.text))?;
    let start = |date: Date| Some(date.to_zoned(station.zone.clone()).ok()?.timestamp());
    let from: Option<Timestamp> = quota.from.and_then(start);
    let until: Option<Timestamp> = quota.until.and_then(|last| start(last.tomorrow().ok()?));
    query.commune = Some(commune.id.clone());
    query.from = query.from.into_iter().chain(from).max();
    query.until = query.until.into_iter().chain(until).min();
    Ok(query)
}

/// A table has no room for the cursor of its next page: a header has.
fn leading_on(mut response: Response, next: Option<&str>, uri: &Uri) -> Response {
    if let Some(next) = next.and_then(|n| next_link(uri, n).parse().ok()) {
        response.headers_mut().insert(header::LINK, next);
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
