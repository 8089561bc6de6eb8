//! The command line: what may be typed. The English help is here, the Vietnamese in `vietnamese.rs`. Pure.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, ISOWeekDate, Weekday};

use crate::config;
use crate::http::tokens::Role;
use crate::model::id::{CommuneId, QuotaId, SlotId, Topic};
use crate::model::outcome::{Kind, Outcome};
use crate::model::text::Lang;
use crate::report::PeriodLabel;

/// Broadcast scheduler of a commune's loudspeaker station
#[derive(Debug, Parser)]
#[command(name = "loaphuong", version, disable_help_subcommand = true, subcommand_required = true)]
pub(super) struct Cli {
    /// Folder of the configuration; ./config if there is one, else /etc/loaphuong
    #[arg(long, global = true, value_name = "DIR", display_order = 100)]
    pub(super) config: Option<PathBuf>,
    /// Language of all output; also by the environment variable `LOAPHUONG_LANG`
    #[arg(long, global = true, value_name = "LANG", display_order = 101)]
    pub(super) lang: Option<LangArg>,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// `vi` or `en`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LangArg {
    Vi,
    En,
}

impl From<LangArg> for Lang {
    fn from(arg: LangArg) -> Self {
        match arg {
            LangArg::Vi => Self::Vi,
            LangArg::En => Self::En,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the station: the daemon
    Run(Run),
    /// Show every error and warning of the configuration, and which quotas it cannot meet
    Check(Check),
    /// Show what is to come, with the clip that each airing would take
    Plan(Plan),
    /// Run days to come in virtual time, with power cuts if you like, and show what would air
    Rehearse(Rehearse),
    /// Show the airing log
    Log(Log),
    /// Show promised against aired
    Compliance(Compliance),
    /// Print the weekly log or the summary sheet: PDF, Excel, CSV, HTML
    Report(Report),
    /// Show the station's state now
    Status(Status),
    /// Show the audio files and what is wrong with them
    Clips(Clips),
    /// Play a clip or a file now
    Play(Play),
    /// Air an emergency message at once, over everything else
    Emergency(Emergency),
    /// Stop what is on air; an emergency only after a second question
    Stop(Stop),
    /// Read the configuration again
    Reload,
    /// Show whether the clock is trusted, or confirm that it is right
    Clock(Clock),
    /// Play the trial sound
    TestSound(TestSound),
    /// Examine this PC: sound card, clock, disk, permissions, configuration
    Doctor(Doctor),
    /// Verify the journal's chain, or an export's
    Verify(Verify),
    /// Copy the journal to a file
    Backup(Backup),
    /// Manage the tokens of the HTTP service
    #[command(subcommand, subcommand_required = true)]
    Token(Token),
    /// Write a configuration to begin with
    Init(Init),
    /// Print the completion script of a shell
    Completions(Completions),
    /// Print the manual page
    Man(Man),
    /// The process that makes sound; started by the daemon
    #[command(hide = true)]
    Player,
    /// The process that measures audio files; started by the daemon
    #[command(hide = true)]
    Measure,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// Air a trial at once, which is never counted
    #[arg(long)]
    pub(super) trial: bool,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Form::Table)]
    pub(super) format: Form,
}

#[derive(Debug, Args)]
pub(super) struct Plan {
    /// First day, as 2026-11-23; today unless said otherwise
    #[arg(long, value_name = "DATE")]
    pub(super) from: Option<Date>,
    /// How many days, up to 366
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=366))]
    pub(super) days: u32,
    /// Form of the output; ics is a calendar file
    #[arg(long, value_enum, default_value_t = PlanForm::Table)]
    pub(super) format: PlanForm,
}

#[derive(Debug, Args)]
pub(super) struct Rehearse {
    /// First day, as 2026-11-23; the station begins its work at 00:00
    #[arg(long, value_name = "DATE")]
    pub(super) from: Date,
    /// How many days, up to 3660
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub(super) days: u32,
    /// No power from this local time on, for so long: 2026-11-24T05:00/24h; may be given several times
    #[arg(long, value_name = "START/DURATION", value_parser = outage)]
    pub(super) power_cut: Vec<OutageArg>,
    /// No sound card from this local time on, for so long: 2026-11-24T05:00/1h30m; may be given several times
    #[arg(long, value_name = "START/DURATION", value_parser = outage)]
    pub(super) device_loss: Vec<OutageArg>,
    /// What is left to chance: the same number gives the same result
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) seed: u64,
    /// Also write the journal that this rehearsal would have written, as an export; never overwritten
    #[arg(long, value_name = "FILE")]
    pub(super) journal: Option<PathBuf>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Form::Table)]
    pub(super) format: Form,
}

/// `START/DURATION`: something is not there for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OutageArg {
    pub(super) start: Start,
    pub(super) lasting: Duration,
}

