//! `play`, `reload`, `test-sound`: what a person asks of the running daemon. Effects.

use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::cli::args::{Play, TestSound};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::site::Site;
use crate::cli::{Context, client, out};
use crate::http::Tone;
use crate::model::id::CommuneId;
use crate::model::outcome::{Outcome, Reason};
use crate::model::query::Row;
use crate::model::status::Status;
use crate::model::text::Text;
use crate::text;

/// How often a trial is looked for that is neither on air nor in the log.
const TRIAL_LOOKS: u32 = 10;
const TRIAL_PAUSE: Duration = Duration::from_millis(500);

pub(super) fn play(context: &Context, args: Play) -> Ended {
    let (key, value) = what(&args.what)?;
    send(context, "/v1/play", [(key, value)], args.commune, &text!("Đang phát.", "On air."))
}

pub(super) fn reload(context: &Context) -> Ended {
    let done = text!("Đã nạp lại cấu hình.", "The configuration was read again.");
    send(context, "/v1/reload", [], None, &done)
}

pub(super) fn test_sound(context: &Context, args: TestSound) -> Ended {
    let begun =
        text!("Đang phát tiếng thử. Hãy lắng nghe ở loa.", "The trial sound is on air. Listen at the loudspeaker.");
    let site = Site::find(&context.config)?;
    let airing = post(context, &site, "/v1/play", [("test_sound", json!(true))], args.commune)?;
    out::line(begun.get(context.lang))?;
    match airing {
        Some(id) => outcome(context, &site, &id),
        None => Ok(Exit::Ok),
    }
}

/// Tells what came of a trial: what the sound card said is the answer.
fn outcome(context: &Context, site: &Site, id: &str) -> Ended {
    let lang = context.lang;
    let airing = wait(context, site, id)?.airing;
    let (label, why) = (airing.outcome.label(), airing.reason.map(Reason::label));
    let (exit, tone) = match airing.outcome {
        Outcome::Aired => (Exit::Ok, Tone::Good),
        _ => (Exit::No, Tone::Bad),
    };
    let why = why.map(|why| format!(" ({})", why.get(lang))).unwrap_or_default();
    let (vi, en) = (label.vi, label.en);
    let said = text!("Kết quả: {vi}{why}.", "Result: {en}{why}.");
    out::line(&out::tinted(said.get(lang), tone))?;
    if let Some(heard) = airing.outputs.iter().find_map(|o| o.heard.as_ref()) {
        let file = site.state.join(heard);
        let file = file.display();
        let listen = text!("Nghe lại: {file}", "Listen to it: {file}");
        out::line(listen.get(lang))?;
    }
    Ok(exit)
}

/// The row of a trial, once it is final. Not for ever: it must be on air, or in the log soon.
fn wait(context: &Context, site: &Site, id: &str) -> Result<Row, Failure> {
    let mut patience = TRIAL_LOOKS;
    while patience > 0 {
        std::thread::sleep(TRIAL_PAUSE);
        if let Ok(row) = client::get::<Row>(site, &format!("/v1/airings/{id}"), context.lang) {
            return Ok(row);
        }
        let on_air = client::get::<Status>(site, "/v1/status", context.lang).map(|s| s.on_air).unwrap_or_default();
        let sounds = on_air.iter().any(|o| o.id.as_str() == id);
        patience = if sounds { TRIAL_LOOKS } else { patience - 1 };
    }
    Err(Failure::new(Exit::No, text!("Chưa có kết quả. Xem: loaphuong status", "No result yet. See: loaphuong status")))
}

/// A file if there is one of that name from here, else a clip of the library.
pub(super) fn what(typed: &str) -> Result<(&'static str, Value), Failure> {
    let path = Path::new(typed);
    if !path.is_absolute() && !path.is_file() {
        return Ok(("clip", json!(typed)));
    }
    let full = path.canonicalize().map_err(|error| {
        Failure::new(
            Exit::No,
            text!(
                "Không mở được tệp {typed} ({error}). Hãy kiểm tra lại tên tệp.",
                "Cannot open the file {typed} ({error}). Check its name."
            ),
        )
    })?;
    let full = full.to_str().ok_or_else(|| {
        let odd = text!(
            "Tên tệp {typed} có ký tự không đọc được. Hãy đổi tên tệp.",
            "The file name {typed} has unreadable characters. Rename the file."
        );
        Failure::new(Exit::No, odd)
    })?;
    Ok(("file", json!(full)))
}

fn send<const N: usize>(
    context: &Context,
    path: &str,
    fields: [(&str, Value); N],
    commune: Option<CommuneId>,
    done: &Text,
) -> Ended {
    let site = Site::find(&context.config)?;
    let airing = post(context, &site, path, fields, commune)?;
    out::line(done.get(context.lang))?;
    if let Some(airing) = airing {
        out::line(&airing)?;
    }
    Ok(Exit::Ok)
}

/// Sends a wish; the id of the airing that it began, if it did.
fn post<const N: usize>(
    context: &Context,
    site: &Site,
    path: &str,
    fields: [(&str, Value); N],
    commune: Option<CommuneId>,
) -> Result<Option<String>, Failure> {
    let mut body: Map<String, Value> = fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    if let Some(commune) = commune {
        body.insert("commune".to_owned(), json!(commune));
    }
    let answer = client::post(site, path, &Value::Object(body), context.lang)?;
    Ok(answer.get("airing").and_then(Value::as_str).map(str::to_owned))
}
