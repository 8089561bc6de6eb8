//! The router and what surrounds every answer: language, panics, time limit, security headers. Effects.

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower_http::catch_panic::CatchPanicLayer;

use crate::http::deps::Deps;
use crate::http::limits::{DISK_QUESTIONS, DISK_TURN, REQUEST};
use crate::http::problem::Problem;
use crate::http::{language, page, routes};
use crate::model::compliance::{Assessment, ComplianceQuery};
use crate::model::query::{Records, RecordsError};
use crate::text;

/// What every handler shares.
pub(super) struct App {
    pub(super) deps: Deps,
    disk: Semaphore,
}

impl App {
    /// Asks the journal, on a thread that may wait for the disk; a few at a time, so that no flood of questions
    /// starves those who write.
    pub(super) async fn ask<T, F>(&self, question: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Records) -> Result<T, RecordsError> + Send + 'static,
    {
        let records = Arc::clone(&self.deps.records);
        self.compute(move || question(records.as_ref())).await?.map_err(|error| unreadable(&error))
    }

    /// Holds promised against aired, on a thread that may wait for the disk.
    pub(super) async fn assess(&self, query: ComplianceQuery) -> Result<Vec<Assessment>, Problem> {
        let source = Arc::clone(&self.deps.compliance);
        self.compute(move || source(query)).await?.map_err(|error| unreadable(&error))
    }

    /// Does something that takes a while, on a thread for that.
    pub(super) async fn compute<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let busy = || {
            Problem::unavailable(text!(
                "Đang có quá nhiều câu hỏi cùng lúc. Hãy thử lại sau ít giây.",
                "Too many questions at one time. Try again in a few seconds."
            ))
        };
        let turn = timeout(DISK_TURN, self.disk.acquire()).await.map_err(|_| busy())?.map_err(|_| busy())?;
        let answer = tokio::task::spawn_blocking(work).await;
        drop(turn);
        answer.map_err(|_| Problem::internal())
    }
}

fn unreadable(error: &RecordsError) -> Problem {
    tracing::error!(%error, "the journal did not answer");
    Problem::unavailable(text!(
        "Không đọc được nhật ký phát. Hãy kiểm tra ổ đĩa; chạy `loaphuong doctor` trên máy phát.",
        "The journal cannot be read. Check the disk; run `loaphuong doctor` on the station's PC."
    ))
}

/// All addresses with everything around them.
pub(super) fn router(deps: Deps) -> Router {
    let app = Arc::new(App { deps, disk: Semaphore::new(DISK_QUESTIONS) });
    Router::new()
        .route("/", get(page::first))
        .route("/style.css", get(page::style))
        .route("/healthz", get(routes::health::healthz))
        .route("/v1/status", get(routes::status::status))
        .route("/v1/airings", get(routes::airings::list))
        .route("/v1/airings/{*id}", get(routes::airings::one))
        .route("/v1/compliance", get(routes::compliance::list))
        .route("/v1/plan", get(routes::plan::plan))
        .route("/v1/clips", get(routes::library::clips))
        .route("/v1/journal", get(routes::journal::links))
        .route("/v1/play", post(routes::operator::play))
        .route("/v1/emergency", post(routes::operator::emergency))
        .route("/v1/stop", post(routes::operator::stop))
        .route("/v1/reload", post(routes::operator::reload))
        .route("/v1/clock", post(routes::operator::clock))
        .fallback(nowhere)
        .method_not_allowed_fallback(wrong_method)
        .with_state(app)
        .layer(from_fn(in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(finish))
}

async fn nowhere() -> Problem {
    Problem::not_found(text!("Không có địa chỉ này.", "There is no such address."))
}

async fn wrong_method() -> Problem {
    Problem::new(
        axum::http::StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        text!(
            "Địa chỉ này không nhận cách gọi đó; xem đầu mục Allow.",
            "This address takes another method; see Allow."
        ),
    )
}

async fn in_time(request: Request, next: Next) -> Response {
    let late = |_| {
        Problem::unavailable(text!(
            "Quá thời gian chờ. Hãy thử lại, hoặc hỏi ít dữ liệu hơn.",
            "This took too long. Try again, or ask for less."
        ))
        .into_response()
    };
    timeout(REQUEST, next.run(request)).await.unwrap_or_else(late)
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("an HTTP handler panicked");
    Problem::internal().into_response()
}

/// Renders a problem in the reader's language, and adds the headers that every answer carries.
async fn finish(request: Request, next: Next) -> Response {
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let allow = response.headers().get(header::ALLOW).cloned();
        response = if page::wanted(&uri, &headers) {
            page::problem(&problem, language::of(&uri, &headers))
        } else {
            problem.render(language::of(&uri, &headers))
        };
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    for (name, value) in EVERYWHERE {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// No script, no frame, no foreign asset, no guessing, nothing kept by anybody on the way.
const EVERYWHERE: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];