/// When something begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// Local time of the station.
    Local(DateTime),
    /// With an offset, after RFC 3339.
    Exact(Timestamp),
}

#[derive(Debug, Args)]
pub(super) struct Log {
    /// From this date (2026-11-23) or time (RFC 3339) on
    #[arg(long, value_name = "WHEN")]
    pub(super) from: Option<String>,
    /// Up to and with this date, or before this time
    #[arg(long, value_name = "WHEN")]
    pub(super) until: Option<String>,
    /// Only this commune
    #[arg(long, value_name = "ID")]
    pub(super) commune: Option<CommuneId>,
    /// Only this slot
    #[arg(long, value_name = "ID")]
    pub(super) slot: Option<SlotId>,
    /// Only this topic
    #[arg(long, value_name = "ID")]
    pub(super) topic: Option<Topic>,
    /// Only this outcome
    #[arg(long, value_name = "OUTCOME", value_parser = codes(Outcome::ALL, Outcome::code))]
    pub(super) outcome: Option<String>,
    /// Only this kind
    #[arg(long, value_name = "KIND", value_parser = codes(Kind::ALL, Kind::code))]
    pub(super) kind: Option<String>,
    /// Rows at the most, newest first
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) limit: u32,
    /// Form of the output; csv is for Excel
    #[arg(long, value_enum, default_value_t = TableForm::Table)]
    pub(super) format: TableForm,
}

#[derive(Debug, Args)]
pub(super) struct Compliance {
    /// Only this commune
    #[arg(long, value_name = "ID")]
    pub(super) commune: Option<CommuneId>,
    /// Only this quota
    #[arg(long, value_name = "ID")]
    pub(super) quota: Option<QuotaId>,
    /// This period: 2026-11-23, 2026-W48, 2026-11, 2026-Q4, 2026 or plan; the current one unless said otherwise
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["from", "until"])]
    pub(super) period: Option<String>,
    /// All periods that the days from this one on touch
    #[arg(long, value_name = "DATE")]
    pub(super) from: Option<Date>,
    /// Last of these days; today unless said otherwise
    #[arg(long, value_name = "DATE", requires = "from")]
    pub(super) until: Option<Date>,
    /// Form of the output; csv is for Excel
    #[arg(long, value_enum, default_value_t = TableForm::Table)]
    pub(super) format: TableForm,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("span").required(true).args(["month", "week", "from"])))]
pub(super) struct Report {
    /// The summary sheet of this month, as 2026-11
    #[arg(long, value_name = "MONTH", value_parser = month)]
    pub(super) month: Option<Date>,
    /// The log of this week, as 2026-W48
    #[arg(long, value_name = "WEEK", value_parser = week)]
    pub(super) week: Option<Date>,
    /// The summary sheet from this date on, as 2026-01-01
    #[arg(long, value_name = "DATE")]
    pub(super) from: Option<Date>,
    /// Up to and with this date; today unless said otherwise
    #[arg(long, value_name = "DATE", requires = "from", conflicts_with_all = ["month", "week"])]
    pub(super) until: Option<Date>,
    /// Whose; must be said where the station serves several communes
    #[arg(long, value_name = "ID")]
    pub(super) commune: Option<CommuneId>,
    /// Form of the report; as the file's name ends, else pdf
    #[arg(long, value_enum)]
    pub(super) format: Option<ReportForm>,
    /// CSV for scripts: commas, no byte order mark, decimals with a dot, ISO dates
    #[arg(long)]
    pub(super) plain: bool,
    /// The file to write; standard output unless said otherwise
    #[arg(long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

/// The first day of a month.
fn month(text: &str) -> Result<Date, String> {
    match PeriodLabel::parse(text) {
        Some(PeriodLabel::Month(year, month)) => Date::new(year, month, 1).map_err(|e| e.to_string()),
        _ => Err("a month looks like 2026-11".to_owned()),
    }
}

/// The Monday of a week.
fn week(text: &str) -> Result<Date, String> {
    match PeriodLabel::parse(text) {
        Some(PeriodLabel::Week(year, week)) => {
            ISOWeekDate::new(year, week, Weekday::Monday).map(ISOWeekDate::date).map_err(|e| e.to_string())
        }
        _ => Err("a week looks like 2026-W48".to_owned()),
    }
}

/// To print, for Excel, for other programs, for a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportForm {
    Pdf,
    Xlsx,
    Csv,
    Html,
}

impl ReportForm {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::Pdf, Self::Xlsx, Self::Csv, Self::Html];

    /// How its files end.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Html => "html",
        }
    }

    /// Does a terminal show rubbish?
    pub(super) fn is_binary(self) -> bool {
        match self {
            Self::Pdf | Self::Xlsx => true,
            Self::Csv | Self::Html => false,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Status {
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Form::Table)]
    pub(super) format: Form,
}

