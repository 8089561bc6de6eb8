//! `play`, `stop`, `reload`, `test-sound`: what a person asks of the running daemon. Effects.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::cli::args::{Play, Stop, TestSound};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::site::Site;
use crate::cli::{Context, client, out};
use crate::model::id::CommuneId;
use crate::model::text::Text;
use crate::text;

pub(super) fn play(context: &Context, args: Play) -> Ended {
    let (key, value) = what(&args.what)?;
    send(context, "/v1/play", [(key, value)], args.commune, &text!("Đang phát.", "On air."))
}

pub(super) fn stop(context: &Context, args: Stop) -> Ended {
    send(context, "/v1/stop", [], args.commune, &text!("Đã dừng.", "Stopped."))
}

pub(super) fn reload(context: &Context) -> Ended {
    let done = text!("Đã nạp lại cấu hình.", "The configuration was read again.");
    send(context, "/v1/reload", [], None, &done)
}

pub(super) fn test_sound(context: &Context, args: TestSound) -> Ended {
    let done =
        text!("Đang phát tiếng thử. Hãy lắng nghe ở loa.", "The trial sound is on air. Listen at the loudspeaker.");
    send(context, "/v1/play", [("test_sound", json!(true))], args.commune, &done)
}

/// A file if there is one of that name from here, else a clip of the library.
fn what(typed: &str) -> Result<(&'static str, Value), Failure> {
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
    let mut body: Map<String, Value> = fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    if let Some(commune) = commune {
        body.insert("commune".to_owned(), json!(commune));
    }
    let site = Site::find(&context.config)?;
    let answer = client::post(&site, path, &Value::Object(body), context.lang)?;
    out::line(done.get(context.lang))?;
    if let Some(airing) = answer.get("airing").and_then(Value::as_str) {
        out::line(airing)?;
    }
    Ok(Exit::Ok)
}
