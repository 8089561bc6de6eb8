//! `run`: the daemon; and the hidden processes that it starts. Effects.

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

use crate::cli::args::Run;
use crate::cli::exit::{Exit, Failure};
use crate::cli::{Context, out, rooms};
use crate::daemon::{self, Announcement, Options, RunError, Trial};
use crate::model::airing::Airing;
use crate::model::outcome::Reason;
use crate::model::text::{Lang, Text};
use crate::{library, player, text};

pub(super) fn run(context: &Context, args: &Run) -> Exit {
    log_to_stderr();
    let lang = context.lang;
    let trial = if args.trial { Trial::Yes } else { Trial::No };
    let announce = |news: &Announcement| announce(news, lang);
    match daemon::run(&Options { config: &context.config, trial, announce: &announce }) {
        Ok(()) => Exit::Ok,
        Err(error) => complain(&error, lang),
    }
}

/// The process that makes sound. Its standard output is for the daemon alone.
pub(super) fn player() -> ExitCode {
    log_to_stderr();
    player::child::main()
}

/// The process that measures audio files. Its standard output is for the daemon alone.
pub(super) fn measure() -> ExitCode {
    log_to_stderr();
    library::child::main()
}

fn complain(error: &RunError, lang: Lang) -> Exit {
    match error {
        RunError::Config(diagnostics) => {
            out::note(rooms::render(diagnostics, lang).trim_end());
            out::note(
                text!(
                    "Cấu hình chưa dùng được nên chưa phát được. Hãy sửa các lỗi trên rồi chạy lại.",
                    "The configuration cannot be used, so nothing airs. Mend the errors above and start again."
                )
                .get(lang),
            );
            Exit::Config
        }
        RunError::Port(why) => {
            out::note(why.get(lang));
            Exit::Config
        }
        RunError::Storage(why) => {
            out::note(why.get(lang));
            Exit::Disk
        }
        RunError::System(why) => {
            out::note(&format!("loaphuong: {why}"));
            Exit::Bug
        }
    }
}

/// Tells the person at the terminal. Under systemd this is the start of the log.
fn announce(news: &Announcement, lang: Lang) {
    let said = match news {
        Announcement::Warnings(diagnostics) => {
            out::note(rooms::render(diagnostics, lang).trim_end());
            return;
        }
        Announcement::Fallback(diagnostics) => {
            out::note(rooms::render(diagnostics, lang).trim_end());
            out::line(
                text!(
                    "Cấu hình mới có lỗi; đài đang dùng cấu hình tốt gần nhất.",
                    "The newest configuration has errors; the last good one is in force."
                )
                .get(lang),
            )
        }
        Announcement::Ready(address) => out::line(
            text!(
                "Đài đang chạy. Trang theo dõi: http://{address}/  (Ctrl+C để dừng)",
                "The station is running. See http://{address}/  (Ctrl+C to stop)"
            )
            .get(lang),
        ),
        Announcement::Tried { airing, state } => out::line(tried(airing, state).get(lang)),
        Announcement::Untried(why) => out::line(why.get(lang)),
    };
    if let Err(Failure::Said(_, why)) = said {
        out::note(why.get(lang));
    }
}

fn tried(airing: &Airing, state: &Path) -> Text {
    let title = airing.programme();
    let ended = airing.outcome.label();
    let why = airing.reason.map(Reason::label);
    let [vi, en] =
        [Lang::Vi, Lang::En].map(|lang| why.as_ref().map_or_else(String::new, |why| format!(" ({})", why.get(lang))));
    let (ended_vi, ended_en) = (ended.vi, ended.en);
    let file = airing.outputs.iter().find_map(|o| o.heard.as_ref()).map(|heard| state.join(heard));
    let listen = file.map(|file| file.display().to_string());
    let (listen_vi, listen_en) = match &listen {
        Some(file) => (format!(" Nghe lại: {file}"), format!(" Listen to it: {file}")),
        None => (String::new(), String::new()),
    };
    text!("Phát thử “{title}”: {ended_vi}{vi}.{listen_vi}", "Trial “{title}”: {ended_en}{en}.{listen_en}")
}

/// The log for engineers: `LOAPHUONG_LOG` as in `info,loaphuong::player=debug`. Unless said otherwise `info`, and on a
/// terminal `error`: a person there is told in words. Under systemd the journal has the time already.
fn log_to_stderr() {
    let usual = if std::io::stderr().is_terminal() { "error" } else { "info" };
    let filter = std::env::var("LOAPHUONG_LOG").unwrap_or_else(|_| usual.to_owned());
    let filter = EnvFilter::try_new(&filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let stderr = std::io::stderr;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).with_ansi(stderr().is_terminal());
    let started = match std::env::var_os("JOURNAL_STREAM") {
        Some(_) => log.without_time().try_init(),
        None => log.try_init(),
    };
    if let Err(error) = started {
        out::note(&format!("loaphuong: no log: {error}"));
    }
}
