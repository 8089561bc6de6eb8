//! The program: hands the arguments to `cli` and its answer to the shell.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("measure") => loaphuong::library::child::main(),
        _ => ExitCode::from(64),
    }
}
