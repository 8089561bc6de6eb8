//! The JSON body of a wish: its fields, and what is wrong with them. Effects: reads the body.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use serde_json::Value;

use crate::http::app::App;
use crate::http::auth::Operator;
use crate::http::limits::BODY_BYTES;
use crate::http::params::{bad_value, nearest};
use crate::http::problem::Problem;
use crate::model::id::CommuneId;
use crate::model::text::Text;
use crate::text;

/// The fields of a JSON object in the body; an empty body has none.
pub(super) struct Fields(serde_json::Map<String, Value>);

impl Fields {
    /// Refuses every field that is not known.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Problem> {
        let Some(odd) = self.0.keys().find(|k| !known.contains(&k.as_str())) else { return Ok(()) };
        let shown: String = odd.chars().take(40).collect();
        Err(Problem::parameter(
            &shown,
            match nearest(odd, known) {
                Some(near) => text!(
                    "Không có mục \"{shown}\". Có phải ý là \"{near}\"?",
                    "There is no field \"{shown}\". Did you mean \"{near}\"?"
                ),
                None => text!("Không có mục \"{shown}\".", "There is no field \"{shown}\"."),
            },
        ))
    }

    /// A field's value, once.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|v| !v.is_null())
    }

    /// Text of at most so many characters, without blanks around it; none if nothing is left.
    pub(super) fn line(&mut self, name: &str, most: usize) -> Result<Option<String>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.chars().nth(most).is_none() && !text.contains(char::is_control) => {
                Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
            }
            Some(other) => {
                let expected =
                    text!("một dòng chữ, nhiều nhất {most} chữ", "one line of text, at most {most} characters");
                Err(bad_value(name, other.as_str().unwrap_or_default(), &expected))
            }
        }
    }

    /// The commune meant; one of this station, and one that the operator may touch.
    pub(super) fn commune(&mut self, app: &App, who: &Operator) -> Result<Option<CommuneId>, Problem> {
        let asked = match self.take("commune") {
            None => None,
            Some(Value::String(text)) => {
                let known = |id: &CommuneId| app.deps.station.borrow().commune(id).is_some();
                let expected = Text::new("mã một xã, phường của đài này", "the id of a commune of this station");
                let id = text.parse().ok().filter(known).ok_or_else(|| bad_value("commune", &text, &expected))?;
                Some(id)
            }
            Some(_) => return Err(bad_value("commune", "", &Text::new("một chuỗi", "a string"))),
        };
        let commune = who.reader.commune(asked)?;
        if commune.is_none() && who.reader.communes().is_some() {
            let detail = text!("Cần ghi rõ commune: mã xã, phường.", "Say which commune.");
            return Err(Problem::parameter("commune", detail));
        }
        Ok(commune)
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let bytes = read(request.into_body()).await?;
        if bytes.is_empty() {
            return Ok(Self(serde_json::Map::new()));
        }
        if kind != "application/json" {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                text!("Cần content-type: application/json.", "content-type must be application/json."),
            ));
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "bad-json",
                text!("Nội dung không phải là đối tượng JSON ({error}).", "The body is not a JSON object ({error})."),
            )
        })
    }
}

async fn read(body: Body) -> Result<axum::body::Bytes, Problem> {
    axum::body::to_bytes(body, BODY_BYTES).await.map_err(|_| {
        let limit = BODY_BYTES / 1024;
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            text!("Nội dung dài quá {limit} KiB.", "The body is longer than {limit} KiB."),
        )
    })
}
