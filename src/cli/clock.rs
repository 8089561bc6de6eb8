//! `clock`: whether the daemon believes the clock; and a person's word that it is right. Effects.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, json};

use crate::cli::args::Clock;
use crate::cli::exit::{Ended, Exit, Failure};
use crate::cli::site::Site;
use crate::cli::{Context, client, out};
use crate::http::Tone;
use crate::model::status::Status;
use crate::text;

pub(super) fn run(context: &Context, args: &Clock) -> Ended {
    let site = Site::find(&context.config)?;
    match &args.confirm {
        None => show(context, &site),
        Some(typed) => confirm(context, &site, &typed.join(" ")),
    }
}

fn show(context: &Context, site: &Site) -> Ended {
    let lang = context.lang;
    let status: Status = client::get(site, "/v1/status", lang)?;
    let now = out::when(status.now, lang);
    out::line(text!("Đồng hồ máy: {now}", "The clock shows: {now}").get(lang))?;
    let (exit, tone, words) = match (status.clock.trusted, status.clock.synchronised) {
        (true, true) => (Exit::Ok, Tone::Good, text!("Đúng theo giờ mạng.", "It follows the network.")),
        (true, false) => {
            (Exit::Ok, Tone::Good, text!("Đáng tin cậy, chạy theo máy.", "It is trusted, and runs on its own."))
        }
        (false, _) => (
            Exit::No,
            Tone::Bad,
            text!("Chưa đáng tin cậy: tạm dừng phát theo lịch.", "It is not trusted: nothing airs by schedule."),
        ),
    };
    out::line(&out::tinted(words.get(lang), tone))?;
    if !status.clock.trusted {
        let how = text!(
            "Xem đồng hồ tay và tờ lịch. Máy sai thì chỉnh trước: sudo timedatectl set-time \"NĂM-THÁNG-NGÀY GIỜ:PHÚT\".\n\
             Máy đúng thì xác nhận: loaphuong clock --confirm GIỜ:PHÚT NGÀY/THÁNG/NĂM",
            "Look at a watch and a calendar. If the clock is wrong, set it first: sudo timedatectl set-time \"YYYY-MM-DD HH:MM\".\n\
             If it is right, confirm it: loaphuong clock --confirm HH:MM DD/MM/YYYY"
        );
        out::line(how.get(lang))?;
    }
    Ok(exit)
}

fn confirm(context: &Context, site: &Site, typed: &str) -> Ended {
    let seen = read(typed, &site.zone).ok_or_else(|| {
        let odd = text!(
            "Không hiểu \"{typed}\". Hãy ghi giờ và ngày theo đồng hồ tay, tờ lịch, ví dụ: loaphuong clock --confirm 05:30 23/11/2026",
            "\"{typed}\" is no time and date. Type what a watch and a calendar show, as: loaphuong clock --confirm 05:30 23/11/2026"
        );
        Failure::new(Exit::Usage, odd)
    })?;
    let body = Map::from_iter([("time".to_owned(), json!(seen.to_string()))]);
    client::post(site, "/v1/clock", &body.into(), context.lang)?;
    let done = text!("Đã xác nhận đồng hồ máy. Lịch phát tiếp tục.", "The clock is confirmed. The schedule goes on.");
    out::line(done.get(context.lang))?;
    Ok(Exit::Ok)
}

fn read(typed: &str, zone: &TimeZone) -> Option<Timestamp> {
    let local = DateTime::strptime("%H:%M %d/%m/%Y", typed).ok()?;
    Some(local.to_zoned(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_and_date_are_read_as_people_here_write_them() {
        let zone = TimeZone::fixed(jiff::tz::offset(7));
        let read = |typed| read(typed, &zone).map(|at| at.to_string());
        assert_eq!(read("05:30 23/11/2026").as_deref(), Some("2026-11-22T22:30:00Z"));
        assert_eq!(read("5:30 3/1/2027").as_deref(), Some("2027-01-02T22:30:00Z"));
        for odd in ["", "05:30", "05:30 11/23/2026", "23/11/2026 05:30", "25:00 23/11/2026", "05:30 23-11-2026"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
