//! Addresses, time zones and languages in TOML. Pure.

use std::net::SocketAddr;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use schemars::{Schema, SchemaGenerator, json_schema};
use toml::de::DeValue;

use crate::config::findings::{Findings, quoted};
use crate::config::read::FromToml;
use crate::config::read::scalar::text_of;
use crate::config::source::Span;
use crate::config::suggest;
use crate::text;

impl FromToml for SocketAddr {
    const EXAMPLE: &'static str = "\"127.0.0.1:8080\"";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let typed = text_of(value, span, Self::EXAMPLE, to)?;
        if let Ok(address) = typed.parse() {
            return Some(address);
        }
        let shown = quoted(typed);
        let port = typed.rsplit(':').next().and_then(|port| port.parse::<u16>().ok()).unwrap_or(8080);
        to.add(
            "bad_address",
            span,
            text!("\"{shown}\" không phải là địa chỉ và cổng.", "\"{shown}\" is not an address and port."),
            text!(
                "Viết địa chỉ bằng số rồi đến cổng: \"127.0.0.1:{port}\"",
                "Write the address in digits, then the port: \"127.0.0.1:{port}\""
            ),
        );
        None
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "examples": ["127.0.0.1:8080"] })
    }
}

/// A time zone by its IANA name, from the table inside the program: the same on every PC.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    pub(crate) name: String,
    pub(crate) zone: TimeZone,
}

impl FromToml for Zone {
    const EXAMPLE: &'static str = "\"Asia/Ho_Chi_Minh\"";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let typed = text_of(value, span, Self::EXAMPLE, to)?;
        if let Some(zone) = zone(typed) {
            return Some(zone);
        }
        let shown = quoted(typed);
        let near = near_zones(typed);
        let remedy = if near.is_empty() {
            text!("Ở Việt Nam viết: \"Asia/Ho_Chi_Minh\".", "In Vietnam write \"Asia/Ho_Chi_Minh\".")
        } else {
            text!(
                "Ở Việt Nam viết: \"Asia/Ho_Chi_Minh\". Các tên gần giống là {near}.",
                "In Vietnam write \"Asia/Ho_Chi_Minh\". Near are {near}."
            )
        };
        to.add(
            "unknown_timezone",
            span,
            text!("Không có múi giờ nào tên là \"{shown}\".", "There is no time zone called \"{shown}\"."),
            remedy,
        );
        None
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "examples": ["Asia/Ho_Chi_Minh"] })
    }
}

/// The zone of this name.
pub(crate) fn zone(name: &str) -> Option<Zone> {
    let zone = TimeZoneDatabase::bundled().get(name).ok()?;
    let name = zone.iana_name()?.to_owned();
    Some(Zone { name, zone })
}

/// The three nearest names; none where nothing is near.
fn near_zones(typed: &str) -> String {
    let short: String = suggest::fold(typed).chars().take(60).collect();
    let place = |name: &str| name.rsplit('/').next().map(suggest::fold).unwrap_or_default();
    let distance = |name: &str| {
        let whole = strsim::damerau_levenshtein(&short, &suggest::fold(name));
        whole.min(strsim::damerau_levenshtein(&short, &place(name)))
    };
    let database = TimeZoneDatabase::bundled();
    let mut names: Vec<_> = database.available().map(|n| (distance(n.as_str()), n.as_str().to_owned())).collect();
    names.sort();
    let limit = short.chars().count() / 4 + 1;
    let near: Vec<_> =
        names.into_iter().filter(|(d, _)| *d <= limit).take(3).map(|(_, name)| format!("\"{name}\"")).collect();
    near.join(", ")
}

/// A BCP 47 tag: a language of two or three letters, perhaps with more after hyphens.
#[derive(Debug, Clone)]
pub(crate) struct Language(pub(crate) String);

impl Language {
    /// The tag, if the text is one.
    pub(crate) fn of(typed: &str) -> Option<Self> {
        let mut parts = typed.split('-');
        let first = parts.next()?;
        let language = (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_lowercase());
        let more = |p: &str| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric());
        (language && typed.len() <= 35 && parts.all(more)).then(|| Self(typed.to_owned()))
    }
}

impl FromToml for Language {
    const EXAMPLE: &'static str = "\"vi\"";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let typed = text_of(value, span, Self::EXAMPLE, to)?;
        if let Some(language) = Self::of(typed) {
            return Some(language);
        }
        let shown = quoted(typed);
        to.add(
            "bad_language",
            span,
            text!("\"{shown}\" không phải là mã ngôn ngữ.", "\"{shown}\" is not the code of a language."),
            text!(
                "Tiếng Việt viết \"vi\"; tiếng Mông \"hmn\"; tiếng Thái ở Việt Nam \"blt\"; tiếng Khmer \"km\".",
                "Vietnamese is \"vi\"; Hmong \"hmn\"; Tai Dam \"blt\"; Khmer \"km\"."
            ),
        );
        None
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$" })
    }
}