#[derive(Debug, Args)]
pub(super) struct Clips {
    /// Measure the files here and now, instead of asking the running program
    #[arg(long)]
    pub(super) rescan: bool,
    /// Form of the output; csv is for Excel
    #[arg(long, value_enum, default_value_t = TableForm::Table)]
    pub(super) format: TableForm,
}

#[derive(Debug, Args)]
pub(super) struct Play {
    /// A clip of the library (bhxh-tu-nguyen/loi-ich.mp3), or any audio file of this PC
    #[arg(value_name = "CLIP|FILE")]
    pub(super) what: String,
    /// On this commune's outputs; the first commune's unless said otherwise
    #[arg(long, value_name = "ID")]
    pub(super) commune: Option<CommuneId>,
}

#[derive(Debug, Args)]
pub(super) struct Emergency {
    /// A clip of the library (khan-cap/so-tan.mp3), or any audio file of this PC
    #[arg(value_name = "CLIP|FILE")]
    pub(super) what: String,
    /// How often; until it is stopped unless said otherwise
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) repeat: Option<u32>,
    /// Only on this commune's outputs; on all communes' unless said otherwise
    #[arg(long, value_name = "ID")]
    pub(super) commune: Option<CommuneId>,
    /// Why, as it will stand in the airing log
    #[arg(long, value_name = "TEXT")]
    pub(super) why: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Stop {
    /// Only what this commune airs
    #[arg(long, value_name = "ID")]
    pub(super) commune: Option<CommuneId>,
    /// The emergency that shall end, without another question
    #[arg(long, value_name = "AIRING")]
    pub(super) confirm: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct TestSound {
    /// On this commune's outputs; the first commune's unless said otherwise
    #[arg(long, value_name = "ID")]
    pub(super) commune: Option<CommuneId>,
}

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Form::Table)]
    pub(super) format: Form,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// A journal or an export; this station's journal unless said otherwise
    #[arg(value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to write; never overwritten
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Make a token and show it once
    Add(TokenAdd),
    /// List the tokens' names and rights
    List(TokenList),
    /// Make a token worthless at once
    Revoke(TokenRevoke),
}

#[derive(Debug, Args)]
pub(super) struct TokenAdd {
    /// Whom it is for, as it will appear in the journal
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// reader: may read; operator: may also play, stop and reload
    #[arg(long, value_enum, default_value_t = RoleArg::Reader)]
    pub(super) role: RoleArg,
    /// Only this commune's rows; may be given several times
    #[arg(long, value_name = "ID")]
    pub(super) commune: Vec<CommuneId>,
}

#[derive(Debug, Args)]
pub(super) struct Clock {
    /// Confirm it: time and date as a watch and a calendar show them
    #[arg(long, num_args = 2, value_names = ["HH:MM", "DD/MM/YYYY"])]
    pub(super) confirm: Option<Vec<String>>,
}

/// `reader` or `operator`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RoleArg {
    Reader,
    Operator,
}

impl From<RoleArg> for Role {
    fn from(arg: RoleArg) -> Self {
        match arg {
            RoleArg::Reader => Self::Reader,
            RoleArg::Operator => Self::Operator,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct TokenList {
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Form::Table)]
    pub(super) format: Form,
}

#[derive(Debug, Args)]
pub(super) struct TokenRevoke {
    /// The token's name
    #[arg(value_name = "NAME")]
    pub(super) name: String,
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// Where to write it; ./config unless said otherwise
    #[arg(value_name = "DIR")]
    pub(super) dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Which shell
    #[arg(value_name = "SHELL", value_enum)]
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct Man {
    /// The page of this command
    #[arg(value_name = "COMMAND")]
    pub(super) command: Option<String>,
    /// Write all pages into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub(super) dir: Option<PathBuf>,
}

/// For people or for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    Table,
    Json,
}

/// For people, scripts or Excel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TableForm {
    Table,
    Json,
    Csv,
}

/// For people, scripts or a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PlanForm {
    Table,
    Json,
    Ics,
}

fn outage(text: &str) -> Result<OutageArg, String> {
    let wanted = || "wanted: START/DURATION, such as 2026-11-24T05:00/24h".to_owned();
    let (start, lasting) = text.split_once('/').ok_or_else(wanted)?;
    // A local time parses from text with an offset too, and would lose it.
    let exact = start.parse().map(Start::Exact);
    let start = exact.or_else(|_| start.parse().map(Start::Local)).map_err(|_| wanted())?;
    let lasting = config::duration(lasting).filter(|d| !d.is_zero()).ok_or_else(wanted)?;
    Ok(OutageArg { start, lasting })
}

fn codes<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> PossibleValuesParser {
    PossibleValuesParser::new(all.iter().map(|v| code(*v)).collect::<Vec<_>>())
}
