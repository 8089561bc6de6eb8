//! Which language a request wants: `?lang=`, else `Accept-Language`, else Vietnamese. Pure.

use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};

use crate::model::text::Lang;

/// The language of problems: Vietnamese unless English is asked for.
pub(super) fn of(uri: &Uri, headers: &HeaderMap) -> Lang {
    asked(uri).unwrap_or_else(|| accepted(headers))
}

/// The language of pages: Vietnamese unless `?lang=en`. A browser's own language says nothing about its reader here.
pub(super) fn of_page(parts: &Parts) -> Lang {
    asked(&parts.uri).unwrap_or_default()
}

fn asked(uri: &Uri) -> Option<Lang> {
    uri.query()?.split('&').find_map(|pair| match pair {
        "lang=en" => Some(Lang::En),
        "lang=vi" => Some(Lang::Vi),
        _ => None,
    })
}

fn accepted(headers: &HeaderMap) -> Lang {
    let Some(list) = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()) else { return Lang::Vi };
    let (mut vi, mut en) = (0.0, 0.0);
    for range in list.split(',').take(20) {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = parts.find_map(|p| p.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
        match tag.split('-').next() {
            Some("vi") => vi = weight.max(vi),
            Some("en") => en = weight.max(en),
            _ => {}
        }
    }
    if en > vi { Lang::En } else { Lang::Vi }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(uri: &str, accept: &str, expected: Lang) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
        assert_eq!(of(&uri.parse().unwrap(), &headers), expected, "{uri} {accept}");
    }

    #[test]
    fn question_before_header_before_vietnamese() {
        check("/", "", Lang::Vi);
        check("/", "fr", Lang::Vi);
        check("/", "en-US,en;q=0.9", Lang::En);
        check("/", "en;q=0.5, vi-VN", Lang::Vi);
        check("/", "vi;q=0.1, en;q=0.2", Lang::En);
        check("/?lang=vi", "en", Lang::Vi);
        check("/?a=b&lang=en", "vi", Lang::En);
        check("/?lang=english", "", Lang::Vi);
    }
}
