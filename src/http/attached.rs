//! Tables as answers that a browser keeps as a file. Effects: logs a table that cannot be made.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use crate::http::format::WORKBOOK;
use crate::http::problem::Problem;
use crate::report::ReportError;

/// A CSV, kept as `file`.
pub(super) fn csv(table: String, file: &'static str) -> Response {
    attached(table.into_bytes(), "text/csv; charset=utf-8; header=present", file)
}

/// A workbook, kept as `file`.
pub(super) fn workbook(table: Result<Vec<u8>, ReportError>, file: &'static str) -> Result<Response, Problem> {
    let bytes = table.map_err(|error| {
        tracing::error!(%error, file, "a workbook cannot be made");
        Problem::internal()
    })?;
    Ok(attached(bytes, WORKBOOK, file))
}

fn attached(body: Vec<u8>, media: &'static str, file: &'static str) -> Response {
    let mut response = body.into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    if let Ok(kept) = HeaderValue::from_str(&format!("attachment; filename=\"{file}\"")) {
        out.insert(header::CONTENT_DISPOSITION, kept);
    }
    response
}
