//! `rehearse`: days to come, run by the real engine in virtual time on the real configuration. Effects: reads; writes one
//! new file if asked to.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;

use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;

use crate::cli::args::{Form, OutageArg, Rehearse, Start};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::{Context, check, compliance, log, out, rooms};
use crate::journal::Chain;
use crate::model::compliance::{Assessment, Verdict};
use crate::model::entry::Entry;
use crate::model::query::Row;
use crate::model::station::Station;
use crate::rehearsal::{self, Outage, Rehearsed, Script};
use crate::text;

#[derive(Serialize)]
struct View<'a> {
    airings: &'a [Row],
    compliance: &'a [Assessment],
}

pub(super) fn run(context: &Context, args: &Rehearse) -> Ended {
    let station = Arc::new(check::station(context)?);
    let script = script(&station, args)?;
    let library = Arc::new(rooms::scan(&station, &mut |_, _| {}));
    let mut export = args.journal.as_deref().map(Export::create).transpose()?;
    let Rehearsed { rows, verdicts } = rehearsal::rehearse(&station, &library, &script, &mut |entry| {
        if let Some(export) = &mut export {
            export.add(entry);
        }
    });
    export.map_or(Ok(()), Export::finish)?;
    match args.format {
        Form::Json => out::json(&View { airings: &rows, compliance: &verdicts })?,
        Form::Table => {
            log::table(&rows, context.lang)?;
            out::line("")?;
            let today = station.zone.to_datetime(script.until).date();
            compliance::table(&verdicts, today, context.lang)?;
        }
    }
    let failed = verdicts.iter().any(|a| a.verdict == Verdict::Failed);
    Ok(if failed { Exit::No } else { Exit::Ok })
}

fn script(station: &Station, args: &Rehearse) -> Result<Script, Failure> {
    let midnight = |date: jiff::civil::Date| date.to_zoned(station.zone.clone()).map(|z| z.timestamp());
    let from = midnight(args.from);
    let until = args.from.checked_add(i64::from(args.days).days()).and_then(midnight);
    let (Ok(from), Ok(until)) = (from, until) else {
        return Err(Failure::new(
            Exit::Usage,
            text!("Ngày nằm ngoài lịch. Hãy chọn ngày khác.", "The days leave the calendar. Choose others."),
        ));
    };
    let outages = |all: &[OutageArg]| -> Result<Vec<Outage>, Failure> {
        all.iter().map(|o| outage(station, *o, from, until)).collect()
    };
    Ok(Script {
        from,
        until,
        power_cuts: outages(&args.power_cut)?,
        device_losses: outages(&args.device_loss)?,
        seed: args.seed,
    })
}

/// An outage as points in time. One that does not touch the days is a slip of the pen.
fn outage(station: &Station, asked: OutageArg, from: Timestamp, until: Timestamp) -> Result<Outage, Failure> {
    let start = match asked.start {
        Start::Exact(at) => Some(at),
        Start::Local(local) => local.to_zoned(station.zone.clone()).ok().map(|z| z.timestamp()),
    };
    let outage = start.and_then(|start| Some(Outage { from: start, until: start.checked_add(asked.lasting).ok()? }));
    outage.filter(|o| o.from < until && from < o.until).ok_or_else(|| {
        let shown = match asked.start {
            Start::Exact(at) => at.to_string(),
            Start::Local(local) => local.to_string(),
        };
        Failure::new(
            Exit::Usage,
            text!(
                "Sự cố lúc {shown} nằm ngoài những ngày tổng duyệt. Hãy sửa giờ, hoặc đổi --from và --days.",
                "The outage at {shown} lies outside the days rehearsed. Correct its time, or change --from and --days."
            ),
        )
    })
}

/// The journal as an export, while it is being written. The first error stays, and ends the writing.
struct Export {
    file: BufWriter<File>,
    chain: Chain,
    trouble: Option<io::Error>,
}

impl Export {
    fn create(path: &Path) -> Result<Self, Failure> {
        let file = File::create_new(path).map_err(|error| unwritable(&error))?;
        Ok(Self { file: BufWriter::new(file), chain: Chain::start(), trouble: None })
    }

    fn add(&mut self, entry: &Entry) {
        if self.trouble.is_none() {
            self.trouble = self.write(entry).err();
        }
    }

    fn write(&mut self, entry: &Entry) -> io::Result<()> {
        let link = self.chain.link(serde_json::to_string(entry)?);
        serde_json::to_writer(&mut self.file, &link)?;
        self.file.write_all(b"\n")
    }

    fn finish(mut self) -> Result<(), Failure> {
        let written = self.trouble.take().map_or_else(|| self.file.flush(), Err);
        written.map_err(|error| unwritable(&error))
    }
}

fn unwritable(error: &io::Error) -> Failure {
    Failure::new(
        Exit::Disk,
        text!(
            "Không ghi được tệp nhật ký ({error}). Tệp có sẵn không bị ghi đè: hãy chọn tên khác.",
            "The journal's file cannot be written ({error}). A file that is there is not overwritten: choose another name."
        ),
    )
}
