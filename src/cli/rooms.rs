//! The other rooms as the commands see them: one small call each. Effects.

use std::fmt::Display;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::cli::exit::{Exit, Failure};
use crate::cli::out;
use crate::cli::outlook::{self, Outlook};
use crate::config::{self, Color, Loaded};
use crate::daemon::answers::{self, Known};
use crate::journal::{self, Reader, Verified};
use crate::library::{self, Progress};
use crate::model::clip::Library;
use crate::model::compliance::{Assessment, ComplianceQuery};
use crate::model::diag::Diagnostic;
use crate::model::plan_view::PlanView;
use crate::model::query::Records;
use crate::model::recovery::History;
use crate::model::station::Station;
use crate::model::text::Lang;
use crate::{clock, daemon, text};

/// The configuration that `loaphuong init` writes: name below the folder, and text.
pub(super) const SAMPLES: [(&str, &str); 2] = [
    ("station.toml", include_str!("../../config/station.toml")),
    ("communes/an-xuan.toml", include_str!("../../config/communes/an-xuan.toml")),
];

/// The time.
pub(super) fn now() -> Timestamp {
    clock::now().wall
}

/// Warnings about a configuration that can be used.
pub(super) fn lint(loaded: &Loaded, station: &Station, library: &Library, today: Date) -> Vec<Diagnostic> {
    config::lint(station, &loaded.places, library, today)
}

/// Diagnostics as people read them, in colour where it is seen.
pub(super) fn render(diagnostics: &[Diagnostic], lang: Lang) -> String {
    config::render(diagnostics, lang, if out::colours() { Color::Always } else { Color::Never })
}

/// What is to come, without the daemon: the audio folder as it is, and the journal's memory if there is one.
pub(super) fn plan(station: &Station, from: Date, days: u32) -> Vec<PlanView> {
    let reader = Reader::open(&station.paths.state).ok();
    let history = reader.as_ref().and_then(|reader| reader.history().ok()).unwrap_or_default();
    let library = scan(station, &mut |_, _| {});
    let known = Known { station, library: &library, history: &history, underway: &[], now: now() };
    let whole = reader.and_then(|reader| answers::to_come(&known, &reader, from, days).ok());
    whole.unwrap_or_else(|| answers::scheduled(&known, from, days))
}

/// What aired before and what was approved, as far as there is a journal.
pub(super) fn history(station: &Station) -> History {
    Reader::open(&station.paths.state).ok().and_then(|reader| reader.history().ok()).unwrap_or_default()
}

/// The verdicts, without the daemon: the journal's rows, and the audio folder as it is.
pub(super) fn verdicts(station: &Station, query: &ComplianceQuery) -> Result<Vec<Assessment>, Failure> {
    let state = &station.paths.state;
    has_journal(state)?;
    let reader = Reader::open(state).map_err(|e| Failure::new(Exit::Disk, e.text()))?;
    let history = reader.history().map_err(|e| unreadable(&e))?;
    let library = scan(station, &mut |_, _| {});
    let known = Known { station, library: &library, history: &history, underway: &[], now: now() };
    answers::verdicts(&known, &reader, query).map_err(|e| unreadable(&e))
}

/// The journal is there and does not answer.
pub(super) fn unreadable(error: &impl Display) -> Failure {
    Failure::new(
        Exit::Disk,
        text!(
            "Không đọc được nhật ký ({error}). Hãy kiểm tra ổ đĩa và chạy `loaphuong verify`.",
            "The journal cannot be read ({error}). Check the disk, and run `loaphuong verify`."
        ),
    )
}

/// What the schedule as written will do for each quota, whatever has aired.
pub(super) fn outlooks(station: &Station, library: &Library, today: Date) -> Vec<Outlook> {
    outlook::outlooks(station, library, &history(station), today)
}

/// The journal's readers.
pub(super) fn records(state: &Path) -> Result<Box<dyn Records>, Failure> {
    has_journal(state)?;
    let reader = Reader::open(state).map_err(|e| Failure::new(Exit::Disk, e.text()))?;
    Ok(Box::new(reader))
}

/// Is there anything to read? If not, the station has never run, or the folder is another one. What may not be
/// looked at is for the journal to complain of.
pub(super) fn has_journal(state: &Path) -> Result<(), Failure> {
    if !matches!(state.join(journal::FILE).try_exists(), Ok(false)) {
        return Ok(());
    }
    let state = state.display();
    Err(Failure::new(
        Exit::Disk,
        text!(
            "Chưa có nhật ký trong thư mục {state}: đài chưa chạy lần nào ở đây. Hãy khởi động đài (systemctl start \
             loaphuong), hoặc chỉ đúng thư mục cấu hình bằng --config.",
            "There is no journal in {state}: the station has never run here. Start it (systemctl start loaphuong), or \
             name the right configuration folder with --config."
        ),
    ))
}

/// Copies the journal of `state`.
pub(super) fn backup(state: &Path, to: &Path) -> Result<Verified, Failure> {
    has_journal(state)?;
    journal::backup(state, to).map_err(|e| Failure::new(Exit::Disk, e.text()))
}

/// Reads the audio folder. `told` hears how many of how many files are done.
pub(super) fn scan(station: &Station, told: &mut dyn FnMut(usize, usize)) -> Library {
    let (audio, state) = (&station.paths.audio, &station.paths.state);
    library::scan(audio, state, Path::new(daemon::MYSELF), now(), &mut |progress| {
        if let Progress::Files { done, total } = progress {
            told(done, total);
        }
    })
}
