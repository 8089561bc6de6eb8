//! `GET /v1/status`: what the station says of itself. Effects.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::Uri;

use crate::http::app::App;
use crate::http::auth::Reader;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::model::status::Status;

pub(in crate::http) async fn status(
    State(app): State<Arc<App>>,
    reader: Reader,
    uri: Uri,
) -> Result<Json<Status>, Problem> {
    Params::read(&uri, &[])?;
    Ok(Json(for_reader(&app, &reader)))
}

/// The status, without other communes' programmes where the reader is bound to some.
pub(in crate::http) fn for_reader(app: &App, reader: &Reader) -> Status {
    let mut status = Status::clone(&app.deps.status.borrow());
    // The engine speaks when something changes; what time it is changes always.
    status.now = (app.deps.now)();
    status.on_air.retain(|o| reader.sees(&o.commune));
    status.next = status.next.filter(|n| reader.sees(&n.commune));
    status.quotas.retain(|q| reader.sees(&q.commune));
    status
}
