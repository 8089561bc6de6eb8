//! `GET /healthz`: whether the engine loop makes progress, and nothing else. Effects.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::http::app::App;
use crate::http::deps::Health;

pub(in crate::http) async fn healthz(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    match (app.deps.health)() {
        Health::Alive => (StatusCode::OK, "ok\n"),
        Health::Stuck => (StatusCode::SERVICE_UNAVAILABLE, "stuck\n"),
    }
}
