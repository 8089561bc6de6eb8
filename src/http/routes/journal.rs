//! `GET /v1/journal`: raw entries with their chain, one JSON object a line: the feed of a collector. Effects.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse as _, Response};

use crate::http::app::App;
use crate::http::auth::Reader;
use crate::http::limits::ROWS;
use crate::http::params::Params;
use crate::http::problem::Problem;

pub(in crate::http) async fn links(State(app): State<Arc<App>>, reader: Reader, uri: Uri) -> Result<Response, Problem> {
    let params = Params::read(&uri, &["after", "limit"])?;
    let after = params.number("after", 0, 0..=u64::MAX)?;
    let limit = params.number("limit", ROWS.0, 1..=ROWS.1)?;
    reader.all_communes()?;
    let feed = app.ask(move |r| r.links(after, limit)).await?;
    let mut body = String::new();
    for link in &feed {
        body.push_str(&serde_json::to_string(link).map_err(|_| Problem::internal())?);
        body.push('\n');
    }
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}
