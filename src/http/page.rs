//! `GET /`: the first page, without script, for any browser and for the printer. Effects.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{Html, IntoResponse as _, Response};

use crate::http::app::App;
use crate::http::auth::Reader;
use crate::http::language;
use crate::http::page_view::{Facts, FirstPage};
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::routes::status::for_reader;
use crate::model::query::{AiringQuery, Row};
use crate::model::status::Status;
use crate::model::text::Lang;

/// More airings than this on one day are not read on one page.
const ROWS_OF_A_DAY: usize = 200;
/// So many airings before today.
const RECENT_ROWS: usize = 8;

pub(super) async fn first(State(app): State<Arc<App>>, reader: Reader, request: Request) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    Params::read(&parts.uri, &[])?;
    let status = for_reader(&app, &reader);
    let rows = today(&app, &reader, &status).await;
    let recent = before_today(&app, &reader, &status).await;
    let source = Arc::clone(&app.deps.plan);
    let date = status.now.local().date();
    let mut plan = app.compute(move || source(date, 1)).await.unwrap_or_default();
    plan.retain(|p| reader.sees(&p.commune));
    let facts = Facts {
        status: &status,
        health: (app.deps.health)(),
        rows: rows.as_deref(),
        recent: recent.as_deref().unwrap_or_default(),
        plan: &plan,
        lang: language::of_page(&parts),
    };
    let html = FirstPage::new(&facts).render().map_err(|error| {
        tracing::error!(%error, "the first page cannot be rendered");
        Problem::internal()
    })?;
    Ok(Html(html).into_response())
}

pub(super) async fn style() -> Response {
    let mut response = include_str!("templates/style.css").into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Today's final rows that the reader may see; nothing if the journal does not answer: the page says so and shows the
/// rest.
async fn today(app: &App, reader: &Reader, status: &Status) -> Option<Vec<Row>> {
    let zone = app.deps.station.borrow().zone.clone();
    let date = status.now.local().date();
    let from = date.to_zoned(zone.clone()).ok()?.timestamp();
    let until = date.tomorrow().ok()?.to_zoned(zone).ok()?.timestamp();
    let commune = reader.commune(None).ok()?;
    let query =
        AiringQuery { from: Some(from), until: Some(until), commune, limit: ROWS_OF_A_DAY, ..AiringQuery::default() };
    let mut rows = app.ask(move |r| r.airings(&query)).await.ok()?.rows;
    rows.retain(|r| reader.sees(&r.airing.head.commune));
    Some(rows)
}

/// The last final rows before today, newest first, so that Monday's reader sees what became of Saturday.
async fn before_today(app: &App, reader: &Reader, status: &Status) -> Option<Vec<Row>> {
    let zone = app.deps.station.borrow().zone.clone();
    let until = status.now.local().date().to_zoned(zone).ok()?.timestamp();
    let commune = reader.commune(None).ok()?;
    let query = AiringQuery { until: Some(until), commune, limit: RECENT_ROWS, ..AiringQuery::default() };
    let mut rows = app.ask(move |r| r.airings(&query)).await.ok()?.rows;
    rows.retain(|r| reader.sees(&r.airing.head.commune));
    Some(rows)
}

/// Does a person in front of a browser wait for this answer?
pub(super) fn wanted(uri: &Uri, headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    !uri.path().starts_with("/v1/") && accepts.contains("text/html")
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    lang: &'static str,
    title: &'a str,
    detail: &'a str,
    home: &'static str,
}

/// A problem for a person in front of a browser.
pub(super) fn problem(problem: &Problem, lang: Lang) -> Response {
    let (title, detail) = problem.words(lang);
    let page = match lang {
        Lang::Vi => ProblemPage { lang: "vi", title: title.get(lang), detail, home: "Về trang đầu" },
        Lang::En => ProblemPage { lang: "en", title: title.get(lang), detail, home: "First page" },
    };
    let Ok(html) = page.render() else { return problem.render(lang) };
    let mut response = problem.envelope(Body::from(html));
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}
