//! `emergency`: a message at once, over everything else. Effects.

use serde_json::{Map, Value, json};

use crate::cli::args::Emergency;
use crate::cli::exit::{Ended, Exit};
use crate::cli::site::Site;
use crate::cli::{Context, client, operate, out};
use crate::text;

pub(super) fn run(context: &Context, args: Emergency) -> Ended {
    let site = Site::find(&context.config)?;
    let (key, what) = operate::what(&args.what)?;
    let fields = [
        (key, Some(what)),
        ("repeat", args.repeat.map(|times| json!(times))),
        ("commune", args.commune.map(|commune| json!(commune))),
        ("why", args.why.map(|why| json!(why))),
    ];
    let body: Map<_, _> = fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
    let answer = client::post_until_heard(&site, "/v1/emergency", &Value::Object(body), context.lang)?;
    let begun = text!(
        "Đang phát khẩn cấp. Muốn dừng: loaphuong stop",
        "The emergency message is on air. To stop it: loaphuong stop"
    );
    out::line(begun.get(context.lang))?;
    if let Some(airing) = answer.get("airing").and_then(Value::as_str) {
        out::line(airing)?;
    }
    Ok(Exit::Ok)
}
