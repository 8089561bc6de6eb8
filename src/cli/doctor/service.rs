//! The running program and its port. Effects: one question over HTTP, or one attempt to open the port.

use std::net::TcpListener;

use crate::cli::client::{self, Unanswered};
use crate::cli::doctor::Finding;
use crate::cli::exit::Failure;
use crate::cli::site::Site;
use crate::model::status::Status;
use crate::model::text::Lang;
use crate::text;

/// What is to be said of the program and its port.
pub(super) fn finding(site: &Site, lang: Lang) -> Finding {
    let addr = site.listen;
    match client::get::<Status>(site, "/v1/status", lang) {
        Ok(status) => match status.faults.len() {
            0 => Finding::good(text!("Chương trình đang chạy ở {addr}", "The program runs at {addr}")),
            n => Finding::note(
                text!(
                    "Chương trình đang chạy ở {addr} và báo {n} sự cố",
                    "The program runs at {addr} and has {n} faults"
                ),
                text!("Xem: loaphuong status", "See: loaphuong status"),
            ),
        },
        Err(Unanswered::Failed(Failure::Said(_, why))) => {
            Finding::bad(text!("Cổng {addr} có trả lời nhưng không đúng", "There is an odd answer at {addr}"), why)
        }
        Err(Unanswered::NotRunning | Unanswered::Failed(Failure::PipeClosed)) => free(site),
    }
}

fn free(site: &Site) -> Finding {
    let addr = site.listen;
    match TcpListener::bind(addr) {
        Ok(_) => Finding::note(
            text!("Chương trình đang không chạy; cổng {addr} còn trống", "The program is not running; {addr} is free"),
            text!("Khởi động: systemctl start loaphuong", "Start it: systemctl start loaphuong"),
        ),
        Err(error) => Finding::bad(
            text!("Không mở được cổng {addr} ({error})", "{addr} cannot be opened ({error})"),
            text!(
                "Hãy tắt chương trình đang dùng cổng này, hoặc đổi listen trong mục [http] của station.toml.",
                "End the program that uses it, or change listen under [http] in station.toml."
            ),
        ),
    }
}
