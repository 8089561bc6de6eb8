//! `GET /v1/compliance`: promised against aired. Effects.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use jiff::civil::Date;
use serde::Serialize;

use crate::http::app::App;
use crate::http::auth::Reader;
use crate::http::compliance_query::{ComplianceAsked, compliance_query};
use crate::http::format::Format;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::{attached, language};
use crate::model::compliance::{Assessment, ComplianceQuery};
use crate::model::text::Text;
use crate::report::{self, Variant};

const KNOWN: [&str; 6] = ["commune", "quota", "period", "from", "until", "format"];

#[derive(Serialize)]
struct List {
    compliance: Vec<Assessment>,
}

pub(in crate::http) async fn list(
    State(app): State<Arc<App>>,
    reader: Reader,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let params = Params::read(&uri, &KNOWN)?;
    let format = Format::read(&params, &headers)?;
    let query = query(&app, &params, &reader)?;
    let mut compliance = app.assess(query).await?;
    compliance.retain(|a| reader.sees(&a.commune));
    let lang = language::of(&uri, &headers);
    match format {
        Format::Json => Ok(Json(List { compliance }).into_response()),
        Format::Csv => Ok(attached::csv(report::compliance_csv(&compliance, lang, Variant::Excel), "chi-tieu.csv")),
        Format::Xlsx => attached::workbook(report::compliance_xlsx(&compliance, lang), "chi-tieu.xlsx"),
    }
}

fn query(app: &App, params: &Params, reader: &Reader) -> Result<ComplianceQuery, Problem> {
    let date = Text::new("ngày dạng 2026-11-23", "a date such as 2026-11-23");
    let day = |name| params.parse(name, &date, |t| t.parse::<Date>().ok().filter(|_| t.len() == 10));
    let asked = ComplianceAsked {
        commune: reader.commune(params.id("commune")?)?,
        quota: params.id("quota")?,
        period: params.text("period"),
        from: day("from")?,
        until: day("until")?,
    };
    let today = (app.deps.now)().local().date();
    let station = Arc::clone(&app.deps.station.borrow());
    compliance_query(&station, today, &asked, &|id| reader.sees(id))
        .map_err(|wrong| Problem::parameter(wrong.parameter, wrong.text))
}
