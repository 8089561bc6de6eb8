//! `run`: the daemon; and the hidden processes that it starts. Effects.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

use crate::cli::args::Run;
use crate::cli::exit::Exit;
use crate::cli::wire::{self, Trial};
use crate::cli::{Context, out};

pub(super) fn run(context: &Context, args: &Run) -> Exit {
    log_to_stderr();
    wire::run(&context.config, context.lang, if args.trial { Trial::Yes } else { Trial::No })
}

/// The process that makes sound. Its standard output is for the daemon alone.
pub(super) fn player() -> ExitCode {
    log_to_stderr();
    wire::player()
}

/// The process that measures audio files. Its standard output is for the daemon alone.
pub(super) fn measure() -> ExitCode {
    log_to_stderr();
    wire::measure()
}

/// The log for engineers: `LOAPHUONG_LOG` as in `info,loaphuong::player=debug`; `info` unless said otherwise. Under
/// systemd the journal has the time already.
fn log_to_stderr() {
    let filter = std::env::var("LOAPHUONG_LOG").unwrap_or_else(|_| "info".to_owned());
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
