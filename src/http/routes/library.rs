//! `GET /v1/clips`: the library. Effects.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use serde::Serialize;

use crate::http::app::App;
use crate::http::auth::Reader;
use crate::http::clips::{ClipView, ClipsKnown, views};
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::model::id::Topic;
use crate::model::time::Moment;

#[derive(Serialize)]
pub(in crate::http) struct List {
    clips: Vec<ClipView>,
    scanned_at: Option<Moment>,
}

pub(in crate::http) async fn clips(
    State(app): State<Arc<App>>,
    reader: Reader,
    uri: Uri,
) -> Result<Json<List>, Problem> {
    let params = Params::read(&uri, &["topic"])?;
    let topic: Option<Topic> = params.id("topic")?;
    let station = Arc::clone(&app.deps.station.borrow());
    let library = Arc::clone(&app.deps.library.borrow());
    let scanned_at = library.scanned_at.map(|at| Moment::of(at, &station.zone));
    let history = Arc::clone(&app.deps.history.borrow());
    let today = (app.deps.now)().local().date();
    let mut clips = app
        .compute(move || {
            let known = ClipsKnown { library: &library, station: &station, history: &history, today };
            views(&known, &|commune| reader.sees(commune))
        })
        .await?;
    clips.retain(|c| topic.as_ref().is_none_or(|t| c.topics.contains(t)));
    Ok(Json(List { clips, scanned_at }))
}
