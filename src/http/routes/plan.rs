//! `GET /v1/plan`: what is to come. Effects.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use jiff::civil::Date;
use serde::Serialize;

use crate::http::app::App;
use crate::http::auth::Reader;
use crate::http::limits::PLAN_DAYS;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::model::id::CommuneId;
use crate::model::plan_view::PlanView;
use crate::model::text::Text;

#[derive(Serialize)]
pub(in crate::http) struct List {
    occurrences: Vec<PlanView>,
}

pub(in crate::http) async fn plan(
    State(app): State<Arc<App>>,
    reader: Reader,
    uri: Uri,
) -> Result<Json<List>, Problem> {
    let params = Params::read(&uri, &["from", "days", "commune"])?;
    let date = Text::new("ngày dạng 2026-11-23", "a date such as 2026-11-23");
    let from: Option<Date> = params.parse("from", &date, |t| t.parse().ok().filter(|_| t.len() == 10))?;
    let days = params.number("days", PLAN_DAYS.0, 1..=PLAN_DAYS.1)?;
    let commune = reader.commune(params.id::<CommuneId>("commune")?)?;
    let from = from.unwrap_or_else(|| (app.deps.now)().local().date());
    let source = Arc::clone(&app.deps.plan);
    let mut occurrences = app.compute(move || source(from, days)).await?;
    occurrences.retain(|o| reader.sees(&o.commune) && commune.as_ref().is_none_or(|c| c == &o.commune));
    Ok(Json(List { occurrences }))
}
