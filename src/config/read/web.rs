//! Addresses of live streams in TOML, and the password of a source. Pure.

use schemars::{Schema, SchemaGenerator, json_schema};
use toml::de::DeValue;

use crate::config::findings::{Findings, quoted};
use crate::config::read::FromToml;
use crate::config::read::scalar::text_of;
use crate::config::source::Span;
use crate::model::station::Secret;
use crate::model::text::Text;
use crate::text;

/// Addresses have no more bytes than this.
const MAX_LENGTH: usize = 1_000;

/// The parts of an address that matter here.
struct Parts<'a> {
    scheme: &'a str,
    /// Is there a name or a password in front of the host?
    has_user: bool,
    host: &'a str,
    port: Option<u16>,
    /// From the first slash on; empty if there is none.
    path: &'a str,
}

impl<'a> Parts<'a> {
    fn of(typed: &'a str) -> Option<Self> {
        let (scheme, rest) = typed.split_once("://")?;
        let plain =
            typed.len() <= MAX_LENGTH && typed.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b));
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (has_user, place) = match authority.rsplit_once('@') {
            Some((_, place)) => (true, place),
            None => (false, authority),
        };
        // The colons of an IPv6 address are inside its brackets.
        let (host, port) = match place.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
            Some((host, port)) => (host, Some(port.parse().ok().filter(|port| *port > 0)?)),
            None => (place, None),
        };
        (plain && is_host(host)).then_some(Self { scheme, has_user, host, port, path })
    }

    fn is_web(&self) -> bool {
        matches!(self.scheme, "http" | "https")
    }
}

fn is_host(host: &str) -> bool {
    let name = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && !host.starts_with(['.', '-']) && host.bytes().all(name),
    }
}

/// The address of a live stream, or of a playlist that names it.
#[derive(Debug, Clone)]
pub(crate) struct StreamUrl(pub(crate) String);

impl FromToml for StreamUrl {
    const EXAMPLE: &'static str = "\"https://phat.example.vn/dai-tinh.mp3\"";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let typed = text_of(value, span, Self::EXAMPLE, to)?.trim();
        match Parts::of(typed) {
            Some(parts) if parts.is_web() && !parts.has_user => Some(Self(typed.to_owned())),
            _ => {
                let example = meant(typed).unwrap_or_else(|| Self::EXAMPLE.to_owned());
                let remedy = text!(
                    "Viết cả địa chỉ, bắt đầu bằng http:// hoặc https://, ví dụ {example}",
                    "Write the whole address, beginning with http:// or https://, such as {example}"
                );
                refuse(typed, span, remedy, to);
                None
            }
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^https?://[^/@]+" })
    }
}

/// A mount of an Icecast server.
#[derive(Debug, Clone)]
pub(crate) struct MountUrl(pub(crate) String);

impl FromToml for MountUrl {
    const EXAMPLE: &'static str = "\"http://127.0.0.1:8000/xa.opus\"";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let typed = text_of(value, span, Self::EXAMPLE, to)?.trim();
        let example = Self::EXAMPLE;
        let remedy = match Parts::of(typed) {
            Some(Parts { scheme: "http", has_user: false, path, .. })
                if path.len() > 1 && !path.contains(['?', '#']) =>
            {
                return Some(Self(typed.to_owned()));
            }
            Some(Parts { scheme: "http", host, port, .. }) => {
                let port = port.map_or_else(String::new, |port| format!(":{port}"));
                text!(
                    "Thiếu tên luồng sau địa chỉ máy chủ. Viết ví dụ: \"http://{host}{port}/xa.opus\"",
                    "The mount is missing behind the server. Write for example: \"http://{host}{port}/xa.opus\""
                )
            }
            Some(Parts { scheme: "https", .. }) => text!(
                "Phát lên Icecast chỉ dùng http://, nên đặt máy chủ trong mạng nội bộ. Viết như ví dụ này: {example}",
                "A source speaks http:// only: keep the server in your own network. Write it like this example: {example}"
            ),
            _ => text!("Viết như ví dụ này: {example}", "Write it like this example: {example}"),
        };
        refuse(typed, span, remedy, to);
        None
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^http://[^/@]+/[^?#]+$" })
    }
}

/// The address with what was forgotten in front of it.
fn meant(typed: &str) -> Option<String> {
    let rest = typed.split_once("://").map_or(typed, |(_, rest)| rest).trim_start_matches('/');
    let whole = format!("https://{rest}");
    let good = Parts::of(&whole).is_some_and(|parts| parts.host.contains('.') && !parts.has_user);
    good.then(|| format!("\"{}\"", quoted(&whole)))
}

fn refuse(typed: &str, span: &Span, remedy: Text, to: &mut Findings<'_>) {
    let shown = quoted(typed);
    let (message, remedy) = if typed.contains('@') {
        // Addresses stand in rows and on screens.
        (
            text!("Trong địa chỉ có tên hoặc mật khẩu.", "There is a name or a password in the address."),
            text!(
                "Bỏ phần đứng trước dấu @. Đầu ra Icecast thì ghi vào user và password.",
                "Remove what stands before the @. For an Icecast output write it into user and password."
            ),
        )
    } else {
        (text!("\"{shown}\" không phải là địa chỉ luồng.", "\"{shown}\" is not the address of a stream."), remedy)
    };
    to.add("bad_url", span, message, remedy);
}

/// The password of a source. No message shows it.
#[derive(Debug, Clone)]
pub(crate) struct Password(pub(crate) Secret);

impl FromToml for Password {
    const EXAMPLE: &'static str = "\"…\"";

    fn read(value: &DeValue<'_>, span: &Span, to: &mut Findings<'_>) -> Option<Self> {
        let typed = text_of(value, span, Self::EXAMPLE, to)?;
        if (1..=200).contains(&typed.len()) && !typed.contains(char::is_control) {
            return Some(Self(Secret(typed.to_owned())));
        }
        to.add(
            "bad_text",
            span,
            text!(
                "Mật khẩu để trống, quá dài, hoặc có ký tự ẩn.",
                "The password is empty, too long, or has a hidden character."
            ),
            text!(
                "Chép lại source-password trong cấu hình của Icecast.",
                "Copy source-password from the Icecast server's configuration."
            ),
        );
        None
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 200 })
    }
}
