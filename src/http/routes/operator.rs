//! `POST /v1/play`, `/v1/stop`, `/v1/reload`: what a person asks of the running daemon. Effects.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, Uri, header};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::http::app::App;
use crate::http::auth::Operator;
use crate::http::limits::{BODY_BYTES, ENGINE_ANSWER};
use crate::http::params::{Params, bad_value, nearest};
use crate::http::problem::Problem;
use crate::model::id::{AiringId, CommuneId};
use crate::model::operator::{Action, Answer, PlayWhat};
use crate::model::text::Text;
use crate::text;

/// It will be done.
#[derive(Serialize)]
pub(in crate::http) struct Accepted {
    airing: Option<AiringId>,
}

type Done = Result<(StatusCode, Json<Accepted>), Problem>;

pub(in crate::http) async fn play(State(app): State<Arc<App>>, who: Operator, uri: Uri, mut fields: Fields) -> Done {
    Params::read(&uri, &[])?;
    fields.only(&["clip", "file", "test_sound", "commune"])?;
    let what = what(&mut fields, &who)?;
    let commune = fields.commune(&app, &who)?;
    tell(&app, Action::Play { commune, what, by: who.name }).await
}

pub(in crate::http) async fn stop(State(app): State<Arc<App>>, who: Operator, uri: Uri, mut fields: Fields) -> Done {
    Params::read(&uri, &[])?;
    fields.only(&["commune"])?;
    let commune = fields.commune(&app, &who)?;
    tell(&app, Action::Stop { commune, confirm: None, by: who.name }).await
}

pub(in crate::http) async fn reload(State(app): State<Arc<App>>, who: Operator, uri: Uri, fields: Fields) -> Done {
    Params::read(&uri, &[])?;
    fields.only(&[])?;
    who.reader.all_communes()?;
    tell(&app, Action::Reload { by: who.name }).await
}

fn what(fields: &mut Fields, who: &Operator) -> Result<PlayWhat, Problem> {
    let (clip, file, test) = (fields.take("clip"), fields.take("file"), fields.take("test_sound"));
    match (clip, file, test) {
        (Some(Value::String(clip)), None, None) => {
            let expected = Text::new("đường dẫn trong thư mục âm thanh", "a path inside the audio folder");
            clip.parse().map(PlayWhat::Clip).map_err(|_| bad_value("clip", &clip, &expected))
        }
        (None, Some(Value::String(file)), None) if !who.peer.is_here() => Err(Problem::forbidden(text!(
            "Chỉ phát được tệp ngoài thư viện ({file}) khi ra lệnh ngay trên máy phát. Hãy chép tệp vào thư mục âm thanh.",
            "A file outside the library ({file}) is played only when asked on the station's PC. Copy it into the audio folder."
        ))),
        (None, Some(Value::String(file)), None) => {
            let expected = Text::new("đường dẫn tuyệt đối của tệp", "the absolute path of a file");
            let path = PathBuf::from(&file);
            if path.is_absolute() { Ok(PlayWhat::File(path)) } else { Err(bad_value("file", &file, &expected)) }
        }
        (None, None, Some(Value::Bool(true))) => Ok(PlayWhat::TestSound),
        _ => Err(Problem::parameter(
            "clip",
            text!(
                "Cần đúng một trong ba mục: clip (chuỗi), file (chuỗi), test_sound (true).",
                "Exactly one of three is needed: clip (string), file (string), test_sound (true)."
            ),
        )),
    }
}

/// Hands the action to the engine and waits for its answer, for a bounded time.
async fn tell(app: &App, action: Action) -> Done {
    let busy = || {
        Problem::unavailable(text!(
            "Chương trình đang bận. Hãy thử lại sau ít giây.",
            "The program is busy. Try again in a few seconds."
        ))
    };
    let (reply, answer) = oneshot::channel();
    tracing::info!(?action, "an operator asks");
    app.deps.operator.try_send((action, reply)).map_err(|error| match error {
        TrySendError::Full(_) | TrySendError::Closed(_) => busy(),
    })?;
    match timeout(ENGINE_ANSWER, answer).await {
        Ok(Ok(Answer::Accepted { airing })) => Ok((StatusCode::ACCEPTED, Json(Accepted { airing }))),
        Ok(Ok(Answer::Confirm { airing: _, why })) => Err(Problem::new(StatusCode::CONFLICT, "confirm", why)),
        Ok(Ok(Answer::Refused { why })) => Err(Problem::new(StatusCode::CONFLICT, "refused", why)),
        Ok(Err(_)) | Err(_) => Err(busy()),
    }
}

/// The fields of a JSON object in the body; an empty body has none.
pub(in crate::http) struct Fields(serde_json::Map<String, Value>);

impl Fields {
    fn only(&self, known: &[&str]) -> Result<(), Problem> {
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

    fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|v| !v.is_null())
    }

    /// The commune meant; one of this station, and one that the operator may touch.
    fn commune(&mut self, app: &App, who: &Operator) -> Result<Option<CommuneId>, Problem> {
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
