//! In which form a list is wanted: `format=` before `Accept`, JSON unless either says otherwise. Pure.

use axum::http::{HeaderMap, header};

use crate::http::params::Params;
use crate::http::problem::Problem;

/// The forms of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    /// A table for Excel.
    Csv,
    /// A workbook.
    Xlsx,
}

const ALL: [(&str, &str, Format); 3] =
    [("json", "application/json", Format::Json), ("csv", "text/csv", Format::Csv), ("xlsx", WORKBOOK, Format::Xlsx)];

/// The media type of a workbook.
pub(super) const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

impl Format {
    /// The form that is wanted.
    pub(super) fn read(params: &Params, headers: &HeaderMap) -> Result<Self, Problem> {
        let words = ALL.map(|(word, ..)| word);
        let asked = params.word("format", &words, |word| ALL.iter().find(|(w, ..)| *w == word).map(|(.., f)| *f))?;
        Ok(asked.or_else(|| accepted(headers)).unwrap_or(Self::Json))
    }
}

/// The first form that `Accept` names.
fn accepted(headers: &HeaderMap) -> Option<Format> {
    let accept = headers.get(header::ACCEPT)?.to_str().ok()?;
    let media = accept.split(',').map(|range| range.split(';').next().unwrap_or_default().trim());
    media.into_iter().find_map(|m| ALL.iter().find(|(_, media, _)| *media == m).map(|(.., f)| *f))
}
