//! Who asks: a token, or somebody at this PC. Decides before any answer is made. Effects: a look at the token files.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};

use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::tokens::{Grant, Reach, Role};
use crate::model::id::CommuneId;
use crate::model::station::LoopbackReading;
use crate::text;

/// The other end of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// On this PC.
    Here,
    /// Anywhere else.
    Elsewhere,
}

impl Peer {
    /// Where the other end is, judged by both ends of the connection. Who comes from the very address that was called
    /// is this PC too: so do its own commands where the service listens on one address of the network only.
    pub(super) fn of(theirs: IpAddr, ours: Option<IpAddr>) -> Self {
        let (theirs, ours) = (theirs.to_canonical(), ours.map(|ip| ip.to_canonical()));
        if theirs.is_loopback() || ours == Some(theirs) { Self::Here } else { Self::Elsewhere }
    }

    /// On this PC?
    pub(super) fn is_here(self) -> bool {
        self == Self::Here
    }
}

/// Somebody who may read.
#[derive(Debug)]
pub(super) struct Reader(Option<Grant>);

impl Reader {
    /// The communes whose rows they may see; nothing means all.
    pub(super) fn communes(&self) -> Option<&[CommuneId]> {
        self.0.as_ref()?.communes.as_deref()
    }

    /// May they see this commune's rows?
    pub(super) fn sees(&self, commune: &CommuneId) -> bool {
        self.communes().is_none_or(|all| all.contains(commune))
    }

    /// The commune that a question is about: the one asked for, if they may see it; else the only one that they see.
    pub(super) fn commune(&self, asked: Option<CommuneId>) -> Result<Option<CommuneId>, Problem> {
        match (asked, self.communes()) {
            (Some(asked), _) if !self.sees(&asked) => Err(Problem::forbidden(text!(
                "Mã truy cập này không dành cho xã, phường {asked}. Hãy xin mã có ghi đơn vị đó.",
                "This token is not for the commune {asked}. Ask for one that names it."
            ))),
            (None, Some([only])) => Ok(Some(only.clone())),
            (asked, _) => Ok(asked),
        }
    }

    /// Only for those who see all communes.
    pub(super) fn all_communes(&self) -> Result<(), Problem> {
        match self.communes() {
            None => Ok(()),
            Some(_) => Err(Problem::forbidden(text!(
                "Mã truy cập này chỉ dành cho một số xã, phường, nên không dùng được ở đây. Hãy xin mã không giới hạn đơn \
                 vị.",
                "This token is bound to some communes and cannot be used here. Ask for one that is not bound."
            ))),
        }
    }
}

/// Somebody who may play, stop and reload.
#[derive(Debug)]
pub(super) struct Operator {
    /// The token's name.
    pub(super) name: String,
    /// What they may see.
    pub(super) reader: Reader,
    /// Where they are.
    pub(super) peer: Peer,
}

impl FromRequestParts<Arc<App>> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let peer = peer(parts)?;
        if let Some(shown) = shown(parts)? {
            return Ok(Self(Some(known(app, shown, peer, challenge(parts)).await?)));
        }
        let open = app.deps.station.borrow().http.loopback == LoopbackReading::Open;
        if !(open && peer.is_here() && is_direct(&parts.headers)) {
            return Err(stranger(challenge(parts)));
        }
        if !names_this_pc(&parts.headers) {
            return Err(misdirected());
        }
        Ok(Self(None))
    }
}

impl FromRequestParts<Arc<App>> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let peer = peer(parts)?;
        let Some(shown) = shown(parts)? else { return Err(stranger(BEARER)) };
        let grant = known(app, shown, peer, BEARER).await?;
        if grant.role != Role::Operator {
            return Err(Problem::forbidden(text!(
                "Mã truy cập này chỉ được xem. Muốn phát, dừng hoặc nạp lại lịch cần mã của người trực (--role operator).",
                "This token may only read. Playing, stopping and reloading need an operator's (--role operator)."
            )));
        }
        Ok(Self { name: grant.name.clone(), reader: Reader(Some(grant)), peer })
    }
}

const BEARER: &str = "Bearer realm=\"loaphuong\"";
const BASIC: &str = "Basic realm=\"loaphuong\", charset=\"UTF-8\"";

/// Pages let the browser ask for the token (as the password); the API wants `Bearer`.
fn challenge(parts: &Parts) -> &'static str {
    if parts.uri.path().starts_with("/v1/") { BEARER } else { BASIC }
}

fn peer(parts: &Parts) -> Result<Peer, Problem> {
    parts.extensions.get::<Peer>().copied().ok_or_else(Problem::internal)
}

