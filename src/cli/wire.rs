//! The other rooms as the commands see them: one small call each. Effects.
//!
//! WIRE: every function here is a local stand-in until its room is merged; only bodies change then.

use std::path::Path;
use std::process::ExitCode;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::cli::exit::{Exit, Failure};
use crate::model::clip::Library;
use crate::model::diag::{Diagnostic, Severity};
use crate::model::plan_view::PlanView;
use crate::model::query::Records;
use crate::model::station::Station;
use crate::model::text::{Lang, Text};
use crate::text;

/// The configuration that `loaphuong init` writes: name below the folder, and text.
// WIRE: include_str!("../../config/station.toml"), include_str!("../../config/communes/an-xuan.toml").
pub(super) const SAMPLES: [(&str, &str); 2] = [
    ("station.toml", "[station]\nid = \"dai-xa\"\nname = \"Đài truyền thanh xã\"\n"),
    ("communes/an-xuan.toml", "[commune]\nid = \"an-xuan\"\nname = \"Phường An Xuân\"\n"),
];

/// What `config::load` answers.
pub(super) struct Loaded {
    pub(super) station: Option<Station>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Whether the daemon airs a trial at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trial {
    Yes,
    No,
}

/// The time. WIRE: clock.rs.
#[expect(clippy::disallowed_methods, reason = "WIRE: clock.rs has the door")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// All of the configuration, or all that is wrong with it. WIRE: `config::load`.
pub(super) fn load(config: &Path) -> Loaded {
    let diagnostic = Diagnostic {
        severity: Severity::Error,
        code: "missing_file".to_owned(),
        file: config.join("station.toml").display().to_string(),
        line: 0,
        column: 0,
        width: 0,
        source: String::new(),
        message: text!("Không thấy tệp cấu hình.", "The configuration file is missing."),
        remedy: text!("Hãy tạo bằng `loaphuong init`.", "Write one with `loaphuong init`."),
    };
    Loaded { station: None, diagnostics: vec![diagnostic] }
}

/// Warnings about a configuration that can be used. WIRE: `config::lint` with `Loaded::places`.
pub(super) fn lint(_loaded: &Loaded, _station: &Station, _library: &Library, _today: Date) -> Vec<Diagnostic> {
    Vec::new()
}

/// Diagnostics as people read them. WIRE: `config::render`, with `Color` from `out::colours`.
pub(super) fn render(diagnostics: &[Diagnostic], lang: Lang) -> String {
    let one = |d: &Diagnostic| {
        format!("{}:{}:{}: {}\n  {}\n", d.file, d.line, d.column, d.message.get(lang), d.remedy.get(lang))
    };
    diagnostics.iter().map(one).collect()
}

/// The configuration in a few sentences. WIRE: `config::describe`.
pub(super) fn describe(station: &Station, _lang: Lang) -> String {
    station.name.clone()
}

/// What is to come, without the daemon. WIRE: `plan::occurrences` and `plan::choose` over a scan and the journal's
/// history; the daemon builds the same list for `http::Deps::plan`.
pub(super) fn plan(_station: &Station, _from: Date, _days: u32) -> Vec<PlanView> {
    Vec::new()
}

/// The journal's readers. WIRE: `journal::Reader::open`, its error's `text()`.
pub(super) fn records(state: &Path) -> Result<Box<dyn Records>, Failure> {
    let shown = state.display();
    Err(Failure::new(Exit::Disk, text!("Không có nhật ký ở {shown}.", "There is no journal in {shown}.")))
}

/// A chain that verifies.
pub(super) struct Verified {
    pub(super) entries: u64,
    pub(super) head: String,
}

/// Why a chain does not verify.
#[expect(dead_code, reason = "WIRE: journal::verify will say `Broken`")]
pub(super) enum VerifyError {
    /// This entry is not as it was written.
    Broken(u64, Text),
    /// Nothing can be said.
    Unreadable(Text),
}

/// Verifies a journal or an export. WIRE: `journal::verify`.
pub(super) fn verify(path: &Path) -> Result<Verified, VerifyError> {
    let shown = path.display();
    Err(VerifyError::Unreadable(text!("Không đọc được {shown}.", "Cannot read {shown}.")))
}

/// Copies the journal of `state`. WIRE: `journal::backup`, its error's `text()` with `Exit::Disk`.
pub(super) fn backup(_state: &Path, to: &Path) -> Result<Verified, Failure> {
    let shown = to.display();
    Err(Failure::new(Exit::Disk, text!("Không ghi được {shown}.", "Cannot write {shown}.")))
}

/// Reads the audio folder. `told` hears how many of how many files are done. WIRE: `library::scan`.
pub(super) fn scan(_station: &Station, told: &mut dyn FnMut(usize, usize)) -> Library {
    told(0, 0);
    Library::default()
}

/// Runs the station. WIRE: `daemon::run`.
pub(super) fn run(_config: &Path, _lang: Lang, _trial: Trial) -> Exit {
    Exit::Bug
}

/// The player's process. WIRE: `player::child::main`.
pub(super) fn player() -> ExitCode {
    Exit::Bug.into()
}

/// The library's process. WIRE: `library::child::main`.
pub(super) fn measure() -> ExitCode {
    Exit::Bug.into()
}
