//! `stop`: ends what is on air; an emergency only once somebody has said so a second time. Effects.

use std::io::{BufRead as _, IsTerminal as _};

use serde_json::{Map, Value, json};
use unicode_normalization::UnicodeNormalization as _;

use crate::cli::args::Stop;
use crate::cli::client::{self, Stopping};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::site::Site;
use crate::cli::{Context, out};
use crate::http;
use crate::model::id::CommuneId;
use crate::model::status::Status;
use crate::model::text::Text;
use crate::text;

pub(super) fn run(context: &Context, args: Stop) -> Ended {
    let site = Site::find(&context.config)?;
    let Stop { commune, confirm } = args;
    let on_air = match ask(context, &site, commune.as_ref(), confirm.as_deref())? {
        Stopping::Done(airing) => return done(context, airing.as_deref()),
        Stopping::Confirm(on_air) => on_air,
    };
    let watched = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if !watched || confirm.is_some() {
        return Err(Failure::new(Exit::No, second_step(&on_air, commune.as_ref())));
    }
    if !agreed(context, &site)? {
        let goes_on = text!("Không dừng: bản tin khẩn cấp vẫn phát.", "Not stopped: the emergency message goes on.");
        return Err(Failure::new(Exit::No, goes_on));
    }
    match ask(context, &site, commune.as_ref(), Some(&on_air))? {
        Stopping::Done(airing) => done(context, airing.as_deref()),
        // Another one has begun meanwhile.
        Stopping::Confirm(other) => Err(Failure::new(Exit::No, second_step(&other, commune.as_ref()))),
    }
}

fn ask(
    context: &Context,
    site: &Site,
    commune: Option<&CommuneId>,
    confirm: Option<&str>,
) -> Result<Stopping, Failure> {
    let fields = [("commune", commune.map(|commune| json!(commune))), ("confirm", confirm.map(|id| json!(id)))];
    let body: Map<_, _> = fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
    client::stop(site, &Value::Object(body), context.lang)
}

fn done(context: &Context, airing: Option<&str>) -> Ended {
    out::line(text!("Đã dừng.", "Stopped.").get(context.lang))?;
    airing.map_or(Ok(()), out::line)?;
    Ok(Exit::Ok)
}

/// What to type where nobody can be asked.
fn second_step(on_air: &str, commune: Option<&CommuneId>) -> Text {
    let commune = commune.map(|commune| format!(" --commune {commune}")).unwrap_or_default();
    text!(
        "Đang phát khẩn cấp, chưa dừng. Chắc chắn muốn dừng thì chạy:\n  loaphuong stop{commune} --confirm {on_air}",
        "An emergency is on air and goes on. To end it for certain, run:\n  loaphuong stop{commune} --confirm {on_air}"
    )
}

/// Asks the person in front of the terminal.
fn agreed(context: &Context, site: &Site) -> Result<bool, Failure> {
    let lang = context.lang;
    if let Ok(status) = client::get::<Status>(site, "/v1/status", lang) {
        for alarm in http::alarms(&status) {
            out::line(&format!("  {} – {}", alarm.title, alarm.communes.join(", ")))?;
            if let Some(who) = alarm.who() {
                out::line(&format!("  {}", who.get(lang)))?;
            }
        }
    }
    let question = text!(
        "Đang phát khẩn cấp. Muốn dừng thì gõ \"dừng\" để xác nhận: ",
        "An emergency is on air. To end it, type \"stop\": "
    );
    out::raw(question.get(lang))?;
    let mut typed = String::new();
    // A terminal that cannot be read has not agreed.
    let read = std::io::stdin().lock().read_line(&mut typed).is_ok();
    Ok(read && is_agreement(&typed))
}

/// Was the word typed, with or without its marks? Not what merely looks like it: "đúng" is another word.
fn is_agreement(typed: &str) -> bool {
    let typed: String = typed.trim().trim_matches('"').nfc().collect();
    matches!(typed.to_lowercase().as_str(), "dừng" | "dung" | "stop")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_word_itself_agrees() {
        for yes in ["dừng\n", "DỪNG", "d\u{1b0}\u{300}ng", " dung \n", "stop", "\"dừng\""] {
            assert!(is_agreement(yes), "{yes}");
        }
        for no in ["", "\n", "đúng", "có", "y", "yes", "dừng lại", "không"] {
            assert!(!is_agreement(no), "{no}");
        }
    }
}
