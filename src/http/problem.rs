//! Problems after RFC 9457: what went wrong and what to do, in the reader's language. Pure.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::model::id::AiringId;
use crate::model::text::{Lang, Text};
use crate::text;

/// The content type of problems.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was not answered as asked. Rendered last, when the language is known.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Text,
    concerns: Option<Concerns>,
    challenge: Option<&'static str>,
}

/// What a problem is about, as a member of its own in the answer.
#[derive(Debug, Clone)]
enum Concerns {
    /// A parameter or field of the question.
    Parameter(String),
    /// The emergency that is on air.
    Airing(AiringId),
}

#[derive(Serialize)]
struct View<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    airing: Option<&'a AiringId>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: Text) -> Self {
        Self { status, code, detail, concerns: None, challenge: None }
    }

    /// A parameter or field that is unknown or has a bad value.
    pub(super) fn parameter(name: &str, detail: Text) -> Self {
        let concerns = Some(Concerns::Parameter(name.to_owned()));
        Self { concerns, ..Self::new(StatusCode::BAD_REQUEST, "bad-parameter", detail) }
    }

    /// An emergency is on air: it ends only when its id is said.
    pub(super) fn confirm(airing: AiringId, why: Text) -> Self {
        Self { concerns: Some(Concerns::Airing(airing)), ..Self::new(StatusCode::CONFLICT, "confirm", why) }
    }

    /// Nothing that this service has.
    pub(super) fn not_found(detail: Text) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", detail)
    }

    /// Known, and not permitted.
    pub(super) fn forbidden(detail: Text) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// Not known. `challenge` is what `WWW-Authenticate` says.
    pub(super) fn unauthorized(challenge: &'static str, detail: Text) -> Self {
        Self { challenge: Some(challenge), ..Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail) }
    }

    /// Not now.
    pub(super) fn unavailable(detail: Text) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
    }

    /// A mistake of ours.
    pub(super) fn internal() -> Self {
        let detail = text!(
            "Chương trình gặp lỗi khi trả lời; việc phát thanh không bị ảnh hưởng. Hãy thử lại, nếu vẫn lỗi hãy gửi nhật \
             ký chương trình cho kỹ thuật viên.",
            "The program failed to answer; airing is not affected. Try again; if it persists, send the program's log to \
             the technician."
        );
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    /// What people read, for a page.
    pub(super) fn words(&self, lang: Lang) -> (Text, &str) {
        (title(self.status), self.detail.get(lang))
    }

    /// The answer's body and headers in `lang`.
    pub(super) fn render(&self, lang: Lang) -> Response {
        let title = title(self.status);
        let (parameter, airing) = match &self.concerns {
            Some(Concerns::Parameter(name)) => (Some(name.as_str()), None),
            Some(Concerns::Airing(airing)) => (None, Some(airing)),
            None => (None, None),
        };
        let view = View {
            r#type: format!("urn:loaphuong:problem:{}", self.code),
            title: title.get(lang),
            status: self.status.as_u16(),
            detail: self.detail.get(lang),
            parameter,
            airing,
        };
        let body = serde_json::to_string(&view).unwrap_or_default();
        let mut response = self.envelope(Body::from(body));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response
    }

    /// Status and headers around a body.
    pub(super) fn envelope(&self, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if matches!(self.status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

impl IntoResponse for Problem {
    /// An empty answer that carries the problem to the outermost layer, where the language is known.
    fn into_response(self) -> Response {
        let mut response = self.envelope(Body::empty());
        response.extensions_mut().insert(self);
        response
    }
}

fn title(status: StatusCode) -> Text {
    let (vi, en) = match status.as_u16() {
        400 => ("Yêu cầu không hợp lệ", "Bad request"),
        401 => ("Cần mã truy cập", "A token is needed"),
        403 => ("Không được phép", "Not permitted"),
        404 => ("Không tìm thấy", "Not found"),
        405 => ("Cách gọi không đúng", "Method not allowed"),
        409 => ("Không thực hiện được", "Refused"),
        413 => ("Yêu cầu quá dài", "Too large"),
        415 => ("Sai kiểu nội dung", "Unsupported content type"),
        421 => ("Sai tên máy", "Wrong host name"),
        503 => ("Tạm thời chưa trả lời được", "Not available now"),
        _ => ("Lỗi của chương trình", "Internal error"),
    };
    Text::new(vi, en)
}
