//! `POST /v1/play`, `/v1/emergency`, `/v1/stop`, `/v1/reload`, `/v1/clock`: what a person asks of the running daemon. Effects.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::http::app::App;
use crate::http::auth::Operator;
use crate::http::fields::Fields;
use crate::http::limits::{ENGINE_ANSWER, WHY_CHARS};
use crate::http::params::{Params, bad_value};
use crate::http::problem::Problem;
use crate::model::id::AiringId;
use crate::model::operator::{Action, Answer, PlayWhat};
use crate::model::playback::Repeat;
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

pub(in crate::http) async fn emergency(
    State(app): State<Arc<App>>,
    who: Operator,
    uri: Uri,
    mut fields: Fields,
) -> Done {
    Params::read(&uri, &[])?;
    fields.only(&["clip", "file", "test_sound", "commune", "repeat", "why"])?;
    let what = what(&mut fields, &who)?;
    let commune = fields.commune(&app, &who)?;
    let repeat = repeat(&mut fields)?;
    let why = fields.line("why", WHY_CHARS)?;
    tell(&app, Action::Emergency { commune, what, repeat, why, by: who.name }).await
}

pub(in crate::http) async fn stop(State(app): State<Arc<App>>, who: Operator, uri: Uri, mut fields: Fields) -> Done {
    Params::read(&uri, &[])?;
    fields.only(&["commune", "confirm"])?;
    let commune = fields.commune(&app, &who)?;
    let confirm = confirm(&mut fields)?;
    tell(&app, Action::Stop { commune, confirm, by: who.name }).await
}

pub(in crate::http) async fn reload(State(app): State<Arc<App>>, who: Operator, uri: Uri, fields: Fields) -> Done {
    Params::read(&uri, &[])?;
    fields.only(&[])?;
    who.reader.all_communes()?;
    tell(&app, Action::Reload { by: who.name }).await
}

pub(in crate::http) async fn clock(State(app): State<Arc<App>>, who: Operator, uri: Uri, mut fields: Fields) -> Done {
    Params::read(&uri, &[])?;
    fields.only(&["time"])?;
    who.reader.all_communes()?;
    let seen = time(&mut fields)?;
    tell(&app, Action::ConfirmClock { seen, by: who.name }).await
}

/// What a watch shows.
fn time(fields: &mut Fields) -> Result<Timestamp, Problem> {
    let value = fields.take("time").unwrap_or_default();
    let text = value.as_str().unwrap_or_default();
    text.parse().map_err(|_| {
        let expected = Text::new(
            "ngày giờ trên đồng hồ tay, ví dụ 2026-11-23T05:30:00+07:00",
            "date and time of a watch, as 2026-11-23T05:30:00+07:00",
        );
        bad_value("time", text, &expected)
    })
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

/// How often an emergency sounds: so many times, or until somebody stops it.
fn repeat(fields: &mut Fields) -> Result<Repeat, Problem> {
    let Some(value) = fields.take("repeat") else { return Ok(Repeat::UntilStopped) };
    let times = value.as_u64().and_then(|n| u32::try_from(n).ok()).and_then(NonZeroU32::new);
    times.map(Repeat::Times).ok_or_else(|| {
        let expected = Text::new(
            "số lần, từ 1; không ghi thì lặp đến khi dừng",
            "a number from 1; without it, until it is stopped",
        );
        bad_value("repeat", &value.to_string(), &expected)
    })
}

/// The emergency that shall end.
fn confirm(fields: &mut Fields) -> Result<Option<AiringId>, Problem> {
    let Some(value) = fields.take("confirm") else { return Ok(None) };
    let id = value.as_str().filter(|id| id.len() <= 200);
    id.map(|id| Some(AiringId::quoted(id))).ok_or_else(|| {
        let expected = Text::new("mã của lượt phát khẩn cấp", "the id of the emergency");
        bad_value("confirm", &value.to_string(), &expected)
    })
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
    if urgent(&action) {
        // However many ask for other things: this waits for its turn.
        let sent = timeout(ENGINE_ANSWER, app.deps.operator.send((action, reply))).await;
        sent.map_err(|_| busy())?.map_err(|_| busy())?;
    } else {
        app.deps.operator.try_send((action, reply)).map_err(|error| match error {
            TrySendError::Full(_) | TrySendError::Closed(_) => busy(),
        })?;
    }
    match timeout(ENGINE_ANSWER, answer).await {
        Ok(Ok(Answer::Accepted { airing })) => Ok((StatusCode::ACCEPTED, Json(Accepted { airing }))),
        Ok(Ok(Answer::Confirm { airing, why })) => Err(Problem::confirm(airing, why)),
        Ok(Ok(Answer::Refused { why })) => Err(Problem::new(StatusCode::CONFLICT, "refused", why)),
        Ok(Err(_)) | Err(_) => Err(busy()),
    }
}

/// May nobody be told to come again?
fn urgent(action: &Action) -> bool {
    match action {
        Action::Emergency { .. } | Action::Stop { .. } => true,
        Action::Play { .. } | Action::ConfirmClock { .. } | Action::Reload { .. } => false,
    }
}
