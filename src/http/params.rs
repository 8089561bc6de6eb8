//! Reads query parameters strictly: what is unknown, twice or malformed is named, with "did you mean". Pure.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use axum::extract::Query;
use axum::http::Uri;

use crate::http::problem::Problem;
use crate::model::text::Text;
use crate::text;

/// The parameters of one request.
#[derive(Debug)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// The parameters of `uri`, each of them one of `known` (or `lang`, which every address takes), none twice.
    pub(super) fn read(uri: &Uri, known: &[&str]) -> Result<Self, Problem> {
        let malformed = |_| {
            Problem::parameter(
                "?",
                text!(
                    "Phần sau dấu ? của địa chỉ không đọc được.",
                    "What follows the ? of the address cannot be read."
                ),
            )
        };
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(malformed)?;
        for (index, (name, value)) in pairs.iter().enumerate() {
            if name != "lang" && !known.contains(&name.as_str()) {
                return Err(unknown(name, known));
            }
            if pairs.iter().take(index).any(|(other, _)| other == name) {
                let detail = text!("Tham số {name} được ghi hai lần.", "The parameter {name} is given twice.");
                return Err(Problem::parameter(name, detail));
            }
            if name == "lang" && !["vi", "en"].contains(&value.as_str()) {
                return Err(bad_value("lang", value, &Text::new("vi hoặc en", "vi or en")));
            }
        }
        Ok(Self(pairs))
    }

    /// The text of a parameter; empty counts as not given.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    /// The value of a parameter that is read by `read`; `expected` says what would be right.
    pub(super) fn parse<T>(
        &self,
        name: &str,
        expected: &Text,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        read(text).map(Some).ok_or_else(|| bad_value(name, text, expected))
    }

    /// An identifier.
    pub(super) fn id<T: FromStr>(&self, name: &str) -> Result<Option<T>, Problem> {
        let expected = Text::new("mã chỉ gồm a-z, 0-9 và dấu gạch nối", "an id of a-z, 0-9 and hyphens");
        self.parse(name, &expected, |t| t.parse().ok())
    }

    /// A member of a closed set, of which `words` are all.
    pub(super) fn word<T>(
        &self,
        name: &str,
        words: &[&str],
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        read(text).map(Some).ok_or_else(|| {
            let list = words.join(", ");
            let expected = match nearest(text, words) {
                Some(near) => {
                    text!("một trong: {list}. Có phải ý là \"{near}\"?", "one of: {list}. Did you mean \"{near}\"?")
                }
                None => text!("một trong: {list}", "one of: {list}"),
            };
            bad_value(name, text, &expected)
        })
    }

    /// A number inside `range`, or `default`.
    pub(super) fn number<T>(&self, name: &str, default: T, range: RangeInclusive<T>) -> Result<T, Problem>
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let (low, high) = (*range.start(), *range.end());
        let expected = text!("số từ {low} đến {high}", "a number from {low} to {high}");
        let value = self.parse(name, &expected, |t| t.parse().ok().filter(|n| range.contains(n)))?;
        Ok(value.unwrap_or(default))
    }
}

fn unknown(name: &str, known: &[&str]) -> Problem {
    let shown: String = name.chars().take(40).collect();
    let detail = match nearest(name, known) {
        Some(near) => text!(
            "Không có tham số \"{shown}\". Có phải ý là \"{near}\"?",
            "There is no parameter \"{shown}\". Did you mean \"{near}\"?"
        ),
        None if known.is_empty() => {
            text!(
                "Không có tham số \"{shown}\"; địa chỉ này không nhận tham số.",
                "There is no parameter \"{shown}\" here."
            )
        }
        None => {
            let list = known.join(", ");
            text!(
                "Không có tham số \"{shown}\". Có thể dùng: {list}.",
                "There is no parameter \"{shown}\". Known are: {list}."
            )
        }
    };
    Problem::parameter(&shown, detail)
}

/// A value that is not what it should be.
pub(super) fn bad_value(name: &str, value: &str, expected: &Text) -> Problem {
    let shown: String = value.chars().take(60).collect();
    let (vi, en) = (&expected.vi, &expected.en);
    let detail = text!(
        "Giá trị \"{shown}\" của {name} không dùng được: cần {vi}",
        "The value \"{shown}\" of {name} cannot be used: it should be {en}"
    );
    Problem::parameter(name, detail)
}

/// The known word that is near enough to have been meant.
pub(super) fn nearest<'a>(text: &str, known: &[&'a str]) -> Option<&'a str> {
    if text.len() > 64 {
        return None;
    }
    let score = |word: &str| strsim::jaro_winkler(text, word);
    known.iter().copied().filter(|w| score(w) > 0.8).max_by(|a, b| score(a).total_cmp(&score(b)))
}
