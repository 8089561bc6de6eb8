//! `compliance`: promised against aired, from the running daemon or from the journal. Effects: reads.

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use crate::cli::args::{Compliance, TableForm};
use crate::cli::client::{self, Unanswered, encoded};
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::site::Site;
use crate::cli::{Context, check, out, rooms};
use crate::http::{self, ComplianceAsked};
use crate::model::compliance::{Assessment, Verdict};
use crate::model::quota::Count;
use crate::model::text::Lang;
use crate::report;
use crate::text;

pub(super) fn run(context: &Context, args: &Compliance) -> Ended {
    let site = Site::find(&context.config)?;
    let today = site.zone.to_datetime(rooms::now()).date();
    let list = match from_daemon(&site, args, context.lang) {
        Ok(list) => list,
        Err(Unanswered::Failed(failure)) => return Err(failure),
        Err(Unanswered::NotRunning) => {
            let list = from_journal(context, args)?;
            client::say_not_running(context.lang);
            list
        }
    };
    match args.format {
        TableForm::Json => out::json(&json!({"compliance": list}))?,
        TableForm::Csv => out::raw(&report::compliance_csv(&list, context.lang, report::Variant::Excel))?,
        TableForm::Table => table(&list, today, context.lang)?,
    }
    let failed = list.iter().any(|a| a.verdict == Verdict::Failed);
    Ok(if failed { Exit::No } else { Exit::Ok })
}

#[derive(Deserialize)]
struct List {
    compliance: Vec<Assessment>,
}

fn from_daemon(site: &Site, args: &Compliance, lang: Lang) -> Result<Vec<Assessment>, Unanswered> {
    let pairs = [
        ("commune", args.commune.as_ref().map(ToString::to_string)),
        ("quota", args.quota.as_ref().map(ToString::to_string)),
        ("period", args.period.clone()),
        ("from", args.from.map(|d| d.to_string())),
        ("until", args.until.map(|d| d.to_string())),
    ];
    let given = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", encoded(&value?))));
    let address = format!("/v1/compliance?{}", given.collect::<Vec<_>>().join("&"));
    let list: List = client::get(site, &address, lang)?;
    Ok(list.compliance)
}

fn from_journal(context: &Context, args: &Compliance) -> Result<Vec<Assessment>, Failure> {
    let station = check::station(context)?;
    let asked = ComplianceAsked {
        commune: args.commune.clone(),
        quota: args.quota.clone(),
        period: args.period.as_deref(),
        from: args.from,
        until: args.until,
    };
    let today = station.zone.to_datetime(rooms::now()).date();
    let query = http::compliance_query(&station, today, &asked, &|_| true)
        .map_err(|wrong| Failure::new(Exit::Usage, wrong.text))?;
    rooms::verdicts(&station, &query)
}

/// "3/4 lượt (bhxh-tu-nguyen 1/2)".
pub(super) fn score(a: &Assessment, lang: Lang) -> String {
    let unit = http::counted_unit(a.count, a.required.max(a.aired));
    let whole = match a.verdict {
        Verdict::Exempt => format!("{} {}", a.aired, unit.get(lang)),
        _ => format!("{}/{} {}", a.aired, a.required, unit.get(lang)),
    };
    let shares = report::share_list(a);
    if a.at_least.is_empty() { whole } else { format!("{whole} ({})", shares.get(lang)) }
}

/// The verdicts for people, `today` being the day on which they are given.
pub(super) fn table(list: &[Assessment], today: Date, lang: Lang) -> Result<(), Failure> {
    if list.is_empty() {
        let none = text!("Không có chỉ tiêu nào trong thời gian này.", "No quota binds in this time.");
        return out::line(none.get(lang));
    }
    let mut table = out::table(match lang {
        Lang::Vi => &["Chỉ tiêu", "Kỳ", "Đã phát", "Còn thiếu", "Còn theo lịch", "Đánh giá"],
        Lang::En => &["Quota", "Period", "Aired", "Missing", "Planned", "Verdict"],
    });
    let several = list.iter().any(|a| a.commune != list[0].commune);
    for a in list {
        let shares = report::share_list(a);
        let shares = shares.get(lang).replace("; ", "\n");
        let aired = match (a.count, a.verdict) {
            (_, Verdict::Exempt) => a.aired.to_string(),
            (Count::Airings | Count::Clips, _) => format!("{}/{}", a.aired, a.required),
        };
        table.add_row([
            out::slot(&a.name, &a.commune_name, several).into(),
            report::period_words(&a.period, a.from, a.until, today).get(lang).replace(": ", "\n").into(),
            format!("{aired}\n{shares}").trim_end().to_owned().into(),
            a.missing.to_string().into(),
            a.planned.to_string().into(),
            out::toned(a.verdict.label().get(lang), http::verdict_tone(a.verdict)),
        ] as [comfy_table::Cell; 6]);
    }
    out::show(&table)?;
    for a in list {
        if let Some(advice) = &a.advice {
            let (name, period) = (&a.name, report::period_words(&a.period, a.from, a.until, today));
            let said = format!("{name}, {}:", period.get(lang));
            out::line("")?;
            out::line(&out::tinted(&said, http::verdict_tone(a.verdict)))?;
            out::line(&format!("  → {}", advice.get(lang)))?;
        }
    }
    Ok(())
}
