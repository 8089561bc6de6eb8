//! `plan`: what is to come, from the running daemon or from the configuration. Effects: reads.

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use crate::cli::args::{Plan, PlanForm};
use crate::cli::client::{self, Unanswered};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::site::Site;
use crate::cli::{Context, check, ics, out, rooms};
use crate::http::{self, Tone};
use crate::model::plan_view::PlanView;
use crate::model::text::Lang;
use crate::text;

pub(super) fn run(context: &Context, args: &Plan) -> Ended {
    let site = Site::find(&context.config)?;
    let from = args.from.unwrap_or_else(|| site.zone.to_datetime(rooms::now()).date());
    let list = match from_daemon(&site, from, args.days, context.lang) {
        Ok(list) => list,
        Err(Unanswered::Failed(failure)) => return Err(failure),
        Err(Unanswered::NotRunning) => {
            let station = check::station(context)?;
            client::say_not_running(context.lang);
            rooms::plan(&station, from, args.days)
        }
    };
    match args.format {
        PlanForm::Json => out::json(&json!({"occurrences": list}))?,
        PlanForm::Ics => out::raw(&ics::calendar(&list, rooms::now(), context.lang))?,
        PlanForm::Table => table(&list, context.lang)?,
    }
    Ok(Exit::Ok)
}

#[derive(Deserialize)]
struct List {
    occurrences: Vec<PlanView>,
}

fn from_daemon(site: &Site, from: Date, days: u32, lang: Lang) -> Result<Vec<PlanView>, Unanswered> {
    let list: List = client::get(site, &format!("/v1/plan?from={from}&days={days}"), lang)?;
    Ok(list.occurrences)
}

fn table(list: &[PlanView], lang: Lang) -> Result<(), Failure> {
    if list.is_empty() {
        let none = text!("Không có lượt phát nào trong lịch.", "The schedule has nothing in these days.");
        return out::line(none.get(lang));
    }
    let mut table = out::table(match lang {
        Lang::Vi => &["Giờ", "Khung giờ", "Bài sẽ phát", "Dài"],
        Lang::En => &["Time", "Slot", "Clip", "Length"],
    });
    let several = list.iter().any(|p| p.commune != list[0].commune);
    for item in list {
        let (clip, length) = match (&item.clip, item.reason) {
            (Some(clip), _) => {
                let seconds = clip.duration_s.duration().as_secs();
                (clip.title.clone().into(), format!("{}:{:02}", seconds / 60, seconds % 60))
            }
            (None, Some(reason)) => (out::toned(reason.label().get(lang), Tone::Bad), String::new()),
            (None, None) => (String::new().into(), String::new()),
        };
        table.add_row(
            [out::when(item.planned_at, lang).into(), called(item, several, lang).into(), clip, length.into()]
                as [comfy_table::Cell; 4],
        );
    }
    out::show(&table)
}

/// The slot, and why it airs where the usual schedule does not call for it.
fn called(item: &PlanView, several: bool, lang: Lang) -> String {
    let slot = out::slot(&item.slot_name, &item.commune_name, several);
    match http::called_for(item.kind, item.makes_good_for.as_ref()) {
        Some(why) => format!("{slot}\n{}", why.get(lang)),
        None => slot,
    }
}
