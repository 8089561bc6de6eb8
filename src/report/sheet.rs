//! What a sheet is made of, and which forms it can take. Pure.

use jiff::civil::Date;

use crate::model::compliance::Assessment;
use crate::model::id::CampaignId;
use crate::model::ledger::LedgerRow;
use crate::model::query::Row;
use crate::model::text::{Lang, Text};
use crate::model::time::Moment;

/// Everything that is printed on a sheet of one commune. The room asks nobody: the same value gives the same bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet<'a> {
    /// What is to be made of it.
    pub kind: SheetKind,
    /// First day.
    pub from: Date,
    /// Last day, not before `from`.
    pub until: Date,
    /// Who reports.
    pub names: Names,
    /// The commune's final rows whose planned local day lies between the two, in any order.
    pub rows: &'a [Row],
    /// The verdicts over all periods that the days touch.
    pub assessments: &'a [Assessment],
    /// The same days a year before; nothing where the journal does not reach back so far.
    pub previous: Option<Previous>,
    /// When it was made: printed on it.
    pub printed_at: Moment,
    /// In which language.
    pub lang: Lang,
}

/// Which sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetKind {
    /// *Sổ nhật ký phát thanh*: every airing of a week. `from` is a Monday.
    Weekly,
    /// *Biểu tổng hợp lượt phát thanh BHXH* of a month. `from` is its first day.
    Monthly,
    /// The same over any days; with lines by month, or by year where there are more than twelve months.
    Range,
}

/// Who reports, as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// The PC's name.
    pub station: String,
    /// The commune's name today; a sheet carries the name under which its rows aired, where there are any.
    pub commune: String,
    /// The unit above.
    pub belongs_to: Option<String>,
    /// Campaigns by their name; one that is not here stands with its id.
    pub campaigns: Vec<(CampaignId, String)>,
}

/// The same days a year before.
#[derive(Debug, Clone, PartialEq)]
pub struct Previous {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// The commune's final rows of those days.
    pub rows: Vec<LedgerRow>,
}

/// The forms of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A4, to print and to keep (PDF/A-2u).
    Pdf,
    /// A workbook.
    Xlsx,
    /// All tables of the sheet, for Excel.
    Csv(Variant),
    /// One page, to print from a browser.
    Html,
}

/// For whom a CSV is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Variant {
    /// Excel here: UTF-8 with BOM, `;`, decimals with a comma, dd/mm/yyyy.
    #[default]
    Excel,
    /// Scripts: no BOM, `,`, decimals with a dot, ISO dates, seconds; of a sheet, the main table alone.
    Plain,
}

/// Why a form could not be made: a mistake of this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ReportError(pub String);

impl ReportError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        let why = &self.0;
        crate::text!("Không tạo được báo cáo ({why}).", "The report cannot be made ({why}).")
    }
}
