//! Paper: the weekly log and the summary sheet as PDF, XLSX, CSV and HTML, and tables of the airing log. Pure.
//!
//! A [`Sheet`] becomes a document of lines and typed tables (`log_sheet.rs`, `summary/`), and each writer (`pdf/`,
//! `xlsx.rs`, `csv.rs`, `html.rs`) gives the document its form. The same value gives the same bytes.

mod airings;
mod compliance;
mod count;
mod csv;
mod document;
mod html;
mod log_sheet;
mod pdf;
mod period;
mod shares;
mod sheet;
mod show;
mod summary;
mod table;
mod verdicts;
mod words;
mod xlsx;

pub use airings::{airings_csv, airings_xlsx};
pub use compliance::{compliance_csv, compliance_xlsx};
pub use period::{PeriodLabel, days_words, period_example, period_name, period_words};
pub use shares::{share_list, share_words};
pub use sheet::{Format, Names, Previous, ReportError, Sheet, SheetKind, Variant};
pub use table::{Field, fields_csv};

use document::{Block, Document};
use show::say;

/// Makes a sheet in one of its forms.
///
/// # Errors
/// A mistake of this program; never what is on the sheet.
pub fn render(sheet: &Sheet<'_>, format: Format) -> Result<Vec<u8>, ReportError> {
    let document = compose(sheet);
    match format {
        Format::Pdf => pdf::document(&document, sheet.printed_at, sheet.lang),
        Format::Xlsx => xlsx::document(&document, sheet.lang),
        Format::Csv(variant) => Ok(csv::document(&document, sheet.lang, variant).into_bytes()),
        Format::Html => Ok(html::document(&document, sheet.lang).into_bytes()),
    }
}

fn compose(sheet: &Sheet<'_>) -> Document {
    let lang = sheet.lang;
    let rows = count::by_time(sheet.rows);
    let (mut blocks, annex) = match sheet.kind {
        SheetKind::Weekly => (log_sheet::blocks(sheet, &rows), Vec::new()),
        SheetKind::Monthly | SheetKind::Range => (summary::blocks(sheet, &rows), vec![summary::annex(sheet, &rows)]),
    };
    blocks.push(Block::Note(words::definition(lang)));
    // A unit that was renamed keeps, on paper too, the name under which it aired.
    let aired_as = rows.last().map_or(sheet.names.commune.as_str(), |row| &row.row.airing.head.commune_name);
    let printed = sheet.printed_at.local().strftime("%H:%M %d/%m/%Y").to_string();
    let station = &sheet.names.station;
    let mut issuer: Vec<String> = sheet.names.belongs_to.iter().map(|unit| unit.to_uppercase()).collect();
    issuer.extend([aired_as.to_uppercase(), station.clone()]);
    Document {
        issuer,
        motto: words::motto(lang),
        title: words::title(sheet.kind, lang),
        period: words::period(sheet),
        blocks,
        dated: words::dated(aired_as, sheet.printed_at.local().date(), lang),
        signatures: words::signatures(lang),
        foot: say(
            lang,
            &format!("{station}. In từ nhật ký phát của chương trình loaphuong lúc {printed}."),
            &format!("{station}. Printed from the journal of loaphuong at {printed}."),
        ),
        annex,
    }
}
