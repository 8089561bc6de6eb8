//! One file per command: arguments in, exit code out. Effects.

mod args;
mod check;
mod client;
mod clips;
mod clock;
mod compliance;
mod doctor;
mod emergency;
mod exit;
mod generate;
mod ics;
mod init;
mod log;
mod operate;
mod out;
mod outlook;
mod plan;
mod records;
mod rehearse;
mod report;
mod rooms;
mod run;
mod site;
mod status;
mod stop;
mod token;
mod vietnamese;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::model::text::Lang;
use args::{Cli, Command, Token};
pub use exit::Exit;
use exit::{Ended, Failure};

/// What every command is told.
struct Context {
    /// Folder of the configuration.
    config: PathBuf,
    /// Language of all output.
    lang: Lang,
}

/// Runs the program with the arguments of this process.
#[must_use]
pub fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let lang = early_language(&args);
    std::panic::set_hook(Box::new(move |info| report_panic(info, lang)));
    let exit = catch_unwind(AssertUnwindSafe(|| start(&args, lang)));
    exit.unwrap_or_else(|_| Exit::Bug.into())
}

/// A mistake of this program: said once, in full, to the log; the daemon is started anew by systemd.
fn report_panic(info: &std::panic::PanicHookInfo<'_>, lang: Lang) {
    let thread = std::thread::current().name().unwrap_or("?").to_owned();
    out::note(&match lang {
        Lang::Vi => format!("loaphuong: lỗi nội bộ, hãy gửi dòng này cho kỹ thuật viên: [{thread}] {info}"),
        Lang::En => format!("loaphuong: internal error, send this line to the technician: [{thread}] {info}"),
    });
}

fn start(args: &[OsString], lang: Lang) -> ExitCode {
    let command = vietnamese::localised(Cli::command(), lang);
    let parsed = command.try_get_matches_from(args).and_then(|m| Cli::from_arg_matches(&m));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, lang).into(),
    };
    let lang = cli.lang.map_or(lang, Lang::from);
    let context = Context { config: cli.config.unwrap_or_else(default_config), lang };
    match cli.command {
        // These two speak with the daemon that started them; what they answer is theirs alone.
        Command::Player => run::player(),
        Command::Measure => run::measure(),
        command => finish(dispatch(&context, command), lang).into(),
    }
}

fn dispatch(context: &Context, command: Command) -> Ended {
    match command {
        Command::Run(args) => Ok(run::run(context, &args)),
        Command::Check(args) => check::run(context, &args),
        Command::Plan(args) => plan::run(context, &args),
        Command::Rehearse(args) => rehearse::run(context, &args),
        Command::Log(args) => log::run(context, &args),
        Command::Compliance(args) => compliance::run(context, &args),
        Command::Report(args) => report::run(context, &args),
        Command::Status(args) => status::run(context, &args),
        Command::Clips(args) => clips::run(context, &args),
        Command::Play(args) => operate::play(context, args),
        Command::Emergency(args) => emergency::run(context, args),
        Command::Stop(args) => stop::run(context, args),
        Command::Clock(args) => clock::run(context, &args),
        Command::Reload => operate::reload(context),
        Command::TestSound(args) => operate::test_sound(context, args),
        Command::Doctor(args) => doctor::run(context, &args),
        Command::Verify(args) => records::verify(context, &args),
        Command::Backup(args) => records::backup(context, &args),
        Command::Token(Token::Add(args)) => token::add(context, args),
        Command::Token(Token::List(args)) => token::list(context, &args),
        Command::Token(Token::Revoke(args)) => token::revoke(context, &args),
        Command::Init(args) => init::run(context, args),
        Command::Completions(args) => generate::completions(context, &args),
        Command::Man(args) => generate::man(context, &args),
        Command::Player | Command::Measure => Ok(Exit::Bug),
    }
}

fn finish(ended: Ended, lang: Lang) -> Exit {
    match ended {
        Ok(exit) => exit,
        Err(Failure::PipeClosed) => Exit::Ok,
        Err(Failure::Said(exit, text)) => {
            out::note(text.get(lang));
            exit
        }
    }
}

/// Help and version are answers; everything else that clap says is a complaint.
fn refuse(error: &clap::Error, lang: Lang) -> Exit {
    if !error.use_stderr() {
        let text = error.render();
        let shown = if out::colours() { text.ansi().to_string() } else { text.to_string() };
        return finish(out::raw(&shown).map(|()| Exit::Ok), lang);
    }
    // Nothing but the program's name was typed: the help says more than a complaint.
    let bare = error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    match lang {
        Lang::Vi if !bare => out::note(vietnamese::complaint(error).trim_end()),
        Lang::Vi | Lang::En => out::note(error.render().to_string().trim_end()),
    }
    Exit::Usage
}

/// The language, before the command line is understood: its help and its complaints are in a language too.
fn early_language(args: &[OsString]) -> Lang {
    let args: Vec<_> = args.iter().map(|a| a.to_string_lossy()).take_while(|a| a != "--").collect();
    let after = args.iter().position(|a| a == "--lang").and_then(|i| args.get(i + 1)).map(ToString::to_string);
    let joined = args.iter().find_map(|a| a.strip_prefix("--lang=")).map(str::to_owned);
    let wanted = after.or(joined).or_else(|| std::env::var("LOAPHUONG_LANG").ok());
    if wanted.as_deref() == Some("en") { Lang::En } else { Lang::Vi }
}

fn default_config() -> PathBuf {
    let here = PathBuf::from("config");
    if here.is_dir() { here } else { PathBuf::from("/etc/loaphuong") }
}
