//! Sheets read back: out of the PDF by poppler, out of the workbook by another reader, out of CSV and HTML as they are.

mod paper;
mod sample;

use std::path::PathBuf;

use loaphuong::model::compliance::{Assessment, Verdict};
use loaphuong::report::{Format, Sheet, render};

/// Where a sheet's files lie while they are examined, and afterwards for those who want to look.
fn keep(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("report");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn made(sheet: &Sheet<'_>, format: Format) -> Vec<u8> {
    render(sheet, format).unwrap()
}

/// The verdicts over the weeks of November 2026.
fn november() -> Vec<Assessment> {
    let verdict = sample::weekly_verdict;
    vec![
        verdict("2026-W44", "2026-10-26", (4, 2), Verdict::Met),
        verdict("2026-W45", "2026-11-02", (6, 3), Verdict::Met),
        verdict("2026-W46", "2026-11-09", (4, 1), Verdict::Failed),
        verdict("2026-W47", "2026-11-16", (3, 3), Verdict::Failed),
        verdict("2026-W48", "2026-11-23", (4, 2), Verdict::Met),
        verdict("2026-W49", "2026-11-30", (0, 0), Verdict::OnTrack),
    ]
}
