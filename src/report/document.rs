//! A sheet before it has a form: lines of text and tables of typed cells, which every writer (PDF, XLSX, CSV, HTML)
//! turns into its own. Pure.

use jiff::civil::{Date, DateTime, Time};

/// One sheet of paper, however many pages it takes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Document {
    /// The unit above, the unit, the station: at the top on the left.
    pub(super) issuer: Vec<String>,
    /// The state's name and its motto: at the top on the right.
    pub(super) motto: [String; 2],
    /// What this is.
    pub(super) title: String,
    /// Which days.
    pub(super) period: String,
    /// In the order in which people read them.
    pub(super) blocks: Vec<Block>,
    /// Place and date, above the signatures.
    pub(super) dated: String,
    /// Who signs and what is asked of them, from left to right.
    pub(super) signatures: Vec<[String; 2]>,
    /// At the foot of every page.
    pub(super) foot: String,
    /// Further tables, for the workbook alone.
    pub(super) annex: Vec<Table>,
}

impl Document {
    /// The tables that are printed.
    pub(super) fn tables(&self) -> impl Iterator<Item = &Table> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Table(table) => Some(table),
            Block::Heading(_) | Block::Text(_) | Block::Note(_) => None,
        })
    }

    /// The table for which the sheet is made.
    pub(super) fn main(&self) -> Option<&Table> {
        self.tables().find(|t| t.rank == Rank::Main).or_else(|| self.tables().next())
    }
}

/// A part of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    /// Above what belongs together.
    Heading(String),
    /// A sentence.
    Text(String),
    /// In small print.
    Note(String),
    /// Rows and columns.
    Table(Table),
}

/// Rows and columns. Each row has as many cells as there are columns; so have the totals, unless there are none.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    /// Its name: the tab in a workbook, 1–31 characters.
    pub(super) name: String,
    /// A sentence above it.
    pub(super) lead: Option<String>,
    /// From left to right.
    pub(super) columns: Vec<Column>,
    /// From top to bottom.
    pub(super) rows: Vec<Vec<Cell>>,
    /// The last line.
    pub(super) totals: Vec<Total>,
    /// Its place among the tables of its sheet.
    pub(super) rank: Rank,
}

/// Is it the table for which the sheet is made?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    /// It is.
    Main,
    /// It goes with another.
    Side,
}

impl Table {
    /// A table that goes with others, without rows yet.
    pub(super) fn new(name: String, columns: Vec<Column>) -> Self {
        Self { name, lead: None, columns, rows: Vec::new(), totals: Vec::new(), rank: Rank::Side }
    }

    /// What a total comes to, as a number where it is one.
    pub(super) fn total(&self, at: usize) -> Cell {
        let column = |at: usize| self.rows.iter().filter_map(move |row| row.get(at));
        let counts = |at| column(at).map(|cell| if let Cell::Count(n) = cell { *n } else { 0 }).sum::<u64>();
        match self.totals.get(at) {
            Some(Total::Label(text)) => Cell::Text(text.clone()),
            Some(Total::Sum) if column(at).any(|cell| matches!(cell, Cell::Length(_))) => {
                Cell::Length(column(at).map(|cell| if let Cell::Length(s) = cell { *s } else { 0.0 }).sum())
            }
            Some(Total::Sum) => Cell::Count(counts(at)),
            Some(Total::Matching(text)) => {
                Cell::of(column(at).filter(|cell| matches!(cell, Cell::Text(t) if t == text)).count())
            }
            Some(Total::Rows(_)) => Cell::of(self.rows.len()),
            Some(Total::Percent { part, whole }) => percent(counts(*part), counts(*whole)),
            Some(Total::Blank) | None => Cell::Blank,
        }
    }
}

/// `part` of `whole`; blank without a whole.
#[expect(clippy::cast_precision_loss, reason = "counts of airings are far below 2^52")]
pub(super) fn percent(part: u64, whole: u64) -> Cell {
    if whole == 0 { Cell::Blank } else { Cell::Percent(part as f64 / whole as f64) }
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    /// Its head.
    pub(super) heading: String,
    /// Width in millimetres, where there is room for all; else in proportion.
    pub(super) width: f32,
    /// Where its cells stand.
    pub(super) align: Align,
}

/// Where a cell's text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    /// At the left edge.
    Left,
    /// In the middle.
    Centre,
    /// At the right edge: quantities.
    Right,
}

/// A value, not yet text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Nothing.
    Blank,
    /// Words.
    Text(String),
    /// How many.
    Count(u64),
    /// A number with so many decimals.
    Number(f64, usize),
    /// Part of one: 0.75 reads 75 %.
    Percent(f64),
    /// Seconds.
    Length(f64),
    /// A day.
    Date(Date),
    /// A day, with the name that it has in the week.
    Day(Date),
    /// A time of day, to the minute.
    Minute(Time),
    /// A time of day, to the second.
    Second(Time),
    /// A day and a time, to the second.
    Stamp(DateTime),
}

impl Cell {
    /// How many.
    pub(super) fn of(count: usize) -> Self {
        Self::Count(u64::try_from(count).unwrap_or(u64::MAX))
    }

    /// Words.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// What stands under a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Total {
    /// Nothing.
    Blank,
    /// Words.
    Label(String),
    /// All its counts or lengths together.
    Sum,
    /// How many cells read so.
    Matching(String),
    /// How many rows there are, after these words.
    Rows(String),
    /// The sum of one column, of the sum of another (both by place).
    Percent {
        /// The column of the parts.
        part: usize,
        /// The column of the wholes.
        whole: usize,
    },
}
