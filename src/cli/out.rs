//! Output: text, tables, JSON. A reader that goes away ends the command quietly. Effects: standard output and error.

use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::{Cell, Color, ContentArrangement, LineStyle, Table, presets};
use serde::Serialize;

use crate::cli::exit::{Exit, Failure};
use crate::http::{self, Tone};
use crate::model::text::Lang;
use crate::model::time::Moment;
use crate::text;

/// Writes a line to standard output.
pub(super) fn line(text: &str) -> Result<(), Failure> {
    raw(&format!("{text}\n"))
}

/// Writes text as it is to standard output.
pub(super) fn raw(text: &str) -> Result<(), Failure> {
    bytes(text.as_bytes())
}

/// Writes bytes to standard output.
pub(super) fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::PipeClosed,
        _ => Failure::new(
            Exit::Disk,
            text!("Không ghi được kết quả ra ({error}).", "The answer cannot be written ({error})."),
        ),
    })
}

/// Writes a line to standard error. Where even that fails there is nobody left to tell.
pub(super) fn note(text: &str) {
    writeln!(io::stderr().lock(), "{text}").unwrap_or_default();
}

/// Writes a value as indented JSON.
pub(super) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|e| Failure::new(Exit::Bug, text!("Không tạo được JSON ({e}).", "JSON cannot be made ({e}).")))?;
    line(&text)
}

/// An empty table with these headings.
pub(super) fn table(headings: &[&str]) -> Table {
    let mut table = Table::new();
    // A line under the headings is enough: every row begins with its time or its name.
    let style = presets::NOTHING.header_separator(LineStyle::none().fill('─').junction('─'));
    table.load_style(style).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(headings.iter().map(Cell::new));
    table
}

/// A planned time: "T2 23/11/2026 05:30".
pub(super) fn when(at: Moment, lang: Lang) -> String {
    format!("{} {}", http::weekday(at, lang), at.local().strftime("%d/%m/%Y %H:%M"))
}

/// A slot's name, with its commune where the list has several.
pub(super) fn slot(slot: &str, commune: &str, several: bool) -> String {
    if several { format!("{slot}, {commune}") } else { slot.to_owned() }
}

/// Writes a table.
pub(super) fn show(table: &Table) -> Result<(), Failure> {
    line(&table.trim_fmt())
}

/// A cell in the colour of its meaning; the colour is left out where it would not be seen.
pub(super) fn toned(text: &str, tone: Tone) -> Cell {
    let cell = Cell::new(text);
    if !colours() {
        return cell;
    }
    match tone {
        Tone::Calm => cell,
        Tone::Good => cell.fg(Color::Green),
        Tone::Warn => cell.fg(Color::Yellow),
        Tone::Bad => cell.fg(Color::Red),
    }
}

/// Text in the colour of its meaning, for a line of its own.
pub(super) fn tinted(text: &str, tone: Tone) -> String {
    let code = match tone {
        Tone::Calm => "1",
        Tone::Good => "1;32",
        Tone::Warn => "1;33",
        Tone::Bad => "1;31",
    };
    if colours() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Is standard output a terminal whose user has nothing against colours?
pub(super) fn colours() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}
