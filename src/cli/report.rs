//! `report`: the weekly log and the summary sheet, from the journal, with or without the daemon. Effects: reads; writes
//! one file or standard output.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use crate::cli::args::{Compliance, Report, ReportForm, TableForm};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::site::Site;
use crate::cli::{Context, check, compliance, log, out, rooms};
use crate::model::query::AiringQuery;
use crate::model::station::{Commune, Station};
use crate::model::time::Moment;
use crate::report::{self, Format, Names, Previous, Sheet, SheetKind, Variant};
use crate::text;

/// Days from the first of last year's in which the journal must have begun, so that last year is a base.
const BEGUN_WITHIN: i64 = 7;

/// Which sheet, over which days, and how its file is called.
struct Asked {
    kind: SheetKind,
    from: Date,
    until: Date,
    name: String,
}

pub(super) fn run(context: &Context, args: &Report) -> Ended {
    let form = form(args)?;
    let site = Site::find(&context.config)?;
    let station = check::station(context)?;
    let commune = commune(&station, args)?;
    let now = rooms::now();
    let asked = asked(args, station.zone.to_datetime(now).date())?;
    let rows = log::from_journal(&site, query(&station, commune, asked.from, asked.until), usize::MAX)?;
    let wanted = Compliance {
        commune: Some(commune.id.clone()),
        quota: None,
        period: None,
        from: Some(asked.from),
        until: Some(asked.until),
        format: TableForm::Json,
    };
    let assessments = compliance::verdicts(context, &site, &wanted)?;
    let sheet = Sheet {
        kind: asked.kind,
        from: asked.from,
        until: asked.until,
        names: names(&station, commune),
        rows: &rows,
        assessments: &assessments,
        previous: previous(&site, &station, commune, &asked, now)?,
        printed_at: Moment::of(now, &station.zone),
        lang: context.lang,
    };
    let bytes = report::render(&sheet, format(form, args)).map_err(|e| Failure::new(Exit::Bug, e.text()))?;
    deliver(context, args, form, &bytes, &format!("{}-{}", commune.id, asked.name))
}

/// The form: as said, else as the file's name says, else PDF.
fn form(args: &Report) -> Result<ReportForm, Failure> {
    let ending = args.output.as_ref().and_then(|file| file.extension()).map(|e| e.to_string_lossy().to_lowercase());
    let named = ReportForm::ALL.into_iter().find(|form| Some(form.ending()) == ending.as_deref());
    let form = args.format.or(named).unwrap_or(if args.plain { ReportForm::Csv } else { ReportForm::Pdf });
    if args.plain && form != ReportForm::Csv {
        let text = text!("--plain chỉ dùng với --format csv.", "--plain goes with --format csv alone.");
        return Err(Failure::new(Exit::Usage, text));
    }
    Ok(form)
}

fn format(form: ReportForm, args: &Report) -> Format {
    match form {
        ReportForm::Pdf => Format::Pdf,
        ReportForm::Xlsx => Format::Xlsx,
        ReportForm::Csv => Format::Csv(if args.plain { Variant::Plain } else { Variant::Excel }),
        ReportForm::Html => Format::Html,
    }
}

/// A sheet is one commune's: which, must be said where there are several.
fn commune<'a>(station: &'a Station, args: &Report) -> Result<&'a Commune, Failure> {
    let found = match (&args.commune, station.communes.as_slice()) {
        (Some(id), _) => station.commune(id),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    found.ok_or_else(|| {
        let all: Vec<&str> = station.communes.iter().map(|c| c.id.as_str()).collect();
        let all = all.join(", ");
        Failure::new(
            Exit::Usage,
            text!(
                "Mỗi báo cáo là của một đơn vị. Hãy ghi --commune và một trong các mã: {all}.",
                "A report is one commune's. Give --commune and one of: {all}."
            ),
        )
    })
}

fn asked(args: &Report, today: Date) -> Result<Asked, Failure> {
    if let Some(from) = args.week {
        let week = from.iso_week_date();
        let name = format!("{}-W{:02}", week.year(), week.week());
        return Ok(Asked { kind: SheetKind::Weekly, from, until: from.saturating_add(6.days()), name });
    }
    if let Some(from) = args.month {
        let name = from.strftime("%Y-%m").to_string();
        return Ok(Asked { kind: SheetKind::Monthly, from, until: from.last_of_month(), name });
    }
    let from = args.from.unwrap_or(today);
    let until = args.until.unwrap_or(today);
    if until < from {
        return Err(Failure::new(
            Exit::Usage,
            text!("Ngày cuối {until} sớm hơn ngày đầu {from}.", "The last day {until} is before the first, {from}."),
        ));
    }
    Ok(Asked { kind: SheetKind::Range, from, until, name: format!("{from}-{until}") })
}

fn names(station: &Station, commune: &Commune) -> Names {
    Names {
        station: station.name.clone(),
        commune: commune.name.clone(),
        belongs_to: commune.belongs_to.clone(),
        campaigns: commune.campaigns.iter().map(|c| (c.id.clone(), c.name.clone())).collect(),
    }
}

fn start(station: &Station, day: Date) -> Option<Timestamp> {
    day.to_zoned(station.zone.clone()).ok().map(|start| start.timestamp())
}

/// All rows of the commune on these local days.
fn query(station: &Station, commune: &Commune, from: Date, until: Date) -> AiringQuery {
    AiringQuery {
        from: start(station, from),
        until: until.tomorrow().ok().and_then(|next| start(station, next)),
        commune: Some(commune.id.clone()),
        ..AiringQuery::default()
    }
}

/// The same days a year before, up to today's; nothing if the journal began later, or the sheet has no place for it.
fn previous(
    site: &Site,
    station: &Station,
    commune: &Commune,
    asked: &Asked,
    now: Timestamp,
) -> Result<Option<Previous>, Failure> {
    let until = asked.until.min(station.zone.to_datetime(now).date());
    if asked.kind == SheetKind::Weekly || until < asked.from {
        return Ok(None);
    }
    let (from, until) = (asked.from.saturating_sub(1.year()), until.saturating_sub(1.year()));
    let mut first = query(station, commune, from, from.saturating_add(BEGUN_WITHIN.days()));
    first.from = None;
    if log::from_journal(site, first, 1)?.is_empty() {
        return Ok(None);
    }
    let records = rooms::records(&site.state)?;
    let rows = records.ledger(Some(&commune.id), from, until).map_err(|e| rooms::unreadable(&e))?;
    Ok(Some(Previous { from, until, rows }))
}

/// To the file that was named; else to standard output, but never a binary file onto a terminal.
fn deliver(context: &Context, args: &Report, form: ReportForm, bytes: &[u8], name: &str) -> Ended {
    let terminal = io::stdout().is_terminal();
    let file = match &args.output {
        Some(file) => file.clone(),
        None if terminal && form.is_binary() => PathBuf::from(format!("bao-cao-{name}.{}", form.ending())),
        None => {
            out::bytes(bytes)?;
            return Ok(Exit::Ok);
        }
    };
    write(&file, bytes)?;
    let shown = file.display();
    let text = text!("Đã ghi báo cáo vào {shown}", "The report is in {shown}");
    out::note(text.get(context.lang));
    Ok(Exit::Ok)
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(file, bytes).map_err(|error| {
        let shown = file.display();
        Failure::new(
            Exit::Disk,
            text!(
                "Không ghi được {shown} ({error}). Hãy chọn thư mục khác bằng --output, hoặc đóng tệp nếu đang mở.",
                "Cannot write {shown} ({error}). Choose another place with --output, or close the file if it is open."
            ),
        )
    })
}
