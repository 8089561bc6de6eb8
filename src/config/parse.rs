//! The texts of all files to one station, or to everything that is wrong with them. Pure.

use std::path::Path;

use sha2::{Digest as _, Sha256};
use toml::de::{DeTable, DeValue};

use crate::config::findings::{Findings, file_error};
use crate::config::lower::{Desk, KnownOutputs, commune, station};
use crate::config::places::Places;
use crate::config::read::FromToml;
use crate::config::read::pc::StationFile;
use crate::config::read::raw::CommuneFile;
use crate::config::source::{Source, SourceFile};
use crate::config::syntax;
use crate::model::diag::{Diagnostic, Severity};
use crate::model::id::Revision;
use crate::model::station::{Commune, Station};
use crate::text;

/// The name of the file that describes the PC; all other files are communes.
pub(super) const STATION_FILE: &str = "station.toml";

/// A station serves no more communes than this.
pub(super) const MAX_COMMUNES: usize = 200;

/// What became of a configuration.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The station; there is one if and only if there is no error.
    pub station: Option<Station>,
    /// Every mistake at once, in the order of files and lines.
    pub diagnostics: Vec<Diagnostic>,
    /// Where each thing is written, for [`lint`](crate::config::lint).
    pub places: Places,
    /// What was read, to keep a good text.
    pub files: Vec<SourceFile>,
}

/// Reads `station.toml` and the communes' files from their bytes; `base` is the absolute folder of `station.toml`.
#[must_use]
pub fn parse(files: &[SourceFile], base: &Path) -> Loaded {
    parse_with(files, base, Vec::new())
}

/// The same, with what was wrong before a byte was read.
pub(super) fn parse_with(files: &[SourceFile], base: &Path, mut diagnostics: Vec<Diagnostic>) -> Loaded {
    let mut sources = Vec::new();
    for file in files.iter().take(MAX_COMMUNES + 1) {
        match Source::decode(file) {
            Ok(source) => sources.push(source),
            Err(problem) => diagnostics.push(*problem),
        }
    }
    diagnostics.extend(missing_files(files));
    let mut places = Places::new(sources.clone());
    let (head, known) = read_station(&sources, base, &mut places, &mut diagnostics);
    let communes = read_communes(&sources, &known, &mut places, &mut diagnostics);
    let usable = !diagnostics.iter().any(|d| d.severity == Severity::Error);
    let station = head.filter(|_| usable).map(|head| head.with(communes, revision(files)));
    Loaded { station, diagnostics, places, files: files.to_vec() }
}

fn missing_files(files: &[SourceFile]) -> Vec<Diagnostic> {
    let mut missing = Vec::new();
    if !files.iter().any(|f| f.name == STATION_FILE) {
        missing.push(file_error(
            STATION_FILE,
            "station_missing",
            text!(
                "Không thấy tệp station.toml trong thư mục cấu hình.",
                "There is no station.toml in the configuration folder."
            ),
            text!(
                "Chạy \"loaphuong init\" để tạo tệp mẫu, hoặc chỉ đúng thư mục bằng --config.",
                "Run \"loaphuong init\" for a sample, or name the right folder with --config."
            ),
        ));
    } else if files.len() == 1 {
        missing.push(file_error(
            STATION_FILE,
            "no_communes",
            text!(
                "Chưa có lịch phát của xã nào: thư mục communes không có tệp .toml.",
                "There is no commune's schedule: the communes folder has no .toml file."
            ),
            text!(
                "Đặt lịch của xã vào thư mục đó, ví dụ communes/an-xuan.toml.",
                "Put the commune's schedule there, such as communes/an-xuan.toml."
            ),
        ));
    }
    if files.len() > MAX_COMMUNES + 1 {
        missing.push(file_error(
            STATION_FILE,
            "too_many",
            text!(
                "Có hơn {MAX_COMMUNES} tệp lịch của xã, nhiều quá mức.",
                "There are more than {MAX_COMMUNES} communes' files."
            ),
            text!("Hãy bỏ bớt tệp trong thư mục communes.", "Remove some from the communes folder."),
        ));
    }
    missing
}

fn read_station(
    sources: &[Source],
    base: &Path,
    places: &mut Places,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Option<station::Head>, KnownOutputs) {
    let Some((file, source)) = sources.iter().enumerate().find(|(_, s)| s.name == STATION_FILE) else {
        return (None, KnownOutputs::Nobody);
    };
    let mut to = Findings::new(source);
    let raw = read::<StationFile>(&mut to);
    let lowered = match raw {
        Some(raw) => station::lower(raw, base, &mut Desk { to: &mut to, places, file }),
        None => (None, KnownOutputs::Nobody),
    };
    diagnostics.extend(to.into_diagnostics());
    lowered
}

fn read_communes(
    sources: &[Source],
    known: &KnownOutputs,
    places: &mut Places,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Commune> {
    let mut communes = Vec::new();
    let mut owners = commune::Owners::default();
    for (file, source) in sources.iter().enumerate().filter(|(_, s)| s.name != STATION_FILE) {
        let mut to = Findings::new(source);
        if let Some(raw) = read::<CommuneFile>(&mut to) {
            let desk = &mut Desk { to: &mut to, places, file };
            communes.extend(commune::lower(raw, known, &mut owners, desk));
        }
        diagnostics.extend(to.into_diagnostics());
    }
    communes
}

/// The tables of one file, with every mistake of syntax, type and key reported.
fn read<T: FromToml>(to: &mut Findings<'_>) -> Option<T> {
    let source = to.source;
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    syntax::explain(&errors, to);
    T::read(&DeValue::Table(table.into_inner()), &(0..0), to)
}

/// The folder of the communes' files as `station.toml` names it, however broken the rest of it is.
pub(super) fn communes_folder(station: &SourceFile) -> String {
    const USUAL: &str = "communes";
    let Ok(source) = Source::decode(station) else { return USUAL.to_owned() };
    let (table, _) = DeTable::parse_recoverable(&source.text);
    let paths = table.get_ref().get("paths").and_then(|paths| paths.get_ref().get("communes"));
    let named = paths.and_then(|folder| folder.get_ref().as_str().map(str::to_owned));
    named.filter(|folder| !folder.trim().is_empty()).unwrap_or_else(|| USUAL.to_owned())
}

/// The hash of all files: names, lengths and bytes.
fn revision(files: &[SourceFile]) -> Revision {
    let mut hash = Sha256::new();
    for file in files {
        for part in [file.name.as_bytes(), &file.bytes] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    let hex = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    Revision(format!("sha256:{hex}"))
}