/// The token that was shown, if any. A password is taken for reading only: browsers send it along unasked, and that
/// must never move anything.
fn shown(parts: &Parts) -> Result<Option<String>, Problem> {
    let Some(value) = parts.headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let (scheme, rest) = value.to_str().ok().and_then(|v| v.split_once(' ')).unwrap_or_default();
    let reading = matches!(parts.method, Method::GET | Method::HEAD);
    let token = if scheme.eq_ignore_ascii_case("bearer") {
        Some(rest.trim().to_owned())
    } else if reading && scheme.eq_ignore_ascii_case("basic") {
        password(rest.trim())
    } else {
        None
    };
    token.filter(|t| !t.is_empty() && t.len() <= 256).map(Some).ok_or_else(|| stranger(challenge(parts)))
}

fn password(encoded: &str) -> Option<String> {
    let text = String::from_utf8(base64(encoded)?).ok()?;
    Some(text.split_once(':')?.1.trim().to_owned())
}

/// Decodes RFC 4648 base64; nothing if it is none.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut out, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        bits = (bits << 6 | u32::from(digit(byte)?)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(out)
}

async fn known(app: &Arc<App>, shown: String, peer: Peer, challenge: &'static str) -> Result<Grant, Problem> {
    let tokens = Arc::clone(&app.deps.tokens);
    let grant = tokio::task::spawn_blocking(move || tokens.check(&shown)).await.map_err(|_| Problem::internal())?;
    grant.filter(|g| g.reach == Reach::Everywhere || peer.is_here()).ok_or_else(|| stranger(challenge))
}

fn stranger(challenge: &'static str) -> Problem {
    Problem::unauthorized(
        challenge,
        text!(
            "Cần mã truy cập còn hiệu lực. Hãy xin mã của người quản lý đài (lệnh `loaphuong token add TÊN` trên máy phát).",
            "A valid token is needed. Ask the station's keeper for one (`loaphuong token add NAME` on the station's PC)."
        ),
    )
}

fn misdirected() -> Problem {
    Problem::new(
        axum::http::StatusCode::MISDIRECTED_REQUEST,
        "wrong-host",
        text!(
            "Không có mã truy cập thì chỉ mở được bằng địa chỉ http://127.0.0.1 hoặc http://localhost ngay trên máy phát.",
            "Without a token only http://127.0.0.1 or http://localhost on the station's PC is answered."
        ),
    )
}

/// Not handed on by a proxy, behind which anybody could be.
fn is_direct(headers: &HeaderMap) -> bool {
    !["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"].iter().any(|h| headers.contains_key(*h))
}

/// Is the name that was asked for this PC's own? A foreign page that points its name at 127.0.0.1 (DNS rebinding)
/// still says its own name here.
fn names_this_pc(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next().and_then(|h| h.to_str().ok()), hosts.next()) else { return false };
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split_once(']').map_or("", |(name, _)| name),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|a| a.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_come_out_of_basic_credentials() {
        assert_eq!(password("eDpscF8xMg==").as_deref(), Some("lp_12"));
        assert_eq!(password("OmxwXzEy").as_deref(), Some("lp_12"));
        for odd in ["", "!", "eA==", "////", "e"] {
            assert_eq!(password(odd), None, "{odd}");
        }
    }

    #[test]
    fn here_is_loopback_and_the_very_address_that_was_called() {
        let check = |theirs: &str, ours: &str, expected| {
            assert_eq!(Peer::of(theirs.parse().unwrap(), ours.parse().ok()), expected, "{theirs} {ours}");
        };
        check("127.0.0.1", "127.0.0.1", Peer::Here);
        check("::ffff:127.0.0.1", "", Peer::Here);
        check("192.168.1.5", "192.168.1.5", Peer::Here);
        check("192.168.1.6", "192.168.1.5", Peer::Elsewhere);
        check("192.168.1.6", "", Peer::Elsewhere);
        check("::ffff:192.168.1.6", "192.168.1.5", Peer::Elsewhere);
    }

    #[test]
    fn only_names_of_this_pc_pass() {
        let check = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            names_this_pc(&headers)
        };
        for good in ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:8080", "127.1.2.3"] {
            assert!(check(good), "{good}");
        }
        for bad in [
            "",
            "evil.example",
            "localhost.evil.example:8080",
            "127.0.0.1.evil.example",
            "10.0.0.1",
            "[::2]",
            "[",
            "::1",
        ] {
            assert!(!check(bad), "{bad}");
        }
        assert!(!names_this_pc(&HeaderMap::new()));
    }
}
