//! Asks the running daemon, as any other program would: HTTP on this PC, with the local token. Effects.

use std::path::Path;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::cli::exit::{Exit, Failure};
use crate::cli::site::Site;
use crate::http::tokens;
use crate::model::text::{Lang, Text};
use crate::{clock, text};

const CONNECT: Duration = Duration::from_secs(2);
const ANSWER: Duration = Duration::from_secs(20);
/// For how long somebody who must be heard asks again, and after what pause.
const PATIENCE: Duration = Duration::from_secs(4);
const PAUSE: Duration = Duration::from_millis(50);
const MAX_ANSWER: usize = 64 << 20;

/// The daemon's answer.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    body: Bytes,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// Nobody listens: the daemon is not running.
    NotRunning,
    /// Somebody listens, and there is no answer all the same.
    Failed(Failure),
}

impl From<Unanswered> for Failure {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::NotRunning => Self::new(Exit::No, not_running()),
            Unanswered::Failed(failure) => failure,
        }
    }
}

/// The daemon is not running, and what to do.
pub(super) fn not_running() -> Text {
    text!(
        "Chương trình đang không chạy. Hãy khởi động: systemctl start loaphuong (hoặc loaphuong run).",
        "The program is not running. Start it: systemctl start loaphuong (or loaphuong run)."
    )
}

/// Says on standard error that the answer does not come from a running daemon.
pub(super) fn say_not_running(lang: Lang) {
    let text = text!(
        "Chương trình đang không chạy; kết quả dưới đây đọc từ đĩa.",
        "The program is not running; what follows is read from the disk."
    );
    super::out::note(text.get(lang));
}

/// Asks a question.
pub(super) fn get<T: DeserializeOwned>(site: &Site, path: &str, lang: Lang) -> Result<T, Unanswered> {
    let answer = send(site, Method::GET, path, None, lang)?;
    if answer.status != StatusCode::OK {
        return Err(Unanswered::Failed(problem(&answer)));
    }
    serde_json::from_slice(&answer.body).map_err(|_| Unanswered::Failed(foreign(site)))
}

/// Asks for something to be done. The answer's body, where the daemon accepts.
pub(super) fn post(site: &Site, path: &str, body: &Value, lang: Lang) -> Result<Value, Failure> {
    let answer = send(site, Method::POST, path, Some(body), lang)?;
    accepted(site, &answer)
}

/// The same for what must be heard: where the daemon has no seat free, it is asked again, for a while.
pub(super) fn post_until_heard(site: &Site, path: &str, body: &Value, lang: Lang) -> Result<Value, Failure> {
    let patience = clock::mono().plus(PATIENCE);
    loop {
        let answer = send(site, Method::POST, path, Some(body), lang);
        let unheard = match &answer {
            Ok(answer) => {
                matches!(answer.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
            }
            // Who has no seat for us may hang up before he has said so.
            Err(Unanswered::Failed(_)) => true,
            Err(Unanswered::NotRunning) => false,
        };
        if !unheard || clock::mono() >= patience {
            return accepted(site, &answer?);
        }
        std::thread::sleep(PAUSE);
    }
}

fn accepted(site: &Site, answer: &Answer) -> Result<Value, Failure> {
    if answer.status != StatusCode::ACCEPTED {
        return Err(problem(answer));
    }
    serde_json::from_slice(&answer.body).map_err(|_| foreign(site))
}

/// What became of the wish that something ends.
#[derive(Debug)]
pub(super) enum Stopping {
    /// It has ended; which airing, if one is named.
    Done(Option<String>),
    /// An emergency is on air, this one: it ends only if it is named.
    Confirm(String),
}

/// Asks for what is on air to end.
pub(super) fn stop(site: &Site, body: &Value, lang: Lang) -> Result<Stopping, Failure> {
    let answer = send(site, Method::POST, "/v1/stop", Some(body), lang)?;
    if answer.status == StatusCode::CONFLICT {
        let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if let Some(airing) = problem.get("airing").and_then(Value::as_str) {
            return Ok(Stopping::Confirm(airing.to_owned()));
        }
    }
    let done = accepted(site, &answer)?;
    Ok(Stopping::Done(done.get("airing").and_then(Value::as_str).map(str::to_owned)))
}

fn send(site: &Site, method: Method, path: &str, body: Option<&Value>, lang: Lang) -> Result<Answer, Unanswered> {
    let token = local_token(&site.state, body.is_some()).map_err(Unanswered::Failed)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broken)?;
    runtime.block_on(async {
        let Ok(Ok(stream)) = timeout(CONNECT, TcpStream::connect(site.reach())).await else {
            return Err(Unanswered::NotRunning);
        };
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, site.reach().to_string())
            .header(header::ACCEPT_LANGUAGE, if lang == Lang::En { "en" } else { "vi" });
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let bytes = body.map(|b| Bytes::from(b.to_string())).unwrap_or_default();
        let request = request.body(Full::new(bytes)).map_err(broken)?;
        timeout(ANSWER, exchange(stream, request)).await.map_err(broken)?
    })
}

async fn exchange(stream: TcpStream, request: Request<Full<Bytes>>) -> Result<Answer, Unanswered> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let driver = tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(broken)?;
    let status = response.status();
    let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await.map_err(broken)?.to_bytes();
    driver.abort();
    Ok(Answer { status, body })
}

/// The daemon's token for this PC. Reading does without where it may not be read; acting cannot.
fn local_token(state: &Path, needed: bool) -> Result<Option<String>, Failure> {
    match tokens::read_local(state) {
        Ok(token) => Ok(token),
        Err(_) if !needed => Ok(None),
        Err(error) => Err(Failure::new(
            Exit::No,
            text!(
                "Không có quyền ra lệnh cho chương trình ({error}). Hãy chạy lại với sudo.",
                "No permission to command the program ({error}). Run this again with sudo."
            ),
        )),
    }
}

/// What a problem of the daemon says. A question that was wrong is a mistake of the command line.
fn problem(answer: &Answer) -> Failure {
    let exit = if answer.status == StatusCode::BAD_REQUEST { Exit::Usage } else { Exit::No };
    let detail = serde_json::from_slice::<Value>(&answer.body)
        .ok()
        .and_then(|v| v.get("detail").and_then(Value::as_str).map(str::to_owned))
        .unwrap_or_else(|| answer.status.to_string());
    Failure::new(exit, Text::new(detail.clone(), detail))
}

fn foreign(site: &Site) -> Failure {
    let addr = site.reach();
    Failure::new(
        Exit::No,
        text!(
            "Ở địa chỉ {addr} có chương trình khác trả lời, không phải loaphuong. Hãy đổi listen trong mục [http] của \
             station.toml.",
            "Another program answers at {addr}, not loaphuong. Change listen under [http] in station.toml."
        ),
    )
}

fn broken(error: impl std::fmt::Display) -> Unanswered {
    Unanswered::Failed(Failure::new(
        Exit::No,
        text!(
            "Chương trình đang chạy nhưng không trả lời ({error}). Hãy thử lại; nếu vẫn vậy, khởi động lại dịch vụ \
             loaphuong.",
            "The program runs but does not answer ({error}). Try again; if it stays so, restart the loaphuong service."
        ),
    ))
}

/// A value as it may stand in a query string.
pub(super) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}
